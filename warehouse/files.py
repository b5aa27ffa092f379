"""Writing so that a reader, or the next start after a crash, finds the old file or the new one, never half of one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")


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
        ValueError: the file is not what `kind` says; the message names the file.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:
        raise ValueError(f"{path}: {error}") from error


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to fill, which becomes `path` when all went well; what a crash left behind is cleared first."""
    beside = path.with_name(f".{path.name}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    yield beside
    for file in beside.iterdir():
        sync_file(file)
    shutil.rmtree(path, ignore_errors=True)
    beside.rename(path)
    sync_folder(path.parent)


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
