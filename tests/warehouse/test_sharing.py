"""What the sharing rule keeps back never leaves the warehouse, in no format."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from normalizers.model import Box, CommonRecord, Link, Outcome, Rights, Share, Text
from normalizers.sharing import SUMMARY_WORDS, count_words
from tests.warehouse.making import COMMON_RECORDS, common
from tests.warehouse.world import ID, World
from warehouse import release
from warehouse.records import RECORDS, BatchWriter, Place
from warehouse.sharing import count, shared

LONG = "word " * 400 + "secret"
FULL = {
    "summary": {"en": "short"},
    "description": {"en": LONG, "fr": "court"},
    "body": {"en": f"<p><b>secret</b> {LONG}</p>"},
    "keywords": (Text("secret"),),
    "authors": ("secret",),
    "links": (Link(url="https://x.example/secret", rel="document"),),
    "coordinates": (Box(west=4.4, south=50.8, east=4.4, north=50.8),),
    "place": "secret",
    "source_page": "https://x.example/1",
}


def batch(folder: Path, *records: CommonRecord) -> pa.RecordBatch:
    with BatchWriter(folder) as writer:
        for record in records:
            writer.add(Outcome(record=record), Place("r1", 0, 0))
    with pq.ParquetFile(folder / "records.parquet") as file:
        batches = file.read().select(RECORDS.names).combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], RECORDS)


def published(folder: Path, share: Share) -> dict[str, object]:
    rows = shared(batch(folder, common("1", rights=Rights(share=share), **FULL))).to_pylist()
    return rows[0] if rows else {}


def test_a_record_that_is_shared_in_full_is_published_as_it_is(tmp_path: Path) -> None:
    row = published(tmp_path, "full")
    assert dict(row["description"]) == {"en": LONG, "fr": "court"}
    assert dict(row["body"]) == FULL["body"]
    assert row["place"] == "secret"


def test_of_metadata_300_words_of_summary_and_description_together_are_published(tmp_path: Path) -> None:
    row = published(tmp_path, "metadata")
    summary, description = dict(row["summary"]), dict(row["description"])
    assert (summary, description["fr"]) == ({"en": "short"}, "court")
    assert count_words(summary["en"]) + count_words(description["en"].removesuffix(" …")) == SUMMARY_WORDS
    assert description["en"].endswith(" …")
    assert "secret" not in description["en"]
    assert dict(row["body"]) == {}
    assert row["authors"] == ["secret"]


def test_a_link_says_what_there_is_where_it_is_and_nothing_of_what_it_says(tmp_path: Path) -> None:
    row = published(tmp_path, "link")
    assert dict(row["title"]) == {"en": "A title"}
    assert row["source_page"] == "https://x.example/1"
    assert "secret" not in str(row)
    assert (row["coordinates"], row["links"], dict(row["summary"])) == ([], [], {})


def test_what_is_not_shared_is_not_published(tmp_path: Path) -> None:
    assert published(tmp_path, "none") == {}


@given(st.lists(COMMON_RECORDS, max_size=4))
def test_any_records_are_published_in_the_schema_and_as_many_as_are_counted(
    tmp_path_factory: pytest.TempPathFactory, records: list[CommonRecord]
) -> None:
    folder = tmp_path_factory.mktemp("batch")
    public = shared(batch(folder, *records))
    assert public.schema == RECORDS
    assert public.num_rows == count(folder / "records.parquet")
    assert public.num_rows == sum(record.rights.share != "none" for record in records)
    assert shared(public).equals(public)


@pytest.mark.parametrize(("share", "published_records"), [("none", 0), ("link", 5)])
def test_no_file_of_a_release_holds_what_a_source_keeps_back(world: World, share: str, published_records: int) -> None:
    world.write_source(share=share, defaults={"publisher": "Kept back"})
    world.run()
    manifest, folder = world.publish()
    assert (manifest.records, release.verify(world.layout, manifest).faults) == (published_records, ())
    snapshot = world.layout.snapshot(ID, manifest.sources[0].snapshot) / "records.parquet"
    assert "Kept back" in str(pq.read_table(snapshot, partitioning=None).to_pylist())
    with duckdb.connect(str(folder / "chm.duckdb"), read_only=True) as connection:
        texts = str(connection.sql("SELECT * FROM records").fetchall())
    texts += zstandard.ZstdDecompressor().stream_reader((folder / "records.jsonl.zst").read_bytes()).read().decode()
    texts += str(pq.read_table(folder / "records.parquet").to_pylist())
    assert "Kept back" not in texts
