"""What the values of a draft mean: `normalize` turns a raw record into a record on the Convention's terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import cast

import msgspec

from harvesters.model import Issue, RawRecord
from harvesters.source import Source
from normalizers import care, profiles, sharing
from normalizers.fields.dates import Span, read_date
from normalizers.fields.language import UNDETERMINED
from normalizers.fields.links import REGISTERED, RESOLVED, absolute_url, language_of_file, looks_like_link, media_type
from normalizers.fields.people import person_name, split_names
from normalizers.fields.rights import licence_uri, most_precise
from normalizers.fields.text import clean
from normalizers.identity import fingerprint, record_id
from normalizers.issues import Issues, encodable
from normalizers.model import (
    CommonRecord,
    Date,
    DateKind,
    Draft,
    Link,
    Outcome,
    Provenance,
    Rights,
    Terms,
    Text,
    Tombstone,
)
from normalizers.record_types import is_legal, schema_of
from normalizers.terms import Finder
from normalizers.texts import Texts

_TAGGED = ("countries", "regions")
_TOPICS = ("subjects", "gbf_targets", "aichi_targets", "gbf_goals", "gbf_indicators", "sdg_goals", "articles")


def normalize(raw: RawRecord, source: Source, terms: Terms) -> Outcome:
    """The record, or tombstone, that `raw` means, and the issues of its values.

    A record that cannot be read at all gives no record and an issue of severity `error`. Raises
    `profiles.ProfileError` where the source or its protocol names a profile that there is not.
    """
    if raw.deleted:
        return Outcome(record=_tombstone(raw, source))
    profile = source.profile or raw.profile
    try:
        draft = profiles.load(profile).extract(raw)
    except profiles.Unreadable as unreadable:
        return Outcome(record=None, issues=(_unreadable(raw, source, unreadable),))
    return _Reading(raw, source, terms, draft).outcome(profile)


def _tombstone(raw: RawRecord, source: Source) -> Tombstone:
    return Tombstone(
        identifier=record_id(source.id, raw.identifier),
        source=source.id,
        source_identifier=encodable(raw.identifier),
        datestamp=raw.datestamp,
    )


def _unreadable(raw: RawRecord, source: Source, why: profiles.Unreadable) -> Issue:
    identifier = encodable(raw.identifier)
    return Issue(
        code=why.code,
        message=f"{source.id}, record {identifier}: {why.cause} {why.advice}",
        severity="error",
        record=identifier,
    )


class _Reading:
    """One draft while it is read; a method for each field or two."""

    def __init__(self, raw: RawRecord, source: Source, terms: Terms, draft: Draft) -> None:
        self.raw = raw
        self.source = source
        self.draft = draft
        self.terms = terms
        self.issues = Issues(source.id, raw.identifier)
        self.finder = Finder(source, terms, self.issues)
        self.unused = dict(draft.unused)
        self.lookups = cast("Mapping[str, Mapping[str, str]]", source.lookups)
        self.texts = Texts(source, terms.languages, self.issues)

    def outcome(self, profile: str) -> Outcome:
        draft, source, finder, texts = self.draft, self.source, self.finder, self.texts
        declared = texts.declare(draft.languages)
        title = texts.lstring("title", draft.titles, joiner=None)
        if not title:
            self.issues.add("no_title", "title")
        summary = texts.lstring("summary", draft.summaries)
        description = texts.lstring("description", draft.descriptions)
        types = self.types()
        keywords = self.keywords()
        finder.read((*title.values(), *(keyword.value for keyword in keywords), *types))
        links = self.links()
        page = _source_page(links)
        schema = self.schema(types)
        record = CommonRecord(
            identifier=record_id(source.id, self.raw.identifier),
            source=source.id,
            source_identifier=encodable(self.raw.identifier),
            schema=schema,
            government=source.government.lower() if source.government else None,
            origin=source.origin,
            title=title,
            summary=summary,
            description=description,
            body=texts.body(draft.descriptions, description, page),
            languages=declared or _unique(tag for text in (title, description) for tag in text if tag != UNDETERMINED),
            types=types or source.defaults.types,
            **finder.terms(),
            keywords=keywords,
            authors=self.authors(),
            publisher=self.publisher(),
            dates=self.dates(),
            links=links,
            rights=self.rights(schema),
            coordinates=care.boxes(draft, source, self.issues),
            source_page=page,
            place=self.named("place", draft.place),
            organizer=self.named("organizer", draft.organizer),
            provenance=self.provenance(profile),
            fingerprint="",
        )
        record = msgspec.structs.replace(record, fingerprint=fingerprint(record))
        return Outcome(record=record, issues=(*draft.issues, *self.issues.found), unused=self.unused)

    def lookup(self, field: str, value: str) -> str:
        """What the source's lookups make of a value; without one, the value."""
        return self.lookups[field].get(value, value) if field in self.lookups else value

    def types(self) -> tuple[str, ...]:
        """The types that the record states."""
        stated = (self.lookup("types", clean(text.value)) for text in self.draft.types)
        return _unique(self.texts.plain("types", value) for value in stated)

    def schema(self, types: tuple[str, ...]) -> str:
        """What the record says of itself, then the source's default, then the format's; no default is a legal one.

        Anything that one can read is a resource: a record that calls itself no more leaves it to the source's default.
        """
        defaults, platform = self.source.defaults, self.source.platform
        stated = schema_of(types, platform)
        if stated and stated != "resource":
            return stated
        if any(kind == "start" for kind, _ in self.draft.dates):
            return "event"
        default = defaults.schema_ or (None if types else schema_of(defaults.types, platform))
        if default and is_legal(default):
            self.issues.add("legal_default", "schema", default)
            default = None
        return default or stated or self.draft.schema

    def keywords(self) -> tuple[Text, ...]:
        """Sort subjects, types and coverage into terms; what names none of them, in order and once."""
        draft, source = self.draft, self.source
        left = self.finder.sort(draft.subjects, _TOPICS)
        self.finder.sort(draft.types, (*_TOPICS, "kinds"))
        left += self.finder.sort(draft.tags, (*_TOPICS, *_TAGGED, "kinds"))
        left += self.finder.sort_places(draft.coverage)
        if not draft.subjects:
            for subject in source.defaults.subjects:
                self.finder.default("subjects", subject)
        elsewhere = bool(draft.tags) and bool(self.finder.terms()["countries"])
        if source.government and not elsewhere and not any(clean(text.value) for text in draft.coverage):
            # A coverage that names no country we know may still mean another one: then none is better than ours.
            self.finder.default("countries", source.government.lower())
        texts = self.texts
        return tuple(
            dict.fromkeys(
                Text(texts.plain("keywords", text.value), texts.tag(text.language, "keywords")) for text in left
            )
        )

    def authors(self) -> tuple[str, ...]:
        """Authors, then contributors, in order, each once and without a number of theirs."""
        people = (*self.draft.authors, *self.draft.contributors)
        return _unique(self.texts.plain("authors", name) for person in people for name in split_names(person.value))

    def named(self, field: str, name: str | None) -> str | None:
        """A place or an organizer, without the address to write to."""
        return (name and self.texts.plain(field, person_name(name))) or None

    def publisher(self) -> dict[str, str]:
        default = self.source.defaults.publisher
        texts = self.texts
        return texts.lstring("publisher", self.draft.publishers, "; ") or ({texts.default: default} if default else {})

    def dates(self) -> tuple[Date, ...]:
        found: dict[tuple[str, str], Date] = {}
        for kind, verbatim in self.draft.dates:
            span = read_date(verbatim, self.source.reading.date_order)
            if not isinstance(span, Span):
                self.issues.add(span, "dates", verbatim)
                continue
            ends: tuple[tuple[DateKind, str | None], ...] = ((kind, span.start),)
            if span.is_period:
                ends = (("start", span.start), ("end", span.end))
            for name, value in ends:
                if value is not None:
                    found.setdefault((name, value), Date(kind=name, value=value, verbatim=clean(verbatim)))
        return tuple(found.values())

    def links(self) -> tuple[Link, ...]:
        """Links, and the identifiers that are addresses; absolute, each once, the record's own page first."""
        found: dict[str, Link] = {}
        for link in (*self.addresses(), *self.draft.links):
            url = absolute_url(link.url, self.raw.answer.url)
            if url is None:
                self.issues.add("link_refused", "links", link.url)
            elif url not in found:
                found[url] = self.link(link, url)
        return tuple(sorted(found.values(), key=lambda link: link.rel != "source"))

    def addresses(self) -> Iterator[Link]:
        """Identifiers that lead somewhere; the others have no place in a record and are counted."""
        for identifier in self.draft.identifiers:
            if looks_like_link(identifier):
                yield Link(url=identifier, rel="source")
            else:
                self.unused["identifier"] = self.unused.get("identifier", 0) + 1

    def link(self, link: Link, url: str) -> Link:
        media = (link.media_type or "").partition(";")[0].strip().lower() or media_type(url)
        return Link(
            url=url,
            rel=_rel(link.rel, url, media),
            name=(link.name and self.texts.plain("links", link.name)) or None,
            language=self.texts.tag(link.language, "links") or language_of_file(url),
            media_type=clean(media) if media else None,
        )

    def rights(self, schema: str) -> Rights:
        """The record's own statements, or else the source's, and what may be shared by them."""
        statement = self.texts.lstring("rights", self.draft.rights)
        if not statement and self.source.licence:
            statement = {self.texts.default: clean(self.source.licence)}
        named = filter(None, (licence_uri(self.lookup("licence", text)) for text in statement.values()))
        said = [text.value for text in (*self.draft.rights, *self.draft.access)]
        stated = Rights(
            statement=statement,
            licence=most_precise(named),
            labels=care.labels(said),
            access=care.access_right(said),
            embargo=care.embargo(self.draft, self.issues),
        )
        return sharing.decided(stated, self.source, schema, _written(self.raw.answer.received)[:10])

    def provenance(self, profile: str) -> Provenance:
        raw = self.raw
        return Provenance(
            profile=profile,
            url=raw.answer.url,
            item=raw.item,
            received=_written(raw.answer.received),
            datestamp=raw.datestamp,
            sets=raw.sets,
            first_seen=raw.first_seen,
            detected=(*self.texts.detected, *self.draft.detected),
        )


@lru_cache(maxsize=8)
def _written(moment: datetime) -> str:
    """ISO 8601; all records of a page were received at one moment."""
    return moment.isoformat()


def _rel(rel: str, url: str, media: str | None) -> str:
    """A file is an image or a document whatever it was called; a page's address stays what it was called."""
    if media and media.startswith("image/"):
        return "image"
    if rel == "image" or url.startswith(REGISTERED) or (media and media not in ("text/html", "application/xhtml+xml")):
        return "image" if rel == "image" else "document"
    return rel


def _source_page(links: Iterable[Link]) -> str | None:
    """The record's page on its site, else where its DOI or Handle leads."""
    pages = (link for link in reversed(tuple(links)) if link.rel == "source" or link.url.startswith(RESOLVED))
    by_rel = {link.rel: link.url for link in pages}
    return by_rel.get("source") or by_rel.get("document")


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
