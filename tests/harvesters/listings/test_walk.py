"""A list comes whole by every way to paginate, each record with its own bytes; what is wrong with it is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from harvesters.errors import BadStatus, ProtocolError
from harvesters.listings.pagers import Ask, Cursor, LinkHeader, NextLink, Offset, PageNumber, Pager
from harvesters.listings.reading import text_at
from harvesters.listings.walk import Found, Listing, total_at, walk
from harvesters.model import Answer, HarvestTask, Json, Page, State
from tests.harvesters.replay import Asked, Replay, answer, source

URL = "http://site.test/api"
ROWS = 3
WAYS: dict[str, Pager] = {
    "next link": NextLink(lambda found: found.get("next")),
    "next link that counts": NextLink(lambda found: found.get("next"), start="at", rows="rows"),
    "link header": LinkHeader(),
    "offset": Offset(start="start", rows="rows", size=ROWS, total=("total",)),
    "page number": PageNumber(page="page", rows="per_page", size=ROWS, pages="x-pages"),
    "cursor": Cursor("cursor", lambda found: found.get("mark")),
}


def listing(pager: Pager) -> Listing:
    def record(item: Json) -> Found | None:
        return Found(identifier=text_at(item, "id")) if item.get("kind") != "menu" else None

    return Listing(
        ask=Ask(URL), pager=pager, profile="rss_item", record=record, items=("data", "list"), total=total_at("total")
    )


def site(values: list[Any], *, body: Callable[[int, bytes], bytes] = lambda _, page: page) -> Callable[[Asked], Answer]:
    """A server that understands every way at once; `body` may spoil page n."""

    def reply(asked: Asked) -> Answer:
        params = asked.params
        at = int(params.get("start", 0)) or (int(params.get("page", 1)) - 1) * ROWS
        at = (
            at
            or int(params.get("cursor", 0))
            or int(params.get("at", 0))
            or int((parse_qs(urlsplit(asked.url).query).get("at") or ["0"])[0])
        )
        more = f"{URL}?at={at + ROWS}&rows={ROWS}" if at + ROWS < len(values) else ""
        document = {
            "total": len(values),
            "data": {"list": values[at : at + ROWS]},
            "next": more or None,
            "mark": str(at + ROWS) if more else None,
        }
        headers: dict[str, Any] = {"x_pages": str(-(-len(values) // ROWS))} | (
            {"link": f'<{more}>; rel="next"'} if more else {}
        )
        page = body(at // ROWS, json.dumps(document, ensure_ascii=False, indent=at % 2 or None).encode())
        return answer(page, url=asked.url, **headers)

    return reply


def walked(reply: Callable[[Asked], Answer], *pagers: Pager) -> list[Page]:
    task = HarvestTask(source=source(url=URL), full=True)
    return list(walk(task, Replay(reply), State(), [listing(pager) for pager in pagers]))


def codes(pages: list[Page]) -> list[str]:
    return [issue.code for page in pages for issue in page.issues]


identifiers = st.lists(st.text(min_size=1).map(str.strip).filter(bool), unique=True, max_size=11)


@pytest.mark.parametrize("way", WAYS)
@given(names=identifiers)
def test_every_record_comes_once_with_its_own_bytes(way: str, names: list[str]) -> None:
    values = [{"id": name, "nested": {"data": {"list": [{"id": name}]}}} for name in names]
    pages = walked(site(values), WAYS[way])
    records = [record for page in pages for record in page.records]
    assert [record.identifier for record in records] == names
    assert [json.loads(record.body) for record in records] == values
    assert pages[-1].last
    assert not codes(pages)


@pytest.mark.parametrize("way", WAYS)
def test_a_killed_harvest_goes_on_after_its_last_page(way: str) -> None:
    values = [{"id": str(number)} for number in range(10)]
    whole = walked(site(values), WAYS[way])
    for kept in range(1, len(whole)):
        state = State(resume=whole[kept - 1].resume)
        task = HarvestTask(source=source(url=URL), full=True)
        rest = list(walk(task, Replay(site(values)), state, [listing(WAYS[way])]))
        assert [page.records for page in rest] == [page.records for page in whole[kept:]]


def test_what_is_no_record_is_left_and_what_has_no_name_is_quarantined() -> None:
    values = [{"id": 7}, {"kind": "menu"}, {"id": None}, "stray", {"id": {"deep": 1}}, {"id": "b"}]
    pages = walked(site(values), WAYS["offset"])
    assert [record.identifier for page in pages for record in page.records] == ["7", "b"]
    lost = [page.answer.body[one.start : one.end] for page in pages for one in page.quarantine]
    assert lost == [b'{"id": null}', b'"stray"', b'{\n    "id": {\n     "deep": 1\n    }\n   }']
    assert codes(pages) == ["item_without_identifier"] * 3


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (b"<!DOCTYPE html><p>Sorry</p>", "a web page came"),
        (b"<html><form><input type='password'></form></html>", "asks for a password"),
        (b'{"data": {"list": [{"id": 4}, {"i', "cannot be read"),
        (b"", "an empty answer"),
        (b"[" * 100_000, "cannot be read"),
        (b'{"data": null, "error": {"message": "Too many requests"}}', "it says: Too many requests"),
        (b'{"errors": [{"status": "500", "detail": "Out of memory"}]}', "it says: Out of memory"),
        (b'{"data": {"list": {"id": 4}}}', "no list at `data.list`"),
    ],
)
def test_a_page_that_cannot_be_read_costs_that_page(page: bytes, said: str) -> None:
    values = [{"id": number} for number in range(8)]
    spoilt = site(values, body=lambda number, whole: page if number == 1 else whole)
    pages = walked(spoilt, WAYS["page number"])
    assert [record.identifier for page in pages for record in page.records] == ["0", "1", "2", "6", "7"]
    assert codes(pages) == ["page_not_readable", "total_disagrees"]
    assert said in pages[1].issues[0].message
    assert not any(page.last for page in pages)
    with pytest.raises(ProtocolError, match=said):
        walked(site(values, body=lambda _number, _whole: page), WAYS["page number"])


def test_a_next_link_that_counts_names_the_page_after_one_that_cannot_be_read() -> None:
    values = [{"id": number} for number in range(8)]
    spoilt = site(values, body=lambda number, whole: b"{" if number == 1 else whole)
    pages = walked(spoilt, WAYS["next link that counts"])
    assert [record.identifier for page in pages for record in page.records] == ["0", "1", "2", "6", "7"]
    assert not any(page.last for page in pages)


def test_a_page_that_wants_more_questions_is_read_as_they_make_it() -> None:
    def whole(one: Answer) -> Answer:
        return answer(b'{"first": %b, "again": 1}' % one.body, url=one.url)

    deep = msgspec.structs.replace(
        listing(WAYS["cursor"]), whole=whole, items=("first", "data", "list"), total=total_at("first", "total")
    )
    task = HarvestTask(source=source(url=URL), full=True)
    (page,) = walk(task, Replay(site([{"id": "a"}])), State(), [deep])
    assert json.loads(page.answer.body)["again"] == 1
    assert [json.loads(record.body) for record in page.records] == [{"id": "a"}]


def test_a_list_that_cannot_be_read_on_costs_its_rest_and_the_next_list_comes() -> None:
    values = [{"id": number} for number in range(8)]
    spoilt = site(values, body=lambda number, whole: b"{" if number == 1 else whole)
    pages = walked(spoilt, WAYS["cursor"], WAYS["offset"])
    assert [record.identifier for page in pages for record in page.records] == ["0", "1", "2", "0", "1", "2", "6", "7"]
    assert not any(page.last for page in pages)


def test_a_list_that_moves_while_it_is_read_is_noticed() -> None:
    values: list[Any] = [{"id": number} for number in range(7)]

    def reply(asked: Asked) -> Answer:
        if asked.params["start"] == "3":
            values.insert(0, {"id": "new"})
        return site(values)(asked)

    pages = walked(reply, WAYS["offset"])
    assert codes(pages) == ["list_moved"]
    assert not pages[-1].last


def test_a_list_that_loses_a_record_while_it_is_read_is_noticed() -> None:
    values: list[Any] = [{"id": number} for number in range(8)]

    def reply(asked: Asked) -> Answer:
        if asked.params["start"] == "3":
            del values[0]
        return site(values)(asked)

    pages = walked(reply, WAYS["offset"])
    assert [record.identifier for page in pages for record in page.records] == ["0", "1", "2", "4", "5", "6", "7"]
    assert "list_moved" in codes(pages), "the fourth was skipped"
    assert not any(page.last for page in pages)


def test_the_error_that_a_site_answers_past_its_last_page_is_the_end() -> None:
    values = [{"id": number} for number in range(6)]
    pager = PageNumber(page="page", rows="per_page", size=ROWS)

    def reply(asked: Asked) -> Answer:
        return site(values)(asked) if asked.params["page"] != "3" else answer(b"{}", url=asked.url, status=400)

    counted = replace(listing(pager), is_past=lambda found: found.status == 400)
    for told in (counted, replace(counted, total=lambda _: 9)):
        pages = list(walk(HarvestTask(source=source(url=URL), full=True), Replay(reply), State(), [told]))
        assert len([record for page in pages for record in page.records]) == 6
        assert codes(pages) == ([] if told is counted else ["total_disagrees"])
        assert pages[-1].last is (told is counted)


def test_a_total_that_is_not_what_came_is_told() -> None:
    values = [{"id": number} for number in range(4)]
    spoilt = site(values, body=lambda _, whole: whole.replace(b'"total": 4', b'"total": 9'))
    pages = walked(spoilt, WAYS["link header"])
    assert codes(pages) == ["total_disagrees"]
    assert not pages[-1].last


@pytest.mark.parametrize(
    ("onward", "code"),
    [("http://other.test/?at=3", "page_elsewhere"), ("http://[::1", "page_elsewhere"), (URL, "page_repeated")],
)
def test_a_next_link_that_leads_away_or_nowhere_is_not_followed(onward: str, code: str) -> None:
    values = [{"id": number} for number in range(4)]
    spoilt = site(values, body=lambda _, whole: whole.replace(f"{URL}?at=3&rows=3".encode(), onward.encode()))
    pages = walked(spoilt, WAYS["next link"])
    assert code in codes(pages)
    assert not pages[-1].last


@pytest.mark.parametrize("status", [401, 403, 404, 410, 418])
def test_a_status_says_what_to_do(status: int) -> None:
    body = json.dumps({"code": "rest_forbidden", "message": "Sorry, you are not allowed"}).encode()
    with pytest.raises(BadStatus, match=rf"{status}.*Sorry, you are not allowed"):
        walked(lambda asked: answer(body, url=asked.url, status=status), WAYS["offset"])
