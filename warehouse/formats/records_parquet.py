"""`records.parquet`: every live record, in the warehouse's own schema, for pandas, DuckDB, polars and others.

Sorted by source and identifier, and it says so: a reader that asks for one source skips the row groups of all others.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.edition import Edition, Portion
from warehouse.formats import Written
from warehouse.records import RECORDS

_NAME = "records.parquet"
_GROUP = 10_000  # rows of a row group: enough to compress well, few enough for a source to have its own
_SORTED = pq.SortingColumn.from_ordering(RECORDS, [("source", "ascending"), ("identifier", "ascending")])


class _Writer:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = pq.ParquetWriter(path, RECORDS, compression="zstd", sorting_columns=_SORTED)
        self._waiting: list[pa.RecordBatch] = []
        self._records = 0

    def add(self, portion: Portion) -> None:
        self._waiting.append(portion.batch)
        self._records += portion.batch.num_rows
        if sum(batch.num_rows for batch in self._waiting) >= _GROUP:
            self._flush()

    def close(self) -> list[Written]:
        self._flush()
        self._file.close()
        return [Written(self._path, self._records)]

    def _flush(self) -> None:
        if self._waiting:
            self._file.write_table(pa.Table.from_batches(self._waiting))
        self._waiting.clear()


def identifiers(folder: Path) -> Iterator[str]:
    """Those of all rows."""
    with pq.ParquetFile(folder / _NAME) as file:
        for batch in file.iter_batches(columns=["identifier"]):
            yield from batch.column(0).to_pylist()


def open(folder: Path, edition: Edition) -> _Writer:  # noqa: ARG001 - every format's signature
    """A writer of `records.parquet`; the same records give the same bytes, whatever the release is called."""
    return _Writer(folder / _NAME)
