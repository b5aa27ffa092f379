"""Releases: an immutable folder each, its manifest written last, and a check that one is what its manifest says."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec.structs import replace

from warehouse import formats, reports, verification
from warehouse.assessing import duplicates
from warehouse.assessing.findings import Duplicates, QualityReport, SourceQuality, TieDecision
from warehouse.discovering.coverage import Coverage
from warehouse.discovering.discovery import Discovery
from warehouse.edition import Edition, Portion
from warehouse.files import read_json, sha256, write_json
from warehouse.finding.whereabouts import Found
from warehouse.formats import Written
from warehouse.formats.citation import Citation
from warehouse.formats.sources_json import PublishedSources
from warehouse.gaps import Gaps
from warehouse.layout import Layout
from warehouse.mapping.term_lists import Accepted, UnmatchedTerms
from warehouse.mending.serving import serving
from warehouse.model import (
    Checked,
    CommonFormat,
    CurrentRelease,
    File,
    HarvestReport,
    LoadReport,
    NormalizeReport,
    PublishReport,
    Release,
    SourceState,
    SourceStatus,
    Verdict,
)
from warehouse.past import deltas
from warehouse.past.deltas import Delta
from warehouse.past.deltas import Line as DeltaLine
from warehouse.planning.impact import Impact
from warehouse.probing.model import Acceptance, Compared, Probe, Verification
from warehouse.records import RECORDS, TOMBSTONES
from warehouse.sharing import count as count_shared
from warehouse.stops import Stop
from warehouse.tables.building import SCHEMA_VERSION, Dictionary, build
from warehouse.tables.inputs import Inputs
from warehouse.today.digest import Digest
from warehouse.withdrawing.hidden import COLUMNS, Hidden
from warehouse.withdrawing.withdrawals import Erasure, Withdrawal

_ROWS = 2_000  # of a portion, which some formats hold as Python objects


def gather(layout: Layout, hiding: Hidden) -> tuple[SourceState, ...]:
    """The state of every source that was ever loaded, sorted by id: its last good records, with their true date.

    Records that are hidden and leave a tombstone count as deleted. The warehouse says which sources there are, not the
    source files: one that is gone or broken takes no country away. Nor does a snapshot that a disk has damaged: the
    last good one serves.

    Raises:
        Damaged: a source has no good snapshot.
    """
    states = []
    for source in layout.loaded_sources():
        pointer, _ = serving(layout, source)
        if pointer is None:
            continue
        # All by this pointer: a load may move it while we look.
        loaded = reports.loaded_by(layout, source, pointer)
        state = SourceState(
            id=source,
            name=pointer.name,
            government=pointer.government,
            records=0,
            deleted=0,
            snapshot=pointer.snapshot,
            last_success=(loaded.load.ended or loaded.load.started) if loaded else None,
            as_of=loaded.load.watermark if loaded else None,
        )
        states.append(counted(layout, state, hiding))
    return tuple(states)


def counted(layout: Layout, state: SourceState, hiding: Hidden) -> SourceState:
    """The state of a source with what its snapshot holds: records that are shared, and tombstones."""
    folder = layout.snapshot(state.id, state.snapshot)
    _, deleted = reports.snapshot_counts(layout, state.id, state.snapshot)
    stones = _hidden(folder, hiding)
    withdrawn = pc.sum(pc.equal(stones.column("reason"), "withdrawn")).as_py() or 0
    shown = count_shared(folder / "records.parquet") - withdrawn
    return replace(state, records=shown, deleted=deleted + stones.num_rows)


def write(layout: Layout, edition: Edition, folder: Path, hiding: Hidden) -> Release:
    """Fill a folder with every format of the release's sources; returns the release with its files.

    Of a record that is hidden there is a tombstone and no more. All formats are fed in one pass. `chm.duckdb` is
    built from the Parquet files that were just written.
    """
    release = edition.release
    writers = {name: formats.load(name).open(folder, edition) for name in formats.names()}
    gc.freeze()  # the vocabularies live on: looking through them again and again takes a third of the time
    try:
        for batch in _batches(layout, release.sources, "records", RECORDS):
            portion = Portion(hiding.visible(batch), edition.index)
            edition.tally.add(portion.records)
            for writer in writers.values():
                writer.add(portion)
    finally:
        gc.unfreeze()
    with pq.ParquetWriter(folder / "tombstones.parquet", TOMBSTONES, compression="zstd") as tombstones:
        for source in release.sources:
            tombstones.write_table(_tombstones(layout, source, hiding))
    # Some of them tell what is dead, too.
    files = [_describe(folder, one, name) for name, writer in writers.items() for one in writer.close()]
    duplicates.write(layout, folder / "records.parquet", folder / "duplicates.parquet")
    files += [_describe(folder, one) for one in _built(layout, edition, folder)]
    files += [_describe(folder, one) for one in deltas.write(edition, folder, layout.scratch())]
    whole = replace(release, files=tuple(sorted(files, key=lambda file: file.name)))
    write_json(folder / "manifest.json", whole)
    return whole


def _built(layout: Layout, edition: Edition, folder: Path) -> Iterator[Written]:
    """What is made of the Parquet files, and they themselves where no format wrote them."""
    inputs = Inputs(
        layout=layout,
        folder=folder,
        release=edition.release,
        vocabularies=edition.vocabularies,
        schema_version=SCHEMA_VERSION,
    )
    database, *explained = build(inputs, layout.scratch())
    _write_schemas(folder / "schemas.json")
    yield Written(database, edition.release.records)
    yield from map(Written, explained)
    for name in ("tombstones.parquet", "duplicates.parquet", "schemas.json"):
        yield Written(folder / name)


def read(layout: Layout, release: str | None = None) -> Release | None:
    """The manifest of a release (default: the current one), or None where there is none."""
    if release is None:
        current = read_json(layout.current_release(), CurrentRelease)
        if current is None:
            return None
        release = current.release
    return read_json(layout.release(release) / "manifest.json", Release)


def verify(layout: Layout, release: Release) -> Verdict:
    """Check every file's length and SHA-256, counts, schemas, and that every format holds the same identifiers."""
    faults = verification.faults(layout.release(release.release), release)
    return Verdict(release=release.release, records=release.records, files=len(release.files), faults=faults)


