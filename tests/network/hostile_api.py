"""The hostile site's items as the APIs of content management systems list them: WordPress' and Plone's.

Neither speaks of what is deleted. An item was published and last changed at the same moment.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.network.days import stamp

if TYPE_CHECKING:
    from tests.network.hostile_site import Call, Item

TYPES = json.dumps({"post": {"rest_base": "posts"}, "attachment": {"rest_base": "media"}}).encode()
PAST = {"code": "rest_post_invalid_page_number", "message": "There is no such page.", "data": {"status": 400}}


class Told(NamedTuple):
    """An answer less its date."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = {}


def page_of(call: Call) -> int | None:
    """Which page of a list a request is for, from 1, or 0 for what is no list; None where it is not for an API."""
    if call.path.endswith("/posts"):
        return int(call.arguments["page"])
    if call.path.endswith("/@search"):
        return int(call.arguments["b_start"]) // int(call.arguments["b_size"]) + 1
    return 0 if call.path.endswith("/types") else None


def tell(call: Call, items: Iterable[Item]) -> Told:
    """The good answer to a request for an API, from the items that the site has."""
    if call.path.endswith("/types"):
        return Told(TYPES)
    asked = call.arguments
    since = next(
        (asked[key] for key in ("after", "modified_after", "modified.query", "effective.query") if key in asked), ""
    )
    found = sorted(item for item in items if not item.deleted and stamp(item.since) > since)
    if call.path.endswith("/@search"):
        start, size = int(asked["b_start"]), int(asked["b_size"])
        shown = [_plone(item) for item in found[start : start + size]]
        return Told(_json({"@id": call.path, "items": shown, "items_total": len(found)}))
    number, size = int(asked["page"]), int(asked["per_page"])
    pages = -(-len(found) // size)
    if number > max(pages, 1):
        return Told(_json(PAST), 400)
    shown = [_wordpress(item) for item in found[size * (number - 1) : size * number]]
    return Told(_json(shown), headers={"x-wp-total": str(len(found)), "x-wp-totalpages": str(pages)})


def edited(edit: Callable[[list[Any]], list[Any]]) -> Callable[[bytes], bytes]:
    """A page whose list of items is edited."""

    def change(body: bytes) -> bytes:
        found = json.loads(body)
        return _json(edit(found)) if isinstance(found, list) else _json({**found, "items": edit(found["items"])})

    return change


def _wordpress(item: Item) -> dict[str, Any]:
    moment = stamp(item.since).removesuffix("Z")
    return {
        "id": int(item.name[1:]), "guid": {"rendered": item.name}, "link": item.url, "type": "post",
        "status": "publish", "lang": item.language, "date_gmt": moment, "modified_gmt": moment,
        "title": {"rendered": item.title},
    }  # fmt: skip


def _plone(item: Item) -> dict[str, Any]:
    return {
        "@id": item.url, "@type": "Document", "UID": item.name, "review_state": "published", "title": item.title,
        "language": {"token": item.language}, "effective": stamp(item.since), "modified": stamp(item.since),
    }  # fmt: skip


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
