"""What the warehouse no longer needs: found first, then removed. Raw pages, reports, changes and decisions never go.

Kept are the latest snapshots of each source (`CHM_KEEP_SNAPSHOTS`) and every one that readers or a kept release stand
on; of the normalised batches the one loaded last and those of runs that are open or were held.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from warehouse import release, reports
from warehouse.files import remove_folder
from warehouse.layout import Layout
from warehouse.mending import serving
from warehouse.model import SCHEMA_VERSION, Batch, LoadReport
from warehouse.runs import Refused, alone


class Removal(Struct, frozen=True, kw_only=True):
    """One folder or file that may go; `path` is below the warehouse, `why` says what it was."""

    path: str
    bytes: int
    why: str


class Vacuum(Struct, frozen=True, kw_only=True):
    """What a vacuum removes, or would (`dry_run`); `busy` are sources at work, which were left alone."""

    removals: tuple[Removal, ...]
    bytes: int
    busy: tuple[str, ...]
    dry_run: bool
    schema_version: int = SCHEMA_VERSION


def vacuum(layout: Layout, keep: int, *, dry_run: bool) -> Vacuum:
    """Remove what is not needed, source by source while nobody works on it; `keep` snapshots of each stay."""
    removed: list[Removal] = []
    busy: list[str] = []
    for source in layout.sources():
        try:
            with alone(layout, source):
                removed += _tidied(layout, list(_of_source(layout, source, keep)), dry_run=dry_run)
        except Refused:
            busy.append(source)
    try:
        with alone(layout, "the release"):
            removed += _tidied(layout, list(_leftovers(layout.releases_folder())), dry_run=dry_run)
    except Refused:
        busy.append("the release")
    return Vacuum(removals=tuple(removed), bytes=sum(one.bytes for one in removed), busy=tuple(busy), dry_run=dry_run)


def _of_source(layout: Layout, source: str, keep: int) -> Iterator[tuple[Path, str]]:
    """What may go of a source, each with the reason."""
    needed = _needed(layout, source)
    latest = list(dict.fromkeys(str(load.snapshot) for load in reversed(serving.loads(layout, source))))
    kept = needed | set(latest[:keep])
    for snapshot in layout.snapshots(source):
        if snapshot not in kept:
            yield layout.snapshot(source, snapshot), "a snapshot that is older than the latest ones"
    waiting = _waiting(layout, source)
    for run in layout.normalized_runs(source):
        if run not in waiting:
            yield layout.normalized(source, run), "a normalised batch that was loaded"
    for folder in layout.folders(source):
        yield from _leftovers(folder)


def _needed(layout: Layout, source: str) -> set[str]:
    """The snapshots that readers see, or a kept release stands on."""
    pointer = reports.pointer(layout, source)
    published = (release.read(layout, name) for name in layout.releases())
    of_releases = {state.snapshot for one in published if one for state in one.sources if state.id == source}
    return of_releases | ({pointer.snapshot} if pointer else set())


def _waiting(layout: Layout, source: str) -> set[str]:
    """The runs whose normalised batch may be asked for again: open, held, or loaded last."""
    pointer, begun = reports.pointer(layout, source), reports.open_run(layout, source)
    waiting = {run for run in (pointer and pointer.run, pointer and pointer.snapshot, begun) if run}
    for run in layout.runs(source):
        load = reports.read(layout, Batch(source, run), LoadReport)
        if load is None or load.outcome != "done":
            waiting.add(run)
    return waiting


def _leftovers(folder: Path) -> Iterator[tuple[Path, str]]:
    """What a process that died left half written or half removed."""
    for path in sorted(folder.glob(".*")):
        yield path, "what a process that died left behind"


def _tidied(layout: Layout, found: list[tuple[Path, str]], *, dry_run: bool) -> list[Removal]:
    removals = []
    for path, why in found:
        size = (
            sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
            if path.is_dir()
            else path.stat().st_size
        )
        removals.append(Removal(path=str(path.relative_to(layout.root)), bytes=size, why=why))
        if dry_run:
            continue
        if path.is_dir():
            remove_folder(path)
        else:
            path.unlink()
    return removals
