"""How good a source's records are: counted over its live records at every load, and kept beside the load's report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from normalizers import common_formats
from warehouse import reports
from warehouse.assessing.findings import Part, QualityPoint, QualityReport, SchemaQuality, SourceQuality
from warehouse.duck import connect, select
from warehouse.files import read_json, write_json
from warehouse.layout import Layout
from warehouse.model import Batch, LoadReport

_BOOKKEEPING = frozenset((
    "identifier", "source", "source_identifier", "schema", "origin", "government", "provenance", "fingerprint", "run",
    "page",
))  # fmt: skip
_DESCRIBING = (  # what a reader needs to choose and to reach a document
    "cardinality(title) > 0",
    "cardinality(summary) + cardinality(description) > 0",
    "len(languages) > 0",
    "len(subjects) + len(keywords) > 0",
    "len(dates) > 0",
    "len(links) > 0",
    "len(authors) + cardinality(publisher) > 0",
)
_WEIGHTS = {
    "described": (0.30, "mean fill rate of title, text, language, subject, date, link and author or publisher"),
    "complete": (0.20, "of the fields that their common format requires, those that records have"),
    "matched": (0.15, "values of subject, place and target that name a term of the Convention's"),
    "sound": (0.15, "records without a value that could not be used"),
    "tagged": (0.10, "texts whose language is known"),
    "reusable": (0.10, "records under a licence that was recognised"),
}
_INCOMPLETE = "incomplete"  # the issue of a record that lacks what its common format requires

_ISSUES = """
WITH
latest AS (  -- the batch that had the last word on each live record
    SELECT source_identifier AS record, max(list_position($batches, parse_path(filename)[-2])) AS batch
    FROM read_parquet($records, filename = true, hive_partitioning = false)
    SEMI JOIN live USING (source_identifier)
    GROUP BY ALL
)
SELECT code, severity, record, value
FROM (
    SELECT code, severity, record, value, list_position($batches, parse_path(filename)[-2]) AS batch
    FROM read_parquet($issues, filename = true, hive_partitioning = false)
)
JOIN latest USING (record, batch)
"""
_COMPLETE = f"""
SELECT schema, count(*), count(*) - count(lacking.record)
FROM live
LEFT JOIN (SELECT DISTINCT record FROM issues WHERE code = '{_INCOMPLETE}') AS lacking ON record = source_identifier
GROUP BY schema
ORDER BY schema
"""
_LACKING = f"""
SELECT schema, field, count(*)
FROM (
    SELECT schema, unnest(string_split(split_part(value, ': ', 2), ', ')) AS field  -- "resource: summary, authors"
    FROM issues JOIN live ON record = source_identifier WHERE code = '{_INCOMPLETE}'
)
GROUP BY ALL
ORDER BY 3 DESC, 2
"""
_DESCRIBED = f"SELECT sum({' + '.join(f'({condition})::INT' for condition in _DESCRIBING)}) FROM live"
_UNSOUND = f"SELECT count(DISTINCT record) FROM issues WHERE severity <> 'note' AND code <> '{_INCOMPLETE}'"
_TEXTS = "SELECT sum(cardinality(title) + cardinality(summary) + cardinality(description)) FROM live"
_TAGGED = """
SELECT sum(len(list_filter(map_keys(title) || map_keys(summary) || map_keys(description), lambda tag: tag <> 'und')))
FROM live
"""


def measure(layout: Layout, batch: Batch, snapshot: str, now: datetime) -> QualityReport:
    """Measure what a load makes current, and keep the report under the load's run."""
    path = layout.snapshot(batch.source, snapshot) / "records.parquet"
    with connect(layout.scratch()) as connection:
        connection.execute(f"CREATE TEMP VIEW live AS {select(path)}")
        _read_issues(connection, _batches(layout, batch))
        report = _report(connection, batch, pq.read_schema(path), now)
    write_json(_path(layout, batch), report)
    return report


def of(layout: Layout, source: str) -> SourceQuality:
    """A source's quality as kept by its loads."""
    found = [read_json(_path(layout, batch), QualityReport) for batch in reports.runs(layout, source)]
    kept = sorted((report for report in found if report), key=lambda report: report.measured)
    points = (
        QualityPoint(run=report.run, measured=report.measured, records=report.records, score=report.score)
        for report in kept
    )
    return SourceQuality(source=source, latest=kept[-1] if kept else None, trend=tuple(points))


def _path(layout: Layout, batch: Batch) -> Path:
    return layout.report(batch.source, batch.run, "quality")


def _batches(layout: Layout, batch: Batch) -> list[Path]:
    """The folders of the normalised batches that were loaded, in that order, this one last; those gone left out."""
    loads = [(reports.read(layout, one, LoadReport), one) for one in reports.runs(layout, batch.source)]
    loaded = sorted((load.started, one.run) for load, one in loads if load and load.outcome == "done")
    runs = [run for _, run in loaded if run != batch.run] + [batch.run]
    folders = (layout.normalized(batch.source, run) for run in runs)
    return [folder for folder in folders if folder.exists()]


