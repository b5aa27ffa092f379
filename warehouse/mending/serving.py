"""Which snapshot of a source serves readers: the current one or, where a disk has damaged that, the last good one."""

from __future__ import annotations

from msgspec.structs import replace

from warehouse import reports
from warehouse.files import Damaged, read_json
from warehouse.layout import Layout
from warehouse.mending import seals
from warehouse.model import Batch, HarvestReport, LoadReport, Pointer, Release


def loads(layout: Layout, source: str) -> list[LoadReport]:
    """Every load of a source that became current, oldest first; reports that cannot be read are left out."""
    found = [report(layout, Batch(source, run), LoadReport) for run in layout.runs(source)]
    done = [load for load in found if load and load.outcome == "done" and load.snapshot]
    return sorted(done, key=lambda load: (load.started, load.run))


def report(layout: Layout, batch: Batch, kind: type[reports.Report]) -> reports.Report | None:
    """The report of one verb in one run, or None where there is none that can be read."""
    try:
        return reports.read(layout, batch, kind)
    except Damaged:
        return None


def serving(layout: Layout, source: str) -> tuple[Pointer | None, str | None]:
    """The pointer by which a source is published, and where it is not its own, why not, in words.

    Raises:
        Damaged: what is current is damaged, and there is nothing good before it.
    """
    try:
        pointer = reports.pointer(layout, source)
        causes = seals.faults(layout.snapshot(source, pointer.snapshot)) if pointer else ()
    except Damaged as error:
        pointer, causes = None, (error.cause,)
    if not causes:
        return pointer, None
    good = last_good(layout, source)
    if good is None:
        cause = f"{source}: {causes[0]} There is no good snapshot before it."
        raise Damaged(cause, advice=f"Run `chm repair {source}`.")
    remark = f"{source}: {causes[0]} Snapshot {good.snapshot} serves instead. Run `chm repair {source}`."
    return replace(good, **_named(layout, source, pointer)), remark


def last_good(layout: Layout, source: str) -> Pointer | None:
    """The pointer as it was when the newest snapshot that is still good became current, but for names; or None."""
    for load in reversed(loads(layout, source)):
        if not seals.faults(layout.snapshot(source, str(load.snapshot))):
            return pointer_at(layout, load)
    return None


def pointer_at(layout: Layout, load: LoadReport) -> Pointer:
    """The pointer as it was when that load became current, but for names: a replay's run is the harvest before it."""
    known = loads(layout, load.source)
    until = known[: known.index(load) + 1]
    harvested = (each.run for each in reversed(until) if _is_harvested(layout, each))
    return Pointer(snapshot=str(load.snapshot), run=next(harvested, load.run), name=load.source, government=None)


def _is_harvested(layout: Layout, load: LoadReport) -> bool:
    return report(layout, Batch(load.source, load.run), HarvestReport) is not None


def _named(layout: Layout, source: str, pointer: Pointer | None) -> dict[str, str | None]:
    """Name and government as the pointer says; where it cannot be read, as the last release that has the source."""
    if pointer:
        return {"name": pointer.name, "government": pointer.government}
    for name in reversed(layout.releases()):
        found = read_json(layout.release(name) / "manifest.json", Release)
        for state in found.sources if found else ():
            if state.id == source:
                return {"name": state.name, "government": state.government}
    return {}
