"""What people decided on duplicates; see `journal`."""

from __future__ import annotations

from warehouse import journal
from warehouse.findings import TieDecision
from warehouse.layout import Layout


def add(layout: Layout, decision: TieDecision) -> None:
    """Add a decision on two records, whole or not at all.

    Raises:
        Refused: another process decides at this moment.
        Damaged: a line of the file is no decision.
    """
    journal.add(layout, layout.duplicate_decisions(), decision)


def read(layout: Layout) -> dict[tuple[str, str], TieDecision]:
    """The decision that holds for each pair of records, identifiers in order: the last one.

    Raises:
        Damaged: a line is no decision.
    """
    found: dict[tuple[str, str], TieDecision] = {}
    for decision in journal.read(layout.duplicate_decisions(), TieDecision):
        one, other = sorted(decision.records)
        found[one, other] = decision
    return found
