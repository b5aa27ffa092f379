"""Every byte of a release as a reader could come by it: files as they are, and what they hold when unpacked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import zstandard

PLAIN = {
    ".json",
    ".jsonl",
    ".jsonld",
    ".ttl",
    ".xml",
    ".csv",
    ".html",
    ".md",
    ".txt",
}  # what they hold is what they are
# Numbers, and a full-text index, which stores no text: its words are those of the postings beside it, in SQLite.
NUMBERS = {".npy", ".fast", ".fieldnorm", ".idx", ".pos", ".store", ".term"}
_ZSTD = b"\x28\xb5\x2f\xfd"  # how its frames begin (RFC 8878, 3.1.1)


def everything(folder: Path) -> Iterator[tuple[str, str]]:
    """Each file's name with its bytes (as Latin-1 and, where they are, as UTF-8) and with all that it holds.

    Raises:
        ValueError: a file of a kind that this does not know how to unpack: it must learn it.
    """
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        yield name, path.read_bytes().decode("latin-1")
        yield name, path.read_bytes().decode("utf-8", "replace")
        for text in _unpacked(path):
            yield name, text


def _unpacked(path: Path) -> Iterator[str]:
    if path.suffix == ".parquet":
        with pq.ParquetFile(path) as file:
            yield str(file.metadata) + str(file.schema_arrow)
            for batch in file.iter_batches():
                yield str(batch.to_pylist())
    elif path.suffix == ".zst":
        with zstandard.open(path, "rt", encoding="utf-8") as text:
            yield text.read()
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            for (table,) in connection.sql("SELECT table_name FROM duckdb_tables()").fetchall():
                yield str(connection.sql(f'SELECT * FROM "{table}"').fetchall())
            yield str(connection.sql("SELECT * FROM duckdb_tables()").fetchall())
            yield str(connection.sql("SELECT * FROM duckdb_views()").fetchall())
    elif path.suffix == ".sqlite":
        with closing(sqlite3.connect(path)) as connection:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            unpack = _unpacker(connection, tables)
            for table in tables:
                for row in connection.execute(f'SELECT * FROM "{table}"'):
                    packed = [value for value in row if isinstance(value, bytes) and value.startswith(_ZSTD)]
                    yield f"{row} {[unpack.decompress(value).decode() for value in packed]}"
    elif path.suffix not in PLAIN | NUMBERS:
        raise ValueError(f"Nobody has said how to unpack {path.name}.")


def _unpacker(connection: sqlite3.Connection, tables: list[str]) -> zstandard.ZstdDecompressor:
    """What unpacks the values of a file, which may bring a dictionary for them."""
    if "dictionary" not in tables:
        return zstandard.ZstdDecompressor()
    ((sample,),) = connection.execute("SELECT sample FROM dictionary").fetchall()
    made = zstandard.ZstdCompressionDict(sample, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    return zstandard.ZstdDecompressor(dict_data=made)
