"""`chm vocabularies`: renewed from the thesaurus of the demonstration network, taken from others, and checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harvesters.servers import Site, reply
from tests.network.network import Network
from tests.warehouse.conftest import Chm
from tests.warehouse.world import World
from vocabularies.skos import DATA, load
from vocabularies.turtle import TERMS
from warehouse.commands import vocabularies as commands
from warehouse.mapping.terms import open_terms

GEMET = f"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:skos="http://www.w3.org/2004/02/skos/core#">
  <skos:Concept rdf:about="http://gemet.example/1"><skos:notation>7</skos:notation>
    <skos:prefLabel xml:lang="en">mire</skos:prefLabel><skos:prefLabel xml:lang="et">soo</skos:prefLabel>
    <skos:exactMatch rdf:resource="{TERMS}CBD-SUBJECT-WTR"/></skos:Concept>
  <skos:Concept rdf:about="http://gemet.example/2"><skos:prefLabel xml:lang="en">coppice</skos:prefLabel>
    <skos:closeMatch rdf:resource="{TERMS}CBD-SUBJECT-FOR"/></skos:Concept>
  <skos:Concept rdf:about="http://gemet.example/3"><skos:altLabel xml:lang="en">nameless</skos:altLabel></skos:Concept>
</rdf:RDF>"""


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with Network() as running:
        yield running


