"""`Vocabulary.match`: exact but for spelling, and never a guess."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocabularies.folding import fold
from vocabularies.model import Concept, Vocabulary
from vocabularies.skos import load_all

VOCABULARIES = load_all()
LABELS = [
    (scheme, concept.notation, language, label)
    for scheme, vocabulary in VOCABULARIES.items()
    for concept in vocabulary.concepts.values()
    for _, language, label in concept.names()
]


def found(scheme, term, language=None):
    match = VOCABULARIES[scheme].match(term, language)
    return match and (match.concept.notation, match.by)


@pytest.mark.parametrize(
    ("scheme", "term", "expected"),
    [
        ("countries", "be", ("be", "notation")),
        ("countries", "BE", ("be", "notation")),
        ("countries", "BEL", ("be", "notation")),
        ("countries", "bel", ("be", "notation")),
        ("countries", "056", ("be", "notation")),
        ("countries", "Belgium", ("be", "prefLabel")),
        ("countries", "  BELGIQUE. ", ("be", "prefLabel")),
        ("countries", "belgica", ("be", "prefLabel")),
        ("countries", "Бельгия", ("be", "prefLabel")),
        ("countries", "بلجيكا", ("be", "prefLabel")),
        ("countries", "比利时", ("be", "prefLabel")),
        ("countries", "ＢＥＬＧＩＵＭ", ("be", "prefLabel")),
        ("countries", "Cote d’Ivoire", ("ci", "prefLabel")),
        ("countries", "Turkey", ("tr", "altLabel")),
        ("countries", "Korea", None),
        ("countries", "Belgium and France", None),
        ("countries", "56", None),
        ("countries", "", None),
        ("countries", " . ", None),
        ("un-languages", "français", ("fr", "prefLabel")),
        ("cbd-subjects", "CBD-SUBJECT-FOR", ("CBD-SUBJECT-FOR", "notation")),
        ("cbd-subjects", "forest biodiversity", ("CBD-SUBJECT-FOR", "prefLabel")),
        ("cbd-subjects", "Biodiversité agricole", ("CBD-SUBJECT-AGR", "hiddenLabel")),
        (
            "cbd-subjects",
            "National Biodiversity Strategies and Action Plans, NBSAPs",
            ("CBD-SUBJECT-NBSAP", "prefLabel"),
        ),
        ("regions", "bd12d7fb-91f7-4b2d-996c-e70f18a51f0e", ("bd12d7fb-91f7-4b2d-996c-e70f18a51f0e", "notation")),
    ],
)
def test_a_term_finds_its_one_concept_whatever_its_spelling(scheme, term, expected):
    assert found(scheme, term) == expected


@pytest.mark.parametrize(
    "term",
    ["GBF-TARGET-01", "GBF-T01.", "GBF-T1", "GBF-01", "GBF T01", "GBF Target 1", "KMGBF Target 1", "Target 1",
     "target 01", "Kunming-Montreal Global Biodiversity Framework Target 1"],
)  # fmt: skip
def test_a_target_of_the_framework_is_found_by_its_number_and_in_no_other_vocabulary(term):
    assert found("gbf-targets", term) == ("GBF-TARGET-01", "notation")
    assert [scheme for scheme in VOCABULARIES if found(scheme, term)] == ["gbf-targets"]


@pytest.mark.parametrize("term", ["AICHI-TARGET-11", "Aichi Target 11", "Aichi-T11.", "Aichi Biodiversity Target 11"])
def test_an_aichi_target_is_found_by_its_number_and_in_no_other_vocabulary(term):
    assert [(scheme, found(scheme, term)) for scheme in VOCABULARIES if found(scheme, term)] == [
        ("aichi-targets", ("AICHI-TARGET-11", "notation"))
    ]


@pytest.mark.parametrize("prefix", ["GBF-T03.", "GBF-T3.", "Target 3:", "GBF Target 3 -"])
def test_a_title_is_found_behind_any_spelling_of_its_number(prefix):
    assert found("gbf-targets", f"{prefix} 30% of areas are effectively conserved") == ("GBF-TARGET-03", "prefLabel")


@pytest.mark.parametrize(
    ("scheme", "term"),
    [
        ("gbf-targets", "Target 24"),
        ("gbf-targets", "Target 0"),
        ("gbf-targets", "3"),
        ("gbf-targets", "T3"),
        ("gbf-targets", "Target 3: restore our peatlands"),  # a country's own third target
        ("gbf-targets", "GBF-T02. 30% of areas are effectively conserved"),  # number and title disagree
        ("gbf-targets", "GBF Target 1 and Target 2"),
        ("aichi-targets", "Target 11"),
        ("aichi-targets", "Protected areas"),  # a subject, not the target about it
        ("aichi-targets", "Pollution"),
    ],
)
def test_what_only_resembles_a_target_finds_none(scheme, term):
    assert found(scheme, term) is None


@pytest.mark.parametrize("word", ["in", "no", "is", "it", "to", "my", "and", "est", "In"])
def test_a_word_in_a_stated_language_is_not_taken_for_a_country_code(word):
    assert found("countries", word, "en") is None
    assert found("countries", word)


def test_a_code_in_capitals_counts_in_any_language():
    assert found("countries", "NO", "en") == ("no", "notation")


@pytest.fixture
def pond():
    return Vocabulary(
        "pond",
        [
            Concept(notation="FROG", labels={"en": "Frog", "es": "Rana"}, hidden={"fr": ("Verte",)}),
            Concept(notation="GENUS", labels={"en": "True frogs", "la": "Rana"}, alternatives={"en": ("Verte",)}),
            Concept(notation="RANA", labels={"en": "A village"}),
            Concept(notation="NEWT", labels={"en": "Eft"}, alternatives={"pt-BR": ("Eft novo",)}),
            Concept(notation="EFTNOVO", labels={"en": "Other"}, alternatives={"pt": ("eft nôvo",)}),
        ],
    )


@pytest.mark.parametrize(
    ("term", "language", "expected"),
    [
        ("rana", None, ("RANA", "notation")),
        ("verte", None, ("GENUS", "altLabel")),
        ("eft novo", None, None),
        ("eft novo", "fr", None),
        ("eft novo", "pt-BR", ("NEWT", "altLabel")),
        ("eft novo", "pt-PT", ("EFTNOVO", "altLabel")),
        ("EFT", "fr", ("NEWT", "prefLabel")),
    ],
)
def test_the_better_kind_of_label_wins_and_the_language_decides_between_equals(pond, term, language, expected):
    match = pond.match(term, language)
    assert (match and (match.concept.notation, match.by)) == expected


@given(st.sampled_from(LABELS))
def test_every_concept_is_found_by_each_of_its_labels_unless_another_shares_it(label):
    scheme, notation, language, text = label
    rivals = {other for kind, other, _, spelled in LABELS if kind == scheme and fold(spelled) == fold(text)}
    match = VOCABULARIES[scheme].match(text, language)
    if rivals == {notation}:
        assert match is not None
        assert match.concept.notation == notation
    else:
        assert match is None or match.concept.notation in rivals


@given(
    st.sampled_from(LABELS), st.sampled_from(["upper", "lower", "title", "swapcase"]), st.sampled_from(["NFD", "NFKD"])
)
def test_case_and_composition_make_no_difference(label, case, form):
    scheme, _, language, text = label
    assert found(scheme, unicodedata.normalize(form, getattr(text, case)()), language) == found(scheme, text, language)


@given(st.sampled_from(LABELS))
def test_accents_width_and_punctuation_make_no_difference(label):
    scheme, _, language, text = label
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in plain)
    assert found(scheme, wide, language) == found(scheme, f"\u200f {text} !", language) == found(scheme, text, language)


@given(st.text())
def test_folding_what_is_folded_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_is_folded_on_a_shorter_way_to_the_same(text):
    accented = fold(f"é {text}")
    assert accented.split() == ["e", *fold(text).split()]


@given(st.sampled_from(sorted(VOCABULARIES)), st.text(), st.sampled_from([None, "en", "zh-Hans"]))
def test_no_text_crashes_a_match(scheme, text, language):
    match = VOCABULARIES[scheme].match(text, language)
    assert match is None or match.concept.notation in VOCABULARIES[scheme].concepts


def test_signs_that_are_letters_of_their_script_are_kept():
    assert fold("がか") == "がか".translate({ord("が"): "か\u3099"})
    assert fold("हिन्दी") != fold("हनद")
