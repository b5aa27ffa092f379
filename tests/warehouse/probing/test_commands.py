"""`chm probe` and the commands of `chm sources` that follow from it, as an operator types them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import yaml

from harvesters.registry import load_source
from tests.harvesters.servers import Site, reply
from tests.warehouse.conftest import Chm
from tests.warehouse.probing.test_troubles import FEED
from tests.warehouse.world import ID, World
from warehouse import console, reports
from warehouse.context import read_sources
from warehouse.probing.model import Acceptance


@pytest.fixture(autouse=True)
def own_clock(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sleeping costs nothing: the polite pace is kept on the world's clock."""
    monkeypatch.setattr(console, "SystemClock", lambda: world.clock)


@pytest.fixture
def blog() -> Iterator[Site]:
    with Site(
        {"/feed/": FEED, "/": reply(200, b"<!doctype html><html lang=fr><title>Blog", content_type="text/html")}
    ) as site:
        yield site


def overlay(world: World, source: str = ID) -> Any:
    return yaml.safe_load((world.folder / "sources" / f"{source}.yml").read_text(encoding="utf-8"))


class TestAnAddress:
    def test_it_is_told_best_offer_first_with_raw_and_normalised_records(self, chm: Chm, blog: Site) -> None:
        told = chm("probe", blog.url())
        assert told.code == 0
        wait = "at most 40 requests at the polite pace, which may take a minute or two."
        assert told.err == f"Looking at {blog.url()}: {wait}\n"
        assert told.out.startswith(f"{blog.url()} ready: a trial gave records (")
        assert f"1. feed at {blog.url('/feed/')}  (platform unknown, rank 5)" in told.out
        facts = "records: not told; languages: fr; what is new: can be asked for alone; deletions: never seen"
        assert f"{facts}; robots.txt: allows; speed: " in told.out
        head, row = r"^As received +Normalised *\n", r"<item><title>Item +source_identifier: http"
        beside = re.findall(head + row, told.out, re.MULTILINE)
        assert len(beside) == 5
        assert "protocol: feed\nurl: " in told.out

    def test_saved_it_is_a_source_that_can_be_accepted_and_run(self, chm: Chm, world: World, blog: Site) -> None:
        told = chm("probe", blog.url(), "--save", "fr_blog")
        path = world.folder / "sources" / "fr_blog.yml"
        assert told.err.endswith(f"\nWritten: {path}. `chm sources accept fr_blog` sets it active.\n")
        assert "#" not in path.read_text()
        source = load_source("fr_blog", (path.parent,))
        assert (source.status, source.government, source.name, source.languages) == (
            "unverified",
            "FR",
            "News",
            ("fr",),
        )

        told = chm("sources", "accept", "fr_blog", "--by", "Ana")
        assert told.out == f"fr_blog is active; its schedule is `{world.warehouse.source('fr_blog').cron}` (UTC).\n"
        assert "7 added" in chm("run", "fr_blog").out

    @pytest.mark.parametrize("name", [ID, "be_other"])
    def test_an_id_that_is_taken_or_nothing_to_write_asks_nobody_or_writes_nothing(
        self, name: str, chm: Chm, blog: Site
    ) -> None:
        blog.routes = {}
        told = chm("probe", blog.url(), "--save", name)
        assert told.code == 2
        assert (len(blog.asked) == 0) is (name == ID)
        refusal = (
            f"There is a source {ID} already." if name == ID else f"{blog.url()} offers nothing, so nothing is saved"
        )
        assert refusal in told.err
        assert ("Ask its webmaster for an OAI-PMH or feed address" in told.out) is (name != ID)

    def test_the_country_is_said_or_read_off_the_id(self, chm: Chm, blog: Site) -> None:
        found = chm("probe", blog.url(), "--country", "cd", "--json").json()
        assert (found["suggested"]["government"], found["schema_version"]) == ("CD", 1)
        found = chm("probe", blog.url(), "--json").json()
        assert found["suggested"]["origin"] == "partner"
        assert "no_country" in {issue["code"] for issue in found["issues"]}

    def test_asked_wrongly(self, chm: Chm) -> None:
        here = "http://x.example/"
        for words in ([], ["--unverified", here], ["--unverified", "--save", "x"], ["--unverified", "--pace", "1"]):
            assert chm("probe", *words).code == 2
        for words in ([here, "--csv"], [here, "--again"], ["ftp://x.example/"], [" "]):
            assert chm("probe", *words).code == 2

    def test_a_bare_name_is_an_address(self, chm: Chm) -> None:
        found = chm("probe", "127.0.0.1:9", "--json").json()
        assert (found["url"], found["standing"]) == ("https://127.0.0.1:9", "unreachable")


