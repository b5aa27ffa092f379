"""`sums.json` in a folder of tables: what was written into it, so that a byte that a disk has flipped is noticed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from warehouse.files import Damaged, read_json, sha256, write_json

_NAME = "sums.json"


class Sums(Struct, frozen=True, kw_only=True):
    """SHA-256 in hex by file name, of all files of the folder but this one."""

    sha256: Mapping[str, str]


def seal(folder: Path) -> None:
    """Write down what is in a folder that is filled; nothing in it is changed from then on."""
    found = {path.name: sha256(path) for path in sorted(folder.iterdir()) if path.name != _NAME}
    write_json(folder / _NAME, Sums(sha256=found))


def faults(folder: Path) -> tuple[str, ...]:
    """What is not as it was sealed, a sentence each; empty where all is well.

    Of a folder that was never sealed nobody can tell, but that it is there.
    """
    if not folder.is_dir():
        return (f"{folder} is missing.",)
    try:
        sums = read_json(folder / _NAME, Sums)
    except Damaged as error:
        return (error.cause,)
    told = []
    for name, digest in (sums.sha256 if sums else {}).items():
        path = folder / name
        if not path.exists():
            told.append(f"{path} is missing.")
        elif sha256(path) != digest:
            told.append(f"{path} has been changed: its SHA-256 is not the one that was written down.")
    return tuple(told)


def refuse(folder: Path, source: str) -> None:
    """Raise Damaged where a folder of a source's tables is not as it was sealed."""
    if found := faults(folder):
        raise Damaged(" ".join(found), advice=f"Run `chm repair {source}`.")
