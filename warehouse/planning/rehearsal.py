"""A replay that loads nothing: the kept raw pages through normalise and plan, for the sake of what it would change."""

from __future__ import annotations

from pathlib import Path

from harvesters.source import Source
from warehouse import loading, work
from warehouse.context import Warehouse
from warehouse.duck import connect
from warehouse.files import remove_folder
from warehouse.model import Batch, NormalizeReport
from warehouse.planning import impact
from warehouse.planning.impact import SourceImpact


def rehearse(warehouse: Warehouse, source: Source, report: NormalizeReport, effects: Path) -> SourceImpact:
    """Normalise the report's runs into a batch of its run's name, draw up its plan, and take the batch away again.

    The effects go into the Parquet file `effects`. No report is kept, and no pointer moves.
    """
    layout, trial = warehouse.layout, Batch(source.id, report.run)
    try:
        work.interpret(warehouse, source, report)
        with connect(layout.scratch()) as connection:
            counts, verdict = loading.draw(warehouse, source, trial, connection)
            untold = impact.write_effects(connection, effects)
    finally:
        remove_folder(layout.normalized(source.id, trial.run))
    return SourceImpact(
        source=source.id,
        live=counts.live_before,
        added=counts.added,
        changed=counts.changed,
        cosmetic=counts.cosmetic,
        removed=counts.removed,
        unchanged=counts.unchanged,
        untold=untold,
        held=verdict.held,
    )
