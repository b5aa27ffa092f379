"""From when the next harvest asks: only complete batches without a gap before them move that moment on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.warehouse.site import DAY_ONE
from tests.warehouse.world import ID, World
from warehouse import pipeline, reports
from warehouse.model import Batch, HarvestReport, Request
from warehouse.runs import Refused


def text(moment: object) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def test_the_next_harvest_asks_from_the_servers_own_time_less_the_overlap(world: World) -> None:
    first = world.run()
    assert first.watermark == world.country.now
    began = world.country.now
    world.clock.set(DAY_ONE + timedelta(days=3))  # our clock is a day ahead, and nobody goes by it
    world.country.later()
    world.run()
    assert world.country.since() == [None, text(began - timedelta(hours=1))]


def test_a_harvest_that_was_not_loaded_is_asked_for_again(world: World) -> None:
    world.run()
    began = world.country.now
    world.later()
    world.country.put("new", "New")
    pipeline.harvest(world.warehouse, ID, "never loaded")
    world.later()
    assert world.run("R3").counts.added == 1
    assert world.country.since()[1:] == [text(began - timedelta(hours=1))] * 2


@pytest.mark.parametrize(
    ("request_", "moves"),
    [
        (Request(since=DAY_ONE), True),
        (Request(since=DAY_ONE + timedelta(days=1)), True),
        (Request(since=DAY_ONE + timedelta(days=1, seconds=1)), False),
        (Request(limit=1), False),
        (Request(limit=1000), True),
        (Request(full=True), True),
        (Request(full=True, limit=1), False),
        (Request(), True),
    ],
    ids=["since before", "since the watermark", "since after", "cut", "not cut", "full", "full and cut", "as usual"],
)
def test_what_moves_the_watermark(request_: Request, moves: bool, world: World) -> None:
    world.country.page_size = 1
    first = world.run()
    assert first.watermark == DAY_ONE + timedelta(days=1)
    world.later()
    for number in range(3):
        world.country.put(f"r{number}", f"Changed {number}")
    second = world.run(request=request_)
    assert second.watermark == (world.country.now if moves else first.watermark)
    assert (second.last_full_at == world.clock.now()) == (request_ == Request(full=True))


def test_a_first_harvest_of_a_part_leaves_everything_before_it_to_be_asked_for(world: World) -> None:
    part = world.run(request=Request(since=DAY_ONE))
    assert (part.watermark, part.last_full_at) == (None, None)
    world.later()
    world.run()
    assert world.country.since() == [text(DAY_ONE), None]


def test_a_record_that_was_lost_by_name_holds_nothing_up_but_the_batch_is_not_complete(world: World) -> None:
    world.run()
    world.later()
    world.country.put("new", "New")
    world.country.broken = True
    second = world.run()
    assert (second.counts.added, second.watermark) == (1, world.country.now)
    harvested = reports.read(world.layout, Batch(ID, second.run), HarvestReport)
    assert harvested is not None
    assert (harvested.reached_end, harvested.complete) == (True, False)


def test_a_list_that_was_cut_moves_nothing_and_its_records_are_kept(world: World) -> None:
    first = world.run()
    world.later()
    world.country.put("new", "New")
    world.country.announced = 100
    second = world.run()
    assert (second.counts.added, second.watermark) == (1, first.watermark)
    world.country.announced = None
    world.later()
    assert world.run().watermark == world.country.now


def test_a_full_sweep_is_due_after_so_many_days(world: World) -> None:
    world.write_source(full_every=3)
    harvested = []
    for _ in range(8):
        world.run()
        harvested.append(reports.last_loaded(world.layout, ID))
        world.later()
    assert [loaded.harvest.full for loaded in harvested if loaded] == [True, False, False] * 2 + [True, False]


def test_a_sweep_that_was_asked_for_counts(world: World) -> None:
    world.write_source(full_every=3)
    world.run()
    world.later(days=2)
    assert world.run(request=Request(full=True)).last_full_at == world.clock.now()
    world.later(days=2)
    world.run()
    assert world.country.since()[-1] is not None


def test_absence_is_counted_after_a_complete_sweep_only(world: World) -> None:
    world.run()
    del world.country.stamped["r0"]
    world.later()
    assert world.run().counts.absent == 0
    world.country.page_size = 1
    world.later()
    assert world.run(request=Request(full=True, limit=2)).counts.absent == 0
    world.later()
    swept = world.run(request=Request(full=True))
    assert (swept.counts.absent, swept.counts.live) == (1, 5)
    assert "r0" in world.live()


def test_an_increment_without_records_is_no_failure_however_many_are_expected(world: World) -> None:
    world.write_source(expect={"min_records": 5})
    world.run()
    world.later(days=2)
    report = world.run()
    assert (report.outcome, report.counts.seen, report.counts.live) == ("done", 0, 5)
    assert report.watermark == world.country.now


@pytest.mark.parametrize(
    ("expect", "said"), [({"min_records": 4}, "3 live records"), ({"max_vanish": 0.2}, "2 of 5 records would vanish")]
)
def test_a_held_load_changes_nothing_ends_its_run_and_is_asked_for_again(
    expect: dict[str, float], said: str, world: World
) -> None:
    first = world.run()
    world.write_source(expect=expect)
    world.later()
    world.country.delete("r0")
    world.country.delete("r1")
    held = world.run()
    assert (held.outcome, held.counts.removed) == ("held", 2)
    assert said in " ".join(held.held)
    assert len(world.live()) == 5
    pointer = reports.pointer(world.layout, ID)
    assert pointer
    assert (pointer.run, pointer.snapshot) == (first.run, first.run)
    assert not world.layout.changes(ID, held.run).exists()
    assert reports.open_run(world.layout, ID) is None
    assert pipeline.load(world.warehouse, ID, held.run) == held
    world.write_source()
    world.write_source(expect={"max_vanish": 0.5})
    world.later()
    assert world.run().counts.removed == 2
    assert len(set(world.country.since()[1:])) == 1, "the held batch's time is asked for again"


@pytest.mark.parametrize(
    "changed", [{"url": "/oai/moved"}, {"sets": ["news"]}, {"options": {"metadata_prefix": "oai_dc"}}], ids=str
)
def test_a_source_that_asks_for_something_else_is_asked_for_everything(
    changed: dict[str, object], world: World
) -> None:
    world.run()
    world.later()
    keys = {**changed, "url": world.country.url("/oai/moved")} if "url" in changed else changed
    world.write_source(**keys)
    report = pipeline.harvest(world.warehouse, ID)
    assert (report.full, report.since) == (True, None)
    assert world.country.since() == [None, None]


def test_a_watermark_of_another_question_is_not_moved_by_a_part_of_the_new_ones_answer(world: World) -> None:
    world.run()
    world.later()
    world.write_source(sets=["news"])
    assert world.run(request=Request(since=DAY_ONE)).watermark is None
    world.later()
    assert pipeline.harvest(world.warehouse, ID).full


def test_an_open_run_is_left_when_its_sources_file_asks_for_something_else(world: World) -> None:
    world.country.answers_left = 2
    begun = pipeline.harvest(world.warehouse, ID)
    assert begun.outcome == "failed"
    world.country.answers_left = None
    world.write_source(sets=["news"])
    with pytest.raises(Refused, match="its protocol, address, sets or options were changed since run"):
        pipeline.harvest(world.warehouse, ID, begun.run)
    world.later()
    report = pipeline.harvest(world.warehouse, ID)
    assert (report.outcome, report.run == begun.run) == ("done", False)
