"""The change plan: what a batch would do to a source's current records, record by record.

Nothing is decided here of whether it may; `gate` does that. What a list does not show is not gone: absence counts
only after a complete full sweep, it is noted with its day, and a sweep that still does not show the record when the
grace is over takes it away. The source's own word that a record is deleted needs no grace.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
from msgspec import Struct

from warehouse.counts import Counts
from warehouse.duck import select
from warehouse.records import ABSENCES, RECORDS, TOMBSTONES


class Occasion(Struct, frozen=True, kw_only=True):
    """In which circumstances a batch comes: the run that loads it, and our own day.

    `sweep` says that it is a complete full sweep, the only one that may speak of absence, and `grace_days` how long a
    record may be absent. `replay` says that it is what was received long ago, read again: whoever was buried by a rule
    of ours since then stays buried.
    """

    run: str
    today: date
    grace_days: int
    sweep: bool = False
    replay: bool = False


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
_OURS = "('moved', 'withdrawn', 'source_retired')"  # reasons of ours, which the site's own word does not replace
_SAID = f"""
CREATE TEMP TABLE plan AS
WITH live AS (SELECT identifier, fingerprint, hash(body) AS markup FROM current_records),
said AS (SELECT identifier, sequence, fingerprint, hash(body) AS markup FROM batch_records),
known AS (SELECT *, reason IN {_OURS} AS ours FROM current_tombstones)
SELECT
    latest.identifier,
    latest.sequence,
    CASE
        WHEN latest.deleted AND live.identifier IS NOT NULL THEN 'remove'
        WHEN latest.deleted AND (
            dead.identifier IS NULL
            OR dead.datestamp IS DISTINCT FROM told.datestamp
            OR NOT (dead.ours OR dead.reason = told.reason)
        ) THEN 'bury'
        WHEN latest.deleted THEN 'unchanged'
        WHEN live.identifier IS NULL AND dead.identifier IS NULL THEN 'add'
        WHEN live.identifier IS NULL AND $replay THEN 'unchanged'
        WHEN live.identifier IS NULL THEN 'flap'
        WHEN live.fingerprint <> said.fingerprint THEN 'change'
        WHEN live.markup <> said.markup THEN 'cosmetic'
        ELSE 'unchanged'
    END AS kind,
    CASE WHEN latest.deleted AND dead.ours THEN dead.reason WHEN latest.deleted THEN told.reason END AS reason,
    CASE WHEN NOT latest.deleted THEN NULL WHEN dead.ours THEN dead.successor ELSE told.successor END AS counterpart,
    NULL::VARCHAR AS since
FROM latest
LEFT JOIN live USING (identifier)
LEFT JOIN known AS dead USING (identifier)
LEFT JOIN said ON said.identifier = latest.identifier AND said.sequence = latest.sequence
LEFT JOIN batch_tombstones AS told ON told.identifier = latest.identifier AND told.sequence = latest.sequence
"""
_UNSAID = """
INSERT INTO plan
SELECT
    live.identifier,
    NULL AS sequence,
    CASE WHEN coalesce(gone.since, $today) <= $due THEN 'remove' ELSE 'absent' END AS kind,
    'absent' AS reason,
    NULL AS counterpart,
    coalesce(gone.since, $today) AS since
