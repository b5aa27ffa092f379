"""What was, what changed, and back: versions of a record, releases compared, a moment of the past, a roll-back."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import zstandard
from lxml import etree
from rdflib import Graph
from rdflib.namespace import PROV, RDF

from harvesters.model import RawRecord
from tests.harvesters.replay import answer
from tests.warehouse.conftest import Chm
from tests.warehouse.world import ID, World
from warehouse import pipeline
from warehouse.changes import CHANGES
from warehouse.past.history import Where
from warehouse.records import RECORDS

OPEN_HTML = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Title 0</dc:title><dc:rights>CC BY 4.0</dc:rights>'
    "<dc:description>&lt;p&gt;All &lt;{tag}&gt;wetlands&lt;/{tag}&gt; of the country&lt;/p&gt;</dc:description>"
    "</oai_dc:dc>"
)


@pytest.fixture
def told(world: World) -> World:
    """Three days: five records; one renamed and another deleted; the first renamed again."""
    return lived(world, publish=False)


@pytest.fixture
def released(world: World) -> World:
    """The same, with a release each day."""
    return lived(world, publish=True)


def lived(world: World, *, publish: bool) -> World:
    for run in ("first", "second", "third"):
        world.run(run)
        if publish:
            world.publish()
        if run == "first":
            world.country.put("r1", "A better title")
            world.country.delete("r2")
        if run == "second":
            world.country.put("r1", "The best title")
        world.later()
    return world


def test_every_version_of_a_record_says_what_it_changed(chm: Chm, told: World) -> None:
    found = chm("history", "r1", "--json").json()
    assert [(one["kind"], one["run"]) for one in found["versions"]] == [
        ("add", "first"),
        ("change", "second"),
        ("change", "third"),
    ]
    assert found["versions"][1]["changes"] == [
        {"field": "title", "was": {"en": "Title 1"}, "became": {"en": "A better title"}}
    ]
    assert (found["state"], found["title"]) == ("live", {"en": "The best title"})
    text = chm("history", found["identifier"]).out
    assert 'title: {"en":"Title 1"}' in text
    assert '→ {"en":"A better title"}' in text


def test_a_deleted_record_keeps_its_history_and_its_last_words(chm: Chm, told: World) -> None:
    found = chm("history", "r2", "--json").json()
    assert found["state"] == "deleted"
    assert [(one["kind"], one["reason"]) for one in found["versions"]] == [
        ("add", None),
        ("remove", "deleted_at_source"),
    ]
    changes = pq.read_table(told.layout.changes(ID, "second")).to_pylist()
    was = next(json.loads(row["was"]) for row in changes if row["kind"] == "remove")
    assert was["title"] == {"en": "Title 2"}


def test_each_value_leads_back_to_the_bytes_that_were_received(chm: Chm, told: World) -> None:
    found = chm("history", "r1", "--json").json()
    came = found["came"]
    with (told.layout.root / came["file"]).open("rb") as file:
        file.seek(came["offset"])
        page = zstandard.ZstdDecompressor().decompress(file.read(came["length"]))
    record = etree.fromstring(page[came["start"] : came["end"]])
    title = next(value for value in found["values"] if value["field"] == "title")
    assert (title["rule"], title["verbatim"]) == ("normalizers.texts", "The best title")
    path = re.sub(r"\{[^}]*\}", "{*}", title["path"])  # the cut bytes lack the namespaces of the page's root
    assert record.findtext(path) == "The best title"


def test_a_term_says_how_it_was_found(chm: Chm, world: World) -> None:
    world.country.subjects["r0"] = ("Forest Biodiversity",)
    world.run()
    values = chm("history", "r0", "--json").json()["values"]
    assert [(value["value"], value["verbatim"], value["by"]) for value in values if value["field"] == "subjects"] == [
        ("CBD-SUBJECT-FOR", "Forest Biodiversity", "prefLabel")
    ]


def test_history_survives_the_vacuuming_of_snapshots(chm: Chm, released: World) -> None:
    before = chm("history", "r1", "--json").json()
    released.environment["CHM_KEEP_SNAPSHOTS"] = released.environment["CHM_KEEP_RELEASES"] = "1"
    released.publish()
    assert chm("vacuum").code == 0
    assert released.layout.snapshots(ID) == ["third"]
    assert chm("history", "r1", "--json").json() == before


def test_history_as_prov(chm: Chm, told: World) -> None:
    graph = Graph().parse(data=chm("history", "r1", "--prov").out, format="turtle")
    entities = list(graph.subjects(PROV.wasGeneratedBy))
    assert len(entities) == 3
    assert len(list(graph.subject_objects(PROV.wasRevisionOf))) == 2
    assert len(list(graph.subject_objects(PROV.hadPrimarySource))) == 1
    assert len(list(graph.subjects(RDF.type, PROV.Activity))) == 3


def test_an_identifier_that_nobody_has_and_one_that_two_have(chm: Chm, world: World) -> None:
    world.run()
    assert "`chm find 'nobody'` looks along the whole street" in chm("history", "nobody").err
    world.write_source("fr_chm", government="FR")
    world.run(source="fr_chm")
    assert "Name one by its identifier:" in chm("history", "r1").err


def test_two_releases_compared(chm: Chm, released: World, tmp_path: Path) -> None:
    first, second, third = released.layout.releases()
    found = chm("diff", "--from", first, "--to", third, "--json", "--parquet", str(tmp_path / "d.parquet")).json()
    assert (found["added"], found["changed"], found["removed"]) == (0, 1, 1)
    assert found["sources"] == {ID: {"change": 1, "remove": 1}}
    changed, removed = found["samples"]
    assert (changed["fields"], changed["before"], changed["after"]) == (
        ["title"],
        {"title": {"en": "Title 1"}},
        {"title": {"en": "The best title"}},
    )
    assert (removed["reason"], removed["before"]["title"]) == ("deleted_at_source", {"en": "Title 2"})
    table = pq.read_table(tmp_path / "d.parquet")
    assert table.schema.equals(CHANGES)
    assert table.num_rows == 2
    latest = chm("diff", "--json").json()
    assert (latest["old"], latest["new"], latest["changed"]) == (second, third, 1)
    assert "A better title" in chm("diff").out


def test_a_release_that_is_not_there_is_named(chm: Chm, released: World) -> None:
    ended = chm("diff", "--from", "20000101T000000Z")
    assert ended.code == 2
    assert "There is no release 20000101T000000Z, or no longer." in ended.err


def test_what_was_current_at_a_day(chm: Chm, released: World, tmp_path: Path) -> None:
    _, second, _ = released.layout.releases()
    day = f"{second[:4]}-{second[4:6]}-{second[6:8]}"
    found = chm("at", day, "--json").json()
    assert found["release"] == second
    assert [(one["source"], one["run"], one["records"], one["deleted"]) for one in found["sources"]] == [
        (ID, "second", 4, 1)
    ]
    assert chm("at", day, ID, "--parquet", str(tmp_path / "then.parquet")).code == 0
    then = pq.read_table(tmp_path / "then.parquet")
    assert then.schema.equals(RECORDS)
    assert {dict(row["title"])["en"] for row in then.to_pylist()} == {
        "Title 0", "A better title", "Title 3", "Title 4",
    }  # fmt: skip
    assert chm("at", "2000-01-01", "--json").json()["sources"] == []


def test_a_rollback_puts_back_what_was_and_asks_again_for_what_came_since(chm: Chm, told: World) -> None:
    ended = chm("rollback", ID, "first", "--by", "Ana", "--why", "the site renamed by mistake", "--json")
    assert ended.code == 0
    counts = ended.json()["counts"]
    assert (counts["added"], counts["changed"], counts["removed"], counts["live"]) == (1, 1, 0, 5)
    assert told.live()["r1"] == "Title 1"
    history = chm("history", "r1", "--json").json()
    assert [one["kind"] for one in history["versions"]] == ["add", "change", "change", "change"]
    decision = json.loads(told.layout.rollbacks().read_text())
    assert (decision["to"], decision["undone"], decision["by"]) == ("first", ["second", "third"], "Ana")
    pipeline.replay(told.warehouse, ID)
    assert told.live()["r1"] == "Title 1"
    told.run()
    assert told.live()["r1"] == "The best title"
    assert told.dead() == {"r2"}


@pytest.mark.parametrize(("run", "said"), [("third", "is what is current"), ("fourth", "was not loaded")])
def test_a_rollback_to_nowhere_is_refused(run: str, said: str, chm: Chm, told: World) -> None:
    ended = chm("rollback", ID, run, "--by", "Ana", "--why", "x")
    assert ended.code == 2
    assert said in ended.err
    assert not told.layout.rollbacks().exists()


def test_a_vacuum_says_first_what_would_go_and_leaves_what_is_needed(chm: Chm, released: World) -> None:
    released.environment["CHM_KEEP_SNAPSHOTS"] = "1"
    (released.layout.snapshot(ID, "third").parent / ".snapshot=fourth").mkdir()
    before = chm("vacuum", "--dry-run", "--json").json()
    assert {one["path"] for one in before["removals"]} == {
        f"normalized/source={ID}/run=first",
        f"normalized/source={ID}/run=second",
        f"records/source={ID}/.snapshot=fourth",
    }
    assert before["bytes"] > 0
    assert released.layout.normalized(ID, "first").exists()
    after = chm("vacuum", "--json").json()
    assert after["removals"] == before["removals"]
    assert released.layout.snapshots(ID) == ["first", "second", "third"]  # the kept releases stand on them
    assert released.layout.normalized_runs(ID) == ["third"]
    assert chm("vacuum", "--json").json()["removals"] == []
    assert chm("verify").code == 0
    released.country.put("r0", "Newer")
    assert released.run().outcome == "done"


def test_a_vacuum_leaves_what_a_held_load_needs(chm: Chm, told: World) -> None:
    for number in range(5):
        told.country.delete(f"r{number}")
    held = told.run("fourth")
    assert held.outcome == "held"
    assert chm("vacuum").code == 0
    assert told.layout.normalized_runs(ID) == ["fourth", "third"]


def test_other_markup_is_no_change_of_a_release(chm: Chm, world: World) -> None:
    for run, tag in (("first", "b"), ("second", "i")):
        world.country.metadata["r0"] = OPEN_HTML.format(tag=tag)
        world.country.put("r0", "Title 0")
        world.run(run)
        world.publish()
        world.later()
    found = chm("diff", "--json").json()
    assert (found["changed"], found["cosmetic"]) == (0, 1)
    assert found["samples"][0]["fields"] == ["body"]


def test_what_is_shared_no_more_says_so(chm: Chm, world: World) -> None:
    world.run()
    world.publish()
    world.write_source(share="none")
    world.later()
    pipeline.replay(world.warehouse, ID)
    world.publish()
    found = chm("diff", "--json").json()
    assert (found["removed"], {one["reason"] for one in found["samples"]}) == (5, {"no_longer_shared"})


def test_a_value_of_a_feed_is_found_in_its_own_item() -> None:
    items = "".join(
        f"<item><title>About {name}</title><dc:language>fr</dc:language><guid>{name}</guid></item>" for name in "ab"
    )
    body = f'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>{items}</channel></rss>'.encode()
    page = answer(body, url="https://chm.example.be/feed")
    record = RawRecord(identifier="b", profile="rss_item", answer=page, item=1, start=0, end=len(body))
    place = Where(record)
    assert (place.of("About b"), place.of("fr"), place.of("About a")) == (
        "title",
        "{http://purl.org/dc/elements/1.1/}language",
        None,
    )
