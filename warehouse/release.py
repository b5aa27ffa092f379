"""Releases: an immutable folder each, its manifest written last, and a check that one is what its manifest says."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from msgspec import Struct
from msgspec.structs import replace

from vocabularies.model import Vocabulary
from warehouse import formats, reports
from warehouse.assessing import duplicates
from warehouse.assessing.findings import Duplicates, QualityReport, SourceQuality, TieDecision
from warehouse.files import read_json, sync_file, write_json
from warehouse.finding.whereabouts import Found
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
from warehouse.planning.impact import Impact
from warehouse.probing.model import Acceptance, Compared, Probe, Verification
from warehouse.records import RECORDS, TOMBSTONES
from warehouse.sharing import count as count_shared
from warehouse.sharing import public, shared
from warehouse.stops import Stop
from warehouse.tables.building import SCHEMA_VERSION, Dictionary, build
from warehouse.tables.inputs import Inputs
from warehouse.today.digest import Digest
from warehouse.withdrawing.withdrawals import Erasure, InForce, Withdrawal

_ROWS = 10_000  # per record batch
_NEEDED = {
    "chm.duckdb",
    "dictionary.json",
    "dictionary.md",
    "duplicates.parquet",
    "records.csv",
    "records.jsonl.zst",
    "records.parquet",
    "schemas.json",
    "tombstones.parquet",
}


def gather(layout: Layout, withdrawn: InForce) -> tuple[SourceState, ...]:
    """The state of every source that was ever loaded, sorted by id: its last good records, with their true date.

    Records that are `withdrawn` count as deleted. The warehouse says which sources there are, not the source files: one
    that is gone or broken takes no country away. Nor does a snapshot that a disk has damaged: the last good one serves.

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
        states.append(counted(layout, state, withdrawn))
    return tuple(states)


def counted(layout: Layout, state: SourceState, withdrawn: InForce) -> SourceState:
    """The state of a source with what its snapshot holds: records that are shared, and tombstones."""
    folder = layout.snapshot(state.id, state.snapshot)
    _, deleted = reports.snapshot_counts(layout, state.id, state.snapshot)
    hidden = _hidden(folder, withdrawn).num_rows if withdrawn.about(state.id) else 0
    return replace(state, records=count_shared(folder / "records.parquet") - hidden, deleted=deleted + hidden)


def write(
    layout: Layout, release: Release, folder: Path, withdrawn: InForce, vocabularies: Mapping[str, Vocabulary]
) -> Release:
    """Fill a folder with every format of the release's sources; returns the release with its files.

    Of a record that is `withdrawn` there is a tombstone and no more. All formats are fed in one pass. `chm.duckdb` is
    built from the Parquet files that were just written.
    """
    writers = [formats.load(name).open(folder, release.release) for name in formats.names()]
    for batch in _batches(layout, release.sources, "records", RECORDS):
        visible = shared(withdrawn.shown(batch))
        for writer in writers:
            writer.add(visible)
    records = [path for writer in writers for path in writer.close()]
    with pq.ParquetWriter(folder / "tombstones.parquet", TOMBSTONES, compression="zstd") as tombstones:
        for source in release.sources:
            tombstones.write_table(_tombstones(layout, source, withdrawn))
    duplicates.write(layout, folder / "records.parquet", folder / "duplicates.parquet")
    database, *explained = build(
        Inputs(layout=layout, folder=folder, release=release, vocabularies=vocabularies, schema_version=SCHEMA_VERSION),
        layout.scratch(),
    )
    _write_schemas(folder / "schemas.json")
    others = [folder / name for name in ("tombstones.parquet", "duplicates.parquet", "schemas.json")]
    files = [_describe(path, release.records) for path in (*records, database)]
    files += [_describe(path, None) for path in (*others, *explained)]
    whole = replace(release, files=tuple(sorted(files, key=lambda file: file.name)))
    write_json(folder / "manifest.json", whole)
    return whole


def read(layout: Layout, release: str | None = None) -> Release | None:
    """The manifest of a release (default: the current one), or None where there is none."""
    if release is None:
        current = read_json(layout.current_release(), CurrentRelease)
        if current is None:
            return None
        release = current.release
    return read_json(layout.release(release) / "manifest.json", Release)


def verify(layout: Layout, release: Release) -> Verdict:
    """Check every file's length and SHA-256, the counts, and that every format holds the same identifiers."""
    folder = layout.release(release.release)
    described = {file.name for file in release.files}
    faults = [f"The manifest does not name {name}." for name in sorted(_NEEDED - described)]
    faults += [fault for file in release.files if (fault := _compare(folder, file))]
    if not faults:
        faults = _compare_ids(folder) + _compare_counts(folder, release)
    return Verdict(release=release.release, records=release.records, files=len(described), faults=tuple(faults))


