"""The records of one release by identifier, and lists of what changed when: `records.sqlite`, read only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Literal

import msgspec
import zstandard
from msgspec import Struct

from normalizers.model import CommonRecord

_CONNECTIONS = 8  # opened at once, so that a release whose files are removed goes on answering those who hold it
_COLUMNS = "identifier, source, government, schema, stamp, number IS NOT NULL, reason, successor"
_COVERED = "identifier, source, government, schema, stamp, number IS NOT NULL, NULL, NULL"
_AT_ONCE = 500  # identifiers in one question; SQLite takes 32,766


class Published(CommonRecord, frozen=True, kw_only=True):
    """A record as releases have it: with the run and page that it came in."""

    run: str
    page: int


class Entry(Struct, frozen=True):
    """What a release knows of an identifier; `reason` and `successor` are of the dead, and not in lists."""

    identifier: str
    source: str
    government: str | None
    schema: str | None
    stamp: str
    is_live: bool
    reason: str | None = None
    successor: str | None = None


class _Key(Struct):
    identifier: str
    source: str


class Span(Struct, frozen=True, kw_only=True):
    """Which entries a list has: those stamped from `first` to `last`, both included, after a place, of one set."""

    first: str = ""
    last: str = "~"
    after: tuple[str, str] = ("", "")  # stamp and identifier
    by: Literal["source", "government", "schema"] | None = None
    value: str = ""


class Store:
    """The records of a release. Any number of threads may ask; `close` when nobody does any more."""

    def __init__(self, path: Path) -> None:
        uri = f"{path.absolute().as_uri()}?immutable=1"
        self._free: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._decoder = msgspec.json.Decoder(Published)
        self._key = msgspec.json.Decoder(_Key)
        for _ in range(_CONNECTIONS):
            connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            connection.execute("SELECT count(*) FROM sqlite_master")  # SQLite opens a file when it is first read
            self._free.put(connection)

    def entry(self, identifier: str) -> Entry | None:
        """What is known of an identifier; None where it was never published."""
        rows = self._rows(f"SELECT {_COLUMNS} FROM entries WHERE identifier = ?", [identifier])
        return Entry(*_entry(rows[0])) if rows else None

    def lines(self, identifiers: Sequence[str]) -> dict[str, bytes]:
        """The records of these identifiers as JSON, such as `records.jsonl` has them; the dead are left out."""
        found: dict[str, bytes] = {}
        for start in range(0, len(identifiers), _AT_ONCE):
            some = list(identifiers[start : start + _AT_ONCE])
            query = "SELECT identifier, record FROM entries JOIN bodies USING (number) WHERE identifier IN"
            rows = self._rows(f"{query} ({','.join('?' * len(some))})", some)
            found |= {identifier: _unpacked(record) for identifier, record in rows}
        return found

    def records(self, identifiers: Sequence[str]) -> dict[str, Published]:
        """As `lines`, read."""
        return {name: self._decoder.decode(line) for name, line in self.lines(identifiers).items()}

    def listed(self, span: Span, most: int) -> list[Entry]:
        """The first entries of a span by stamp, then identifier."""
        where, values = _where(span)
        order = f"ORDER BY stamp, identifier LIMIT {most:d}"
        return [Entry(*_entry(row)) for row in self._rows(f"SELECT {_COVERED} FROM entries {where} {order}", values)]

    def count(self, span: Span) -> int:
        """How many entries a span has."""
        where, values = _where(span)
        return int(self._rows(f"SELECT count(*) FROM entries {where}", values)[0][0])

    def first_stamp(self) -> str | None:
        """The earliest stamp of any entry; None where nothing was ever published."""
        found = self._rows("SELECT min(stamp) FROM entries", [])[0][0]
        return str(found) if found else None

    def values(self, by: Literal["source", "government", "schema"]) -> list[str]:
        """The sources, governments or schemas of all entries, sorted."""
        # A loose scan of the index, a step a value, instead of a walk over a million entries.
        step = f"SELECT min({by}) FROM entries WHERE {by} > value"
        query = f"WITH RECURSIVE each(value) AS (SELECT min({by}) FROM entries UNION ALL SELECT ({step}) FROM each "
        rows = self._rows(f"{query} WHERE value IS NOT NULL) SELECT value FROM each WHERE value IS NOT NULL", [])
        return [str(value) for (value,) in rows]

    def all_lines(self) -> Iterator[tuple[str, str, bytes]]:
        """Identifier, source and JSON of every record, in the order of `records.jsonl`."""
        last = -1
        while rows := self._rows(
            "SELECT number, record FROM bodies WHERE number > ? ORDER BY number LIMIT 500", [last]
        ):
            last = rows[-1][0]
            for line in (_unpacked(record) for _, record in rows):
                key = self._key.decode(line)
                yield key.identifier, key.source, line

    def close(self) -> None:
        """Let go of the file."""
        for _ in range(_CONNECTIONS):
            self._free.get().close()

    def _rows(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._connection() as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = self._free.get()
        try:
            yield connection
        finally:
            self._free.put(connection)


def _where(span: Span) -> tuple[str, list[Any]]:
    # One comparison of rows: with any other, a page deep within a million entries of one stamp is sought from the first.
    where = f"INDEXED BY by_{span.by or 'stamp'} WHERE (stamp, identifier) > (?, ?) AND stamp <= ?"
    values: list[Any] = [*max(span.after, (span.first, "")), span.last]
    return (f"{where} AND {span.by} = ?", [*values, span.value]) if span.by else (where, values)


def _unpacked(record: bytes) -> bytes:
    return zstandard.decompress(record)


def _entry(row: tuple[Any, ...]) -> Iterator[Any]:
    yield from row[:5]
    yield bool(row[5])
    yield from row[6:]
