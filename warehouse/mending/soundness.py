"""Whether what the pointers need is as it was written.

Every snapshot, batch and raw page has its checksum. Where the current snapshot of a source is damaged, the last good
one is published, with its own date (see `serving`), until `repairs` has rebuilt what is lost.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

from msgspec import Struct

from warehouse import raw, release, reports
from warehouse.files import Damaged, read_json
from warehouse.layout import Layout
from warehouse.mending import seals, serving
from warehouse.model import SCHEMA_VERSION, Batch, NormalizeReport, Pointer, Verdict


class Part(Struct, frozen=True, kw_only=True):
    """Something that the state of a source stands on; `run` is the load that a batch or raw pages were made for."""

    what: Literal["pointer", "snapshot", "batch", "raw"]
    path: Path
    run: str | None = None


class Fault(Struct, frozen=True, kw_only=True):
    """Something that is not as it was written: of which source (None: of the release), what, and why we think so."""

    source: str | None
    what: Literal["pointer", "snapshot", "batch", "raw", "release"]
    cause: str


class Soundness(Struct, frozen=True, kw_only=True):
    """What `chm verify --deep` found; all is well where `faults` is empty. `folders` is how many were looked at."""

    release: Verdict | None
    folders: int
    faults: tuple[Fault, ...]
    schema_version: int = SCHEMA_VERSION


def examine(layout: Layout) -> Soundness:
    """Look at every byte that the pointers need: the current release, and of each source snapshot, batches, raw pages.

    Batches that were tidied away are not missed: they are made of the raw pages again where they are needed.
    """
    faults: list[Fault] = []
    folders = 0
    for source in layout.loaded_sources():
        for part in needed(layout, source):
            folders += 1
            faults += [Fault(source=source, what=part.what, cause=cause) for cause in causes(part)]
    verdict = None
    try:
        current = release.read(layout)
        verdict = release.verify(layout, current) if current else None
    except Damaged as error:
        faults.append(Fault(source=None, what="release", cause=error.cause))
    faults += [Fault(source=None, what="release", cause=cause) for cause in (verdict.faults if verdict else ())]
    return Soundness(release=verdict, folders=folders, faults=tuple(faults))


def needed(layout: Layout, source: str) -> Iterator[Part]:
    """What the state of a source stands on: its pointer's file, and the folders behind it."""
    yield Part(what="pointer", path=layout.pointer(source))
    with suppress(Damaged):
        if pointer := reports.pointer(layout, source):
            yield Part(what="snapshot", path=layout.snapshot(source, pointer.snapshot))
    for load in serving.loads(layout, source):
        batch = layout.normalized(source, load.run)
        if batch.exists():
            yield Part(what="batch", path=batch, run=load.run)
        normalized = serving.report(layout, Batch(source, load.run), NormalizeReport)
        if normalized and normalized.runs == (load.run,):  # a replay stands on the raw pages of others
            yield Part(what="raw", path=layout.raw(source, load.run), run=load.run)


def causes(part: Part) -> tuple[str, ...]:
    """Why a part is not as it was written, a sentence each; empty where it is."""
    path = part.path
    try:
        match part.what:
            case "pointer":
                read_json(path, Pointer)
            case "raw":
                deque(raw.read(path), maxlen=0)
            case _:
                return seals.faults(path)
    except Damaged as error:
        return (error.cause,)
    except FileNotFoundError:
        return (f"{path} is missing.",)
    return ()
