"""A mapping is mended: what a replay would change is told, by field and country, before anything is loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

from tests.warehouse.conftest import Chm
from tests.warehouse.world import ID, World, tree
from warehouse import pipeline
from warehouse.planning.impact import EFFECTS


@pytest.fixture
def two(world: World) -> World:
    """Belgium and France, of whose records three and two have a keyword that no vocabulary knows."""
    world.country.subjects = {"r0": ("Zones humides",), "r1": ("zones humides", "bogs"), "r2": ("ZONES HUMIDES",)}
    world.write_source("fr_chm", name="France", government="FR")
    world.run("first")
    world.country.delete("r2")
    world.run("first", source="fr_chm")
    return world


def accept(chm: Chm, term: str = "zones humides") -> None:
    assert chm("terms", "accept", term, "CBD-SUBJECT-WTR", "--by", "Ana").code == 0


def test_the_story_of_a_mapping_that_is_mended(chm: Chm, two: World) -> None:
    asked = two.requests()
    accept(chm)
    before = tree(two.folder / "data")

    told = chm("replay", "--dry-run").out

    assert told.splitlines()[:2] == [
        "be_chm: of 5 records 3 would change, 0 come, 0 go, 2 stay as they are",
        "fr_chm: of 4 records 2 would change, 0 come, 0 go, 3 stay as they are",
    ]
    assert "         3  be\n         2  fr\n" in told, "by country"
    assert "         5  keywords (be 3, fr 2)\n" in told
    assert "         5  subjects (be 3, fr 2)\n" in told
    assert 'subjects: [] -> [{"identifier":"CBD-SUBJECT-WTR","verbatim":"Zones humides","by":"mapping"}]' in told
    assert told.splitlines()[-1] == "  chm replay be_chm fr_chm"
    assert tree(two.folder / "data") == before, "nothing was written"

    told = chm("replay", "be_chm", "fr_chm").out

    assert "be_chm: 0 added, 3 changed, 0 removed, 2 unchanged" in told
    assert "fr_chm: 0 added, 2 changed, 0 removed" in told
    assert sum(bool(row["subjects"]) for row in (*two.rows(), *two.rows(source="fr_chm"))) == 5
    assert "Nothing would change." in chm("replay", "--dry-run").out
    assert two.requests() == asked, "nobody was asked"


def test_a_replay_of_all_loads_just_what_its_rehearsal_said(chm: Chm, two: World) -> None:
    two.write_source(defaults={"publisher": "The Office", "schema": "news"}, licence="CC BY 4.0", permission="a letter")
    said = {each["source"]: each for each in chm("replay", "--dry-run", "--json").json()["sources"]}
    done = {each["source"]: each["counts"] for each in chm("replay", "--json").json()}
    assert said.keys() == done.keys() == {ID, "fr_chm"}
    for source, counts in done.items():
        told = {name: said[source][name] for name in ("added", "changed", "removed", "unchanged")}
        assert told == {name: counts[name] for name in told}
    assert done[ID]["changed"] == 5


def test_the_licence_and_what_may_be_shared_are_fields_of_their_own(chm: Chm, two: World) -> None:
    two.write_source(permission="a letter of 2026-03-01")
    (share, because) = sorted(
        (each for each in chm("replay", ID, "--dry-run", "--json").json()["fields"] if "rights" in each["field"]),
        key=lambda each: each["field"],
        reverse=True,
    )
    assert (share["field"], because["field"]) == ("rights.share", "rights.because")
    assert share["countries"] == because["countries"] == {"be": 5}


def test_records_of_which_nothing_is_kept_are_told(chm: Chm, two: World) -> None:
    two.later()
    two.country.put("new", "New")
    two.run("second")
    for page in two.layout.raw(ID, "first").iterdir():
        page.write_bytes(b"")
    found = chm("replay", ID, "--dry-run", "--json").json()
    assert found["sources"][0]["untold"] == 4, "r2 was deleted, and the second run brought all that was new"
    assert "4 not among what is kept" in chm("replay", ID, "--dry-run").out


def test_a_replay_that_would_be_held_says_so(chm: Chm, two: World) -> None:
    two.write_source(expect={"min_records": 100})
    told = chm("replay", ID, "--dry-run")
    assert told.code == 0
    assert "  would be held: be_chm: 5 live records after the load, fewer than `expect.min_records` (100)." in told.out
    assert chm("replay").code == 3, "the last good records stay"


def test_as_parquet_it_is_a_row_a_record_and_field(chm: Chm, two: World, tmp_path: Path) -> None:
    accept(chm)
    path = tmp_path / "impact.parquet"
    assert chm("replay", "--dry-run", "--parquet", str(path)).code == 0
    table = pq.read_table(path)
    assert table.schema.equals(EFFECTS)
    rows = table.to_pylist()
    assert sorted((row["source"], row["field"]) for row in rows) == sorted(
        (source, field) for source, count in ((ID, 3), ("fr_chm", 2)) for field in ("keywords", "subjects") * count
    )
    assert {json.loads(row["before"])[0]["value"] for row in rows if row["field"] == "keywords"} <= {
        "Zones humides", "zones humides", "ZONES HUMIDES",
    }  # fmt: skip
    assert chm("replay", "--parquet", str(path)).code == 2, "only a rehearsal has effects to write"


def test_a_source_that_cannot_be_replayed_hides_no_other(chm: Chm, two: World) -> None:
    accept(chm)
    (two.folder / "sources" / f"{ID}.yml").write_text("name: [")
    told = chm("replay", "--dry-run")
    assert told.code == 1
    assert told.out.startswith(f"{ID}: ")
    assert "fr_chm: of 4 records 2 would change" in told.out
    told = chm("replay")
    assert (told.code, "fr_chm: 0 added, 2 changed" in told.out) == (1, True)
    assert told.err.startswith(f"{ID}: ")


def test_ten_samples_are_of_every_source(chm: Chm, two: World) -> None:
    for number in range(20):
        two.country.put(f"x{number}", f"Plan {number}")
        two.country.subjects[f"x{number}"] = ("bogs",)
    two.later()
    two.run("second")
    accept(chm, "bogs")
    accept(chm)
    samples = chm("replay", "--dry-run", "--json").json()["samples"]
    assert len(samples) == 10
    assert {sample["source"] for sample in samples} == {ID, "fr_chm"}


def test_the_report_goes_by_the_published_schema(chm: Chm, two: World) -> None:
    accept(chm)
    pipeline.publish(two.warehouse, "release")
    schemas = json.loads(next(two.layout.root.glob("releases/*/schemas.json")).read_text())
    validator = Draft202012Validator({"$ref": "#/$defs/Impact", "$defs": schemas["$defs"]})
    validator.validate(chm("replay", "--dry-run", "--json").json())


def test_without_anything_loaded_there_is_nothing_to_replay(chm: Chm) -> None:
    told = chm("replay")
    assert (told.code, told.err) == (2, "Nothing was loaded yet. Run `chm run SOURCE` first.\n")
