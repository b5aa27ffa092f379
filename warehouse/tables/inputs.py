"""What the queries of the tables read: a release's Parquet files, and rows made from vocabularies, reports and batches.

Of reports, batches and changes only those of the release's sources, and nothing that a person wrote in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
from msgspec import Struct
from msgspec.structs import asdict

from vocabularies.model import Vocabulary
from warehouse import reports
from warehouse.duck import select
from warehouse.layout import Layout
from warehouse.model import Batch, HarvestReport, LoadReport, NormalizeReport, Release
from warehouse.past.predecessors import manifest
from warehouse.tables import of_terms

_MOMENT = pa.timestamp("us")  # UTC, without a zone: for one with, Python's duckdb wants pytz
_SOURCES = pa.schema(
    {
        **dict.fromkeys(("id", "name", "government"), pa.string()),
        **dict.fromkeys(("records", "deleted"), pa.int64()),
        **dict.fromkeys(("last_success", "as_of"), _MOMENT),
    }
)
_RUNS = pa.schema(
    {
        **dict.fromkeys(("source", "run"), pa.string()),
        **dict.fromkeys(("started", "ended"), _MOMENT),
        **dict.fromkeys(("step", "outcome"), pa.string()),
        **dict.fromkeys(("is_full", "is_complete"), pa.bool_()),
        **dict.fromkeys(("pages", "bytes", "received"), pa.int64()),
        **dict.fromkeys(("added", "changed", "unchanged", "removed", "absent", "live"), pa.int64()),
    }
)
_RELEASES = pa.schema(
    {"release": pa.string(), "published": _MOMENT, "records": pa.int64(), "deleted": pa.int64()},
)
_ABOUT = pa.schema({"release": pa.string(), "published": _MOMENT, "schema_version": pa.int64()})
_FILES = pa.schema(
    {**dict.fromkeys(("filename", "source", "run"), pa.string()), "loaded": _MOMENT},
)
_NO_CHANGES = "SELECT '' AS identifier, '' AS kind, [''] AS fields, '' AS filename LIMIT 0"
_NO_ISSUES = (
    "SELECT '' AS record, '' AS code, '' AS severity, '' AS field, '' AS run, 0 AS page, '' AS filename LIMIT 0"
)


class _Run(Struct, frozen=True):
    """The reports of one run, as far as it came."""

    batch: Batch
    harvest: HarvestReport | None
    normalize: NormalizeReport | None
    load: LoadReport | None

    @property
    def is_loaded(self) -> bool:
        return self.load is not None and self.load.outcome == "done"


class Inputs(Struct, frozen=True, kw_only=True):
    """All that the tables of one release are made of; `folder` holds its Parquet files."""

    layout: Layout
    folder: Path
    release: Release
    vocabularies: Mapping[str, Vocabulary]
    schema_version: int

    def offer(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Put everything before the queries, as temporary views of the connection."""
        runs = [run for source in self.release.sources for run in _runs(self.layout, source.id)]
        tables = {
            "term_rows": of_terms.term_rows(self.vocabularies),
            "broader_rows": of_terms.broader_rows(self.vocabularies),
            "source_rows": pa.Table.from_pylist([asdict(source) for source in self.release.sources], _SOURCES),
            "run_rows": pa.Table.from_pylist([_row(run) for run in runs], _RUNS),
            "release_rows": pa.Table.from_pylist([_release(each) for each in self._releases()], _RELEASES),
            "about_row": pa.Table.from_pylist(
                [{**_release(self.release), "schema_version": self.schema_version}], _ABOUT
            ),
            "change_files": pa.Table.from_pylist(list(_changes(self.layout, runs)), _FILES),
            "issue_files": pa.Table.from_pylist(list(_issues(self.layout, runs)), _FILES),
        }
        for name, table in tables.items():
            connection.register(name, table)
        views = {
            "published": select(self.folder / "records.parquet"),
            "stones": select(self.folder / "tombstones.parquet"),
            "routes": select(self.folder / "duplicates.parquet"),
            "change_rows": f"""
                SELECT source, run, loaded, identifier, kind, fields
                FROM ({_rows_of(tables["change_files"], _NO_CHANGES)}) JOIN change_files USING (filename)
            """,
            "issue_rows": f"""
                SELECT source, said.run, said.page, record, code, severity, field
                FROM ({_rows_of(tables["issue_files"], _NO_ISSUES)}) AS said
                JOIN issue_files ON issue_files.filename = said.filename AND issue_files.run = said.run
            """,
        }
        for name, query in views.items():
            connection.execute(f"CREATE TEMP VIEW {name} AS {query}")

    def _releases(self) -> Iterator[Release]:
        for name in self.layout.releases():
            if name == self.release.release:
                continue  # it is being written anew
            kept = manifest(self.layout.release(name))
            if kept:
                yield kept
        yield self.release


def _runs(layout: Layout, source: str) -> list[_Run]:
    """The runs of a source, oldest first."""
    return [
        _Run(
            batch,
            reports.read(layout, batch, HarvestReport),
            reports.read(layout, batch, NormalizeReport),
            reports.read(layout, batch, LoadReport),
        )
        for batch in reports.runs(layout, source)
    ]


def _row(run: _Run) -> dict[str, object]:
    steps = {"harvest": run.harvest, "normalize": run.normalize, "load": run.load}
    done = [(step, report) for step, report in steps.items() if report]
    (_, first), (step, last) = done[0], done[-1]
    row: dict[str, object] = {"source": run.batch.source, "run": run.batch.run, "step": step, "outcome": last.outcome}
    row |= {"started": _moment(first.started), "ended": _moment(last.ended)}
    if run.harvest:
        row |= {"is_full": run.harvest.full, "is_complete": run.harvest.complete, "received": run.harvest.records}
        row |= {"pages": run.harvest.pages, "bytes": run.harvest.bytes}
    if run.load:
        counts = asdict(run.load.counts)
        row |= {name: counts[name] for name in ("added", "changed", "unchanged", "removed", "absent", "live")}
    return row


def _changes(layout: Layout, runs: list[_Run]) -> Iterator[dict[str, object]]:
    """The changes file of each load, where it is kept."""
    for run in runs:
        path = layout.changes(run.batch.source, run.batch.run)
        if run.load and run.is_loaded and path.exists():
            loaded = _moment(run.load.ended or run.load.started)
            yield {"filename": str(path), "source": run.batch.source, "run": run.batch.run, "loaded": loaded}


def _issues(layout: Layout, runs: list[_Run]) -> Iterator[dict[str, object]]:
    """The last word on the pages of each run: the batch loaded last that read them, where it is kept."""
    last = {
        (run.batch.source, received): run
        for run in runs
        if run.normalize and run.is_loaded
        for received in run.normalize.runs
    }
    for (source, received), run in last.items():
        path = layout.normalized(source, run.batch.run) / "issues.parquet"
        if path.exists():
            yield {"filename": str(path), "source": source, "run": received}


def _rows_of(files: pa.Table, nothing: str) -> str:
    """SQL for the rows of all these Parquet files, with the name of each; `nothing` where there is none."""
    names = sorted(set(files.column("filename").to_pylist()))
    quoted = ", ".join("'" + name.replace("'", "''") + "'" for name in names)
    options = "filename = true, hive_partitioning = false, union_by_name = true"
    return f"SELECT * FROM read_parquet([{quoted}], {options})" if names else nothing


def _release(release: Release) -> dict[str, object]:
    return {**asdict(release), "published": _moment(release.published)}


def _moment(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None
