"""What waits for a person: the plan of a load before it happens, and the answer to one that `expect` holds.

Only a source's newest plan can be answered; an older one has been superseded by it.
"""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from warehouse import changes, loading, reports
from warehouse.context import Warehouse
from warehouse.duck import connect
from warehouse.model import Batch, LoadReport, NormalizeReport
from warehouse.planning import approvals, gate, plan, preview
from warehouse.planning.approvals import Answer
from warehouse.planning.preview import Preview
from warehouse.runs import Refused, alone, receipt


def look(warehouse: Warehouse, source_id: str, run: str | None = None, parquet: Path | None = None) -> Preview:
    """The plan of a batch that is normalised: of the run named, the open one, or the one that is held.

    Into `parquet` goes every record that it does not leave unchanged, in the columns of a file of changes.

    Raises:
        SourceError: the source is unknown or its file is wrong.
        Refused: no batch waits to be loaded, or it is not normalised.
    """
    layout, source = warehouse.layout, warehouse.source(source_id)
    batch = Batch(source.id, run or reports.open_run(layout, source.id) or _held_run(warehouse, source.id))
    normalized = reports.read(layout, batch, NormalizeReport)
    if normalized is None or normalized.outcome != "done":
        raise Refused(
            f"{source.id}: run {batch.run} is not normalised.", advice=f"Run `chm normalize {source.id}` first."
        )
    with connect(layout.scratch()) as connection:
        counts, verdict = loading.draw(warehouse, source, batch, connection)
        if parquet:
            changes.write_changes(connection, parquet)
        return preview.look(connection, batch, counts, verdict)


def _held_run(warehouse: Warehouse, source: str) -> str:
    try:
        return newest(warehouse, source).run
    except Refused as error:
        advice = f"`chm harvest {source}` and `chm normalize {source}` make one; `chm run {source}` loads it as well."
        raise Refused(f"{source}: no batch waits to be loaded.", advice=advice) from error


def newest(warehouse: Warehouse, source: str, run: str | None = None) -> LoadReport:
    """The held load of a source that waits for a person.

    Raises:
        Refused: none is held, or it is of another run than the one named: a newer plan has taken its place.
    """
    layout = warehouse.layout
    loads = [reports.read(layout, batch, LoadReport) for batch in reports.runs(layout, source)]
    ended = [load for load in loads if load and load.outcome in reports.ENDED]
    last = ended[-1] if ended else None
    if run and last and last.run != run:
        cause = f"{source}: the plan of run {last.run} has taken the place of that of run {run}."
        raise Refused(cause, advice=f"Look at `chm status {source}`.")
    if last is None or last.outcome != "held":
        raise Refused(f"{source}: no load is held.", advice=f"`chm status {source}` says how it stands.")
    return last


def approve(warehouse: Warehouse, source_id: str, signed: approvals.Signature, *, baseline: bool = False) -> LoadReport:
    """Let a held load through, once, and load it; with `baseline`, what it leaves is right from now on.

    Raises:
        SourceError: the source is unknown or its file is wrong.
        Refused: nothing is held, a newer plan has taken the place of this one, or the source is busy.
    """
    layout, source = warehouse.layout, warehouse.source(source_id)
    with alone(layout, source.id):
        batch = Batch(source.id, newest(warehouse, source.id, signed.run).run)
        taken = None
        if baseline:
            with connect(layout.scratch()) as connection:
                counts, _ = loading.draw(warehouse, source, batch, connection)
                taken = gate.Baseline(live=counts.live, fill=plan.fill(connection, tuple(source.expect.fill)))
        approvals.add(layout, replace(_answer(warehouse, batch, signed), baseline=taken))
        fresh = LoadReport(source=source.id, run=batch.run, outcome="running", started=warehouse.clock.now())
        return receipt(layout, warehouse.clock, fresh, lambda report: loading.apply(warehouse, source, batch, report))


def reject(warehouse: Warehouse, source_id: str, signed: approvals.Signature) -> LoadReport:
    """Drop a held load; the next harvest asks for the same again. Raises as `approve` does."""
    layout, source = warehouse.layout, warehouse.source(source_id)
    with alone(layout, source.id):
        report = newest(warehouse, source.id, signed.run)
        answer = _answer(warehouse, Batch(source.id, report.run), signed)
        approvals.add(layout, replace(answer, verdict="reject"))
        rejected = replace(report, outcome="rejected")
        reports.write(layout, rejected)
        return rejected


def _answer(warehouse: Warehouse, batch: Batch, signed: approvals.Signature) -> Answer:
    return Answer(
        verdict="approve",
        source=batch.source,
        run=batch.run,
        digest=approvals.digest(warehouse.layout.question(batch.source, batch.run)),
        by=signed.by,
        why=signed.why,
        at=warehouse.clock.now(),
    )
