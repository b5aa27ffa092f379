"""`chm verify` says of every byte, count, form and record of a release whether it is as it was published."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from msgspec.structs import replace

from tests.warehouse.world import ID, World
from warehouse import formats, verification
from warehouse.formats import Written
from warehouse.model import Release
from warehouse.release import _describe


class Copy(NamedTuple):
    """A release that a test may damage."""

    manifest: Release
    folder: Path

    def faults(self, manifest: Release | None = None) -> tuple[str, ...]:
        return verification.faults(self.folder, manifest or self.manifest)

    def faults_of_what_is_held(self) -> tuple[str, ...]:
        """As if the files had been published as they are now: only what they hold can give a fault away."""
        files = (
            _describe(self.folder, Written(self.folder / file.name, file.records, file.left_out), file.format)
            for file in self.manifest.files
        )
        return self.faults(replace(self.manifest, files=tuple(files)))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """Four records and a tombstone, by two releases."""
    with World(tmp_path_factory.mktemp("published")) as world:
        world.run()
        world.publish()
        world.later()
        world.country.put("r0", "Changed")
        world.country.delete("r4")
        world.run()
        yield Copy(*world.publish())


@pytest.fixture
def copy(published: Copy, tmp_path: Path) -> Copy:
    return Copy(published.manifest, shutil.copytree(published.folder, tmp_path / "copy"))


def flipped(body: bytes) -> bytes:
    """The same with one bit of the byte in the middle changed."""
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (flipped, "has been changed: its SHA-256 is not the manifest's."),
        (lambda body: body + b"\0", "has {more} bytes, the manifest says {bytes}."),
        (lambda _: None, "is missing."),
    ],
    ids=["one byte changed", "longer", "missing"],
)
def test_of_every_file_it_says_what_became_of_it(
    damage: Callable[[bytes], bytes | None], said: str, copy: Copy
) -> None:
    assert copy.faults() == ()
    assert len(copy.manifest.files) > 50
    for file in copy.manifest.files:
        path = copy.folder / file.name
        body = path.read_bytes()
        path.unlink()
        if (damaged := damage(body)) is not None:
            path.write_bytes(damaged)
        told = said.format(bytes=len(body), more=len(body) + 1)
        assert copy.faults() == (f"{file.name} {told}",)
        path.write_bytes(body)


def lines_of(path: Path) -> list[bytes]:
    return zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read().splitlines(keepends=True)


def write_lines(path: Path, lines: list[bytes]) -> None:
    path.write_bytes(zstandard.ZstdCompressor().compress(b"".join(lines)))


def without_last_line(path: Path) -> None:
    write_lines(path, lines_of(path)[:-1])


def without_last_row(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def executing(statement: str) -> Callable[[Path], None]:
    def execute(path: Path) -> None:
        with closing(sqlite3.connect(path)) as file:
            file.execute(statement)
            file.commit()

    return execute


def without_a_row_of_duckdb(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM records WHERE source_identifier = 'r0'")


_NO_POSTING = """
DELETE FROM postings
WHERE value = (SELECT max(value) FROM postings JOIN fields USING (field) WHERE name = 'identifier_s')
"""


def without_last_url(path: Path) -> None:
    head, url, _ = path.read_text().rpartition("<url>")
    path.write_text(f"{head}</urlset>" if url else head)


LOSSES = {  # format, or file -> (one of its files, what takes a record out of it)
    "chm.duckdb": ("chm.duckdb", without_a_row_of_duckdb),
    "common_formats": ("documents/resource.jsonl.zst", without_last_line),
    "records_csv": ("records.csv", without_last_row),
    "records_jsonl": ("records.jsonl.zst", without_last_line),
    "records_sqlite": ("records.sqlite", executing("UPDATE entries SET number = NULL WHERE number = 0")),
    "search_index": ("search/index.sqlite", executing(_NO_POSTING)),
    "sitemap": ("sitemap.xml", without_last_url),
    "solr_jsonl": ("solr.jsonl.zst", without_last_line),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_format_that_lacks_a_record_is_named(name: str, copy: Copy) -> None:
    file, lose = LOSSES[name]
    lose(copy.folder / file)
    (fault, *_) = copy.faults_of_what_is_held()
    assert fault.endswith(" does not hold the same records as records.parquet.")
    assert fault.startswith((file, name))


def test_every_format_of_records_can_lose_one_here() -> None:
    of_records = {name for name in formats.names() if formats.identifiers(name)}
    assert of_records - LOSSES.keys() == {"records_parquet"}, "by which all others are measured"


def test_a_record_that_stands_twice_is_no_other_record(copy: Copy) -> None:
    path = copy.folder / "records.jsonl.zst"
    lines = lines_of(path)
    for other in ([*lines[:-1], lines[0]], [lines[0], lines[0], lines[1], lines[1]]):
        write_lines(path, other)
        assert copy.faults_of_what_is_held() == (
            "records.jsonl.zst does not hold the same records as records.parquet.",
        )
    write_lines(path, lines[::-1])
    assert copy.faults_of_what_is_held() == ()


def without(manifest: Release, name: str) -> Release:
    return replace(manifest, files=tuple(file for file in manifest.files if file.name != name))


def test_wrong_counts_are_told(copy: Copy) -> None:
    manifest, _ = copy
    be = manifest.sources[0]
    wrong = {
        "records.parquet holds 4 rows, the manifest says 5.": replace(manifest, records=5),
        "tombstones.parquet holds 1 rows, the manifest says 0.": replace(manifest, deleted=0),
        f"records.parquet holds other numbers of {ID} than": replace(manifest, sources=(replace(be, records=3),)),
        f"tombstones.parquet holds other numbers of {ID} than": replace(manifest, sources=(replace(be, deleted=2),)),
        "The manifest does not name chm.duckdb.": without(manifest, "chm.duckdb"),
        "The manifest has no file of the format solr_jsonl.": without(manifest, "solr.jsonl.zst"),
    }
    for said, changed in wrong.items():
        assert any(fault.startswith(said) for fault in copy.faults(changed)), said


def edited(**keys: object) -> Callable[[Path], None]:
    """Puts other values into a JSON file, or into the first line of one."""

    def edit(path: Path) -> None:
        if path.suffix == ".json":
            path.write_text(json.dumps(json.loads(path.read_text()) | keys))
        else:
            first, *rest = lines_of(path)
            write_lines(path, [json.dumps(json.loads(first) | keys).encode() + b"\n", *rest])

    return edit


def as_numbers(column: str) -> Callable[[Path], None]:
    """Turns a column of texts into one of numbers."""

    def edit(path: Path) -> None:
        rows = pq.read_table(path)
        place = rows.schema.names.index(column)
        pq.write_table(rows.set_column(place, column, pa.nulls(len(rows), pa.int64())), path)

    return edit


@pytest.mark.parametrize(
    ("name", "edit", "said"),
    [
        ("citation.json", edited(version=7), "is not what its schema says, at version: 7 is not of type"),
        ("delta.json", edited(added="many"), 'is not what its schema says, at added: "many" is not of type'),
        ("delta.jsonl.zst", edited(change="gone"), 'is not what its schema says, at change: "gone" is not one of'),
        ("dictionary.json", edited(tables=None), "is not what its schema says, at tables: null is not of type"),
        ("sources.json", edited(sources=[{}]), "is not what its schema says, at sources/0:"),
        (
            "documents/resource.jsonl.zst",
            edited(title="x"),
            'is not what its schema says, at title: "x" is not of type',
        ),
        ("records.parquet", as_numbers("place"), "has columns of another form than it should: place."),
        ("tombstones.parquet", as_numbers("reason"), "has columns of another form than it should: reason."),
        ("records.jsonl.zst", edited(more=1), "has lines of other fields than records.parquet."),
    ],
)
def test_what_is_not_as_its_schema_says_is_named(
    name: str, edit: Callable[[Path], None], said: str, copy: Copy
) -> None:
    edit(copy.folder / name)
    faults = copy.faults_of_what_is_held()
    assert any(fault.startswith(f"{name} {said}") for fault in faults), faults
