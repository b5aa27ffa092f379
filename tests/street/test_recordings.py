"""Every recorded OAI-PMH answer goes down the street: each record is kept, or named in an issue; nothing crashes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harvesters.oai_server import error, identify, list_records
from tests.harvesters.recordings import Recorded, folder, found_by_lxml, recorded_pages
from tests.street.replaying import Reply, replaying_warehouse
from tests.street.walking import rows
from warehouse import pipeline
from warehouse.context import Warehouse
from warehouse.model import HarvestReport, NormalizeReport

PAGES = list(recorded_pages())
LISTS = [page for page in PAGES if page.verb == "ListRecords" and page.status == 200]
pytestmark = pytest.mark.skipif(folder() is None, reason="CHM_RECORDINGS names no folder of recorded answers")


class Replayed:
    """A warehouse whose only site answers with the page at hand, each page in a run of its own."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.page: Recorded | None = None

    def harvest(self, page: Recorded) -> HarvestReport:
        self.page = page
        return pipeline.harvest(self.warehouse, "xx_replayed", page.name)

    def normalize(self, page: Recorded) -> NormalizeReport:
        return pipeline.normalize(self.warehouse, "xx_replayed", page.name)

    def rows(self, page: Recorded, name: str) -> list[dict[str, Any]]:
        return rows(self.warehouse.layout.normalized("xx_replayed", page.name) / f"{name}.parquet")


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    def reply(_path: str, asked: dict[str, str]) -> Reply:
        page = found.page
        if "resumptionToken" in asked:
            return 200, list_records([])
        if page and asked["verb"] == "ListRecords":
            return page.status, page.body
        return 200, identify() if asked["verb"] == "Identify" else error("noRecordsMatch")

    source = "protocol: oai_pmh\nurl: http://site.test/oai\n"
    found = Replayed(replaying_warehouse(tmp_path_factory.mktemp("replayed"), source, reply))
    return found


@pytest.mark.parametrize("page", LISTS, ids=lambda page: page.name)
def test_every_record_of_a_list_is_kept_or_named(replayed: Replayed, page: Recorded) -> None:
    expected = found_by_lxml(page.body)
    harvested = replayed.harvest(page)
    assert harvested.outcome == "done", harvested.failure
    normalized = replayed.normalize(page)
    assert normalized.outcome == "done", normalized.failure
    issues = replayed.rows(page, "issues")
    lost = [issue for issue in issues if issue["code"].startswith("record_")]
    assert harvested.records + harvested.deleted + len(lost) == len(expected)
    kept = [row["source_identifier"] for name in ("records", "tombstones") for row in replayed.rows(page, name)]
    unreadable = [issue["record"] for issue in issues if issue["severity"] == "error" and issue["record"]]
    assert sorted(kept + unreadable) == sorted(identifier for identifier, _ in expected if identifier)
    assert [len(replayed.rows(page, "tombstones")), normalized.unreadable] == [
        sum(status == "deleted" for identifier, status in expected if identifier),
        len(unreadable),
    ]


@pytest.mark.parametrize("page", [page for page in PAGES if page not in LISTS], ids=lambda page: page.name)
def test_an_answer_that_is_no_list_brings_no_record_and_says_why(replayed: Replayed, page: Recorded) -> None:
    report = replayed.harvest(page)
    assert report.records == 0
    if b'code="noRecordsMatch"' in page.body:
        assert report.outcome == "done"
    else:
        assert report.outcome == "failed"
        assert report.failure
        assert "fault of the aggregator" not in report.failure.advice
        assert "site.test" in report.failure.cause


def test_every_recorded_record_has_a_title_whatever_its_format(replayed: Replayed) -> None:
    for page in LISTS:
        replayed.harvest(page)
        replayed.normalize(page)
    found = [row for page in LISTS for row in replayed.rows(page, "records")]
    assert len(found) >= 300
    assert [row["source_identifier"] for row in found if not row["title"]] == []
    foreign = [issue for page in LISTS for issue in replayed.rows(page, "issues") if issue["code"] == "format_mismatch"]
    assert len(foreign) >= 100, "many are not Dublin Core, and are said to be read as if they were"
