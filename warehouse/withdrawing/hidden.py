"""What no release shows of what the sources' snapshots hold, and the tombstones that stand for it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from warehouse.formats.records_sqlite import known
from warehouse.layout import Layout
from warehouse.past.predecessors import keeper_of_stamps
from warehouse.records import TOMBSTONES
from warehouse.sharing import public, shared
from warehouse.withdrawing import withdrawals
from warehouse.withdrawing.withdrawals import InForce

COLUMNS = ("identifier", "source", "source_identifier", "rights.share")
"""Columns of `RECORDS` by which hidden records are told."""
_NAMES = list(COLUMNS[:3])


class Hidden(Struct, frozen=True):
    """What is hidden at a moment: what people withdrew, and what is shared with nobody.

    `before` is the folder of the release that the next one goes on from, if there is one. Who reads releases must learn
    that a record is shared no longer, and nobody that there is one that never was.
    """

    withdrawn: InForce
    before: Path | None

    def visible(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The rows and values of a batch of records that everybody may see."""
        return shared(self.withdrawn.shown(batch))

    def tombstones(self, batch: pa.RecordBatch) -> pa.Table:
        """A tombstone for each row that would be published, were it not withdrawn, and for what was, and is no more.

        `batch` needs no more than `COLUMNS`.
        """
        shareable = public(batch)
        kept_back = batch.filter(pc.invert(pc.is_in(batch.column("identifier"), shareable.column("identifier"))))
        told = known(self.before, kept_back.column("identifier").to_pylist()) if self.before else frozenset()
        rows = [row for row in kept_back.select(_NAMES).to_pylist() if row["identifier"] in told]
        unshared = pa.Table.from_pylist([{**row, "reason": "no_longer_shared"} for row in rows], schema=TOMBSTONES)
        return pa.concat_tables([self.withdrawn.tombstones(shareable), unshared])


def hidden(layout: Layout, release: str) -> Hidden:
    """What a release that is made now must hide.

    Raises:
        Damaged: a line of the withdrawals is no decision.
    """
    return Hidden(withdrawals.in_force(layout), keeper_of_stamps(layout, release))
