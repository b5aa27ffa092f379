"""The unmatched list, from keyword to decision to tag, and the file that keeps what people decided."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import SKOS, Graph, URIRef

from tests.warehouse.conftest import Chm
from tests.warehouse.world import ID, World
from vocabularies.folding import fold
from vocabularies.skos import VocabularyError
from vocabularies.turtle import TERMS
from warehouse.layout import Layout
from warehouse.mapping import decisions
from warehouse.mapping.decisions import Decision
from warehouse.mapping.terms import open_terms

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OTHERS = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:o:carr> a skos:Concept ; skos:notation "urn:o:carr" ; skos:prefLabel "Alder carr"@en ;
    skos:closeMatch <https://api.cbd.int/api/v2013/thesaurus/terms/CBD-SUBJECT-FOR> .
"""


@pytest.fixture
def tagged(world: World) -> World:
    """Five records of which three have keywords that no vocabulary knows."""
    world.country.subjects = {
        "r0": ("Zones humides", "bogs", "Tourism"),
        "r1": ("zones humides", "BOGS"),
        "r2": ("ZONES HUMIDES", "Alder carr"),
    }
    world.run("first")
    return world


def decision(term: str = "bogs", concept: str = "CBD-SUBJECT-WTR", **keys: object) -> Decision:
    return Decision(**{"term": term, "uri": TERMS + concept, "by": "Ana", "when": NOON, **keys})


def test_the_whole_circle_from_an_unmatched_keyword_to_a_tag(chm: Chm, tagged: World) -> None:
    (first, *_) = chm("terms", "--json").json()["terms"]
    assert (first["term"], first["records"], first["sources"]) == ("ZONES HUMIDES", 3, [ID])
    told = chm("terms", "accept", "zones humides", "CBD-SUBJECT-WTR", "--by", "Ana", "--why", "Ramsar's own French")
    assert told.code == 0, told.err
    assert told.out.splitlines()[-1] == f"  chm replay {ID}"
    assert "ZONES" not in chm("terms").out
    asked = tagged.requests()

    assert "3 changed" in chm("replay", ID).out

    assert tagged.requests() == asked, "a replay asks nobody"
    rows = {row["source_identifier"]: row for row in tagged.rows()}
    assert rows["r1"]["subjects"] == [{"identifier": "CBD-SUBJECT-WTR", "verbatim": "zones humides", "by": "mapping"}]
    assert [word["value"] for word in rows["r1"]["keywords"]] == ["BOGS"]

    withdrawn = chm("terms", "withdraw", "Zones humides", "CBD-SUBJECT-WTR", "--by", "Bo", "--json").json()
    assert (withdrawn["sources"], withdrawn["records"], withdrawn["withdrawn"]) == ([ID], 3, True)
    chm("replay", ID)
    assert all(row["subjects"] == [] for row in tagged.rows() if row["source_identifier"] == "r1")
    assert [one["by"] for one in chm("terms", "decided", "--json").json()] == ["Ana", "Bo"]


def test_the_list_names_spellings_once_and_the_most_useful_first(chm: Chm, tagged: World) -> None:
    found = chm("terms", "--json").json()
    assert [(term["term"], term["records"]) for term in found["terms"]] == [
        ("ZONES HUMIDES", 3),
        ("BOGS", 2),
        ("Alder carr", 1),
    ]
    assert (found["total"], found["records"]) == (3, 3)
    shown = chm("terms", "--limit", "1").out
    assert "ZONES HUMIDES" in shown
    assert "1 of 3 terms without a concept, on 3 records." in shown


def test_suggestions_are_found_across_languages_and_in_other_vocabularies(chm: Chm, world: World) -> None:
    folder = world.folder / "vocabularies"
    folder.mkdir()
    (folder / "others.ttl").write_text(OTHERS)
    world.environment["CHM_VOCABULARIES"] = str(folder)
    world.country.subjects = {"r0": ("La biodiversité des forêts", "alder carr", "qqqq")}
    world.run("first")
    terms = {term["term"]: term["suggestions"] for term in chm("terms", "--json").json()["terms"]}
    assert terms["La biodiversité des forêts"][0]["identifier"] == "CBD-SUBJECT-FOR"
    assert terms["La biodiversité des forêts"][0]["because"].endswith("(fr)")
    assert terms["alder carr"][0] == {
        "identifier": "CBD-SUBJECT-FOR",
        "field": "subjects",
        "label": "Forest Biodiversity",
        "because": "related in others",
        "score": 100.0,
    }
    assert terms["qqqq"] == []


