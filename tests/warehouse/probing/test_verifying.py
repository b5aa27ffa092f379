"""Through the sources that nobody has looked at: one server after the other, by one process, and never twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from tests.harvesters.servers import Site, reply
from tests.warehouse.conftest import Chm
from tests.warehouse.probing.test_troubles import FEED
from tests.warehouse.world import ID, World
from warehouse import console, stops
from warehouse.probing import looking, verifying
from warehouse.probing.model import Probe
from warehouse.runs import Refused
from warehouse.settings import Contact
from warehouse.stops import Stop


@pytest.fixture(autouse=True)
def own_clock(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "SystemClock", lambda: world.clock)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site({f"/{name}.xml": FEED for name in "abc"}) as site:
        yield site


@pytest.fixture
def sources(world: World, site: Site) -> list[str]:
    """Sources of two servers, whose ids are in no order of theirs; the order in which they are asked."""
    for name, server, page in (("be_1", "north", "a"), ("be_2", "south", "b"), ("be_3", "north", "c")):
        url = site.url(f"/{page}.xml")
        world.write_source(name, status="unverified", protocol="feed", url=url, server=server)
    return ["be_1", "be_3", "be_2"]


def test_the_sources_of_a_server_are_asked_in_a_row_one_after_the_other(
    world: World, site: Site, sources: list[str]
) -> None:
    found = list(verifying.verify(world.warehouse, verifying.unverified(world.warehouse)))
    probes = [probe for _, probe in found if isinstance(probe, Probe)]
    assert [source.id for source, _ in found] == [probe.source for probe in probes] == sources
    assert list(dict.fromkeys(path for path in site.paths() if path.endswith(".xml"))) == ["/a.xml", "/c.xml", "/b.xml"]
    assert site.most_at_once == 1
    assert all(probe.requests <= looking.MOST for probe in probes)


def test_whoever_interrupts_it_has_what_was_found_and_the_next_goes_on(
    world: World, site: Site, sources: list[str]
) -> None:
    first = verifying.verify(world.warehouse, verifying.unverified(world.warehouse))
    next(first)
    with pytest.raises(Refused, match="the probes"):
        next(iter(verifying.verify(world.warehouse, verifying.unverified(world.warehouse))))
    first.close()  # type: ignore[attr-defined]  # a generator, as Ctrl-C leaves it
    known = {each.id: verifying.known(world.warehouse, each) for each in verifying.unverified(world.warehouse)}
    assert [name for name, probe in known.items() if probe] == sources[:1]
    assert {path for path in site.paths() if path.endswith(".xml")} == {"/a.xml"}


def test_where_a_server_wishes_to_be_left_alone_its_sources_wait_and_no_other(
    world: World, site: Site, sources: list[str], chm: Chm
) -> None:
    site.routes["/a.xml"] = reply(429, retry_after="3600")
    told = chm("probe", "--unverified")
    _, first, second, third = told.err.splitlines()
    why = "north asks to be left alone until 2026-03-02 07:00 UTC (Retry-After or a rate limit)."
    for line, number, source in ((first, 1, "be_1"), (second, 2, "be_3")):
        assert line.startswith(f"{number} of 3: {source} is left for another time: {why}")
        assert line.endswith(" The same command goes on with it.")
    assert third == "3 of 3: be_2 ready"
    assert told.out.startswith("Ready: 1; Needs a decision: 0; Unreachable: 0\n"), "nothing is held against them"
    assert "/c.xml" not in site.paths()

    site.routes["/a.xml"] = FEED
    world.later(hours=2)
    assert chm("probe", "--unverified").out.startswith("Ready: 3; ")


def test_who_may_not_be_asked_is_left_out(world: World, sources: list[str]) -> None:
    stops.add(world.layout, Stop(verdict="stop", source="be_1", by="Ana", why="too slow", at=world.clock.now()))
    world.write_source("be_2", status="retired", protocol="feed", url="https://x.example/")
    assert [each.id for each in verifying.unverified(world.warehouse)] == ["be_3"], f"{ID} is active"


def test_nobody_is_asked_anonymously(world: World, site: Site, sources: list[str]) -> None:
    anonymous = replace(world.warehouse, settings=replace(world.warehouse.settings, contact=Contact("", "")))
    with pytest.raises(Refused, match="no site is asked anonymously"):
        next(iter(verifying.verify(anonymous, verifying.unverified(anonymous))))
    assert site.asked == []
