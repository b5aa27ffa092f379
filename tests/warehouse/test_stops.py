"""A source that a person stops: a running harvest ends after its page, nothing is lost, and `start` goes on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import psutil
import pytest
from msgspec.structs import replace

from tests.harvesters.oai_server import ABOUT
from tests.harvesters.servers import Site, reply
from tests.warehouse.conftest import Chm
from tests.warehouse.world import ID, World
from warehouse import pipeline, status, stops
from warehouse.context import read_sources
from warehouse.model import HarvestReport
from warehouse.runs import Refused
from warehouse.stops import Stop, Stopped

PAGE = b"<!doctype html><html lang=en><head><title>%s</title></head><body><main><h1>A page</h1>%s</main></body></html>"


def say(world: World, verdict: Literal["stop", "start"], why: str = "the ministry called") -> None:
    stops.add(world.layout, Stop(verdict=verdict, source=ID, by="Ana", why=why, at=world.clock.now()))


def crawls() -> list[psutil.Process]:
    """The processes of crawls that this one has."""
    return [each for each in psutil.Process().children() if "harvesters.spiders" in each.cmdline()]


def stopped_after(world: World, records: int) -> HarvestReport:
    """A harvest in which the word is said once so many records have come."""

    def watch(_verb: str, so_far: int) -> None:
        if so_far >= records and not stops.in_force(world.layout):
            say(world, "stop")

    return pipeline.harvest(replace(world.warehouse, watch=watch), ID, "first")


def test_a_running_harvest_ends_after_its_page_with_an_outcome_of_its_own(world: World) -> None:
    world.country.page_size = 1
    report = stopped_after(world, 2)
    assert (report.outcome, report.records, report.complete) == ("stopped", 2, False)
    assert report.failure
    assert report.failure.cause == "Ana stopped it: the ministry called."
    assert len(world.country.asked_for()) == ABOUT + 2
    row = status.of(world.layout, world.warehouse.source(ID))
    assert (row.standing, row.status) == ("stopped", "paused")
    assert "`chm sources start be_chm` undoes it" in row.reasons[0]


def test_after_start_the_same_command_goes_on_behind_what_came(world: World) -> None:
    world.country.page_size = 1
    stopped_after(world, 2)
    say(world, "start", "sorted out")
    assert world.run().counts.added == 5
    asked = [tuple(each.items()) for each in world.country.asked_for() if each["verb"] == "ListRecords"]
    assert len(asked) == len(set(asked)) == 5, "no page was asked for twice"


def test_a_crawl_is_stopped_with_its_process_and_goes_on_where_it_was(world: World) -> None:
    prose = b"<p>%d. " + b"The wetlands of the north are home to many birds, and the report tells of each. " * 4
    pages = {f"/p{place}": reply(200, PAGE % (b"Page", prose % place), content_type="text/html") for place in range(9)}
    links = b" ".join(b"<a href=%s>more</a>" % path.encode() for path in pages)
    with Site({**pages, "/": reply(200, PAGE % (b"Home", links), content_type="text/html")}) as site:
        world.write_source(protocol="crawl", url=site.url(), options={"hours": None})
        world.clock.set(datetime.now(UTC))  # the crawl's process goes by that
        report = stopped_after(world, 2)
        assert (report.outcome, report.records) == ("stopped", 2)
        assert crawls() == []
        asked = len(site.asked)
        with pytest.raises(Stopped):
            pipeline.harvest(world.warehouse, ID)
        say(world, "start")
        assert world.run().counts.added == len(pages)
        assert len(site.asked) - asked < len(pages), "what came before is not asked for again"


def test_while_it_is_stopped_nobody_asks_it_and_its_records_stay_published(world: World) -> None:
    world.run()
    before = world.requests()
    say(world, "stop")
    with pytest.raises(Stopped, match="be_chm: Ana stopped it: the ministry called"):
        pipeline.harvest(world.warehouse, ID)
    assert world.requests() == before
    assert world.publish()[0].records == 5
    assert [each.cron for each in read_sources(world.warehouse.settings)[0]] == [None], "its DAG has no schedule"
    say(world, "start")
    assert world.warehouse.source(ID).cron


def test_a_harvest_that_was_over_anyway_is_done(world: World) -> None:
    assert stopped_after(world, 5).outcome == "done"


def test_a_word_that_changes_nothing_or_has_no_reason_is_refused(world: World) -> None:
    with pytest.raises(Refused, match=r"^be_chm is not stopped\."):
        say(world, "start")
    with pytest.raises(Refused, match="needs a name and a reason"):
        say(world, "stop", " ")
    say(world, "stop")
    with pytest.raises(Refused, match=r"^be_chm is stopped already, by Ana: the ministry called\."):
        say(world, "stop")


def test_on_the_command_line(chm: Chm, world: World) -> None:
    told = chm("sources", "stop", ID, "--why", "too slow", "--by", "Ana")
    assert told.out == "be_chm is asked no more; a harvest that runs ends after its page, and what came is kept.\n"
    assert chm("run", ID).err.startswith("be_chm: Ana stopped it: too slow.")
    assert "It counts as paused: Ana stopped it: too slow." in chm("sources", "show", ID).out
    assert chm("sources", "stop", "zz", "--why", "x").code == 2
    assert chm("sources", "start", ID, "--json").json()["verdict"] == "start"
    assert "5 added" in chm("run", ID).out


def test_a_run_that_is_stopped_leaves_with_3(chm: Chm, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.country.page_size = 1
    say(world, "stop")
    monkeypatch.setattr(stops, "refuse", lambda *_: None)  # as if it had been said a moment later
    told = chm("run", ID)
    assert (told.code, told.out) == (3, "")
    assert "Ana stopped it: the ministry called." in told.err
