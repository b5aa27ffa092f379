"""Drupal's JSON:API over nodes in memory: collections with filters, sparse fields, includes and pages, as in core.

A filter looks at every translation of a node; a node without a translation comes in its own language; what is not
published is not given. `meta.count` and the inlining of what is included are modules' doing, which Bioland has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import NAMESPACE_URL, uuid5

MOST = 50  # items of a page, whatever is asked for
_CONDITION = re.compile(r"filter\[(\w+)\]\[condition\]\[(path|operator|value)\](\[\])?")
_SHORT = re.compile(r"filter\[(\w+)\]")
Json = dict[str, Any]
Query = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Version:
    """A node in one language; one that is `outdated` is a placeholder."""

    title: str
    body: str
    changed: datetime
    alias: str | None = None
    outdated: bool = False


@dataclass(frozen=True)
class Node:
    """A node in all its languages, the original first; `fields` are untranslatable, `refers` names entities."""

    number: int
    bundle: str
    created: datetime
    versions: Mapping[str, Version]
    fields: Mapping[str, Any] = field(default_factory=dict)
    refers: Mapping[str, Sequence[Json] | Json] = field(default_factory=dict)
    status: bool = True

    @property
    def uuid(self) -> str:
        """What JSON:API knows it by."""
        return uuid(f"node/{self.number}")

    @property
    def original(self) -> str:
        """The language that it was written in."""
        return next(iter(self.versions))


def uuid(name: str) -> str:
    """The lasting name of an entity."""
    return str(uuid5(NAMESPACE_URL, f"https://drupal.demonstration.example/{name}"))


def entity(kind: str, key: str, /, **attributes: Any) -> Json:
    """An entity that nodes refer to, with its attributes; one of them may be an entity itself."""
    return {"type": kind, "id": uuid(f"{kind}/{key}"), "attributes": attributes}


class Refused(Exception):
    """A question that JSON:API does not allow: 400."""


def collection(nodes: Iterable[Node], address: str, query: str, *, most: int = MOST) -> Json:
    """What a site answers at `address` (scheme to `/{locale}/jsonapi/node/{bundle}`). Raises Refused."""
    asked = parse_qsl(query, keep_blank_values=True)
    bundle = address.rpartition("/")[2]
    locale = address.partition("/jsonapi/")[0].rpartition("/")[2]
    found = [node for node in nodes if node.bundle == bundle and node.status and _matches(node, asked)]
    wishes = dict(asked)
    if wishes.get("sort", "drupal_internal__nid") != "drupal_internal__nid":
        raise Refused("sort")
    found.sort(key=lambda node: node.number)
    start, size = int(wishes.get("page[offset]", 0)), min(int(wishes.get("page[limit]", most)), most)
    inline = wishes.get("jsonapi_include") == "1"
    includes = [path for path in wishes.get("include", "").split(",") if path]
    page = found[start : start + size]
    items = [_item(node, locale, wishes.get(f"fields[node--{bundle}]")) for node in page]
    included = _included(page, includes)
    links = {"self": {"href": f"{address}?{query}"}}
    if start + size < len(found):
        onward = [(name, value) for name, value in asked if not name.startswith("page[")]
        onward += [("page[offset]", str(start + size)), ("page[limit]", str(size))]
        links["next"] = {"href": f"{address}?{urlencode(onward)}"}
    document: Json = {"jsonapi": {"version": "1.0"}, "data": items}
    if inline:
        document["data"] = [_inlined(item, included) for item in items]
    elif included:
        document["included"] = list(included.values())
    return document | {"meta": {"count": len(found)}, "links": links}


def _matches(node: Node, asked: Query) -> bool:
    conditions: dict[str, dict[str, Any]] = {}
    for name, value in asked:
        if found := _CONDITION.fullmatch(name):
            condition = conditions.setdefault(found[1], {"operator": "="})
            if found[3]:
                condition.setdefault("value", []).append(value)
            else:
                condition[found[2]] = value
        elif (found := _SHORT.fullmatch(name)) is not None:
            conditions[found[1]] = {"path": found[1], "operator": "=", "value": value}
    return all(_holds(node, condition) for condition in conditions.values())


def _holds(node: Node, condition: Mapping[str, Any]) -> bool:
    path, operator, value = condition["path"], condition["operator"], condition["value"]
    if (path, operator) == ("status", "="):
        return node.status == (value == "1")
    if (path, operator) == ("changed", ">="):
        return any(version.changed.timestamp() >= int(value) for version in node.versions.values())
    if (path, operator) == ("id", "IN"):
        return node.uuid in value
    raise Refused(f"filter on {path} {operator}")


def _item(node: Node, locale: str, fields: str | None) -> Json:
    language = locale if locale in node.versions else node.original
    version = node.versions[language]
    attributes: Json = {
        "drupal_internal__nid": node.number,
        "langcode": language,
        "status": node.status,
        "title": version.title,
        "created": node.created.isoformat(),
        "changed": version.changed.isoformat(),
        "default_langcode": language == node.original,
        "path": {"alias": version.alias, "pid": None, "langcode": language},
        "content_translation_outdated": version.outdated,
        "body": {"value": version.body, "format": "full_html", "processed": version.body, "summary": None},
        **node.fields,
    }
    relationships = {name: {"data": _reference(value)} for name, value in node.refers.items()}
    relationships["uid"] = {"data": {"type": "user--user", "id": uuid("user/1")}}
    if fields is not None:
        wanted = fields.split(",")
        attributes = {name: value for name, value in attributes.items() if name in wanted}
        relationships = {name: value for name, value in relationships.items() if name in wanted}
    item = {"type": f"node--{node.bundle}", "id": node.uuid, "attributes": attributes}
    return item | ({"relationships": relationships} if relationships else {})


def _reference(value: Sequence[Json] | Json) -> Any:
    if isinstance(value, dict):
        return {"type": value["type"], "id": value["id"]}
    return [_reference(each) for each in value]


def _included(nodes: Sequence[Node], paths: Sequence[str]) -> dict[str, Json]:
    """What the paths lead to, by identifier; an entity within another is a relationship of that one."""
    found: dict[str, Json] = {}
    for node in nodes:
        for path in paths:
            first, _, second = path.partition(".")
            value = node.refers.get(first, ())
            for each in [value] if isinstance(value, dict) else value:
                own = each["attributes"]
                inner = {name: held for name, held in own.items() if isinstance(held, dict) and "attributes" in held}
                plain = {name: held for name, held in own.items() if name not in inner}
                shown = {"type": each["type"], "id": each["id"], "attributes": plain}
                if inner:
                    shown["relationships"] = {name: {"data": _reference(held)} for name, held in inner.items()}
                found[each["id"]] = shown
                if second in inner:
                    found[inner[second]["id"]] = dict(inner[second])
    return found


def _inlined(item: Json, included: Mapping[str, Json]) -> Json:
    flat = {"type": item["type"], "id": item["id"], **item.get("attributes", {})}
    for name, relation in item.get("relationships", {}).items():
        data = relation["data"]
        several = data if isinstance(data, list) else [data]
        shown = [_inlined(included[one["id"]], included) if one["id"] in included else one for one in several]
        flat[name] = shown if isinstance(data, list) else shown[0]
    return flat
