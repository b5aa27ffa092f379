"""Which concepts a value names.

In this order: the vocabulary's own notations and labels, the source's `lookups`, the mappings that people accepted, and
somebody else's concept whose publisher says that it is the same. Each term says by which of them it was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from typing import cast

from harvesters.source import Source
from normalizers.fields import places
from normalizers.fields.text import clean
from normalizers.issues import Issues
from normalizers.model import How, Term, Terms, Text
from vocabularies.crossing import joined, same_as
from vocabularies.folding import fold
from vocabularies.model import Match, Vocabulary
from vocabularies.numbered import named_in

SCHEMES: Mapping[str, tuple[str, ...]] = {
    "countries": ("countries",),
    "regions": ("regions",),
    "languages": ("un-languages",),
    "subjects": ("cbd-subjects",),
    "gbf_targets": ("gbf-targets",),
    "aichi_targets": ("aichi-targets",),
    "gbf_goals": ("gbf-goals",),
    "gbf_indicators": ("gbf-headline-indicators", "gbf-component-indicators", "gbf-complementary-indicators"),
    "sdg_goals": ("sdg-goals",),
    "articles": ("cbd-articles",),
    "kinds": ("organization-types", "focal-point-types", "national-report-types"),
}
_PLACES: tuple[places.Kind, ...] = ("countries", "regions")
"""Field of a record -> the schemes whose concepts it holds."""
RECORD_FIELDS = tuple(field for field in SCHEMES if field != "languages")
"""The fields of a record that hold terms."""
_NOTHING: dict[str, tuple[Term, ...]] = dict.fromkeys(RECORD_FIELDS, ())
FIELD_OF = {scheme: field for field, schemes in SCHEMES.items() for scheme in schemes}
"""The field of each scheme; a scheme that is not in it tags no record."""
_AFTER_LOOKUPS = frozenset(("mapping", "exactMatch", "variant"))  # ways that a source's own lookups go before
_SHORT = 300  # characters of a value worth remembering
_SEPARATOR = re.compile(r"[;|؛；,،，、]")
_SEMICOLONS = re.compile(r"\s*[;|؛；]\s*")
_COMMAS = re.compile(r"\s*[,،，、]\s*")


def terms_of(vocabularies: Mapping[str, Vocabulary], mapped: Mapping[str, tuple[str, ...]] | None = None) -> Terms:
    """The vocabularies that normalising needs, by their schemes, with the accepted mappings.

    Raises `LookupError`, which names the schemes that are missing.
    """
    missing = sorted(scheme for scheme in FIELD_OF if scheme not in vocabularies)
    if missing:
        raise LookupError(f"No vocabulary {', '.join(missing)}: put {missing[0]}.ttl into a folder of vocabularies.")
    same = same_as(vocabularies.values(), [vocabularies[scheme] for scheme in FIELD_OF])
    others = (vocabulary for scheme, vocabulary in vocabularies.items() if scheme not in FIELD_OF)
    return Terms(
        **{field: joined(field, [vocabularies[scheme] for scheme in schemes]) for field, schemes in SCHEMES.items()},
        mapped=mapped or {},
        others=tuple(vocabulary for vocabulary in others if not same.keys().isdisjoint(vocabulary.by_uri)),
        same=same,
    )


class Finder:
    """Sorts the values of one record into fields of terms, each concept once."""

    def __init__(self, source: Source, terms: Terms, issues: Issues) -> None:
        self._lookups: Mapping[str, Mapping[str, str]] = cast("Mapping[str, Mapping[str, str]]", source.lookups)
        self._terms = terms
        self._issues = issues
        self._found: dict[str, dict[str, Term]] = {}

    def sort(self, texts: Iterable[Text], fields: tuple[str, ...]) -> list[Text]:
        """File what names concepts of `fields`, and give back what names none, cleaned.

        A list in one string ("Belgium; France", "birds, wetlands") is parted at semicolons, and at commas where a
        part names a concept; a label that has a comma itself is found whole, first.
        """
        left: list[Text] = []
        for text in texts:
            value = clean(text.value)
            if not value or self._names(value, text.language, fields):
                continue
            if _SEPARATOR.search(value):
                for item in _SEMICOLONS.split(value):
                    left += (Text(part, text.language) for part in self._part(item, text.language, fields) if part)
            else:
                left.append(Text(value, text.language))
        return left

    def sort_places(self, texts: Iterable[Text]) -> list[Text]:
        """File countries and regions, of which one string may name several, and give back what names none."""
        left: list[Text] = []
        for text in texts:
            value = clean(text.value)
            if not value or self._names(value, text.language, _PLACES):
                continue
            for item in _SEMICOLONS.split(value):
                parts = tuple(places.parts(item, partial(self._named, language=text.language, fields=_PLACES)))
                unknown = [part for part, known in parts if not (known and self._names(part, text.language, _PLACES))]
                left += (
                    Text(part, text.language) for part in (unknown if len(unknown) < len(parts) else [item]) if part
                )
        return left

    def default(self, field: str, verbatim: str) -> None:
        """File a value that is not the record's own but its source's."""
        (match,) = _matches((getattr(self._terms, field),), verbatim, None)
        if match is None:
            self._issues.add("default_unknown", field, verbatim)
        else:
            self._file(field, Term(identifier=match.concept.notation, verbatim=verbatim, by="default"))

    def read(self, texts: Iterable[str]) -> None:
        """File the targets, goals and articles that texts name in passing."""
        for text in texts:
            for named in named_in(text):
                field = FIELD_OF[named.scheme]
                if named.notation in getattr(self._terms, field).concepts:
                    self._file(field, Term(identifier=named.notation, verbatim=named.words, by="text"))

    def terms(self) -> dict[str, tuple[Term, ...]]:
        """What was filed under each field of a record, in order of appearance."""
        return _NOTHING | {field: tuple(terms.values()) for field, terms in self._found.items()}

    def _part(self, item: str, language: str | None, fields: tuple[str, ...]) -> list[str]:
        """What names no concept of one item of a list: all of it, or some parts between its commas."""
        if self._names(item, language, fields):
            return []
        parts = _COMMAS.split(item)
        left = [part for part in parts if not self._names(part, language, fields)]
        return [item] if len(left) == len(parts) else left

    def _names(self, value: str, language: str | None, fields: tuple[str, ...]) -> bool:
        """Whether `value` names a concept; it is filed under each of the fields where it does."""
        named = self._named(value, language, fields)
        for field, term in named:
            self._file(field, term)
        return bool(named)

    def _named(self, value: str, language: str | None, fields: tuple[str, ...]) -> Iterable[tuple[str, Term]]:
        """What `value` names, by field: vocabularies first, then the source's lookups, then mappings, then variants."""
        find = _remembered if len(value) <= _SHORT else _remembered.__wrapped__
        named = find(self._terms, fields, value, language)
        if self._lookups.keys().isdisjoint(fields):
            return named
        looked_up = {field: self._looked_up(field, value) for field in fields if field in self._lookups}
        found = dict(named)
        for field, term in looked_up.items():
            if term and (field not in found or found[field].by in _AFTER_LOOKUPS):
                found[field] = term
        return found.items()

    def _looked_up(self, field: str, value: str) -> Term | None:
        identifier = self._lookups[field].get(value)
        if identifier is None:
            return None
        if identifier in getattr(self._terms, field).concepts:
            return Term(identifier=identifier, verbatim=value, by="lookup")
        self._issues.add("lookup_unknown", field, identifier)
        return None

    def _file(self, field: str, term: Term) -> None:
        self._found.setdefault(field, {}).setdefault(term.identifier, term)


