"""Of a server's sources one is harvested at a time, where a scheduler starts them; who must wait is told so at once."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from msgspec.structs import replace

from harvesters import registry
from harvesters.politeness import server_of
from tests.warehouse.world import ID, World
from warehouse import pipeline, reports, turns
from warehouse.model import Batch, HarvestReport
from warehouse.turns import Waiting

HOST = "bl2.example"


@pytest.fixture(autouse=True)
def neighbours(world: World) -> None:
    """Three sources at the country's address: two say that one server answers for them, a third says another."""
    world.write_source(server=HOST)
    world.write_source("fr_chm", government="FR", server=HOST)
    world.write_source("lu_chm", government="LU", server="another.example")


def test_a_patient_harvest_waits_for_its_server_and_asks_nobody(world: World) -> None:
    with turns.taken(world.layout, world.warehouse.source("fr_chm"), patient=True):
        with pytest.raises(Waiting, match=r"be_chm waits: another source of bl2\.example is harvested\. Wait until"):
            pipeline.harvest(world.warehouse, ID, "r", patient=True)
        assert world.requests() == 0
        assert reports.read(world.layout, Batch(ID, "r"), HarvestReport) is None, "it has not begun"
    assert pipeline.harvest(world.warehouse, ID, "r", patient=True).outcome == "done"


def test_other_servers_are_asked_meanwhile(world: World) -> None:
    with turns.taken(world.layout, world.warehouse.source(ID), patient=True):
        assert pipeline.harvest(world.warehouse, "lu_chm", patient=True).outcome == "done"


def test_who_harvests_by_hand_does_not_wait_and_shares_the_turns_of_requests(world: World) -> None:
    with turns.taken(world.layout, world.warehouse.source("fr_chm"), patient=True):
        assert pipeline.harvest(world.warehouse, ID).outcome == "done"


def test_while_somebody_harvests_by_hand_a_patient_harvest_waits(world: World) -> None:
    waited = []

    def watch(_verb: str, _records: int) -> None:
        with pytest.raises(Waiting):
            pipeline.harvest(world.warehouse, "fr_chm", patient=True)
        waited.append(True)

    assert pipeline.harvest(replace(world.warehouse, watch=watch), ID).outcome == "done"
    assert waited


def test_a_harvest_that_ends_for_today_says_when_it_may_go_on(world: World) -> None:
    world.write_source(daily_requests=1)
    report = pipeline.harvest(world.warehouse, ID)
    assert report.failure
    assert report.failure.again == datetime.combine(world.clock.now() + timedelta(days=1), time.min, UTC)


def test_those_who_wait_do_not_all_look_again_at_once() -> None:
    ids = [each for each in registry.ids([registry.SOURCES]) if each.endswith("_bioland")]
    pauses = {turns.pause(each) for each in ids}
    assert timedelta(minutes=5) <= min(pauses) <= max(pauses) < timedelta(minutes=10)
    assert len(pauses) > len(ids) / 2
    assert turns.pause(ids[0]) == turns.pause(ids[0])


def test_the_schedules_of_one_server_are_spread_over_the_day() -> None:
    found, _ = registry.load_sources([registry.SOURCES])
    crons = [
        source.model_copy(update={"status": "active"}).cron
        for source in found
        if server_of(source) == "bl2.chm-cbd.net"
    ]
    assert len(crons) == 199
    hours = [int(str(cron).split()[1]) for cron in crons]
    assert set(hours) == set(range(24))
    assert max(map(hours.count, hours)) <= 16, "8 of them fall into an hour on average"
