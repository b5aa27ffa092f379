"""Back to what a source's records were after an earlier load, as one more change that is recorded like any other.

The pointer goes back to that load's snapshot and run, and so to its watermark: the next harvest asks again for all
that came since. The loads between are undone, and a replay leaves them out.
"""

from __future__ import annotations

from datetime import datetime

import duckdb
from msgspec import Struct
from msgspec.structs import replace

from warehouse import ledger, pointers, reports
from warehouse.changes import CHANGES
from warehouse.comparison import difference
from warehouse.context import Warehouse
from warehouse.counts import Counts
from warehouse.duck import connect, to_parquet
from warehouse.files import sync_file
from warehouse.layout import Layout
from warehouse.mending import serving
from warehouse.model import LoadReport, Pointer
from warehouse.runs import Refused, alone, new_run


class RollbackDecision(Struct, frozen=True, kw_only=True):
    """A person's word that the loads `undone` were wrong and the source is again as after the run `to`."""

    source: str
    to: str
    undone: tuple[str, ...]
    run: str
    by: str
    why: str
    at: datetime


def rollback(warehouse: Warehouse, source: str, to: str, *, by: str, why: str) -> LoadReport:
    """Make the snapshot of the load of run `to` current again; returns the receipt of this, a load of its own.

    Raises:
        Refused: the source is busy, the run was never loaded or is current, or its snapshot is no longer kept.
    """
    layout = warehouse.layout
    with alone(layout, source):
        pointer, target, since = _found(layout, source, to)
        now = warehouse.clock.now()
        run = f"rollback-{new_run(warehouse.clock)}"
        decision = RollbackDecision(source=source, to=target.run, undone=since, run=run, by=by, why=why, at=now)
        ledger.add(layout, layout.rollbacks(), decision)
        with connect(layout.scratch()) as connection:
            current, wanted = (layout.snapshot(source, str(each)) for each in (pointer.snapshot, target.snapshot))
            difference(connection, current, wanted)
            counts = _counts(connection)
            path = layout.changes(source, run)
            beside = path.with_name(f".{path.name}")
            to_parquet(connection, f"SELECT {', '.join(CHANGES.names)} FROM difference", beside, CHANGES)
            sync_file(beside)
            beside.replace(path)
        report = LoadReport(
            source=source,
            run=run,
            outcome="done",
            started=now,
            ended=warehouse.clock.now(),
            snapshot=target.snapshot,
            counts=counts,
            watermark=target.watermark,
            last_full_at=target.last_full_at,
            sweep_every=target.sweep_every,
            gaps=target.gaps,
            remarks=(f"Rolled back to run {target.run} by {by}: {why}",),
        )
        reports.write(layout, report)
        moved = replace(serving.pointer_at(layout, target), name=pointer.name, government=pointer.government)
        pointers.move(layout, layout.pointer(source), pointer, moved)
        return report


def undone(layout: Layout, source: str) -> frozenset[str]:
    """The runs of a source whose loads were rolled back, and not loaded again since. Raises as `ledger.read` does."""
    found = ledger.read(layout.rollbacks(), RollbackDecision)
    return frozenset(run for decision in found if decision.source == source for run in decision.undone)


def _found(layout: Layout, source: str, to: str) -> tuple[Pointer, LoadReport, tuple[str, ...]]:
    """Where the source stands, the load to go back to, and the loads since."""
    pointer = reports.pointer(layout, source)
    left_out = undone(layout, source)
    loads = [load for load in serving.loads(layout, source) if load.run not in left_out]
    places = [place for place, load in enumerate(loads) if load.run == to]
    if pointer is None or not places:
        known = ", ".join(load.run for load in loads[-5:]) or "none"
        raise Refused(f"{source}: run {to} was not loaded, or was undone.", advice=f"Its latest loads: {known}.")
    target, since = loads[places[-1]], loads[places[-1] + 1 :]
    if target.snapshot == pointer.snapshot:
        raise Refused(f"{source}: run {to} is what is current.", advice="`chm at` shows what was current when.")
    if not (layout.snapshot(source, str(target.snapshot)) / "records.parquet").exists():
        cause = f"{source}: the snapshot of run {to} is no longer kept."
        raise Refused(cause, advice="Choose a later run, or raise CHM_KEEP_SNAPSHOTS for the time to come.")
    return pointer, target, tuple(load.run for load in since)


def _counts(connection: duckdb.DuckDBPyConnection) -> Counts:
    kinds = dict(connection.sql("SELECT kind, count(*) FROM difference GROUP BY kind").fetchall())
    tables = ("old_records", "new_records", "new_tombstones")
    before, live, deleted = (connection.sql(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in tables)
    return Counts(
        added=kinds.get("add", 0),
        changed=kinds.get("change", 0),
        cosmetic=kinds.get("cosmetic", 0),
        removed=kinds.get("remove", 0),
        live_before=before,
        live=live,
        deleted=deleted,
    )
