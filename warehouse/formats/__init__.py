"""Published formats: one file each, found by its name.

A format is a module with `open(folder, edition) -> Writer`. All writers are fed the same portions in one pass over the
records of a release, sorted by source and identifier. One that holds records has `identifiers(folder)` too, by which
`chm verify` compares it with the others.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Protocol, TypeAlias, cast

from msgspec import Struct

from warehouse.edition import Edition, Portion

Identifiers: TypeAlias = Callable[[Path], Iterator[str]]


class Written(Struct, frozen=True):
    """A file that a format wrote: how many records it holds, if any, and how many the format leaves out by its rule."""

    path: Path
    records: int | None = None
    left_out: int = 0


class Writer(Protocol):
    """Writes one format of one release."""

    def add(self, portion: Portion) -> None:
        """Take the next records."""
        ...

    def close(self) -> list[Written]:
        """Finish, once `tombstones.parquet` lies in the folder too; returns the files that were written."""
        ...


class Format(Protocol):
    """What a module of this drawer offers."""

    def open(self, folder: Path, edition: Edition) -> Writer:
        """A writer of this format into the folder of the release that is being made."""
        ...


def names() -> list[str]:
    """The formats there are, by file name, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(name: str) -> Format:
    """The format of that file name."""
    return cast("Format", import_module(f"{__name__}.{name}"))


def identifiers(name: str) -> Identifiers | None:
    """How to read the identifiers of all records that a format holds of a folder; None where it holds no records."""
    return cast("Identifiers | None", getattr(load(name), "identifiers", None))
