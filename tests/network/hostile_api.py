"""The hostile site's items as the APIs of content management systems list them: WordPress', Plone's and Drupal's.

None speaks of what is deleted. An item was published and last changed at the same moment.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.network import drupal
from tests.network.days import stamp

if TYPE_CHECKING:
    from tests.network.hostile_site import Call, Item

TYPES = json.dumps({"post": {"rest_base": "posts"}, "attachment": {"rest_base": "media"}}).encode()
PAST = {"code": "rest_post_invalid_page_number", "message": "There is no such page.", "data": {"status": 400}}


DRUPAL_PAGE = 3  # nodes
DRUPAL_SINGLY = "filter[these]"  # a question for some nodes by their identifiers


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
    if "/jsonapi/node/" in call.path:
        listed = "page[limit]" in call.arguments and not any(key.startswith(DRUPAL_SINGLY) for key in call.arguments)
        return int(call.arguments.get("page[offset]", "0")) // DRUPAL_PAGE + 1 if listed else 0
    return 0 if call.path.endswith("/types") else None


def tell(call: Call, items: Iterable[Item]) -> Told:
    """The good answer to a request for an API, from the items that the site has."""
    if call.path.endswith("/types"):
        return Told(TYPES)
    if "/jsonapi/node/" in call.path:
        nodes = [_node(item) for item in items if not item.deleted]
        address = f"http://{call.headers['host']}{call.path}"
        return Told(_json(drupal.collection(nodes, address, call.query, most=DRUPAL_PAGE)))
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
        return (
            _json(edit(found))
            if isinstance(found, list)
            else _json({**found, **{key: edit(found[key]) for key in ("items", "data") if key in found}})
        )

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


def _node(item: Item) -> drupal.Node:
    version = drupal.Version(item.title, f"<p>{item.title}.</p>", item.since, f"/items/{item.name}")
    return drupal.Node(int(item.name[1:]), "content", item.since, {item.language: version})


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
