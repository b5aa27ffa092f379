"""Repairing what a disk has damaged: the loads since the last good snapshot are done again from what is kept.

Each is done as on its day, on top of the one before, so that the snapshots come out as they were. Where a batch is
damaged it is made of the raw pages again; where these are damaged too, the source falls back to the last good snapshot,
and the next harvest asks again for what came after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from harvesters.source import Expect, Source
from warehouse import loading, pipeline, pointers, release, reports, work
from warehouse.context import Warehouse
from warehouse.files import Damaged, remove_folder
from warehouse.mending import seals, serving, soundness
from warehouse.model import Batch, LoadReport, NormalizeReport, Pointer
from warehouse.runs import alone


class _AsOf(Struct, frozen=True):
    """A clock that stands at the moment of a load."""

    moment: datetime

    def now(self) -> datetime:
        """That moment."""
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Nothing that is done again from what is kept waits for anybody."""


def repair(warehouse: Warehouse, source_id: str) -> tuple[str, ...]:
    """Rebuild what is damaged of a source; returns what was done, a sentence each, nothing where all is well.

    No release is published meanwhile. Raw pages cannot be rebuilt: of damaged ones it says what to do.

    Raises:
        SourceError: the source is unknown or its file is wrong.
        Refused: another process works on the source, or publishes.
        Damaged: there is no good snapshot, and none can be built.
    """
    source, layout = warehouse.source(source_id), warehouse.layout
    with alone(layout, source.id), alone(layout, "the release"):
        told = list(_raw(warehouse, source))
        told += _batches(warehouse, source)
        told += _snapshots(warehouse, source)
    return tuple(told)


def repair_release(warehouse: Warehouse) -> tuple[str, ...]:
    """Publish anew where the current release is damaged; returns what was done.

    Raises:
        Refused: another process publishes.
    """
    layout = warehouse.layout
    try:
        current = release.read(layout)
        faults = release.verify(layout, current).faults if current else ()
    except Damaged as error:
        faults = (error.cause,)
        layout.current_release().unlink()
    if not faults:
        return ()
    report = pipeline.publish(warehouse)
    if report.failure:
        raise Damaged(report.failure.cause, advice=report.failure.advice)
    return (f"{faults[0]} Release {report.release} is published in its place.",)


def _raw(warehouse: Warehouse, source: Source) -> Iterator[str]:
    for part in soundness.needed(warehouse.layout, source.id):
        for cause in soundness.causes(part) if part.what == "raw" else ():
            yield f"{cause} Raw pages cannot be rebuilt: `chm harvest {source.id} --full` asks for everything again."


def _batches(warehouse: Warehouse, source: Source) -> Iterator[str]:
    for part in soundness.needed(warehouse.layout, source.id):
        if part.what == "batch" and part.run and (found := seals.faults(part.path)):
            try:
                _make(warehouse, source, Batch(source.id, part.run))
            except Damaged as error:
                remove_folder(part.path)  # what was derived and is damaged only misleads those who read it
                yield f"{found[0]} It cannot be made again, and was removed: {error.cause}"
            else:
                yield f"{found[0]} It was made of the raw pages again."


def _make(warehouse: Warehouse, source: Source, batch: Batch) -> None:
    """Make a batch of the raw pages again, by the rules of today."""
    stored = serving.report(warehouse.layout, batch, NormalizeReport)
    if stored is None:
        cause = f"Run {batch.run} of {source.id} has no report that says of which raw pages it was made."
        raise Damaged(cause, advice=f"Run `chm harvest {source.id} --full`.")
    reports.write(warehouse.layout, work.interpret(warehouse, source, stored))


def _snapshots(warehouse: Warehouse, source: Source) -> Iterator[str]:
    layout, path = warehouse.layout, warehouse.layout.pointer(source.id)
    pointer, cause = _fault(warehouse, source)
    if cause is None:
        return
    good, known = serving.last_good(layout, source.id), serving.loads(layout, source.id)
    if good:
        start = replace(good, name=source.name, government=source.government)
        after = known[1 + max(place for place, load in enumerate(known) if load.snapshot == good.snapshot) :]
    else:
        start, after = None, known
    if pointer is None or start is None:
        path.unlink(missing_ok=True)  # of a source without a pointer that has loads, a repair that goes on knows
    if start:
        pointers.move(layout, path, pointer, start)
    lost = [load.run for load in after if not _again(warehouse, source, load)]
    now = reports.pointer(layout, source.id)
    if now is None:
        raise Damaged(
            f"{source.id}: {cause} No snapshot can be built.", advice=f"Run `chm harvest {source.id} --full`."
        )
    if lost:
        yield f"{cause} Fell back to snapshot {now.snapshot}: run {lost[0]} cannot be loaded again from what is kept. "
        yield f"The next harvest asks for what came after run {now.run}."
    else:
        yield f"{cause} Rebuilt from what is kept: {len(after)} loads were done again."


def _fault(warehouse: Warehouse, source: Source) -> tuple[Pointer | None, str | None]:
    """The pointer, None where it cannot be read, and what is wrong with it or with its snapshot."""
    layout = warehouse.layout
    try:
        pointer = reports.pointer(layout, source.id)
    except Damaged as error:
        return None, error.cause
    if pointer is None:
        gone = f"{layout.pointer(source.id)} is missing." if serving.loads(layout, source.id) else None
        return None, gone
    return pointer, next(iter(seals.faults(layout.snapshot(source.id, pointer.snapshot))), None)


def _again(warehouse: Warehouse, source: Source, load: LoadReport) -> bool:
    """Do a load again as on its day; whether that was possible. It was let through then, and is so now."""
    layout, batch = warehouse.layout, Batch(source.id, load.run)
    before = reports.pointer(layout, source.id)
    then = replace(warehouse, clock=_AsOf(load.started))
    lenient = Expect(max_vanish=1, max_rekey=1, max_change=1, fill={}, grace_days=source.expect.grace_days)
    try:
        if seals.faults(layout.normalized(source.id, load.run)):
            _make(warehouse, source, batch)
        willing = source.model_copy(update={"expect": lenient})
        fresh = LoadReport(source=load.source, run=load.run, outcome="running", started=load.started)
        loading.apply(then, willing, batch, fresh)
    except Damaged:
        return False
    reports.write(layout, load)  # its receipt stays what it was
    return reports.pointer(layout, source.id) != before
