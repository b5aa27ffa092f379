"""A held load and a person's word on it: what an approval covers, how long, and that only the newest plan counts."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest

from tests.warehouse.conftest import Chm
from tests.warehouse.world import ID, World
from warehouse import reports
from warehouse.files import Damaged
from warehouse.model import Batch, LoadReport
from warehouse.planning import approvals, held
from warehouse.planning.approvals import Answer, Signature
from warehouse.planning.gate import Baseline
from warehouse.runs import Refused

ANA = Signature(by="Ana", why="I have asked the ministry")


@pytest.fixture
def stopped(world: World) -> World:
    """Five documents, of which three are deleted: held."""
    world.run("first")
    world.later()
    for name in ("r0", "r1", "r2"):
        world.country.delete(name)
    assert world.run("held").outcome == "held"
    world.later(hours=1)
    return world


def allow(world: World, run: str = "held") -> None:
    """An approval that has let nothing through yet."""
    digest = approvals.digest(world.layout.question(ID, run))
    answer = Answer(verdict="approve", source=ID, run=run, digest=digest, by="Ana", why="", at=world.clock.now())
    approvals.add(world.layout, answer)
    world.later(hours=1)


def test_an_approved_load_is_loaded_and_tells_by_which_approval(stopped: World) -> None:
    report = held.approve(stopped.warehouse, ID, ANA)
    assert (report.outcome, report.counts.removed, report.held) == ("done", 3, ())
    assert stopped.live() == stopped.country.live()
    (answer,) = approvals.of(stopped.layout, ID)
    assert (answer.by, answer.why, answer.run, answer.digest) == (ANA.by, ANA.why, "held", report.approval)
    assert reports.read(stopped.layout, Batch(ID, "held"), LoadReport) == report


def test_an_approval_counts_once(stopped: World) -> None:
    held.approve(stopped.warehouse, ID, ANA)
    for step in (stopped.country.put, lambda name, _: stopped.country.delete(name)):
        stopped.later()
        for name in ("r0", "r1", "r2"):
            step(name, "Back")
        report = stopped.run()
    assert (report.outcome, report.counts.removed) == ("held", 3)


def test_what_is_added_meanwhile_does_not_void_an_approval(stopped: World) -> None:
    allow(stopped)
    stopped.country.put("new", "New")
    report = stopped.run()
    assert (report.outcome, report.counts.added, report.counts.removed) == ("done", 1, 3)


def test_a_plan_that_does_less_than_an_approved_one_passes(stopped: World) -> None:
    allow(stopped)
    stopped.country.put("r0", "Title 0")
    stopped.write_source(expect={"max_vanish": 0.2})
    assert (stopped.run().outcome, stopped.dead()) == ("done", {"r1", "r2"})


@pytest.mark.parametrize("more", ["a removal", "a change"])
def test_a_plan_that_does_more_than_an_approved_one_needs_its_own(more: str, stopped: World) -> None:
    allow(stopped)
    if more == "a removal":
        stopped.country.delete("r3")
    else:
        stopped.country.put("r3", "Changed")
    assert stopped.run("more").outcome == "held"
    assert held.approve(stopped.warehouse, ID, ANA).outcome == "done"


def test_the_same_records_that_become_something_else_need_their_own_approval(world: World) -> None:
    world.run()
    for title in ("One", "Two"):
        world.later()
        for name in world.country.live():
            world.country.put(name, title)
        assert world.run(title).outcome == "held"
        allow(world, title)
    world.write_source(expect={"max_change": 1})
    assert world.run().outcome == "done"


def test_a_rejection_takes_an_approval_back_and_drops_the_load(stopped: World) -> None:
    allow(stopped)
    rejected = held.reject(stopped.warehouse, ID, ANA)
    assert rejected.outcome == "rejected"
    assert len(stopped.live()) == 5
    with pytest.raises(Refused, match="no load is held"):
        held.approve(stopped.warehouse, ID, ANA)
    stopped.later()
    assert stopped.run().outcome == "held", "its time is asked for again, and the question is a new one"


def test_only_the_newest_plan_can_be_answered(stopped: World) -> None:
    stopped.country.put("new", "New")
    stopped.run("newer")
    older = Signature(by="Ana", why="Late", run="held")
    for answer in (held.approve, held.reject):
        with pytest.raises(Refused, match="the plan of run newer has taken the place of that of run held"):
            answer(stopped.warehouse, ID, older)
    assert held.approve(stopped.warehouse, ID, Signature(by="Ana", why="", run="newer")).counts.added == 1


def test_where_nothing_is_held_there_is_nothing_to_answer(world: World) -> None:
    for run in (False, True):
        if run:
            world.run()
        for answer in (held.approve, held.reject):
            with pytest.raises(Refused, match="no load is held"):
                answer(world.warehouse, ID, ANA)


def test_a_question_that_was_changed_by_hand_lets_nothing_through(stopped: World) -> None:
    allow(stopped)
    path = stopped.layout.question(ID, "held")
    rows = pq.read_table(path)
    stopped.country.delete("r3")
    stopped.run("more")
    path.write_bytes(stopped.layout.question(ID, "more").read_bytes())
    assert pq.read_table(path).num_rows == rows.num_rows + 1
    assert stopped.run().outcome == "held"


def test_an_approved_baseline_stays(world: World) -> None:
    world.write_source(expect={"min_records": 100, "fill": {"title": 0.9, "keywords": 0.5}})
    assert world.run("small").outcome == "held"
    world.later(hours=1)
    assert held.approve(world.warehouse, ID, ANA, baseline=True).outcome == "done"
    assert approvals.baseline(world.layout, ID) == Baseline(live=5, fill={"title": 1.0, "keywords": 0.0})
    world.later()
    world.country.put("new", "New")
    assert world.run().outcome == "done"
    world.later()
    for name in ("r0", "r1", "r2", "r3", "r4"):
        world.country.delete(name)
    assert any("the approved baseline bears (4)" in reason for reason in world.run().held)


def test_an_approval_without_a_baseline_is_for_once(world: World) -> None:
    world.write_source(expect={"min_records": 100})
    world.run("small")
    world.later(hours=1)
    assert held.approve(world.warehouse, ID, ANA).outcome == "done"
    world.later()
    world.country.put("new", "New")
    assert world.run().outcome == "held"


def test_a_line_that_is_no_answer_is_named(stopped: World) -> None:
    allow(stopped)
    path = stopped.layout.approvals()
    path.write_bytes(path.read_bytes() + b"approve!\n")
    with pytest.raises(Damaged, match=r"approvals\.jsonl, line 2 cannot be read"):
        held.approve(stopped.warehouse, ID, ANA)


def test_chm_plan_shows_what_waits_and_a_dry_run_of_load_the_same(stopped: World, chm: Chm, tmp_path: Path) -> None:
    shown = chm("plan", ID)
    assert (shown.code, shown.out.splitlines()[:3]) == (
        3,
        [
            "be_chm, run held: the batch names 3 records; 5 are live now, 2 would be.",
            "remove            3   60.0%",
            "    r0  Title 0  (deleted at source)",
        ],
    )
    assert "Would be held. be_chm: 3 of 5 records would vanish" in shown.out
    assert chm("load", ID, "--dry-run") == shown
    told = chm("plan", ID, "--parquet", str(tmp_path / "plan.parquet"), "--json").json()
    assert (told["counts"]["removed"], [kind["kind"] for kind in told["kinds"]]) == (3, ["remove"])
    assert [sample["source_identifier"] for sample in told["kinds"][0]["samples"]] == ["r0", "r1", "r2"]
    assert pq.read_table(tmp_path / "plan.parquet").column("kind").to_pylist() == ["remove"] * 3
    assert len(stopped.live()) == 5


def test_chm_plan_says_what_to_do_where_nothing_waits(world: World, chm: Chm) -> None:
    assert "no batch waits to be loaded" in chm("plan", ID).err
    assert "is not normalised. Run `chm normalize be_chm` first." in chm("plan", ID, "--run-id", "nonesuch").err


def test_chm_approve_and_reject_want_a_name_and_a_reason(stopped: World, chm: Chm) -> None:
    for verb in ("approve", "reject"):
        assert chm(verb, ID).code == 2
        refused = chm(verb, ID, "--by", "Ana", "--why", " ")
        assert (refused.code, "A decision needs a name and a reason" in refused.err) == (2, True)
    rejected = chm("reject", ID, "--by", "Ana", "--why", "An outage")
    assert (rejected.code, rejected.out) == (
        0,
        "be_chm: run held is dropped; the next harvest asks for the same again\n",
    )
    assert chm("status", ID, "--json").json()[0]["standing"] == "rejected"
    stopped.run("again")
    approved = chm("approve", ID, "--by", "Ana", "--why", "They merged", "--run-id", "again", "--json")
    assert (approved.code, msgspec.convert(approved.json(), LoadReport).counts.removed) == (0, 3)
