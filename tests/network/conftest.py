"""One network for all tests of a module; each begins on the first day."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.network.network import Network


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with Network() as running:
        yield running


@pytest.fixture(autouse=True)
def on_the_first_day(network: Network) -> None:
    network.day = 1
