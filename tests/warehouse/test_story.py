"""A source's year, told step by step: what happens at the site, and the plan that its operator sees.

Each step is a day. `Story.plan` is what `chm plan` prints of the batch that the step brought, before it is loaded; of
what a person decides, the command itself says what it would do or has done.
"""

from __future__ import annotations

import re

import pytest

from tests.warehouse.conftest import Chm
from tests.warehouse.site import Country
from tests.warehouse.world import ID, World
from warehouse import pipeline
from warehouse.model import Failure, LoadReport, Request
from warehouse.planning import held, preview
from warehouse.planning.approvals import Signature

FULL = Request(full=True)
BY = ("--by", "Ana", "--why", "their letter of Monday")


class Story:
    """A world in which a harvest's plan is looked at, then loaded."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.day = 0
        self.plan = ""

    def step(self, request: Request = pipeline.EVERYTHING_NEW, days: int = 1) -> LoadReport:
        """So many days later: harvest, normalise, look at the plan, load."""
        self.day += days
        self.world.later(days=days)
        run = f"day {self.day}"
        harvested = pipeline.harvest(self.world.warehouse, ID, run, request)
        assert harvested.outcome == "done", harvested.failure
        assert pipeline.normalize(self.world.warehouse, ID, run).outcome == "done"
        self.plan = preview.text(held.look(self.world.warehouse, ID, run))
        return pipeline.load(self.world.warehouse, ID, run)

    def fails(self) -> Failure | None:
        """A day later: a harvest, which fails."""
        self.day += 1
        self.world.later()
        return pipeline.harvest(self.world.warehouse, ID, f"day {self.day}").failure


@pytest.fixture
def story(world: World) -> Story:
    """Ten documents, all loaded."""
    for number in range(5, 10):
        world.country.put(f"r{number}", f"Title {number}")
    told = Story(world)
    told.step(FULL)
    return told


class TestOutage:
    def test_a_site_that_is_down_takes_nothing_away_and_costs_no_plan(self, story: Story) -> None:
        before = story.world.rows()
        story.world.country.answers_left = 0
        for _ in range(3):
            assert story.fails() is not None
        assert story.world.rows() == before
        story.world.country.answers_left = None
        story.world.country.put("r0", "Written during the outage")
        pipeline.harvest(story.world.warehouse, ID)  # goes on with the run that failed
        assert story.step().outcome == "done"
        assert story.world.live() == story.world.country.live()


class TestHalfAList:
    def test_what_a_sweep_does_not_show_stays_for_its_grace_and_is_unharmed_when_it_is_back(self, story: Story) -> None:
        hidden = story.world.country.hide("r5", "r6", "r7", "r8", "r9")
        report = story.step(FULL)
        assert (
            story.plan
            == """be_chm, run day 2: the batch names 5 records; 10 are live now, 10 would be.
absent            5   50.0%
    r5  Title 5  (absent since 2026-03-04)
    r6  Title 6  (absent since 2026-03-04)
    r7  Title 7  (absent since 2026-03-04)
    r8  Title 8  (absent since 2026-03-04)
    r9  Title 9  (absent since 2026-03-04)
unchanged         5   50.0%
Warning. be_chm: 5 of 10 records are absent. They stay live for 14 days; what is still absent then would be held. \
Look at the site."""
        )
        assert (report.outcome, len(story.world.live())) == ("done", 10)
        story.world.country.stamped |= hidden
        report = story.step(FULL)
        assert (report.counts.absent, report.counts.unchanged, story.world.rows("absences")) == (0, 10, [])

    def test_what_is_gone_for_good_is_buried_by_a_sweep_after_its_grace(self, story: Story) -> None:
        story.world.country.hide("r9")
        story.step(FULL)
        assert story.step(FULL, days=13).counts.absent == 1
        story.step(FULL)
        assert (
            story.plan
            == """be_chm, run day 16: the batch names 9 records; 10 are live now, 9 would be.
remove            1   10.0%
    r9  Title 9  (absent since 2026-03-04)
unchanged         9   90.0%"""
        )
        (stone,) = story.world.rows("tombstones")
        assert (stone["source_identifier"], stone["reason"], stone["buried"]) == ("r9", "absent", "2026-03-18")

    def test_half_a_list_that_lasts_longer_than_its_grace_is_held_and_asked_for_again(self, story: Story) -> None:
        story.world.country.hide("r5", "r6", "r7", "r8", "r9")
        story.step(FULL)
        for _ in range(2):
            report = story.step(FULL, days=14)
            assert (report.outcome, len(story.world.live())) == ("held", 10)
            assert (
                "5 of 10 records would vanish, more than the 3 that `expect.max_vanish` (0.3) allows" in report.held[0]
            )


class TestRekeyedSite:
    def test_a_site_that_names_everything_anew_is_held_until_a_person_lets_it_pass(self, story: Story) -> None:
        country = story.world.country
        for name in list(country.stamped):
            country.put(f"node/{name}", str(country.stamped.pop(name)[0]))
        report = story.step(FULL)
        assert re.sub(r"(?m)^    .*\n", "", story.plan).startswith(
            """be_chm, run day 2: the batch names 10 records; 10 are live now, 10 would be.
