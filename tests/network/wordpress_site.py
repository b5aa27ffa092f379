"""The Peruvian site: a WordPress site whose RSS 2.0 feed is paged (`?paged=N`, 404 past the end) and conditional.

As WordPress 6 does it: Last-Modified and ETag are those of the youngest post on every page of the feed, both must agree
where a client sends both, and `guid` is `?p=N`, no permalink. It answers on the first day only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from hashlib import md5
from xml.sax.saxutils import escape

from flask import Flask, Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from tests.network.days import http_date, moment
from tests.network.text import facts, table, tell

HOST = "peru.demonstration.example"
TITLE = "Demostración: Perú"
POSTS, PER_PAGE = 84, 10
ROBOTS = f"""User-agent: *
Disallow: /wp-admin/
Allow: /wp-admin/admin-ajax.php

Sitemap: https://{HOST}/wp-sitemap.xml
"""
RSS = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
)


@dataclass(frozen=True)
class Post:
    """One post; `guid` and `link` are under the site's public name, which does not depend on the port."""

    number: int
    title: str
    excerpt: str
    categories: tuple[str, ...]
    published: datetime

    @property
    def path(self) -> str:
        """Its permalink, less the host."""
        return f"{self.published:%Y/%m}/ficha-{self.number}/"

    @property
    def guid(self) -> str:
        """WordPress' lasting name of the post."""
        return f"https://{HOST}/?p={self.number}"


@cache
def posts() -> tuple[Post, ...]:
    """The posts, the youngest first."""
    found = []
    for place, fact in enumerate([fact for fact in facts() if fact.country == "pe"][:POSTS]):
        told = tell(fact, "es")
        theme = table("targets")[fact.target - 1]["es"]
        number = 101 + 3 * (POSTS - place)
        published = moment(1) - timedelta(hours=53 * place + 2)
        found.append(Post(number, told.title, told.description, ("Noticias", theme), published))
    return tuple(found)


def make_app(_today: Callable[[], int]) -> Flask:
    """The site, which never changes."""
    app = Flask(__name__, static_folder=None)

    @app.get("/feed/")
    def feed() -> Response:
        paged = request.args.get("paged", "1")
        page = int(paged) if paged.isdecimal() else 1
        found = posts()[max(page - 1, 0) * PER_PAGE : max(page, 1) * PER_PAGE]
        if not found:
            abort(404)
        modified = posts()[0].published
        etag = f'"{md5(http_date(modified).encode(), usedforsecurity=False).hexdigest()}"'
        headers = {"Last-Modified": http_date(modified), "ETag": etag}
        if _unchanged(modified, etag):
            return Response(status=304, headers=headers)
        return Response(_rss(found, modified), headers=headers, content_type="application/rss+xml; charset=UTF-8")

    @app.get("/feed")
    def without_slash() -> AnyResponse:
        return redirect(request.full_path.replace("/feed", "/feed/", 1).removesuffix("?"), 301)

    @app.get("/")
    def home() -> AnyResponse:
        numbered = request.args.get("p")
        if numbered:
            post = next((post for post in posts() if str(post.number) == numbered), None)
            return redirect(f"/{post.path}", 301) if post else abort(404)
        return Response(_home(request.host_url), content_type="text/html; charset=UTF-8")

    @app.get("/<path:path>")
    def page(path: str) -> str:
        post = next((post for post in posts() if post.path == path), None)
        if post is None:
            abort(404)
        return _html(post.title, f"<article>{_content(post)}</article>")

    @app.get("/robots.txt")
    def robots() -> Response:
        return Response(ROBOTS, content_type="text/plain; charset=utf-8")

    return app


def _unchanged(modified: datetime, etag: str) -> bool:
    """Whether the client has it already, as WP::send_headers judges."""
    since, match = request.headers.get("If-Modified-Since"), request.headers.get("If-None-Match")
    answers = []
    if since:
        answers.append(parsedate_to_datetime(since) >= modified)
    if match:
        answers.append(match.removeprefix("W/") == etag)
    return bool(answers) and all(answers)


def _rss(found: tuple[Post, ...], modified: datetime) -> str:
    items = "\n".join(_item(post) for post in found)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{RSS}\n<channel><title>{TITLE}</title>'
        f'<atom:link href="https://{HOST}/feed/" rel="self" type="application/rss+xml" /><link>https://{HOST}</link>'
        f"<description>Sitio inventado de una red de demostración</description>"
        f"<lastBuildDate>{format_datetime(modified)}</lastBuildDate><language>es-PE</language>"
        "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>"
        f"<generator>https://wordpress.org/?v=6.1</generator>\n{items}\n</channel></rss>\n"
    )


def _item(post: Post) -> str:
    categories = "".join(f"<category><![CDATA[{name}]]></category>" for name in post.categories)
    return (
        f"<item><title>{escape(post.title)}</title><link>https://{HOST}/{post.path}</link>"
        f"<dc:creator><![CDATA[Equipo de la demostración]]></dc:creator>"
        f"<pubDate>{format_datetime(post.published)}</pubDate>{categories}"
        f'<guid isPermaLink="false">{post.guid}</guid>'
        f"<description><![CDATA[<p>{escape(post.excerpt)}</p>]]></description>"
        f"<content:encoded><![CDATA[{_content(post)}]]></content:encoded></item>"
    )


def _content(post: Post) -> str:
    subjects = ", ".join(post.categories)
    return f'<p>{escape(post.excerpt)}</p>\n<p class="temas"><strong>Temas:</strong> {escape(subjects)}</p>'


def _home(host_url: str) -> str:
    alternate = '<link rel="alternate" type="application/rss+xml" title="{}" href="{}" />'
    head = alternate.format(f"{TITLE} &raquo; Feed", f"{host_url}feed/")
    links = "".join(f'<li><a href="/{post.path}">{escape(post.title)}</a></li>' for post in posts()[:PER_PAGE])
    return _html(TITLE, f"<ul>{links}</ul>", head)


def _html(title: str, body: str, head: str = "") -> str:
    return (
        f'<!doctype html>\n<html lang="es-PE"><head><meta charset="UTF-8" /><title>{escape(title)}</title>{head}</head>'
        f"<body><h1>{escape(title)}</h1>{body}</body></html>"
    )