FROM current_records AS live
ANTI JOIN latest USING (identifier)
LEFT JOIN current_absences AS gone USING (identifier)
"""
# What a record tells a reader, whoever names it and wherever it lies: no identifier, no address.
_TELLING = "hash((schema, title, summary, description, dates, authors))"
# Only titles are read of all current records; what else they tell only of those whose title a new record has.
_NEW = f"""
CREATE TEMP TABLE fresh AS
SELECT identifier, hash(title) AS title, {_TELLING} AS telling
FROM batch_records SEMI JOIN plan USING (identifier, sequence)
WHERE identifier IN (SELECT identifier FROM plan WHERE kind IN ('add', 'flap')) AND cardinality(title) > 0
"""
_NAMESAKES = """
CREATE TEMP TABLE namesakes AS
SELECT identifier FROM (SELECT identifier, hash(title) AS title FROM current_records)
SEMI JOIN fresh USING (title)
ANTI JOIN (SELECT identifier FROM latest WHERE NOT deleted) USING (identifier)
"""
_PAIRS = f"""
CREATE TEMP TABLE pairs AS  -- only where it is plain which is which
WITH old AS (SELECT identifier, {_TELLING} AS telling FROM current_records SEMI JOIN namesakes USING (identifier)),
before AS (SELECT telling, any_value(identifier) AS old FROM old GROUP BY telling HAVING count(*) = 1),
after AS (SELECT telling, any_value(identifier) AS new FROM fresh GROUP BY telling HAVING count(*) = 1)
SELECT old, new FROM before JOIN after USING (telling)
"""
_MOVE = """
UPDATE plan SET kind = 'remove', reason = 'moved', counterpart = pairs.new, since = NULL FROM pairs
WHERE plan.identifier = pairs.old AND plan.kind IN ('remove', 'absent');
UPDATE plan SET kind = 're_key', counterpart = pairs.old FROM pairs WHERE plan.identifier = pairs.new;
"""
_AFTER = """
CREATE TEMP VIEW records_gone AS SELECT identifier FROM plan WHERE kind IN ('change', 'cosmetic', 'remove');

CREATE TEMP VIEW records_new AS
SELECT said.* EXCLUDE (sequence) FROM batch_records AS said
SEMI JOIN plan ON plan.identifier = said.identifier AND plan.sequence = said.sequence
    AND plan.kind IN ('add', 'flap', 're_key', 'change', 'cosmetic');

CREATE TEMP VIEW records_after AS
SELECT live.* FROM current_records AS live ANTI JOIN records_gone USING (identifier)
UNION ALL BY NAME
FROM records_new;

CREATE TEMP VIEW tombstones_after AS
SELECT dead.* FROM current_tombstones AS dead
WHERE identifier NOT IN (SELECT identifier FROM plan WHERE kind IN ('flap', 're_key', 'bury'))
UNION ALL BY NAME
SELECT
    identifier,
    coalesce(told.source, live.source) AS source,
    coalesce(told.source_identifier, live.source_identifier) AS source_identifier,
    told.datestamp,
    plan.reason,
    plan.counterpart AS successor,
    occasion.today AS buried,
    coalesce(told.run, occasion.run) AS run,
    told.page
FROM plan
CROSS JOIN occasion
LEFT JOIN batch_tombstones AS told USING (identifier, sequence)
LEFT JOIN current_records AS live USING (identifier)
WHERE plan.kind IN ('remove', 'bury');

CREATE TEMP VIEW absences_after AS
SELECT identifier, since FROM plan WHERE kind = 'absent'
UNION ALL
SELECT identifier, since FROM current_absences ANTI JOIN plan USING (identifier);
"""
_COUNTS = """
SELECT
    count(sequence) AS seen,
    count(*) FILTER (kind IN ('add', 'flap', 're_key')) AS added,
    count(*) FILTER (kind = 'flap') AS returned,
    count(*) FILTER (kind = 're_key') AS rekeyed,
    count(*) FILTER (kind = 'change') AS changed,
    count(*) FILTER (kind = 'cosmetic') AS cosmetic,
    count(*) FILTER (kind = 'unchanged') AS unchanged,
    count(*) FILTER (kind = 'remove') AS removed,
    count(*) FILTER (kind = 'remove' AND reason = 'moved') AS moved,
    count(*) FILTER (kind = 'absent') AS absent,
    (SELECT count(*) FROM current_records) AS live_before,
    (SELECT count(*) FROM records_after) AS live,
    (SELECT count(*) FROM tombstones_after) AS deleted
