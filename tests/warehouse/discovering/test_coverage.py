"""Every Party to the Convention, and how far its sources are."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.warehouse.conftest import Chm
from tests.warehouse.world import World


@pytest.fixture
def several(world: World) -> None:
    """Of Belgium an active and a superseded one, of the Union, of a country that is no Party, and of a region."""
    world.write_source("be_old", status="retired", superseded_by="be_chm", url="https://old.example/oai")
    world.write_source("eu_ptk", government="EU", status="unverified")
    world.write_source("us_site", government="US", status="unverified")
    world.write_source("asean", government=None, origin="regional", status="paused")


def told(chm: Chm) -> Any:
    return chm("sources", "coverage", "--json").json()


def test_every_party_is_there_with_its_sources_or_none(several: None, chm: Chm) -> None:
    found = told(chm)
    parties = {one["code"]: one for one in found["parties"]}
    assert list(parties) == sorted(parties)
    assert len(parties) == 196, "195 States and the European Union"
    assert [one["source"] for one in parties["BE"]["sources"]] == ["be_chm", "be_old"]
    assert [one["source"] for one in parties["EU"]["sources"]] == ["eu_ptk"]
    assert parties["FR"] == {"code": "FR", "name": "France", "sources": []}


def test_who_is_no_party_is_told_apart_and_who_is_no_country_at_the_end(several: None, chm: Chm) -> None:
    found = told(chm)
    assert [(one["code"], one["name"]) for one in found["others"]] == [("US", "United States of America")]
    assert [(one["source"], one["origin"], one["status"]) for one in found["elsewhere"]] == [
        ("asean", "regional", "paused")
    ]


def test_a_party_counts_by_the_best_status_among_its_sources(several: None, chm: Chm) -> None:
    assert told(chm)["counts"] == {"active": 1, "unverified": 1, "paused": 0, "retired": 0, "none": 194}


def test_a_source_that_a_person_stopped_counts_as_paused(chm: Chm) -> None:
    chm("sources", "stop", "be_chm", "--by", "Ana", "--why", "too slow")
    assert told(chm)["counts"] == {"active": 0, "unverified": 0, "paused": 1, "retired": 0, "none": 195}


def test_people_read_a_line_a_country(several: None, chm: Chm) -> None:
    lines = [line.split() for line in chm("sources", "coverage").out.splitlines()]
    assert ["BE", "Belgium", "1", "1", "be_chm,", "be_old", "(now", "be_chm)"] in lines
    assert ["FR", "France", "none"] in lines
    assert ["US", "United", "States", "of", "America", "(no", "Party)", "1", "us_site"] in lines
    assert " ".join(lines[-2]) == (
        "196 Parties, by the best status among their sources: 1 active, 1 unverified, 0 paused, 0 retired, 194 none."
    )
    assert " ".join(lines[-1]) == "Of a region, the centre or a partner: asean (paused)."


def test_a_spreadsheet_has_a_line_a_source_and_one_for_each_party_without(several: None, chm: Chm) -> None:
    rows = list(csv.DictReader(io.StringIO(chm("sources", "coverage", "--csv").out)))
    assert len(rows) == 5 + 194
    old = next(row for row in rows if row["source"] == "be_old")
    assert (old["country"], old["party"], old["status"], old["superseded_by"]) == ("BE", "yes", "retired", "be_chm")
    assert old["address"] == "https://old.example/oai"
    assert {(row["party"], row["status"]) for row in rows if row["source"] == "none"} == {("yes", "")}
    assert [row["party"] for row in rows if row["country"] in ("US", "")] == ["no", "no"]


def test_a_broken_file_is_told_and_hides_nobody(chm: Chm, world: World) -> None:
    world.write_source("fr_broken", government="France")
    ended = chm("sources", "coverage")
    assert ended.code == 2
    assert "be_chm" in ended.out
    assert "fr_broken.yml: `government` is 'France'" in ended.err
