"""A person's word as Airflow follows it: accepted, a source has a schedule; stopped, its harvest ends between pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Literal, cast

import pytest

from tests.harvesters.servers import Site
from tests.warehouse.probing.test_troubles import FEED
from tests.warehouse.site import Country
from tests.warehouse.world import ID, World
from warehouse import reports, stops
from warehouse.model import Batch, HarvestReport
from warehouse.planning import held
from warehouse.planning.approvals import Signature
from warehouse.probing import accepting, verifying
from warehouse.runs import Refused
from warehouse.stops import Stop

ROOT = Path(__file__).parents[2]
RUN = "scheduled__2026-03-01T06:10:00+00:00"
STOPPED = "Ana stopped it: too slow."


class Airflow:
    """What reads dags/ and runs their tasks, all the time that words are said; see `calling`."""

    def __init__(self, asking: IO[str], telling: IO[str], log: Path) -> None:
        self._asking, self._telling, self._log = asking, telling, log

    def schedule(self, source: str) -> Any:
        return self._ask(source, None)

    def run(self, source: str, run: str) -> Any:
        return self._ask(source, run)

    def _ask(self, source: str, run: str | None) -> Any:
        self._asking.write(json.dumps([f"harvest_{source}", run]) + "\n")
        self._asking.flush()
        told = self._telling.readline()
        assert told, self._log.read_text(errors="replace")
        return json.loads(told)


@contextmanager
def airflow(world: World) -> Iterator[Airflow]:
    others = {name: value for name, value in os.environ.items() if not name.startswith(("CHM_", "AIRFLOW"))}
    home = {"AIRFLOW_HOME": str(world.folder / "airflow"), "AIRFLOW_CONFIG": str(ROOT / "airflow.cfg")}
    written = world.folder / "airflow.log"
    with written.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.dags.calling"],
            cwd=ROOT,
            env={**others, **home, **world.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    asking, telling = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
    try:
        yield Airflow(asking, telling, written)
        asking.close()
        assert process.wait(20) == 0, written.read_text(errors="replace")
    finally:
        process.kill()
        process.wait()
        with suppress(BrokenPipeError):
            asking.close()
        telling.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as world:
        yield world


def say(world: World, verdict: Literal["stop", "start"]) -> None:
    stops.add(world.layout, Stop(verdict=verdict, source=ID, by="Ana", why="too slow", at=world.clock.now()))


def test_the_schedule_follows_whoever_accepts_stops_and_starts_a_source(world: World) -> None:
    with Site({"/feed/": FEED}) as site, airflow(world) as scheduler:
        world.write_source(status="unverified", protocol="feed", url=site.url("/feed/"), schedule="10 6 * * *")
        assert scheduler.schedule(ID) == "None"
        list(verifying.verify(world.warehouse, verifying.unverified(world.warehouse)))
        assert scheduler.schedule(ID) == "None", "a probe alone sets nothing going"
        accepting.accept(world.warehouse, ID, Signature(by="Ana", why="probed"))
        assert scheduler.schedule(ID) == "10 6 * * *"
        say(world, "stop")
        assert scheduler.schedule(ID) == "None"
        say(world, "start")
        assert scheduler.schedule(ID) == "10 6 * * *"


def test_a_task_that_runs_is_skipped_between_two_pages_and_cleared_goes_on_behind_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.country.page_size = 1

    def answer(path: str) -> Iterator[bytes]:
        """The word is said while the second page is on its way."""
        if "resumptionToken" in path and not world.layout.stops().exists():
            say(world, "stop")
        return Country.answer(world.country, path)

    monkeypatch.setattr(world.country, "answer", answer)
    with airflow(world) as worker:
        assert worker.run(ID, RUN) == {"harvest": f"skipped: {STOPPED}"}, "nothing is tried again, nothing follows"
        report = reports.read(world.layout, Batch(ID, RUN), HarvestReport)
        assert report
        assert (report.outcome, report.records) == ("stopped", 2)
        with pytest.raises(Refused):
            held.newest(world.warehouse, ID, RUN)  # so nobody is asked to decide anything

        asked = world.requests()
        assert worker.run(ID, "another")["harvest"].startswith(f"skipped: {ID}: {STOPPED} `chm sources start {ID}`")
        assert world.requests() == asked

        say(world, "start")
        assert worker.run(ID, RUN) == {"harvest": "success", "normalize": "success", "load": "success"}
    lists = [tuple(each.items()) for each in world.country.asked_for() if each["verb"] == "ListRecords"]
    assert len(lists) == len(set(lists)) == 5, "no page was asked for twice"
    assert len(world.live()) == 5
