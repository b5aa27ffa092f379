"""Nodes as Drupal's JSON:API gives them: fields at one level, what is included in its place, the languages apart.

A node comes in two shapes: as JSON:API has it, attributes beside relationships that point into `included`, or as the
module jsonapi_include makes it, everything in its place. A page comes alone or in every language of its site, by
locale; both look the same here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias
from urllib.parse import quote

import msgspec
from msgspec import Struct

from harvesters.model import RawRecord
from normalizers.record_json import read_item

Fields: TypeAlias = Mapping[str, Any]
_Included: TypeAlias = Mapping[tuple[str, str], Fields]

_DEEPEST = 3  # of node, media, file
_BOM = b"\xef\xbb\xbf"


class Node(Struct, frozen=True):
    """One language of a node: its fields, its language, and the address of its page ("" where nobody knows)."""

    fields: Fields
    language: str | None
    page: str


def versions(raw: RawRecord) -> list[Node]:
    """The languages of a node, the original first; a placeholder, marked as outdated, is no translation.

    Raises:
        Unreadable: the record's bytes are no JSON object.
    """
    own = read_item(raw)
    page = _page(raw.answer.body)
    before = raw.answer.url.partition("/jsonapi/")[0]
    found: dict[str | None, Node] = {}
    for locale, part in page.parts.items():
        for item in part.items.get(str(own.get("id", "")), ()):
            fields = _flat(item, part.included)
            language = text(fields.get("langcode")) or locale or None  # what has no translation comes in its own
            prefix = language if language in page.parts else locale
            site = f"{before.rpartition('/')[0]}/{prefix}" if page.by_locale else before
            found.setdefault(language, Node(fields, language, site + _path(fields)))
    nodes = sorted(found.values(), key=lambda node: node.fields.get("default_langcode") is not True)
    nodes = nodes or [Node(_flat(own, {}), text(own.get("langcode")) or None, "")]  # a page that holds it no more
    return [node for node in nodes if not _is_placeholder(node)] or nodes[:1]


def text(value: Any) -> str:
    """A text or number as text; "" for anything else, such as null."""
    return "" if isinstance(value, bool) or not isinstance(value, str | int | float) else str(value)


def several(value: Any) -> list[Any]:
    """The values of a field that may have one or several; none for null."""
    return value if isinstance(value, list) else [] if value is None else [value]


def resources(value: Any, kind: str) -> Iterator[Fields]:
    """The entities of a field that are of a kind, such as `taxonomy_term`."""
    for each in several(value):
        if isinstance(each, dict) and text(each.get("type")).partition("--")[0] == kind:
            yield each


class _Part(Struct, frozen=True):
    """One locale's answer: items by identifier, and what was included."""

    items: Mapping[str, Sequence[Fields]]
    included: _Included


class _Page(Struct, frozen=True):
    """The answers of a page by locale, or one under "" where it came alone."""

    parts: Mapping[str, _Part]
    by_locale: bool


@lru_cache(maxsize=2)
def _page(body: bytes) -> _Page:
    try:
        page = msgspec.json.decode(body.removeprefix(_BOM), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Page({}, by_locale=False)
    if "data" in page:
        return _Page({"": _part(page)}, by_locale=False)
    return _Page({locale: _part(part) for locale, part in page.items() if isinstance(part, dict)}, by_locale=True)


def _part(page: Fields) -> _Part:
    items: dict[str, list[Fields]] = {}
    for item in several(page.get("data")):
        if isinstance(item, dict):
            items.setdefault(str(item.get("id", "")), []).append(item)
    included = {_key(item): item for item in several(page.get("included")) if isinstance(item, dict)}
    return _Part(items, included)


def _key(item: Fields) -> tuple[str, str]:
    return str(item.get("type")), str(item.get("id"))


def _flat(item: Fields, included: _Included, depth: int = 0) -> Fields:
    """Attributes and relationships at one level, with what is included in the place of what points to it."""
    attributes, relationships = item.get("attributes"), item.get("relationships")
    fields: dict[str, Any] = {key: item[key] for key in item if key not in ("attributes", "relationships", "links")}
    if isinstance(attributes, dict):
        fields |= attributes
    if isinstance(relationships, dict):
        for name, relation in relationships.items():
            data = relation.get("data") if isinstance(relation, dict) else None
            found = [_resolved(each, included, depth) for each in several(data)]
            fields[name] = found if isinstance(data, list) else next(iter(found), None)
    return fields


def _resolved(reference: Any, included: _Included, depth: int) -> Any:
    entity = included.get(_key(reference)) if isinstance(reference, dict) and depth < _DEEPEST else None
    return reference if entity is None else _flat(entity, included, depth + 1)


def _path(fields: Fields) -> str:
    """Of a node's page below its language's address: its alias, or its number; "" where it has neither."""
    path = fields.get("path")
    alias = text(path.get("alias")) if isinstance(path, dict) else ""
    if alias.startswith("/"):
        return quote(alias, safe="/%:@!$&()*+,;=~")
    number = text(fields.get("drupal_internal__nid"))
    return f"/node/{number}" if number else ""


def _is_placeholder(node: Node) -> bool:
    fields = node.fields
    return fields.get("content_translation_outdated") is True and fields.get("default_langcode") is not True
