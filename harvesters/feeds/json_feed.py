"""JSON Feed 1.0 and 1.1, as feedparser would have read it: the same keys, so that nobody downstream need know.

https://www.jsonfeed.org/version/1.1/. Extensions (`_name`) and keys that have no place are kept under their own names.
What is of another kind than the specification says is left out; only a body that is no JSON is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import feedparser
import msgspec

from harvesters.feeds.addresses import absolute

_MARK = b"\xef\xbb\xbf"
_READ = frozenset((
    "attachments", "author", "authors", "banner_image", "content_html", "content_text", "date_modified",
    "date_published", "external_url", "id", "image", "language", "summary", "tags", "title", "url",
))  # fmt: skip


def looks_like_json(body: bytes) -> bool:
    """Whether a body begins as a JSON object does."""
    return body.removeprefix(_MARK).lstrip()[:1] == b"{"


def parse(body: bytes, url: str) -> feedparser.FeedParserDict:
    """What feedparser's `parse` would give for the feed at `url`; entries are none where the object is no JSON Feed.

    Raises:
        ValueError: the body is no JSON.
        RecursionError: it is nested without end.
    """
    whole = msgspec.json.decode(body.removeprefix(_MARK))
    version, items = _text(whole, "version") or "", whole.get("items")
    found = feedparser.FeedParserDict(bozo=False, entries=[], feed=feedparser.FeedParserDict(), version="")
    if not (version.startswith("https://jsonfeed.org/version/") or isinstance(items, list)):
        return found
    base = absolute(url, _text(whole, "feed_url") or "")
    found["version"] = f"json{version.rpartition('/')[2].replace('.', '')}"
    found["feed"].update(_given({"title": _text(whole, "title"), "language": _text(whole, "language")}))
    found["feed"]["links"] = list(_links(base, (("next", _text(whole, "next_url")),)))
    found["entries"] = [_entry(item if isinstance(item, dict) else {}, base) for item in _list(whole, "items")]
    return found


def _entry(item: Mapping[str, Any], base: str) -> feedparser.FeedParserDict:
    link, html, plain = _text(item, "url"), _text(item, "content_html"), _text(item, "content_text")
    number = item.get("id")
    links = [*_links(base, (("alternate", link), ("related", _text(item, "external_url")))), *_attachments(item, base)]
    images = [_text(item, key) for key in ("image", "banner_image")]
    content = {"type": "text/html" if html else "text/plain", "value": html or plain}
    people = [{"name": name} for each in _authors(item) if (name := _text(each, "name"))]
    values = {
        "id": str(number) if isinstance(number, int | float) else _text(item, "id"),
        "link": absolute(base, link) if link else None,
        "links": links,
        "title": _text(item, "title"),
        "summary": _text(item, "summary"),
        "content": [content] if content["value"] else None,
        "authors": people,
        "tags": [{"term": tag} for tag in _list(item, "tags") if isinstance(tag, str) and tag],
        "language": _text(item, "language"),
        "media_content": [{"url": absolute(base, image), "medium": "image"} for image in images if image],
    }
    for key, written in (("published", _text(item, "date_published")), ("updated", _text(item, "date_modified"))):
        values |= {key: written, f"{key}_parsed": _moment(written)}
    return feedparser.FeedParserDict({key: value for key, value in item.items() if key not in _READ} | _given(values))


def _authors(item: Mapping[str, Any]) -> list[Any]:
    """The authors of 1.1, or the one author of 1.0."""
    return _list(item, "authors") or [item.get("author")]


def _attachments(item: Mapping[str, Any], base: str) -> Iterator[dict[str, str]]:
    for each in _list(item, "attachments"):
        for link in _links(base, (("enclosure", _text(each, "url")),)):
            yield link | _given({"type": _text(each, "mime_type"), "title": _text(each, "title")})


def _links(base: str, pairs: tuple[tuple[str, str | None], ...]) -> Iterator[dict[str, str]]:
    return ({"rel": rel, "href": absolute(base, url)} for rel, url in pairs if url)


def _text(thing: Any, key: str) -> str | None:
    """A text that stands there and says something."""
    value = thing.get(key) if isinstance(thing, dict) else None
    return value if isinstance(value, str) and value.strip() else None


def _list(thing: Mapping[str, Any], key: str) -> list[Any]:
    value = thing.get(key)
    return value if isinstance(value, list) else []


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def _moment(written: str | None) -> Any:
    """RFC 3339 as feedparser's `*_parsed`, in UTC; None where it is none."""
    try:
        moment = datetime.fromisoformat(written or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).utctimetuple()
    except (ValueError, OverflowError):
        return None
