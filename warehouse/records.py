"""Records as Parquet: the schema that every reader sees, and the writer of a normalised batch.

A multilingual text is a `map<language, text>` (DuckDB: `title['fr']`); a term is a struct of the vocabulary's
identifier, the words that led there and how. `run` and `page` complete the provenance: the way back to the raw bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct
from msgspec.structs import astuple

from harvesters.model import Issue
from normalizers.model import CommonRecord, Outcome, Tombstone

_BATCH = 2_000  # records in memory at once; with more of them the garbage collector takes most of the time

_TEXT = pa.string()
_LSTRING = pa.map_(_TEXT, _TEXT)
_STRINGS = pa.list_(_TEXT)
_DEGREES = pa.float64()  # WGS 84

# Why a record is dead: its source says so; complete sweeps did not show it for as long as the grace allows; a person
# withdrew it; it goes on under another identifier (`successor`); its source was retired; or, in
# releases alone, it is there and shared with nobody any more.
Reason = Literal["deleted_at_source", "absent", "withdrawn", "moved", "source_retired", "no_longer_shared"]


def _struct(**fields: pa.DataType) -> pa.StructType:
    return pa.struct(list(fields.items()))


_TERMS = pa.list_(_struct(identifier=_TEXT, verbatim=_TEXT, by=_TEXT))

RECORDS = pa.schema(
    {
        "identifier": _TEXT,
        "source": _TEXT,
        "source_identifier": _TEXT,
        "schema": _TEXT,
        "government": _TEXT,
        "origin": _TEXT,
        "title": _LSTRING,
        "summary": _LSTRING,
        "description": _LSTRING,
        "body": _LSTRING,
        "languages": _STRINGS,
        "types": _STRINGS,
        "countries": _TERMS,
        "regions": _TERMS,
        "subjects": _TERMS,
        "gbf_targets": _TERMS,
        "aichi_targets": _TERMS,
        "gbf_goals": _TERMS,
        "gbf_indicators": _TERMS,
        "sdg_goals": _TERMS,
        "articles": _TERMS,
        "kinds": _TERMS,
        "keywords": pa.list_(_struct(value=_TEXT, language=_TEXT)),
        "authors": _STRINGS,
        "publisher": _LSTRING,
        "dates": pa.list_(_struct(kind=_TEXT, value=_TEXT, verbatim=_TEXT)),
        "links": pa.list_(_struct(url=_TEXT, rel=_TEXT, name=_TEXT, language=_TEXT, media_type=_TEXT)),
        "rights": _struct(
            statement=_LSTRING,
            licence=_TEXT,
            share=_TEXT,
            because=_TEXT,
            labels=_STRINGS,
            access=_TEXT,
            embargo=_TEXT,
        ),
        "coordinates": pa.list_(_struct(west=_DEGREES, south=_DEGREES, east=_DEGREES, north=_DEGREES)),
        "source_page": _TEXT,
        "place": _TEXT,
        "organizer": _TEXT,
        "provenance": _struct(
            profile=_TEXT,
            url=_TEXT,
            item=pa.int64(),
            received=_TEXT,
            datestamp=_TEXT,
            sets=_STRINGS,
            first_seen=_TEXT,
            detected=_STRINGS,
        ),
        "fingerprint": _TEXT,
        "run": _TEXT,
        "page": pa.int64(),
    }
)
TOMBSTONES = pa.schema(
    {
        "identifier": _TEXT,
        "source": _TEXT,
        "source_identifier": _TEXT,
        "datestamp": _TEXT,  # the source's own
        "reason": _TEXT,  # see `Reason`
        "successor": _TEXT,  # identifier of the record that took over, if one did
        "buried": _TEXT,  # our own day of the load (ISO 8601); none in a batch, which is not loaded yet
        "run": _TEXT,
        "page": pa.int64(),  # none where no page said so
    }
)
ABSENCES = pa.schema({"identifier": _TEXT, "since": _TEXT})  # live records, and our day of the first sweep without them
ISSUES = pa.schema(
    {
        "code": _TEXT,
        "message": _TEXT,
        "severity": _TEXT,
        "record": _TEXT,
        "field": _TEXT,
        "value": _TEXT,
        "run": _TEXT,
        "page": pa.int64(),
    }
)
_SEQUENCE = pa.field("sequence", pa.int64())  # order of arrival: the last word on a record wins

_SAID_SO: Reason = "deleted_at_source"


def with_sequence(schema: pa.Schema) -> pa.Schema:
    """The schema of a batch's file: as the snapshot's, with the order of arrival."""
    return schema.append(_SEQUENCE)


class Place(Struct, frozen=True):
    """Where a normalised row comes from: run and page of the raw record, and its order of arrival."""

    run: str
    page: int
    sequence: int


class BatchWriter:
    """Writes a normalised batch into a folder, in groups of a few thousand rows."""

    def __init__(self, folder: Path) -> None:
        self._records = _Rows(folder / "records.parquet", with_sequence(RECORDS))
        self._tombstones = _Rows(folder / "tombstones.parquet", with_sequence(TOMBSTONES))
        self._issues = _Rows(folder / "issues.parquet", ISSUES)

    def add(self, outcome: Outcome, place: Place) -> None:
        """Write what became of one raw record: a record or a tombstone, and the issues."""
        match outcome.record:
            case CommonRecord() as record:
                self._records.add((*astuple(record), place.run, place.page, place.sequence))
            case Tombstone() as stone:
                row = (stone.identifier, stone.source, stone.source_identifier, stone.datestamp, _SAID_SO, None, None)
                self._tombstones.add((*row, place.run, place.page, place.sequence))
            case None:
                pass
        for issue in outcome.issues:
            self.add_issue(issue, place)

    def add_issue(self, issue: Issue, place: Place) -> None:
        """Write one issue."""
        row = (issue.code, issue.message, issue.severity, issue.record, issue.field, issue.value)
        self._issues.add((*row, place.run, place.page))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for rows in (self._records, self._tombstones, self._issues):
            rows.close()


class _Rows:
    """One Parquet file that is fed row by row and written column by column."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._rows: list[tuple[Any, ...]] = []

    def add(self, row: tuple[Any, ...]) -> None:
        self._rows.append(row)
        if len(self._rows) >= _BATCH:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if not self._rows:
            return
        columns = zip(*self._rows, strict=True)
        arrays = [_array(field.type, column) for column, field in zip(columns, self._schema, strict=True)]
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))
        self._rows.clear()


def _array(kind: pa.DataType, values: Sequence[Any]) -> pa.Array:
    """Values of one column as Arrow, built from flat lists: ten times faster than from nested Python objects."""
    if pa.types.is_map(kind):
        keys = [key for value in values for key in value]
        items = [item for value in values for item in value.values()]
        return pa.MapArray.from_arrays(_offsets(values), pa.array(keys, _TEXT), pa.array(items, _TEXT), type=kind)
    if pa.types.is_list(kind):
        flat = [item for value in values for item in value]
        return pa.ListArray.from_arrays(_offsets(values), _array(kind.value_type, flat), type=kind)
    if pa.types.is_struct(kind):
        columns = zip(*map(astuple, values), strict=True) if values else [()] * kind.num_fields
        arrays = [_array(field.type, column) for field, column in zip(kind, columns, strict=True)]
        return pa.StructArray.from_arrays(arrays, fields=list(kind))
    return pa.array(values, type=kind)


def _offsets(values: Sequence[Any]) -> pa.Array:
    return pa.array(accumulate(map(len, values), initial=0), pa.int32())
