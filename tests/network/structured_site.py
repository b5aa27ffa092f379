"""The Costa Rican site: Spanish and English pages that say in JSON-LD what they are, with a site map and `hreflang`.

Every other item of news has an English translation, a page of its own. The site map is an index of one map in gzip,
with the moment of each page's last change and the addresses of its translations; pages have a Last-Modified. Links in
the pages carry marks of campaigns and ids of sessions, which the canonical address has not; the list can be filtered by
theme.
On the second day an item is new in both languages, one was reworded, and one is gone (410).
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from html import escape
from typing import Any

from flask import Flask, Response, abort, request

from tests.network.days import moment, stamp
from tests.network.text import Telling, facts, revised, table, tell

SITE = "Demostración: Costa Rica"
START = "/es/"
FACTS = 30  # of which every other one is told in English too; the last one comes on the second day
EDITED, GONE = 5, 9  # places
FOLDERS = {"es": "/es/noticias", "en": "/en/news"}
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True)
class Item:
    """One page on a day; `others` are its translations, by language."""

    place: int
    telling: Telling
    beside: Telling
    target: int
    published: datetime
    modified: datetime
    others: tuple[tuple[str, str], ...]

    @property
    def path(self) -> str:
        """Its canonical address on the site."""
        return f"{FOLDERS[self.telling.language]}/{self.place:03}"


@cache
def items(day: int) -> tuple[Item, ...]:
    """The pages of that day, the oldest first."""
    chosen = [fact for fact in facts() if fact.country == "cr"][-FACTS - 1 :]  # the library tells the others
    found: list[Item] = []
    for place in range(FACTS):
        if place == (FACTS - 1 if day == 1 else GONE):
            continue
        languages = ("es", "en") if place % 2 else ("es",)
        published = (
            moment(1) - timedelta(hours=53 * (FACTS - place)) if place < FACTS - 1 else moment(2) - timedelta(hours=4)
        )
        others = tuple((language, f"{FOLDERS[language]}/{place:03}") for language in languages)
        for language in languages:
            told, beside = (tell(chosen[at], language) for at in (place, place + 1))
            item = Item(place, told, beside, chosen[place].target, published, published, others)
            if place == EDITED and day > 1:
                item = replace(item, telling=revised(told, str(place)), modified=moment(2) - timedelta(hours=3))
            found.append(item)
    return tuple(found)


def make_app(today: Callable[[], int]) -> Flask:
    """The site; `today` says which day it is."""
    app = Flask(__name__, static_folder=None)

    @app.get("/")
    @app.get("/<any(es, en):language>/")
    def home(language: str = "es") -> Response:
        found = [item for item in items(today()) if item.telling.language == language]
        theme = request.args.get("tema", type=int)
        shown = [item for item in reversed(found) if theme in (None, item.target)]
        links = "".join(
            f'<h2><a href="{item.path}?utm_source=inicio">{escape(item.telling.title)}</a></h2>' for item in shown
        )
        themes = " ".join(f'<a href="/{language}/?tema={target}">{target}</a>' for target in range(1, 24))
        return Response(_page(language, SITE, "", f"<p>{themes}</p>{links}"), mimetype="text/html")

    @app.get(f"{FOLDERS['es']}/<place>")
    @app.get(f"{FOLDERS['en']}/<place>")
    def page(place: str) -> Response:
        item = next((one for one in items(today()) if one.path == request.path.partition(";")[0]), None)
        if item is None:
            abort(410 if place == f"{GONE:03}" else 404)
        answer = Response(_item_page(item, items(today()), request.host_url[:-1]), mimetype="text/html")
        answer.last_modified = item.modified
        return answer.make_conditional(request)

    @app.get("/sitemap_index.xml")
    def index() -> Response:
        place = f"{request.host_url}sitemap-1.xml.gz"
        return Response(
            f"{_HEAD}<sitemapindex {_SITEMAP}><sitemap><loc>{place}</loc></sitemap></sitemapindex>", mimetype="text/xml"
        )

    @app.get("/sitemap-1.xml.gz")
    def sitemap() -> Response:
        urls = "".join(_url(item, request.host_url[:-1]) for item in items(today()))
        body = f"{_HEAD}<urlset {_SITEMAP}>{urls}</urlset>".encode()
        return Response(gzip.compress(body, mtime=0), mimetype="application/gzip")

    @app.get("/robots.txt")
    def robots() -> Response:
        return Response(
            f"User-agent: *\nDisallow: /admin/\nSitemap: {request.host_url}sitemap_index.xml\n", mimetype="text/plain"
        )

    return app


_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'


def _url(item: Item, home: str) -> str:
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href="{home}{path}"/>' for language, path in item.others
    )
    return f"<url><loc>{home}{item.path}</loc><lastmod>{stamp(item.modified)}</lastmod>{others}</url>"


def _item_page(item: Item, shown: Sequence[Item], home: str) -> str:
    told = item.telling
    head = f'<link rel="canonical" href="{home}{item.path}">' + "".join(
        f'<link rel="alternate" hreflang="{language}" href="{home}{path}">' for language, path in item.others
    )
    head += f'<script type="application/ld+json">{json.dumps(_stated(item, home), ensure_ascii=False)}</script>'
    neighbours = [one for one in shown if one.telling.language == told.language and abs(one.place - item.place) == 1]
    links = "".join(
        f'<li><a href="{one.path};jsessionid=A{one.place}F">{escape(one.telling.title)}</a></li>' for one in neighbours
    )
    body = (
        f"<article><h1>{escape(told.title)}</h1><p>{escape(told.description)}</p><p>{escape(item.beside.description)}</p>"
        f"</article><aside><ul>{links}</ul></aside>"
    )
    return _page(told.language, f"{told.title} | {SITE}", head, body)


def _stated(item: Item, home: str) -> dict[str, Any]:
    theme = table("targets")[item.target - 1][item.telling.language]
    return {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": item.telling.title,
        "mainEntityOfPage": f"{home}{item.path}", "inLanguage": item.telling.language, "keywords": theme,
        "datePublished": stamp(item.published), "dateModified": stamp(item.modified), "license": LICENCE,
        "author": {"@type": "Organization", "name": "Oficina de biodiversidad"},
        "publisher": {"@type": "Organization", "name": SITE},
    }  # fmt: skip


def _page(language: str, title: str, head: str, body: str) -> str:
    menu = '<nav><a href="/es/">Español</a> <a href="/en/">English</a></nav>'
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>{head}</head>"
        f"<body><header>{menu}</header><main>{body}</main><footer>{SITE}</footer></body></html>"
    )
