"""`records.parquet`: every live record, in the warehouse's own schema, for pandas, DuckDB, polars and others."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.records import RECORDS


class _Writer:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = pq.ParquetWriter(path, RECORDS, compression="zstd")

    def add(self, batch: pa.RecordBatch) -> None:
        self._file.write_batch(batch)

    def close(self) -> list[Path]:
        self._file.close()
        return [self._path]


def open(folder: Path, release: str) -> _Writer:  # noqa: ARG001 - every format's signature
    """A writer of `records.parquet`; the same records give the same bytes, whatever the release is called."""
    return _Writer(folder / "records.parquet")
