"""From when the next harvest asks: only complete batches without a gap before them move that moment on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.warehouse.site import DAY_ONE
from tests.warehouse.world import ID, World
from warehouse import gaps, pipeline, reports
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


def test_a_list_that_was_cut_is_a_gap_that_the_next_harvest_fills(world: World) -> None:
    first = world.run()
    world.later()
    world.country.put("new", "New")
    world.country.announced = 100
    second = world.run()
    assert (second.counts.added, second.watermark) == (1, world.country.now)
    assert first.watermark
    assert [(gap.since, gap.until, gap.attempts) for gap in second.gaps] == [
        (first.watermark - timedelta(hours=1), world.country.now, 1)
    ]
    world.country.announced = None
    world.later()
    third = world.run()
    assert (third.gaps, third.watermark) == ((), world.country.now)
    began = [text(second.watermark - timedelta(hours=1)), text(first.watermark - timedelta(hours=1))]
    assert world.country.since()[2:] == began


def test_gaps_are_asked_for_a_few_times_and_then_when_somebody_says_so(world: World) -> None:
    world.run()
    world.country.put("new", "New")
    world.country.announced = 100
    for _ in range(7):
        world.later()
        report = world.run()
    assert max(gap.attempts for gap in report.gaps) == gaps.MOST_ATTEMPTS
    world.country.announced = None
    world.later()
    filled = world.run(request=Request(gaps=True))
    assert (filled.gaps, filled.watermark) == ((), report.watermark)
    world.later()
    with pytest.raises(Refused, match="has no gaps to fill"):
        world.run(request=Request(gaps=True))


def test_a_harvest_that_fills_gaps_is_no_sweep(world: World) -> None:
    world.country.announced = 100
    first = world.run()
    assert first.gaps
    world.country.announced = None
    del world.country.stamped["r0"]
    world.later()
    filled = world.run(request=Request(gaps=True))
    assert (filled.gaps, filled.counts.absent, filled.last_full_at) == ((), 0, first.last_full_at)


def test_a_full_sweep_is_due_after_so_many_days(world: World) -> None:
    world.write_source(full_every=3)
    assert sweeps(world, 7) == [True, False, False, True, False, False, False]


def test_sweeps_grow_rarer_within_bounds_where_they_find_nothing_that_the_increments_missed(world: World) -> None:
    world.write_source(full_every=1)
    assert sweeps(world, 16) == [day in (0, 1, 3, 7, 11, 15) for day in range(16)]


def test_sweeps_grow_more_frequent_where_they_find_what_the_increments_missed(world: World) -> None:
    world.write_source(full_every=4)
    first = world.run()
    world.country.stamped["old"] = ("Put in with an old date", DAY_ONE - timedelta(days=9))
    world.later()
    assert world.run().counts.added == 0
    world.later(days=4)
    swept = world.run()
    assert (swept.counts.added, swept.missed, first.sweep_every, swept.sweep_every) == (1, 1, 4, 2)


def test_a_site_that_answers_everything_to_an_increment_is_noticed(world: World) -> None:
    for number in range(20):
        world.country.put(f"n{number}", "The same")
    world.run()
    world.later()
    for name, title in world.country.live().items():
        world.country.put(name, title)
    report = world.run()
    assert "answered everything: 25 records, of which 25 are as they were" in " ".join(report.remarks)


def sweeps(world: World, days: int) -> list[bool]:
    """On which days everything was asked for."""
    harvested = []
    for _ in range(days):
        world.run()
        harvested.append(reports.last_loaded(world.layout, ID))
        world.later()
    return [loaded.harvest.full for loaded in harvested if loaded]


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
