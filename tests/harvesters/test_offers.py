"""What recognises each platform on a stranger's site, and what does not fool it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from harvesters import offers
from harvesters.model import Answer
from harvesters.offers import Offer
from harvesters.site import Site
from harvesters.visit import Visit
from tests.harvesters.oai_server import envelope, error, identify
from tests.harvesters.replay import Asked, Replay, answer

ROOT = "https://site.test"
ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><id>urn:1</id><title>T</title></entry></feed>'
IPT = b"""<rss version="2.0" xmlns:ipt="http://ipt.gbif.org/"><channel><title>IPT</title><item><title>Birds</title>
<guid>9f3c/v1.4</guid><ipt:eml>https://site.test/ipt/eml.do?r=birds</ipt:eml></item></channel></rss>"""
TURTLE = b"@prefix dcat: <http://www.w3.org/ns/dcat#> . <https://site.test/d/1> a dcat:Dataset ."


class Mapless(Replay):
    """The robots.txt of these sites names no site map, unless a test says so."""

    maps: tuple[str, ...] = ()

    def sitemaps(self, _url: str) -> list[str]:
        return list(self.maps)


def page(head: str = "", body: str = "") -> bytes:
    return f"<!doctype html><html lang='fr'><head><title>Site</title>{head}</head><body>{body}</body></html>".encode()


def at(
    routes: Mapping[str, bytes | Any], url: str = f"{ROOT}/", *, maps: tuple[str, ...] = ()
) -> tuple[list[Offer], Replay]:
    """All that is found on a site of these routes (by path and query, or path); anything else is not there."""

    def reply(asked: Asked) -> bytes | Answer:
        path = asked.url.removeprefix(ROOT)
        verb = asked.params.get("verb")
        found = routes.get(f"{path}?{verb}" if verb else path)
        if found is None:
            return answer(b"none", url=asked.url, status=404)
        if isinstance(found, bytes | Answer):
            return found
        return answer(json.dumps(found).encode(), url=asked.url, content_type="application/json")

    http = Mapless(reply)
    http.maps = maps
    site = Site(http, url, Visit.short(40))
    return [offer for name in offers.likeliest_first(site) for offer in offers.load(name).offers(site)], http


