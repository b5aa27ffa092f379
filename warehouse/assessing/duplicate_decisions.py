"""What people decided on duplicates, in a file that only ever grows."""

from __future__ import annotations

from warehouse import ledger
from warehouse.assessing.findings import TieDecision
from warehouse.layout import Layout


def add(layout: Layout, decision: TieDecision) -> None:
    """Add a decision on two records; raises as `ledger.add` does."""
    ledger.add(layout, layout.duplicate_decisions(), decision)


def read(layout: Layout) -> dict[tuple[str, str], TieDecision]:
    """The decision that holds for each pair of records, identifiers in order: the last one.

    Raises:
        Damaged: a line is no decision.
    """
    found: dict[tuple[str, str], TieDecision] = {}
    for decision in ledger.read(layout.duplicate_decisions(), TieDecision):
        one, other = sorted(decision.records)
        found[one, other] = decision
    return found
