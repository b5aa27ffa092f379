"""Reports are the state: what ran, how it ended, and from where the next harvest asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

import pyarrow.parquet as pq
from msgspec import Struct

from warehouse.files import read_json, write_json
from warehouse.layout import Layout
from warehouse.model import Batch, HarvestReport, LoadReport, NormalizeReport, OpenRun, Pointer, PublishReport, Verb

Report = TypeVar("Report", HarvestReport, NormalizeReport, LoadReport)

_VERB: dict[type, Verb] = {HarvestReport: "harvest", NormalizeReport: "normalize", LoadReport: "load"}


ENDED = ("done", "held", "rejected")  # outcomes of a load that end its run


class Loaded(Struct, frozen=True):
    """The last batch of a source that was loaded: its harvest and its load."""

    harvest: HarvestReport
    load: LoadReport


def write(layout: Layout, report: HarvestReport | NormalizeReport | LoadReport | PublishReport) -> None:
    """Keep a report; it replaces the one of the same run and verb."""
    if isinstance(report, PublishReport):
        write_json(layout.publish_report(report.run), report)
    else:
        write_json(layout.report(report.source, report.run, _VERB[type(report)]), report)


def read(layout: Layout, batch: Batch, kind: type[Report]) -> Report | None:
    """The report of one verb (named by its type) in one run, or None."""
    return read_json(layout.report(batch.source, batch.run, _VERB[kind]), kind)


def pointer(layout: Layout, source: str) -> Pointer | None:
    """Which snapshot is current and which run was loaded last; None before the first load."""
    return read_json(layout.pointer(source), Pointer)


def snapshot_counts(layout: Layout, source: str, snapshot: str) -> tuple[int, int]:
    """How many live records and tombstones a snapshot of a source holds."""
    folder = layout.snapshot(source, snapshot)
    live, dead = (pq.read_metadata(folder / f"{name}.parquet").num_rows for name in ("records", "tombstones"))
    return live, dead


def last_loaded(layout: Layout, source: str) -> Loaded | None:
    """The reports of the batch that was loaded last, or None before the first load."""
    current = pointer(layout, source)
    return loaded_by(layout, source, current) if current else None


def loaded_by(layout: Layout, source: str, current: Pointer) -> Loaded | None:
    """The reports of the batch that a pointer says was loaded last, or None where they are gone."""
    batch = Batch(source, current.run)
    harvest, load = read(layout, batch, HarvestReport), read(layout, batch, LoadReport)
    return Loaded(harvest, load) if harvest and load else None


def no_earlier(now: datetime, than: datetime | None) -> datetime:
    """The moment `now` or, where the machine's clock has jumped back, just after `than`: later runs sort later."""
    return now if than is None else max(now, than + timedelta(microseconds=1))


def open_run(layout: Layout, source: str) -> str | None:
    """The run that is not finished yet, or None."""
    found = read_json(layout.open_run(source), OpenRun)
    return found.run if found else None


def begin_run(layout: Layout, batch: Batch) -> None:
    """Make this the run that the next verb goes on with."""
    if open_run(layout, batch.source) != batch.run:
        write_json(layout.open_run(batch.source), OpenRun(run=batch.run))


def end_run(layout: Layout, batch: Batch) -> None:
    """The run is finished: the next harvest begins a new one."""
    if open_run(layout, batch.source) == batch.run:
        layout.open_run(batch.source).unlink()


def runs(layout: Layout, source: str) -> list[Batch]:
    """A source's runs, oldest first by the start of their harvest (or of what they have instead)."""
    started: list[tuple[datetime, str]] = []
    for run in layout.runs(source):
        batch = Batch(source, run)
        first = read(layout, batch, HarvestReport) or read(layout, batch, NormalizeReport)
        if first:
            started.append((first.started, run))
    return [Batch(source, run) for _, run in sorted(started)]


def publication(layout: Layout, run: str) -> PublishReport | None:
    """The report of one publication, or None."""
    return read_json(layout.publish_report(run), PublishReport)
