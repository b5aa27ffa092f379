"""`search/`: the search index of a release, for the read API (see `warehouse.portal.indexing`)."""

from __future__ import annotations

from pathlib import Path

from warehouse.edition import Edition, Portion
from warehouse.formats import Written
from warehouse.portal.indexing import Builder


class _Writer:
    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._builder = Builder(folder)

    def add(self, portion: Portion) -> None:
        for document in portion.documents:
            self._builder.add(document)

    def close(self) -> list[Written]:
        return [Written(path) for path in self._builder.close()]


def open(folder: Path, edition: Edition) -> _Writer:  # noqa: ARG001 - every format's signature
    """A writer of the search index."""
    return _Writer(folder / "search")
