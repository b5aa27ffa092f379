"""What people took out of the index, and put back: `decisions/withdrawals.jsonl`, and what follows from it.

A withdrawn record goes on being harvested and kept as it is, but no release shows more of it than a tombstone, so that
`restore` brings back the record of today and asks nobody. A withdrawn source is not even asked. What was erased
(see `erasure`) is not kept when it comes again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from warehouse import ledger, reports
from warehouse.duck import connect
from warehouse.layout import Layout
from warehouse.model import SCHEMA_VERSION
from warehouse.records import TOMBSTONES
from warehouse.runs import Refused


class Withdrawal(Struct, frozen=True, kw_only=True):
    """A person's word on a record (by our identifier) or, where `record` is None, on a whole source.

    The last word holds. No identifier of the source's own stands here: it may be what must not be told any more.
    """

    verdict: Literal["withdraw", "restore"]
    source: str
    record: str | None
    by: str
    why: str
    at: datetime
    erase: bool = False
    schema_version: int = SCHEMA_VERSION


class Erasure(Struct, frozen=True, kw_only=True):
    """What an erasure has rewritten: how many raw runs and tables, and which releases; `removed` could not be."""

    record: str | None
    source: str
    raw: int
    tables: int
    releases: tuple[str, ...]
    removed: tuple[str, ...]
    ended: datetime
    schema_version: int = SCHEMA_VERSION


class InForce(Struct, frozen=True):
    """The withdrawals that hold at a moment, by what they are about: source and record, or source and None."""

    decisions: dict[tuple[str, str | None], Withdrawal]

    def of_source(self, source: str) -> Withdrawal | None:
        """The word by which a whole source is withdrawn, or None."""
        return self.decisions.get((source, None))

    def about(self, source: str) -> bool:
        """Whether anything of a source is withdrawn."""
        return any(where == source for where, _ in self.decisions)

    def erased(self, source: str) -> frozenset[str]:
        """Identifiers of a source's records that are not kept when they come again."""
        about = self.decisions.items()
        return frozenset(record for (where, record), word in about if where == source and record and word.erase)

    def shown(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The rows of a batch of records that are not withdrawn."""
        return batch.filter(pc.invert(self._mask(batch))) if self.decisions else batch

    def tombstones(self, batch: pa.RecordBatch) -> pa.Table:
        """A tombstone for each row of a batch of records that is withdrawn."""
        rows = batch.filter(self._mask(batch)).select(["identifier", "source", "source_identifier"]).to_pylist()
        return pa.Table.from_pylist([tombstone(row, self._word(row)) for row in rows], schema=TOMBSTONES)

    def _word(self, row: dict[str, str]) -> Withdrawal:
        return self.decisions.get((row["source"], row["identifier"])) or self.decisions[row["source"], None]

    def _mask(self, batch: pa.RecordBatch) -> pa.Array:
        sources = pa.array([source for source, record in self.decisions if record is None], pa.string())
        records = pa.array([record for _, record in self.decisions if record], pa.string())
        return pc.or_(
            pc.is_in(batch.column("source"), value_set=sources), pc.is_in(batch.column("identifier"), value_set=records)
        )


def tombstone(row: dict[str, str], word: Withdrawal) -> dict[str, str]:
    """The row of `tombstones.parquet` for a withdrawn record; `row` has its identifier and source, or more of it."""
    return {**row, "reason": "withdrawn", "buried": word.at.date().isoformat()}


def in_force(layout: Layout) -> InForce:
    """The withdrawals that hold now.

    Raises:
        Damaged: a line of the file is no decision.
    """
    holding: dict[tuple[str, str | None], Withdrawal] = {}
    for word in ledger.read(layout.withdrawals(), Withdrawal):
        holding.pop((word.source, word.record), None)
        if word.verdict == "withdraw":
            holding[word.source, word.record] = word
    return InForce(holding)


def add(layout: Layout, word: Withdrawal) -> None:
    """Put a decision behind the others.

    Raises:
        Refused: nobody signs it, or it changes nothing, or another process decides at this moment.
    """
    ledger.signed(word.by, word.why)
    holding = in_force(layout).decisions.get((word.source, word.record))
    what = word.record or word.source
    if word.verdict == "restore" and holding is None:
        raise Refused(f"{what} is not withdrawn.", advice="`chm withdrawals` lists what is.")
    if word.verdict == "withdraw" and holding and (holding.erase or not word.erase):
        raise Refused(f"{what} is withdrawn already, by {holding.by}.", advice="`chm restore` puts it back.")
    ledger.add(layout, layout.withdrawals(), word)


def find(layout: Layout, name: str, sources: Iterable[str]) -> tuple[str, str | None]:
    """What a person means by `name`: the id of a source, our identifier of a record, or its source's own.

    Returns source and record, None for a whole source. Records that are withdrawn or deleted are found as well.

    Raises:
        Refused: nothing is called so, or several records are.
    """
    loaded = layout.loaded_sources()
    if name in {*sources, *loaded}:
        return name, None
    known = {(word.source, word.record) for word in ledger.read(layout.withdrawals(), Withdrawal)}
    found = {(source, record) for source, record in known if record == name}
    pointers = [(source, pointer) for source in loaded if (pointer := reports.pointer(layout, source))]
    folders = [layout.snapshot(source, pointer.snapshot) for source, pointer in pointers]
    files = [str(folder / f"{rows}.parquet") for folder in folders for rows in ("records", "tombstones")]
    if files:
        with connect(layout.scratch()) as connection:
            asked = "SELECT source, identifier FROM read_parquet(?, hive_partitioning = false, union_by_name = true) "
            rows = connection.execute(f"{asked} WHERE identifier = ? OR source_identifier = ?", [files, name, name])
            found |= {(source, identifier) for source, identifier in rows.fetchall()}
    if not found:
        raise Refused(f"There is no source or record {name}.", advice="`chm sources` lists sources; look for a typo.")
    if len(found) > 1:
        ids = ", ".join(f"{record} of {source}" for source, record in sorted(found, key=str))
        raise Refused(f"Several records are called {name}: {ids}.", advice="Name one of them by its identifier.")
    return found.pop()
