"""How every source stands, read back from the reports alone."""

from __future__ import annotations

import pytest

from tests.warehouse.conftest import Chm
from tests.warehouse.world import ID, World, change_json
from warehouse import pipeline, status
from warehouse.context import read_sources
from warehouse.counts import Counts
from warehouse.model import SourceStatus
from warehouse.runs import alone


def standing(world: World) -> SourceStatus:
    return status.of(world.layout, world.warehouse.source(ID))


def test_never(world: World) -> None:
    found = standing(world)
    assert (found.standing, found.run, found.last_success, found.live) == ("never", None, None, 0)
    assert (found.name, found.government, found.protocol, found.status) == ("Belgium", "BE", "oai_pmh", "active")


@pytest.fixture
def untried(world: World) -> list[str]:
    """A handful of sources that nobody has looked at, beside one that was harvested."""
    names = [f"fr_{number}" for number in range(5)]
    for name in names:
        world.write_source(name, government="FR", status="unverified")
    world.run()
    return names


def test_of_sources_that_nobody_looked_at_nothing_is_read(
    untried: list[str], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []
    monkeypatch.setattr(status.reports, "pointer", lambda _layout, source: looked_at.append(source))
    rows = status.of_all(world.layout, read_sources(world.warehouse.settings)[0])
    assert looked_at == [ID]
    assert [row.source for row in rows] == [ID, *untried]
    assert {row.standing for row in rows if row.source in untried} == {"never"}


def test_they_are_one_line_among_those_that_were_harvested(untried: list[str], chm: Chm) -> None:
    told = chm("status").out
    assert f"\n{len(untried)} sources are unverified: `chm probe --unverified` looks at what they answer.\n" in told
    assert not any(name in told for name in untried)
    assert "never" in chm("status", untried[0]).out, "one that is asked for is shown"
    assert len(chm("status", "--json").json()) == 1 + len(untried)


def test_a_source_that_was_tried_by_hand_is_shown_whatever_its_file_says(world: World, chm: Chm) -> None:
    world.write_source(status="unverified")
    world.run()
    assert ID in chm("status").out


def test_open_between_the_verbs_and_done_after_them(world: World) -> None:
    pipeline.harvest(world.warehouse, ID)
    found = standing(world)
    assert (found.standing, found.counts, found.live) == ("open", Counts(seen=5), 0)
    pipeline.normalize(world.warehouse, ID)
    assert standing(world).standing == "open"
    report = pipeline.load(world.warehouse, ID)
    found = standing(world)
    assert (found.standing, found.run, found.counts, found.live) == ("done", report.run, report.counts, 5)
    assert (found.last_success, found.reasons) == (world.clock.now(), ())


@pytest.mark.parametrize("verb", ["harvest", "normalize", "load"])
def test_busy_while_a_process_works_and_interrupted_once_it_is_gone(verb: str, world: World) -> None:
    run = world.run().run
    change_json(world.layout.report(ID, run, verb), outcome="running")
    with alone(world.layout, ID):
        assert standing(world).standing == "busy"
    assert standing(world).standing == "interrupted"


def test_failed_with_its_reason_and_the_last_good_records(world: World) -> None:
    world.run()
    good = world.clock.now()
    world.later()
    world.country.answers_left = 0
    pipeline.harvest(world.warehouse, ID)
    found = standing(world)
    assert (found.standing, found.live, found.last_success) == ("failed", 5, good)
    assert "503" in found.reasons[0]
    assert found.counts == Counts()


def test_held_with_its_reason_and_what_readers_see(world: World) -> None:
    world.run()
    world.write_source(expect={"min_records": 100})
    world.later()
    world.country.put("new", "New")
    world.run()
    found = standing(world)
    assert (found.standing, found.live, found.counts.added) == ("held", 5, 1)
    assert "fewer than `expect.min_records` (100)" in found.reasons[0]


def test_issues_are_counted_by_code_from_both_verbs(world: World) -> None:
    world.country.broken = True
    world.run()
    found = standing(world)
    assert found.issues + found.notes == sum(found.issues_by_code.values()) > 1
    assert "record_without_identifier" in found.issues_by_code


def test_a_source_whose_records_have_notes_alone_is_quiet(world: World) -> None:
    world.run()
    found = standing(world)
    assert found.issues_by_code.keys() == {"incomplete"}
    assert (found.issues, found.notes) == (0, 5)


def test_a_source_whose_file_is_gone_is_shown_by_what_the_warehouse_knows(world: World) -> None:
    world.run()
    (found,) = status.of_all(world.layout, [])
    assert (found.source, found.name, found.status, found.live) == (ID, "Belgium", "no file", 5)


def test_a_damaged_report_is_told_and_hides_no_other_source(world: World) -> None:
    world.write_source("fr_chm", name="France", government="FR")
    world.run("R1")
    world.run("R1", source="fr_chm")
    world.layout.report(ID, "R1", "load").write_text("{")
    be, fr = status.of_all(world.layout, [])
    assert (be.standing, fr.standing) == ("failed", "done")
    assert "load.json cannot be read" in be.reasons[0]
