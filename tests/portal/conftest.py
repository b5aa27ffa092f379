from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.warehouse.world import World
from warehouse.portal.app import app
from warehouse.portal.serving import Serving

BASE = "https://index.example"


class Portal(TestClient):
    """A client of the read API over a world; `look` is what the app does by itself every second."""

    def __init__(self, world: World, **keys: Any) -> None:
        self.world = world
        serving = Serving(**{"url": BASE, "mail": "operator@example.org", "rate": 0, **keys})
        self.app_ = app(world.layout.root, serving, world.clock)
        super().__init__(self.app_, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)

    def look(self) -> None:
        self.app_.state.shelf.look()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A country's five records, published."""
    with World(tmp_path) as world:
        world.run()
        world.publish()
        yield world


@pytest.fixture
def portal(world: World) -> Portal:
    return Portal(world)


@pytest.fixture(scope="session")
def resting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """As `portal`, over one `world` for all tests: for those that change nothing of it."""
    with World(tmp_path_factory.mktemp("resting")) as world:
        world.run()
        world.publish()
        yield Portal(world)
