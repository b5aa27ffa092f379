"""A person's word that one source took over from another, carried out; `succession` says which records pair."""

from __future__ import annotations

from harvesters.source import Expect
from warehouse import ledger, loading, overlays, reports
from warehouse.context import Warehouse
from warehouse.model import Batch, LoadReport
from warehouse.planning.approvals import Signature
from warehouse.runs import alone, new_run, receipt
from warehouse.withdrawing import succession
from warehouse.withdrawing.succession import SuccessionDecision


def succeed(
    warehouse: Warehouse, old_id: str, new_id: str, answer: Signature, *, give_up: bool = False
) -> tuple[SuccessionDecision, LoadReport]:
    """Make the records of a source that another one took over into tombstones, and retire it; asks nobody.

    Those that have a successor name it; the others stay live, unless a person decides to `give_up` them.

    Raises:
        SourceError: a source is unknown or its file is wrong.
        Refused: nobody signs, a source was never loaded, OLD is busy, or CHM_SOURCES names no folder to retire it in.
    """
    layout, old, new = warehouse.layout, warehouse.source(old_id), warehouse.source(new_id)
    ledger.signed(answer.by, answer.why)
    overlays.path_of(warehouse.settings, old.id)
    with alone(layout, old.id):
        told = succession.pair(layout, old.id, new.id)
        batch = Batch(old.id, f"succession-{new_run(warehouse.clock)}")
        decision = SuccessionDecision(
            old=old.id,
            new=new.id,
            run=batch.run,
            pairs=len(told.pairs),
            left=told.left,
            give_up=give_up,
            by=answer.by,
            why=answer.why,
            at=warehouse.clock.now(),
        )
        ledger.add(layout, layout.successions(), decision)
        succession.bury(layout, told, batch.run, give_up=give_up)
        decided = old.model_copy(update={"expect": Expect(max_vanish=1, fill={})})  # by a person, who has seen the plan
        fresh = LoadReport(source=old.id, run=batch.run, outcome="running", started=warehouse.clock.now())
        loaded = receipt(
            layout, warehouse.clock, fresh, lambda report: loading.apply(warehouse, decided, batch, report)
        )
        if unfinished := reports.open_run(layout, old.id):
            reports.end_run(layout, Batch(old.id, unfinished))
        overlays.write(warehouse.settings, old.id, {"status": "retired", "superseded_by": new.id})
    return decision, loaded
