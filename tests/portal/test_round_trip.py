"""Our own harvester reads our own provider: what comes back is what was published, whatever happens meanwhile."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import requests

from tests.portal.listening import listening
from tests.portal.test_record import identifier, withdraw
from tests.warehouse.world import ID, World
from warehouse.portal.oai import lists
from warehouse.portal.oai.tokens import Position
from warehouse.portal.shelf import Reading


@pytest.fixture
def other(tmp_path: Path) -> World:
    """A second warehouse, whose one source is the read API of the first; its own country is asked nothing."""
    folder = tmp_path / "other"
    folder.mkdir()
    return World(folder, records=0)


def titles(world: World) -> dict[str, str]:
    """Live titles by the identifier that the provider gives."""
    return {f"urn:uuid:{row['identifier']}": dict(row["title"])["en"] for row in world.rows()}


def live(other: World) -> dict[str, str]:
    """What the other warehouse has of them."""
    return {row["source_identifier"]: dict(row["title"])["en"] for row in other.rows(source="ours")}


def await_release(url: str, release: str) -> None:
    while requests.get(f"{url}/health", timeout=10).json()["release"] != release:
        time.sleep(0.05)


def gather(other: World, world: World) -> None:
    other.clock.set(world.clock.now())
    assert other.run(source="ours").outcome == "done"


def test_the_harvester_follows_the_provider_through_changes_deletions_and_withdrawals(
    world: World, other: World
) -> None:
    with other, listening(world) as url:
        other.write_source("ours", url=f"{url}/oai", overlap=1, expect={"max_vanish": 1.0})
        gather(other, world)
        assert live(other) == titles(world)
        world.country.put("r0", "Another title")
        world.country.delete("r1")
        world.later()
        world.run()
        release, _ = world.publish()
        await_release(url, release.release)
        withdraw(world, identifier(world, "r2"))
        world.later()
        gather(other, world)
        gone = f"urn:uuid:{identifier(world, 'r2')}"
        left = {name: title for name, title in titles(world).items() if name != gone}
        assert live(other) == left
        assert gone in {row["source_identifier"] for row in other.rows("tombstones", "ours")}


def test_a_harvest_goes_on_with_its_token_through_a_publication(
    world: World, other: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    turned: list[lists.Listed] = []

    def page(reading: Reading, position: Position) -> lists.Listed:
        turned.append(turn(reading, position))
        if len(turned) == 1:  # between the first page and the second
            world.country.put("r9", "New meanwhile")
            world.country.put("r0", "Changed meanwhile")
            world.later()
            world.run()
            release, _ = world.publish()
            await_release(url, release.release)
        return turned[-1]

    turn = lists.page
    monkeypatch.setattr(lists, "PAGE", 2)
    monkeypatch.setattr(lists, "page", page)
    with other, listening(world) as url:
        other.write_source("ours", url=f"{url}/oai")
        gather(other, world)
        assert len(turned) >= 2
        now = titles(world)
        assert live(other) == {name: now[name] for name in live(other)}  # it asked `until` the moment when it began
        world.later()
        gather(other, world)  # an increment, whose `from` is that moment
        assert live(other) == now


def test_what_was_published_is_harvested_with_its_provenance(world: World, other: World) -> None:
    with other, listening(world) as url:
        other.write_source("ours", url=f"{url}/oai")
        gather(other, world)
        sets = {name for row in other.rows(source="ours") for name in row["provenance"]["sets"]}
        assert sets == {"country.be", f"source.{ID}", "schema.resource"}
