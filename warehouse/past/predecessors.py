"""Which release another one goes on from: the last before it that is still as it was published.

A disk may have damaged one. A delta from it would tell of records that nobody ever had, and the moments at which
records changed would be lost; so the one before that serves. Whoever holds the damaged one finds no chain of deltas
from there, and takes the whole.
"""

from __future__ import annotations

from pathlib import Path

from warehouse.files import Damaged, read_json, sha256
from warehouse.layout import Layout
from warehouse.model import Release

_READ = ("records.parquet", "tombstones.parquet", "records.sqlite", "delta.json")  # by whoever goes on from it


def manifest(folder: Path) -> Release | None:
    """The manifest of the release in a folder; None where there is none, or a disk has damaged it."""
    try:
        return read_json(folder / "manifest.json", Release)
    except Damaged:
        return None


def last_whole(layout: Layout, before: str) -> Path | None:
    """The folder of the newest release before another one from which that can go on; None where there is none."""
    folders = (layout.release(name) for name in reversed(layout.releases()) if name < before)
    return next(filter(is_whole, folders), None)


def keeper_of_stamps(layout: Layout, release: str) -> Path | None:
    """The folder whose `records.sqlite` a release goes on from; it is its own, where it is written anew."""
    itself = layout.release(release)
    return itself if is_whole(itself) else last_whole(layout, release)


def is_whole(folder: Path) -> bool:
    """Whether there is a finished release whose files that the next one reads are as its manifest says.

    Releases of earlier versions of this software have not all of them.
    """
    found = manifest(folder)
    if found is None:
        return False
    sealed = {file.name: file.sha256 for file in found.files if file.name in _READ}
    return all((folder / name).exists() and sha256(folder / name) == sum_ for name, sum_ in sealed.items())
