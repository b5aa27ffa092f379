"""A release for analysts: its tables as pandas and Arrow, and SQL over them."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

import duckdb
import pyarrow as pa

from warehouse.files import read_json
from warehouse.layout import Layout
from warehouse.model import CurrentRelease, Release

if TYPE_CHECKING:
    import pandas as pd


class Opened:
    """An open release; `release` is its manifest. Use it as a context, or `close` it."""

    def __init__(self, folder: Path, release: Release) -> None:
        self.folder = folder
        self.release = release
        self._connection = duckdb.connect(str(folder / "chm.duckdb"), read_only=True)

    def tables(self) -> dict[str, str]:
        """The tables and views by name, with what they say (`dictionary.md` says what their columns do)."""
        query = """
            SELECT table_name, comment FROM duckdb_tables() UNION ALL
            SELECT view_name, comment FROM duckdb_views() WHERE NOT internal
            ORDER BY ALL
        """
        return dict(self._connection.sql(query).fetchall())

    def arrow(self, query: str, /, **parameters: Any) -> pa.Table:
        """A table by its name, or what a query finds, as Arrow; `$name` in the query takes a parameter.

        Raises:
            duckdb.Error: the query is wrong.
        """
        return cast("pa.Table", self._run(query, parameters).to_arrow_table())

    def frame(self, query: str, /, **parameters: Any) -> pd.DataFrame:
        """As `arrow`, as a data frame of pandas."""
        return cast("pd.DataFrame", self._run(query, parameters).df())

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, query: str, parameters: dict[str, Any]) -> duckdb.DuckDBPyRelation:
        is_name = query.isidentifier()
        return self._connection.sql(f'FROM "{query}"' if is_name else query, params=parameters or None)


def open(release: str | Path) -> Opened:  # noqa: A001 - `warehouse.open(...)` reads as what it does
    """Open a release by its folder, or the current one of the warehouse in a folder, for reading.

    Raises:
        FileNotFoundError: the folder is neither a finished release nor a warehouse that has published one.
        Damaged: a file there is not what was written.
    """
    folder = Path(release)
    current = read_json(Layout(folder).current_release(), CurrentRelease)
    if current:
        folder = Layout(folder).release(current.release)
    manifest = read_json(folder / "manifest.json", Release)
    if manifest is None:
        raise FileNotFoundError(f"{release} is neither a finished release nor a warehouse that has published one.")
    return Opened(folder, manifest)
