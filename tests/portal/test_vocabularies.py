"""The vocabularies and the sources of a release."""

from __future__ import annotations

from rdflib import Graph
from rdflib.namespace import RDF, SKOS

from tests.portal.conftest import Portal
from tests.warehouse.world import ID


def test_a_vocabulary_by_term_and_as_a_whole(resting: Portal) -> None:
    schemes = {each["scheme"]: each["terms"] for each in resting.get("/vocabularies").json()}
    terms = resting.get("/vocabularies/gbf-targets").json()["terms"]
    assert schemes["gbf-targets"] == len(terms) == 23
    assert resting.get(f"/vocabularies/gbf-targets/{terms[2]['identifier']}").json() == terms[2]
    belgium = resting.get("/vocabularies/countries/be").json()
    labels = {label["language"]: label["direction"] for label in belgium["labels"]}
    assert (labels["ar"], labels["en"]) == ("rtl", "ltr")


def test_a_vocabulary_as_skos(resting: Portal) -> None:
    answer = resting.get("/vocabularies/gbf-targets", headers={"Accept": "text/turtle"})
    graph = Graph().parse(data=answer.text, format="turtle")
    assert len(list(graph.subjects(RDF.type, SKOS.Concept))) == 23


def test_what_there_is_not(resting: Portal) -> None:
    for path in ("/vocabularies/nonsense", "/vocabularies/gbf-targets/nonsense", "/sources/nonsense"):
        assert resting.get(path).status_code == 404
    assert resting.get("/vocabularies/..%2Fmanifest").status_code == 404


def test_a_source_in_neutral_words(resting: Portal) -> None:
    (told,) = resting.get("/sources").json()["sources"]
    assert told == resting.get(f"/sources/{ID}").json()
    assert (told["name"], told["records"], told["coverage"]["schemas"]) == ("Belgium", 5, {"resource": 5})