@pytest.fixture
def folder(world: World, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The operator's own vocabularies; the commands go by the world's clock, on which politeness takes no time."""
    monkeypatch.setattr(commands, "open_warehouse", lambda: world.warehouse)
    folder = world.folder / "vocabularies"
    folder.mkdir()
    world.environment["CHM_VOCABULARIES"] = str(folder)
    return folder


@pytest.fixture
def refresh(chm: Chm, folder: Path, network: Network) -> Any:
    def run(day: int) -> dict[str, Any]:
        network.day = day
        told = chm("vocabularies", "refresh", "--api", network.thesaurus, "--json")
        assert told.code == 0, told.err
        return {scheme["scheme"]: scheme for scheme in told.json()["schemes"]}

    return run


def test_what_the_thesaurus_changed_is_written_shown_and_wins(refresh: Any, folder: Path) -> None:
    first = refresh(1)
    target = first["gbf-targets"]
    assert (target["listed"], target["added"], target["changed"]) == (1, [], ["GBF-TARGET-01"])
    assert len(target["unlisted"]) == 22
    assert '+    skos:altLabel "GBF-T01. Planifier et gérer toutes les zones' in target["diff"]
    terms = open_terms(folder)
    assert "Planifier" in terms.gbf_targets.concepts["GBF-TARGET-01"].alternatives["fr"][0]
    assert terms.gbf_targets.concepts["GBF-TARGET-01"].related, "the crosswalk is not the thesaurus', and stays"
    assert terms.gbf_targets.concepts.keys() == load(DATA / "gbf-targets.ttl").concepts.keys()


def test_a_second_asking_changes_nothing_and_the_next_day_shows_only_what_is_new(refresh: Any, folder: Path) -> None:
    refresh(1)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    again = refresh(1)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert not any(scheme["diff"] or scheme["added"] or scheme["changed"] for scheme in again.values())
    next_day = refresh(2)
    assert next_day["cbd-subjects"]["added"] == ["CBD-SUBJECT-DEMONSTRATION"]
    assert load(folder / "cbd-subjects.ttl").concepts["CBD-SUBJECT-DEMONSTRATION"].broader == ("CBD-SUBJECT-BIOMES",)
    assert load(folder / "gbf-targets.ttl").concepts["GBF-TARGET-01"].labels["fr"].startswith("GBF-T01. Planifier")


def test_a_domain_that_the_thesaurus_does_not_have_is_said_and_stays(refresh: Any, folder: Path) -> None:
    regions = refresh(1)["regions"]
    assert "answers 404" in regions["failure"]
    assert not (folder / "regions.ttl").exists()


def test_what_is_not_of_the_thesaurus_is_not_asked_for(refresh: Any, network: Network) -> None:
    schemes = refresh(1)
    assert not {"un-languages", "sdg-goals", "cbd-articles", "ptk-chm-terms"} & schemes.keys()
    assert "/api/v2013/thesaurus/domains/Organization Types/terms" in network.asked("thesaurus")


@pytest.mark.parametrize("body", [b"<html>", b"[", b'{"a": 1}', b'[{"identifier": "X"}, 7]'])
def test_an_answer_that_is_no_list_of_terms_changes_nothing(body: bytes, chm: Chm, folder: Path) -> None:
    class Broken(Site):
        def answer(self, path: str) -> Iterator[bytes]:
            yield reply(404) if path == "/robots.txt" else reply(200, body, content_type="application/json")

    with Broken({}) as site:
        told = chm("vocabularies", "refresh", "--api", site.url("/api"))
    assert told.code == 1
    assert list(folder.iterdir()) == []


def test_without_a_folder_of_ones_own_nothing_is_refreshed(chm: Chm) -> None:
    told = chm("vocabularies", "refresh")
    assert told.code == 2
    assert "CHM_VOCABULARIES is not set" in told.err


def test_somebody_elses_vocabulary_counts_where_it_says_exact_and_suggests_where_it_says_close(
    chm: Chm, world: World, folder: Path
) -> None:
    (world.folder / "gemet.rdf").write_text(GEMET)
    told = chm("vocabularies", "add", str(world.folder / "gemet.rdf"), "--name", "gemet", "--json").json()
    assert (told["concepts"], told["exact"], told["close"]) == (2, 1, 1)
    world.country.subjects = {"r0": ("Soo", "coppice", "7"), "r1": ("http://gemet.example/1",)}
    world.run("first")
    rows = {row["source_identifier"]: row for row in world.rows()}
    assert rows["r0"]["subjects"] == [{"identifier": "CBD-SUBJECT-WTR", "verbatim": "Soo", "by": "exactMatch"}]
    assert [term["identifier"] for term in rows["r1"]["subjects"]] == ["CBD-SUBJECT-WTR"]
    assert [word["value"] for word in rows["r0"]["keywords"]] == ["coppice", "7"]
    suggested = {term["term"]: term["suggestions"] for term in chm("terms", "--json").json()["terms"]}
    assert suggested["coppice"][0]["identifier"] == "CBD-SUBJECT-FOR"


def test_somebody_elses_vocabulary_is_fetched_from_an_address(chm: Chm, folder: Path) -> None:
    pages = {"/robots.txt": reply(404), "/gemet": reply(200, GEMET.encode(), content_type="application/rdf+xml")}
    with Site(pages) as site:
        assert "2 concepts, 1 the same" in chm("vocabularies", "add", site.url("/gemet"), "--name", "gemet").out
        assert chm("vocabularies", "add", site.url("/gone"), "--name", "gone").code == 1
    assert [path.name for path in folder.iterdir()] == ["gemet.ttl"]


@pytest.mark.parametrize(
    ("text", "name", "complaint"),
    [
        ("<oops", "mine", "is not Turtle"),
        ("<?xml version='1.0'?><a", "mine", "is not RDF/XML"),
        ("<urn:a> <urn:b> 'c'@en_US_ .", "mine", "is not Turtle"),
        (GEMET.replace('xml:lang="en"', 'xml:lang="en_US"'), "mine", "is not RDF/XML"),
        ("<urn:a> <urn:b> <urn:c> .", "mine", "holds no skos:Concept"),
        ("", "regions", "regions is a vocabulary of the package"),
        ("", "../x", "is no name of a scheme"),
    ],
)
def test_what_cannot_be_added_is_refused_in_words(text: str, name: str, complaint: str, chm: Chm, folder: Path) -> None:
    theirs = folder.parent / "theirs"
    theirs.write_text(text)
    told = chm("vocabularies", "add", str(theirs), "--name", name)
    assert told.code == 2
    assert complaint in told.err
    assert list(folder.iterdir()) == []


def test_a_vocabulary_is_neither_written_over_nor_asked_for_where_there_is_no_file(chm: Chm, folder: Path) -> None:
    (folder / "mine.ttl").write_bytes((DATA / "regions.ttl").read_bytes())
    told = chm("vocabularies", "add", str(folder / "nothing"), "--name", "mine")
    assert told.code == 2
    assert "There is a mine already" in told.err
    told = chm("vocabularies", "add", str(folder / "nothing"), "--name", "another")
    assert told.code == 2
    assert "nothing cannot be read: No such file or directory." in told.err


def test_entities_of_a_hostile_file_are_not_followed(chm: Chm, world: World, folder: Path) -> None:
    (world.folder / "secret").write_text("the secret")
    hostile = GEMET.replace("?>", f'?><!DOCTYPE r [<!ENTITY x SYSTEM "file://{world.folder}/secret">]>', 1)
    (world.folder / "theirs").write_text(hostile.replace("mire", "mire&x;"))
    chm("vocabularies", "add", str(world.folder / "theirs"), "--name", "theirs")
    assert all("the secret" not in path.read_text() for path in folder.iterdir())


def test_the_list_says_which_file_is_in_force(chm: Chm, folder: Path) -> None:
    (folder / "regions.ttl").write_bytes((DATA / "regions.ttl").read_bytes())
    schemes = {scheme["scheme"]: scheme for scheme in chm("vocabularies", "--json").json()["schemes"]}
    assert schemes["regions"]["file"] == str(folder / "regions.ttl")
    assert (schemes["cbd-subjects"]["field"], schemes["cbd-subjects"]["concepts"]) == ("subjects", 86)
    assert re.search(r"regions +│ Regions and groups of +│ 111 +│ en +│ regions ", chm("vocabularies").out)


def test_the_packages_own_vocabularies_pass_the_check(chm: Chm) -> None:
    told = chm("vocabularies", "check", "--json")
    assert told.code == 0
    assert "error" not in {finding["severity"] for finding in told.json()["findings"]}


def test_a_faulty_vocabulary_fails_the_check(chm: Chm, folder: Path) -> None:
    (folder / "mine.ttl").write_text("<urn:a> a <http://www.w3.org/2004/02/skos/core#Concept> .")
    told = chm("vocabularies", "check")
    assert told.code == 1
    assert "error: mine: " in told.out
    assert "needs one skos:notation" in told.out


def test_a_refresh_tells_people_scheme_by_scheme_what_changed(chm: Chm, folder: Path, network: Network) -> None:
    network.day = 1
    told = chm("vocabularies", "refresh", "--api", network.thesaurus)
    assert told.code == 0
    assert "gbf-targets: 1 terms; 0 added, 1 changed, 22 not listed and kept" in told.out
    assert "+    skos:altLabel" in told.out
    assert re.search("^regions: .*answers 404", told.out, re.MULTILINE)
