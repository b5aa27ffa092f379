"""`solr.jsonl.zst`: a document a record and line in the field names of the CHM's own index, for its Solr or any other.

Records that came from that index itself are left out, unless `CHM_SOLR_CENTRAL` says otherwise: they are in it already.
The manifest counts them, and every other file has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from warehouse.edition import Edition, Portion
from warehouse.formats import Written
from warehouse.jsonl import Lines, read_lines

_NAME = "solr.jsonl.zst"


class _Line(Struct):
    identifier_s: str


class _Writer:
    def __init__(self, path: Path, edition: Edition) -> None:
        self._lines = Lines(path)
        self._edition = edition
        self._left_out = 0

    def add(self, portion: Portion) -> None:
        both = zip(portion.records, portion.documents, strict=True)
        documents = [document for record, document in both if self._edition.is_for_solr(record)]
        self._left_out += len(portion.records) - len(documents)
        self._lines.add(documents)

    def close(self) -> list[Written]:
        return [Written(self._lines.close(), self._lines.records, self._left_out)]


def identifiers(folder: Path) -> Iterator[str]:
    """Those of all documents, without the prefix."""
    return (line.identifier_s for line in read_lines(folder / _NAME, _Line))


def open(folder: Path, edition: Edition) -> _Writer:
    """A writer of `solr.jsonl.zst`; the same records and vocabularies give the same bytes."""
    return _Writer(folder / _NAME, edition)
