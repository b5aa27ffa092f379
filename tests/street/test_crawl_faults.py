"""Each fault of a site that is crawled: what is kept, what is reported, and that the next good run heals it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from harvesters import http
from harvesters.visit import Visit
from tests.street.crawl_faults import ROWS
from tests.street.faults import Row, Stage


@pytest.fixture(scope="module", autouse=True)
def hasty() -> Iterator[None]:
    """The crawl's process lives by the machine's clock: its rests between tries are short here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http, "Visit", partial(Visit, pauses=(0.1, 0.1, 0.1)))
        yield


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("stage"), ["crawl"]) as stage:
        yield stage


@pytest.mark.parametrize("row", ROWS, ids=[row.fault for row in ROWS])
def test_what_is_lost_is_told_and_comes_back(row: Row, stage: Stage, tmp_path: Path) -> None:
    assert stage.play(row, tmp_path).differs(row) == []
