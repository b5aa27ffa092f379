"""`search/`: the search index of a release, for the read API (see `warehouse.portal.indexing`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from warehouse.edition import Edition, Portion
from warehouse.formats import Written
from warehouse.portal.indexing import Builder

_FOLDER = "search"


class _Writer:
    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._builder = Builder(folder)

    def add(self, portion: Portion) -> None:
        for document in portion.documents:
            self._builder.add(document)

    def close(self) -> list[Written]:
        return [Written(path) for path in self._builder.close()]


def identifiers(folder: Path) -> Iterator[str]:
    """Those of all documents: the values of their field."""
    address = f"{(folder / _FOLDER / 'index.sqlite').absolute().as_uri()}?immutable=1"
    asked = "SELECT value FROM postings JOIN fields USING (field) WHERE name = 'identifier_s'"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        yield from (value for (value,) in connection.execute(asked))


def open(folder: Path, edition: Edition) -> _Writer:  # noqa: ARG001 - every format's signature
    """A writer of the search index."""
    return _Writer(folder / _FOLDER)
