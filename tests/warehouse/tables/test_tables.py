"""`chm.duckdb` says of every published record all there is to say, in tables that explain themselves."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.model import CommonRecord
from normalizers.terms import FIELD_OF
from tests.warehouse.making import COMMON_RECORDS, write_batch
from tests.warehouse.world import ID, World
from vocabularies.skos import load_all
from warehouse import pipeline
from warehouse.assessing.duplicates import DUPLICATES
from warehouse.layout import Layout
from warehouse.model import Release
from warehouse.records import RECORDS, TOMBSTONES
from warehouse.tables import building, inputs
from warehouse.tables.building import TABLES, VIEWS, Dictionary, dictionary
from warehouse.tables.of_terms import GROUPS, broader_rows, term_rows

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FULL = {
    "dc:title": ["Mangroves of the coast"],
    "dc:description": ["Les mangroves protègent les côtes contre les tempêtes et abritent de nombreuses espèces."],
    "dc:type": ["Report"],
    "dc:language": ["en", "fr"],
    "dc:subject": ["Forest Biodiversity", "Target 2", "otters"],
    "dc:creator": ["Dupont, Marie", "Smith, Ann"],
    "dc:publisher": ["Institute of Waters"],
    "dc:date": ["2024-03"],
    "dc:coverage": ["Belgium"],
    "dc:identifier": ["https://site.example/1"],
    "dc:rights": ["https://creativecommons.org/licenses/by/4.0/"],
    "dcterms:spatial": ["name=Nest; east=5.57; north=50.63"],
}


def dc(values: dict[str, list[str]]) -> str:
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, texts in values.items() for text in texts)
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
        f"{inside}</oai_dc:dc>"
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A release of two national sites and a partner's; r0 has every kind of value, r3 is withheld, r4 deleted."""
    with World(tmp_path_factory.mktemp("world")) as world:
        world.write_source(languages=[], defaults={})
        world.write_source("fr_chm", name="France", government="FR")
        world.write_source("xx_partner", name="Partner", government=None, origin="partner")
        world.country.metadata["r0"] = dc(FULL)
        world.country.metadata["r1"] = dc({"dc:title": ["Undated"], "dc:date": ["no date at all"]})
        for source in (ID, "fr_chm", "xx_partner"):
            world.run(source=source)
        world.later()
        world.country.delete("r4")
        world.country.put("r2", "Another title")
        world.run()
        yield world.publish()[1]


@pytest.fixture
def chm(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(folder / "chm.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture
def of_r0(chm: duckdb.DuckDBPyConnection) -> Any:
    """The rows of a table that are of the record with every kind of value, less its identifier, sorted."""
    query = "SELECT identifier FROM records WHERE source = 'be_chm' AND source_identifier = 'r0'"
    ((identifier,),) = chm.sql(query).fetchall()

    def rows(table: str) -> list[tuple[Any, ...]]:
        found = chm.execute(f"SELECT * EXCLUDE (record) FROM {table} WHERE record = ?", [identifier])
        return sorted(found.fetchall(), key=str)

    return rows


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (
            "texts",
            [
                ("description", "fr", FULL["dc:description"][0], False),
                ("title", "en", "Mangroves of the coast", False),
            ],
        ),
        ("subjects", [("CBD-SUBJECT-FOR", "Forest Biodiversity", "prefLabel")]),
        ("targets", [("gbf_targets", "GBF-TARGET-02", "Target 2", "notation")]),
        ("countries", [("be", "Belgium", "prefLabel")]),
        ("regions", []),
        ("articles", []),
        ("kinds", []),
        ("languages", [("en",), ("fr",)]),
        ("types", [("Report",)]),
        ("sets", []),
        ("labels", []),
        ("authors", [(1, "Dupont, Marie"), (2, "Smith, Ann")]),
        ("organizations", [("publisher", "Institute of Waters", None)]),
        ("places", [(5.6, 50.6, 5.6, 50.6)]),
    ],
)
def test_each_table_has_a_row_for_each_value_of_its_kind(of_r0: Any, table: str, rows: list[tuple[Any, ...]]) -> None:
    assert of_r0(table) == rows