def _tombstones(layout: Layout, source: SourceState, hiding: Hidden) -> pa.Table:
    """The tombstones of a source, sorted by identifier; of its hidden records too."""
    folder = layout.snapshot(source.id, source.snapshot)
    with pq.ParquetFile(folder / "tombstones.parquet") as file:
        stones = file.read().cast(TOMBSTONES)
    more = _hidden(folder, hiding)
    return pa.concat_tables([stones, more]).sort_by("identifier") if more.num_rows else stones


def _hidden(folder: Path, hiding: Hidden) -> pa.Table:
    """The tombstones that stand for records of a snapshot."""
    with pq.ParquetFile(folder / "records.parquet") as file:
        batches = file.iter_batches(columns=list(COLUMNS))
        return pa.concat_tables([TOMBSTONES.empty_table(), *map(hiding.tombstones, batches)])


def _batches(
    layout: Layout, sources: tuple[SourceState, ...], name: str, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    for source in sources:
        path = layout.snapshot(source.id, source.snapshot) / f"{name}.parquet"
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_ROWS):
                yield batch.cast(schema)


def _describe(folder: Path, written: Written, name: str | None = None) -> File:
    path = written.path
    return File(
        name=path.relative_to(folder).as_posix(),
        bytes=path.stat().st_size,
        sha256=sha256(path),
        records=written.records,
        format=name,
        left_out=written.left_out,
    )


def _write_schemas(path: Path) -> None:
    receipts = [HarvestReport, LoadReport, NormalizeReport, PublishReport, QualityReport]
    found = [Checked, CommonFormat, Dictionary, Duplicates, Gaps, SourceQuality, SourceStatus, UnmatchedTerms, Verdict]
    looked = [Compared, Coverage, Digest, Discovery, Found, Impact, Probe, Verification]
    words = [Acceptance, Accepted, Erasure, Stop, TieDecision, Withdrawal]
    published = [Citation, Delta, DeltaLine, PublishedSources, Release]
    kinds = [*receipts, *found, *looked, *published, *words]
    roots, definitions = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": definitions,
        "anyOf": list(roots),
    }
    path.write_bytes(msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=2) + b"\n")