class TestThroughTheRegistry:
    def test_each_is_ready_needs_a_decision_or_cannot_be_reached(self, chm: Chm, world: World, blog: Site) -> None:
        self.three(world, blog)
        told = chm("probe", "--unverified")
        assert told.code == 0
        assert told.err.splitlines()[0] == "3 to look at, one after the other; 0 are known from before."
        assert told.err.count("\n") == 4
        assert told.out.startswith("Ready: 1; Needs a decision: 1; Unreachable: 1\n")
        rows = {row["source"]: row for row in csv.DictReader(io.StringIO(chm("probe", "--unverified", "--csv").out))}
        standings = {name: row["standing"] for name, row in rows.items()}
        assert standings == {"be_good": "ready", "be_paste": "decide", "fr_dead": "unreachable"}
        assert msgspec.json.decode(rows["be_paste"]["change"]) == {"url": blog.url("/feed/")}
        assert "a web page came where a feed was expected" in rows["be_paste"]["why"]
        assert "nothing listens at that port" in rows["fr_dead"]["why"]
        kept = {kind: world.layout.probe_table(kind).read_text(encoding="utf-8") for kind in ("txt", "csv", "json")}
        assert kept["txt"] == told.out
        assert kept["csv"] == chm("probe", "--unverified", "--csv").out
        assert msgspec.json.decode(kept["json"]) == chm("probe", "--unverified", "--json").json()

    def test_it_goes_on_where_it_was_interrupted_and_asks_nobody_twice(
        self, chm: Chm, world: World, blog: Site
    ) -> None:
        self.three(world, blog)
        chm("probe", "--unverified", "--country", "BE")
        asked = len(blog.asked)
        first, second = chm("probe", "--unverified").err.splitlines()
        assert first == "1 to look at, one after the other; 2 are known from before."
        assert second == "1 of 1: fr_dead unreachable"
        told = chm("probe", "--unverified").err
        assert (len(blog.asked), told) == (asked, "0 to look at, one after the other; 3 are known from before.\n")
        world.write_source("be_good", status="unverified", protocol="feed", url=blog.url("/none.xml"))
        asked_now = chm("probe", "--unverified").err
        assert asked_now.endswith("\n1 of 1: be_good decide\n"), "its file puts another question now"
        world.later(days=2)
        assert chm("probe", "--unverified").err.endswith("\n1 of 1: fr_dead unreachable\n"), "it may be up again"
        again = chm("probe", "--unverified", "--again", "--country", "FR").err
        assert again.endswith("\n1 of 1: fr_dead unreachable\n")

    def test_those_that_are_ready_are_accepted_at_once_and_one_with_its_change(
        self, chm: Chm, world: World, blog: Site
    ) -> None:
        self.three(world, blog)
        chm("probe", "--unverified")
        assert chm("sources", "accept", "--ready", "--by", "Ana").out.startswith("be_good is active; its schedule is `")
        assert overlay(world, "be_good")["status"] == "active"
        told = chm("sources", "accept", "be_paste", "--by", "Ana", "--why", "looked")
        assert told.out.startswith("be_paste is active, with changed url; its schedule is `")
        assert overlay(world, "be_paste")["url"] == blog.url("/feed/")
        assert {each.id for each in read_sources(world.warehouse.settings)[0] if each.cron} == {
            ID,
            "be_good",
            "be_paste",
        }
        lines = world.layout.acceptances().read_bytes().splitlines()
        words = [msgspec.json.decode(line, type=Acceptance) for line in lines]
        assert [(word.source, word.by, word.why) for word in words] == [
            ("be_good", "Ana", "its probe gave records"),
            ("be_paste", "Ana", "looked"),
        ]
        assert chm("sources", "accept", "--ready").out.startswith("None is ready")

    @pytest.mark.parametrize(
        ("source", "why"),
        [("fr_dead", "no trial of it gave a record"), (ID, "was not probed, or its file was changed since")],
    )
    def test_what_gave_nothing_or_was_not_probed_is_not_accepted(
        self, source: str, why: str, chm: Chm, world: World, blog: Site
    ) -> None:
        self.three(world, blog)
        chm("probe", "--unverified")
        told = chm("sources", "accept", source)
        assert told.code == 2
        assert why in told.err
        assert not world.layout.acceptances().exists()

    def test_one_that_cannot_be_accepted_keeps_no_other_from_it(self, chm: Chm, world: World, blog: Site) -> None:
        self.three(world, blog)
        chm("probe", "--unverified")
        told = chm("sources", "accept", "zz_none", "fr_dead", "be_good")
        assert (told.code, told.out.partition(" ")[0]) == (2, "be_good")
        unknown, dead = told.err.splitlines()
        assert "zz_none" in unknown
        assert "probed" not in unknown
        assert dead.startswith("fr_dead: no trial of it gave a record.")
        assert [each.id for each in read_sources(world.warehouse.settings)[0] if each.cron] == [ID, "be_good"]

    def test_one_that_was_stopped_meanwhile_waits_for_the_word_that_starts_it(
        self, chm: Chm, world: World, blog: Site
    ) -> None:
        self.three(world, blog)
        chm("probe", "--unverified")
        chm("sources", "stop", "be_good", "--why", "too slow", "--by", "Ana")
        told = chm("sources", "accept", "be_good").out
        assert told == "be_good is active; a person has stopped it, until `chm sources start`.\n"
        assert "\nbe_good counts as paused: Ana stopped it: too slow.\n" in chm("sources").out

    def test_a_change_of_address_is_suggested_and_left_to_a_person(self, chm: Chm, world: World, blog: Site) -> None:
        moved = blog.url("/feed/", host="localhost")
        with Site({"/feed/": reply(301, location=moved)}) as old:
            world.write_source("be_moved", status="unverified", protocol="feed", url=old.url("/feed/"))
            chm("probe", "--unverified")
        (row,) = chm("probe", "--unverified", "--json").json()["rows"]
        assert (row["standing"], row["change"], row["records"]) == ("decide", {"url": moved}, 7)
        assert row["why"] == f"The address moved for good to {moved}: put that into the source file."
        assert chm("sources", "accept", "--ready").out.startswith("None is ready")
        assert "be_moved is active, with changed url" in chm("sources", "accept", "be_moved").out
        assert world.warehouse.source("be_moved").url == moved

    def three(self, world: World, blog: Site) -> None:
        with Site({}) as gone:
            dead = gone.url("/feed/")
        for name, country, url in (
            ("be_good", "BE", blog.url("/feed/")),
            ("be_paste", "BE", blog.url("/")),
            ("fr_dead", "FR", dead),
        ):
            world.write_source(name, government=country, status="unverified", protocol="feed", url=url)