def test_dates_say_how_precise_they_are_and_give_a_day_to_sort_by(chm: duckdb.DuckDBPyConnection, of_r0: Any) -> None:
    (kind, value, precision, day, verbatim), *others = of_r0("dates")
    assert (kind, value, precision, str(day), verbatim) == ("published", "2024-03", "month", "2024-03-01", "2024-03")
    assert others == []
    (published,) = chm.sql("SELECT DISTINCT published FROM records WHERE published IS NOT NULL").fetchall()
    assert published == (day,)


def test_keywords_links_and_licences_are_as_the_record_has_them(of_r0: Any) -> None:
    assert [keyword for keyword, _ in of_r0("keywords")] == ["otters"]
    assert ("https://site.example/1", "source") in [link[:2] for link in of_r0("links")]
    assert {licence for licence, *_ in of_r0("licences")} == {"https://creativecommons.org/licenses/by/4.0/"}


def test_national_records_are_preferred_and_of_national_sites(chm: duckdb.DuckDBPyConnection) -> None:
    counted = "SELECT source, count(*) FROM {} GROUP BY source ORDER BY source"
    assert chm.sql(counted.format("national_records")).fetchall() != chm.sql(counted.format("records")).fetchall()
    kept = chm.sql("SELECT DISTINCT origin, is_preferred FROM national_records").fetchall()
    assert kept == [("national", True)]
    further = chm.sql("SELECT identifier FROM duplicates WHERE identifier <> preferred ORDER BY 1").fetchall()
    assert further == chm.sql("SELECT identifier FROM records WHERE NOT is_preferred ORDER BY 1").fetchall()
    assert further


def test_coverage_has_every_party_once_and_zeros_where_nothing_is_known(chm: duckdb.DuckDBPyConnection) -> None:
    assert chm.sql("SELECT count(*), count(DISTINCT party) FROM coverage").fetchall() == [(196, 196)]
    query = "SELECT name, iso3, region, sources, records, about > 0 FROM coverage WHERE party IN ('be', 'pe')"
    assert chm.sql(query).fetchall() == [
        ("Belgium", "BEL", "Europe", 1, 4, True),
        ("Peru", "PER", "Americas", 0, 0, False),
    ]
    assert chm.sql("SELECT region FROM coverage WHERE party = 'eu'").fetchall() == [(None,)]


def test_a_count_by_region_is_a_join(chm: duckdb.DuckDBPyConnection) -> None:
    query = """
        SELECT terms.label, count(*) FROM countries
        JOIN broader USING (term) JOIN terms ON terms.identifier = broader.broader AND language = 'en'
        WHERE broader.scheme = 'm49-regions' GROUP BY ALL ORDER BY 1
    """
    found = dict(chm.sql(query).fetchall())
    assert found["Europe"] == found["Western Europe"] > 0
    assert set(found) == {"Europe", "Western Europe"}


def test_runs_and_changes_tell_what_became_of_records(chm: duckdb.DuckDBPyConnection) -> None:
    runs = chm.sql(
        "SELECT source, step, outcome, added, changed, removed FROM runs ORDER BY started, source"
    ).fetchall()
    assert runs[:3] == [
        (ID, "load", "done", 5, 0, 0),
        ("fr_chm", "load", "done", 5, 0, 0),
        ("xx_partner", "load", "done", 5, 0, 0),
    ]
    assert runs[3] == (ID, "load", "done", 0, 1, 1)
    changes = "SELECT kind, fields FROM changes WHERE kind <> 'add' ORDER BY kind"
    assert chm.sql(changes).fetchall() == [("change", "title, languages"), ("remove", None)]
    (_, loaded), *_ = chm.sql("SELECT record, loaded FROM changes ORDER BY loaded DESC").fetchall()
    assert loaded == chm.sql("SELECT max(ended) FROM runs").fetchall()[0][0]


