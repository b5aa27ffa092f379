"""What a table is: its columns and what they mean, and the query that fills it."""

from __future__ import annotations

from msgspec import Struct


class Column(Struct, frozen=True):
    """A column: its name, its type in DuckDB's SQL, and what it says, in a sentence.

    The type is a plain one, never a list, map or struct: where all of these are empty in a row group, what DuckDB 2.0
    writes is unreadable to 1.0, whatever storage version it is told to keep to.
    """

    name: str
    type: str
    meaning: str


class Table(Struct, frozen=True, kw_only=True):
    """A table of `chm.duckdb`: what a row is, its columns in order, and a query that gives these columns by name.

    The query reads what `inputs` puts before it, and the tables that are made before this one.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    query: str


class View(Struct, frozen=True, kw_only=True):
    """A view of `chm.duckdb` over its tables, with the columns of the table that it selects from."""

    name: str
    meaning: str
    of: str
    query: str
