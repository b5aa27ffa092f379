"""The Belgian site: a portal on the Portal Tool Kit (Naaya), which syndicates in RSS 1.0 with Dublin Core and events.

Channels under /portal_syndication/ and their index at /localchannels_rdf, fields and namespaces as Naaya writes them
(NyBase.rss_item_for_object, event_item.syndicateThis). Naaya repeats title and description in Dublin Core, keeps the
release date when an item is edited, and sends neither ETag nor Last-Modified. An item may stand in several channels.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import escape, quoteattr

from flask import Flask, Response, abort, request

from tests.network.days import moment, stamp
from tests.network.portal import CHANNELS, HOST, TITLE, Item, channel_items, items

RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:ev="http://purl.org/rss/1.0/modules/event/" xmlns="http://purl.org/rss/1.0/">'
)
ROBOTS = "User-agent: *\nDisallow: /admin_centre_html\nDisallow: /login_html\nDisallow: /portal_map/\n"


def make_app(today: Callable[[], int]) -> Flask:
    """The site; `today` says which day it is."""
    app = Flask(__name__, static_folder=None)

    @app.get("/portal_syndication/<name>")
    def channel(name: str) -> Response:
        if name not in CHANNELS:
            abort(404)
        found = channel_items(name, today())
        return _rdf(
            _channel(f"https://{HOST}/portal_syndication/{name}", CHANNELS[name], today(), [i.url for i in found]),
            [_item(item) for item in found],
        )

    @app.get("/localchannels_rdf")
    def index() -> Response:
        urls = {name: f"{request.host_url}portal_syndication/{name}" for name in CHANNELS}
        return _rdf(
            _channel(f"https://{HOST}/localchannels_rdf", TITLE, today(), list(urls.values())),
            [_channel_item(url, CHANNELS[name]) for name, url in urls.items()],
        )

    @app.get("/<path:path>")
    def page(path: str) -> str:
        item = next((item for item in items(today()) if item.path == path), None)
        if item is None:
            abort(404)
        return _page(item.language, item.title, f"<p>{escape(item.description)}</p>")

    @app.get("/")
    def home() -> str:
        links = "".join(
            f'<li><a href="/portal_syndication/{name}">{escape(title)}</a></li>' for name, title in CHANNELS.items()
        )
        return _page("en", TITLE, f"<p>An invented site of a demonstration network.</p><ul>{links}</ul>")

    @app.get("/robots.txt")
    def robots() -> Response:
        return Response(ROBOTS, content_type="text/plain; charset=utf-8")

    return app


def _rdf(channel: str, found: list[str]) -> Response:
    body = f'<?xml version="1.0" encoding="utf-8"?>\n{RDF}\n{channel}\n' + "\n".join(found) + "\n</rdf:RDF>\n"
    return Response(body, content_type="text/xml; charset=utf-8")


def _channel(about: str, title: str, day: int, urls: list[str]) -> str:
    sequence = "".join(f"<rdf:li resource={quoteattr(url)}/>" for url in urls)
    return (
        f"<channel rdf:about={quoteattr(about)}><title>{escape(title)}</title><link>https://{HOST}</link>"
        f"<description>{escape(title)}</description><dc:identifier>https://{HOST}</dc:identifier>"
        f"<dc:date>{stamp(moment(day))}</dc:date><dc:publisher>{TITLE}</dc:publisher><dc:language>en</dc:language>"
        f"<items><rdf:Seq>{sequence}</rdf:Seq></items></channel>"
    )


def _channel_item(url: str, title: str) -> str:
    return (
        f"<item rdf:about={quoteattr(url)}><link>{escape(url)}</link><title>{escape(title)}</title>"
        f"<description>{escape(title)}</description><dc:title>{escape(title)}</dc:title>"
        f"<dc:language>en</dc:language><dc:publisher>{TITLE}</dc:publisher><dc:format>text/xml</dc:format></item>"
    )


def _item(item: Item) -> str:
    elements = [
        ("link", item.url),
        ("title", item.title),
        ("description", item.description),
        ("dc:title", item.title),
        ("dc:identifier", item.url),
        ("dc:date", stamp(item.released)),
        ("dc:description", item.description),
        ("dc:contributor", "portal editor"),
        ("dc:language", item.language),
        ("dc:coverage", item.coverage),
        *(("dc:subject", subject) for subject in item.subjects),
        ("dc:rights", "CC BY 4.0"),
        *item.extra,
    ]
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in elements)
    return f"<item rdf:about={quoteattr(item.url)}>{inner}</item>"


def _page(language: str, title: str, body: str) -> str:
    return f'<!doctype html><html lang="{language}"><title>{escape(title)}</title><h1>{escape(title)}</h1>{body}</html>'
