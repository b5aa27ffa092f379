"""What people answered to held loads: `decisions/approvals.jsonl`, append-only.

A held load leaves its question: which records it removes, re-keys and changes, and into what. An approval bears that
question's digest and lets through, once, every plan that does no more than it: what is added meanwhile does not void
it. The next load that goes through spends it. An approved baseline stays, until another one is approved.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from warehouse import ledger, reports
from warehouse.duck import select, to_parquet
from warehouse.layout import Layout
from warehouse.model import Batch, LoadReport
from warehouse.planning.gate import Baseline

_QUESTION = pa.schema(
    {"identifier": pa.string(), "kind": pa.string(), "counterpart": pa.string(), "becomes": pa.string()}
)
_ASKED = """
SELECT plan.identifier, plan.kind, plan.counterpart, said.fingerprint AS becomes
FROM plan LEFT JOIN batch_records AS said USING (identifier, sequence)
WHERE plan.kind IN ('remove', 're_key', 'change')
"""


class Signature(Struct, frozen=True, kw_only=True):
    """Who answers and why; `run` is the held one that is meant, where that is not simply the newest."""

    by: str
    why: str
    run: str | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """A person's answer to a held load of a source; `digest` is of its question, SHA-256 in hex."""

    verdict: Literal["approve", "reject"]
    source: str
    run: str
    digest: str
    by: str
    why: str
    at: datetime
    baseline: Baseline | None = None


def keep_question(layout: Layout, batch: Batch, connection: duckdb.DuckDBPyConnection) -> None:
    """Keep what a held plan asks a person to allow; the plan is that of this connection."""
    path = layout.question(batch.source, batch.run)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}")
    to_parquet(connection, f"{_ASKED} ORDER BY plan.identifier", beside, _QUESTION)
    beside.replace(path)


def digest(question: Path) -> str:
    """SHA-256, in hex, over the rows of a question."""
    found = sha256()
    with pq.ParquetFile(question) as file:
        for batch in file.iter_batches():
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                found.update(repr(row).encode())
    return found.hexdigest()


def add(layout: Layout, answer: Answer) -> None:
    """Add an answer; raises as `ledger.add` does."""
    ledger.add(layout, layout.approvals(), answer)


def of(layout: Layout, source: str) -> list[Answer]:
    """The answers on a source, oldest first."""
    return [answer for answer in ledger.read(layout.approvals(), Answer) if answer.source == source]


def baseline(layout: Layout, source: str) -> Baseline | None:
    """What a person took as right at last, if anybody did."""
    found = [answer.baseline for answer in of(layout, source) if answer.baseline]
    return found[-1] if found else None


def covering(layout: Layout, source: str, connection: duckdb.DuckDBPyConnection) -> str | None:
    """The digest of an approval that is not spent and lets the plan of this connection through, or None."""
    answered = {answer.run: answer for answer in of(layout, source)}  # the last word on each run
    spent = _last_load(layout, source)
    for answer in answered.values():
        question = layout.question(source, answer.run)
        if answer.verdict == "reject" or (spent and answer.at <= spent) or not question.exists():
            continue
        more = connection.sql(f"({_ASKED}) EXCEPT ({select(question)}) LIMIT 1").fetchall()
        if not more and digest(question) == answer.digest:
            return answer.digest
    return None


def _last_load(layout: Layout, source: str) -> datetime | None:
    """When the load began that went through last."""
    current = reports.pointer(layout, source)
    runs = {current.run, current.snapshot} if current else set()
    loads = [reports.read(layout, Batch(source, run), LoadReport) for run in runs]
    return max((load.started for load in loads if load), default=None)
