"""The CHM's dialect over HTTP: by GET, as a form and as JSON; nothing that was withdrawn is found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.portal.conftest import Portal
from tests.portal.test_record import identifier, withdraw
from tests.warehouse.world import World

SELECT = "/api/v2013/index/select"
QUESTION = {"q": "title_EN_t:title", "fq": ["_state_s:public", "{!tag=schema}schema_s:*"], "rows": "3", "facet": "true"}
QUESTION |= {"facet.field": "{!ex=schema}government_s", "facet.mincount": "1"}


def found(answer: Any) -> list[str]:
    return [document["identifier_s"] for document in answer.json()["response"]["docs"]]


@pytest.mark.parametrize("path", [SELECT, "/api/v2013/index"])
def test_a_question_is_answered_alike_however_it_is_sent(resting: Portal, path: str) -> None:
    answers = [
        resting.get(path, params=QUESTION),
        resting.post(path, data=QUESTION),
        resting.post(path, json=QUESTION | {"rows": 3, "facet": True}),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert answer.json() == answers[0].json()
    assert answers[0].json()["response"]["numFound"] == 5
    assert answers[0].json()["facet_counts"]["facet_fields"] == {"government_s": ["be", 5]}
    assert len(found(answers[0])) == 3


@pytest.mark.parametrize("whole_source", [False, True])
def test_what_was_withdrawn_is_found_no_more_nor_counted(portal: Portal, world: World, whole_source: bool) -> None:
    name = identifier(world)
    withdraw(world, None if whole_source else name)
    answer = portal.get(SELECT, params=QUESTION | {"rows": "10"})
    left = 0 if whole_source else 4
    assert name not in found(answer)
    assert answer.json()["response"]["numFound"] == left
    assert answer.json()["facet_counts"]["facet_fields"]["government_s"] == (["be", 4] if left else [])
    assert name not in answer.text  # not even as what was left out


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("{", "application/json"),
        ("[]", "application/json"),
        ('{"q": {"a": 1}}', "application/json"),
        (b"\xff", "text/plain"),
    ],
)
def test_a_body_that_is_no_question_is_a_problem(resting: Portal, body: str | bytes, content_type: str) -> None:
    answer = resting.post(SELECT, content=body, headers={"Content-Type": content_type})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


def test_a_query_that_cannot_be_read_says_how_to_write_it(resting: Portal) -> None:
    answer = resting.get(SELECT, params={"q": "title_EN_t:(("})
    assert answer.status_code == 400
    assert answer.json()["detail"]
