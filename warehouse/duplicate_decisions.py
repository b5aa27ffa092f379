"""What people decided on duplicates, in a file that only ever grows: who, when, what and why, a line of JSON each."""

from __future__ import annotations

import msgspec

from warehouse.files import Damaged, write_bytes
from warehouse.findings import TieDecision
from warehouse.layout import Layout
from warehouse.runs import alone


def add(layout: Layout, decision: TieDecision) -> None:
    """Add a decision on two records, whole or not at all.

    Raises:
        Refused: another process decides at this moment.
        Damaged: a line of the file is no decision.
    """
    path = layout.duplicate_decisions()
    with alone(layout, "the decisions"):
        read(layout)  # nothing is put behind what nobody can read
        before = path.read_bytes() if path.exists() else b""
        if before and not before.endswith(b"\n"):  # as some editors leave it
            before += b"\n"
        write_bytes(path, before + msgspec.json.encode(decision) + b"\n")


def read(layout: Layout) -> dict[tuple[str, str], TieDecision]:
    """The decision that holds for each pair of records, identifiers in order: the last one.

    Raises:
        Damaged: a line is no decision.
    """
    path = layout.duplicate_decisions()
    lines = path.read_bytes().splitlines() if path.exists() else []
    found: dict[tuple[str, str], TieDecision] = {}
    for number, line in enumerate(lines, start=1):
        try:
            decision = msgspec.json.decode(line, type=TieDecision)
        except ValueError as error:
            cause = f"{path}, line {number} cannot be read: {error}."
            raise Damaged(cause, advice="Mend that line: each is one JSON object.") from error
        one, other = sorted(decision.records)
        found[one, other] = decision
    return found
