"""A probe of each site of the demonstration network names what it runs on, and suggests a file that gathers records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from msgspec.structs import replace

from harvesters import registry
from tests.harvesters.servers import FakeClock
from tests.network.network import SITES, SOURCES, Network
from warehouse.context import Warehouse
from warehouse.planning.approvals import Signature
from warehouse.probing import accepting, looking, verifying
from warehouse.probing.suggesting import Subject
from warehouse.probing.trial import as_yaml

EVIDENCE = {  # of those that have nothing but pages
    "ma_demo": "there is no site map; pages state nothing for machines",
    "cr_demo": "site maps list 43 pages; pages state JSON-LD, their translations (hreflang)",
}
BETTER = {"be_demo": "ptk"}  # its file asks the portal's channels as feeds; the protocol of portals asks for more


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with Network() as running:
        yield running


@pytest.mark.parametrize("site", SITES)
def test_the_front_page_of_a_site_is_enough(site: str, network: Network, warehouse: Warehouse, tmp_path: Path) -> None:
    before = len(network.asked(site))
    found = looking.probe(warehouse, Subject(network.homes[site], source=site, pace=0.02))
    stated = yaml.safe_load((SOURCES / f"{site}.yml").read_text(encoding="utf-8"))
    best = found.offers[0].offer
    assert (found.standing, best.protocol) == ("ready", BETTER.get(site, stated["protocol"]))
    if best.platform:  # OAI-PMH tells no software
        assert best.platform == stated["platform"]
    assert best.evidence.endswith(EVIDENCE.get(site, ""))
    asked = len(network.asked(site)) - before
    assert asked <= looking.MOST
    assert found.requests == asked or best.protocol == "crawl", "whose process may ask once more while it is ended"
    assert [offer.score for offer in found.offers] == sorted((offer.score for offer in found.offers), reverse=True)

    assert len(found.samples) == looking.SAMPLES
    for sample in found.samples:
        assert sample.raw
        assert sample.record.title
        assert sample.record.government == site[:2]

    (tmp_path / "suggested").mkdir()
    (tmp_path / "suggested" / f"{site}.yml").write_text(as_yaml(found.suggested), encoding="utf-8")
    source = registry.load_source(site, (tmp_path / "suggested",))
    assert (source.government, source.status, source.addresses) == (site[:2].upper(), "unverified", (best.url,))
    assert {tag.partition("-")[0] for tag in source.languages} == set(stated["languages"])


@pytest.mark.parametrize("site", SITES)
def test_so_is_the_very_address_of_its_interface(site: str, network: Network, warehouse: Warehouse) -> None:
    found = looking.probe(warehouse, Subject(network.urls[site], source=site, pace=0.02))
    assert (found.standing, found.offers[0].offer.url) == ("ready", network.urls[site])


def test_a_look_keeps_the_pace_and_leaves_nothing_behind(network: Network, warehouse: Warehouse) -> None:
    clock = warehouse.clock
    assert isinstance(clock, FakeClock)
    looking.probe(warehouse, Subject(network.homes["cm_demo"], source="cm_demo"))
    assert min(slept for slept in clock.slept if slept > 0) >= 1.9
    left = {
        path.relative_to(warehouse.layout.root).parts[0] for path in warehouse.layout.root.rglob("*") if path.is_file()
    }
    assert left <= {"servers", "locks"}


def test_languages_that_a_file_guessed_are_put_right_and_need_no_decision(
    network: Network, warehouse: Warehouse
) -> None:
    for guess in (["en"], ["ru"]):  # of the site's languages one, and one that it has not
        folder = warehouse.layout.root.parent / guess[0]
        folder.mkdir()
        keys = {"name": "Egypt", "government": "EG", "protocol": "bioland", "url": network.homes["eg_demo"].rstrip("/")}
        (folder / "eg_chm.yml").write_text(as_yaml({**keys, "languages": guess}), encoding="utf-8")
        ours = replace(warehouse, settings=replace(warehouse.settings, sources=(folder,)))
        ((source, found),) = verifying.verify(ours, verifying.unverified(ours))
        assert (source.id, found.standing) == ("eg_chm", "ready")
        assert found.suggested == {"languages": ["ar", "en", "fr", "es"]}
        assert found.requests <= looking.MOST
        accepting.accept(ours, "eg_chm", Signature(by="Ana", why="probed"))
        active = ours.source("eg_chm")
        assert (active.languages, active.status) == (("ar", "en", "fr", "es"), "active")


def test_another_protocol_takes_the_place_of_the_one_that_a_file_guessed(
    network: Network, warehouse: Warehouse, tmp_path: Path
) -> None:
    folder = tmp_path / "guessed"
    folder.mkdir()
    keys = {"name": "Belgium", "government": "BE", "protocol": "feed", "options": {"paged": True}}
    (folder / "be_chm.yml").write_text(as_yaml({**keys, "url": network.homes["be_demo"]}), encoding="utf-8")
    ours = replace(warehouse, settings=replace(warehouse.settings, sources=(folder,)))
    ((_, found),) = verifying.verify(ours, verifying.unverified(ours))
    assert (found.standing, len(found.samples)) == ("decide", looking.SAMPLES)
    assert found.suggested == {"protocol": "ptk", "platform": "ptk", "url": network.urls["be_demo"]}
    assert "a web page came where a feed was expected" in found.issues[0].message
    accepting.accept(ours, "be_chm", Signature(by="Ana", why="looked"))
    assert (ours.source("be_chm").protocol, ours.source("be_chm").options) == ("ptk", {})
