"""What an operator should see to today: by cause, the worst first, each with the next command; one line when clean."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from tests.harvesters.servers import Site, reply
from tests.warehouse.conftest import Chm
from tests.warehouse.world import ID, World
from warehouse import pipeline
from warehouse.runs import alone
from warehouse.today import concerns, digest_views
from warehouse.today.digest import Concern, Digest, Look, look

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
HOURLY = "0 * * * *"
RSS = (
    b"<rss version='2.0'><channel><title>News</title><item><guid>1</guid><title>One</title>"
    b"<link>https://x.example/1</link></item></channel></rss>"
)


@pytest.fixture(autouse=True)
def at_the_worlds_time(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    monkeypatch.setattr("warehouse.console.SystemClock", lambda: world.clock)


def told(world: World, last: Look | None = None) -> Digest:
    return concerns.gather(world.warehouse, last)


def only(world: World, last: Look | None = None) -> Concern:
    (concern,) = told(world, last).concerns
    return concern


def fail(world: World, *sources: str) -> None:
    world.country.answers_left = 0
    for source in sources:
        assert pipeline.harvest(world.warehouse, source).outcome == "failed"


def test_one_short_line_where_all_is_well(chm: Chm, world: World) -> None:
    world.run()
    assert chm("today").out == "Nothing to see to.\n"
    assert chm("today").out == f"Nothing to see to since {world.clock.now():%Y-%m-%d %H:%M}.\n"


def test_sources_that_nobody_looked_at_are_one_line_and_nothing_to_see_to(chm: Chm, world: World) -> None:
    for name in ("fr_chm", "lu_chm"):
        world.write_source(name, status="unverified")
    world.run()
    line = "2 sources are unverified: `chm probe --unverified` looks at what they answer."
    assert chm("today", "--peek").out == f"Nothing to see to.\n{line}\n"
    digest = told(world)
    assert (digest.is_clean, digest.unverified) == (True, 2), "no mail is sent for them"
    assert line in digest_views.page(digest).decode()
    world.later()
    fail(world, ID)
    assert chm("today").out.splitlines()[-1] == line


def test_a_source_that_waits_for_a_time_that_was_set_is_nothing_to_see_to_before_it(world: World) -> None:
    world.write_source(daily_requests=1)
    assert pipeline.harvest(world.warehouse, ID).outcome == "failed"
    assert told(world).is_clean, "its budget begins anew at midnight"
    world.later()
    assert [concern.kind for concern in told(world).concerns] == ["failing"]


def test_the_story_of_an_outage_and_its_end(chm: Chm, world: World) -> None:
    world.run()
    chm("today")
    world.later()
    fail(world, ID)
    lines = chm("today").out.splitlines()
    assert lines[0].startswith("1 to see to, 1 new since ")
    assert lines[1].startswith(f"* failing today  {ID}: http://127.0.0.1")
    assert lines[2] == f"      chm run {ID}"
    world.later(days=3)
    fail(world, ID)
    lines = chm("today").out.splitlines()
    assert lines[0].startswith("1 to see to, 0 new since ")
    assert lines[1].startswith(f"  failing 3 days  {ID}: ")
    world.country.answers_left = None
    world.run()
    lines = chm("today").out.splitlines()
    assert lines[0].startswith("0 to see to, 0 new since ")
    assert lines[1].startswith(f"  mended  {ID}: http://")
    assert chm("today").out.startswith("Nothing to see to since ")


def test_a_dead_server_is_one_line_with_its_sources(world: World) -> None:
    names = [f"be_{letter}" for letter in "abcdefg"]
    for name in names:
        world.write_source(name, server="bioland.example")
    (world.folder / "sources" / f"{ID}.yml").unlink()
    fail(world, *names)
    concern = only(world)
    assert (concern.kind, concern.sources) == ("failing", tuple(names))
    assert concern.says.startswith("bioland.example: 7 sources fail alike. http://127.0.0.1")
    assert concern.next == "chm check be_a"
    assert "      be_a, be_b, be_c, be_d, be_e and 2 more\n" in digest_views.text(told(world))


def test_sources_of_one_server_that_fail_differently_are_two_lines(world: World) -> None:
    world.write_source("be_other", url=world.country.url("/nothing"))
    fail(world, ID)
    world.country.answers_left = None
    assert pipeline.harvest(world.warehouse, "be_other").outcome == "failed"
    assert {concern.sources for concern in told(world).concerns} == {(ID,), ("be_other",)}


def test_a_run_that_was_killed_is_told_until_it_went_on(world: World) -> None:
    world.run("first")
    report = world.layout.report(ID, "first", "load")
    report.write_text(report.read_text().replace('"done"', '"running"'))
    assert only(world).says == f"{ID}: Its latest run was interrupted; the same command goes on where it stopped."
    with alone(world.layout, ID):
        assert told(world).concerns == (), "somebody is at it"


def test_held_comes_first_with_its_reason_and_its_days(world: World) -> None:
    world.write_source("fr_chm", government="FR", name="France")
    world.run(source="fr_chm")
    world.run()
    world.later()
    world.write_source(expect={"min_records": 100})
    world.country.put("new", "New")
    world.run()
    since = world.clock.now()
    world.later(days=2)
    world.run()
    fail(world, "fr_chm")
    held, failing = told(world).concerns
    assert (held.kind, failing.kind) == ("held", "failing")
    assert "fewer than `expect.min_records` (100)" in held.says
    assert (held.since, held.days, held.next) == (since, 2, f"chm plan {ID}")


def test_a_source_that_is_not_active_is_nobodys_concern(world: World) -> None:
    fail(world, ID)
    world.write_source(status="paused")
    assert told(world).concerns == ()


def test_a_source_that_was_withdrawn_is_nobodys_concern(chm: Chm, world: World) -> None:
    world.run()
    chm("withdraw", ID, "--by", "Ana", "--why", "a letter")
    world.later(days=9)
    assert told(world).concerns == ()


@pytest.mark.parametrize(("status", "kind"), [(404, "gone"), (410, "gone"), (403, "failing")])
def test_a_feed_that_is_gone(status: int, kind: str, world: World) -> None:
    with Site({"/rss": reply(status)}, clock=world.clock) as site:
        world.write_source(protocol="feed", url=site.url("/rss"))
        assert pipeline.harvest(world.warehouse, ID).outcome == "failed"
    assert only(world).kind == kind


def test_an_address_that_moved_names_the_new_one(world: World) -> None:
    feed = reply(200, RSS, content_type="application/rss+xml")
    with Site({"/new": feed}, clock=world.clock) as site:
        site.routes["/rss"] = reply(301, location=site.url("/new"))
        world.write_source(protocol="feed", url=site.url("/rss"), defaults={"language": "en"})
        world.run()
        concern = only(world)
        assert (concern.kind, concern.next) == ("moved", f"chm check {ID}")
        assert concern.says == f"{ID}: its address moved to {site.url('/new')}: put that into {ID}.yml."
        world.later()
        world.write_source(protocol="feed", url=site.url("/new"), defaults={"language": "en"})
        world.run()
        assert told(world).concerns == ()


def test_active_sources_that_were_never_harvested_are_one_line(world: World) -> None:
    assert only(world).says == f"{ID} is active and was never harvested."
    world.write_source("fr_chm", government="FR")
    assert only(world).says == "2 sources are active and were never harvested."
    assert only(world).next == f"chm run {ID}"


def test_sources_that_missed_their_turn_are_one_line_a_quarter_of_a_day_later(world: World) -> None:
    world.write_source(schedule=HOURLY)
    world.run()
    world.later(hours=6)
    assert told(world).concerns == ()
    world.later(hours=2)
    concern = only(world)
    assert (concern.kind, concern.sources, concern.next) == ("late", (ID,), f"chm run {ID}")
    assert concern.says.startswith(f"{ID} is overdue. Does Airflow's scheduler run")
    assert concern.since
    assert concern.since <= world.clock.now() - timedelta(hours=6)
    world.run()
    assert told(world).concerns == ()


def test_gaps_and_quarantine_are_told(world: World) -> None:
    world.country.announced, world.country.broken = 100, True
    world.run()
    concern = only(world)
    assert (concern.kind, concern.next) == ("gaps", f"chm gaps {ID}")
    assert concern.says == f"{ID}: 1 windows of its list and 2 records could not be read."


def test_terms_are_told_as_they_grow(chm: Chm, world: World) -> None:
    world.country.subjects = {"r0": ("bogs", "fens"), "r1": ("bogs",)}
    world.run()
    assert "* terms  3 keywords of records name no concept.\n      chm terms\n" in chm("today").out
    assert "terms" not in chm("today", "--json").json()["concerns"]
    world.later()
    world.country.put("r2", "More")
    world.country.subjects["r2"] = ("alder carr",)
    world.run()
    assert "4 keywords of records name no concept, 1 more than at the last look." in chm("today").out


def test_a_source_file_that_is_wrong_is_told(world: World) -> None:
    (world.folder / "sources" / f"{ID}.yml").write_text("name: [")
    concern = only(world)
    assert (concern.kind, concern.sources, concern.next) == ("broken", (ID,), "chm sources")


def test_a_peek_leaves_what_is_new_new(chm: Chm, world: World) -> None:
    for _ in range(2):
        assert chm("today", "--peek").out.startswith("1 to see to, 1 new.")
    chm("today")
    assert chm("today").out.startswith("1 to see to, 0 new since ")


@pytest.mark.parametrize(("days", "fresh"), [(1, 0), (4, 1)])
def test_since_says_from_when_on_a_concern_is_new(days: int, fresh: int, chm: Chm, world: World) -> None:
    world.run()
    world.later()
    fail(world, ID)
    world.later(days=2, hours=1)
    fail(world, ID)
    since = world.clock.now() - timedelta(days=days)
    found = chm("today", "--since", f"{since:%Y-%m-%dT%H:%M:%S}", "--json").json()
    assert sum(concern["is_new"] for concern in found["concerns"]) == fresh
    assert found["since"] == f"{since:%Y-%m-%dT%H:%M:%SZ}"


def test_as_json_it_goes_by_the_published_schema(chm: Chm, world: World) -> None:
    world.run()
    world.later(days=3)
    pipeline.publish(world.warehouse, "release")
    schemas = json.loads(next(world.layout.root.glob("releases/*/schemas.json")).read_text())
    found = chm("today", "--json").json()
    Draft202012Validator({"$ref": "#/$defs/Digest", "$defs": schemas["$defs"]}).validate(found)
    assert [concern["kind"] for concern in found["concerns"]] == ["late"]


HOSTILE = "<script>alert('x')</script> & \x1b[2J \x00 \ufffe ]]> \u202e"


def test_the_page_is_well_formed_and_escapes_what_sites_say() -> None:
    concern = Concern(kind="failing", key="k", says=HOSTILE, sources=(HOSTILE, "b"), next="chm run <x>", days=2)
    whole = digest_views.page(Digest(at=NOW, since=NOW, concerns=(concern,), mended=(HOSTILE,)))
    assert b"<script>alert" not in whole
    root = etree.fromstring(whole)
    assert [cell.text for cell in root.iter("code")] == ["chm run <x>"]
    assert "<script>alert('x')</script> & " in "".join(root.itertext())


def test_the_page_can_be_heard_and_read_on_a_telephone(chm: Chm, world: World, tmp_path: Path) -> None:
    world.run()
    world.later()
    began = world.clock.now()
    fail(world, ID)
    path = tmp_path / "today.html"
    chm("today", "--html", str(path))
    text = path.read_text(encoding="utf-8")
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">')
    root = etree.fromstring(path.read_bytes())
    names = [element.tag for element in root.iter()]
    assert [names.count(tag) for tag in ("title", "h1", "main", "table", "caption")] == [1] * 5
    assert {cell.get("scope") for cell in root.iter("th")} == {"col", "row"}
    assert root.find(".//meta[@name='viewport']") is not None
    (moment,) = root.iter("time")
    assert moment.get("datetime") == began.isoformat()
    world.country.answers_left = None
    world.run()
    chm("today")
    chm("today", "--html", str(path))
    assert "Nothing to see to." in "".join(etree.parse(path).getroot().itertext())


def test_a_terminal_is_not_steered_by_what_sites_say() -> None:
    concern = Concern(kind="failing", key="k", says=HOSTILE, sources=(), next="chm run x")
    assert "\x1b" not in digest_views.text(Digest(at=NOW, since=None, concerns=(concern,)))


def test_what_was_told_is_remembered_by_its_cause() -> None:
    concern = Concern(kind="failing", key="k", says="it fails", sources=(), next="chm run x")
    assert look(Digest(at=NOW, since=None, concerns=(concern,), unmatched=3)) == Look(
        at=NOW, concerns={"k": "it fails"}, unmatched=3
    )