def _matches(vocabularies: tuple[Vocabulary, ...], value: str, language: str | None) -> tuple[Match | None, ...]:
    """What `value` names in each vocabulary."""
    return tuple(vocabulary.match(value, language) for vocabulary in vocabularies)


@lru_cache(maxsize=32_768)
def _remembered(
    terms: Terms, fields: tuple[str, ...], value: str, language: str | None
) -> tuple[tuple[str, Term], ...]:
    """What `value` names by field, whatever the source; remembered, since the same few words come again and again."""
    matches = _matches(tuple(getattr(terms, field) for field in fields), value, language)
    elsewhere = _elsewhere(terms, value, language)
    named = []
    for field, match in zip(fields, matches, strict=True):
        if match is not None:
            named.append((field, Term(identifier=match.concept.notation, verbatim=value, by=match.by)))
        elif elsewhere and (term := _led_to(getattr(terms, field), value, elsewhere)):
            named.append((field, term))
    return tuple(named) or (_variants(terms, value) if fields == _PLACES else ())


def _variants(terms: Terms, value: str) -> tuple[tuple[str, Term], ...]:
    """The place that `value` names by a name that no vocabulary has."""
    for kind in _PLACES:
        name = places.place(kind, value)
        match = getattr(terms, kind).match(name) if name else None
        if match is not None:
            return ((kind, Term(identifier=match.concept.notation, verbatim=value, by="variant")),)
    return ()


def _elsewhere(terms: Terms, value: str, language: str | None) -> list[tuple[str, How]]:
    """URIs to which mappings lead: accepted ones first, then those of other vocabularies' publishers."""
    found: list[tuple[str, How]] = []
    if terms.mapped:
        found += ((uri, "mapping") for uri in terms.mapped.get(fold(value), ()))
    if terms.others:
        for match in filter(None, _matches(terms.others, value, language)):
            found += ((uri, "exactMatch") for uri in terms.same.get(match.concept.uri, ()))
    return found


def _led_to(vocabulary: Vocabulary, value: str, elsewhere: Iterable[tuple[str, How]]) -> Term | None:
    for uri, by in elsewhere:
        if uri in vocabulary.by_uri:
            return Term(identifier=vocabulary.by_uri[uri].notation, verbatim=value, by=by)
    return None
