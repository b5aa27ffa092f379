"""A page of a site without an interface: what it states of itself, and what it shows.

`pages.chosen` says what is believed. Of each field that is found in several ways the draft says which it was, as in
`title=json-ld` or `published=text`.
"""

from __future__ import annotations

from lxml import html

from harvesters.crawling.documents import base, files
from harvesters.crawling.reading import translations
from harvesters.model import RawRecord
from harvesters.web_pages import Head, head_in, tree
from normalizers.model import DateKind, Draft, Link, Text
from normalizers.pages import chosen
from normalizers.pages.shown import Shown, shown
from normalizers.pages.stated import Stated, Value, stated
from normalizers.profiles import Unreadable

_NEWS = frozenset(("newsarticle", "blogposting", "reportagenewsarticle", "pressrelease"))
_ALWAYS = "9999"
_MOST_IMAGES = 5


def extract(raw: RawRecord) -> Draft:
    """Where the values of one page stand. Raises `Unreadable`."""
    answer = raw.answer
    root = tree(answer.body, answer.headers.get("content-type", ""))
    if root is None:
        raise Unreadable("unreadable_record", "It is no web page.", "Open the address in a browser.")
    head = head_in(root)
    return _Page(raw, root, head).draft()


class _Page:
    """One page while its draft is made."""

    def __init__(self, raw: RawRecord, root: html.HtmlElement, head: Head) -> None:
        self._raw = raw
        self._root = root
        self._head = head
        self._stated: Stated = stated(root, head, raw.answer.body, raw.identifier)
        self._shown: Shown = shown(root, head.title)
        self._draft = Draft(schema="resource")
        self._language = chosen.language(self._stated, head.language, self._shown.plain)

    def draft(self) -> Draft:
        draft, told = self._draft, self._stated
        self._texts()
        self._dates()
        self._rights()
        draft.types += [Text(kind) for kind in told.types] + [Text(value.text) for value in told.of("type")]
        draft.schema = "news" if _NEWS & set(told.types) else "resource"
        draft.subjects += [Text(word.strip()) for value in told.of("subject") for word in _words(value)]
        draft.coverage += [Text(value.text, value.language) for value in told.of("coverage")]
        draft.contributors += [Text(value.text) for value in told.of("contributor")]
        draft.publishers += [Text(value.text, value.language) for value in told.of("publisher")[:1]]
        draft.identifiers += [value.text for value in told.of("identifier")]
        draft.place = next((value.text for value in told.of("place")), None)
        draft.organizer = next((value.text for value in told.of("organizer")), None)
        self._links()
        return draft

    def _texts(self) -> None:
        draft, language = self._draft, self._language
        tag = language.text if language else None
        if language:
            draft.languages.append(language.text)
            self._note("language", language)
        title = chosen.title(self._stated, self._shown)
        if title:
            draft.titles.append(Text(title.text, tag))
            self._note("title", title)
        for summary in self._stated.of("summary")[:1]:
            draft.summaries.append(Text(summary.text, tag))
            self._note("summary", summary)
        if self._shown.text:
            draft.descriptions.append(Text(self._shown.text, tag))
        found = chosen.authors(self._stated, self._shown)
        draft.authors += [Text(value.text) for value in found]
        for value in found[:1]:
            self._note("authors", value)

    def _dates(self) -> None:
        words = {"published": self._shown.published, "modified": self._shown.modified}
        received = self._raw.answer.received.date().isoformat()
        kinds: tuple[DateKind, ...] = ("published", "modified", "created", "start", "end")
        for kind in kinds:
            until = _ALWAYS if kind in ("start", "end") else received
            found = chosen.date(self._stated.of(kind), words.get(kind), until)
            if found:
                self._draft.dates.append((kind, found.text))
                self._note(kind, found)

    def _rights(self) -> None:
        """What is stated, and labels, which stand beside a licence."""
        told = self._stated.of("licence")
        labels = [Text(text) for text in self._shown.rights if "localcontexts" in text]
        if told:
            self._draft.rights += [Text(value.text, value.language) for value in told if value.place == told[0].place]
            self._note("licence", told[0])
        elif len(self._shown.rights) > len(labels):
            self._draft.rights += [Text(text) for text in self._shown.rights if "localcontexts" not in text]
            self._note("licence", Value("", "text"))
        self._draft.rights += labels

    def _links(self) -> None:
        draft, url = self._draft, self._raw.answer.url
        draft.links.append(Link(url=self._raw.identifier, rel="source"))
        for file in files(self._root, base(self._root, url)):
            draft.links.append(
                Link(
                    url=file.url,
                    rel="document",
                    name=file.words or None,
                    language=file.language,
                    media_type=file.media_type,
                )
            )
        draft.links += [Link(url=value.text, rel="document") for value in self._stated.of("document")]
        draft.links += [Link(url=value.text, rel="image") for value in self._stated.of("image")[:_MOST_IMAGES]]
        others = translations(self._root, url).items()
        draft.links += [Link(url=other, language=tag) for tag, other in others if other != self._raw.identifier]

    def _note(self, field: str, value: Value) -> None:
        self._draft.detected.append(f"{field}={value.place}")


def _words(value: Value) -> list[str]:
    return [word for word in value.text.replace(";", ",").split(",") if word.strip()]