FROM plan
"""
_ALTERS = """
SELECT 1 FROM plan LEFT JOIN current_absences AS gone USING (identifier)
WHERE plan.kind NOT IN ('unchanged', 'absent') OR (plan.kind = 'absent') <> (gone.identifier IS NOT NULL)
LIMIT 1
"""
_MISSED = """
SELECT count(*) FROM plan JOIN batch_records USING (identifier, sequence)
WHERE kind IN ('add', 'flap', 're_key', 'change') AND left(provenance.datestamp, 10) < ?
"""


def draw(connection: duckdb.DuckDBPyConnection, current: Path | None, batch: Path, occasion: Occasion) -> Counts:
    """Draw up the plan on this connection; returns its counts.

    `current` is the folder of the current snapshot, None before the first load; `batch` that of a normalised batch.
    The table `plan` has a row a record that the batch names or, being a sweep, does not: `identifier`, `sequence`
    (None where the batch does not name it) and `kind`:

    - add; flap: it came and went before, and is back; re_key: it tells what a record tells that is here no more, or
      was not named, under another identifier (`counterpart`);
    - change; cosmetic: the same in other markup; unchanged;
    - absent, `since` a day; remove, with the `reason` of its tombstone and its successor as `counterpart`; bury: the
      site says that it is deleted, and it was not live here.

    The views `records_after`, `tombstones_after` and `absences_after` are what a snapshot holds after it; of the
    records, `records_gone` are no more as they were, and `records_new` come in.
    """
    for name, schema in (("records", RECORDS), ("tombstones", TOMBSTONES)):
        _view(connection, f"current_{name}", current and current / f"{name}.parquet", schema)
        _view(connection, f"batch_{name}", batch / f"{name}.parquet", schema)
    absences = current and current / "absences.parquet"
    _view(connection, "current_absences", absences if absences and absences.exists() else None, ABSENCES)
    today, due = occasion.today.isoformat(), (occasion.today - timedelta(days=occasion.grace_days)).isoformat()
    connection.execute("CREATE TEMP TABLE occasion AS SELECT ? AS run, ? AS today", [occasion.run, today])
    connection.execute(_LATEST)
    connection.execute(_SAID, {"replay": occasion.replay})
    if occasion.sweep:
        connection.execute(_UNSAID, {"today": today, "due": due})
    for statement in (_NEW, _NAMESAKES, _PAIRS, _MOVE, _AFTER):
        connection.execute(statement)
    found = connection.sql(_COUNTS)
    return Counts(**dict(zip(found.columns, found.fetchall()[0], strict=True)))


def fill(connection: duckdb.DuckDBPyConnection, fields: tuple[str, ...]) -> Mapping[str, float]:
    """The share of the records after the plan in which each field says something; of no records, 1."""
    if not fields:
        return {}
    filled = ", ".join(f"avg(({_says_something(name)})::INT)" for name in fields)
    shares = connection.sql(f"SELECT {filled} FROM records_after").fetchall()[0]
    return {name: 1.0 if share is None else share for name, share in zip(fields, shares, strict=True)}


def missed(connection: duckdb.DuckDBPyConnection, before: datetime) -> int:
    """How many records of the plan are new or changed though their datestamps lie on a day before that of `before`.

    In a full sweep these are the ones that the increments up to `before` should have brought.
    """
    found = connection.execute(_MISSED, [before.astimezone(UTC).date().isoformat()]).fetchall()
    return int(found[0][0])


def alters(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the plan that was drawn on this connection changes anything that a snapshot holds."""
    return bool(connection.sql(_ALTERS).fetchall())


def _says_something(field: str) -> str:
    kind = RECORDS.field(field).type
    if pa.types.is_map(kind):
        return f"cardinality({field}) > 0"
    return f"len({field}) > 0" if pa.types.is_list(kind) else f"coalesce({field}, '') <> ''"


def _view(connection: duckdb.DuckDBPyConnection, name: str, path: Path | None, schema: pa.Schema) -> None:
    if path is None:
        connection.register(name, schema.empty_table())
    else:
        connection.execute(f"CREATE TEMP VIEW {name} AS {select(path)}")
