"""The hostile site's items as APIs list them: WordPress', Plone's, Drupal's, CKAN's, the CHM index's and a catalogue's.

None speaks of what is deleted. An item was published and last changed at the same moment.
"""

from __future__ import annotations

import json
import re
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
CATALOGUE_PAGE = 3  # datasets
_SINCE = re.compile(r"\[(\S+) TO \*\]")  # in Solr's language
_LISTS = frozenset(("items", "data", "result", "results", "response", "docs"))  # what leads to the items of an answer
_PREFIXES = (
    "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
    "@prefix hydra: <http://www.w3.org/ns/hydra/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
)


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
    if call.path.endswith(("/package_search", "/select")):
        return int(call.arguments["start"]) // int(call.arguments["rows"]) + 1
    if call.path.endswith("/catalog.ttl"):
        return int(call.arguments.get("page", "1"))
    return 0 if call.path.endswith("/types") else None


def tell(call: Call, items: Iterable[Item]) -> Told:
    """The good answer to a request for an API, from the items that the site has."""
    if call.path.endswith("/types"):
        return Told(TYPES)
    if "/jsonapi/node/" in call.path:
        nodes = [_node(item) for item in items if not item.deleted]
        address = f"http://{call.headers['host']}{call.path}"
        return Told(_json(drupal.collection(nodes, address, call.query, most=DRUPAL_PAGE)))
    if call.path.endswith(("/package_search", "/select", "/catalog.ttl")):
        return Told(_catalogue(call, sorted(item for item in items if not item.deleted)))
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

    def within(found: Any) -> Any:
        if isinstance(found, list):
            return edit(found)
        return {key: within(value) if key in _LISTS else value for key, value in found.items()}

    return lambda body: _json(within(json.loads(body)))


def _catalogue(call: Call, found: list[Item]) -> bytes:
    """A page of a data catalogue, in the order of the names."""
    if call.path.endswith("/catalog.ttl"):
        return _turtle(call, found)
    asked = call.arguments
    since = _SINCE.search(asked.get("fq", ""))
    wanted = [item for item in found if not since or stamp(item.since) >= since[1]]
    start = int(asked["start"])
    shown = wanted[start : start + int(asked["rows"])]
    if call.path.endswith("/select"):
        return _json({"response": {"numFound": len(wanted), "docs": [_indexed(item) for item in shown]}})
    return _json({"success": True, "result": {"count": len(wanted), "results": [_package(item) for item in shown]}})


def _turtle(call: Call, found: list[Item]) -> bytes:
    number = page_of(call) or 1
    here = f"http://{call.headers['host']}{call.path}"
    onward = f" ; hydra:next <{here}?page={number + 1}>" if number * CATALOGUE_PAGE < len(found) else ""
    view = f"<{here}?page={number}> a hydra:PartialCollectionView{onward} .\n"
    whole = f"<{here}> a hydra:Collection ; hydra:totalItems {len(found)} .\n"
    shown = "".join(map(_described, found[CATALOGUE_PAGE * (number - 1) : CATALOGUE_PAGE * number]))
    return f"{_PREFIXES}{whole}{view}{shown}".encode()


def _described(item: Item) -> str:
    title = json.dumps(item.title, ensure_ascii=False)
    return (
        f"<{item.url}> a dcat:Dataset ; dct:title {title}@{item.language} ;\n"
        f'    dct:modified "{stamp(item.since)}"^^xsd:dateTime .\n'
    )


def _package(item: Item) -> dict[str, Any]:
    moment = stamp(item.since).removesuffix("Z")
    return {
        "id": item.name, "state": "active", "type": "dataset", "title": item.title, "language": item.language,
        "url": item.url, "metadata_created": moment, "metadata_modified": moment,
    }  # fmt: skip


def _indexed(item: Item) -> dict[str, Any]:
    return {
        "id": f"{item.name}-1", "identifier_s": item.name, "schema_s": "resource", "url_ss": [item.url],
        f"title_{item.language.upper()}_t": item.title, "updatedDate_dt": stamp(item.since),
    }  # fmt: skip


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
