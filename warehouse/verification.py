"""Whether a release is what its manifest says: every byte, counts, forms, and the same records in every format."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

import duckdb
import pyarrow.parquet as pq

from warehouse import conformance, formats
from warehouse.duck import ROWS
from warehouse.edition import OF_THE_CHM
from warehouse.files import sha256
from warehouse.model import File, Release
from warehouse.past import deltas

_Digest: TypeAlias = tuple[int, int]
_NEEDED = {
    "chm.duckdb",
    "dictionary.json",
    "dictionary.md",
    "duplicates.parquet",
    "records.parquet",
    "schemas.json",
    "tombstones.parquet",
}  # whatever formats there are


def faults(folder: Path, release: Release) -> tuple[str, ...]:
    """All that is wrong with the files of a release, in words.

    What they hold is looked at only where every byte is as it should be, and compared only where it has the right form.
    """
    written = {file.format for file in release.files}
    found = [f"The manifest does not name {name}." for name in sorted(_NEEDED - {file.name for file in release.files})]
    found += [f"The manifest has no file of the format {name}." for name in formats.names() if name not in written]
    found += [fault for file in release.files if (fault := _compare(folder, file))]
    found = found or list(conformance.faults(folder))
    return tuple(found or [*_compare_ids(folder, release), *_compare_counts(folder, release), *deltas.faults(folder)])


def _compare(folder: Path, file: File) -> str | None:
    path = folder / file.name
    if not path.exists():
        return f"{file.name} is missing."
    if path.stat().st_size != file.bytes:
        return f"{file.name} has {path.stat().st_size} bytes, the manifest says {file.bytes}."
    if sha256(path) != file.sha256:
        return f"{file.name} has been changed: its SHA-256 is not the manifest's."
    return None


def _compare_ids(folder: Path, release: Release) -> Iterator[str]:
    """What holds other records than `records.parquet`; less those that a format leaves out, where it says so."""
    readers: dict[str, Callable[[Path], Iterator[str]]] = {"chm.duckdb": _duckdb_ids}
    readers |= {name: reader for name in formats.names() if (reader := formats.identifiers(name))}
    left_out = {str(file.format): file.left_out for file in release.files if file.left_out}
    whole = _digest(_parquet_column(folder / "records.parquet", "identifier"))
    less = _digest(_national_ids(folder / "records.parquet")) if left_out else whole
    for name, reader in readers.items():
        if _digest(reader(folder)) != (less if name in left_out else whole):
            yield f"{_shown(name, release)} does not hold the same records as records.parquet."


def _shown(name: str, release: Release) -> str:
    """The files of a format, or the file, for people."""
    return ", ".join(file.name for file in release.files if file.format == name and file.records is not None) or name


def _compare_counts(folder: Path, release: Release) -> Iterator[str]:
    for name, said in (("records", release.records), ("tombstones", release.deleted)):
        found = Counter(_parquet_column(folder / f"{name}.parquet", "source"))
        if found.total() != said:
            yield f"{name}.parquet holds {found.total()} rows, the manifest says {said}."
        wrong = [
            source.id
            for source in release.sources
            if found[source.id] != (source.records if name == "records" else source.deleted)
        ]
        if wrong:
            yield f"{name}.parquet holds other numbers of {', '.join(wrong)} than the manifest says."
    counted: Counter[str] = Counter()
    for file in release.files:
        if file.records is not None:
            counted[file.format or file.name] += file.records + file.left_out
    for name, number in counted.items():
        if number != release.records:
            yield f"{_shown(name, release)} is said to hold {number} records, the release {release.records}."


def _digest(identifiers: Iterable[str]) -> _Digest:
    """How many identifiers there are, and a digest of them that does not depend on their order."""
    count, total = 0, 0
    for identifier in identifiers:
        count += 1
        total += int.from_bytes(hashlib.blake2b(identifier.encode(), digest_size=16).digest())
    return count, total % 2**128  # a sum, not an exclusive or: two copies of one would cancel each other out


def _parquet_column(path: Path, name: str) -> Iterator[str]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=[name]):
            yield from batch.column(0).to_pylist()


def _national_ids(path: Path) -> Iterator[str]:
    """Those of the records that did not come from the CHM's own API."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=["identifier", "provenance.profile"]):
            profiles = batch.column("provenance").field("profile").to_pylist()
            for identifier, profile in zip(batch.column("identifier").to_pylist(), profiles, strict=True):
                if profile not in OF_THE_CHM:
                    yield identifier


def _duckdb_ids(folder: Path) -> Iterator[str]:
    with duckdb.connect(str(folder / "chm.duckdb"), read_only=True) as connection:
        for batch in connection.sql("SELECT identifier FROM records").to_arrow_reader(ROWS):
            yield from batch.column(0).to_pylist()