def _read_issues(connection: duckdb.DuckDBPyConnection, folders: Sequence[Path]) -> None:
    """Make the table of the issues that the live records have now: those of the last batch that had each of them."""
    files = {name: [str(folder / f"{name}.parquet") for folder in folders] for name in ("records", "issues")}
    connection.execute(f"CREATE TEMP TABLE issues AS {_ISSUES}", {**files, "batches": [one.name for one in folders]})


def _report(connection: duckdb.DuckDBPyConnection, batch: Batch, schema: pa.Schema, now: datetime) -> QualityReport:
    filled, schemas = _filled(connection, schema), _schemas(connection)
    terms = " UNION ALL ".join(f"SELECT unnest({name}) AS term FROM live" for name in _term_fields(schema))
    matched = _counts(connection, f"SELECT term.by FROM ({terms}) WHERE term.by <> 'default'")
    unmatched = _number(connection, "SELECT sum(len(keywords)) FROM live")
    records = sum(one.records for one in schemas)
    shares = {
        "described": _share(_number(connection, _DESCRIBED), records * len(_DESCRIBING)),
        "complete": _complete(schemas),
        "matched": _share(matched.total(), matched.total() + unmatched),
        "sound": _share(records - _number(connection, _UNSOUND), records),
        "tagged": _share(_number(connection, _TAGGED), _number(connection, _TEXTS)),
        "reusable": _share(filled["rights.licence"], records),
    }
    parts = tuple(
        Part(name=name, share=shares[name], weight=weight, meaning=meaning)
        for name, (weight, meaning) in _WEIGHTS.items()
    )
    return QualityReport(
        source=batch.source,
        run=batch.run,
        measured=now,
        records=records,
        score=score(parts),
        parts=parts,
        filled=filled,
        matched=matched,
        unmatched=unmatched,
        languages=_counts(connection, "SELECT unnest(languages) FROM live"),
        schemas=schemas,
        issues=_counts(connection, "SELECT code FROM issues"),
    )


def score(parts: Iterable[Part]) -> float | None:
    """The weighted mean of the parts in per cent, to one place; those with nothing to judge weigh nothing.

    None where no part has anything to judge.
    """
    judged = [(part.share, part.weight) for part in parts if part.share is not None]
    weight = sum(weight for _, weight in judged)
    return round(100 * sum(share * weight for share, weight in judged) / weight, 1) if judged else None


def _filled(connection: duckdb.DuckDBPyConnection, schema: pa.Schema) -> dict[str, int]:
    """How many live records have a value, by field; those of a struct by its own fields."""
    fields = {name: _is_filled(name, kind) for name, kind in _flat(schema) if name.split(".")[0] not in _BOOKKEEPING}
    counts = ", ".join(f"count(*) FILTER ({condition})" for condition in fields.values())
    return dict(zip(fields, connection.sql(f"SELECT {counts} FROM live").fetchall()[0], strict=True))


def _flat(schema: pa.Schema) -> Iterator[tuple[str, pa.DataType]]:
    for field in schema:
        if pa.types.is_struct(field.type):
            yield from ((f"{field.name}.{inner.name}", inner.type) for inner in field.type)
        else:
            yield field.name, field.type


def _is_filled(name: str, kind: pa.DataType) -> str:
    """SQL: whether a field of this type has a value; a boolean has one where it is true."""
    if pa.types.is_map(kind):
        return f"cardinality({name}) > 0"
    if pa.types.is_list(kind):
        return f"len({name}) > 0"
    if pa.types.is_string(kind):
        return f"{name} <> ''"
    return name if pa.types.is_boolean(kind) else f"{name} IS NOT NULL"


def _term_fields(schema: pa.Schema) -> list[str]:
    """The fields that hold terms of a vocabulary."""
    lists = [field for field in schema if pa.types.is_list(field.type) and pa.types.is_struct(field.type.value_type)]
    return [field.name for field in lists if {"identifier", "by"} <= {inner.name for inner in field.type.value_type}]


def _schemas(connection: duckdb.DuckDBPyConnection) -> tuple[SchemaQuality, ...]:
    lacking: dict[str, dict[str, int]] = {}
    for schema, field, count in connection.sql(_LACKING).fetchall():
        lacking.setdefault(schema, {})[field] = count
    return tuple(
        SchemaQuality(schema=schema, records=records, complete=good, lacking=lacking.get(schema, {}))
        for schema, records, good in connection.sql(_COMPLETE).fetchall()
    )


def _complete(schemas: Iterable[SchemaQuality]) -> float | None:
    """The share of required fields that are there: a record is seldom whole, yet some come closer than others."""
    required = [(one, len(common_formats.load(one.schema).required)) for one in schemas]
    wanted = sum(one.records * fields for one, fields in required)
    return _share(wanted - sum(sum(one.lacking.values()) for one, _ in required), wanted)


def _counts(connection: duckdb.DuckDBPyConnection, values: str) -> Counter[str]:
    """How often each value of a query occurs, the most frequent first."""
    rows = connection.sql(f"SELECT value, count(*) FROM ({values}) AS found(value) GROUP BY 1 ORDER BY 2 DESC, 1")
    return Counter(dict(rows.fetchall()))


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    (number,) = connection.sql(query).fetchall()[0]
    return int(number or 0)


def _share(some: int, of_all: int) -> float | None:
    return round(some / of_all, 4) if of_all else None
