"""What a load does once `pipeline` has let it begin: plan, judge, and where it may, a new snapshot becomes current."""

from __future__ import annotations

from datetime import UTC

import duckdb
from msgspec.structs import replace

from harvesters.source import Source
from warehouse import changes, marks, pointers, reports
from warehouse.assessing import quality
from warehouse.context import Warehouse
from warehouse.counts import Counts
from warehouse.duck import connect
from warehouse.files import new_folder
from warehouse.mending import seals
from warehouse.model import Batch, HarvestReport, LoadReport, Pointer
from warehouse.planning import approvals, gate, plan


def occasion(warehouse: Warehouse, source: Source, batch: Batch) -> plan.Occasion:
    """In which circumstances a batch comes to be loaded."""
    harvested = reports.read(warehouse.layout, batch, HarvestReport)
    return plan.Occasion(
        run=batch.run,
        today=warehouse.clock.now().astimezone(UTC).date(),
        grace_days=source.expect.grace_days,
        sweep=harvested is not None and harvested.full and harvested.complete and not harvested.window,
        replay=harvested is None,
    )


def draw(
    warehouse: Warehouse, source: Source, batch: Batch, connection: duckdb.DuckDBPyConnection
) -> tuple[Counts, gate.Verdict]:
    """Draw up the plan of a batch on this connection; returns its counts and what `expect` says of it."""
    layout, pointer = warehouse.layout, reports.pointer(warehouse.layout, source.id)
    current = layout.snapshot(source.id, pointer.snapshot) if pointer else None
    circumstances = occasion(warehouse, source, batch)
    counts = plan.draw(connection, current, layout.normalized(source.id, batch.run), circumstances)
    fill = plan.fill(connection, tuple(source.expect.fill))
    baseline = approvals.baseline(layout, source.id)
    return counts, gate.judge(source, counts, fill, baseline, replay=circumstances.replay)


def apply(warehouse: Warehouse, source: Source, batch: Batch, report: LoadReport) -> LoadReport:
    """Plan, judge, and where it passes, or a person lets it pass, write the new snapshot and move the pointer."""
    layout, pointer = warehouse.layout, reports.pointer(warehouse.layout, source.id)
    if pointer and batch.run in (pointer.run, pointer.snapshot):
        return replace(report, outcome="done", failure=None)  # killed after the pointer moved, before the receipt
    harvested = reports.read(layout, batch, HarvestReport)
    seals.refuse(layout.normalized(source.id, batch.run), source.id)
    if pointer:
        seals.refuse(layout.snapshot(source.id, pointer.snapshot), source.id)
    with connect(layout.scratch()) as connection:
        counts, verdict = draw(warehouse, source, batch, connection)
        report = replace(report, counts=counts, failure=None, remarks=verdict.warned)
        approval = approvals.covering(layout, source.id, connection) if verdict.held else None
        if verdict.held and approval is None:
            approvals.keep_question(layout, batch, connection)
            return replace(report, outcome="held", held=verdict.held)
        loaded = marks.answering(layout, source.id, harvested.asks) if harvested else None
        watermark = loaded.load.watermark if loaded else None
        missed = plan.missed(connection, watermark) if watermark and harvested and harvested.full else 0
        snapshot = batch.run if pointer is None or plan.alters(connection) else pointer.snapshot
        if snapshot == batch.run:
            current = layout.snapshot(source.id, pointer.snapshot) if pointer else None
            with new_folder(layout.snapshot(source.id, snapshot)) as folder:
                changes.write_snapshot(connection, current, folder)
                seals.seal(folder)
            changes.write_changes(connection, layout.changes(source.id, batch.run))
    quality.measure(layout, batch, snapshot, report.started)
    found = (*verdict.warned, *marks.remarks(harvested, counts))
    report = replace(report, snapshot=snapshot, missed=missed, remarks=found, held=(), approval=approval)
    report = marks.set_marks(layout, source, report, harvested)
    reports.write(layout, report)  # what a crash from here on needs to finish
    run = batch.run if harvested or pointer is None else pointer.run
    moved = Pointer(snapshot=snapshot, run=run, name=source.name, government=source.government)
    pointers.move(layout, layout.pointer(source.id), pointer, moved)
    return replace(report, outcome="done")
