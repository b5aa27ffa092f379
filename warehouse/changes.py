"""What a load does, once its plan is drawn: the new snapshot of the source's records, and the file of its changes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.duck import to_parquet
from warehouse.files import sync_file
from warehouse.records import ABSENCES, RECORDS, TOMBSTONES

CHANGES = pa.schema(
    {
        "identifier": pa.string(),
        "source_identifier": pa.string(),
        "kind": pa.string(),
        "fields": pa.list_(pa.string()),
        "before": pa.string(),
        "after": pa.string(),
    }
)
_MEANING = [name for name in RECORDS.names if name not in ("identifier", "provenance", "fingerprint", "run", "page")]
_CHANGES = f"""
SELECT
    plan.identifier,
    coalesce(said.source_identifier, told.source_identifier, live.source_identifier) AS source_identifier,
    plan.kind,
    CASE WHEN plan.kind IN ('change', 'cosmetic') THEN list_filter(
        [{", ".join(f"CASE WHEN live.{name} IS DISTINCT FROM said.{name} THEN '{name}' END" for name in _MEANING)}],
        lambda field: field IS NOT NULL
    ) END AS fields,
    live.fingerprint AS before,
    said.fingerprint AS after
FROM plan
LEFT JOIN current_records AS live USING (identifier)
LEFT JOIN batch_records AS said ON said.identifier = plan.identifier AND said.sequence = plan.sequence
LEFT JOIN batch_tombstones AS told ON told.identifier = plan.identifier AND told.sequence = plan.sequence
WHERE plan.kind <> 'unchanged'
ORDER BY plan.identifier
"""


def write_snapshot(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write what is current after the plan: its records, tombstones and absences, each sorted by identifier."""
    for name, schema in (("records", RECORDS), ("tombstones", TOMBSTONES), ("absences", ABSENCES)):
        query = f"SELECT * FROM {name}_after ORDER BY identifier"
        to_parquet(connection, query, folder / f"{name}.parquet", schema)


def write_changes(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write one row per record that the plan does not leave unchanged; `fields` names what changed in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}")
    to_parquet(connection, _CHANGES, beside, CHANGES)
    sync_file(beside)
    beside.replace(path)
