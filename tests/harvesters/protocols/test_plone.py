"""Plone's REST API: which search is asked for, and what a record of it is called."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from harvesters.errors import BadStatus, ProtocolError
from harvesters.model import Answer, HarvestTask, Page, State
from harvesters.protocols import plone
from tests.harvesters.replay import Asked, Replay, answer, source

URL = "http://site.test/++api++/"
TYPES = ["Document", "News Item", "Event", "File", "Link"]


def item(number: int, **keys: Any) -> dict[str, Any]:
    named = {"@id": f"http://site.test/{number}", "@type": "Document", "UID": f"{number:032x}"}
    return named | {"review_state": "published", "modified": "2026-01-02T03:04:05+00:00"} | keys


def site(values: list[Any]) -> Callable[[Asked], Answer]:
    def reply(asked: Asked) -> Answer:
        start, size = int(asked.params["b_start"]), int(asked.params["b_size"])
        found = {"@id": asked.url, "items": values[start : start + size], "items_total": len(values)}
        return answer(json.dumps(found).encode(), url=asked.url)

    return reply


def harvested(reply: Callable[[Asked], Answer], **keys: Any) -> tuple[list[Page], Replay]:
    since = keys.pop("since", None)
    http = Replay(reply)
    task = HarvestTask(source=source(protocol="plone", url=URL, **keys), since=since)
    return list(plone.harvest(task, http, State())), http


def test_the_catalogue_is_asked_for_whole_objects_in_an_order_that_lasts() -> None:
    pages, http = harvested(site([item(number) for number in range(5)]), options={"page_size": 2})
    assert {asked.url for asked in http.asked} == {"http://site.test/++api++/@search"}
    assert {asked.accept for asked in http.asked} == {"application/json"}, "with another beside it Plone sends HTML"
    assert http.asked[0].params == {
        "portal_type": TYPES, "sort_on": "UID", "sort_order": "ascending", "fullobjects": "1",
        "expand": "translations", "b_start": "0", "b_size": "2",
    }  # fmt: skip
    records = [record for page in pages for record in page.records]
    assert [record.identifier for record in records] == [f"{number:032x}" for number in range(5)]
    assert {(record.datestamp, record.sets) for record in records} == {("2026-01-02T03:04:05+00:00", ("Document",))}
    assert [page.last for page in pages] == [False, False, True]


def test_a_site_that_is_slow_is_asked_for_summaries() -> None:
    _, http = harvested(site([]), options={"full_objects": False, "types": ["Report"]})
    assert http.asked[0].params["portal_type"] == ["Report"]
    assert {"UID", "Subject", "Language", "modified"} < set(http.asked[0].params["metadata_fields"])
    assert "fullobjects" not in http.asked[0].params


def test_an_increment_asks_for_what_was_modified_and_for_what_appeared() -> None:
    _, http = harvested(site([]), since=datetime(2026, 2, 1, 12, tzinfo=UTC))
    windows = [{key: asked.params[key] for key in asked.params if "." in key} for asked in http.asked]
    assert windows == [
        {f"{index}.query": "2026-02-01T12:00:00Z", f"{index}.range": "min"} for index in ("modified", "effective")
    ]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (item(1, review_state=None), f"{1:032x}"),
        (item(1, review_state="private"), None),
        (item(1, review_state="visible"), None),
        (item(1, UID=None), "http://site.test/1"),
    ],
)
def test_what_is_public_is_a_record_and_named_for_good(given: dict[str, Any], named: str | None) -> None:
    pages, _ = harvested(site([given]))
    assert [record.identifier for page in pages for record in page.records] == ([named] if named else [])
    assert pages[-1].last


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        (answer(b'{"message": "You are not authorized to access this resource.", "type": "Unauthorized"}', status=401),
         BadStatus, "wants a login .*not authorized"),
        (answer(b"<!doctype html><title>Site</title>"), ProtocolError, "a web page came"),
        (answer(b'{"@id": "http://site.test", "@type": "Plone Site", "title": "Site"}'), ProtocolError, "no list at"),
    ],
)  # fmt: skip
def test_what_is_no_search_is_refused_in_words(given: Answer, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        harvested(lambda _: given)