def _tombstones(layout: Layout, source: SourceState, withdrawn: InForce) -> pa.Table:
    """The tombstones of a source, sorted by identifier; of its withdrawn records too."""
    folder = layout.snapshot(source.id, source.snapshot)
    with pq.ParquetFile(folder / "tombstones.parquet") as file:
        stones = file.read().cast(TOMBSTONES)
    if not withdrawn.about(source.id):
        return stones
    return pa.concat_tables([stones, _hidden(folder, withdrawn)]).sort_by("identifier")


def _hidden(folder: Path, withdrawn: InForce) -> pa.Table:
    """A tombstone for each record of a snapshot that would be published, were it not withdrawn."""
    with pq.ParquetFile(folder / "records.parquet") as file:
        batches = file.iter_batches(columns=["identifier", "source", "source_identifier", "rights.share"])
        return pa.concat_tables([TOMBSTONES.empty_table(), *(withdrawn.tombstones(public(each)) for each in batches)])


def _batches(
    layout: Layout, sources: tuple[SourceState, ...], name: str, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    for source in sources:
        path = layout.snapshot(source.id, source.snapshot) / f"{name}.parquet"
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_ROWS):
                yield batch.cast(schema)


def _describe(path: Path, records: int | None) -> File:
    sync_file(path)
    return File(name=path.name, bytes=path.stat().st_size, sha256=_sha256(path), records=records)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_schemas(path: Path) -> None:
    receipts = [HarvestReport, LoadReport, NormalizeReport, PublishReport, QualityReport]
    found = [Checked, CommonFormat, Dictionary, Duplicates, Gaps, SourceQuality, SourceStatus, UnmatchedTerms, Verdict]
    words = [Acceptance, Accepted, Erasure, Release, Stop, TieDecision, Withdrawal]
    kinds = [*receipts, *found, Compared, Digest, Found, Impact, Probe, Verification, *words]
    roots, definitions = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": definitions,
        "anyOf": list(roots),
    }
    path.write_bytes(msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=2) + b"\n")


def _compare(folder: Path, file: File) -> str | None:
    path = folder / file.name
    if not path.exists():
        return f"{file.name} is missing."
    if path.stat().st_size != file.bytes:
        return f"{file.name} has {path.stat().st_size} bytes, the manifest says {file.bytes}."
    if _sha256(path) != file.sha256:
        return f"{file.name} has been changed: its SHA-256 is not the manifest's."
    return None


def _compare_ids(folder: Path) -> list[str]:
    wanted = _digest_of_ids(_parquet_ids(folder / "records.parquet"))
    others = {
        "records.csv": _csv_ids(folder / "records.csv"),
        "records.jsonl.zst": _jsonl_ids(folder / "records.jsonl.zst"),
        "chm.duckdb": _duckdb_ids(folder / "chm.duckdb"),
    }
    return [
        f"{name} does not hold the same records as records.parquet."
        for name, ids in others.items()
        if _digest_of_ids(ids) != wanted
    ]


def _compare_counts(folder: Path, release: Release) -> list[str]:
    faults = []
    for name, said in (("records", release.records), ("tombstones", release.deleted)):
        found = Counter(_parquet_column(folder / f"{name}.parquet", "source"))
        if found.total() != said:
            faults.append(f"{name}.parquet holds {found.total()} rows, the manifest says {said}.")
        wrong = [
            source.id
            for source in release.sources
            if found[source.id] != (source.records if name == "records" else source.deleted)
        ]
        if wrong:
            faults.append(f"{name}.parquet holds other numbers of {', '.join(wrong)} than the manifest says.")
    faults += [
        f"{file.name} is said to hold {file.records} records, the release {release.records}."
        for file in release.files
        if file.records not in (None, release.records)
    ]
    return faults


def _digest_of_ids(ids: Iterable[str]) -> tuple[int, int]:
    """How many identifiers there are, and a digest of them that does not depend on their order."""
    count, total = 0, 0
    for identifier in ids:
        count += 1
        total += int.from_bytes(hashlib.blake2b(identifier.encode(), digest_size=16).digest())
    return count, total % 2**128  # a sum, not an exclusive or: two copies of one would cancel each other out


def _parquet_ids(path: Path) -> Iterator[str]:
    return _parquet_column(path, "identifier")


def _parquet_column(path: Path, name: str) -> Iterator[str]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=[name]):
            yield from batch.column(0).to_pylist()


def _jsonl_ids(path: Path) -> Iterator[str]:
    class Line(Struct):
        identifier: str

    decoder = msgspec.json.Decoder(Line)
    with zstandard.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield decoder.decode(line).identifier


def _csv_ids(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from (row["identifier"] for row in csv.DictReader(file))


def _duckdb_ids(path: Path) -> Iterator[str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        for batch in connection.sql("SELECT identifier FROM records").to_arrow_reader(_ROWS):
            yield from batch.column(0).to_pylist()
