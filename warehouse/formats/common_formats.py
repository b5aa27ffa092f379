"""`documents/`: each record as a document of its common format, a file a schema, beside the JSON Schema of that.

The documents are bodies such as the CHM's API takes; they have the form that the schema demands, and not always all
that the CBD insists on (`chm schemas --complete`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from normalizers import common_formats
from warehouse.edition import Edition, Portion
from warehouse.formats import Written
from warehouse.jsonl import Lines, read_lines

_FOLDER = "documents"
_SUFFIX = ".jsonl.zst"


class _Header(Struct):
    identifier: str


class _Line(Struct):
    header: _Header


class _Writer:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, Lines] = {}

    def add(self, portion: Portion) -> None:
        documents: dict[str, list[object]] = {}
        for record in portion.records:
            documents.setdefault(record.schema, []).append(common_formats.document(record))
        for schema, several in documents.items():
            if schema not in self._files:
                self._files[schema] = Lines(self._folder / f"{schema}{_SUFFIX}")
            self._files[schema].add(several)

    def close(self) -> list[Written]:
        written = [Written(lines.close(), lines.records) for lines in self._files.values()]
        return written + [Written(self._schema(schema)) for schema in common_formats.names()]

    def _schema(self, schema: str) -> Path:
        path = self._folder / f"{schema}.schema.json"
        shape = common_formats.json_schema(schema, complete=False)
        path.write_bytes(msgspec.json.format(msgspec.json.encode(shape), indent=2) + b"\n")
        return path


def identifiers(folder: Path) -> Iterator[str]:
    """Those of the documents of all schemas."""
    for path in sorted((folder / _FOLDER).glob(f"*{_SUFFIX}")):
        yield from (line.header.identifier for line in read_lines(path, _Line))


def open(folder: Path, edition: Edition) -> _Writer:  # noqa: ARG001 - every format's signature
    """A writer of `documents/`; the same records give the same bytes, whatever the release is called."""
    (folder / _FOLDER).mkdir()
    return _Writer(folder / _FOLDER)
