"""Every write of every verb fails in turn, because the disk is full, and later there is room again.

Meanwhile readers see what they saw before or what comes next, whole; then the same command leaves what it would have
left on a disk with room all along: nothing is lost, nothing is there twice, nothing is left lying about.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

from tests.street.filling import Place, full, places
from tests.warehouse.world import ID, World, tree
from warehouse import pipeline, release, reports
from warehouse.layout import Layout
from warehouse.mending import seals
from warehouse.model import HarvestReport, LoadReport, NormalizeReport, PublishReport
from warehouse.runs import LOOK_AT_THE_DISK

RUN = "day 2"
Report = HarvestReport | NormalizeReport | LoadReport | PublishReport
VERBS: dict[str, Callable[[World], Report]] = {
    "harvest": lambda world: pipeline.harvest(world.warehouse, ID, RUN),
    "normalize": lambda world: pipeline.normalize(world.warehouse, ID, RUN),
    "load": lambda world: pipeline.load(world.warehouse, ID, RUN),
    "publish": lambda world: pipeline.publish(world.warehouse, RUN),
}
PAGE = 4_096  # bytes that a disk gives at once: a longer write may be cut in its middle
THOROUGH = settings.get_current_profile_name() == "torture"
_ITS_OWN = ("reports/", "locks/", "servers/", "scratch/")  # tell of attempts and of processes
_NAMED_ANEW = ("/search/words/", "/chm.duckdb", "/manifest.json")  # the same records give other bytes each time


class Day(NamedTuple):
    """The second day of a source, undisturbed: before each verb and after it, and where the verb writes."""

    world: World
    before: dict[str, Path]
    after: dict[str, Path]
    places: dict[str, list[Place]]

    def begin(self, verb: str) -> None:
        """Put the warehouse back to where the verb is told."""
        shutil.rmtree(self.world.layout.root)
        shutil.copytree(self.before[verb], self.world.layout.root)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("day")
    with World(folder) as world:
        world.run("day 1")
        world.publish("day 1")
        world.later()
        world.country.put("r1", "Title 1, revised")
        world.country.put("r5", "Title 5")
        world.country.delete("r2")
        told = Day(world, {}, {}, {})
        for verb, work in VERBS.items():
            told.before[verb] = Path(shutil.copytree(world.layout.root, folder / f"before-{verb}"))
            work(world)  # once unseen: what is remembered from then on is not worked out at the places again
            told.begin(verb)
            told.places[verb] = places(partial(work, world))
            told.after[verb] = Path(shutil.copytree(world.layout.root, folder / f"after-{verb}"))
        yield told


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # files that were open then, closed late
@pytest.mark.timeout(3_600 if THOROUGH else 600)
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_whose_write_fails_harms_nobody_and_goes_on_when_there_is_room(day: Day, verb: str) -> None:
    world, work, expected, resumed = day.world, VERBS[verb], _kept(day.after[verb]), set[str]()
    for place in _chosen(day.places[verb]):
        for room in (0, place.bytes // 2) if place.bytes > PAGE and place.time == 1 else (0,):
            day.begin(verb)
            with full(place, room):
                assert _fails(partial(work, world)), place
            _look(day, verb)
        if THOROUGH or place.file not in resumed:
            resumed.add(place.file)
            assert work(world).outcome == "done", place
            assert _kept(world.layout.root) == expected, place


@pytest.mark.parametrize(("verb", "least"), [("harvest", 15), ("normalize", 8), ("load", 15), ("publish", 60)])
def test_the_places_are_all_the_files_that_a_verb_writes(day: Day, verb: str, least: int) -> None:
    written = _kept(day.after[verb]).keys() - _kept(day.before[verb]).keys()
    assert least < len(day.places[verb]) >= len(written)


def _chosen(found: list[Place]) -> list[Place]:
    """Of a line that writes again and again, the first and the last time; under the profile `torture` every time."""
    last = {place[:2]: place for place in found}
    return [place for place in found if THOROUGH or place.time == 1 or place is last[place[:2]]]


def _fails(work: Callable[[], Report]) -> bool:
    try:
        report = work()
    except OSError:  # there was no room for the receipt either
        return True
    return report.failure is not None and report.failure.advice == LOOK_AT_THE_DISK


def _look(day: Day, verb: str) -> None:
    """What a reader sees now is what one sees before the verb or after it, and is whole."""
    layout = day.world.layout
    around = [Layout(day.before[verb]), Layout(day.after[verb])]
    shown, pointer = release.read(layout), reports.pointer(layout, ID)
    assert shown
    assert pointer
    assert shown.release in {found.release for each in around if (found := release.read(each))}
    assert release.verify(layout, shown).faults == ()
    assert pointer in [reports.pointer(each, ID) for each in around]
    assert seals.faults(layout.snapshot(ID, pointer.snapshot)) == ()


def _kept(folder: Path) -> dict[str, bytes]:
    """All that a verb is to leave, by name."""
    return {
        name: data
        for name, data in tree(folder).items()
        if not name.startswith(_ITS_OWN) and not any(part in name for part in _NAMED_ANEW)
    }
