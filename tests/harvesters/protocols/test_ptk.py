"""A Portal Tool Kit: the channels' records, the site map as a census, and the pages that no channel showed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from harvesters.model import Answer, HarvestTask, Page, State
from harvesters.protocols import ptk
from harvesters.web_pages import head
from tests.harvesters.protocols.test_feed import identifiers, issues, rdf
from tests.harvesters.replay import Asked, Replay, answer, source

SITE = "http://site.test"
INDEX, CHANNEL, MAP = f"{SITE}/localchannels_rdf", f"{SITE}/portal_syndication/latestnews_rdf", f"{SITE}/sitemap_xml"
ITEM = b'<html lang="en"><head><title>A</title><meta name="DC.type" content="Text"></head></html>'
FOLDER = ITEM.replace(b"Text", b"Collection")


def sitemap(*paths: str) -> bytes:
    urls = "".join(f"<url><loc>{SITE}/{path}/</loc><lastmod>2020-01-02</lastmod></url>" for path in paths)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def walk(replies: Mapping[str, bytes | Answer], state: State | None = None, **keys: Any) -> tuple[list[Page], Replay]:
    told = {INDEX: rdf(CHANNEL), CHANNEL: rdf(f"{SITE}/news/1"), **replies}

    def reply(asked: Asked) -> Answer:
        found = told.get(asked.url, answer(b"not found", status=404))
        return answer(found, url=asked.url) if isinstance(found, bytes) else found

    http, task = Replay(reply), {name: keys.pop(name) for name in ("full", "limit") if name in keys}
    of = source(protocol="ptk", url=INDEX, **keys)
    return list(ptk.harvest(HarvestTask(source=of, **task), http, state or State())), http


@pytest.mark.parametrize(
    "body", ["<title>Forêt</title>".encode(), '<meta charset="latin-1"><title>Forêt</title>'.encode("latin-1")]
)
def test_a_head_is_read_as_utf_8_where_it_is_and_else_as_the_page_declares(body: bytes) -> None:
    assert head(answer(body)).title == "Forêt"


def gone(pages: list[Page]) -> list[str]:
    return [record.identifier for page in pages for record in page.records if record.deleted]


def after(*paths: str) -> State:
    """What a harvest left that saw these pages listed and read them."""
    state = State()
    walk({MAP: sitemap("news/1", *paths), **{f"{SITE}/{path}": ITEM for path in paths}}, state)
    return State(loaded=state.kept)


def test_what_the_site_map_lists_and_no_channel_shows_is_asked_for_singly_and_once() -> None:
    state, replies = State(), {MAP: sitemap("news/1", "documents/2"), f"{SITE}/documents/2": ITEM}
    pages, http = walk(replies, state)
    assert identifiers(pages) == [f"{SITE}/news/1", f"{SITE}/documents/2"]
    assert [page.last for page in pages] == [False, False, False, True]
    stray = pages[-1].records[0]
    assert (stray.profile, stray.datestamp, stray.body) == ("ptk_page", "2020-01-02", ITEM)
    assert f"{SITE}/news/1" not in [asked.url for asked in http.asked]
    again, http = walk(replies, State(loaded=state.kept))
    assert [asked.url for asked in http.asked] == [INDEX, CHANNEL, MAP]
    assert again[-1].last


@pytest.mark.parametrize(
    "body", [FOLDER, b"", b"<html><title>Folder</title></html>", ITEM.replace(b"<title>A", b"<title>")]
)
def test_a_page_that_is_no_items_is_no_record_and_is_asked_for_again_by_full_harvests_alone(body: bytes) -> None:
    state, replies = State(), {MAP: sitemap("x"), f"{SITE}/x": body}
    pages, _ = walk(replies, state)
    assert identifiers(pages) == [f"{SITE}/news/1"]
    assert f"{SITE}/x" not in [asked.url for asked in walk(replies, State(loaded=state.kept))[1].asked]
    assert f"{SITE}/x" in [asked.url for asked in walk(replies, State(loaded=state.kept), full=True)[1].asked]


def test_what_a_whole_site_map_lists_no_more_is_deleted_but_not_what_a_channel_shows() -> None:
    pages, _ = walk({MAP: sitemap("a", "b")}, after("a", "b", "c"))
    assert gone(pages) == [f"{SITE}/c"]
    assert pages[-1].last


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (sitemap(), "sitemap_shrank"),
        (sitemap("a"), "sitemap_shrank"),
        (sitemap("a", "b", "c")[:-9], "page_not_readable"),
        (b"<!DOCTYPE x><urlset/>", "page_not_readable"),
        (b"<html/>", "page_not_readable"),
        (answer(b"", status=403), "page_not_readable"),
    ],
)
def test_a_site_map_that_is_empty_cut_refused_or_halved_deletes_nothing(found: bytes | Answer, code: str) -> None:
    pages, _ = walk({MAP: found}, after("a", "b", "c"))
    assert not gone(pages)
    assert code in issues(pages)
    assert not pages[-1].last


def test_a_site_without_a_site_map_goes_on_by_its_channels_alone() -> None:
    pages, _ = walk({}, after("a"))
    assert identifiers(pages) == [f"{SITE}/news/1"]
    assert issues(pages)["no_sitemap"].severity == "note"
    assert pages[-1].last


def test_what_is_above_the_cap_waits_for_the_next_harvest() -> None:
    state, replies = State(), {MAP: sitemap("a", "b"), f"{SITE}/a": ITEM, f"{SITE}/b": ITEM}
    pages, _ = walk(replies, state, options={"pages_a_run": 1})
    assert identifiers(pages)[1:] == [f"{SITE}/a"]
    assert "pages_wait" in issues(pages)
    assert identifiers(walk(replies, State(loaded=state.kept), options={"pages_a_run": 1})[0])[1:] == [f"{SITE}/b"]


@pytest.mark.parametrize("pages_before", [1, 2, 3, 4])
def test_a_harvest_that_was_killed_goes_on_behind_its_last_page(pages_before: int) -> None:
    replies = {MAP: sitemap("a", "b"), f"{SITE}/a": ITEM, f"{SITE}/b": ITEM}
    whole, state = walk(replies)[0], State()
    told = Replay(
        lambda asked: answer({INDEX: rdf(CHANNEL), CHANNEL: rdf(f"{SITE}/news/1"), **replies}[asked.url], url=asked.url)
    )
    pages = ptk.harvest(HarvestTask(source=source(protocol="ptk", url=INDEX)), told, state)
    first = [next(pages) for _ in range(pages_before)]
    rest, _ = walk(replies, State(kept=state.kept, resume=first[-1].resume))
    assert identifiers([*first, *rest]) == identifiers(whole)
    assert rest[-1].last
