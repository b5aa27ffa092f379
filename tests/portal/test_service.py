"""What holds for every answer: a release to read, headers, limits, and problems in words."""

from __future__ import annotations

from tests.portal.conftest import Portal
from tests.warehouse.world import World


def test_health_names_the_release_that_is_read(portal: Portal, world: World) -> None:
    answer = portal.get("/health")
    assert answer.status_code == 200
    assert answer.json()["release"] == world.layout.releases()[-1]
    assert answer.json()["records"] == 5
