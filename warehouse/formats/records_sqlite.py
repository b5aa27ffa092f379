"""`records.sqlite`: every record by its identifier, and when this index changed it last; for the read API and others.

`entries` has a row for every identifier that was ever published: `stamp` is the moment of the release in which the
record last became what it is (UTC, to the second), which is what an OAI-PMH harvester asks by (OAI-PMH 2.0, 2.4), and
`digest` an MD5 of its meaning, by which the next release tells whether it changed. Of what is no longer published
`number` is NULL, and there is no more than the `reason` and the `successor`, if it has one: deletions are remembered
for ever. `bodies` holds the records themselves, as lines of `records.jsonl` compressed with zstd, by `number`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from warehouse.comparison import whole
from warehouse.edition import Edition, Portion
from warehouse.formats import Written

_NAME = "records.sqlite"
_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE bodies(number INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE entries(
    identifier TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    government TEXT,
    schema TEXT,
    stamp TEXT NOT NULL,
    digest TEXT,
    number INTEGER,
    reason TEXT,
    successor TEXT
) WITHOUT ROWID;
"""
# An index for each way in which a list is asked for: all, or one set; each holds all that a list of headers tells.
_INDEXES = """
CREATE INDEX by_stamp ON entries(stamp, identifier, source, government, schema, number);
CREATE INDEX by_source ON entries(source, stamp, identifier, government, schema, number);
CREATE INDEX by_government ON entries(government, stamp, identifier, source, schema, number);
CREATE INDEX by_schema ON entries(schema, stamp, identifier, source, government, number);
ANALYZE;
"""
_BURY = "INSERT OR IGNORE INTO entries VALUES (?, ?, NULL, NULL, ?, NULL, NULL, ?, ?)"
_BURY_WHAT_IS_GONE = """
INSERT OR IGNORE INTO entries
SELECT identifier, source, government, schema, ?, NULL, NULL, coalesce(reason, 'no_longer_shared'), successor
FROM before.entries
"""
# What was so before keeps its stamp; of the dead this also keeps the sets in which they once were.
_KEEP_STAMPS = """
UPDATE entries SET
    stamp = CASE WHEN before.digest IS entries.digest THEN before.stamp ELSE entries.stamp END,
    government = iif(entries.digest IS NULL, before.government, entries.government),
    schema = iif(entries.digest IS NULL, before.schema, entries.schema)
FROM before.entries AS before
WHERE before.identifier = entries.identifier
"""
_ROW = f"""
SELECT identifier, source, government, schema, md5({whole("batch")}) AS digest FROM batch
"""


class _Writer:
    def __init__(self, path: Path, stamp: str, previous: Path | None) -> None:
        self._path = path
        self._stamp = stamp
        self._previous = previous
        self._duck = duckdb.connect()
        self._compressor = zstandard.ZstdCompressor(level=3)
        self._file = sqlite3.connect(path.absolute().as_uri(), uri=True)  # so that another may be attached by its URI
        self._file.executescript(_TABLES)
        self._number = 0

    def add(self, portion: Portion) -> None:
        self._duck.register("batch", pa.Table.from_batches([portion.batch]))
        rows = self._duck.sql(_ROW).to_arrow_table()
        numbers = range(self._number, self._number + rows.num_rows)
        entries = [column.to_pylist() for column in rows.columns]
        bodies = (self._compressor.compress(line.rstrip("\n").encode()) for line in portion.lines.to_pylist())
        self._file.executemany("INSERT INTO bodies VALUES (?, ?)", zip(numbers, bodies, strict=True))
        self._file.executemany(
            f"INSERT INTO entries VALUES (?, ?, ?, ?, '{self._stamp}', ?, ?, NULL, NULL)",
            zip(*entries, numbers, strict=True),
        )
        self._number += rows.num_rows

    def close(self) -> list[Written]:
        self._duck.close()
        self._file.executemany(_BURY, self._tombstones())
        self._file.commit()
        if self._previous:
            self._file.execute("ATTACH ? AS before", [f"{self._previous.absolute().as_uri()}?mode=ro"])
            self._file.execute(_BURY_WHAT_IS_GONE, [self._stamp])
            self._file.execute(_KEEP_STAMPS)
            self._file.commit()
            self._file.execute("DETACH before")
        self._file.executescript(_INDEXES)
        self._file.close()
        return [Written(self._path, self._number)]

    def _tombstones(self) -> Iterator[tuple[str, str, str, str | None, str | None]]:
        path = self._path.with_name("tombstones.parquet")
        if not path.exists():
            return
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=["identifier", "source", "reason", "successor"]):
                for row in batch.to_pylist():
                    yield row["identifier"], row["source"], self._stamp, row["reason"], row["successor"]


def stamp_of(moment: datetime) -> str:
    """A moment as stamps have it: UTC, to the second, as in 2026-03-01T06:00:00Z."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def identifiers(folder: Path) -> Iterator[str]:
    """Those of the records; what is dead has no `number`."""
    address = f"{(folder / _NAME).absolute().as_uri()}?immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        yield from (row[0] for row in connection.execute("SELECT identifier FROM entries WHERE number IS NOT NULL"))


def known(folder: Path, identifiers: Sequence[str]) -> frozenset[str]:
    """Those of some identifiers of which the release in a folder tells, be it as dead; none, where it has no file."""
    if not identifiers or not (folder / _NAME).exists():
        return frozenset()
    asked = "SELECT identifier FROM entries WHERE identifier IN (SELECT value FROM json_each(?))"
    address = f"{(folder / _NAME).absolute().as_uri()}?immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        return frozenset(row[0] for row in connection.execute(asked, [json.dumps(identifiers)]))


def open(folder: Path, edition: Edition) -> _Writer:
    """A writer of `records.sqlite` that keeps the stamps of all that stays as it was (`Edition.stamps`)."""
    previous = edition.stamps / _NAME if edition.stamps else None
    moment = datetime.strptime(edition.release.release[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return _Writer(folder / _NAME, stamp_of(moment), previous if previous and previous.exists() else None)
