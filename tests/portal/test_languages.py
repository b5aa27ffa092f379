"""What was planted in a language is found in it, in other forms of the word and without its accents, and marked."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.portal import corpus
from tests.warehouse.making import common
from warehouse.portal.searching import Searcher
from warehouse.portal.select import select

PLANTED = {
    "en": ("Wetlands of the northern coast and their birds", ("wetland", "WETLANDS", "bird", "coasts")),
    "fr": ("Forêts et zones humides protégées du littoral", ("forêt", "foret", "humide", "protégée", "protegees")),
    "es": ("Conservación de los humedales de la costa norte", ("humedal", "conservaciones", "conservacion", "costas")),
    "ru": ("Водный режим лесов северного побережья", ("водная", "водного", "лес", "леса", "побережье")),
    "ar": ("الأراضي الرطبة في الساحل الشمالي وطيورها المهاجرة", ("الرطبة", "رطبة", "أراضي", "الاراضي", "ساحل")),
    "zh": ("北部海岸的湿地及其鸟类的保护与可持续利用", ("湿地", "鸟类的保护", "鸟", "用", "可持续利用")),
    "pt": ("Conservações das zonas úmidas do litoral norte", ("conservação", "conservacao", "umida", "úmidas")),
    "vi": ("Các vùng đất ngập nước ven biển phía bắc", ("ngập nước", "ngap nuoc", "đất", "VÙNG")),
    "th": ("พื้นที่ชุ่มน้ำชายฝั่งทางตอนเหนือและนกของพื้นที่เหล่านั้น", ("ชุ่มน้ำ", "ชายฝั่ง", "นก")),
    "km": ("តំបន់ដីសើមនៅឆ្នេរខាងជើង", ("ដីសើម", "ឆ្នេរ")),
    "lo": ("ດິນທາມຢູ່ຝັ່ງທະເລພາກເຫນືອ", ("ດິນທາມ", "ທະເລ")),
    "my": ("မြောက်ပိုင်းကမ်းရိုးတန်းရှိ ရေဝေဒေသများ", ("ရေဝေ", "ကမ်းရိုးတန်း")),
    "ja": ("北海岸の湿地とその鳥類", ("湿地", "鳥類")),
    "hi": ("उत्तरी तट की आर्द्रभूमि और पक्षी", ("आर्द्रभूमि", "पक्षी")),
    "de": ("Feuchtgebiete der Nordküste", ("Feuchtgebiet", "nordküste")),
}
STRANGE = {"hi": "पक्षा", "zh": "地湿", "th": "ชุ่มนก", "ru": "водка", "en": "wet", "ar": "الرطوبات", "es": "humo"}
CASES = [(language, word) for language, (_, words) in PLANTED.items() for word in words]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    said = [replace(common(language), title={language: title}) for language, (title, _) in PLANTED.items()]
    return Searcher(corpus.release(tmp_path_factory.mktemp("languages") / "release", said) / "search")


def found(searcher: Searcher, language: str, word: str) -> list[str]:
    answer = select(searcher, {"q": [f'title_{language.upper()}_t:"{word}"'], "fl": ["identifier_s"]})
    return [document["identifier_s"] for document in answer["response"]["docs"]]


@pytest.mark.parametrize(("language", "word"), CASES)
def test_what_was_planted_is_found(searcher: Searcher, language: str, word: str) -> None:
    assert found(searcher, language, word) == [f"ID-{language}"]


@pytest.mark.parametrize(("language", "word"), STRANGE.items())
def test_what_was_not_planted_is_not_found(searcher: Searcher, language: str, word: str) -> None:
    assert found(searcher, language, word) == []


@pytest.mark.parametrize(("language", "word"), CASES)
def test_it_is_marked_where_it_stands(searcher: Searcher, language: str, word: str) -> None:
    field = f"text_{language.upper()}_txt"
    asked = {"q": [f'{field}:"{word}"'], "hl": ["true"], "hl.fl": ["text_*"], "hl.fragsize": ["0"]}
    ((marked,),) = select(searcher, asked)["highlighting"][f"harvested-ID-{language}"].values()
    title = PLANTED[language][0]
    assert "<em>" in marked
    assert marked.replace("<em>", "").replace("</em>", "") == title
    assert len(marked) < len(title) + len("<em></em>") * (1 + len(word.split()))


def test_a_relevant_title_stands_before_a_mention(tmp_path: Path) -> None:
    said = [
        common("mention", "Forests", summary={"en": "Mangroves are mentioned once in a long text on other things."}),
        common("title", "Mangroves"),
        common("both", "Mangroves of the coast", summary={"en": "Mangroves and again mangroves."}),
        common("none", "Deserts"),
    ]
    searcher = Searcher(corpus.release(tmp_path / "release", said) / "search")
    boosted = "title_EN_t:(mangrove)^30 OR summary_EN_t:(mangrove)^20 OR text_EN_txt:(mangrove)^1"
    answer = select(searcher, {"q": [boosted], "sort": ["score desc"]})
    names = [document["identifier_s"] for document in answer["response"]["docs"]]
    assert names[-1] == "ID-mention"
    assert set(names[:2]) == {"ID-title", "ID-both"}
