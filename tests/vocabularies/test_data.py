"""The package's own vocabularies: what must hold for every Turtle file of the drawer."""

import re
import socket

import pytest

from vocabularies.skos import DATA, load, load_all
from vocabularies.turtle import TERMS, head_of, write

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
    assert re.search("scbd/|eaudeweb/|text of the Convention", head)
    assert "Facts collected on" in head


@pytest.mark.parametrize("scheme", SCHEMES)
def test_concepts_stand_in_order_of_notation(scheme):
    notations = list(load(DATA / f"{scheme}.ttl").concepts)
    assert notations == sorted(notations)


@pytest.mark.parametrize(
    ("scheme", "count"),
    [
        ("aichi-targets", 20),
        ("assessment-progress", 5),
        ("cbd-articles", 45),  # 42, and the paragraphs 8(h), 8(j) and 10(c)
        ("cbd-parties", 1),
        ("cbd-subjects", 86),
        ("confidence-levels", 3),
        ("countries", 250),  # 249 of ISO 3166-1, and the European Union
        ("degrees-of-alignment", 3),
        ("focal-point-types", 14),
        ("gbf-complementary-indicators", 109),
        ("gbf-component-indicators", 52),
        ("gbf-goals", 4),
        ("gbf-headline-indicators", 42),
        ("gbf-targets", 23),
        ("jurisdictions", 4),
        ("m49-regions", 22),
        ("national-report-types", 8),
        ("organization-types", 9),
        ("ptk-chm-terms", 46),
        ("regions", 111),
        ("report-statuses", 3),
        ("sdg-goals", 17),
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
        scheme: {broader for concept in vocabulary.concepts.values() for broader in concept.broader}
        for scheme, vocabulary in vocabularies.items()
    }
    glossary = {notation for notation in vocabularies["ptk-chm-terms"].concepts if notation[-3] != "_"}
    assert {scheme: above for scheme, above in stated.items() if above} == {
        "cbd-articles": {"CBD-ARTICLE-08", "CBD-ARTICLE-10"},
        "cbd-subjects": {"CBD-SUBJECT-BIOMES"},
        "m49-regions": {"M49-002", "M49-009", "M49-019", "M49-142", "M49-150"},
        "ptk-chm-terms": glossary - {f"{vocabularies['ptk-chm-terms'].uri}/{number}" for number in ("06", "08")},
    }


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_file_is_as_a_refresh_would_write_it(scheme):
    text = (DATA / f"{scheme}.ttl").read_text()
    assert write(load(DATA / f"{scheme}.ttl"), head_of(text)) == text


def test_the_crosswalk_leads_to_concepts_that_exist_but_for_the_targets_of_the_sdgs(vocabularies):
    known = {uri for vocabulary in vocabularies.values() for uri in vocabulary.by_uri}
    led_to = {uri for concept in vocabularies["gbf-targets"].concepts.values() for uri in concept.related}
    assert {uri for uri in led_to - known if not re.search(r"/SDG-TARGET-\d+\.\w+$", uri)} == set()
    assert {uri.rpartition("/")[2] for uri in led_to} >= {"AICHI-TARGET-01", "SDG-GOAL-06"}, "unpadded in their source"


def test_no_address_stands_for_two_concepts_of_the_terms_that_records_carry(vocabularies):
    told = [uri for vocabulary in vocabularies.values() for uri in vocabulary.by_uri]
    assert len(told) == len(set(told))


def test_every_country_lies_in_one_region_but_for_antarctica_and_the_european_union(vocabularies):
    lying = [uri for concept in vocabularies["m49-regions"].concepts.values() for uri in concept.narrow]
    assert len(lying) == len(set(lying)) == 248
    assert vocabularies["countries"].by_uri.keys() - set(lying) == {f"{TERMS}aq", f"{TERMS}eu"}


def test_the_parties_are_195_states_and_the_european_union(vocabularies):
    (parties,) = vocabularies["cbd-parties"].concepts.values()
    assert len(parties.narrow) == 196
    assert set(parties.narrow) < vocabularies["countries"].by_uri.keys()
    assert {f"{TERMS}eu", f"{TERMS}ck", f"{TERMS}nu", f"{TERMS}ps"} < set(parties.narrow)
    assert not {f"{TERMS}us", f"{TERMS}va"} & set(parties.narrow)


def test_loading_asks_no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("somebody opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    assert load(DATA / "un-languages.ttl").concepts
