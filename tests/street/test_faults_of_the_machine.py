"""`chm` on a full disk (`test_full_disk` has every write), on a clock that jumps back, twice at once, and being read.

Whatever happens, a reader sees a whole release, nothing that was acknowledged is lost, and no record is there twice.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.network.days import moment
from tests.network.network import Network
from tests.street.killing import NO_SPACE, chm, chm_full, forks
from tests.street.walking import current, environment, open_warehouse, published, rows, walk
from warehouse import pipeline, release, reports
from warehouse.context import Warehouse

VERBS = ("harvest", "normalize", "load", "publish")
SOURCE, RUN = "be_demo", "the-run"
PLACES = (1, 10, 25, 40, 60, 75, 90, 99)  # per cent of the way through a verb


class Way(NamedTuple):
    """The warehouse before each verb, how many changes the verb makes, and the warehouse after all of them."""

    before: dict[str, Path]
    changes: dict[str, int]
    after: Warehouse


class Machine:
    def __init__(self, network: Network, folder: Path) -> None:
        self.network = network
        self.context: ForkServerContext = forks()
        self._settings = environment(network, folder)

    def settings(self, folder: Path) -> dict[str, str]:
        return {**self._settings, "CHM_WAREHOUSE": str(folder)}

    def arguments(self, verb: str, run: str = RUN) -> list[str]:
        return [verb, *([] if verb == "publish" else [SOURCE]), "--run-id", run]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with Network() as network:
        yield Machine(network, tmp_path_factory.mktemp("settings"))


@pytest.fixture(scope="module")
def way(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Way:
    folder = tmp_path_factory.mktemp("way")
    here, before, changes = folder / "warehouse", {}, {}
    here.mkdir()
    for verb in VERBS:
        before[verb] = Path(shutil.copytree(here, folder / f"before-{verb}"))
        changes[verb] = chm(machine.context, machine.arguments(verb), machine.settings(here))
    return Way(before, changes, open_warehouse(machine.settings(here)))


def told(found: list[dict[str, object]]) -> list[tuple[object, object]]:
    """What rows say, whenever it was received."""
    return [(row["identifier"], row.get("fingerprint")) for row in found]


@pytest.mark.parametrize(("verb", "percent"), [("harvest", 25), ("normalize", 75), ("load", 60), ("publish", 40)])
def test_a_verb_that_finds_the_disk_full_ends_and_goes_on_when_there_is_room(
    machine: Machine, way: Way, tmp_path: Path, verb: str, percent: int
) -> None:
    here = Path(shutil.copytree(way.before[verb], tmp_path / "warehouse"))
    at = max(1, way.changes[verb] * percent // 100)
    assert chm_full(machine.context, machine.arguments(verb), machine.settings(here), at) == NO_SPACE
    warehouse = open_warehouse(machine.settings(here))
    if half_way := release.read(warehouse.layout):
        assert release.verify(warehouse.layout, half_way).faults == ()
    for again in VERBS[VERBS.index(verb) :]:
        assert chm(machine.context, machine.arguments(again), machine.settings(here)) > 0
    for name in ("records", "tombstones"):
        assert told(current(warehouse, SOURCE, name)) == told(current(way.after, SOURCE, name))
        assert told(published(warehouse, name)) == told(published(way.after, name))


def test_two_processes_that_load_one_batch_leave_it_once(machine: Machine, way: Way, tmp_path: Path) -> None:
    here = Path(shutil.copytree(way.before["load"], tmp_path / "warehouse"))
    codes: list[int] = []

    def load() -> None:
        codes.append(chm(machine.context, machine.arguments("load"), machine.settings(here)))

    both = [threading.Thread(target=load) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    warehouse = open_warehouse(machine.settings(here))
    assert any(code > 2 for code in codes), "one of them made its changes"
    assert min(codes) >= 0, "and the other was refused, or found it done"
    assert current(warehouse, SOURCE) == current(way.after, SOURCE)
    assert rows(warehouse.layout.changes(SOURCE, RUN)) == rows(way.after.layout.changes(SOURCE, RUN))


def test_a_clock_that_jumps_back_loses_nothing_and_doubles_nothing(machine: Machine, tmp_path: Path) -> None:
    settings = machine.settings(tmp_path / "warehouse")
    warehouse = open_warehouse(settings)
    first = walk(warehouse, SOURCE)
    assert first.load
    assert pipeline.publish(warehouse).outcome == "done"
    one = release.read(warehouse.layout)
    back = moment(1) - timedelta(hours=3)
    warehouse.clock.set(back)  # type: ignore[attr-defined]  # the tests' own clock
    second = walk(warehouse, SOURCE)
    assert second.load
    assert (second.load.outcome, second.load.counts.live) == ("done", first.load.counts.live)
    assert [batch.run for batch in reports.runs(warehouse.layout, SOURCE)] == [first.harvest.run, second.harvest.run]
    identifiers = [row["identifier"] for row in current(warehouse, SOURCE)]
    assert len(identifiers) == len(set(identifiers)) == first.load.counts.live
    assert pipeline.publish(warehouse, patient=True).outcome == "done", "not before the clock has caught up"
    two = release.read(warehouse.layout)
    assert one
    assert two
    assert two.release != one.release
    assert two.records == one.records
    assert release.verify(warehouse.layout, two).faults == ()


def test_readers_see_a_whole_release_while_it_is_published_and_killed_again_and_again(
    machine: Machine, way: Way, tmp_path: Path
) -> None:
    here = Path(shutil.copytree(way.after.layout.root, tmp_path / "warehouse"))
    warehouse = open_warehouse(machine.settings(here))
    done, seen = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            found = release.read(warehouse.layout)
            assert found
            rows_of = rows(warehouse.layout.release(found.release) / "records.parquet")
            seen.append((found.release, len(rows_of) == found.records))

    reader = _Watched(read)
    reader.start()
    changes = way.changes["publish"]
    for number, percent in enumerate(PLACES):
        again = machine.arguments("publish", f"again-{number}")
        chm(machine.context, again, machine.settings(here), max(1, changes * percent // 100))
        chm(machine.context, again, machine.settings(here))
    done.set()
    reader.join()
    assert reader.fault is None
    assert all(whole for _, whole in seen)
    assert len({name for name, _ in seen}) > 1, "they have seen it move"


class _Watched(threading.Thread):
    """A thread whose fault is not lost."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            self._work()
        except (AssertionError, OSError) as error:
            self.fault = error
