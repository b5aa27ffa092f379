"""Every verb may be asked twice, killed at any place, and asked by two processes: nothing is done twice or lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from harvesters.errors import SourceError
from tests.harvesters.oai_server import ABOUT
from tests.harvesters.servers import reply
from tests.warehouse.site import DAY_ONE
from tests.warehouse.world import ID, World, change_json, tree
from warehouse import loading, pipeline, raw, reports, runs
from warehouse.model import Batch, HarvestReport, LoadReport, NormalizeReport, Request
from warehouse.runs import Refused, alone, is_busy, owner

AIRFLOW = "manual__2026-11-23T06:10:00+00:00"


@pytest.mark.parametrize("run", [None, AIRFLOW, "../..", "été"])
def test_three_verbs_make_a_countrys_records_current(run: str | None, world: World) -> None:
    report = world.run(run)
    assert (report.run == run) == (run is not None)
    assert (report.counts.added, report.counts.live) == (5, 5)
    assert world.live() == world.country.live()
    assert reports.open_run(world.layout, ID) is None
    assert [batch.run for batch in reports.runs(world.layout, ID)] == [report.run]


def test_any_verb_twice_with_the_same_run_id_gives_the_stored_report_and_asks_nobody(world: World) -> None:
    world.run("R1")
    before, asked = tree(world.folder / "data"), world.requests()
    world.later()
    world.country.put("new", "New")
    assert pipeline.harvest(world.warehouse, ID, "R1").run == "R1"
    assert pipeline.normalize(world.warehouse, ID, "R1").records == 5
    assert pipeline.load(world.warehouse, ID, "R1").counts.added == 5
    assert (tree(world.folder / "data"), world.requests()) == (before, asked)


def test_a_stored_report_is_returned_even_where_nobody_is_named_to_write_to(world: World) -> None:
    world.run("R1")
    world.environment["CHM_CONTACT"] = ""
    assert pipeline.harvest(world.warehouse, ID, "R1").outcome == "done"


def test_nobody_is_asked_anonymously_and_nothing_is_begun(world: World) -> None:
    world.environment["CHM_CONTACT_PAGE"] = ""
    with pytest.raises(Refused, match="no site is asked anonymously"):
        pipeline.harvest(world.warehouse, ID)
    assert world.requests() == 0
    assert reports.open_run(world.layout, ID) is None


def test_a_second_day_brings_what_changed(world: World) -> None:
    first = world.run()
    world.later()
    world.country.put("r1", "Changed")
    world.country.put("new", "New")
    world.country.delete("r2")
    second = world.run()
    assert (second.counts.added, second.counts.changed, second.counts.removed) == (1, 1, 1)
    assert (world.live(), world.dead()) == (world.country.live(), {"r2"})
    assert second.snapshot == second.run != first.run


def test_where_nothing_changed_the_snapshot_stays_and_its_run_moves(world: World) -> None:
    first = world.run()
    world.later()
    second = world.run()
    pointer = reports.pointer(world.layout, ID)
    assert pointer
    assert (pointer.snapshot, pointer.run) == (first.run, second.run)
    assert second.snapshot == first.run
    assert not world.layout.snapshot(ID, second.run).exists()
    world.later(days=2)
    world.country.put("new", "New")
    assert world.run().counts.added == 1


def test_a_harvest_that_failed_goes_on_with_the_same_command_and_asks_for_no_page_twice(world: World) -> None:
    world.country.page_size = 1
    world.country.answers_left = ABOUT + 2  # what it says of itself, and two pages
    failed = pipeline.harvest(world.warehouse, ID)
    assert (failed.outcome, failed.pages, failed.records, failed.complete) == ("failed", ABOUT + 2, 2, False)
    assert failed.failure
    assert "503" in failed.failure.cause
    with pytest.raises(Refused, match="has no finished harvest"):
        pipeline.normalize(world.warehouse, ID)
    world.country.answers_left = None
    done = pipeline.harvest(world.warehouse, ID)
    assert (done.run, done.outcome, done.records, done.attempts) == (failed.run, "done", 5, 2)
    assert (done.server_start, done.complete) == (world.country.now, True)
    lists = [asked for asked in world.country.asked_for() if asked["verb"] == "ListRecords"]
    answered = [tuple(asked.items()) for asked in lists if asked.get("resumptionToken") != "|2"]
    assert len(answered) == len(set(answered))
    assert world.run(done.run).counts.added == 5
    assert world.live() == world.country.live()


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_a_limit_means_the_same_for_a_harvest_that_was_interrupted(limit: int, world: World) -> None:
    world.country.page_size = 1
    world.country.answers_left = ABOUT + 1  # what it says of itself, and one page
    request = Request(limit=limit)
    pipeline.harvest(world.warehouse, ID, "R1", request)
    world.country.answers_left = None
    report = pipeline.harvest(world.warehouse, ID, "R1", request)
    assert (report.outcome, report.records, report.limit, report.complete) == ("done", limit, limit, False)


def test_a_harvest_killed_after_its_last_page_asks_for_nothing_more(world: World) -> None:
    report = pipeline.harvest(world.warehouse, ID)
    asked = world.requests()
    change_json(world.layout.report(ID, report.run, "harvest"), outcome="running", ended=None)
    again = pipeline.harvest(world.warehouse, ID)
    assert (again.outcome, again.records, again.complete, world.requests()) == ("done", 5, True, asked)


def test_a_resumed_run_asks_for_what_it_was_begun_with(world: World) -> None:
    since = datetime.fromisoformat("2026-02-01T00:00:00+00:00")
    world.country.answers_left = 1
    pipeline.harvest(world.warehouse, ID, "R1", Request(since=since))
    world.country.answers_left = None
    world.later()
    for request in (Request(full=True), Request(limit=3), Request(since=DAY_ONE)):
        with pytest.raises(Refused, match=r"was begun with another since, full, limit or gaps\. Finish it first"):
            pipeline.harvest(world.warehouse, ID, "R1", request)
    report = pipeline.harvest(world.warehouse, ID, "R1")
    assert (report.since, report.outcome) == (since, "done")
    assert set(world.country.since()) == {"2026-02-01T00:00:00Z"}


def test_a_full_sweep_since_some_day_is_a_contradiction(world: World) -> None:
    with pytest.raises(Refused, match="a full sweep has no `since`"):
        pipeline.harvest(world.warehouse, ID, request=Request(full=True, since=DAY_ONE))


def test_a_batch_older_than_what_is_loaded_puts_nothing_back(world: World) -> None:
    pipeline.harvest(world.warehouse, ID, "old", Request(limit=3))
    pipeline.normalize(world.warehouse, ID, "old")
    world.later()
    world.country.put("r0", "Changed")
    loaded = world.run("new")
    with pytest.raises(Refused, match="run old began before run new, which is loaded"):
        pipeline.load(world.warehouse, ID, "old")
    assert reports.pointer(world.layout, ID).snapshot == loaded.snapshot
    assert pipeline.load(world.warehouse, ID, "new") == loaded


def test_a_format_that_no_profile_reads_is_a_failure_in_words(world: World) -> None:
    world.write_source(options={"metadata_prefix": "marc21"})
    harvested = pipeline.harvest(world.warehouse, ID)
    report = pipeline.normalize(world.warehouse, ID, harvested.run)
    assert report.outcome == "failed"
    assert "There is no profile 'marc21'" in report.failure.cause


def test_a_load_killed_between_pointer_and_receipt_is_finished_and_not_done_again(world: World) -> None:
    report = world.run("R1")
    receipt = world.layout.report(ID, "R1", "load")
    change_json(receipt, outcome="running", ended=None)
    reports.begin_run(world.layout, Batch(ID, "R1"))
    before = tree(world.folder / "data" / "records")
    again = pipeline.load(world.warehouse, ID)
    assert (again.outcome, again.counts, again.watermark) == ("done", report.counts, report.watermark)
    assert tree(world.folder / "data" / "records") == before
    assert reports.open_run(world.layout, ID) is None


def test_a_load_killed_before_the_pointer_moved_is_done_again(world: World) -> None:
    pipeline.harvest(world.warehouse, ID, "R1")
    pipeline.normalize(world.warehouse, ID, "R1")
    done = pipeline.load(world.warehouse, ID)
    world.layout.pointer(ID).unlink()
    change_json(world.layout.report(ID, "R1", "load"), outcome="running", ended=None)
    again = pipeline.load(world.warehouse, ID, "R1")
    assert (again.counts, world.live()) == (done.counts, world.country.live())


def test_a_process_that_died_after_the_receipt_leaves_no_run_open_for_ever(world: World) -> None:
    world.run("R1")
    reports.begin_run(world.layout, Batch(ID, "R1"))  # what it left
    world.later()
    world.country.put("new", "New")
    assert world.run().run == "R1"
    assert world.run().counts.added == 1


def test_a_failed_load_that_is_tried_again_is_running_while_it_runs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.harvest(world.warehouse, ID, "R1")
    pipeline.normalize(world.warehouse, ID, "R1")

    def broken(*_arguments: object) -> None:
        raise RuntimeError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(loading.changes, "write_snapshot", broken)
        with pytest.raises(RuntimeError, match="no room"):
            pipeline.load(world.warehouse, ID)
    failed = reports.read(world.layout, Batch(ID, "R1"), LoadReport)
    assert failed
    assert (failed.outcome, failed.failure and failed.failure.cause) == ("failed", "RuntimeError: no room")
    assert world.rows() == []
    seen = []
    draw = loading.plan.draw

    def watched(*arguments: object, **keys: object) -> object:
        seen.append(reports.read(world.layout, Batch(ID, "R1"), LoadReport))
        return draw(*arguments, **keys)  # type: ignore[arg-type]

    monkeypatch.setattr(loading.plan, "draw", watched)
    assert pipeline.load(world.warehouse, ID).outcome == "done"
    assert [(report.outcome, report.failure) for report in seen if report] == [("running", None)]
    assert world.live() == world.country.live()


def test_a_normalisation_that_was_killed_is_done_again(world: World) -> None:
    pipeline.harvest(world.warehouse, ID, "R1")
    pipeline.normalize(world.warehouse, ID)
    before = tree(world.layout.normalized(ID, "R1"))
    (world.layout.normalized(ID, "R1") / "records.parquet").write_bytes(b"half")
    change_json(world.layout.report(ID, "R1", "normalize"), outcome="running")
    assert pipeline.normalize(world.warehouse, ID).outcome == "done"
    assert tree(world.layout.normalized(ID, "R1")) == before


def test_damaged_answers_fail_the_run_with_file_and_advice_and_not_as_a_fault_of_ours(world: World) -> None:
    pipeline.harvest(world.warehouse, ID, "R1")
    pages = world.layout.raw(ID, "R1") / "pages.zst"
    pages.write_bytes(pages.read_bytes()[:-1] + b"\0")
    report = pipeline.normalize(world.warehouse, ID)
    assert report.outcome == "failed"
    assert report.failure
    assert "pages.zst: page 4 cannot be read" in report.failure.cause
    assert "backup" in report.failure.advice
    assert not world.layout.normalized(ID, "R1").exists()


def test_a_damaged_journal_ends_the_harvest_with_a_receipt(world: World) -> None:
    world.country.answers_left = 2
    pipeline.harvest(world.warehouse, ID, "R1")
    (world.layout.raw(ID, "R1") / "pages.jsonl").write_bytes(b"{}\n")
    report = pipeline.harvest(world.warehouse, ID, "R1")
    assert report.outcome == "failed"
    assert report.failure
    assert "pages.jsonl" in report.failure.cause


def test_verbs_out_of_turn_are_refused_with_the_one_to_run_first(world: World) -> None:
    with pytest.raises(Refused, match=r"has no run. Run `chm harvest be_chm` first"):
        pipeline.normalize(world.warehouse, ID)
    with pytest.raises(Refused, match="nothing was loaded yet"):
        pipeline.replay(world.warehouse, ID)
    pipeline.harvest(world.warehouse, ID)
    with pytest.raises(Refused, match="is not normalised"):
        pipeline.load(world.warehouse, ID)
    with pytest.raises(SourceError, match="did you mean `be_chm`"):
        pipeline.harvest(world.warehouse, "be_chn")


def test_a_retired_source_is_not_asked(world: World) -> None:
    world.write_source(status="retired")
    with pytest.raises(Refused, match="is retired"):
        pipeline.harvest(world.warehouse, ID)
    assert world.requests() == 0


def test_while_another_process_works_on_a_source_nobody_else_does(world: World) -> None:
    holder = (
        "import sys; from pathlib import Path; from warehouse.layout import Layout; from warehouse.runs import alone\n"
        f"with alone(Layout(Path({str(world.layout.root)!r})), 'be_chm'):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    assert not is_busy(world.layout, ID)
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        assert is_busy(world.layout, ID)
        for verb in (pipeline.harvest, pipeline.normalize, pipeline.load, pipeline.replay):
            with pytest.raises(Refused, match=rf"Another process works on be_chm\. Wait .* process {process.pid} of "):
                verb(world.warehouse, ID)
        assert not is_busy(world.layout, "other")
        process.kill()
    assert not is_busy(world.layout, ID)
    assert str(owner(world.layout, ID)).startswith(f"{process.pid} of "), "it could not take its name away"
    assert world.requests() == 0
    assert pipeline.harvest(world.warehouse, ID).outcome == "done"
    assert owner(world.layout, ID) is None


def test_an_owner_shows_that_it_lives(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_BEAT", 0.01)
    with alone(world.layout, ID):
        path = world.layout.lock_owner(ID)
        os.utime(path, (0, 0))
        while path.stat().st_mtime == 0:
            time.sleep(0.01)
    assert not path.exists()


def test_an_owner_whose_name_was_torn_by_a_crash_is_nobody(world: World) -> None:
    world.run()
    world.layout.lock_owner(ID).write_bytes(b'{"host"')
    assert owner(world.layout, ID) is None
    world.later()
    assert world.run().outcome == "done"


def test_a_look_at_a_lock_does_not_turn_anybody_away(world: World) -> None:
    with alone(world.layout, ID):
        began = time.monotonic()
        assert is_busy(world.layout, ID)
        assert time.monotonic() - began < 5
    with alone(world.layout, ID):
        pass


def test_what_a_harvest_kept_is_used_only_once_it_was_loaded(world: World) -> None:
    """The ETag of a feed whose records were held or never loaded must not earn a 304."""
    rss = b"<rss version='2.0'><channel><title>F</title><item><guid>%d</guid><title>T</title></item></channel></rss>"
    feed = Feed(world, rss % 1)
    for run, outcome, least in (("1", "held", 5), ("2", "never", 0), ("3", "done", 0), ("4", "done", 0)):
        world.write_source("xx_feed", protocol="feed", url=feed.url, expect={"min_records": least}, full_every=30)
        if outcome == "never":
            pipeline.harvest(world.warehouse, "xx_feed", run, Request(since=DAY_ONE))
        else:
            assert world.run(run, source="xx_feed", request=Request(since=DAY_ONE)).outcome == outcome
        world.later()
    assert feed.validators == [None, None, None, '"1"']


class Feed:
    """A feed on the country's socket that notes the validators with which it is asked."""

    def __init__(self, world: World, body: bytes) -> None:
        self.url = world.country.url("/feed")
        self._world = world
        answer = world.country.answer

        def with_feed(path: str) -> Iterator[bytes]:
            return iter([reply(200, body, etag='"1"')]) if path.startswith("/feed") else answer(path)

        world.country.answer = with_feed  # type: ignore[method-assign]

    @property
    def validators(self) -> list[str | None]:
        return [asked.headers.get("if-none-match") for asked in self._world.country.asked if asked.path == "/feed"]


def test_reports_say_what_happened(world: World) -> None:
    world.country.delete("r4")
    world.run("R1")
    batch = Batch(ID, "R1")
    harvest = reports.read(world.layout, batch, HarvestReport)
    normalize = reports.read(world.layout, batch, NormalizeReport)
    load = reports.read(world.layout, batch, LoadReport)
    assert harvest
    assert normalize
    assert load
    assert (harvest.protocol, harvest.pages, harvest.records, harvest.deleted) == ("oai_pmh", 5, 4, 1)
    assert harvest.bytes == raw.add_up(world.layout.raw(ID, "R1")).bytes > 500
    assert harvest.full
    assert (normalize.runs, normalize.records, normalize.tombstones, normalize.unreadable) == (("R1",), 4, 1, 0)
    assert (load.counts.added, load.counts.deleted, load.snapshot) == (4, 1, "R1")
