"""Published formats: one file each, found by its name.

A format is a module with `open(folder, release) -> Writer`. All writers are fed the same batches in one pass over
the records of a release, sorted by source and identifier.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

import pyarrow as pa


class Writer(Protocol):
    """Writes one format of one release."""

    def add(self, batch: pa.RecordBatch) -> None:
        """Take the next records, in the schema `warehouse.records.RECORDS`."""
        ...

    def close(self) -> list[Path]:
        """Finish; returns the files that were written."""
        ...


class Format(Protocol):
    """What a module of this drawer offers."""

    def open(self, folder: Path, release: str) -> Writer:
        """A writer of this format into the folder of the release with this id."""
        ...


def names() -> list[str]:
    """The formats there are, by file name, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(name: str) -> Format:
    """The format of that file name."""
    return cast("Format", import_module(f"{__name__}.{name}"))
