"""Which concepts a value names: the source's own lookups first, then the vocabularies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from typing import cast

from harvesters.source import Source
from normalizers.fields import places
from normalizers.fields.text import clean
from normalizers.issues import Issues
from normalizers.model import Term, Terms, Text
from vocabularies.model import Match, Vocabulary

SCHEMES = {
    "countries": "countries",
    "regions": "regions",
    "languages": "un-languages",
    "subjects": "cbd-subjects",
    "gbf_targets": "gbf-targets",
    "aichi_targets": "aichi-targets",
}
_PLACES: tuple[places.Kind, ...] = ("countries", "regions")
_SHORT = 300  # characters of a value worth remembering
_SEPARATOR = re.compile(r"[;|؛；,،，、]")
_SEMICOLONS = re.compile(r"\s*[;|؛；]\s*")
_COMMAS = re.compile(r"\s*[,،，、]\s*")


def terms_of(vocabularies: Mapping[str, Vocabulary]) -> Terms:
    """The vocabularies that normalising needs, by their schemes. Raises `LookupError`, which names those missing."""
    missing = sorted(scheme for scheme in SCHEMES.values() if scheme not in vocabularies)
    if missing:
        raise LookupError(f"No vocabulary {', '.join(missing)}: put {missing[0]}.ttl into a folder of vocabularies.")
    return Terms(**{field: vocabularies[scheme] for field, scheme in SCHEMES.items()})


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

    def terms(self, field: str) -> tuple[Term, ...]:
        """What was filed under `field`, in order of appearance."""
        return tuple(self._found[field].values()) if field in self._found else ()

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

    def _named(self, value: str, language: str | None, fields: tuple[str, ...]) -> list[tuple[str, Term]]:
        """What `value` names, by field: the source's lookups first, then vocabularies, then variants of places."""
        matches = _matches(tuple(getattr(self._terms, field) for field in fields), value, language)
        named = []
        for field, match in zip(fields, matches, strict=True):
            term = self._looked_up(field, value) if field in self._lookups else None
            if term is None and match is not None:
                term = Term(identifier=match.concept.notation, verbatim=value, by=match.by)
            if term is not None:
                named.append((field, term))
        return named or (self._variants(value) if fields == _PLACES else [])

    def _variants(self, value: str) -> list[tuple[str, Term]]:
        """The place that `value` names by a name that no vocabulary has."""
        for kind in _PLACES:
            name = places.place(kind, value)
            match = getattr(self._terms, kind).match(name) if name else None
            if match is not None:
                return [(kind, Term(identifier=match.concept.notation, verbatim=value, by="variant"))]
        return []

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
    """What `value` names in each vocabulary; remembered, since the same few words come again and again."""
    find = _remembered_matches if len(value) <= _SHORT else _remembered_matches.__wrapped__
    return find(vocabularies, value, language)


@lru_cache(maxsize=32_768)
def _remembered_matches(
    vocabularies: tuple[Vocabulary, ...], value: str, language: str | None
) -> tuple[Match | None, ...]:
    return tuple(vocabulary.match(value, language) for vocabulary in vocabularies)
