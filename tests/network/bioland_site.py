"""The Egyptian site: a Bioland 2 in four languages behind its JSON:API.

Every node has a version in each locale, most of them placeholders marked as outdated. By the second day nodes were
added, one has a new translation, one another type, and one is unpublished, which the site does not say.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from flask import Flask, Response, abort, request

from tests.network.days import moment
from tests.network.drupal import Json, Node, Refused, Version, collection, entity
from tests.network.text import Fact, facts, tell

HOST = "egypt.demonstration.example"
LOCALES = ("ar", "en", "fr", "es")
FIRST_DAY, ADDED = 95, 5
TRANSLATED, RETYPED, UNPUBLISHED, EDITED = 7, 11, 23, 31  # places of nodes that the second day changes
PLAIN = "text/plain; charset=utf-8"
TYPES = {2: "News", 3: "Event", 5: "Project", 12: "Document", 13: "Related Website"}
TAGS = {"species": "CBD-SUBJECT-IAS", "area": "CBD-SUBJECT-PA", "law": "CBD-SUBJECT-LEGAL-STRUCT", "policy": ""}


def make_app(day: Callable[[], int]) -> Flask:
    """The site on the day that `day` says."""
    app = Flask(__name__, static_folder=None)

    @app.get("/robots.txt")
    def robots() -> Response:
        lines = f"User-agent: *\nAllow: /\nSitemap: https://{HOST}/ar/sitemap.xml\n"
        return Response(lines, content_type=PLAIN)

    @app.get("/<locale>/jsonapi/node/content")
    def content(locale: str) -> Response:
        if locale not in LOCALES:
            abort(404)
        try:
            found = collection(nodes(day()), request.base_url, request.query_string.decode())
        except Refused as refused:
            return _json({"errors": [{"status": "400", "title": "Bad Request", "detail": str(refused)}]}, 400)
        return _json(found)

    @app.get("/jsonapi/configurable_language/configurable_language")
    def languages() -> Response:
        named: list[Json] = [
            {"type": "configurable_language", "id": name, "attributes": {"drupal_internal__id": name, "weight": weight}}
            for weight, name in enumerate((*LOCALES, "und", "zxx"))
        ]
        return _json({"data": named})

    @app.get("/<locale>/node/<int:number>")
    def page(locale: str, number: int) -> str:
        node = next((node for node in nodes(day()) if node.number == number and node.status), None)
        if node is None or locale not in LOCALES:
            abort(404)
        return f"<!DOCTYPE html><html lang={locale}><title>{node.versions[locale].title}</title></html>"

    @app.get("/<locale>/sitemap.xml")
    def sitemap(locale: str) -> Response:
        """The one of a site for which none was stored: its home page alone."""
        address = f"<url><loc>https://{HOST}/{locale}</loc></url>"
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{address}</urlset>'
        return Response(body, content_type="application/xml")

    return app


@cache
def nodes(day: int) -> tuple[Node, ...]:
    """What the site has on that day, unpublished nodes included."""
    chosen = [fact for fact in facts() if fact.country == "eg"][-FIRST_DAY - ADDED :]  # the library tells the others
    first = tuple(_node(place, fact) for place, fact in enumerate(chosen[:FIRST_DAY]))
    if day < 2:
        return first
    later = moment(2) - timedelta(hours=3)
    found = list(first)
    fact = chosen[TRANSLATED]
    found[TRANSLATED] = _translated(found[TRANSLATED], "es", _version(fact, "es", TRANSLATED, later))
    found[RETYPED] = _edited(replace(found[RETYPED], refers={**found[RETYPED].refers, **_type(5)}), later)
    found[EDITED] = _edited(found[EDITED], later, " (2)")
    found[UNPUBLISHED] = replace(found[UNPUBLISHED], status=False)
    added = (_node(place, fact, 4) for place, fact in enumerate(chosen[FIRST_DAY:], FIRST_DAY))
    return (*found, *added)


def _node(place: int, fact: Fact, hours: int | None = None) -> Node:
    """Written in Arabic, one in six in English; every other one has a French translation."""
    created = moment(2 if hours else 1) - timedelta(hours=hours or 30 * place + 7)
    original = "en" if place % 6 == 0 else "ar"
    real = (original, "fr") if place % 2 else (original,)
    versions = {language: _version(fact, language, place, created) for language in real}
    for locale in LOCALES:
        if locale not in versions:
            versions[locale] = replace(versions[original], outdated=True, alias=None)
    fields: dict[str, Any] = {
        "field_tags": ",".join(filter(None, (TAGS[fact.kind], f"GBF-TARGET-{fact.target:02}", "eg"))),
        "field_url": None,
        "field_order": 10_000,
        "field_published": created.date().isoformat(),
    }
    kind = {"area": 2, "law": 12, "policy": 13, "species": 12}[fact.kind]
    refers: dict[str, Any] = _type(kind)
    if kind == 12:
        refers["field_attachments"] = [_document(place)]
    return Node(200 + place, "content", created, versions, fields, refers)


def _version(fact: Fact, language: str, place: int, changed: Any) -> Version:
    told = tell(fact, language)
    alias = f"/{language}-note-{place}" if place % 3 else None
    return Version(f"{told.title} ({200 + place})", f"<p>{told.description}</p>", changed, alias)


def _translated(node: Node, language: str, version: Version) -> Node:
    return replace(node, versions={**node.versions, language: version})


def _edited(node: Node, changed: Any, end: str = "") -> Node:
    version = node.versions[node.original]
    return _translated(node, node.original, replace(version, changed=changed, title=version.title + end))


def _type(number: int) -> dict[str, Any]:
    name = TYPES[number]
    term = entity("taxonomy_term--tags", str(number), drupal_internal__tid=number, langcode="en", name=name)
    return {"field_type_placement": term}


def _document(place: int) -> Json:
    uri = {"value": f"public://note-{place}.pdf", "url": f"/sites/default/files/note-{place}.pdf"}
    file = entity("file--file", f"{place}", uri=uri, filemime="application/pdf", filename=f"note-{place}.pdf")
    return entity("media--document", f"{place}", name=f"note-{place}.pdf", langcode="ar", field_media_document=file)


def _json(document: Json, status: int = 200) -> Response:
    return Response(json.dumps(document, ensure_ascii=False), status, content_type="application/vnd.api+json")
