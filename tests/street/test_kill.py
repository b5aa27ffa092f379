"""A verb that is killed and told again: the same in the end, and no site is asked for what is on disk already.

Killed in front of changes to the disk, all the way through each verb (see `killing`), and once more as a person would:
the installed command, from outside, by a signal.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from tests.harvesters.oai_server import ABOUT
from tests.network.network import Network
from tests.street.killing import chm, forks
from tests.street.walking import current, digests, environment, open_warehouse, published, rows
from warehouse import raw, release
from warehouse.context import Warehouse

VERBS = ("harvest", "normalize", "load")
RUN = "the-run"
KILLED = -signal.SIGKILL


class Undisturbed(Struct, frozen=True, kw_only=True):
    """One source's way undisturbed: before each verb a copy of the warehouse, and how many changes the verb makes."""

    warehouse: Warehouse
    before: dict[str, Path]
    changes: dict[str, int]
    asked: list[str]


class Street:
    """The network, settings for a warehouse in a given folder, and processes to kill."""

    def __init__(self, network: Network, folder: Path) -> None:
        self.network = network
        self.context: ForkServerContext = forks()
        self._settings = environment(network, folder)

    def settings(self, folder: Path) -> dict[str, str]:
        return {**self._settings, "CHM_WAREHOUSE": str(folder)}

    def chm(self, verb: str, source: str, folder: Path, at: int = 0) -> int:
        named = [source] if source else []
        return chm(self.context, [verb, *named, "--run-id", RUN], self.settings(folder), at)

    def undisturbed(self, source: str, folder: Path, verbs: Sequence[str]) -> Undisturbed:
        """Run the verbs in `folder` with nobody killed."""
        before, changes = {}, {}
        here = folder / "warehouse"
        here.mkdir()
        for verb in verbs:
            before[verb] = Path(shutil.copytree(here, folder / f"before-{verb}"))
            changes[verb] = self.chm(verb, "" if verb == "publish" else source, here)
        warehouse = open_warehouse(self.settings(here))
        return Undisturbed(warehouse=warehouse, before=before, changes=changes, asked=self.network.asked(source))


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with Network() as network:
        yield Street(network, tmp_path_factory.mktemp("settings"))


