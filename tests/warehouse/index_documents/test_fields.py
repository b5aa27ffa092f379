"""Every field that the portals know of is filled, or is not ours for a reason."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from msgspec.structs import replace

from normalizers import common_formats
from normalizers.model import Box, Date, Link, Rights, Term, Text
from tests.warehouse.formats.editions import index
from tests.warehouse.making import COMMON_RECORDS, common
from warehouse.index_documents import Document
from warehouse.index_documents.dates import moment

FIELDS = yaml.safe_load(Path(__file__).with_name("fields.yml").read_text(encoding="utf-8"))
FILLED = {name for names in FIELDS["filled"].values() for name in names}
NOT_OURS = {name for names in FIELDS["not ours"].values() for name in names}
KINDS = {  # suffix -> what stands there
    "_s": str,
    "_t": str,
    "_dt": str,
    "_ss": list,
    "_txt": list,
    "_i": int,
    "_is": list,
    "_d": float,
    "_b": bool,
}


def term(identifier: str) -> Term:
    return Term(identifier=identifier, verbatim=identifier, by="notation")


def date(kind: str, value: str) -> Date:
    return Date(kind=kind, value=value, verbatim=value)  # type: ignore[arg-type]  # a DateKind


WHOLE = replace(
    common("1"),
    source_identifier="oai:be:1",
    title={"en": "Forests", "fr": "Forêts", "pt": "Florestas"},
    summary={"en": "Short"},
    description={"en": "Long"},
    languages=("en", "fr", "pt"),
    types=("Report",),
    countries=(term("be"), term("fr")),
    subjects=(term("CBD-SUBJECT-FOR"), term("CBD-SUBJECT-MAR")),
    gbf_targets=(term("GBF-TARGET-01"),),
    gbf_goals=(term("GBF-GOAL-A"),),
    aichi_targets=(term("AICHI-TARGET-01"),),
    keywords=(Text("wood", "en"), Text("bois", "fr"), Text("xyz")),
    authors=("Ann", "Bob"),
    publisher={"en": "Ministry", "fr": "Ministère"},
    dates=(
        date("published", "2019-05"),
        date("modified", "2021-01-02"),
        date("created", "2018"),
        date("start", "2019-06-01T10:00:00+02:00"),
        date("end", "2019-06-03"),
    ),
    links=(
        Link(url="https://be.example/1.pdf", rel="document", name="The report", language="en"),
        Link(url="https://be.example/1.png", rel="image"),
    ),
    rights=Rights(licence="https://creativecommons.org/licenses/by/4.0/"),
    coordinates=(Box(west=4, south=50, east=6, north=52),),
    source_page="https://be.example/1",
    place="Brussels",
)
OF_KINDS = [
    replace(WHOLE, schema=schema, kinds=(term(next(iter(index().terms.kinds.concepts))),))
    for schema in ("nationalReport", "organization")
]


def documents() -> Iterator[Document]:
    return (index().document(record) for record in (WHOLE, *OF_KINDS))


def test_a_record_that_says_all_fills_every_field_that_is_ours() -> None:
    found = {name for document in documents() for name in document}
    assert FILLED - found == set()
    assert NOT_OURS & found == set()
    assert not FILLED & NOT_OURS


def test_what_the_portals_show_of_it() -> None:
    found = index().document(WHOLE)
    expected = {
        "id": "harvested-ID-1",
        "identifier_s": "ID-1",
        "uniqueIdentifier_s": "harvested-be_chm-ID-1",
        "harvested_b": True,
        "source_s": "be_chm",
        "originalUrl_s": "https://be.example/1",
        "realm_ss": ["chm-national"],
        "schemaType_s": "reference",
        "schema_EN_t": "Virtual Library Resource",
        "government_s": "be",
        "government_ES_t": "Bélgica",
        "hostGovernments_ss": ["be", "fr"],
        "thematicArea_EN_ss": ["Forest Biodiversity", "Marine and Coastal Biodiversity"],
        "gbfGoalsAndTargets_ss": ["GBF-GOAL-A", "GBF-TARGET-01"],
        "title_s": "Forests",
        "title_FR_t": "Forêts",
        "title_PT_t": "Florestas",
        "keywords_ss": ["wood", "bois", "xyz"],
        "text_FR_txt": ["Forêts", "Ministère", "bois"],
        "text_UND_txt": ["xyz", "Ann", "Bob"],
        "createdDate_dt": "2018-01-01T00:00:00Z",
        "updatedDate_dt": "2021-01-02T00:00:00Z",
        "publicationDate_dt": "2019-05-01T00:00:00Z",
        "startDate_dt": "2019-06-01T08:00:00Z",
        "url_ss": ["https://be.example/1", "https://be.example/1.pdf", "https://be.example/1.png"],
        "meta2_FR_txt": ["Ministère"],
        "sort2_i": -2019,
        "lat_d": 51.0,
        "lng_d": 5.0,
    }
    assert {name: found.get(name) for name in expected} == expected
    assert json.loads(found["documentLinks_s"]) == [
        {"url": "https://be.example/1.pdf", "name": "The report", "language": "en"}
    ]
    assert json.loads(found["government_CEN_s"]) == {"symbol": "be", "en": "Belgium"}
    assert {"CBD-SUBJECT-FOR", "CBD-SUBJECT-BIOMES"} <= set(found["thematicArea_REL_ss"])


def test_a_text_stands_in_no_slot_but_its_own() -> None:
    found = index().document(replace(WHOLE, title={"vi": "Rừng"}, publisher={"und": "Bộ"}))
    assert {name for name in found if name.startswith("title_")} == {"title_s", "title_t", "title_VI_s", "title_VI_t"}
    assert {name for name in found if name.startswith(("organizations_", "meta2_"))} == {
        "organizations_UND_txt",
        "meta2_UND_txt",
    }


def test_a_record_that_says_nothing_is_still_somebodys() -> None:
    found = index().document(replace(common("1"), title={}, government=None))
    assert found["createdDate_dt"] == found["updatedDate_dt"] == "2026-03-01T06:00:00Z"
    assert found["harvested_b"] is True
    assert "government_s" not in found
    assert all(value not in (None, "", []) for value in found.values())


@pytest.mark.parametrize(
    ("west", "east", "middle"),
    [(4, 6, 5.0), (170, -170, -180.0), (160, -170, 175.0), (170, -160, -175.0), (-10, 10, 0.0)],
)
def test_the_middle_of_a_box_lies_within_it(west: float, east: float, middle: float) -> None:
    found = index().document(replace(WHOLE, coordinates=(Box(west=west, south=0, east=east, north=0),)))
    assert (found["lng_d"], found["lat_d"]) == (middle, 0.0)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2024", "2024-01-01T00:00:00Z"),
        ("2024-12", "2024-12-01T00:00:00Z"),
        ("2024-12-05", "2024-12-05T00:00:00Z"),
        ("2024-12-05T01:02:03.5+02:00", "2024-12-04T23:02:03Z"),
        ("0476-09-04", "0476-09-04T00:00:00Z"),
        ("9999-12-31T23:59:59-12:00", None),
        ("0001-01-01T00:00:00+12:00", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_a_time_is_utc_to_the_second(said: str | None, meant: str | None) -> None:
    assert moment(said) == meant


@given(COMMON_RECORDS)
def test_every_value_is_what_its_suffix_says(drawn) -> None:  # type: ignore[no-untyped-def]  # a CommonRecord
    dates = tuple(replace(one, value="2024-05") for one in drawn.dates)
    found = index().document(replace(drawn, schema=common_formats.names()[0], dates=dates))
    for name, value in found.items():
        if name != "id":
            (suffix,) = re.findall("_[a-z]+$", name)
            assert type(value) is KINDS[suffix], name
