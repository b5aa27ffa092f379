"""A verb that is told twice with one run id does its work once: the disk stays as it is, and nobody is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from tests.network.network import Network
from tests.street.walking import (
    DATED,
    StreetClock,
    contents,
    current,
    digests,
    environment,
    open_warehouse,
    publish,
    walk,
)
from warehouse import pipeline
from warehouse.context import Warehouse
from warehouse.model import HarvestReport, LoadReport, NormalizeReport, PublishReport, Request
from warehouse.runs import Refused

RUN = "manual__2026-03-01T06:00:00+00:00"  # as Airflow names them
Verb = Callable[[Warehouse], HarvestReport | NormalizeReport | LoadReport | PublishReport]
VERBS: dict[str, Verb] = {
    "harvest": lambda warehouse: pipeline.harvest(warehouse, "be_demo", RUN),
    "normalize": lambda warehouse: pipeline.normalize(warehouse, "be_demo", RUN),
    "load": lambda warehouse: pipeline.load(warehouse, "be_demo", RUN),
    "publish": lambda warehouse: pipeline.publish(warehouse, RUN),
}


class Street(Struct, frozen=True):
    network: Network
    warehouse: Warehouse


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with Network() as running:
        yield running


@pytest.fixture
def street(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Street:
    """A warehouse in which every verb was told once."""
    warehouse = open_warehouse(environment(network, tmp_path_factory.mktemp("street")))
    for tell in VERBS.values():
        assert tell(warehouse).outcome == "done"
    return Street(network, warehouse)


def _an_hour_passes(warehouse: Warehouse) -> None:
    assert isinstance(warehouse.clock, StreetClock)
    warehouse.clock.sleep(3600)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_told_again_after_all_of_them_returns_its_receipt_and_changes_nothing(street: Street, verb: str) -> None:
    before, asked = contents(street.warehouse.settings.warehouse), len(street.network.requests)
    first = VERBS[verb](street.warehouse)
    _an_hour_passes(street.warehouse)
    assert VERBS[verb](street.warehouse) == first
    assert contents(street.warehouse.settings.warehouse) == before
    assert len(street.network.requests) == asked


def test_each_verb_told_twice_at_once_leaves_what_once_leaves(network: Network, tmp_path: Path) -> None:
    settings = environment(network, tmp_path)
    warehouse = open_warehouse(settings)
    for tell in VERBS.values():
        receipt = tell(warehouse)
        before, asked = contents(warehouse.settings.warehouse), len(network.requests)
        _an_hour_passes(warehouse)
        assert tell(warehouse) == receipt
        assert contents(warehouse.settings.warehouse) == before
        assert len(network.requests) == asked


def test_without_a_run_id_each_verb_goes_on_with_the_open_run(network: Network, tmp_path: Path) -> None:
    warehouse = open_warehouse(environment(network, tmp_path))
    harvested = pipeline.harvest(warehouse, "be_demo")
    asked = len(network.requests)
    assert pipeline.harvest(warehouse, "be_demo") == harvested
    assert pipeline.normalize(warehouse, "be_demo").run == harvested.run
    assert pipeline.load(warehouse, "be_demo").run == harvested.run
    assert len(network.requests) == asked
    assert pipeline.harvest(warehouse, "be_demo").run != harvested.run
    assert len(network.requests) > asked


def test_a_held_load_stays_held_for_its_run_and_the_last_good_records_stay(network: Network, tmp_path: Path) -> None:
    settings = environment(network, tmp_path)
    warehouse = open_warehouse(settings)
    walk(warehouse, "be_demo")
    good = current(warehouse, "be_demo")
    overlay = tmp_path / "sources" / "be_demo.yml"
    overlay.write_text(overlay.read_text() + "expect:\n  min_records: 100000\n")
    _an_hour_passes(warehouse)
    held = walk(warehouse, "be_demo", RUN)
    assert held.load
    assert held.load.outcome == "held"
    assert "100000" in " ".join(held.load.held)
    before, asked = contents(warehouse.settings.warehouse), len(network.requests)
    assert walk(warehouse, "be_demo", RUN) == held
    assert contents(warehouse.settings.warehouse) == before
    assert len(network.requests) == asked
    assert current(warehouse, "be_demo") == good


def test_a_run_that_was_begun_with_one_request_refuses_another(street: Street) -> None:
    with pytest.raises(Refused, match="another since, full, limit or gaps"):
        pipeline.harvest(street.warehouse, "be_demo", RUN, Request(full=True))


def test_publishing_twice_from_the_same_records_gives_the_same_bytes_but_for_the_date(street: Street) -> None:
    first = publish(street.warehouse, "first")
    _an_hour_passes(street.warehouse)
    second = publish(street.warehouse, "second")
    assert first.release != second.release
    assert digests(first) == digests(second)
    assert {"records.parquet", "records.jsonl.zst", "search/index.sqlite"} <= digests(first).keys()
    assert {*DATED, *digests(first)} <= {file.name for file in first.files}


def test_replaying_what_was_received_changes_no_record_and_asks_nobody(street: Street) -> None:
    good, asked = current(street.warehouse, "be_demo"), len(street.network.requests)
    report = pipeline.replay(street.warehouse, "be_demo")
    assert isinstance(report, LoadReport)
    assert report.outcome == "done"
    assert (report.counts.added, report.counts.changed, report.counts.removed) == (0, 0, 0)
    assert current(street.warehouse, "be_demo") == good
    assert len(street.network.requests) == asked