@pytest.fixture(scope="module")
def belgium(street: Street, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return street.undisturbed("be_demo", tmp_path_factory.mktemp("belgium"), (*VERBS, "publish"))


@pytest.fixture(scope="module")
def canada(street: Street, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return street.undisturbed("ca_demo", tmp_path_factory.mktemp("canada"), ["harvest"])


@pytest.mark.parametrize("percent", [1, 4, 40, 41, 75, 99])
def test_a_killed_harvest_of_a_repository_goes_on_behind_its_last_page(
    street: Street, canada: Undisturbed, tmp_path: Path, percent: int
) -> None:
    _kill_and_resume_harvest(street, canada, "ca_demo", tmp_path, percent)


@pytest.mark.parametrize("percent", [2, 30, 60, 95])
def test_a_killed_harvest_of_a_portal_goes_on_behind_its_last_channel(
    street: Street, belgium: Undisturbed, tmp_path: Path, percent: int
) -> None:
    _kill_and_resume_harvest(street, belgium, "be_demo", tmp_path, percent)


def _kill_and_resume_harvest(street: Street, way: Undisturbed, source: str, folder: Path, percent: int) -> None:
    at = max(1, way.changes["harvest"] * percent // 100)
    assert street.chm("harvest", source, folder, at) == KILLED
    warehouse = open_warehouse(street.settings(folder))
    stored = raw.add_up(warehouse.layout.raw(source, RUN)).pages
    asked = len(street.network.asked(source))
    street.chm("harvest", source, folder)
    again = [target for target in street.network.asked(source)[asked:] if target != "/robots.txt"]
    assert again == way.asked[1:][stored:], "exactly the pages behind the checkpoint are asked for"
    assert _received(warehouse, source) == _received(way.warehouse, source)


def test_killing_the_harvest_falls_between_pages_all_the_way(street: Street, canada: Undisturbed) -> None:
    assert canada.asked[0] == "/robots.txt"
    assert "verb=Identify" in canada.asked[1]
    assert len(canada.asked) == 1 + ABOUT + 33
    assert canada.changes["harvest"] >= 2 * len(canada.asked)


@pytest.mark.parametrize("verb", ["normalize", "load"])
@pytest.mark.parametrize("percent", [1, 30, 55, 80, 99])
def test_a_killed_normalize_or_load_told_again_gives_the_same_records_and_asks_nobody(
    street: Street, belgium: Undisturbed, tmp_path: Path, verb: str, percent: int
) -> None:
    here = _copy(belgium.before[verb], tmp_path)
    at = max(1, belgium.changes[verb] * percent // 100)
    asked = len(street.network.requests)
    assert street.chm(verb, "be_demo", here, at) == KILLED
    for again in VERBS[VERBS.index(verb) :]:
        assert street.chm(again, "be_demo", here) > 0
    assert len(street.network.requests) == asked
    warehouse = open_warehouse(street.settings(here))
    for name in ("records", "tombstones"):
        assert current(warehouse, "be_demo", name) == current(belgium.warehouse, "be_demo", name)
    changes = [found.layout.changes("be_demo", RUN) for found in (warehouse, belgium.warehouse)]
    assert rows(changes[0]) == rows(changes[1])
    assert _left_behind(here) == []


@pytest.mark.parametrize("percent", [1, 20, 45, 70, 90, 99])
def test_a_killed_publication_leaves_the_last_release_current_and_told_again_publishes_the_same(
    street: Street, belgium: Undisturbed, tmp_path: Path, percent: int
) -> None:
    here = _copy(belgium.before["publish"], tmp_path)
    at = max(1, belgium.changes["publish"] * percent // 100)
    assert street.chm("publish", "", here, at) == KILLED
    warehouse = open_warehouse(street.settings(here))
    half_way = release.read(warehouse.layout)
    if half_way:
        assert release.verify(warehouse.layout, half_way).faults == ()
    street.chm("publish", "", here)
    found, expected = release.read(warehouse.layout), release.read(belgium.warehouse.layout)
    assert found
    assert expected
    assert release.verify(warehouse.layout, found).faults == ()
    assert digests(found) == digests(expected)
    assert published(warehouse) == published(belgium.warehouse)
    assert _left_behind(here) == []


def test_the_installed_command_killed_from_outside_and_typed_again(
    street: Street, canada: Undisturbed, tmp_path: Path
) -> None:
    settings = {**os.environ, **street.settings(tmp_path)}
    command = [str(Path(sys.executable).with_name("chm")), "harvest", "ca_demo", "--run-id", RUN]
    warehouse = open_warehouse(street.settings(tmp_path))
    folder = warehouse.layout.raw("ca_demo", RUN)
    with subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL) as process:
        while raw.add_up(folder).pages < 12:
            assert process.poll() is None
            time.sleep(0.005)
        process.kill()
    stored, asked = raw.add_up(folder).pages, len(street.network.asked("ca_demo"))
    assert 12 <= stored < len(canada.asked) - 1
    assert subprocess.run(command, env=settings, check=False, capture_output=True).returncode == 0
    again = [target for target in street.network.asked("ca_demo")[asked:] if target != "/robots.txt"]
    assert again == canada.asked[1:][stored:]
    assert _received(warehouse, "ca_demo") == _received(canada.warehouse, "ca_demo")


def _copy(folder: Path, into: Path) -> Path:
    return Path(shutil.copytree(folder, into / "warehouse"))


def _received(warehouse: Warehouse, source: str) -> list[tuple[str, Any, bool, bytes]]:
    """Every record as received, page by page."""
    pages = raw.read(warehouse.layout.raw(source, RUN))
    return [
        (page.answer.url, record.identifier, record.deleted, record.body)
        for _, page in pages
        for record in page.records
    ]


def _left_behind(folder: Path) -> list[str]:
    """What an interrupted write calls its files until they are whole; tantivy calls one so that stays."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob(".*") if path.name != ".managed.json")
