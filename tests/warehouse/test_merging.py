"""Sorted streams of records: what comes out is what a list would be, sorted, whatever the sizes of the batches."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.merging import in_order, merged, without

SCHEMA = pa.schema({"identifier": pa.string(), "title": pa.map_(pa.string(), pa.string())})
NAMES = st.lists(st.text("ABé0", max_size=3), unique=True, max_size=12)
SIZE = st.integers(1, 5)


def batches(names: Sequence[str], size: int) -> Iterator[pa.RecordBatch]:
    """Rows of these identifiers, each with a title that tells it, so many in a batch."""
    for start in range(0, len(names), size):
        rows = [{"identifier": name, "title": [("en", name)]} for name in names[start : start + size]]
        yield pa.RecordBatch.from_pylist(rows, SCHEMA)


def rows(found: Iterator[pa.RecordBatch]) -> list[str]:
    """The identifiers, in order; every row must still have its own title."""
    told = [row for batch in found for row in batch.to_pylist()]
    assert all(row["title"] == [("en", row["identifier"])] for row in told)
    return [row["identifier"] for row in told]


@settings(max_examples=50)
@given(NAMES, SIZE, SIZE, st.data())
def test_two_sorted_streams_become_one(names: list[str], one: int, other: int, data: st.DataObject) -> None:
    mine = sorted(name for name in names if data.draw(st.booleans()))
    yours = sorted(set(names) - set(mine))
    assert rows(merged(batches(mine, one), batches(yours, other))) == sorted(names)


@settings(max_examples=50)
@given(NAMES, SIZE)
def test_rows_in_any_order_come_out_sorted_and_leave_nothing_behind(names: list[str], size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert rows(in_order(batches(names, size), Path(folder))) == sorted(names)
        assert not list(Path(folder).iterdir())


def test_a_file_is_read_in_its_order_without_what_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "records.parquet"
    pq.write_table(pa.Table.from_batches(batches(["A", "B", "C"], 2)), path)
    for gone, left in (([], ["A", "B", "C"]), (["B"], ["A", "C"]), (["A", "B", "C"], [])):
        assert rows(without(path, pa.array(gone, pa.string()), SCHEMA)) == left
