"""The package's own vocabularies: what must hold for every Turtle file of the drawer."""

import socket

import pytest

from vocabularies.skos import DATA, load, load_all

SCHEMES = sorted(path.stem for path in DATA.glob("*.ttl"))


@pytest.fixture(scope="module")
def vocabularies():
    return load_all()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_file_of_the_drawer_is_a_vocabulary_named_after_the_file(scheme):
    vocabulary = load(DATA / f"{scheme}.ttl")
    assert vocabulary.scheme == scheme
    assert vocabulary.concepts


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_file_says_where_its_facts_come_from(scheme):
    head = (DATA / f"{scheme}.ttl").read_text().partition("@prefix")[0]
    assert "scbd/" in head
    assert "Facts collected on" in head


@pytest.mark.parametrize("scheme", SCHEMES)
def test_concepts_stand_in_order_of_notation(scheme):
    notations = list(load(DATA / f"{scheme}.ttl").concepts)
    assert notations == sorted(notations)


@pytest.mark.parametrize(
    ("scheme", "count"),
    [
        ("aichi-targets", 20),
        ("cbd-subjects", 86),
        ("countries", 250),  # 249 of ISO 3166-1, and the European Union
        ("gbf-targets", 23),
        ("regions", 111),
        ("un-languages", 6),
    ],
)
def test_every_scheme_is_whole(vocabularies, scheme, count):
    assert len(vocabularies[scheme].concepts) == count


def test_countries_carry_their_codes_and_their_names_in_six_languages(vocabularies):
    belgium = vocabularies["countries"].concepts["be"]
    assert belgium.codes == {"iso2": "BE", "iso3": "BEL", "m49": "056"}
    assert belgium.labels == {
        "ar": "بلجيكا",
        "en": "Belgium",
        "es": "Bélgica",
        "fr": "Belgique",
        "ru": "Бельгия",
        "zh": "比利时",
    }


def test_a_country_that_changed_its_name_keeps_the_former_one_as_alternative(vocabularies):
    turkiye = vocabularies["countries"].concepts["tr"]
    assert turkiye.labels["en"] == "Türkiye"
    assert "Turkey" in turkiye.alternatives["en"]


@pytest.mark.parametrize("scheme", ["aichi-targets", "cbd-subjects", "gbf-targets", "regions"])
def test_provisional_translations_are_hidden_labels_and_never_preferred(vocabularies, scheme):
    verified = {"AICHI-TARGET-01", "CBD-SUBJECT-BIOMES"}
    for concept in vocabularies[scheme].concepts.values():
        if concept.notation not in verified:
            assert set(concept.labels) == {"en"}
            assert set(concept.hidden) == {"ar", "es", "fr", "ru", "zh"}


def test_broader_is_there_only_where_the_source_states_it(vocabularies):
    stated = {
        concept.broader
        for vocabulary in vocabularies.values()
        for concept in vocabulary.concepts.values()
        if concept.broader
    }
    assert stated == {("CBD-SUBJECT-BIOMES",)}


def test_loading_asks_no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("somebody opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    assert load(DATA / "un-languages.ttl").concepts
