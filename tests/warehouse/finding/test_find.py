"""Every focal point's question, "why is our document not in the index?", station by station."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from harvesters.model import Answer, News, Page, Quarantined
from tests.warehouse.conftest import Chm
from tests.warehouse.making import common, write_batch
from tests.warehouse.world import ID, World
from vocabularies.folding import fold
from warehouse import pipeline, raw
from warehouse.finding import lookup
from warehouse.layout import Layout
from warehouse.model import Request

DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "{}</oai_dc:dc>"
)
PAGE = "https://www.chm.example/docs/wetlands"


@pytest.fixture
def index(world: World) -> World:
    """Five records of Belgium, published; one of them has an Arabic title and a page."""
    titles = (
        "<dc:title xml:lang='ar'>الأراضي الرطبة</dc:title><dc:title xml:lang='fr'>Les Zones Humides d’Été</dc:title>"
    )
    world.country.metadata["r1"] = DC.format(f"{titles}<dc:identifier>{PAGE}</dc:identifier>")
    world.run("first")
    world.publish("first")
    return world


def stations(found: dict[str, Any], key: str = "documents") -> dict[str, Any]:
    """Of the one document, whether it passed each station."""
    (one,) = found[key]
    return {step["station"]: step["passed"] for step in one["steps"]}


def says(found: dict[str, Any], station: str, key: str = "documents") -> str:
    (one,) = found[key]
    (said,) = [step["says"] for step in one["steps"] if step["station"] == station]
    return str(said)


def following(found: dict[str, Any], key: str = "documents") -> str | None:
    """The command after the first station that was not passed."""
    (one,) = found[key]
    return next((step["next"] for step in one["steps"] if step["passed"] is False), None)


@pytest.mark.parametrize(
    "query",
    [
        "r1",
        PAGE,
        "http://chm.example/docs/wetlands/",
        "www.chm.example/docs/wetlands#part-2",
        "الأراضي الرَّطبة",
        "les zones humides d'ete",
        "ZONES HUMIDES",
    ],
)
def test_a_published_document_by_any_of_its_names(query: str, chm: Chm, index: World) -> None:
    found = chm("find", query, "--json").json()
    (one,) = found["documents"]
    assert (one["source_identifier"], one["published"], found["total"]) == ("r1", True, 1)
    assert one["releases"] == index.layout.releases()
    assert all(step["passed"] for step in one["steps"])
    assert all(step["when"] for step in one["steps"] if step["station"] not in ("normalised", "shared"))
    assert stations(chm("find", one["identifier"].lower(), "--json").json())["published"]


def test_it_is_read_from_top_to_bottom(chm: Chm, index: World) -> None:
    lines = chm("find", PAGE).out.splitlines()
    assert lines[0] in ("الأراضي الرطبة", "Les Zones Humides d’Été")
    assert lines[2] == "  In the index."
    assert [line.split()[1] for line in lines[3:]] == [
        "source", "robots", "received", "normalised", "loaded", "shared", "published",
    ]  # fmt: skip


def test_one_that_no_release_has_yet(chm: Chm, index: World) -> None:
    index.later()
    index.country.put("new", "A new flora")
    index.run("second")
    found = chm("find", "A new flora", "--json").json()
    assert (stations(found)["loaded"], stations(found)["published"], following(found)) == (True, False, "chm publish")
    assert "Not in the index: It is not in the current release" in chm("find", "a new flora").out


def test_one_that_the_current_release_shows_as_it_was(chm: Chm, index: World) -> None:
    index.later()
    index.country.put("r0", "A better title")
    index.run("second")
    (one,) = chm("find", "r0", "--json").json()["documents"]
    step = one["steps"][-1]
    assert (one["published"], step["passed"], step["next"]) == (True, True, "chm publish")
    assert step["says"].endswith(" The next will show it as it is now.")


def test_one_whose_load_is_held(chm: Chm, index: World) -> None:
    index.write_source(expect={"min_records": 100})
    index.later()
    index.country.put("new", "A new flora")
    index.country.put("r0", "A new title of r0")
    index.run("second")
    found = chm("find", "A new flora", "--json").json()
    assert (stations(found)["held"], "loaded" in stations(found)) == (False, False)
    assert "fewer than `expect.min_records` (100)" in says(found, "held")
    assert following(found) == f"chm plan {ID}"
    newer = chm("find", "r0", "--json").json()
    assert (stations(newer)["held"], newer["documents"][0]["published"]) == (None, True)
    assert says(newer, "held").startswith("A newer version of it is in run second, which is held: ")


@pytest.mark.parametrize("query", ["r1", PAGE, "zones humides d'été"])
def test_one_that_the_source_deleted_by_names_that_only_earlier_snapshots_know(
    query: str, chm: Chm, index: World
) -> None:
    index.later()
    index.country.delete("r1")
    index.run("second")
    index.publish("second")
    found = chm("find", query, "--json").json()
    assert (stations(found)["loaded"], stations(found)["published"]) == (False, False)
    assert says(found, "loaded").startswith("It was taken away, because the source says that it is deleted")
    (one,) = found["documents"]
    assert (one["title"] != "", one["releases"]) == (True, index.layout.releases()[:1])


def test_one_that_goes_on_under_another_identifier_leads_there(chm: Chm, index: World) -> None:
    index.later()
    index.country.delete("r0")
    index.country.put("r0-new", "Title 0")
    index.run("second")
    (step,) = [
        step for step in chm("find", "r0", "--json").json()["documents"][0]["steps"] if step["station"] == "loaded"
    ]
    (new,) = chm("find", "r0-new", "--json").json()["documents"]
    assert (step["passed"], step["next"]) == (False, f"chm find {new['identifier']}")
    assert "it goes on under another identifier" in step["says"]


def test_one_that_sweeps_do_not_show_is_still_there_and_then_is_not(chm: Chm, index: World) -> None:
    del index.country.stamped["r0"]
    index.later()
    day = f"{index.clock.now():%Y-%m-%d}"
    index.run("second", Request(full=True))
    found = chm("find", "r0", "--json").json()
    assert says(found, "loaded").endswith(f"Full sweeps have not shown it since {day}; it goes after some days.")
    index.later(days=20)
    index.run("third", Request(full=True))
    found = chm("find", "r0", "--json").json()
    assert says(found, "loaded").startswith("It was taken away, because full sweeps did not show it for too long")


@pytest.mark.parametrize(("what", "named"), [("r1", "it"), (ID, f"all of {ID}")])
def test_one_that_a_person_withdrew_says_who_and_why(what: str, named: str, chm: Chm, index: World) -> None:
    (one,) = chm("find", "r1", "--json").json()["documents"]
    assert chm("withdraw", what, "--by", "Ana", "--why", "a letter of the ministry").code == 0
    index.later()
    index.publish("second")
    found = chm("find", PAGE, "--json").json()
    assert (stations(found)["loaded"], stations(found)["withdrawn"]) == (True, False)
    assert says(found, "withdrawn") == f"Ana withdrew {named}: a letter of the ministry"
    name = one["identifier"] if what == "r1" else ID
    assert following(found) == f'chm restore {name} --by NAME --why "..."'


def test_of_one_that_was_erased_nothing_but_the_word_is_left(chm: Chm, index: World) -> None:
    (one,) = chm("find", "r1", "--json").json()["documents"]
    assert chm("withdraw", "r1", "--erase", "--by", "Ana", "--why", "a letter").code == 0
    found = chm("find", one["identifier"], "--json").json()
    assert says(found, "withdrawn") == "Ana withdrew it and had it erased: a letter"
    assert (found["documents"][0]["title"], found["documents"][0]["releases"]) == (None, [])
    assert chm("find", PAGE, "--json").json()["documents"] == []


def test_one_that_is_not_shared_names_the_rule(chm: Chm, index: World) -> None:
    index.write_source(share="none")
    chm("replay", ID)
    index.later()
    index.publish("second")
    found = chm("find", "r1", "--json").json()
    assert (stations(found)["shared"], stations(found)["published"]) == (False, False)
    assert says(found, "shared") == "It is shared not, because the source's file says so."
    assert following(found) == f"Look at `share` in {ID}.yml, then: chm replay {ID}"


def test_one_that_is_in_quarantine(chm: Chm, index: World) -> None:
    index.later()
    index.run("second")
    answer = Answer(url=PAGE, status=200, headers={}, body=b"<record>", received=index.clock.now())
    with raw.Writer(index.layout.raw(ID, "second")) as writer:
        writer.append(Page(answer=answer, quarantine=(Quarantined(start=0, end=8, identifier="bad"),)), News())
    found = chm("find", "bad", "--json").json()
    assert stations(found)["normalised"] is False
    assert following(found) == f"chm gaps {ID}"
    assert says(found, "received").startswith("It came in run second, page ")


def test_one_of_which_no_record_could_be_made(chm: Chm, index: World) -> None:
    index.later()
    index.country.put("empty", "Empty")
    index.country.metadata["empty"] = "<nothing/>"
    index.run("second")
    found = chm("find", "empty", "--json").json()
    assert stations(found)["normalised"] is False


def test_a_duplicate_names_the_record_that_is_shown_first(chm: Chm, index: World) -> None:
    index.write_source("un_copy", government=None, origin="partner", name="A partner")
    index.run("first", source="un_copy")
    index.later()
    index.publish("second")
    found = chm("find", "r1", "--json").json()
    assert found["total"] == 2
    (copy,) = [one for one in found["documents"] if one["source"] == "un_copy"]
    (step,) = [step for step in copy["steps"] if step["station"] == "duplicate"]
    (mine,) = [one for one in found["documents"] if one["source"] == ID]
    assert (step["passed"], copy["published"]) == (None, True)
    assert f"It is one document with {mine['identifier']}, which is shown first (page " in step["says"]
    assert step["next"] == f'chm duplicates split {copy["identifier"]} {mine["identifier"]} --by NAME --why "..."'


def test_an_address_of_a_host_that_a_source_asks_shows_how_that_source_stands(chm: Chm, index: World) -> None:
    missing = index.country.url("/docs/9")
    found = chm("find", missing, "--json").json()
    assert (found["total"], stations(found, "sources")) == (0, {"source": True, "robots": True, "harvest": True})
    index.later()
    index.country.answers_left = 0
    pipeline.harvest(index.warehouse, ID, "second")
    found = chm("find", missing, "--json").json()
    assert (stations(found, "sources")["harvest"], following(found, "sources")) == (False, f"chm run {ID}")
    assert "503" in says(found, "harvest", "sources")
    assert f"Not found: {missing}" in chm("find", missing).out


def test_a_list_that_was_not_read_to_its_end_has_gaps_where_it_may_be(chm: Chm, world: World) -> None:
    world.country.announced = 100
    world.run("first", Request())
    found = chm("find", world.country.url("/docs/9"), "--json").json()
    assert following(found, "sources") == f"chm harvest {ID} --gaps"


def test_robots_that_send_us_away_are_remembered(chm: Chm, index: World) -> None:
    (path,) = index.layout.servers().glob("*.robots.json")
    path.write_text(json.dumps({"fetched": index.clock.now().timestamp(), "text": "User-agent: *\nDisallow: /"}))
    found = chm("find", index.country.url("/docs/9"), "--json").json()
    assert stations(found, "sources")["robots"] is False
    assert says(found, "robots", "sources").startswith("robots.txt asks us to stay away from ")
    assert stations(chm("find", "r1", "--json").json())["published"] is True, "what was published stays"


def test_a_host_that_nobody_asks(chm: Chm, index: World) -> None:
    found = chm("find", "https://www.nobody.example/a", "--json").json()
    assert (found["sources"], found["documents"]) == ([], [])
    assert found["advice"][-1] == "No source asks nobody.example: write a source file for it, then: chm check SOURCE"


@pytest.mark.parametrize("status", ["paused", "retired", "unverified"])
def test_a_source_that_nobody_asks_says_so(status: str, chm: Chm, world: World) -> None:
    world.write_source(status=status)
    found = chm("find", world.country.url("/docs/9"), "--json").json()
    assert says(found, "source", "sources") == f"{ID} is {status}: nobody asks it."
    assert following(found, "sources") == f"Set `status: active` in {ID}.yml, then: chm run {ID}"


def test_a_source_whose_file_is_gone_keeps_its_documents(chm: Chm, index: World) -> None:
    (index.folder / "sources" / f"{ID}.yml").unlink()
    found = chm("find", "r1", "--json").json()
    assert (stations(found)["source"], stations(found)["published"]) == (None, True)


def test_words_that_many_titles_have_show_ten_and_count_the_rest(chm: Chm, index: World) -> None:
    for number in range(12):
        index.country.put(f"x{number}", f"National report {number}")
    index.later()
    index.run("second")
    found = chm("find", "national REPORT", "--json").json()
    assert (found["total"], len(found["documents"])) == (12, 10)
    assert chm("find", "national report").out.startswith("12 documents answer to that; the first 10 are shown.")
    exact = chm("find", "national report 1", "--json").json()["documents"]
    assert exact[0]["title"] == "National report 1", "before 10 and 11 would come, had they the words"


def test_nothing_asked_is_refused_and_nothing_found_tells_what_finds_more(chm: Chm, index: World) -> None:
    assert chm("find", " ").code == 2
    told = chm("find", "no such title at all")
    assert (told.code, told.out.splitlines()[-1]) == (
        0,
        "An address or an identifier of the source finds more than a title.",
    )


def test_the_answer_goes_by_the_published_schema(chm: Chm, index: World) -> None:
    schemas = json.loads(next(index.layout.root.glob("releases/*/schemas.json")).read_text())
    validator = Draft202012Validator({"$ref": "#/$defs/Found", "$defs": schemas["$defs"]})
    for query in ("r1", "https://nobody.example/", "nothing"):
        validator.validate(chm("find", query, "--json").json())


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20))
@example("Straße nach Łódź")
@example("الأراضي الرَّطبة")
def test_a_title_is_found_whatever_its_letters(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    folder = tmp_path_factory.mktemp("found")
    write_batch(folder / "batch", [common("a", title), common("b", "Another")])
    found = lookup.records(Layout(folder), [Path(folder / "batch" / "records.parquet")], title)
    findable = bool(fold(title)) and not lookup.is_address(title)
    assert {one.identifier for one in found if one.exact} == ({"ID-a"} if findable else set())
