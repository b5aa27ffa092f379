"""The change plan: what a batch would do to a source's current records, and whether `expect` lets it.

Only explicit deletions remove a record. What a complete full sweep did not show is counted as absent; nothing
happens to it yet.
"""

from __future__ import annotations

from datetime import UTC, datetime
from math import floor
from pathlib import Path

import duckdb
import pyarrow as pa

from harvesters.source import Source
from warehouse.duck import select
from warehouse.model import Counts
from warehouse.records import RECORDS, TOMBSTONES

_LATEST = """
CREATE TEMP TABLE latest AS  -- the last word of the batch on each record
SELECT identifier, max(sequence) AS sequence, arg_max(deleted, sequence) AS deleted
FROM (
    SELECT identifier, sequence, false AS deleted FROM batch_records
    UNION ALL
    SELECT identifier, sequence, true FROM batch_tombstones
)
GROUP BY identifier
"""
_PLAN = """
CREATE TEMP TABLE plan AS
SELECT
    latest.identifier,
    latest.sequence,
    CASE
        WHEN latest.deleted AND live.identifier IS NOT NULL THEN 'remove'
        WHEN latest.deleted AND (dead.identifier IS NULL OR dead.datestamp IS DISTINCT FROM told.datestamp) THEN 'bury'
        WHEN latest.deleted THEN 'unchanged'
        WHEN live.identifier IS NULL THEN 'add'
        WHEN live.fingerprint <> said.fingerprint THEN 'change'
        ELSE 'unchanged'
    END AS kind
FROM latest
LEFT JOIN current_records AS live USING (identifier)
LEFT JOIN current_tombstones AS dead USING (identifier)
LEFT JOIN batch_records AS said ON said.identifier = latest.identifier AND said.sequence = latest.sequence
LEFT JOIN batch_tombstones AS told ON told.identifier = latest.identifier AND told.sequence = latest.sequence
"""
_COUNTS = """
SELECT
    count(*) AS seen,
    count(*) FILTER (kind = 'add'),
    count(*) FILTER (kind = 'change'),
    count(*) FILTER (kind = 'unchanged'),
    count(*) FILTER (kind = 'remove'),
    (SELECT count(*) FROM current_records),
    (SELECT count(*) FROM current_records WHERE identifier NOT IN (SELECT identifier FROM latest)),
    (SELECT count(*) FROM current_tombstones
     WHERE identifier NOT IN (SELECT identifier FROM plan WHERE kind <> 'unchanged'))
        + count(*) FILTER (kind IN ('remove', 'bury'))
FROM plan
"""
_MISSED = """
SELECT count(*) FROM plan JOIN batch_records USING (identifier, sequence)
WHERE kind IN ('add', 'change') AND left(provenance.datestamp, 10) < ?
"""


def draw(connection: duckdb.DuckDBPyConnection, current: Path | None, batch: Path, *, sweep: bool) -> Counts:
    """Draw up the plan as the table `plan` (identifier, sequence, kind) of this connection; returns its counts.

    `current` is the folder of the current snapshot, None before the first load; `batch` that of a normalised batch.
    `kind` is add, change, unchanged, remove (explicitly deleted) or bury (deleted, and never live here).
    `sweep` says that the batch is a complete full sweep, the only one that may speak of absence.
    """
    for name, schema in (("records", RECORDS), ("tombstones", TOMBSTONES)):
        _view(connection, f"current_{name}", current and current / f"{name}.parquet", schema)
        _view(connection, f"batch_{name}", batch / f"{name}.parquet", schema)
    connection.execute(_LATEST)
    connection.execute(_PLAN)
    seen, added, changed, unchanged, removed, before, absent, deleted = connection.sql(_COUNTS).fetchall()[0]
    return Counts(
        seen=seen,
        added=added,
        changed=changed,
        unchanged=unchanged,
        removed=removed,
        absent=absent if sweep else 0,
        live_before=before,
        live=before + added - removed,
        deleted=deleted,
    )


def missed(connection: duckdb.DuckDBPyConnection, before: datetime) -> int:
    """How many records of the plan are new or changed though their datestamps lie on a day before that of `before`.

    In a full sweep these are the ones that the increments up to `before` should have brought.
    """
    found = connection.execute(_MISSED, [before.astimezone(UTC).date().isoformat()]).fetchall()
    return int(found[0][0])


def alters(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the plan that was drawn on this connection changes anything that a snapshot holds."""
    return bool(connection.sql("SELECT 1 FROM plan WHERE kind <> 'unchanged' LIMIT 1").fetchall())


def judge(counts: Counts, source: Source) -> tuple[str, ...]:
    """Why `expect` holds a load with these counts, in words; empty where it passes. Growth never holds."""
    reasons = []
    if counts.live < source.expect.min_records:
        reasons.append(
            f"{source.id}: {counts.live} live records after the load, fewer than `expect.min_records` "
            f"({source.expect.min_records}). Look at the site; if that is right, lower the key in its source file."
        )
    bearable = max(1, floor(round(counts.live_before * source.expect.max_vanish, 6)))  # 100 * 0.29 is 28.999…
    if counts.removed > bearable:
        reasons.append(
            f"{source.id}: {counts.removed} of {counts.live_before} records would vanish, more than the {bearable} "
            f"that `expect.max_vanish` ({source.expect.max_vanish:g}) allows. Look at the site; if that is right, "
            f"raise the key in its source file and harvest again."
        )
    return tuple(reasons)


def _view(connection: duckdb.DuckDBPyConnection, name: str, path: Path | None, schema: pa.Schema) -> None:
    if path is None:
        connection.register(name, schema.empty_table())
    else:
        connection.execute(f"CREATE TEMP VIEW {name} AS {select(path)}")
