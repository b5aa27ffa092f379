"""Drupal's JSON:API: every node in every language, what changed, what is gone, and what nobody else would notice."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from harvesters.errors import BadStatus, ProtocolError, SourceError
from harvesters.model import Answer, HarvestTask, Page, State
from harvesters.protocols import drupal_jsonapi
from tests.harvesters.replay import Asked, Replay, answer, source
from tests.network.drupal import Node, Version, collection

URL = "http://site.test"
DAY = datetime(2026, 3, 1, tzinfo=UTC)
LANGUAGES = ("en", "fr", "ar")
Reply = Callable[[Asked], Answer]


def node(number: int, *languages: str, bundle: str = "document", changed: datetime = DAY, **keys: Any) -> Node:
    versions = {name: Version(f"{name} {number}", "", changed) for name in languages or ("en",)}
    return Node(number, bundle, DAY - timedelta(days=9), versions, **keys)


def site(nodes: Sequence[Node], spoil: Callable[[Asked, str], Answer | None] = lambda *_: None) -> Reply:
    """A Drupal with the module that counts; `spoil` may answer instead."""

    def reply(asked: Asked) -> Answer:
        address, _, query = asked.url.partition("?")
        query = query or urlencode(asked.params, doseq=True)
        return spoil(asked, unquote(query)) or answer(
            json.dumps(collection(nodes, address, query), ensure_ascii=False).encode(), url=f"{address}?{query}"
        )

    return reply


def harvested(reply: Reply, known: dict[str, Any] | None = None, **keys: Any) -> tuple[list[Page], Replay, State]:
    http, since, full = Replay(reply), keys.pop("since", None), keys.pop("full", False)
    asked = {"protocol": "drupal_jsonapi", "url": URL, "languages": LANGUAGES, "options": {"bundles": ["document"]}}
    task = HarvestTask(source=source(**(asked | keys)), since=since, full=full)
    state = State(loaded=known)
    return list(drupal_jsonapi.harvest(task, http, state)), http, state


def came(pages: Sequence[Page]) -> list[str]:
    return [record.identifier for page in pages for record in page.records if not record.deleted]


def gone(pages: Sequence[Page]) -> list[str]:
    return [record.identifier for page in pages for record in page.records if record.deleted]


def codes(pages: Sequence[Page]) -> list[str]:
    return [issue.code for page in pages for issue in page.issues]


def known(nodes: Sequence[Node]) -> dict[str, Any]:
    return {"known: document": dict.fromkeys((one.uuid for one in nodes), True)}


@given(
    numbers=st.sets(st.integers(1, 300), max_size=130).map(sorted),
    languages=st.lists(st.sampled_from(LANGUAGES), min_size=1, unique=True),
)
def test_every_node_comes_once_with_its_own_bytes_and_every_language_beside_it(
    numbers: list[int], languages: list[str]
) -> None:
    nodes = [node(number, *LANGUAGES[: number % 3 + 1]) for number in numbers]
    pages, http, state = harvested(site(nodes), languages=languages)
    assert came(pages) == [one.uuid for one in nodes]
    for record in (record for page in pages for record in page.records):
        assert json.loads(record.body)["id"] == record.identifier
        page = json.loads(record.answer.body)
        parts = {name: page[name]["data"][record.item]["id"] for name in languages} if len(languages) > 1 else {}
        assert set(parts.values()) <= {record.identifier}
    assert [page.last for page in pages] == [False] * (len(pages) - 1) + [True]
    assert state.kept == known(nodes)
    sheets = max(1, -(-len(nodes) // 50))
    assert len(http.asked) == sheets * (len(languages) if nodes else 1) + sheets, "fewer requests are not possible"


def test_only_published_nodes_are_asked_for_in_the_order_of_their_numbers() -> None:
    _, http, _ = harvested(site([node(1)]), since=DAY, options={"bundles": ["document"], "include": ["field_files"]})
    assert http.asked[0].url == f"{URL}/en/jsonapi/node/document"
    assert http.asked[0].params == {
        "filter[status]": "1", "sort": "drupal_internal__nid", "page[limit]": "50", "include": "field_files",
        "filter[since][condition][path]": "changed", "filter[since][condition][operator]": ">=",
        "filter[since][condition][value]": "1772323200",
    }  # fmt: skip
    assert [urlsplit(asked.url).path[1:3] for asked in http.asked] == ["en", "fr", "ar", "en"]
    assert http.asked[-1].params["fields[node--document]"] == "drupal_internal__nid,changed", "the census is light"


def test_a_change_in_any_language_brings_the_whole_node() -> None:
    old = [node(number, *LANGUAGES, changed=DAY - timedelta(days=5)) for number in range(1, 90)]
    newer = replace(old[70].versions["ar"], changed=DAY, title="جديد")
    nodes = [*old[:70], replace(old[70], versions={**old[70].versions, "ar": newer}), *old[71:]]
    pages, _, _ = harvested(site(nodes), known(old), since=DAY)
    assert came(pages) == [nodes[70].uuid]
    assert [part["data"][0]["attributes"]["title"] for part in json.loads(pages[0].answer.body).values()] == [
        "en 71", "fr 71", "جديد",
    ]  # fmt: skip
    assert pages[-1].last


def test_what_the_site_lists_no_more_is_deleted_and_the_rest_stays() -> None:
    nodes = [node(number) for number in range(1, 70)]
    now = [replace(one, status=one.number != 60) for one in nodes if one.number != 5]
    pages, _, state = harvested(site(now), known(nodes), since=DAY + timedelta(days=1))
    assert (came(pages), sorted(gone(pages))) == ([], sorted([nodes[4].uuid, nodes[59].uuid]))
    assert state.kept == known([one for one in now if one.status])
    assert pages[-1].last


def test_what_was_published_without_a_change_or_was_missed_before_is_asked_for_singly() -> None:
    nodes = [node(number, *LANGUAGES) for number in range(1, 130)]
    pages, http, state = harvested(site(nodes), known(nodes[:60]), since=DAY + timedelta(days=1))
    assert sorted(came(pages)) == sorted(one.uuid for one in nodes[60:])
    assert state.kept == known(nodes)
    assert pages[-1].last
    singly = [asked for asked in http.asked if "/en/" in asked.url and "filter[these][condition][path]" in asked.params]
    assert [len(asked.params["filter[these][condition][value][]"]) for asked in singly] == [50, 19]


def test_what_changed_and_was_skipped_by_a_list_that_moved_is_asked_for_singly() -> None:
    nodes = [node(number, *LANGUAGES, changed=DAY) for number in range(1, 9)]

    def spoil(asked: Asked, query: str) -> Answer | None:
        empty = b'{"data": [], "meta": {"count": 0}}'
        return answer(empty, url=asked.url) if "filter[since]" in query and not is_census(query) else None

    pages, _, _ = harvested(site(nodes, spoil), known(nodes), since=DAY)
    assert sorted(came(pages)) == sorted(one.uuid for one in nodes)


@pytest.mark.parametrize("nothing", [[], [node(1, bundle="page")], [node(1, status=False)]])
def test_an_empty_list_deletes_nothing(nothing: list[Node]) -> None:
    before = known([node(number) for number in range(1, 9)])
    pages, _, state = harvested(site(nothing), before, since=DAY)
    assert (gone(pages), codes(pages)) == ([], ["nothing_listed"])
    assert state.kept == before
    assert not pages[-1].last


def is_census(query: str) -> bool:
    return "fields[" in query


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<!DOCTYPE html><p>Sorry</p>", "page_not_readable"),
        (b'{"data": [{"id": "x"', "page_not_readable"),
        (b'{"errors": [{"status": "500", "detail": "Out of memory"}]}', "page_not_readable"),
        (b'{"data": [], "meta": {"count": 69}}', "total_disagrees"),
    ],
)
@pytest.mark.parametrize("start", ["", "page[offset]=50"])
def test_a_census_that_is_cut_short_deletes_nothing(body: bytes, code: str, start: str) -> None:
    nodes = [node(number) for number in range(1, 70)]

    def spoil(asked: Asked, query: str) -> Answer | None:
        return answer(body, url=asked.url) if is_census(query) and start in query else None

    pages, _, state = harvested(site(nodes[:-1], spoil), known(nodes), since=DAY)
    assert gone(pages) == []
    assert code in codes(pages)
    assert state.kept == known(nodes)
    assert not pages[-1].last


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_lacks_a_language_is_no_page_and_its_nodes_are_asked_for_again(language: str) -> None:
    nodes = [node(number, *LANGUAGES) for number in range(1, 120)]
    spoilt: list[str] = []

    def spoil(asked: Asked, query: str) -> Answer | None:
        second = "page[offset]=50" in query or nodes[50].uuid in query
        if f"/{language}/" not in asked.url or is_census(query) or not second or spoilt:
            return None
        spoilt.append(query)
        return answer(b"<html>Bad gateway</html>", url=asked.url)

    pages, _, state = harvested(site(nodes, spoil), full=True)
    assert codes(pages)[0] == "page_not_readable"
    assert sorted(came(pages)) == sorted(one.uuid for one in nodes)
    assert state.kept == known(nodes)
    assert not pages[-1].last, "a page was lost: the next run asks for the same again"


@pytest.mark.parametrize("full", [True, False])
def test_a_killed_harvest_goes_on_after_its_last_page(full: bool) -> None:
    nodes = [node(number, *LANGUAGES) for number in range(1, 180)]
    before = known(nodes[:60])
    asked = source(protocol="drupal_jsonapi", url=URL, languages=LANGUAGES, options={"bundles": ["document"]})
    task = HarvestTask(source=asked, full=full, since=None if full else DAY + timedelta(days=1))
    state = State(loaded=before)
    whole = [(page, dict(state.kept)) for page in drupal_jsonapi.harvest(task, Replay(site(nodes)), state)]
    for place, (page, kept) in enumerate(whole[:-1], 1):
        after = State(loaded=before, kept=kept, resume=page.resume)
        rest = list(drupal_jsonapi.harvest(task, Replay(site(nodes)), after))
        assert came(rest) == came([page for page, _ in whole[place:]]), "nothing is lost, nothing is asked for twice"
        assert rest[-1].last
        assert after.kept == state.kept == known(nodes)


def test_a_limit_ends_the_harvest_and_speaks_of_no_absence() -> None:
    nodes = [node(number) for number in range(1, 120)]
    http = Replay(site(nodes))
    task = HarvestTask(source=source(protocol="drupal_jsonapi", url=URL, options={"bundles": ["document"]}), limit=3)
    state = State(loaded=known([node(999)]))
    pages = list(drupal_jsonapi.harvest(task, http, state))
    assert (len(pages), len(http.asked), gone(pages)) == (1, 1, [])
    assert state.kept == known([node(999)]), "the next census must know what was there"
    assert not pages[-1].last


def test_a_bundle_that_has_no_list_costs_itself() -> None:
    nodes = [node(1), node(2, bundle="event")]

    def spoil(asked: Asked, _: str) -> Answer | None:
        return answer(b"{}", url=asked.url, status=404) if asked.url.endswith("/project") else None

    options = {"bundles": ["project", "document", "event"]}
    pages, _, _ = harvested(site(nodes, spoil), options=options, full=True)
    assert came(pages) == [one.uuid for one in nodes]
    assert set(codes(pages)) == {"page_not_readable"}
    assert not pages[-1].last
    with pytest.raises(BadStatus, match="no such list"):
        harvested(site(nodes, spoil), options={"bundles": ["project"]}, full=True)


@pytest.mark.parametrize("bundles", [["forum"], ["user"], ["comment"], ["webform"], [], ["../user"]])
def test_what_visitors_write_is_not_harvested(bundles: list[str]) -> None:
    with pytest.raises(ValidationError):
        drupal_jsonapi.Options(bundles=tuple(bundles))


def test_a_source_is_one_site() -> None:
    with pytest.raises(SourceError, match="asks one site"):
        harvested(site([]), url=None, urls=[URL, f"{URL}/b"])


def test_a_login_wall_is_told() -> None:
    wall = b"<!DOCTYPE html><form><input type='password'></form>"
    with pytest.raises(ProtocolError, match="password"):
        harvested(lambda asked: answer(wall, url=asked.url))


def test_bioland_1_is_a_source_of_options() -> None:
    nodes = [node(1), node(2, bundle="national_target"), node(3, bundle="event"), node(4, bundle="comment_forum")]
    options = {
        "bundles": ["document", "national_target", "event", "project"],
        "include": ["field_source", "field_document_type", "field_countries", "field_files"],
    }
    pages, http, state = harvested(site(nodes), platform="bioland", languages=["fr"], options=options, full=True)
    assert came(pages) == [one.uuid for one in nodes[:3]]
    assert {record.profile for page in pages for record in page.records} == {"drupal_node"}
    assert [urlsplit(asked.url).path for asked in http.asked[:4]] == [
        f"/jsonapi/node/{name}" for name in options["bundles"]
    ]
    assert set(state.kept) == {f"known: {bundle}" for bundle in options["bundles"]}
    assert pages[-1].last, "a bundle without a node is no loss"


class TestRecorded:
    """A live Drupal 10: envelope, paging and `included` as core has them, without `meta.count`."""

    @pytest.fixture
    def folder(self) -> Path:
        root = os.environ.get("CHM_RECORDINGS")
        if not root:
            pytest.skip("CHM_RECORDINGS names no folder of recorded answers")
        return Path(root) / "drupal-jsonapi"

    def test_its_pages_are_walked_to_the_end(self, folder: Path) -> None:
        def reply(asked: Asked) -> Answer:
            wishes = parse_qs(urlsplit(asked.url).query) | asked.params
            start = str(wishes.get("page[offset]", ["0"])[0])
            names = {"0": "recipe-p1.json", "5": "recipe-p2.json"}
            body = (folder / names[start]).read_bytes()
            return answer(body, url=asked.url)

        pages, _, state = harvested(reply, languages=[], url="http://xx.chm.example", options={"bundles": ["recipe"]})
        assert len(came(pages)) == len(set(came(pages))) == len(state.kept["known: recipe"]) == 10
        assert codes(pages) == []
        assert pages[-1].last

    def test_what_it_says_of_a_list_that_is_not_there_is_repeated(self, folder: Path) -> None:
        body = (folder / "not-found.json").read_bytes()
        with pytest.raises(BadStatus, match="no such list here"):
            harvested(lambda asked: answer(body, url=asked.url, status=404))