def test_issues_lead_to_the_record_and_hold_no_value(chm: duckdb.DuckDBPyConnection) -> None:
    query = """
        SELECT issues.source, source_identifier, field FROM issues JOIN records ON identifier = record
        WHERE severity = 'warning' ORDER BY ALL
    """
    assert [(source, name, field) for source, name, field in chm.sql(query).fetchall() if field == "dates"] == [
        (ID, "r1", "dates"),
        ("fr_chm", "r1", "dates"),
        ("xx_partner", "r1", "dates"),
    ]
    assert "no date at all" not in str(chm.sql("SELECT * FROM issues").fetchall())


def test_a_replay_has_the_last_word_on_issues(world: World) -> None:
    world.country.metadata["r1"] = dc({"dc:title": ["Undated"], "dc:date": ["no date at all"]})
    world.run()
    assert pipeline.replay(world.warehouse, ID).outcome == "done"
    _, folder = world.publish()
    with duckdb.connect(str(folder / "chm.duckdb"), read_only=True) as connection:
        found = connection.sql("SELECT count(*) FROM issues WHERE field = 'dates'").fetchall()
    assert found == [(1,)], "once, though two batches say it"


def test_nothing_of_a_withheld_record_is_in_any_table(world: World) -> None:
    world.country.metadata["r1"] = dc({"dc:title": ["Kept back"], "dc:date": ["no date at all"]})
    world.write_source(share="none")
    world.run()
    _, folder = world.publish()
    with duckdb.connect(str(folder / "chm.duckdb"), read_only=True) as connection:
        for table in ("records", "texts", "changes", "issues"):
            assert connection.sql(f"SELECT * FROM {table}").fetchall() == [], table


