"""`chm quality` and `chm duplicates` over the demonstration network: all is measured, and nothing tied falsely."""

from __future__ import annotations

import pytest

from tests.network.network import SITES, Network
from tests.street.walking import current, environment, open_warehouse, walk_all
from warehouse.assessing import duplicates, quality
from warehouse.context import Warehouse

NOTHING_TO_MEASURE = {"ma_demo": {"matched"}}  # plain pages have no subjects and no keywords


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    with Network() as network:
        walked = open_warehouse(environment(network, tmp_path_factory.mktemp("street")))
        walk_all(walked)
    return walked


@pytest.mark.parametrize("source", SITES)
def test_every_source_is_measured_by_its_first_load(source: str, warehouse: Warehouse) -> None:
    found = quality.of(warehouse.layout, source)
    rows = current(warehouse, source)
    assert found.latest is not None
    assert found.latest.records == len(rows) == sum(one.records for one in found.latest.schemas)
    assert found.latest.filled["title"] == sum(bool(row["title"]) for row in rows)
    assert found.latest.languages.keys() == {tag for row in rows for tag in row["languages"]}
    assert found.latest.score is not None
    assert 50 < found.latest.score <= 100
    shares = {part.name: part.share for part in found.latest.parts}
    assert {name for name, share in shares.items() if share is None} == NOTHING_TO_MEASURE.get(source, set())
    assert all(share is None or 0 <= share <= 1 for share in shares.values())


def test_sites_that_tell_of_different_documents_have_no_duplicates(warehouse: Warehouse) -> None:
    found = duplicates.find(warehouse.layout)
    assert found.records == sum(len(current(warehouse, source)) for source in SITES)
    assert found.clusters == ()
