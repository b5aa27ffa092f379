"""IPBES keeps its assessments in a community of Zenodo: a source file is all that they need.

Zenodo's own answers are played where they were recorded (Identify, formats, sets, a list in Dublin Core); what it says
in DataCite is a golden record's, in the envelope that its list has.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harvesters.oai_server import list_records, record
from tests.harvesters.recordings import folder, recorded_pages
from tests.street.replaying import Reply, replaying_warehouse
from tests.street.walking import Walked, current, walk
from warehouse.context import Warehouse

SOURCE = """
platform: zenodo
protocol: oai_pmh
url: https://zenodo.org/oai2d
sets: [{}]
options: {{metadata_prefix: {}}}
languages: [en]
share: metadata
"""
CASSETTES = "scythe-cassettes/"
GOLDEN = Path(__file__).parents[1] / "normalizers" / "golden" / "datacite_kernel3.xml"
pytestmark = pytest.mark.skipif(folder() is None, reason="CHM_RECORDINGS names no folder of recorded answers")


def harvested(folder: Path, community: str, prefix: str, list_of: bytes | None = None) -> tuple[Walked, Warehouse]:
    """A community's harvest from Zenodo as it was recorded, with this list instead of the recorded one."""
    told = {page.verb: page.body for page in recorded_pages() if page.name.startswith(CASSETTES) and page.status == 200}

    def reply(path: str, asked: dict[str, str]) -> Reply:
        assert path == "/oai2d"
        if asked["verb"] != "ListRecords":
            return 200, told[asked["verb"]]
        assert "resumptionToken" in asked or (asked["set"], asked["metadataPrefix"]) == (community, prefix)
        return 200, list_records([]) if "resumptionToken" in asked else list_of or told["ListRecords"]

    warehouse = replaying_warehouse(folder, SOURCE.format(community, prefix), reply)
    return walk(warehouse, "xx_replayed"), warehouse


def test_the_assessments_of_ipbes_come_in_datacite(tmp_path: Path) -> None:
    metadata = GOLDEN.read_text().partition("<metadata>")[2].partition("</metadata>")[0]
    one = list_records([record("oai:zenodo.org:17", sets=["user-ipbes"], metadata=metadata)])
    walked, warehouse = harvested(tmp_path, "user-ipbes", "oai_datacite", one)
    assert walked.harvest.complete
    (row,) = current(warehouse, "xx_replayed")
    assert row["source_identifier"] == "oai:zenodo.org:17"
    assert row["title"] == {"fr": "Tourbières des Hautes Fagnes", "en": "Peat bogs of the Hautes Fagnes"}


def test_a_recorded_page_of_zenodo_goes_through_and_is_not_taken_for_the_whole(tmp_path: Path) -> None:
    walked, warehouse = harvested(tmp_path, "user-jahsm", "oai_dc")
    rows = current(warehouse, "xx_replayed")
    assert len(rows) == walked.harvest.records > 0
    assert all(row["title"] and str(row["source_identifier"]).startswith("oai:zenodo.org:") for row in rows)
    assert walked.harvest.issues["list_cut"] == 1, "of some seven million records the recording has one page"
    assert not walked.harvest.complete
