"""What was current at a moment of the past: each source's snapshot, and the release that readers saw."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
from msgspec import Struct

from warehouse import release
from warehouse.layout import Layout
from warehouse.mending import serving
from warehouse.model import SCHEMA_VERSION, LoadReport
from warehouse.runs import Refused


class SourceThen(Struct, frozen=True, kw_only=True):
    """A source at that moment: the run that was loaded last, when, its snapshot, and whether that is still kept."""

    source: str
    run: str
    loaded: datetime
    snapshot: str
    records: int
    deleted: int
    is_kept: bool


class Then(Struct, frozen=True, kw_only=True):
    """The warehouse at a moment; `release` is None where nothing was published, or nothing of then is kept."""

    moment: datetime
    release: str | None
    published: datetime | None
    sources: tuple[SourceThen, ...]
    schema_version: int = SCHEMA_VERSION


def at(layout: Layout, moment: datetime, source: str | None = None) -> Then:
    """What was current at a moment, of one source or all that had been loaded by then."""
    found = [then for one in layout.sources() if source in (None, one) and (then := source_at(layout, one, moment))]
    seen = [kept for name in layout.releases() if (kept := release.read(layout, name)) and kept.published <= moment]
    latest = max(seen, key=lambda kept: kept.published, default=None)
    return Then(
        moment=moment,
        release=latest.release if latest else None,
        published=latest.published if latest else None,
        sources=tuple(found),
    )


def source_at(layout: Layout, source: str, moment: datetime) -> SourceThen | None:
    """A source at a moment; None where nothing of it had been loaded."""
    loads = [load for load in serving.loads(layout, source) if _when(load) <= moment]
    if not loads:
        return None
    load = loads[-1]
    snapshot = str(load.snapshot)
    return SourceThen(
        source=source,
        run=load.run,
        loaded=_when(load),
        snapshot=snapshot,
        records=load.counts.live,
        deleted=load.counts.deleted,
        is_kept=(layout.snapshot(source, snapshot) / "records.parquet").exists(),
    )


def export(layout: Layout, then: Then, path: Path) -> int:
    """Write the records of that moment, as the warehouse kept them, into one Parquet file; returns how many.

    Raises:
        Refused: a snapshot of then is no longer kept.
    """
    gone = [one.source for one in then.sources if not one.is_kept]
    if gone:
        cause = f"The snapshots of {', '.join(gone)} at {then.moment:%Y-%m-%d %H:%M} are no longer kept."
        raise Refused(cause, advice="Name a source that has one, or raise CHM_KEEP_SNAPSHOTS for the time to come.")
    rows = 0
    writer: pq.ParquetWriter | None = None
    try:
        for one in then.sources:
            with pq.ParquetFile(layout.snapshot(one.source, one.snapshot) / "records.parquet") as file:
                writer = writer or pq.ParquetWriter(path, file.schema_arrow, compression="zstd")
                for batch in file.iter_batches():
                    writer.write_batch(batch.cast(writer.schema))
                    rows += batch.num_rows
    finally:
        if writer:
            writer.close()
    return rows


def _when(load: LoadReport) -> datetime:
    return load.ended or load.started