def test_every_table_view_and_column_explains_itself(chm: duckdb.DuckDBPyConnection) -> None:
    tables = dict(chm.sql("SELECT table_name, comment FROM duckdb_tables()").fetchall())
    assert tables == {table.name: table.meaning for table in TABLES}
    views = dict(chm.sql("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall())
    assert views == {view.name: view.meaning for view in VIEWS}
    query = "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal AND table_name IN ?"
    said = {(table, column): comment for table, column, comment in chm.execute(query, [list(tables)]).fetchall()}
    assert said == {(table.name, column.name): column.meaning for table in TABLES for column in table.columns}
    assert all(said.values())


def test_the_dictionary_says_what_the_file_has(chm: duckdb.DuckDBPyConnection, folder: Path) -> None:
    told = json.loads((folder / "dictionary.json").read_text())
    assert told["schema_version"] == building.SCHEMA_VERSION
    assert chm.sql("SELECT schema_version FROM about").fetchall() == [(building.SCHEMA_VERSION,)]
    query = "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index"
    text = (folder / "dictionary.md").read_text("utf-8")
    for table in told["tables"]:
        columns = [(column["name"], column["type"].replace('"', "")) for column in table["columns"]]
        found = [(name, kind.replace('"', "")) for name, kind in chm.execute(query, [table["name"]]).fetchall()]
        assert columns == found, table["name"]
        assert f"\n## {table['name']}" in text
    assert dictionary() == Dictionary(tables=dictionary().tables)


def test_no_column_is_nested_for_the_oldest_duckdb_cannot_read_one_that_is_empty_throughout() -> None:
    assert {column.type for table in TABLES for column in table.columns} == {
        *("BIGINT", "BOOLEAN", "DATE", "DOUBLE", "TIMESTAMP", "VARCHAR")
    }


def test_no_term_is_named_twice_and_each_has_a_label_in_six_languages() -> None:
    vocabularies = load_all()
    rows = term_rows(vocabularies).to_pylist()
    keys = [(row["identifier"], row["language"]) for row in rows]
    assert len(keys) == len(set(keys))
    schemes = {scheme for scheme, field in FIELD_OF.items() if field != "languages"} | set(GROUPS)
    assert len(keys) == 6 * sum(len(vocabularies[scheme].concepts) for scheme in schemes)
    assert all(row["label"] for row in rows)
    labels = {(row["identifier"], row["language"]): (row["label"], row["is_genuine"]) for row in rows}
    assert labels["be", "fr"] == ("Belgique", True)
    assert labels["GBF-TARGET-02", "zh"] == (labels["GBF-TARGET-02", "en"][0], False)


def test_what_lies_in_what_is_closed_and_every_term_lies_in_itself() -> None:
    vocabularies = load_all()
    rows = [tuple(row.values()) for row in broader_rows(vocabularies).to_pylist()]
    assert [row for row in rows if row[0] == "pe"] == [
        ("pe", "pe", "countries", 0),
        ("pe", "CBD-PARTIES", "cbd-parties", 1),
        ("pe", "M49-419", "m49-regions", 1),
        ("pe", "M49-019", "m49-regions", 2),
    ]
    direct = {(term, above) for term, above, _, steps in rows if steps == 1}
    every = {(term, above) for term, above, _, steps in rows if steps}
    assert {(one, far) for one, near in every for also, far in direct if also == near} <= every


def test_the_oldest_duckdb_reads_the_whole_file(folder: Path) -> None:
    root = os.environ.get("CHM_OLD_DUCKDB")
    if not root:
        pytest.skip("CHM_OLD_DUCKDB names no environment with DuckDB 1.0.0; `make test` makes one")
    program = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as chm:
    names = chm.sql("SELECT table_name FROM duckdb_tables() UNION ALL SELECT view_name FROM duckdb_views() "
                    "WHERE NOT internal ORDER BY 1").fetchall()
    for (name,) in names:
        print(name, len(chm.sql(f'SELECT * FROM "{name}"').fetchall()))
print(duckdb.__version__)
"""
    python = str(Path(root) / "bin" / "python")
    old = subprocess.run(
        [python, "-c", program, str(folder / "chm.duckdb")], capture_output=True, text=True, check=False, timeout=60
    )
    if "No module named 'duckdb'" in old.stderr:
        pytest.skip("there is no DuckDB 1.0.0 for this Python")
    assert old.returncode == 0, old.stderr
    *counted, version = old.stdout.split("\n")[:-1]
    assert version == "1.0.0"
    with duckdb.connect(str(folder / "chm.duckdb"), read_only=True) as new:
        for line in counted:
            name, count = line.split()
            assert new.sql(f'SELECT count(*) FROM "{name}"').fetchall() == [(int(count),)], name
    assert len(counted) == len(TABLES) + len(VIEWS)


@settings(max_examples=15, deadline=None)
@given(st.lists(COMMON_RECORDS, max_size=4, unique_by=lambda record: record.identifier))
def test_any_records_give_as_many_rows_as_they_have_values(
    tmp_path_factory: pytest.TempPathFactory, records: list[CommonRecord]
) -> None:
    folder = tmp_path_factory.mktemp("release")
    batch = write_batch(folder / "batch", records)
    pq.write_table(pq.read_table(batch / "records.parquet").select(RECORDS.names), folder / "records.parquet")
    pq.write_table(TOMBSTONES.empty_table(), folder / "tombstones.parquet")
    pq.write_table(DUPLICATES.empty_table(), folder / "duplicates.parquet")
    release = Release(release="R", published=NOON, records=len(records), deleted=0, sources=(), files=())
    given = inputs.Inputs(layout=Layout(folder), folder=folder, release=release, vocabularies={}, schema_version=1)
    path, *_ = building.build(given, folder / "scratch")
    with duckdb.connect(str(path), read_only=True) as chm:
        counted = {table.name: chm.sql(f"SELECT count(*) FROM {table.name}").fetchall()[0][0] for table in TABLES}
    fields = ("subjects", "countries", "regions", "articles", "kinds", "languages", "types", "dates", "authors")
    fields += ("keywords", "links")
    assert counted["records"] == len(records)
    assert {field: counted[field] for field in fields} == {
        field: sum(len(getattr(record, field)) for record in records) for field in fields
    }
    texts = ("title", "summary", "description", "body")
    assert counted["texts"] == sum(len(getattr(record, field)) for record in records for field in texts)
    assert counted["places"] == sum(len(record.coordinates) for record in records)