DRUPAL = {"links": {f"node--{name}": {"href": "x"} for name in ("article", "page", "webform", "forum")}}
BIOLAND_1 = {"links": {f"node--{name}": {"href": "x"} for name in ("document", "national_target", "event")}}
LOCALES = {"data": [{"drupal_internal__id": name, "weight": n} for n, name in enumerate(("fr", "ar", "und"))]}
NODES = {"data": [{"id": "1"}], "meta": {"count": 31}}
OAI = {"?Identify": identify(), "?ListIdentifiers": error("noRecordsMatch")}
ROUTES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a Drupal, whose furniture and forums are no records": (
        {"/jsonapi": DRUPAL},
        {"protocol": "drupal_jsonapi", "platform": "drupal", "keys": {"options": {"bundles": ["article"]}}},
    ),
    "a Bioland 1": (
        {"/jsonapi": BIOLAND_1},
        {"protocol": "drupal_jsonapi", "platform": "bioland1", "url": f"{ROOT}/", "deletions": "compared"},
    ),
    "a Bioland 2, whose locales are its own": (
        {"/jsonapi/configurable_language/configurable_language": LOCALES, "/fr/jsonapi/node/content": NODES},
        {"protocol": "bioland", "languages": ("fr", "ar"), "records": 31},
    ),
    "a WordPress that names its API in its head": (
        {"/": page('<link rel="https://api.w.org/" href="/blog/?rest_route=/">'), "/blog/": [{"id": 1}]},
        {"protocol": "wordpress", "url": f"{ROOT}/blog/?rest_route=/"},
    ),
    "a Plone behind a Volto front end": (
        {"/": page(body="volto"), "/++api++/@search": {"items": [], "items_total": 4}},
        {"protocol": "plone", "url": f"{ROOT}/++api++", "records": 4},
    ),
    "a CKAN": (
        {"/api/3/action/package_search": {"success": True, "result": {"count": 12, "results": []}}},
        {"protocol": "ckan", "url": f"{ROOT}/api/3/action/", "records": 12},
    ),
    "a DCAT catalogue that its page names": (
        {
            "/": page('<link rel="alternate" type="text/turtle" href="/dump.ttl">'),
            "/dump.ttl": answer(TURTLE, url=f"{ROOT}/dump.ttl", content_type="text/turtle"),
        },
        {"protocol": "dcat", "url": f"{ROOT}/dump.ttl", "incremental": False},
    ),
    "a DSpace, at the path that its software has": (
        {f"/server/oai/request{verb}": body for verb, body in OAI.items()},
        {"protocol": "oai_pmh", "url": f"{ROOT}/server/oai/request", "records": 0},
    ),
    "a repository that the page links to": (
        {"/": page(body='<a href="/x/oai?verb=Identify">'), "/x/oai?Identify": identify()},
        {"protocol": "oai_pmh", "url": f"{ROOT}/x/oai", "records": None},
    ),
    "a repository that an element of the head is titled as": (
        {
            "/": page('<link rel="alternate" title="OAI-PMH" href="/harvest?verb=Identify">'),
            "/harvest?Identify": identify(),
        },
        {"protocol": "oai_pmh", "url": f"{ROOT}/harvest"},
    ),
    "an IPT": ({"/ipt/rss.do": IPT}, {"protocol": "ipt", "url": f"{ROOT}/ipt/rss.do", "deletions": "unseen"}),
    "pages and nothing else, the last resort": (
        {"/": page("<script type='application/ld+json'>{}</script>", "<a href='/a'>"), "/sitemap.xml": b"<loc/><loc/>"},
        {"protocol": "crawl", "platform": "html", "url": f"{ROOT}/", "detail": "guessed"},
    ),
    "a feed at a usual name": ({"/atom.xml": ATOM}, {"protocol": "feed", "url": f"{ROOT}/atom.xml", "whole": False}),
}


@pytest.mark.parametrize("case", ROUTES)
def test_it_is(case: str) -> None:
    routes, expected = ROUTES[case]
    found, _ = at(routes)
    (best,) = (offer for offer in found if offer.protocol == expected["protocol"])
    assert {key: getattr(best, key) for key in expected} == expected
    assert max(found, key=lambda offer: offer.score) == best or best.score == 0


@pytest.mark.parametrize(
    "routes",
    [
        {"/jsonapi": {"links": {"self": {"href": "x"}}}},
        {"/jsonapi": {"links": {"node--forum": {}}}},
        {"/wp-json/wp/v2/posts": {"code": "rest_no_route"}},
        {"/api/3/action/package_search": {"success": False, "error": {"message": "no"}}},
        {"/catalog.ttl": answer(b"@prefix : <x:> . :a a :b .", content_type="text/turtle")},
        {"/oai?Identify": envelope("<ListSets/>")},
        {"/rss.do": ATOM.replace(b"entry", b"e")},
        {"/jsonapi/configurable_language/configurable_language": LOCALES},
    ],
)
def test_it_is_not(routes: dict[str, Any]) -> None:
    assert [offer for offer in at(routes)[0] if offer.protocol != "feed"] == []


def test_those_whose_signs_are_seen_are_asked_first() -> None:
    _, http = at({"/": page(body="Powered by CKAN")})
    assert http.asked[1].url == f"{ROOT}/api/3/action/package_search"


def test_nothing_is_asked_twice_and_a_site_of_nothing_costs_few_requests() -> None:
    _, http = at({})
    asked = [(each.url, tuple(each.params.items())) for each in http.asked]
    assert len(asked) == len(set(asked)) <= 27


