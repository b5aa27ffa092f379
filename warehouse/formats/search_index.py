"""`search/`: the search index of the read API.

`warehouse.portal.indexing` says how it is made.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from warehouse.edition import Edition, Portion
from warehouse.formats import Written
from warehouse.portal.indexing import Builder

_FOLDER = "search"


class _Writer:
    """Builds aside: tantivy's threads make lock files yet when the index is finished."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._aside = folder.with_name(f".{folder.name}")
        self._aside.mkdir()
        self._builder = Builder(self._aside)

    def add(self, portion: Portion) -> None:
        for document in portion.documents:
            self._builder.add(document)

    def close(self) -> list[Written]:
        written = []
        for path in self._builder.close():
            target = self._folder / path.relative_to(self._aside)
            target.parent.mkdir(parents=True, exist_ok=True)
            written.append(Written(path.rename(target)))
        while self._aside.exists():
            shutil.rmtree(self._aside, ignore_errors=True)
        return written


def identifiers(folder: Path) -> Iterator[str]:
    """Those of all documents: the values of their field."""
    address = f"{(folder / _FOLDER / 'index.sqlite').absolute().as_uri()}?immutable=1"
    asked = "SELECT value FROM postings JOIN fields USING (field) WHERE name = 'identifier_s'"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        yield from (value for (value,) in connection.execute(asked))


def open(folder: Path, edition: Edition) -> _Writer:  # noqa: ARG001 - every format's signature
    """A writer of the search index."""
    return _Writer(folder / _FOLDER)
