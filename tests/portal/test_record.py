"""One record: in four forms, by negotiation; moved, gone and withdrawn ones say so."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS

from normalizers import common_formats
from tests.portal.conftest import BASE, Portal
from tests.warehouse.world import ID, World
from warehouse.withdrawing import withdrawals
from warehouse.withdrawing.withdrawals import Withdrawal


def identifier(world: World, name: str = "r0") -> str:
    return next(row["identifier"] for row in world.rows() if row["source_identifier"] == name)


def withdraw(world: World, record: str | None) -> None:
    word = Withdrawal(verdict="withdraw", source=ID, record=record, by="Ana", why="asked", at=world.clock.now())
    withdrawals.add(world.layout, word)


def test_a_record_is_told_with_the_language_and_direction_of_each_text(world: World) -> None:
    world.country.put("r0", "الأراضي الرطبة في شمال البلاد")
    world.later()
    world.run()
    world.publish()
    found = Portal(world).get(f"/records/{identifier(world)}").json()
    assert found["title"] == [{"value": "الأراضي الرطبة في شمال البلاد", "language": "ar", "direction": "rtl"}]
    assert found["updated"] == f"{world.clock.now():%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html, application/xhtml+xml, */*;q=0.1", "application/json"),
        ("application/ld+json", "application/ld+json"),
        ("application/json;q=0.5, text/turtle", "text/turtle; charset=utf-8"),
        ("application/vnd.cbd.document+json", "application/vnd.cbd.document+json"),
    ],
)
def test_the_client_says_in_which_form_it_takes_a_record(resting: Portal, accept: str, media_type: str) -> None:
    answer = resting.get(f"/records/{identifier(resting.world)}", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert "Accept" in answer.headers["vary"]


def test_a_form_that_there_is_not_is_refused_with_those_there_are(resting: Portal) -> None:
    answer = resting.get(f"/records/{identifier(resting.world)}", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "text/turtle" in answer.json()["detail"]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own JSON-LD parser uses it
@pytest.mark.parametrize(("form", "syntax"), [("jsonld", "json-ld"), ("turtle", "turtle")])
def test_both_syntaxes_of_linked_data_say_the_same(resting: Portal, form: str, syntax: str) -> None:
    name = identifier(resting.world)
    graph = Graph().parse(data=resting.get(f"/records/{name}?format={form}").text, format=syntax)
    itself = URIRef(f"{BASE}/records/{name}")
    assert graph.value(itself, DCTERMS.title) == Literal("Title 0", lang="en")
    assert graph.value(itself, DCTERMS.isPartOf) == URIRef(f"{BASE}/sources/{ID}")


def test_the_common_format_is_what_its_schema_says(resting: Portal) -> None:
    found = resting.get(f"/records/{identifier(resting.world)}?format=document").json()
    schema = common_formats.json_schema("resource", complete=False)
    assert list(Draft202012Validator(schema).iter_errors(found)) == []
    assert found["header"]["identifier"] == identifier(resting.world)


def test_a_deleted_record_leaves_its_tombstone(portal: Portal, world: World) -> None:
    name = identifier(world)
    world.country.delete("r0")
    world.later()
    world.run()
    world.publish()
    assert portal.get(f"/records/{name}").status_code == 200  # nobody has looked yet
    portal.look()
    answer = portal.get(f"/records/{name}")
    assert (answer.status_code, answer.headers["content-type"]) == (410, "application/problem+json")
    since = f"{world.clock.now():%Y-%m-%dT%H:%M:%SZ}"
    stone = {"identifier": name, "source": ID, "reason": "deleted_at_source", "since": since}
    assert answer.json()["tombstone"] == stone


def test_a_record_that_was_never_there_is_not_found(resting: Portal) -> None:
    assert resting.get("/records/00000000-0000-5000-8000-000000000000").status_code == 404


@pytest.mark.parametrize("whole_source", [False, True])
def test_a_withdrawal_holds_from_the_next_question_on(portal: Portal, world: World, whole_source: bool) -> None:
    name = identifier(world)
    assert portal.get(f"/records/{name}").status_code == 200
    withdraw(world, None if whole_source else name)
    answer = portal.get(f"/records/{name}")
    assert answer.status_code == 410
    assert answer.json()["tombstone"]["reason"] == "withdrawn"
    left = portal.get("/releases/current/records").text.splitlines()
    assert len(left) == (0 if whole_source else 4)
    assert portal.get(f"/sources/{ID}").status_code == (410 if whole_source else 200)
