"""Each fault of a data catalogue: what is kept, what is reported, and that it is healed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.street.data_faults import ROWS
from tests.street.faults import Row, Stage


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("stage"), ["ckan", "chm_index", "dcat"]) as stage:
        yield stage


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.protocol}: {row.fault}" for row in ROWS])
def test_what_is_lost_is_told_and_comes_back(row: Row, stage: Stage, tmp_path: Path) -> None:
    assert stage.play(row, tmp_path).differs(row) == []