def test_the_list_of_one_source(chm: Chm, tagged: World) -> None:
    tagged.write_source("fr_chm", government="FR", url=tagged.country.url("/oai"))
    assert chm("terms", "--source", "fr_chm", "--json").json()["terms"] == []
    assert chm("terms", "--source", ID, "--json").json()["total"] == 3
    assert chm("terms", "--source", "xx_none").code == 2


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("accept", "bogs", "CBD-SUBJECT-BOG", "--by", "Ana"), "There is no concept 'CBD-SUBJECT-BOG'"),
        (("accept", "Tourism", "CBD-SUBJECT-TOUR", "--by", "Ana"), "'Tourism' finds CBD-SUBJECT-TOUR already"),
        (("accept", "bogs", "CBD-SUBJECT-FOR", "--by", " "), "A decision needs"),
        (("accept", " - ", "CBD-SUBJECT-FOR", "--by", "Ana"), "A decision needs"),
        (("withdraw", "bogs", "CBD-SUBJECT-FOR", "--by", "Ana"), "'bogs' is not mapped to CBD-SUBJECT-FOR"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_in_words(
    chm: Chm, arguments: tuple[str, ...], complaint: str, world: World
) -> None:
    told = chm("terms", *arguments)
    assert told.code == 2
    assert complaint in told.err
    assert not world.layout.mappings().exists()


def test_the_file_is_skos_that_anybody_can_read_and_only_grows(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    decisions.add(layout, decision(why='"so"\nit is'))
    before = layout.mappings().read_text()
    decisions.add(layout, decision(withdrawn=True))
    assert layout.mappings().read_text().startswith(before)
    graph = Graph().parse(layout.mappings())
    assert (URIRef("urn:chm:term:bogs"), SKOS.exactMatch, URIRef(TERMS + "CBD-SUBJECT-WTR")) in graph


def test_the_last_decision_on_a_term_and_concept_holds() -> None:
    forest, waters = decision(concept="CBD-SUBJECT-FOR"), decision()
    back = decision(withdrawn=True)
    assert decisions.mapped([waters, forest]) == {"bogs": (waters.uri, forest.uri)}
    assert decisions.mapped([waters, back]) == {}
    assert decisions.mapped([waters, back, waters]) == {"bogs": (waters.uri,)}
    assert decisions.mapped([back]) == {}


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@given(
    st.lists(
        st.builds(decision, term=names.filter(fold), by=names, why=names | st.just(""), withdrawn=st.booleans()),
        max_size=4,
    )
)
@settings(max_examples=25)
def test_what_is_decided_is_read_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, made: list[Decision]) -> None:
    layout = Layout(tmp_path_factory.mktemp("decided"))
    for each in made:
        decisions.add(layout, each)
    assert decisions.read(layout.mappings()) == tuple(made)


def test_a_file_broken_by_hand_stops_everything_and_says_where(chm: Chm, tagged: World) -> None:
    decisions.add(tagged.layout, decision())
    with tagged.layout.mappings().open("a") as file:
        file.write("<oops")
    told = chm("replay", ID)
    assert told.code in (1, 2)
    assert "mappings.ttl: is not Turtle" in told.err
    with pytest.raises(VocabularyError):
        decisions.add(tagged.layout, decision())


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("urn:chm:decision:1", "urn:x:1", "<urn:x:1> is no decision"),
        ("dct:created", "dct:issued", "has no dct:created that is a time"),
        ("dct:creator", "dct:author", "needs skos:prefLabel (the term), rdf:object (the concept) and dct:creator"),
        ("dct:creator", 'dct:creator "Bob"; dct:creator', "says dct:creator twice"),
    ],
)
def test_a_decision_that_a_hand_has_spoilt_is_named(tmp_path: Path, before: str, after: str, complaint: str) -> None:
    layout = Layout(tmp_path)
    decisions.add(layout, decision())
    layout.mappings().write_text(layout.mappings().read_text().replace(before, after))
    with pytest.raises(VocabularyError, match=re.escape(complaint)):
        decisions.read(layout.mappings())


def test_a_decision_never_takes_the_number_of_another(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.mappings().parent.mkdir(parents=True)
    layout.mappings().write_text("")  # as a hand may leave it
    decisions.add(layout, decision())
    layout.mappings().write_text(layout.mappings().read_text().replace("decision:1>", "decision:7>"))
    decisions.add(layout, decision(concept="CBD-SUBJECT-FOR"))
    assert decisions.read(layout.mappings()) == (decision(), decision(concept="CBD-SUBJECT-FOR"))


def test_terms_are_read_once_and_again_when_a_file_changes(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    once = open_terms(None, layout.mappings())
    assert open_terms(None, layout.mappings()) is once
    decisions.add(layout, decision())
    again = open_terms(None, layout.mappings())
    assert again.mapped == {"bogs": (TERMS + "CBD-SUBJECT-WTR",)}
    assert again.subjects is once.subjects, "the vocabularies themselves are as they were"
