"""DuckDB at work, in memory: for plans, duplicates, and whatever else is a join over Parquet."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 10_000  # per record batch


def connect(scratch: Path, memory: str = "1GiB") -> duckdb.DuckDBPyConnection:
    """A database in memory that spills into `scratch` instead of growing beyond `memory`."""
    scratch.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute("SET memory_limit = ?", [memory])
    connection.execute("SET temp_directory = ?", [str(scratch)])
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def to_parquet(connection: duckdb.DuckDBPyConnection, query: str, path: Path, schema: pa.Schema) -> int:
    """Stream a query's rows into a Parquet file of exactly this schema; returns how many."""
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in connection.sql(query).to_arrow_reader(ROWS):
            writer.write_batch(batch.cast(schema))
            rows += batch.num_rows
    return rows


def select(*paths: Path) -> str:
    """SQL for all rows of Parquet files, in their own columns: the `source=` of their folders is none.

    One scan for all of them: a union of as many wants memory for each at once. An earlier file may lack a column.
    """
    quoted = ", ".join("'{}'".format(str(path).replace("'", "''")) for path in paths)
    return f"SELECT * FROM read_parquet([{quoted}], hive_partitioning = false, union_by_name = true)"
