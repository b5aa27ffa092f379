"""`vocabularies/`: every vocabulary that was in force, as the SKOS Turtle that it was read from."""

from __future__ import annotations

from pathlib import Path

from warehouse.edition import Edition, Portion
from warehouse.formats import Written

_FOLDER = "vocabularies"


class _Writer:
    def __init__(self, folder: Path, edition: Edition) -> None:
        self._folder = folder
        self._edition = edition

    def add(self, portion: Portion) -> None:
        """Nothing: vocabularies hold no records."""

    def close(self) -> list[Written]:
        self._folder.mkdir()
        written = []
        for scheme, path in self._edition.vocabulary_files.items():
            copy = self._folder / f"{scheme}.ttl"
            copy.write_bytes(path.read_bytes())
            written.append(Written(copy))
        return written


def open(folder: Path, edition: Edition) -> _Writer:
    """A writer of `vocabularies/`."""
    return _Writer(folder / _FOLDER, edition)