def entries(*paths: str, of: str = "urlset") -> bytes:
    """A site map."""
    return f"<{of}>{''.join(f'<loc>{ROOT}{path}</loc>' for path in paths)}</{of}>".encode()


PAGES = ("/", "/news/2026/a-wetland", "/n/b", "/news/2026/a-paper-on-wetlands.pdf")
ITEM = page("<script type='application/ld+json'>{}</script><link rel='alternate' hreflang='en' href='/en'>")
MAPS: dict[str, tuple[tuple[str, ...], dict[str, bytes], str]] = {
    "one at the usual place": ((), {"/sitemap.xml": entries(*PAGES)}, "site maps list 4 pages"),
    "an index of maps in gzip": (
        ("/i.xml",),
        {"/i.xml": entries("/1.gz", "/2.gz", of="sitemapindex"), "/1.gz": gzip.compress(entries(*PAGES))},
        "site maps list 4 pages, 1 more maps aside",
    ),
    "gzip that is none": (("/1.gz",), {"/1.gz": b"\x1f\x8bnothing"}, "there is no site map"),
    "a page in place of one": ((), {"/sitemap.xml": page()}, "there is no site map"),
    "one of another site": ((), {"/sitemap.xml": b"<urlset><loc>https://other.test/</loc>"}, "there is no site map"),
}


@pytest.mark.parametrize("case", MAPS)
def test_a_site_of_pages_is_told_with_its_site_maps(case: str) -> None:
    named, routes, words = MAPS[case]
    (found,), http = at({"/": page("", "<a href='/x'>"), **routes}, maps=tuple(f"{ROOT}{path}" for path in named))
    assert found.evidence == f"{ROOT}/ leads to 1 addresses; {words}; pages state nothing for machines"
    assert len(http.asked) <= 29


@pytest.mark.parametrize("front", [page("", "<a href='/x'>"), page("", f"<a href='{PAGES[1]}'><a href='/x'>")])
def test_what_pages_state_is_read_off_the_item_that_lies_deepest(front: bytes) -> None:
    routes = {"/": front, PAGES[1]: ITEM}
    (found,), _ = at(routes if PAGES[1].encode() in front else {**routes, "/sitemap.xml": entries(*PAGES)})
    assert found.evidence.endswith("; pages state JSON-LD, their translations (hreflang)")


def test_comments_are_no_records() -> None:
    head = '<link rel="alternate" type="application/atom+xml" href="/comments/feed/">'
    assert [offer.protocol for offer in at({"/": page(head), "/comments/feed/": ATOM})[0]] == ["crawl"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["data", "links", "meta", "result", "count", "items", "items_total"]), inner)
    ),
    max_leaves=6,
)
_PIECES = st.sampled_from([
    b"<!doctype html><html lang='", b"<link rel=alternate type='application/rss+xml' href='", b"<a href='//[x/oai'>",
    b"'>", b'<link rel="https://api.w.org/" href="', b"<rss version='2.0'><channel>", b"<item>", b"<link>",
    b"_rdf</link>", b"<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'>", b"<Identify>", b"@prefix dcat: <",
    b"\xff\x00", b"http://",
    b"<sitemapindex><loc> ", b"https://site.test/a", b"</loc>", b"\x1f\x8b\x08",
])  # fmt: skip


@given(st.lists(_PIECES, max_size=8).map(b"".join), _JSON, st.sampled_from(["", "text/turtle", "text/html"]))
def test_whatever_a_site_answers_is_no_fault_of_ours(markup: bytes, value: Any, kind: str) -> None:
    bodies = [answer(markup, content_type=kind, link=f"<{kind}>; rel='x'"), answer(json.dumps(value).encode())]

    def reply(asked: Asked) -> Answer:
        return replace(bodies[len(asked.url) % 2], url=asked.url)

    site = Site(Mapless(reply), f"{ROOT}/", Visit.short(40))
    for name in offers.names():
        for offer in offers.load(name).offers(site):
            assert offer.score <= sum(offer.merits.values())
