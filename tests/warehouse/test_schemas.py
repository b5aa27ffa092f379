"""`chm schemas`, and the document that `chm check` shows."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from jsonschema import Draft202012Validator

from harvesters.source import Schema
from tests.warehouse.conftest import Chm
from tests.warehouse.world import ID, World


def test_the_list_has_every_format_and_what_the_cbd_insists_on(chm: Chm) -> None:
    listed = {one["schema"]: one for one in chm("schemas", "--json").json()}
    assert listed.keys() == set(get_args(Schema))
    assert listed["database"]["required"] == ["government", "title", "description", "websites"]
    assert (listed["contact"]["header"], listed["event"]["provisional"]) == ("organization", True)
    told = chm("schemas").out
    assert all(schema in told for schema in listed)
    assert "Organization (published as organization)" in told
    assert "News (provisional)" in told


@pytest.mark.parametrize(("option", "required"), [((), ["header"]), (("--complete",), ["header", "title", "date"])])
def test_one_format_is_printed_as_json_schema(chm: Chm, option: tuple[str, ...], required: list[str]) -> None:
    schema = chm("schemas", "news", *option).json()
    Draft202012Validator.check_schema(schema)
    assert schema["required"][:3] == required


def test_a_format_that_there_is_not_is_asked_wrongly(chm: Chm) -> None:
    told = chm("schemas", "meeting")
    assert (told.code, told.out) == (2, "")
    assert told.err == "There is no common format 'meeting'. `chm schemas` lists them.\n"


def test_check_shows_a_record_as_the_chms_api_takes_it_and_what_it_lacks(chm: Chm) -> None:
    checked = chm("check", ID, "--json").json()
    document, schema = checked["document"], chm("schemas", checked["record"]["schema"]).json()
    Draft202012Validator(schema).validate(document)
    assert document["header"]["identifier"] == checked["record"]["identifier"]
    assert document["title"] == checked["record"]["title"]
    assert [issue["severity"] for issue in checked["issues"] if issue["code"] == "incomplete"] == ["note"] * 3
    told = chm("check", ID).out
    shown = told.partition("As the CHM's API takes it:\n")[2].partition("\n\n")[0]
    assert json.loads(shown) == document
    assert "incomplete (3): be_chm, record r0: as resource it lacks resourceTypes, " in told


def test_normalising_counts_the_records_that_are_incomplete(world: World) -> None:
    report = json.loads(world.layout.report(ID, world.run().run, "normalize").read_text())
    assert report["issues"]["incomplete"] == report["records"] == 5
