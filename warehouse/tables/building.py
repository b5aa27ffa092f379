"""`chm.duckdb` and its data dictionary, built from a release's files, from nothing, every time.

DuckDB 2.0 shuts every other process out of a file that one writes, so no DAG ever writes to a shared one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from warehouse.duck import connect
from warehouse.tables import of_records, of_sources, of_terms
from warehouse.tables.inputs import Inputs
from warehouse.tables.model import Column, Table

SCHEMA_VERSION = 1  # of the tables: counts changes that a query must know of
TABLES: tuple[Table, ...] = (  # each after those that its query reads
    *of_sources.BEFORE_RECORDS,
    *of_records.TABLES,
    *of_terms.TABLES,
    *of_sources.TABLES,
)
VIEWS = of_records.VIEWS
_STORAGE = "v1.0.0"  # analysts' tools bring their own DuckDB; every one since 1.0.0 reads this
_MEMORY = "200MiB"


class Entry(Struct, frozen=True, kw_only=True):
    """A table or view in the data dictionary."""

    name: str
    meaning: str
    is_view: bool
    columns: tuple[Column, ...]


class Dictionary(Struct, frozen=True, kw_only=True):
    """`dictionary.json`: what every table and column of `chm.duckdb` says."""

    tables: tuple[Entry, ...]
    schema_version: int = SCHEMA_VERSION


def build(inputs: Inputs, scratch: Path) -> list[Path]:
    """Build `chm.duckdb` in the release's folder, and its dictionary; returns their paths.

    What exceeds the memory spills into `scratch`.
    """
    path = inputs.folder / "chm.duckdb"
    with connect(scratch, _MEMORY) as connection:
        connection.execute("SET threads = 1")  # of several, joins give their rows in another order each time
        connection.execute(f"ATTACH {_quoted(str(path))} AS chm (STORAGE_VERSION '{_STORAGE}')")
        connection.execute("USE chm")
        inputs.offer(connection)
        connection.execute("BEGIN")  # one transaction: DuckDB would sync the file after each of 250 statements
        for definition in _definitions():
            connection.execute(definition)
        connection.execute("COMMIT")
        for table in TABLES:  # a transaction each: what one fills need not be kept until the last is filled
            connection.execute(f"INSERT INTO {table.name} BY NAME {table.query}")
        connection.execute("USE memory")
        connection.execute("DETACH chm")
    return [path, *_write_dictionary(inputs.folder)]


def dictionary() -> Dictionary:
    """The data dictionary of the tables and views as this version defines them."""
    columns = {table.name: table.columns for table in TABLES}
    tables = [Entry(name=each.name, meaning=each.meaning, is_view=False, columns=each.columns) for each in TABLES]
    views = [Entry(name=each.name, meaning=each.meaning, is_view=True, columns=columns[each.of]) for each in VIEWS]
    return Dictionary(tables=tuple(sorted(tables + views, key=lambda entry: entry.name)))


def _definitions() -> Iterator[str]:
    """Statements that make the tables and views, empty, with a comment on each and on each column."""
    for table in TABLES:
        columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
        yield f"CREATE TABLE {table.name} ({columns})"
        yield f"COMMENT ON TABLE {table.name} IS {_quoted(table.meaning)}"
        for column in table.columns:
            yield f'COMMENT ON COLUMN {table.name}."{column.name}" IS {_quoted(column.meaning)}'
    for view in VIEWS:  # columns of views take comments since DuckDB 1.1 only; theirs are the table's
        yield f"CREATE VIEW {view.name} AS {view.query}"
        yield f"COMMENT ON VIEW {view.name} IS {_quoted(view.meaning)}"


def _write_dictionary(folder: Path) -> list[Path]:
    """Write the dictionary for programs and for people."""
    told = dictionary()
    for_programs, for_people = folder / "dictionary.json", folder / "dictionary.md"
    for_programs.write_bytes(msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n")
    lines = ["# Tables of chm.duckdb", "", f"Schema version {told.schema_version}. Open it with DuckDB 1.0 or later."]
    for entry in told.tables:
        lines += ["", f"## {entry.name}{' (view)' if entry.is_view else ''}", "", entry.meaning, ""]
        lines += ["| column | type | meaning |", "|---|---|---|"]
        lines += [f"| `{column.name}` | {column.type} | {column.meaning} |" for column in entry.columns]
    for_people.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return [for_programs, for_people]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
