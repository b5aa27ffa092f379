"""What a release says of where its records come from: status in neutral words, licences for whoever cites it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from normalizers.model import Date, Rights
from tests.warehouse.formats.editions import write
from tests.warehouse.making import common
from vocabularies.skos import DATA, load_all

BY = "https://creativecommons.org/licenses/by/4.0/"


def told(name: str, folder: Path) -> dict[str, Any]:
    years = [Date(kind="published", value=value, verbatim=value) for value in ("2024-05-01", "1998")]
    records = [
        common("1", languages=("fr", "nl"), dates=(years[0],), rights=Rights(licence=BY)),
        common("2", languages=("fr",), dates=(years[1],), schema="news"),
        common("3", languages=(), rights=Rights(licence=BY)),
    ]
    (written,) = write(name, folder / "release", records)
    found: dict[str, Any] = json.loads(written.path.read_text())
    return found


def test_the_status_of_a_source(tmp_path: Path) -> None:
    (source,) = told("sources_json", tmp_path)["sources"]
    assert source == {
        "id": "be_chm",
        "name": "Belgium",
        "government": "BE",
        "page": None,
        "last_updated": "2026-03-02T06:00:00Z",
        "records": 3,
        "deleted": 1,
        "coverage": {
            "languages": {"fr": 2, "nl": 1},
            "schemas": {"resource": 2, "news": 1},
            "first_year": 1998,
            "last_year": 2024,
        },
    }


def test_the_citation_counts_licences_by_country(tmp_path: Path) -> None:
    citation = told("citation", tmp_path)
    assert citation["licences"] == {"be": {BY: 2, "unstated": 1}}
    assert citation["citation"] == (
        "Records of the national biodiversity clearing-houses (2026). Version 20260302T060000Z, 3 records of 1 sites. "
        "https://chm.example.org/releases/20260302T060000Z"
    )


def test_the_vocabularies_are_those_that_were_read(tmp_path: Path) -> None:
    written = write("vocabularies", tmp_path / "release", [])
    copies = load_all((tmp_path / "release" / "vocabularies",))
    assert len(written) == len(copies) == len(list(DATA.glob("*.ttl")))
    assert copies["countries"].concepts == load_all()["countries"].concepts
