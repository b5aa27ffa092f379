"""What an analyst does with a release: pandas, Arrow, polars, SQL, a spreadsheet and a plot."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import warehouse
from normalizers.model import Date, Text
from tests.warehouse.formats.editions import edition, index
from tests.warehouse.making import common, write_batch
from tests.warehouse.world import ID, World
from warehouse.edition import Portion
from warehouse.examples import plots
from warehouse.files import Damaged
from warehouse.formats import records_csv
from warehouse.records import RECORDS

QUERIES = sorted(Path(plots.EXAMPLES).glob("*.sql"))
UNANSWERED = (  # by a small release whose records have no date and no twin
    *("documents_of_several_sources", "freshness", "issues_by_source", "published_by_year", "search_titles"),
)
PARQUET = ("records", "tombstones", "duplicates")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A warehouse of two national sites that has published."""
    with World(tmp_path_factory.mktemp("world")) as world:
        world.write_source("fr_chm", name="France", government="FR")
        world.country.subjects["r0"] = ("Target 2", "Forest Biodiversity", "otters")
        world.country.delete("r4")
        for source in (ID, "fr_chm"):
            world.run(source=source)
        world.publish()
        yield world.layout.root


@pytest.fixture
def folder(root: Path) -> Path:
    with warehouse.open(root) as opened:
        return opened.folder


def test_a_release_opens_by_its_folder_and_a_warehouse_by_its_current_one(root: Path, folder: Path) -> None:
    for place in (root, str(root), folder, str(folder)):
        with warehouse.open(place) as opened:
            assert opened.folder == folder
            assert opened.release.records == len(opened.frame("records")) == 8


def test_what_is_no_release_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="neither a finished release nor a warehouse"):
        warehouse.open(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(Damaged, match="manifest"):
        warehouse.open(tmp_path)


def test_tables_and_queries_come_as_pandas_and_as_arrow(root: Path) -> None:
    with warehouse.open(root) as opened:
        assert {"records", "national_records", "terms"} <= set(opened.tables())
        assert all(opened.tables().values())
        frame, table = opened.frame("sources"), opened.arrow("sources")
        assert isinstance(frame, pd.DataFrame)
        assert isinstance(table, pa.Table)
        assert list(frame["id"]) == table.column("id").to_pylist() == [ID, "fr_chm"]
        found = opened.frame("SELECT count(*) AS n FROM records WHERE source = $source", source=ID)
        assert found["n"].tolist() == [4]
        with pytest.raises(duckdb.Error):
            opened.arrow("DELETE FROM records")


def test_a_release_that_was_opened_stays_readable_while_others_read_it(root: Path) -> None:
    with warehouse.open(root) as one, warehouse.open(root) as other:
        assert one.arrow("records").equals(other.arrow("records"))


@pytest.mark.parametrize("name", PARQUET)
def test_the_parquet_files_need_no_code_of_ours(name: str, folder: Path) -> None:
    path = folder / f"{name}.parquet"
    rows = duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchall()[0][0]
    assert len(pd.read_parquet(path)) == len(pl.read_parquet(path)) == rows
    assert rows == {"records": 8, "tombstones": 2, "duplicates": 0}[name]


def test_polars_reads_titles_by_language(folder: Path) -> None:
    records = pl.read_parquet(folder / "records.parquet")
    assert "Title 1" in records.select(pl.col("title").map.get("en")).to_series().to_list()


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_every_example_says_what_it_asks_and_runs(path: Path, root: Path) -> None:
    query = path.read_text("utf-8")
    assert query.startswith("-- ")
    assert query.partition("\n")[0].endswith((".", "?"))
    with warehouse.open(root) as opened:
        found = opened.frame(query)
    assert len(found.columns) > 1
    if path.stem not in UNANSWERED:
        assert len(found), "a release of two countries has an answer to it"


def test_the_plots_are_drawn_from_the_examples(root: Path, tmp_path: Path) -> None:
    drawn = plots.draw(root, tmp_path / "plots")
    assert [path.name for path in drawn] == ["records_by_country.png", "records_by_gbf_target.png", "freshness.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def cells(folder: Path, *records: object) -> list[dict[str, str]]:
    batch = write_batch(folder / "batch", records)
    table = pa.parquet.read_table(batch / "records.parquet").select(RECORDS.names)
    writer = records_csv.open(folder, edition())
    for part in table.to_batches():
        writer.add(Portion(part, index()))
    (written,) = writer.close()
    path = written.path
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_spreadsheet_has_the_core_of_every_record(tmp_path: Path) -> None:
    given = common(
        "1",
        'Forests, "old" ones',
        languages=("fr", "en"),
        dates=(Date(kind="published", value="2024-05", verbatim="May 2024"),),
        keywords=(Text("a"), Text("b")),
    )
    (row,) = cells(tmp_path, given)
    wanted = {
        "title": 'Forests, "old" ones',
        "languages": "fr; en",
        "published": "2024-05",
        "keywords": "a; b",
        "government": "be",
    }
    assert {name: row[name] for name in wanted} == wanted


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30))
def test_no_cell_begins_a_formula_and_nothing_else_is_changed(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    (row,) = cells(tmp_path_factory.mktemp("csv"), common("1", text))
    assert not row["title"].lstrip().startswith(("=", "+", "-", "@"))
    assert row["title"].replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("\r\n@x", "'\r\n@x"),
        ("a = 1 - 2", "a = 1 - 2"),
        ("a, -1", "a, -1"),
        ("a-b@c.example", "a-b@c.example"),
    ],
)
def test_a_formula_is_shown_as_text(formula: str, shown: str, tmp_path: Path) -> None:
    (row,) = cells(tmp_path, common("1", formula))
    assert row["title"] == shown
