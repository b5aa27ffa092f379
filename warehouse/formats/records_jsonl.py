"""`records.jsonl.zst`: one JSON object a record and line, compressed with zstd; keys as in the Parquet schema."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import duckdb
import pyarrow as pa
import zstandard


class _Writer:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self._stream: BinaryIO = zstandard.ZstdCompressor(level=3, write_checksum=True).stream_writer(self._file)
        self._duck = duckdb.connect()  # its to_json writes maps as objects, and faster than Python does

    def add(self, batch: pa.RecordBatch) -> None:
        self._duck.register("batch", pa.Table.from_batches([batch]))
        lines = self._duck.sql("SELECT to_json(batch)::VARCHAR || chr(10) AS line FROM batch").to_arrow_table()
        for chunk in lines.column("line").chunks:
            _, _, data = chunk.buffers()  # the lines one after the other: no Python object is made of any
            if data:
                self._stream.write(data)

    def close(self) -> list[Path]:
        self._stream.close()
        self._file.close()
        self._duck.close()
        return [self._path]


def open(folder: Path, release: str) -> _Writer:  # noqa: ARG001 - every format's signature
    """A writer of `records.jsonl.zst`; the same records give the same bytes, whatever the release is called."""
    return _Writer(folder / "records.jsonl.zst")
