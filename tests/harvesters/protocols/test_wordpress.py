"""WordPress' REST API: which lists are asked for, how they end, and what a record of them is called."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from harvesters.errors import BadStatus, ProtocolError
from harvesters.model import Answer, HarvestTask, Page, State
from harvesters.protocols import wordpress
from tests.harvesters.replay import Asked, Replay, answer, source

API = "http://site.test/wp-json/"
TYPES = {
    "post": {"rest_base": "posts", "rest_namespace": "wp/v2"},
    "page": {"rest_base": "pages"},
    "attachment": {"rest_base": "media"},
    "wp_block": {"rest_base": "blocks"},
    "wp_font_face": {"rest_base": "font-families/(?P<font_family_id>[\\d]+)/font-faces"},
    "product": {"rest_base": "products", "rest_namespace": "wc/v3"},
    "species": {"rest_base": ""},
}
PAST = {"code": "rest_post_invalid_page_number", "message": "Too large", "data": {"status": 400}}


def post(number: int, **keys: Any) -> dict[str, Any]:
    named = {"id": number, "status": "publish", "type": "post", "modified_gmt": "2026-01-02T03:04:05"}
    return named | {"guid": {"rendered": f"http://site.test/?p={number}"}} | keys


def site(lists: dict[str, list[Any]], *, counted: bool = True) -> Callable[[Asked], Answer]:
    """A site with these items by the path of their type; without its counts where a proxy drops them."""

    def reply(asked: Asked) -> Answer:
        path = str(asked.params.get("rest_route", asked.url)).rpartition("/")[2]
        if path == "types":
            return answer(json.dumps(TYPES).encode(), url=asked.url)
        found = lists.get(path, [])
        size, number = int(asked.params["per_page"]), int(asked.params["page"])
        pages = -(-len(found) // size)
        if number > max(pages, 1):
            return answer(json.dumps(PAST).encode(), url=asked.url, status=400)
        told = {"x_wp_total": str(len(found)), "x_wp_totalpages": str(pages)} if counted else {}
        body = json.dumps(found[(number - 1) * size : number * size]).encode()
        return answer(body, url=asked.url, **told)

    return reply


def harvested(reply: Callable[[Asked], Answer], state: State | None = None, **keys: Any) -> tuple[list[Page], Replay]:
    task = {key: keys.pop(key) for key in ("since", "full") if key in keys}
    http = Replay(reply)
    given = source(**{"protocol": "wordpress", "url": API} | keys)
    return list(wordpress.harvest(HarvestTask(source=given, **task), http, state or State())), http


def names(pages: list[Page]) -> list[str]:
    return [record.identifier for page in pages for record in page.records]


def test_every_public_type_is_asked_for_in_a_stable_order() -> None:
    lists = {"posts": [post(number) for number in range(1, 6)], "species": [post(9, type="species")]}
    pages, http = harvested(site(lists), options={"page_size": 2})
    assert [asked.url.removeprefix(API) for asked in http.asked] == [
        "wp/v2/types", "wp/v2/posts", "wp/v2/posts", "wp/v2/posts", "wp/v2/pages", "wp/v2/species",
    ]  # fmt: skip
    assert http.asked[1].params == {
        "orderby": "id", "order": "asc", "_embed": "wp:term,wp:featuredmedia", "page": "1", "per_page": "2",
    }  # fmt: skip
    assert names(pages) == [f"http://site.test/?p={number}" for number in (1, 2, 3, 4, 5, 9)]
    assert [record.sets for record in pages[-1].records] == [("species",)]
    assert {record.datestamp for page in pages for record in page.records} == {"2026-01-02T03:04:05Z"}
    assert pages[-1].last
    assert not any(page.last for page in pages[:-1])


@pytest.mark.parametrize(("number", "past"), [(4, True), (3, False)])
def test_without_counts_the_list_ends_at_the_error_past_its_last_page(number: int, past: bool) -> None:
    lists = {"posts": [post(each) for each in range(number)]}
    pages, http = harvested(site(lists, counted=False), options={"page_size": 2, "types": ["posts"]})
    assert len(names(pages)) == number
    assert [asked.params["page"] for asked in http.asked] == ["1", "2", "3"]
    assert pages[-1].answer.status == 400
    assert (pages[-1].last, pages[-1].issues) == (True, ())


def test_an_increment_asks_for_what_was_modified_and_for_what_was_scheduled() -> None:
    since = datetime(2026, 2, 1, 12, tzinfo=UTC)
    _, http = harvested(site({}), since=since, options={"types": ["posts"]})
    windows = [{key: asked.params[key] for key in asked.params if "after" in key} for asked in http.asked]
    assert windows == [{"modified_after": "2026-02-01T11:00:00Z"}, {"after": "2026-02-01T11:00:00Z"}]


def test_a_site_with_plain_permalinks_is_asked_by_route() -> None:
    url = "http://site.test/chm/index.php?rest_route=/"
    pages, http = harvested(site({"posts": [post(1)]}), url=url)
    assert {asked.url for asked in http.asked} == {"http://site.test/chm/index.php"}
    assert [asked.params["rest_route"] for asked in http.asked] == [
        f"/wp/v2/{path}" for path in ("types", "posts", "pages", "species")
    ]
    assert names(pages) == ["http://site.test/?p=1"]


def test_each_language_is_asked_for_where_the_site_shows_one_at_a_time() -> None:
    _, http = harvested(site({}), languages=["fr", "pt-BR"], options={"types": ["posts"], "per_language": True})
    assert [asked.params["lang"] for asked in http.asked] == ["fr", "pt-br"]


def test_a_killed_harvest_goes_on_without_asking_for_the_types_again() -> None:
    lists = {"posts": [post(number) for number in range(5)], "pages": [post(9)]}
    kept = State()
    whole, _ = harvested(site(lists), kept, options={"page_size": 2})
    for number in range(1, len(whole)):
        state = State(kept=kept.kept, resume=whole[number - 1].resume)
        rest, http = harvested(site(lists), state, options={"page_size": 2})
        again = whole if number == 1 else whole[number:]  # of the types' own page there is nothing to go on from
        assert [page.records for page in rest] == [page.records for page in again]
        assert any(asked.url.endswith("types") for asked in http.asked) is (number == 1)


@pytest.mark.parametrize(
    ("item", "named"),
    [
        (
            post(1, guid={"rendered": "http://site.test/?post_type=event&#038;p=1"}),
            "http://site.test/?post_type=event&p=1",
        ),
        (post(1, guid=None), "1"),
        (post(1, guid={"rendered": 7}), "7"),
        (post(1, status="private"), None),
        (post(1, guid="", id={"deep": 1}), ""),
    ],
)
def test_a_record_has_the_name_that_the_feed_gives_it_too(item: dict[str, Any], named: str | None) -> None:
    pages, _ = harvested(site({"posts": [item]}), options={"types": ["posts"]})
    assert names(pages) == ([named] if named else [])
    assert [issue.code for issue in pages[0].issues] == (["item_without_identifier"] if named == "" else [])


@pytest.mark.parametrize("moment", [None, "0000-00-00T00:00:00", 7.5, ["2026"]])
def test_a_date_that_is_none_is_no_datestamp(moment: Any) -> None:
    pages, _ = harvested(site({"posts": [post(1, modified_gmt=moment)]}), options={"types": ["posts"]})
    assert [record.datestamp for record in pages[0].records] == [None]


WALL = {"code": "rest_not_logged_in", "message": "You are not currently logged in.", "data": {"status": 401}}
PEOPLE = b"<!doctype html><html><title>Site</title></html>"


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        (answer(json.dumps(WALL).encode(), status=401), BadStatus, "wants a login .*You are not currently logged in"),
        (answer(json.dumps(WALL).encode()), ProtocolError, "no list of types"),
        (answer(b"[]"), ProtocolError, "no list of types"),
        (answer(b'{"wp_block": {"rest_base": "blocks"}}'), ProtocolError, "no type is public"),
        (answer(PEOPLE), ProtocolError, "a web page came"),
        (
            answer(PEOPLE, status=404, link='<http://site.test/wp-json/>; rel="https://api.w.org/"'),
            ProtocolError,
            "Its API is at http://site.test/wp-json/: set `url` so",
        ),
        (answer(b'{"post": {"rest_base"'), ProtocolError, "cannot be read"),
    ],
)
def test_what_is_no_api_is_refused_in_words(given: Answer, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        harvested(lambda asked: replace(given, url=asked.url))


def test_a_type_behind_a_login_costs_that_type_and_is_told() -> None:
    lists = site({"posts": [post(1)], "species": [post(2)]})

    def reply(asked: Asked) -> Answer:
        return answer(json.dumps(WALL).encode(), status=401) if asked.url.endswith("pages") else lists(asked)

    pages, _ = harvested(reply)
    assert names(pages) == ["http://site.test/?p=1", "http://site.test/?p=2"]
    assert [issue.code for page in pages for issue in page.issues] == ["page_not_readable"]
    assert not any(page.last for page in pages)
