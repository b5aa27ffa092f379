"""Targets, goals and articles named by their numbers: in six languages, beside their framework, and nothing else."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vocabularies.numbered import named_in
from vocabularies.skos import load_all

VOCABULARIES = load_all()


def notations(text):
    return [named.notation for named in named_in(text)]


@pytest.mark.parametrize(
    "text",
    [
        "GBF Target 3",
        "GBF-T03",
        "Progress towards Target 3 of the Kunming-Montreal Global Biodiversity Framework",
        "Kunming–Montreal Global Biodiversity Framework, Target 3",
        "GBF Target 3, 30x30 by 2030",
        "La cible 3 du Cadre mondial de la biodiversité de Kunming-Montréal",
        "Cible n° 3 du CMB",
        "Meta 3 del Marco Mundial Kunming-Montreal de la Diversidad Biológica",
        "La meta 3 del Marco Mundial de Biodiversidad en la Amazonía",
        "Целевая задача 3 Куньминско-Монреальской глобальной рамочной программы в области биоразнообразия",
        "الغاية 3 من إطار كونمينغ-مونتريال العالمي للتنوع البيولوجي",
        "昆明-蒙特利尔全球生物多样性框架行动目标3",
        "落实全球生物多样性框架目标３的进展",
    ],
)
def test_a_target_of_the_framework_is_found_in_a_text(text):
    assert notations(text) == ["GBF-TARGET-03"]


@pytest.mark.parametrize(
    "text",
    [
        "Aichi Target 11",
        "How Aichi Biodiversity Target 11 was met",
        "Target 11 of the Aichi Targets",
        "Objectif d'Aichi 11",
        "Objectif 11 d’Aichi pour la biodiversité",
        "Meta de Aichi 11",
        "Meta 11 de Aichi",
        "Meta de Aichi para la Biodiversidad nº 11",
        "Айтинская целевая задача 11",
        "Айтинской целевой задаче в области биоразнообразия: задача 11 Айти",
        "هدف أيشي 11",
        "الهدف ١١ من أهداف أيشي للتنوع البيولوجي",
        "爱知目标11",
        "爱知生物多样性目标11",
        "爱知目标第11项",
    ],
)
def test_an_aichi_target_is_found_in_a_text(text):
    assert notations(text) == ["AICHI-TARGET-11"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Aichi Targets 5, 11 and 12", [5, 11, 12]),
        ("Objectifs d'Aichi 1 à 4", [1, 2, 3, 4]),
        ("Metas de Aichi 1-3 y 20", [1, 2, 3, 20]),
        ("Aichi Targets 12-5", [12, 5]),
        ("Aichi Targets 19 to 21", [19, 20]),
        ("Aichi Target 11 and 12 May 2015", [11]),
        ("Aichi Target 5, 2015 report", [5]),
    ],
)
def test_several_numbers_belong_to_a_plural_and_ranges_are_spelt_out(text, expected):
    assert notations(text) == [f"AICHI-TARGET-{number:02}" for number in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Article 8(j)", "08-J"),
        ("Working group on Article 8 (j) and related provisions", "08-J"),
        ("Artículo 8(j)", "08-J"),
        ("L'article 8 j) et les savoirs traditionnels", "08-J"),
        ("статьи 8(j)", "08-J"),
        ("المادة 8(ي)", "08-J"),
        ("第8(j)条", "08-J"),
        ("第八条（j）款", "08-J"),
        ("Article 8(j) of the Convention", "08-J"),
        ("Article 8(h) of the Convention on Biological Diversity", "08-H"),
        ("CBD Article 8(k)", "08"),
        ("Article 15 of the Convention on Biological Diversity", "15"),
        ("Artículo 15 del Convenio sobre la Diversidad Biológica", "15"),
        ("Article 15 de la CDB", "15"),
        ("статья 15 Конвенции о биологическом разнообразии", "15"),
        ("المادة 15 من اتفاقية التنوع البيولوجي", "15"),
        ("《生物多样性公约》第十五条", "15"),
    ],
)
def test_an_article_of_the_convention_is_found_in_a_text(text, expected):
    assert notations(text) == [f"CBD-ARTICLE-{expected}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GBF Goal A", "GBF-GOAL-A"),
        ("Objectif B du Cadre mondial de la biodiversité", "GBF-GOAL-B"),
        ("Goal D of the Global Biodiversity Framework", "GBF-GOAL-D"),
        ("SDG 14: life below water", "SDG-GOAL-14"),
        ("Target 3 of SDG 14", "SDG-GOAL-14"),
        ("ODD 15", "SDG-GOAL-15"),
        ("Objetivo de Desarrollo Sostenible 6", "SDG-GOAL-06"),
        ("ЦУР 15", "SDG-GOAL-15"),
        ("هدف التنمية المستدامة 14", "SDG-GOAL-14"),
        ("可持续发展目标14", "SDG-GOAL-14"),
    ],
)
def test_a_goal_is_found_in_a_text(text, expected):
    assert notations(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Target 3",
        "National target 11",
        "Cible 3",
        "Target 3 of the national strategy",
        "Birds of Aichi prefecture, 11 species",
        "Aichi prefecture target 11",
        "Aichi 2010",
        "chapter 8",
        "Chapter 8(j)",
        "Article 8",
        "Article 6 of the Nagoya Protocol",
        "Article 8(j) of the Nagoya Protocol",
        "Article 17 of the Habitats Directive",
        "Article 15 of the Convention on Migratory Species",
        "particle 8 j",
        "GBF 2030",
        "GBF Target 24",
        "GBF Target 0",
        "GBF Target 30%",
        "GBF targets 30 by 2030",
        "Draft target 3 of the post-2020 framework",
        "post-2020 global biodiversity framework target 3",
        "SDG target 14.2",
        "SDG 18",
        "El MMB objetivo a alcanzar",
        "The GBF. Target 3 of our plan",
        "Protected areas",
        "",
    ],
)
def test_what_only_resembles_one_is_left_alone(text):
    assert notations(text) == []


def test_the_words_are_given_as_they_stand_in_the_text():
    (named,) = named_in("Progrès : l’Objectif d’Aïchi n° 11, en Algérie")
    assert (named.scheme, named.words) == ("aichi-targets", "Objectif d’Aïchi n° 11")


PIECES = [
    "GBF",
    "Aichi",
    "Target",
    "Targets",
    "objectif d'",
    "Article",
    "8(j)",
    "11",
    " ",
    "-",
    ",",
    "CBD",
    "爱知目标",
    "第",
    "é",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join))
@example("GBF Targets " + "1, " * 700)
@example("Article " * 250)
def test_no_text_crashes_the_search_and_every_find_exists_and_stands_in_it(text):
    for named in named_in(text):
        assert named.notation in VOCABULARIES[named.scheme].concepts
        assert named.words in text
