"""How a value finds its term: the order of the ways, and that each term says which it was."""

import pytest

from normalizers.model import Term, Text
from normalizers.normalize import normalize
from normalizers.terms import terms_of
from tests.normalizers.making import oai_dc, source
from vocabularies.folding import fold
from vocabularies.model import Concept, Vocabulary
from vocabularies.skos import load_all

VOCABULARIES = load_all()
INLAND_WATERS = VOCABULARIES["cbd-subjects"].concepts["CBD-SUBJECT-WTR"].uri
FORESTS = VOCABULARIES["cbd-subjects"].concepts["CBD-SUBJECT-FOR"].uri
OTHERS = Vocabulary(
    "others",
    [
        Concept(notation="o:mire", uri="o:mire", labels={"en": "Mire", "fi": "Suo"}, exact=(INLAND_WATERS,)),
        Concept(notation="o:wood", uri="o:wood", labels={"en": "Wood"}, close=(FORESTS,)),
    ],
)


@pytest.fixture
def read(terms):
    def run(elements, terms=terms, **keys):
        return normalize(oai_dc(elements), source(**keys), terms).record

    return run


def subject(*values):
    return "".join(f"<dc:subject>{value}</dc:subject>" for value in values)


def test_an_accepted_mapping_is_followed_whatever_the_spelling(read):
    mapped = terms_of(VOCABULARIES, {fold("zones humides"): (INLAND_WATERS,)})
    record = read(subject("Zones  Humides", "tourbières"), mapped)
    assert record.subjects == (Term(identifier="CBD-SUBJECT-WTR", verbatim="Zones Humides", by="mapping"),)
    assert record.keywords == (Text("tourbières"),)


def test_a_mapping_may_lead_into_several_vocabularies(read):
    target = VOCABULARIES["gbf-targets"].concepts["GBF-TARGET-03"].uri
    record = read(subject("30x30"), terms_of(VOCABULARIES, {"30x30": (INLAND_WATERS, target)}))
    assert [term.identifier for term in (*record.subjects, *record.gbf_targets)] == ["CBD-SUBJECT-WTR", "GBF-TARGET-03"]


def test_vocabulary_then_lookup_then_mapping_then_another_publishers_word(read):
    mapped = terms_of(
        {**VOCABULARIES, "others": OTHERS},
        {fold(word): (FORESTS,) for word in ("Tourism", "bog", "carr")},
    )
    lookups = {"subjects": {"Tourism": "CBD-SUBJECT-MNT", "bog": "CBD-SUBJECT-MNT", "mire": "CBD-SUBJECT-MNT"}}
    record = read(subject("Tourism", "bog", "carr", "Suo"), mapped, lookups=lookups)
    assert [(term.identifier, term.by) for term in record.subjects] == [
        ("CBD-SUBJECT-TOUR", "prefLabel"),
        ("CBD-SUBJECT-MNT", "lookup"),
        ("CBD-SUBJECT-FOR", "mapping"),
        ("CBD-SUBJECT-WTR", "exactMatch"),
    ]


def test_what_is_only_close_in_another_vocabulary_stays_a_keyword(read):
    record = read(subject("wood"), terms_of({**VOCABULARIES, "others": OTHERS}))
    assert (record.subjects, record.keywords) == ((), (Text("wood"),))


def test_the_crosswalk_tags_no_record(read):
    record = read(subject("GBF Target 3"))
    assert [term.identifier for term in record.gbf_targets] == ["GBF-TARGET-03"]
    assert (record.aichi_targets, record.sdg_goals) == ((), ())


def test_targets_goals_and_articles_are_read_in_title_keywords_and_types_only(read):
    record = read(
        "<dc:title>Meta de Aichi 11 y Artículo 8(j)</dc:title><dc:description>GBF Target 1</dc:description>"
        "<dc:type>Report on SDG 15</dc:type><dc:subject>bogs under GBF Target 2</dc:subject>"
    )
    assert record.aichi_targets == (Term(identifier="AICHI-TARGET-11", verbatim="Meta de Aichi 11", by="text"),)
    assert record.articles == (Term(identifier="CBD-ARTICLE-08-J", verbatim="Artículo 8(j)", by="text"),)
    assert record.sdg_goals == (Term(identifier="SDG-GOAL-15", verbatim="SDG 15", by="text"),)
    assert record.gbf_targets == (Term(identifier="GBF-TARGET-02", verbatim="GBF Target 2", by="text"),)
    assert record.keywords == (Text("bogs under GBF Target 2"),)


def test_what_a_record_states_goes_before_what_its_text_names(read):
    record = read("<dc:title>On GBF Target 3</dc:title><dc:subject>GBF-TARGET-03</dc:subject>")
    assert record.gbf_targets == (Term(identifier="GBF-TARGET-03", verbatim="GBF-TARGET-03", by="notation"),)


@pytest.mark.parametrize(
    "cible", ["Cible 3", "Meta 3", "Целевая задача 3", "الغاية 3", "行动目标3", "Target 3", "GBF 3"]
)
def test_a_target_alone_in_a_subject_is_the_frameworks_in_any_of_the_six_languages(read, cible):
    record = read(subject(cible))
    assert record.gbf_targets == (Term(identifier="GBF-TARGET-03", verbatim=cible, by="notation"),)


def test_types_name_kinds_of_organizations_and_reports(read):
    record = read(
        "<dc:type>Non-governmental organization (NGO)</dc:type><dc:type>5th National Report (2009-2014)</dc:type>"
    )
    assert [term.by for term in record.kinds] == ["prefLabel", "prefLabel"]
    assert read(subject("Non-governmental organization (NGO)")).kinds == (), "said of the thing, not of its subject"


def test_other_vocabularies_that_lead_nowhere_are_not_asked(terms):
    assert terms.others == ()
    assert terms.same == {}
    assert terms_of({**VOCABULARIES, "others": OTHERS}).others == (OTHERS,)
