"""The tables of terms: what each is called, and in which others it lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from normalizers.terms import FIELD_OF
from vocabularies.checks import UN_LANGUAGES
from vocabularies.model import Concept, Vocabulary
from warehouse.tables.model import Column, Table

GROUPS = ("cbd-parties", "m49-regions")  # schemes that tag no record, by which figures on countries are summed up
TERM_ROWS = pa.schema(
    {
        **dict.fromkeys(("scheme", "identifier", "uri", "language", "label"), pa.string()),
        "is_genuine": pa.bool_(),
        "iso3": pa.string(),
    }
)
BROADER_ROWS = pa.schema({"term": pa.string(), "broader": pa.string(), "scheme": pa.string(), "steps": pa.int64()})
TABLES = (
    Table(
        name="terms",
        meaning="Six rows a term, one a language of the United Nations; join on identifier and language.",
        columns=(
            Column("scheme", "VARCHAR", f"Vocabulary; {' and '.join(GROUPS)} hold groups of countries."),
            Column("identifier", "VARCHAR", "The CBD's identifier, or for regions of the United Nations M49-number."),
            Column("uri", "VARCHAR", "URI of the concept."),
            Column("language", "VARCHAR", f"Language of the label: {', '.join(UN_LANGUAGES)}."),
            Column("label", "VARCHAR", "The label in that language where a genuine one is known, else in English."),
            Column("is_genuine", "BOOLEAN", "Whether the label is in that language; false where English stands in."),
            Column("iso3", "VARCHAR", "ISO 3166-1 alpha-3 code of a country."),
        ),
        query="SELECT * FROM term_rows",
    ),
    Table(
        name="broader",
        meaning=(
            "One row a term and each term that it lies in, itself included: join records' terms on `term` and group by "
            "`broader` to count the whole of a region or subject."
        ),
        columns=(
            Column("term", "VARCHAR", "Identifier of the term, as in `terms`."),
            Column("broader", "VARCHAR", "Identifier of the term that it lies in, as in `terms`."),
            Column("scheme", "VARCHAR", "Vocabulary of the broader term."),
            Column("steps", "BIGINT", "Steps from one to the other: 0 for itself."),
        ),
        query="SELECT * FROM broader_rows",
    ),
)


def term_rows(vocabularies: Mapping[str, Vocabulary]) -> pa.Table:
    """Rows of `terms`: every concept of the schemes that tag records, and the groups of countries."""
    rows: list[tuple[object, ...]] = [
        (scheme, concept.notation, concept.uri, language, *_label(concept, language), concept.codes.get("iso3"))
        for scheme, concept in _concepts(vocabularies)
        for language in UN_LANGUAGES
    ]
    return _table(rows, TERM_ROWS)


def broader_rows(vocabularies: Mapping[str, Vocabulary]) -> pa.Table:
    """Rows of `broader`: the closure of skos:broader, and of what a group of countries says lies within it."""
    schemes = {concept.notation: scheme for scheme, concept in _concepts(vocabularies)}
    above = _above(vocabularies)
    rows: list[tuple[object, ...]] = []
    for notation in schemes:
        level, steps, seen = [notation], 0, {notation}
        while level:
            rows += [(notation, each, schemes[each], steps) for each in level]
            level = list(dict.fromkeys(up for each in level for up in above[each] if up not in seen))
            seen.update(level)
            steps += 1
    return _table(rows, BROADER_ROWS)


def _above(vocabularies: Mapping[str, Vocabulary]) -> dict[str, list[str]]:
    """Identifier of each term -> those of the terms that it lies in directly."""
    above = {concept.notation: list(concept.broader) for _, concept in _concepts(vocabularies)}
    notations = {concept.uri: concept.notation for _, concept in _concepts(vocabularies)}
    for _, group in _concepts(vocabularies):
        for uri in group.narrow:
            if uri in notations:
                above[notations[uri]].append(group.notation)
    return above


def _concepts(vocabularies: Mapping[str, Vocabulary]) -> Iterator[tuple[str, Concept]]:
    for scheme, vocabulary in sorted(vocabularies.items()):
        if FIELD_OF.get(scheme, "languages") != "languages" or scheme in GROUPS:
            yield from ((scheme, concept) for concept in vocabulary.concepts.values())


def _label(concept: Concept, language: str) -> tuple[str, bool]:
    """The label in a language and whether it is genuine; a concept of no English name is shown by what it has."""
    if language in concept.labels:
        return concept.labels[language], True
    return concept.labels.get("en") or next(iter(concept.labels.values())), False


def _table(rows: list[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema)
