"""What differs between two states of records: field by field, with the values before and after as JSON.

The states are two tables of `RECORDS` rows on a DuckDB connection; what the difference means (a load, a roll-back, two
releases) is the caller's business.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.duck import select
from warehouse.records import RECORDS, TOMBSTONES

MEANING = tuple(
    name for name in RECORDS.names if name not in ("identifier", "provenance", "fingerprint", "run", "page")
)
"""The fields of a record that can change for a reader: all but its name, the way back to it, and digests."""

_DIFFERENCE = """
CREATE OR REPLACE TEMP TABLE difference AS
SELECT
    coalesce(old.identifier, new.identifier) AS identifier,
    coalesce(new.source, old.source) AS source,
    coalesce(new.source_identifier, old.source_identifier) AS source_identifier,
    CASE
        WHEN old.identifier IS NULL THEN 'add'
        WHEN new.identifier IS NULL THEN 'remove'
        WHEN {fields} = ['body'] THEN 'cosmetic'
        ELSE 'change'
    END AS kind,
    {fields} AS fields,
    old.fingerprint AS before,
    new.fingerprint AS after,
    {was} AS was,
    {became} AS became,
    CASE WHEN new.identifier IS NULL THEN coalesce(gone.reason, 'no_longer_shared') END AS reason,
    gone.successor AS counterpart
FROM old_records AS old
FULL OUTER JOIN new_records AS new USING (identifier)
LEFT JOIN new_tombstones AS gone USING (identifier)
WHERE old.identifier IS NULL OR new.identifier IS NULL OR len(fields) > 0
ORDER BY identifier
"""


def difference(connection: duckdb.DuckDBPyConnection, old: Path, new: Path) -> None:
    """Make the temporary table `difference` of two folders with `records.parquet` and `tombstones.parquet`.

    A row a record that differs, by identifier: `kind` is add, change, cosmetic (in markup alone) or remove; `reason`
    and `counterpart` (its successor) are those of the tombstone that it left, or `no_longer_shared` where it left none;
    the other columns are those of `changes.CHANGES`.
    """
    for name, folder in (("old", old), ("new", new)):
        for table, schema in (("records", RECORDS), ("tombstones", TOMBSTONES)):
            shape = f"{table}_shape"  # a state that was written by an earlier version may lack a column
            connection.register(shape, schema.empty_table())
            rows = f"SELECT * FROM {shape} UNION ALL BY NAME {select(folder / f'{table}.parquet')}"
            connection.execute(f"CREATE OR REPLACE TEMP VIEW {name}_{table} AS {rows}")
    connection.execute(
        _DIFFERENCE.format(
            fields=changed_fields("old", "new"),
            was=f"CASE WHEN new.identifier IS NULL THEN {whole('old')} ELSE {values('old', 'new', of='old')} END",
            became=values("old", "new", of="new"),
        )
    )


def changed_fields(old: str, new: str) -> str:
    """SQL: the names of the fields that differ between two rows; none where there is only one."""
    parts = (f"CASE WHEN {old}.{name} IS DISTINCT FROM {new}.{name} THEN '{name}' END" for name in MEANING)
    names = f"list_filter([{', '.join(parts)}], lambda field: field IS NOT NULL)"
    return f"CASE WHEN {old}.identifier IS NULL OR {new}.identifier IS NULL THEN [] ELSE {names} END"


def values(old: str, new: str, *, of: str) -> str:
    """SQL: a JSON object of the fields that differ between two rows, with their values in the row `of`."""
    parts = (
        f"CASE WHEN {old}.{name} IS DISTINCT FROM {new}.{name} "
        f"THEN {{'key': '{name}', 'value': to_json({of}.{name})}} END"
        for name in MEANING
    )
    entries = f"list_filter([{', '.join(parts)}], lambda entry: entry IS NOT NULL)"
    either = f"{old}.identifier IS NULL OR {new}.identifier IS NULL"
    return f"CASE WHEN NOT ({either}) THEN CAST(to_json(map_from_entries({entries})) AS VARCHAR) END"


def whole(row: str) -> str:
    """SQL: a row's meaning as a JSON object; what is removed would else be known from snapshots alone."""
    fields = ", ".join(f"'{name}': {row}.{name}" for name in MEANING)
    return f"CAST(to_json({{{fields}}}) AS VARCHAR)"
