"""A real WordPress and a real Plone as `chm probe` sees them: from the address of their front page to records."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harvesters.servers import FakeClock
from tests.servers.plone import plone
from tests.servers.running import CONTACT
from tests.servers.wordpress import wordpress
from warehouse import settings
from warehouse.context import Warehouse
from warehouse.probing import looking
from warehouse.probing.model import Probe
from warehouse.probing.suggesting import Subject

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]


def probed(url: str, folder: Path) -> Probe:
    environment = {"CHM_WAREHOUSE": str(folder / "data"), "CHM_REGISTRY": "none", "CHM_ALLOW_PRIVATE": "yes", **CONTACT}
    warehouse = Warehouse(settings=settings.read(environment), clock=FakeClock())
    return looking.probe(warehouse, Subject(url, source="be_site"))


def test_wordpress_is_offered_by_its_rest_api_before_its_feed(tmp_path: Path) -> None:
    with wordpress(tmp_path) as site:
        site.write([{"post_title": f"Post {number}", "categories": ["Protected areas"]} for number in range(12)])
        found = probed(f"{site.url}/", tmp_path)
    protocols = [ranked.offer.protocol for ranked in found.offers]
    assert (found.standing, protocols[0], found.suggested["platform"]) == ("ready", "wordpress", "wordpress")
    assert "feed" in protocols
    assert {ranked.offer.platform for ranked in found.offers if ranked.offer.protocol != "crawl"} == {"wordpress"}
    assert protocols[-1] == "crawl", "what any site offers comes last"
    assert found.offers[0].offer.records == 12
    assert found.requests <= looking.MOST
    titles = {title for sample in found.samples for title in sample.record.title.values()}
    assert titles <= {f"Post {number}" for number in range(12)}


def test_plone_is_offered_by_its_rest_api(tmp_path: Path) -> None:
    with plone(tmp_path, ["en", "fr"]) as site:
        for number in range(6):
            site.write("en", **{"@type": "Document", "title": f"Wetlands {number}"})
        found = probed(site.url, tmp_path)
    best = found.offers[0].offer
    assert (found.standing, best.protocol, best.platform, best.url) == ("ready", "plone", "plone", site.url)
    assert found.requests <= looking.MOST
    assert len(found.samples) == looking.SAMPLES