remove           10  100.0%
re_key           10  100.0%
Would be held. be_chm: 10 of 10 records would change their identifiers, more than the 2 that `expect.max_rekey` (0.2)"""
        )
        assert "    r0  Title 0  (moved to node/r0)\n" in story.plan
        assert "    node/r0  Title 0  (was r0)\n" in story.plan
        assert (report.outcome, story.world.live().keys()) == ("held", {f"r{n}" for n in range(10)})
        story.world.later(hours=1)
        signed = Signature(by="Ana", why="They moved to another CMS")
        assert held.approve(story.world.warehouse, ID, signed).outcome == "done"
        assert story.world.live() == country.live()
        moved = {row["source_identifier"]: row["successor"] for row in story.world.rows("tombstones")}
        now = {row["source_identifier"]: row["identifier"] for row in story.world.rows()}
        assert moved == {f"r{number}": now[f"node/r{number}"] for number in range(10)}
        assert story.step(FULL).counts.unchanged == 10


class TestMassEdit:
    def test_an_edit_of_everything_is_held_and_one_that_is_taken_back_is_dropped(self, story: Story) -> None:
        country = story.world.country
        for number in range(10):
            country.put(f"r{number}", "Page not found")
        country.put("r10", "A new one")
        assert story.step().outcome == "held"
        assert story.plan.splitlines()[1:4] == [
            "change           10  100.0%",
            "    r0  Page not found",
            "        title: {'en': 'Title 0'} -> {'en': 'Page not found'}",
        ]
        assert "    r10  A new one" in story.plan
        story.world.later(hours=1)
        held.reject(story.world.warehouse, ID, Signature(by="Ana", why="Their template is broken"))
        assert set(story.world.live().values()) == {f"Title {number}" for number in range(10)}
        for number in range(10):
            country.put(f"r{number}", f"Title {number}")
        report = story.step()
        assert (report.outcome, report.counts.added, report.counts.unchanged) == ("done", 1, 10)


class TestDeletionAndReturn:
    def test_a_deletion_is_done_at_once_and_a_return_undoes_it(self, story: Story) -> None:
        country = story.world.country
        country.delete("r3")
        story.step()
        assert story.plan.splitlines()[1:3] == ["remove            1   10.0%", "    r3  Title 3  (deleted at source)"]
        assert [row["reason"] for row in story.world.rows("tombstones")] == ["deleted_at_source"]
        country.put("r3", "Title 3, revised")
        report = story.step()
        assert story.plan.splitlines()[1:3] == ["flap              1   11.1%", "    r3  Title 3, revised"]
        assert (report.counts.returned, story.world.rows("tombstones")) == (1, [])
        assert story.world.live() == country.live()


class TestMoveToBioland:
    def test_a_site_that_another_source_took_over_is_retired_without_a_mass_deletion(
        self, story: Story, chm: Chm
    ) -> None:
        with Country(records=0) as bioland:
            for number in range(8):
                bioland.put(f"r{number}", f"Title {number}")
            bioland.put("node/1", "Welcome")
            story.world.write_source("be_bioland", url=bioland.url("/oai"))
            story.world.later()
            story.world.run(source="be_bioland")
        told = chm("sources", "succeed", ID, "be_bioland", "--dry-run", *BY).out
        assert (
            re.sub(r"(?m)^    .*\n", "", told)
            == """\
8 records of be_chm are records of be_bioland:
  by identifier: 8
2 records of be_chm have no successor and would stay published as they are.
1 records of be_bioland are new.
"""
        )
        assert len(story.world.live()) == 10, "nothing was changed"
        chm("sources", "succeed", ID, "be_bioland", *BY)
        assert story.world.live().keys() == {"r8", "r9"}
        now = {row["source_identifier"]: row["identifier"] for row in story.world.rows(source="be_bioland")}
        moved = {row["source_identifier"]: (row["reason"], row["successor"]) for row in story.world.rows("tombstones")}
        assert moved == {f"r{number}": ("moved", now[f"r{number}"]) for number in range(8)}
        assert f"{ID} is retired" in chm("run", ID).err


class TestWithdrawal:
    def test_a_withdrawn_record_leaves_the_index_whatever_its_site_does_until_it_is_restored(
        self, story: Story, chm: Chm
    ) -> None:
        story.world.publish()
        assert chm("withdraw", "r3", *BY).code == 0
        story.world.country.put("r3", "Title 3, revised")
        story.step()
        assert story.plan.splitlines()[1:] == [
            "change            1   10.0%",
            "    r3  Title 3, revised",
            "        title: {'en': 'Title 3'} -> {'en': 'Title 3, revised'}",
        ]
        story.world.publish()
        assert re.search(r"(?m)^remove \S+ of be_chm \(r3\), withdrawn$", chm("diff").out)
        assert chm("restore", "r3", *BY).code == 0
        story.world.later()
        story.world.publish()
        assert re.search(r"(?m)^add \S+ of be_chm \(r3\)$", chm("diff").out)


class TestMappingFixAndReplay:
    def test_a_term_that_is_decided_later_changes_what_was_received_before_and_asks_nobody(
        self, story: Story, chm: Chm
    ) -> None:
        country = story.world.country
        for number in range(3):
            country.subjects[f"r{number}"] = ("Zones humides",)
            country.put(f"r{number}", f"Title {number}")
        story.step()
        assert story.plan.count("keywords: [] -> [{'value': 'Zones humides', 'language': None}]") == 3
        asked = story.world.requests()
        assert chm("terms", "accept", "zones humides", "CBD-SUBJECT-WTR", "--by", "Ana").code == 0
        told = chm("replay", "--dry-run").out
        assert told.startswith("be_chm: of 10 records 3 would change, 0 come, 0 go, 7 stay as they are\n")
        assert "         3  keywords (be 3)\n         3  subjects (be 3)\n" in told
        assert 'subjects: [] -> [{"identifier":"CBD-SUBJECT-WTR"' in told
        assert "be_chm: 0 added, 3 changed, 0 removed, 7 unchanged" in chm("replay", ID).out
        assert story.world.requests() == asked
        assert story.step(FULL).counts.unchanged == 10
