"""Writing so that a reader, or the next start after a crash, finds the old file or the new one, never half of one."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from harvesters.errors import HarvestError

T = TypeVar("T")


class Damaged(HarvestError):
    """A file of the warehouse is not what was written: a disk or a hand has changed it; the cause names it."""


def write_bytes(path: Path, data: bytes) -> None:
    """Put `data` at `path` in one step that outlasts a power cut; folders are made.

    One process writes a file at a time (`runs.alone`), and the next one writes over what a killed one left beside it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def write_json(path: Path, value: msgspec.Struct) -> None:
    """Put a struct at `path` as indented JSON, in one step."""
    write_bytes(path, msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


def read_json(path: Path, kind: type[T]) -> T | None:
    """The struct at `path`, or None where there is no such file.

    Raises:
        Damaged: the file is not what `kind` says.
    """
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return msgspec.json.decode(data, type=kind)
    except ValueError as error:  # msgspec's own, and Python's for what is not UTF-8
        raise Damaged(f"{path} cannot be read: {error}.", advice="Put it back from a backup, or remove it.") from error


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to fill, which becomes `path` when all went well; what a crash left behind is cleared first."""
    beside = path.with_name(f".{path.name}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    filled = False
    try:
        yield beside
        filled = True
    finally:
        if not filled:
            remove_folder(beside)
    for inside in beside.rglob("*"):
        (sync_folder if inside.is_dir() else sync_file)(inside)
    sync_folder(beside)
    remove_folder(path)
    beside.rename(path)
    sync_folder(path.parent)


def remove_folder(path: Path) -> None:
    """Take a folder away, whole from the first moment, if it is there; `clear` finishes what a crash left of it."""
    gone = path.with_name(f".{path.name.lstrip('.')}.gone")
    shutil.rmtree(gone, ignore_errors=True)
    if path.exists():
        path.rename(gone)
        shutil.rmtree(gone)


def clear(folder: Path) -> None:
    """Remove what crashes left in a folder: folders that were being filled or removed, files being written."""
    for path in folder.glob(".*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_file(path: Path) -> None:
    """Force what a library wrote to the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Force a rename in this folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
