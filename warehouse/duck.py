"""DuckDB at work: in memory for plans, and `chm.duckdb`, built from a release's Parquet, from nothing, every time.

DuckDB 2.0 shuts every other process out of a file that one writes, so no DAG ever writes to a shared one.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec.structs import asdict

from warehouse.model import SourceState

ROWS = 10_000  # per record batch
_COMMENTS = {
    "records": "One row a live record; multilingual text is a map of BCP 47 language to text.",
    "duplicates": "One row a route to a document that several sources have; preferred is the record to show.",
    "tombstones": "Records that their source says are deleted.",
    "sources": "The sources of this release; as_of is the true date of their records. Times are in UTC.",
}


def connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory that spills into `scratch` instead of growing beyond 1 GiB."""
    scratch.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute("SET memory_limit = '1GiB'")
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


def select(path: Path) -> str:
    """SQL for all rows of a Parquet file, in its own columns: the `source=` of its folders is none."""
    quoted = str(path).replace("'", "''")
    return f"SELECT * FROM read_parquet('{quoted}', hive_partitioning = false)"


def build(folder: Path, sources: tuple[SourceState, ...]) -> Path:
    """Build `chm.duckdb` in a release's folder from its Parquet files; returns its path."""
    path = folder / "chm.duckdb"
    states = pa.Table.from_pylist([asdict(state) for state in sources], schema=_SOURCES)
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET memory_limit = '1GiB'")
        for table in ("records", "tombstones", "duplicates"):
            connection.execute(f"CREATE TABLE {table} AS {select(folder / f'{table}.parquet')}")
        connection.register("states", states)
        connection.execute("CREATE TABLE sources AS SELECT * FROM states ORDER BY id")
        for table, comment in _COMMENTS.items():
            connection.execute(f"COMMENT ON TABLE {table} IS '{comment}'")
    return path


_SOURCES = pa.schema(  # times without a zone: for one with, Python's duckdb wants pytz
    {
        "id": pa.string(),
        "name": pa.string(),
        "government": pa.string(),
        "records": pa.int64(),
        "deleted": pa.int64(),
        "last_success": pa.timestamp("us"),
        "as_of": pa.timestamp("us"),
    }
)