class TestASourceFile:
    def test_each_key_is_shown_with_the_file_that_has_the_last_word_on_it(self, chm: Chm, world: World) -> None:
        world.write_source(expect={"min_records": 3, "grace_days": 5})
        above = world.folder / "above"
        above.mkdir()
        (above / f"{ID}.yml").write_text("status: paused\nexpect: {min_records: 4}\noptions: {method: post}\n")
        world.environment["CHM_SOURCES"] += f":{above}"
        told = dict(line.split("  # ") for line in chm("sources", "show", ID).out.splitlines())
        origin = {key.strip(): path.rpartition("/")[0].rpartition("/")[2] for key, path in told.items()}
        assert origin['status: "paused"'] == origin["expect.min_records: 4"] == "above"
        assert origin["expect.grace_days: 5"] == origin['government: "BE"'] == "sources"
        assert origin['options.method: "post"'] == "above"
        found = chm("sources", ID, "--json").json()
        assert found["origins"]["expect.min_records"] == str(above / f"{ID}.yml")
        assert found["sources"][0]["expect"]["min_records"] == 4

    def test_a_changed_file_is_tried_on_five_pages_and_what_would_change_is_shown(self, chm: Chm, world: World) -> None:
        world.run()
        world.country.put("r1", "Another title")
        world.country.put("r9", "A new one")
        pages = world.requests()
        told = chm("sources", "test", ID)
        assert told.code == 0
        assert told.out.startswith("4 answers came; that is all there is.\n")
        assert "change            1" in told.out
        assert "title: {'en': 'Title 1'} -> {'en': 'Another title'}" in told.out
        assert "add               1" in told.out
        assert world.live()["r1"] == "Title 1", "nothing is loaded"
        assert world.requests() > pages
        assert len(reports.runs(world.layout, ID)) == 1, "nor is any run left"

    def test_of_a_long_list_five_pages_are_asked_for_and_absence_says_nothing(self, chm: Chm, world: World) -> None:
        world.run()
        world.country.page_size = 1
        for number in range(5, 9):
            world.country.put(f"r{number}", "Another")
        world.write_source(expect={"min_records": 9})
        asked = len(world.country.asked_for())
        told = chm("sources", "test", ID).out
        assert "answers came; what lies behind them is not told here.\n" in told
        assert [each["verb"] for each in world.country.asked_for()[asked:]].count("ListRecords") == 5
        assert "unchanged         5" in told
        assert "held" not in told.lower()

    def test_a_change_that_is_not_in_force_yet_can_be_tried(self, chm: Chm, world: World) -> None:
        world.run()
        change = world.folder / "change.yml"
        change.write_text("languages: [fr]\ndefaults: {language: fr}\n")
        found = chm("sources", "test", ID, "--with", str(change), "--json").json()
        assert (found["whole"], found["plan"]["counts"]["changed"]) == (True, 5)
        assert overlay(world)["languages"] == ["en"]
        change.write_text("protocol: fax\n")
        assert chm("sources", "test", ID, "--with", str(change)).code == 2
        change.write_text("nonsense")
        assert (
            chm("sources", "test", ID, "--with", str(change)).err
            == f"{change}: it has no lines of `key: value`. Mend it.\n"
        )

    def test_a_site_that_fails_says_why(self, chm: Chm, world: World) -> None:
        world.country.answers_left = 0
        told = chm("sources", "test", ID)
        assert (told.code, told.out) == (1, "")
        assert "answers 503" in told.err
