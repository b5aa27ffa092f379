"""A record written as Parquet and read back is the same record, in exactly the schema that readers are promised."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.model import Issue
from normalizers.model import CommonRecord, Date, Link, Outcome, Provenance, Rights, Term, Text
from tests.warehouse.making import COMMON_RECORDS, common, tombstone, write_batch
from warehouse import records
from warehouse.records import ISSUES, RECORDS, TOMBSTONES, BatchWriter, Place, with_sequence


def read_back(row: dict[str, Any]) -> CommonRecord:
    """The record that a row of Parquet says, without our own code: maps come as pairs."""
    for name in ("title", "summary", "description", "body", "publisher"):
        row[name] = dict(row[name])
    row["rights"]["statement"] = dict(row["rights"]["statement"])
    return msgspec.convert({name: row[name] for name in CommonRecord.__struct_fields__}, CommonRecord)


@settings(max_examples=40)
@given(st.lists(COMMON_RECORDS, max_size=4))
def test_every_record_comes_back_as_it_was(given: list[CommonRecord]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        batch = write_batch(Path(folder) / "batch", given)
        rows = pq.read_table(batch / "records.parquet").to_pylist()
    assert [read_back(row) for row in rows] == given
    assert [(row["run"], row["page"], row["sequence"]) for row in rows] == [("R", 0, n + 1) for n in range(len(given))]


def test_more_records_than_fit_into_memory_at_once_keep_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_BATCH", 7)
    batch = write_batch(tmp_path / "batch", [common(str(n)) if n % 3 else tombstone(str(n)) for n in range(40)])
    live = pq.ParquetFile(batch / "records.parquet")
    assert [row["source_identifier"] for row in live.read().to_pylist()] == [str(n) for n in range(40) if n % 3]
    assert live.num_row_groups == 4
    assert max(live.metadata.row_group(n).num_rows for n in range(4)) == 7


def test_the_files_have_exactly_the_schemas_even_when_they_are_empty(tmp_path: Path) -> None:
    empty, full = write_batch(tmp_path / "empty", []), write_batch(tmp_path / "full", [common("a"), tombstone("b")])
    for folder in (empty, full):
        assert pq.read_schema(folder / "records.parquet").equals(with_sequence(RECORDS))
        assert pq.read_schema(folder / "tombstones.parquet").equals(with_sequence(TOMBSTONES))
        assert pq.read_schema(folder / "issues.parquet").equals(ISSUES)


def test_the_schema_has_every_field_of_a_common_record_in_its_order() -> None:
    assert tuple(RECORDS.names) == (*CommonRecord.__struct_fields__, "run", "page")
    nested = {"countries": Term, "subjects": Term, "keywords": Text, "dates": Date, "links": Link}
    for name, kind in nested.items():
        assert [field.name for field in RECORDS.field(name).type.value_type] == list(kind.__struct_fields__)
    for name, kind in {"rights": Rights, "provenance": Provenance}.items():
        assert [field.name for field in RECORDS.field(name).type] == list(kind.__struct_fields__)


def test_a_tombstone_keeps_when_and_why(tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "batch", [tombstone("a", "2026-02-01"), tombstone("b", None)])
    assert pq.read_table(batch / "tombstones.parquet").to_pylist() == [
        {
            "identifier": f"ID-{name}",
            "source": "be_chm",
            "source_identifier": name,
            "datestamp": datestamp,
            "reason": "deleted_at_source",
            "successor": None,
            "buried": None,
            "run": "R",
            "page": 0,
            "sequence": number,
        }
        for number, (name, datestamp) in enumerate([("a", "2026-02-01"), ("b", None)], start=1)
    ]


def test_issues_are_kept_with_their_page_and_of_records_that_could_not_be_read_too(tmp_path: Path) -> None:
    issue = Issue(code="odd", message="Odd.", severity="error", record="r", field="title", value="x")
    with BatchWriter(tmp_path) as writer:
        writer.add(Outcome(record=None, issues=(issue,)), Place("R", 3, 1))
        writer.add_issue(Issue(code="page", message="."), Place("R", 4, 1))
    rows = pq.read_table(tmp_path / "issues.parquet").to_pylist()
    assert rows[0] == {**msgspec.structs.asdict(issue), "run": "R", "page": 3}
    assert (rows[1]["code"], rows[1]["severity"], rows[1]["record"], rows[1]["page"]) == ("page", "warning", None, 4)
    assert pq.read_metadata(tmp_path / "records.parquet").num_rows == 0
