"""`records.jsonl.zst`: one JSON object a record and line, compressed with zstd; keys as in the Parquet schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from warehouse.edition import Edition, Portion
from warehouse.formats import Written
from warehouse.jsonl import Lines, read_lines

_NAME = "records.jsonl.zst"


class _Line(Struct):
    identifier: str


class _Writer:
    def __init__(self, path: Path) -> None:
        self._lines = Lines(path)

    def add(self, portion: Portion) -> None:
        self._lines.write(portion.json, portion.batch.num_rows)

    def close(self) -> list[Written]:
        return [Written(self._lines.close(), self._lines.records)]


def identifiers(folder: Path) -> Iterator[str]:
    """Those of all lines."""
    return (line.identifier for line in read_lines(folder / _NAME, _Line))


def open(folder: Path, edition: Edition) -> _Writer:  # noqa: ARG001 - every format's signature
    """A writer of `records.jsonl.zst`; the same records give the same bytes, whatever the release is called."""
    return _Writer(folder / _NAME)
