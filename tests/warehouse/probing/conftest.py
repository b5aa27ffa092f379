"""A warehouse that knows no source, on a clock that only moves when somebody sleeps.

It begins at the machine's time: a crawl runs in a process of its own, by that.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.harvesters.servers import FakeClock
from warehouse import settings
from warehouse.context import Warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    environment = {
        "CHM_WAREHOUSE": str(tmp_path / "data"),
        "CHM_REGISTRY": "none",
        "CHM_CONTACT": "tests@demonstration.example",
        "CHM_CONTACT_PAGE": "https://demonstration.example/harvester",
        "CHM_ALLOW_PRIVATE": "yes",
    }
    return Warehouse(settings=settings.read(environment), clock=FakeClock(datetime.now(UTC)))
