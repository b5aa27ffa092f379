"""Which concepts a value names: the source's own lookups first, then the vocabularies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from harvesters.source import Source
from normalizers.fields.text import clean
from normalizers.issues import Issues
from normalizers.model import Term, Terms, Text
from vocabularies.model import Vocabulary

SCHEMES = {
    "countries": "countries",
    "regions": "regions",
    "languages": "un-languages",
    "subjects": "cbd-subjects",
    "gbf_targets": "gbf-targets",
    "aichi_targets": "aichi-targets",
}
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
        self._lookups: Mapping[str, Mapping[str, str]] = {
            str(field): values for field, values in source.lookups.items()
        }
        self._vocabularies: Mapping[str, Vocabulary] = {field: getattr(terms, field) for field in SCHEMES}
        self._issues = issues
        self._found: dict[str, dict[str, Term]] = {field: {} for field in SCHEMES}

    def sort(self, texts: Iterable[Text], fields: tuple[str, ...]) -> list[Text]:
        """File what names concepts of `fields`, and give back what names none, cleaned.

        A list in one string ("Belgium; France", "birds, wetlands") is parted at semicolons, and at commas where a
        part names a concept; a label that has a comma itself is found whole, first.
        """
        left: list[Text] = []
        for text in texts:
            value = clean(text.value)
            if value and not self._names(value, text.language, fields):
                for item in _SEMICOLONS.split(value):
                    left += (Text(part, text.language) for part in self._part(item, text.language, fields) if part)
        return left

    def default(self, field: str, verbatim: str) -> None:
        """File a value that is not the record's own but its source's."""
        match = self._vocabularies[field].match(verbatim)
        if match is None:
            self._issues.add("default_unknown", field, verbatim)
        else:
            self._file(field, Term(identifier=match.concept.notation, verbatim=verbatim, by="default"))

    def terms(self, field: str) -> tuple[Term, ...]:
        """What was filed under `field`, in order of appearance."""
        return tuple(self._found[field].values())

    def _part(self, item: str, language: str | None, fields: tuple[str, ...]) -> list[str]:
        """What names no concept of one item of a list: all of it, or some parts between its commas."""
        if self._names(item, language, fields):
            return []
        parts = _COMMAS.split(item)
        left = [part for part in parts if not self._names(part, language, fields)]
        return [item] if len(left) == len(parts) else left

    def _names(self, value: str, language: str | None, fields: tuple[str, ...]) -> bool:
        terms = {field: self._find(field, value, language) for field in fields}
        for field, term in terms.items():
            if term is not None:
                self._file(field, term)
        return any(terms.values())

    def _find(self, field: str, value: str, language: str | None) -> Term | None:
        vocabulary = self._vocabularies[field]
        looked_up = self._lookups[field].get(value) if field in self._lookups else None
        if looked_up is not None:
            if looked_up in vocabulary.concepts:
                return Term(identifier=looked_up, verbatim=value, by="lookup")
            self._issues.add("lookup_unknown", field, looked_up)
        match = vocabulary.match(value, language)
        return None if match is None else Term(identifier=match.concept.notation, verbatim=value, by=match.by)

    def _file(self, field: str, term: Term) -> None:
        self._found[field].setdefault(term.identifier, term)
