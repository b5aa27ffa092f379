"""A replay that loads nothing: the kept raw pages through normalise and plan, for the sake of what it would change."""

from __future__ import annotations

from pathlib import Path

from harvesters.source import Source
from warehouse import impact, plan, reports, work
from warehouse.context import Warehouse
from warehouse.duck import connect
from warehouse.files import remove_folder
from warehouse.impact import SourceImpact
from warehouse.model import NormalizeReport


def rehearse(warehouse: Warehouse, source: Source, report: NormalizeReport, effects: Path) -> SourceImpact:
    """Normalise the report's runs into a batch of its run's name, draw up its plan, and take the batch away again.

    The effects go into the Parquet file `effects`. No report is kept, and no pointer moves.
    """
    layout = warehouse.layout
    batch = layout.normalized(source.id, report.run)
    pointer = reports.pointer(layout, source.id)
    current = layout.snapshot(source.id, pointer.snapshot) if pointer else None
    try:
        work.interpret(warehouse, source, report)
        with connect(layout.scratch()) as connection:
            counts = plan.draw(connection, current, batch, sweep=False)
            untold = impact.write_effects(connection, effects)
    finally:
        remove_folder(batch)
    return SourceImpact(
        source=source.id,
        live=counts.live_before,
        added=counts.added,
        changed=counts.changed,
        removed=counts.removed,
        unchanged=counts.unchanged,
        untold=untold,
        held=plan.judge(counts, source),
    )
