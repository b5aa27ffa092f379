"""The small files that say what is current, each moved by compare-and-set: nobody undoes what he has not seen.

    records/source=be_chm/current.json    which snapshot of a source readers see
    releases/current.json                 which release they see

All else in the warehouse is written once and never changed, so moving a pointer is the only moment at which anything
happens to a reader, and he finds the old value or the new one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec
from filelock import FileLock

from harvesters.errors import HarvestError
from warehouse.files import read_json, write_json
from warehouse.layout import Layout

P = TypeVar("P", bound=msgspec.Struct)


class Overtaken(HarvestError):
    """A pointer is not where the one who wants to move it has seen it: somebody else was quicker."""


def move(layout: Layout, path: Path, seen: P | None, to: P) -> None:
    """Move the pointer at `path` from what its mover has `seen` (None: there was none) to `to`, in one step.

    Raises:
        Overtaken: it stands elsewhere by now, and has been left there.
        Damaged: what stands there is no pointer.
    """
    lock = layout.lock(path.relative_to(layout.root).as_posix())
    lock.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(lock):  # of all movers: between looking and moving there must be none
        found = read_json(path, type(to))
        if found != seen:
            cause = f"{path} has been moved by another process."
            raise Overtaken(cause, advice="Nothing was changed; the same command begins anew from where it stands.")
        write_json(path, to)
