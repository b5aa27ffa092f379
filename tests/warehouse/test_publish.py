"""A release is immutable, the same from the same records, and readable without our code."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import zstandard
from jsonschema import Draft202012Validator, ValidationError
from msgspec.structs import replace

from tests.warehouse.world import ID, World, change_json, release_of, tree
from warehouse import formats, pipeline, pointers, release, work
from warehouse.model import Release, Request
from warehouse.runs import Refused, alone

OF_RECORDS = (
    *("chm.duckdb", "records.sqlite"),
    *(
        "documents/resource.jsonl.zst",
        "records.csv",
        "records.jsonl.zst",
        "records.parquet",
        "sitemap.xml",
        "solr.jsonl.zst",
    ),
)
SAME = (
    *OF_RECORDS[2:],
    *("dictionary.json", "dictionary.md", "duplicates.parquet", "schemas.json", "tombstones.parquet"),
)
OF_ITSELF = ("about", "releases")  # tables in which a release names itself


@pytest.fixture
def two_sources(world: World) -> World:
    """A country with five records, one deleted since, and another with the same identifiers."""
    world.write_source("fr_chm", name="France", government="FR")
    world.run()
    world.run(source="fr_chm")
    world.later()
    world.country.delete("r4")
    world.country.put("r0", "Été à l'île [1] 🐢")
    world.run()
    return world


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = [name for (name,) in connection.sql("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return {name: connection.sql(f"SELECT * FROM {name}").fetchall() for name in tables}


def test_the_manifest_says_what_is_there(two_sources: World) -> None:
    manifest, folder = two_sources.publish()
    assert (manifest.records, manifest.deleted) == (9, 1)
    assert [(s.id, s.name, s.government, s.records, s.deleted) for s in manifest.sources] == [
        (ID, "Belgium", "BE", 4, 1),
        ("fr_chm", "France", "FR", 5, 0),
    ]
    be, fr = manifest.sources
    assert (be.as_of, be.last_success) == (two_sources.country.now, two_sources.clock.now())
    assert fr.as_of == two_sources.country.now - timedelta(days=1)
    assert {file.name for file in manifest.files} == files_of(folder) - {"manifest.json"}
    for file in manifest.files:
        body = (folder / file.name).read_bytes()
        assert (file.bytes, file.sha256) == (len(body), hashlib.sha256(body).hexdigest())
        assert file.records == (9 if file.name in OF_RECORDS else None), file.name
    assert release.verify(two_sources.layout, manifest).faults == ()


def test_pandas_reads_a_release(two_sources: World) -> None:
    _, folder = two_sources.publish()
    frame = pd.read_parquet(folder / "records.parquet")
    assert frame.groupby("source").size().to_dict() == {ID: 4, "fr_chm": 5}
    changed = frame[(frame.source == ID) & (frame.source_identifier == "r0")].iloc[0]
    assert dict(changed.title) == {"en": "Été à l'île [1] 🐢"}
    assert (changed.government, changed.schema, changed.provenance["profile"]) == ("be", "resource", "oai_dc")
    assert frame.identifier.is_unique
    stones = pd.read_parquet(folder / "tombstones.parquet")
    assert stones[["source", "source_identifier", "reason"]].to_numpy().tolist() == [[ID, "r4", "deleted_at_source"]]


def test_duckdb_and_plain_json_read_a_release(two_sources: World) -> None:
    _, folder = two_sources.publish()
    tables = content(folder / "chm.duckdb")
    counted = {name: len(tables[name]) for name in ("duplicates", "records", "sources", "texts", "tombstones")}
    assert counted == {"duplicates": 0, "records": 9, "sources": 2, "texts": 9, "tombstones": 1}
    with duckdb.connect(str(folder / "chm.duckdb"), read_only=True) as connection:
        asked = "SELECT title FROM records WHERE source = 'be_chm' ORDER BY source_identifier"
        titles = [title for _, title in sorted(two_sources.live().items())]
        assert [title for (title,) in connection.sql(asked).fetchall()] == titles
        asked = "SELECT id, records, deleted, as_of FROM sources ORDER BY id"
        now = two_sources.country.now.replace(tzinfo=None)
        assert connection.sql(asked).fetchall() == [(ID, 4, 1, now), ("fr_chm", 5, 0, now - timedelta(days=1))]
    with zstandard.open(folder / "records.jsonl.zst", "rt", encoding="utf-8", newline="\n") as lines:
        rows = [json.loads(line) for line in lines]
    assert {(row["source"], row["source_identifier"]): row["title"]["en"] for row in rows if row["source"] == ID} == {
        (ID, name): title for name, title in two_sources.live().items()
    }
    assert list(rows[0]) == release.RECORDS.names
    assert len(rows) == 9


def test_the_same_records_published_twice_give_the_same_files(two_sources: World) -> None:
    first, one = two_sources.publish("one")
    two_sources.clock.sleep(3600)
    second, other = two_sources.publish("other")
    assert first.release != second.release
    for name in SAME:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    tables, others = content(one / "chm.duckdb"), content(other / "chm.duckdb")
    assert {name for name in tables if tables[name] != others[name]} == set(OF_ITSELF)


def test_a_publication_twice_with_the_same_run_id_is_one(two_sources: World) -> None:
    first = pipeline.publish(two_sources.warehouse, "P1")
    before = tree(two_sources.folder / "data")
    assert pipeline.publish(two_sources.warehouse, "P1") == first
    assert tree(two_sources.folder / "data") == before


def test_every_format_of_the_drawer_is_in_the_manifest(two_sources: World, tmp_path: Path) -> None:
    manifest, _ = two_sources.publish()
    edition = work.edition(two_sources.warehouse, replace(manifest, records=0, files=()))
    for name in formats.names():
        folder = tmp_path / name
        folder.mkdir()
        written = formats.load(name).open(folder, edition).close()
        assert written
        assert {one.path.relative_to(folder).as_posix() for one in written} == files_of(folder)
        assert files_of(folder) <= {file.name for file in manifest.files if file.format == name}, name


def test_a_stranger_reads_what_each_file_is(two_sources: World) -> None:
    two_sources.publish()
    manifest, folder = two_sources.publish("again")
    text = (folder / "README.md").read_text()
    assert text.startswith(f"# Release {manifest.release}\n\n9 records of 2 national clearing-house sites")
    for file in manifest.files:
        head, slash, _ = file.name.partition("/")
        assert f"`{head}{slash}`" in text, file.name


def test_an_empty_warehouse_is_published_as_such(world: World) -> None:
    manifest, folder = world.publish()
    assert (manifest.records, manifest.sources) == (0, ())
    assert len(pd.read_parquet(folder / "records.parquet")) == 0
    tables = content(folder / "chm.duckdb")
    always = {"about", "broader", "coverage", "releases", "terms"}
    assert {name for name, rows in tables.items() if rows} == always
    assert len(tables["coverage"]) == 196
    assert release.verify(world.layout, manifest).faults == ()


def test_current_moves_last(two_sources: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = two_sources.publish()
    two_sources.later()

    def broken(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(work.release, "build", broken)
        told = pipeline.publish(two_sources.warehouse, "P2")
    assert told.failure
    assert "No space left" in told.failure.cause
    assert release.read(two_sources.layout) == first
    assert [path.name for path in (two_sources.folder / "data" / "releases").iterdir() if path.is_dir()] == [
        first.release
    ]
    with monkeypatch.context() as patch:
        patch.setattr(pointers, "write_json", broken)
        told = pipeline.publish(two_sources.warehouse, "P2")
    assert told.failure
    assert "No space left" in told.failure.cause
    assert release.read(two_sources.layout) == first
    assert pipeline.publish(two_sources.warehouse, "P2").outcome == "done"
    current = release.read(two_sources.layout)
    assert current
    assert current.release > first.release


def test_publications_within_a_second_do_not_clobber_each_other(world: World) -> None:
    world.run()
    world.environment["CHM_KEEP_RELEASES"] = "3"
    names = [world.publish(f"P{number}")[0].release for number in range(12)]
    assert names[0] == world.clock.now().strftime("%Y%m%dT%H%M%SZ")
    assert len(set(names)) == 12
    assert world.layout.releases() == names[-3:]
    current = release.read(world.layout)
    assert current
    assert current.release == names[-1]


@pytest.mark.parametrize("keep", [1, 2, 14])
def test_only_the_newest_releases_are_kept(keep: int, world: World) -> None:
    world.run()
    world.environment["CHM_KEEP_RELEASES"] = str(keep)
    names = []
    for number in range(4):
        names.append(world.publish(f"P{number}")[0].release)
        world.clock.sleep(60)
    assert world.layout.releases() == names[-keep:]


def test_the_current_release_is_never_pruned_even_where_our_clock_went_back(world: World) -> None:
    world.run()
    world.environment["CHM_KEEP_RELEASES"] = "1"
    world.publish("P1")
    world.clock.set(world.clock.now() - timedelta(days=1))
    current, folder = world.publish("P2")
    assert folder.exists()
    assert release.read(world.layout) == current


def test_what_a_killed_publication_left_is_cleared(world: World) -> None:
    world.run()
    half = world.folder / "data" / "releases" / ".20260101T000000Z"
    half.mkdir(parents=True)
    (half / "records.parquet").write_bytes(b"half")
    world.publish()
    assert not half.exists()


def test_a_patient_publication_waits_for_its_time_and_leaves_no_report(world: World) -> None:
    world.run()
    world.environment["CHM_PUBLISH_MIN_INTERVAL"] = "60"
    assert pipeline.publish(world.warehouse, "P1", patient=True).outcome == "done"
    world.clock.sleep(59 * 60)
    skipped = pipeline.publish(world.warehouse, "P2", patient=True)
    assert (skipped.outcome, skipped.release) == ("skipped", None)
    assert not world.layout.publish_report("P2").exists()
    assert pipeline.publish(world.warehouse, "P3").outcome == "done", "asked for by hand"
    world.clock.sleep(60 * 60)
    assert pipeline.publish(world.warehouse, "P2", patient=True).outcome == "done"


def test_a_source_whose_file_vanished_or_broke_stays_published(two_sources: World) -> None:
    (two_sources.folder / "sources" / "fr_chm.yml").unlink()
    (two_sources.folder / "sources" / f"{ID}.yml").write_text("name: [", encoding="utf-8")
    manifest, _ = two_sources.publish()
    assert [(source.id, source.name, source.records) for source in manifest.sources] == [
        (ID, "Belgium", 4),
        ("fr_chm", "France", 5),
    ]


def test_a_source_whose_reports_were_tidied_away_stays_published(two_sources: World) -> None:
    shutil.rmtree(two_sources.folder / "data" / "reports" / f"source={ID}")
    manifest, _ = two_sources.publish()
    be = manifest.sources[0]
    assert (be.id, be.records, be.last_success, be.as_of) == (ID, 4, None, None)
    assert release.verify(two_sources.layout, manifest).faults == ()


def test_a_source_that_is_held_or_down_keeps_its_last_good_records_and_their_date(two_sources: World) -> None:
    first, _ = two_sources.publish("P1")
    two_sources.write_source(expect={"min_records": 100})
    two_sources.later()
    two_sources.country.put("new", "New")
    assert two_sources.run().outcome == "held"
    two_sources.country.answers_left = 0
    assert pipeline.harvest(two_sources.warehouse, "fr_chm").outcome == "failed"
    second, _ = two_sources.publish("P2")
    assert second.sources == first.sources


@pytest.fixture
def published(world: World) -> tuple[World, Release, Path]:
    world.country.delete("r4")
    world.run()
    return world, *world.publish()


def test_the_schemas_describe_the_manifest_and_every_report(published: tuple[World, Release, Path]) -> None:
    world, _, folder = published
    schemas = json.loads((folder / "schemas.json").read_text())
    Draft202012Validator.check_schema(schemas)
    kinds = {"harvest": "HarvestReport", "normalize": "NormalizeReport", "load": "LoadReport"}
    run = world.layout.runs(ID)[0]
    files = {world.layout.report(ID, run, verb): kind for verb, kind in kinds.items()}
    files[folder / "manifest.json"] = "Release"
    (publication,) = (world.folder / "data" / "reports" / "publish").iterdir()
    files[publication] = "PublishReport"
    for path, kind in files.items():
        schema = {"$ref": f"#/$defs/{kind}", "$defs": schemas["$defs"]}
        Draft202012Validator(schema).validate(json.loads(path.read_text()))
    change_json(publication, records="many")
    with pytest.raises(ValidationError, match="is not of type 'integer'"):
        Draft202012Validator({"$ref": "#/$defs/PublishReport", "$defs": schemas["$defs"]}).validate(
            json.loads(publication.read_text())
        )


def test_replay_applies_a_changed_rule_to_what_was_received_and_asks_nobody(world: World) -> None:
    world.run()
    world.later()
    world.country.put("r0", "Changed")
    world.country.delete("r1")
    world.run()
    asked = world.requests()
    assert {row["schema"] for row in world.rows()} == {"resource"}
    world.write_source(defaults={"publisher": "The Office", "schema": "news"})
    report = pipeline.replay(world.warehouse, ID)
    assert (report.outcome, world.requests()) == ("done", asked)
    assert {row["schema"] for row in world.rows()} == {"news"}
    assert world.live() == world.country.live()
    assert world.dead() == {"r1"}
    assert {row["run"] for row in world.rows()} <= set(world.layout.runs(ID))
    manifest, _ = world.publish()
    assert manifest.sources[0].as_of == world.country.now, "a replay confirms nothing"
    again = pipeline.replay(world.warehouse, ID)
    assert (again.outcome, world.requests()) == ("done", asked)
    world.later()
    world.country.put("new", "New")
    assert world.run().counts.added == 1
    assert world.country.since()[-1] == (world.country.now - timedelta(days=1, hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_two_publications_at_once_are_refused(world: World) -> None:
    with alone(world.layout, "the release"), pytest.raises(Refused, match="Another process works on the release"):
        pipeline.publish(world.warehouse)


def test_a_publication_killed_before_its_receipt_is_finished_and_not_done_again(world: World) -> None:
    world.run()
    report = pipeline.publish(world.warehouse, "P1")
    change_json(world.layout.publish_report("P1"), outcome="running", ended=None)
    world.later()
    again = pipeline.publish(world.warehouse, "P1")
    assert (again.outcome, again.release) == ("done", report.release)
    assert world.layout.releases() == [report.release]


def test_a_source_that_was_never_loaded_is_in_no_release(world: World) -> None:
    world.write_source(expect={"min_records": 5})
    assert world.run(request=Request(limit=1)).outcome == "held"
    manifest, folder = world.publish()
    assert (manifest.sources, release_of(folder)) == ((), manifest)
