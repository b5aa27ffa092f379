"""What a load does, once its plan is drawn: the new snapshot of the source's records, and the file of its changes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import merging
from warehouse.comparison import changed_fields, values, whole
from warehouse.duck import ROWS, to_parquet
from warehouse.files import sync_file
from warehouse.records import ABSENCES, RECORDS, TOMBSTONES

CHANGES = pa.schema(
    {
        "identifier": pa.string(),
        "source_identifier": pa.string(),
        "kind": pa.string(),  # see `plan.draw`
        "fields": pa.list_(pa.string()),  # that differ, of a change
        "before": pa.string(),  # fingerprints
        "after": pa.string(),
        "was": pa.string(),  # JSON: the fields that differ, or all of a record that is removed, as they were
        "became": pa.string(),  # JSON: the fields that differ, as they are now
        "reason": pa.string(),  # of a removal
        "counterpart": pa.string(),  # identifier of the record that took over, or was taken over
    }
)
_CHANGES = f"""
SELECT
    plan.identifier,
    coalesce(said.source_identifier, told.source_identifier, live.source_identifier) AS source_identifier,
    plan.kind,
    CASE WHEN plan.kind IN ('change', 'cosmetic') THEN {changed_fields("live", "said")} END AS fields,
    live.fingerprint AS before,
    said.fingerprint AS after,
    CASE
        WHEN plan.kind IN ('change', 'cosmetic') THEN {values("live", "said", of="live")}
        WHEN plan.kind = 'remove' THEN {whole("live")}
    END AS was,
    CASE WHEN plan.kind IN ('change', 'cosmetic') THEN {values("live", "said", of="said")} END AS became,
    plan.reason,
    plan.counterpart
FROM plan
LEFT JOIN current_records AS live USING (identifier)
LEFT JOIN batch_records AS said ON said.identifier = plan.identifier AND said.sequence = plan.sequence
LEFT JOIN batch_tombstones AS told ON told.identifier = plan.identifier AND told.sequence = plan.sequence
WHERE plan.kind <> 'unchanged'
ORDER BY plan.identifier
"""


def write_snapshot(connection: duckdb.DuckDBPyConnection, current: Path | None, folder: Path) -> None:
    """Write what is current after the plan: its records, tombstones and absences, each sorted by identifier.

    `current` is the folder of the snapshot before it, whose records are sorted already: the new are merged into them.
    """
    gone = connection.sql("FROM records_gone").to_arrow_table().column("identifier").combine_chunks()
    rows = connection.sql("FROM records_new").to_arrow_reader(ROWS)  # the last query before it is read to its end
    records = merging.in_order((batch.cast(RECORDS) for batch in rows if batch.num_rows), folder)
    if current is not None:
        records = merging.merged(merging.without(current / "records.parquet", gone, RECORDS), records)
    with pq.ParquetWriter(folder / "records.parquet", RECORDS, compression="zstd") as writer:
        for batch in records:
            writer.write_batch(batch)
    for name, schema in (("tombstones", TOMBSTONES), ("absences", ABSENCES)):
        to_parquet(connection, f"FROM {name}_after ORDER BY identifier", folder / f"{name}.parquet", schema)


def write_changes(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write one row per record that the plan does not leave unchanged, with the values that it loses and gains.

    They make a record's history readable when the snapshots of then are no longer kept.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}")
    to_parquet(connection, _CHANGES, beside, CHANGES)
    sync_file(beside)
    beside.replace(path)
