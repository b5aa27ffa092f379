"""JSON Lines in zstd: how a release writes them, and how they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec
import pyarrow as pa
import zstandard

T = TypeVar("T")
_encoder = msgspec.json.Encoder()


class Lines:
    """A file that is being written; the same lines give the same bytes. `records` counts them."""

    def __init__(self, path: Path) -> None:
        self.records = 0
        self._path = path
        self._file = path.open("wb")
        self._stream: BinaryIO = zstandard.ZstdCompressor(level=3, write_checksum=True).stream_writer(self._file)

    def add(self, values: Iterable[object]) -> None:
        """Write a line for each value."""
        several = list(values)
        self.write([_encoder.encode_lines(several)], len(several))

    def write(self, data: Iterable[bytes | pa.Buffer], records: int) -> None:
        """Write lines that are encoded already, each with its line feed; `records` is how many they are."""
        for part in data:
            self._stream.write(part)
        self.records += records

    def close(self) -> Path:
        """Finish; returns the file."""
        self._stream.close()
        self._file.close()
        return self._path


def read_lines(path: Path, kind: type[T]) -> Iterator[T]:
    """Every line of a file as a value of `kind`.

    Raises:
        ValueError: a line is no such value.
    """
    decoder = msgspec.json.Decoder(kind)
    with zstandard.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield decoder.decode(line)
