"""JSON Feed read into the shape that feedparser gives other feeds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.errors import ProtocolError
from harvesters.feeds import json_feed
from harvesters.feeds.entries import read
from harvesters.feeds.names import Names
from harvesters.model import State
from tests.harvesters.replay import answer

HOME = "https://x.test/feed.json"
VERSION = "https://jsonfeed.org/version/1.1"
ITEM = {
    "id": "https://x.test/1",
    "url": "/1?lang=fr",
    "external_url": "https://y.test/source",
    "title": "Le loup",
    "content_html": "<p>De retour</p>",
    "content_text": "De retour",
    "summary": "Un loup",
    "image": "/wolf.jpg",
    "date_published": "2026-01-05T08:30:00+01:00",
    "date_modified": "2026-01-06T00:00:00Z",
    "authors": [{"name": "Rédaction"}, {"url": "https://x.test/"}],
    "tags": ["wolf", "", 7],
    "language": "fr",
    "attachments": [{"url": "/a.pdf", "mime_type": "application/pdf", "title": "Plan"}, {"title": "none"}],
    "_extension": {"a": 1},
}


def feed(*items: Any, **keys: Any) -> bytes:
    return json.dumps({"version": VERSION, "title": "T", "items": list(items)} | keys).encode()


def test_an_item_has_the_keys_that_feedparser_gives() -> None:
    found = json_feed.parse(feed(ITEM, language="nl", next_url="/feed.json?page=2"), HOME)
    assert (found.version, found.feed.language) == ("json11", "nl")
    assert found.feed.links == [{"rel": "next", "href": "https://x.test/feed.json?page=2"}]
    entry = dict(found.entries[0])
    moments = [tuple(entry.pop(key))[:5] for key in ("published_parsed", "updated_parsed")]
    assert moments == [(2026, 1, 5, 7, 30), (2026, 1, 6, 0, 0)]
    assert entry == {
        "id": "https://x.test/1",
        "link": "https://x.test/1?lang=fr",
        "title": "Le loup",
        "summary": "Un loup",
        "content": [{"type": "text/html", "value": "<p>De retour</p>"}],
        "published": "2026-01-05T08:30:00+01:00",
        "updated": "2026-01-06T00:00:00Z",
        "authors": [{"name": "Rédaction"}],
        "tags": [{"term": "wolf"}],
        "language": "fr",
        "media_content": [{"url": "https://x.test/wolf.jpg", "medium": "image"}],
        "links": [
            {"rel": "alternate", "href": "https://x.test/1?lang=fr"},
            {"rel": "related", "href": "https://y.test/source"},
            {"rel": "enclosure", "href": "https://x.test/a.pdf", "type": "application/pdf", "title": "Plan"},
        ],
        "_extension": {"a": 1},
    }


@pytest.mark.parametrize(
    ("item", "key", "value"),
    [
        ({"id": 7}, "id", "7"),  # "if an id is presented as a number or other type, coerce it to a string"
        ({"author": {"name": "A"}}, "authors", [{"name": "A"}]),  # 1.0
        ({"content_text": "x"}, "content", [{"type": "text/plain", "value": "x"}]),
        ({"date_published": "soon"}, "published", "soon"),
        ({"date_published": "0001-01-01T00:00:00+14:00"}, "published_parsed", None),
        ({"title": ["x"], "url": 7, "tags": "x", "attachments": [None, {"url": {}}]}, "link", None),
        ({"url": "http://[x"}, "link", "http://[x"),
        ("no object", "id", None),
    ],
)
def test_what_is_of_another_kind_than_it_should_be_costs_only_itself(item: Any, key: str, value: Any) -> None:
    first, second = json_feed.parse(feed(item, ITEM), HOME).entries
    assert first.get(key) == value
    assert second.id == "https://x.test/1"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{}", "neither RSS nor Atom nor JSON Feed"),
        (b'{"items": {}}', "neither RSS nor Atom nor JSON Feed"),
        (feed(ITEM)[:-9], "cannot be read .as JSON"),
        (b'{"a":' * 100_000, "cannot be read .as JSON: RecursionError"),
        (b'{"version": "\xff"}', "cannot be read .as JSON"),
    ],
)
def test_what_is_no_json_feed_is_refused_in_words(body: bytes, words: str) -> None:
    with pytest.raises(ProtocolError, match=words):
        read(answer(body))


def test_a_mark_before_the_text_is_no_reason_to_refuse_it() -> None:
    assert len(read(answer(b"\xef\xbb\xbf " + feed(ITEM), url=HOME)).entries) == 1
    assert not read(answer(feed(), url=HOME)).entries


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(ITEM)), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(json_values, max_size=3))
def test_whatever_the_items_are_each_is_an_entry_with_a_name(items: list[Any]) -> None:
    entries = json_feed.parse(feed(*items), HOME).entries
    assert len(entries) == len(items)
    assert all(name.identifier for name in Names(HOME, State()).of(entries, first_page=True))
