"""Crawlers, feed readers and catalogues find their way from the root."""

from __future__ import annotations

from urllib.robotparser import RobotFileParser

import feedparser
import pytest
from lxml import etree
from rdflib import DCAT, RDF, Graph

from tests.portal.conftest import BASE, Portal
from tests.portal.test_record import identifier, withdraw
from tests.warehouse.world import World
from warehouse.formats import sitemap

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def addresses(portal: Portal, path: str) -> list[str]:
    answer = portal.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
    return [str(loc.text) for loc in etree.fromstring(answer.content).iter(LOC)]


def test_robots_lead_to_a_sitemap_of_every_record(world: World) -> None:
    world.environment["CHM_PUBLIC_URL"] = BASE
    world.later()
    world.publish()
    portal = Portal(world)
    robots = RobotFileParser()
    robots.parse(portal.get("/robots.txt").text.splitlines())
    (start,) = robots.site_maps() or ()
    found = addresses(portal, start)
    assert sorted(found) == sorted(f"{BASE}/records/{row['identifier']}" for row in world.rows())
    assert all(robots.can_fetch("*", address) for address in found)
    assert all(portal.get(address).status_code == 200 for address in found)
    assert robots.can_fetch("*", f"{BASE}/oai?verb=Identify")


def test_the_parts_of_a_large_sitemap_are_where_it_says(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.environment["CHM_PUBLIC_URL"] = BASE
    monkeypatch.setattr(sitemap, "_MOST", 2)
    world.later()
    world.publish()
    portal = Portal(world)
    parts = addresses(portal, "/sitemap.xml")
    assert [len(addresses(portal, part)) for part in parts] == [2, 2, 1]
    assert portal.get("/sitemaps/sitemap-0009.xml").status_code == 404
    assert portal.get("/sitemaps/..%2Fmanifest.json").status_code == 404


def test_the_feed_of_what_is_new(resting: Portal) -> None:
    answer = resting.get("/feed.xml")
    assert answer.headers["content-type"] == "application/atom+xml"
    again = resting.get("/feed.xml", headers={"If-None-Match": answer.headers["etag"]})
    assert (answer.headers["etag"][:2], again.status_code) == ("W/", 304)
    found = feedparser.parse(answer.content)
    assert not found.bozo
    assert len(found.entries) == 5
    assert {"self", "alternate"} == {link.rel for link in found.feed.links}


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own parser of JSON-LD uses it
@pytest.mark.parametrize(("media_type", "syntax"), [("text/turtle", "turtle"), ("application/ld+json", "json-ld")])
def test_the_catalogue_in_the_syntax_that_is_asked_for(resting: Portal, media_type: str, syntax: str) -> None:
    answer = resting.get("/catalogue", headers={"Accept": media_type})
    assert answer.headers["content-type"].partition(";")[0] == media_type
    assert len(list(Graph().parse(data=answer.text, format=syntax).subjects(RDF.type, DCAT.Catalog))) == 1
    assert resting.get("/catalogue", headers={"Accept": "image/png"}).status_code == 406


def test_they_wait_for_the_next_release_where_something_was_withdrawn(portal: Portal, world: World) -> None:
    world.later()
    withdraw(world, identifier(world))
    for path in ("/sitemap.xml", "/feed.xml", "/catalogue"):
        answer = portal.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "3600")
    world.publish()
    portal.look()
    assert identifier(world) not in portal.get("/feed.xml").text
