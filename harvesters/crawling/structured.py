"""What a page states of itself for machines, in JSON-LD, microdata or RDFa, as objects on https://schema.org's terms.

extruct reads them; nothing is fetched, no context of JSON-LD is resolved, and microformats are left alone. Only the
syntaxes of which a page shows a trace are read: RDFa takes thirty times what the others do. `meta` elements
(OpenGraph, Dublin Core, Highwire) are `web_pages.head`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from xml.parsers.expat import ExpatError

from extruct.jsonld import JsonLdExtractor
from extruct.rdfa import RDFaExtractor
from extruct.utils import parse_xmldom_html
from extruct.w3cmicrodata import MicrodataExtractor
from lxml import etree, html
from rdflib.exceptions import Error

from harvesters.model import Json

BESIDE = frozenset((
    "website", "breadcrumblist", "listitem", "imageobject", "person", "organization", "governmentorganization",
    "searchaction", "entrypoint", "propertyvaluespecification", "postaladdress", "contactpoint", "place", "ngo",
    "sitenavigationelement", "wpheader", "wpfooter", "wpsidebar", "concept", "rating", "comment", "readaction",
))  # fmt: skip
"""Types of parts of a page, or of its site, rather than of what it is about."""
PAGES = frozenset(("webpage", "itempage", "document", "item"))
"""Types of the page itself, whose title is its window's."""
_DEEPEST = 6  # objects within objects
_MOST = 2_000  # objects of a page
_MOST_BYTES = 2**20  # of a page whose microdata and RDFa are read: of elements within elements a second each
# What the readers were seen to raise on pages with objects without end, or on addresses that are none.
_STUMBLES = (ValueError, RecursionError, AttributeError, KeyError, TypeError)


def types(root: html.HtmlElement) -> frozenset[str]:
    """The types that a page claims for itself and its parts, in lower case and without their vocabulary's address."""
    found = [kind for one in json_ld(root) for kind in _listed(one.get("@type"))]
    for element in root.xpath("//*[@itemtype or @typeof]"):
        found += f"{element.get('itemtype', '')} {element.get('typeof', '')}".split()
    return frozenset(local(kind) for kind in found)


def json_ld(root: html.HtmlElement) -> list[dict[str, Json]]:
    """Every object of a page's JSON-LD, those of a graph and a page's main entity too; what is no JSON is passed."""
    found: list[dict[str, Json]] = []
    for script in root.xpath("//script[@type='application/ld+json']"):
        with suppress(*_STUMBLES):
            for one in JsonLdExtractor().extract_items(script):
                found += _objects(one, _DEEPEST)
    return found[:_MOST]


def microdata(root: html.HtmlElement, body: bytes, url: str) -> list[dict[str, Json]]:
    """The items of a page's microdata, as JSON-LD would have them."""
    if len(body) > _MOST_BYTES or not root.xpath("boolean(//*[@itemscope])"):
        return []
    with suppress(*_STUMBLES):
        return [_plain(item, _DEEPEST) for item in MicrodataExtractor().extract_items(root, url)]
    return []


def rdfa(root: html.HtmlElement, body: bytes, url: str) -> list[dict[str, Json]]:
    """The typed things of a page's RDFa, as JSON-LD would have them; others refer to them by `@id`."""
    if len(body) > _MOST_BYTES or not root.xpath("boolean(//*[@typeof])"):
        return []
    with suppress(*_STUMBLES, Error, ExpatError, etree.LxmlError):
        things = RDFaExtractor().extract_items(parse_xmldom_html(body, encoding="utf-8"), base_url=url)
        return [{key: _said(value) for key, value in thing.items()} for thing in things if "@type" in thing]
    return []


def local(name: str) -> str:
    """The last part of a type's or property's address or prefixed name, in lower case."""
    return name.rpartition("/")[2].rpartition("#")[2].rpartition(":")[2].lower()


def _objects(value: Json, deep: int) -> Iterator[dict[str, Json]]:
    if isinstance(value, list):
        for one in value:
            yield from _objects(one, deep)
    elif isinstance(value, dict) and deep:
        if "@type" in value:
            yield value
        for key in ("@graph", "mainEntity"):
            yield from _objects(value.get(key), deep - 1)


def _plain(item: Json, deep: int) -> Json:
    """An item of microdata in the shape of JSON-LD."""
    if isinstance(item, list):
        return [_plain(one, deep) for one in item]
    if not isinstance(item, dict) or not deep:
        return item
    properties = item.get("properties") or {}
    return {"@type": item.get("type", ""), **{key: _plain(value, deep - 1) for key, value in properties.items()}}


def _said(value: Json) -> Json:
    """A value of expanded JSON-LD, without what it is wrapped in."""
    if isinstance(value, list):
        return [_said(one) for one in value]
    return value["@value"] if isinstance(value, dict) and "@value" in value else value


def _listed(value: Json) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
