"""The unmatched list: keywords of current records that name no concept, and which concepts they may mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa
from rapidfuzz import fuzz, process

from normalizers.model import Terms
from normalizers.terms import FIELD_OF, RECORD_FIELDS
from vocabularies.crossing import near
from vocabularies.folding import fold
from vocabularies.model import Concept, Vocabulary
from warehouse import reports
from warehouse.duck import connect, select
from warehouse.layout import Layout
from warehouse.mapping.term_lists import Suggestion, UnmatchedTerm, UnmatchedTerms

FIELDS = tuple(field for field in RECORD_FIELDS if field != "kinds")
"""The fields into which a keyword may go."""
_BEST = 3  # suggestions for a term
_ALIKE = 70.0  # of 100; below it, two spellings have little in common
_LIST = """
SELECT min(value), list_sort(list(DISTINCT language)), list_sort(list(DISTINCT source)), count(DISTINCT identifier)
FROM keywords JOIN folded USING (value)
WHERE term <> '' AND NOT mapped
GROUP BY term
ORDER BY count(DISTINCT identifier) DESC, term
"""
_KEYWORDS = "unnest(keywords)"
_MAPPED = f"unnest(list_filter(list_concat({', '.join(FIELDS)}), lambda term: term.by = 'mapping'))"


def unmatched(layout: Layout, terms: Terms, sources: Sequence[str] | None = None) -> UnmatchedTerms:
    """The keywords of the current records of `sources` (default: all), those on most records first.

    Spellings that differ in case, accents or punctuation are one term. What a person has mapped is left out: the
    records carry it from the next `chm replay` on. Without suggestions, which take a `Suggester`.
    """
    with connect(layout.scratch()) as connection:
        _gather(connection, layout, layout.loaded_sources() if sources is None else sources)
        rows = connection.sql(_LIST).fetchall()
        records = connection.sql("SELECT count(DISTINCT identifier) FROM keywords WHERE NOT mapped").fetchall()[0][0]
    found = [
        UnmatchedTerm(term=term, languages=tuple(languages), sources=tuple(origins), records=count)
        for term, languages, origins, count in rows
        if fold(term) not in terms.mapped
    ]
    return UnmatchedTerms(total=len(found), records=records, terms=tuple(found))


def carrying(layout: Layout, term: str) -> tuple[tuple[str, ...], int]:
    """The sources whose current records have the term, as a keyword or through a mapping, and how many records."""
    with connect(layout.scratch()) as connection:
        _gather(connection, layout, layout.loaded_sources())
        where = "FROM keywords JOIN folded USING (value) WHERE term = ?"
        query = f"SELECT list_sort(list(DISTINCT source)), count(DISTINCT identifier) {where}"
        sources, records = connection.execute(query, [fold(term)]).fetchall()[0]
    return tuple(sources or ()), records


def _gather(connection: duckdb.DuckDBPyConnection, layout: Layout, sources: Sequence[str]) -> None:
    """Make the tables `keywords` (identifier, source, value, language, mapped) and `folded` (value, term)."""
    columns = "identifier VARCHAR, source VARCHAR, value VARCHAR, language VARCHAR, mapped BOOLEAN"
    connection.execute(f"CREATE TEMP TABLE keywords ({columns})")
    for source in sources:
        pointer = reports.pointer(layout, source)
        if pointer is None:
            continue
        records = select(layout.snapshot(source, pointer.snapshot) / "records.parquet")
        for words, found in (
            (_KEYWORDS, "w.value, coalesce(w.language, 'und'), false"),
            (_MAPPED, "w.verbatim, 'und', true"),
        ):
            told = f"SELECT identifier, source, {words} AS w FROM ({records})"
            connection.execute(f"INSERT INTO keywords SELECT identifier, source, {found} FROM ({told})")
    values = [value for (value,) in connection.sql("SELECT DISTINCT value FROM keywords").fetchall()]
    folded = {"value": pa.array(values, pa.string()), "term": pa.array(map(fold, values), pa.string())}
    connection.register("folded", pa.table(folded))


class Suggester:
    """Says which concepts a term may mean; made once for many terms."""

    def __init__(self, terms: Terms, vocabularies: Mapping[str, Vocabulary]) -> None:
        self._terms = terms
        self._others = [vocabulary for scheme, vocabulary in vocabularies.items() if scheme not in FIELD_OF]
        self._names = [
            (field, concept, f"{label} ({language})")
            for field in FIELDS
            for concept in getattr(terms, field).concepts.values()
            for _, language, label in concept.names()
        ]
        self._folded = [fold(name.rpartition(" (")[0]) for _, _, name in self._names]

    def suggest(self, term: str) -> tuple[Suggestion, ...]:
        """The likeliest first: what other vocabularies call close to it, then what is spelt alike in any language."""
        found: dict[str, Suggestion] = {}
        for suggestion in (*self._near(term), *self._alike(term)):
            found.setdefault(suggestion.identifier, suggestion)
        return tuple(found.values())[:_BEST]

    def _near(self, term: str) -> Iterator[Suggestion]:
        for vocabulary in self._others:
            match = vocabulary.match(term)
            for uri in near(match.concept, self._terms.same) if match else ():
                for field in FIELDS:
                    concept = getattr(self._terms, field).by_uri.get(uri)
                    if concept is not None:
                        yield _suggestion(concept, field, f"related in {vocabulary.scheme}", 100.0)

    def _alike(self, term: str) -> Iterator[Suggestion]:
        alike = process.extract(fold(term), self._folded, scorer=fuzz.WRatio, limit=4 * _BEST, score_cutoff=_ALIKE)
        for _, score, place in alike:
            field, concept, name = self._names[place]
            yield _suggestion(concept, field, name, score)


def _suggestion(concept: Concept, field: str, because: str, score: float) -> Suggestion:
    label = concept.labels.get("en") or next(iter(concept.labels.values()))
    return Suggestion(identifier=concept.notation, field=field, label=label, because=because, score=round(score, 1))
