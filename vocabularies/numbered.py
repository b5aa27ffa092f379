"""Targets, goals and articles by their numbers, as people write them in the six languages of the United Nations.

Two uses: a whole value ("Cible 3", "GBF-T03. 30% of areas ...") is brought to one spelling before labels are compared,
and a text is searched for what it names ("Objectif d'Aichi 11", "Artículo 8(j)"). Only a value that is nothing else may
go without the framework's name; in a text the name must stand beside the number, since "Target 3" may be anybody's.

Sources: decisions X/2 (Aichi) and 15/4 (Kunming-Montreal) of the Conference of the Parties and the text of the
Convention, each in the six languages.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import TypeAlias

from msgspec import Struct

from vocabularies.folding import unmarked


class Named(Struct, frozen=True):
    """A concept that a text names: its scheme, its notation, and the words that name it."""

    scheme: str
    notation: str
    words: str


class _Series(Struct, frozen=True, kw_only=True):
    """What is numbered: the framework's names, the word before the number, and what a number is called.

    A `*` stands for any ending. `alone` are words that, as a whole value, need no framework beside them.
    """

    scheme: str
    notation: str
    most: int
    frameworks: tuple[str, ...]
    words: tuple[str, ...]
    alone: tuple[str, ...] = ()


_GBF = (
    "Kunming-Montreal Global Biodiversity Framework",
    "Global Biodiversity Framework",
    "Kunming-Montreal GBF",
    "KMGBF",
    "KM-GBF",
    "GBF",
    "Cadre mondial de la biodiversité de Kunming-Montréal",
    "Cadre mondial de la biodiversité",
    "Cadre mondial de Kunming-Montréal pour la biodiversité",
    "CMB",
    "Marco Mundial Kunming-Montreal de la Diversidad Biológica",
    "Marco Mundial de Biodiversidad de Kunming-Montreal",
    "Marco Mundial de Biodiversidad",
    "Marco Mundial de la Biodiversidad",
    "MMB",
    "Куньминско-Монреальск* глобальн* рамочн* программ* в области биоразнообразия",
    "Куньминско-Монреальск* глобальн* рамочн* программ*",
    "Глобальн* рамочн* программ* в области биоразнообразия",
    "КМГРП",
    "ГРПБ",
    "إطار كونمينغ-مونتريال العالمي للتنوع البيولوجي",
    "الإطار العالمي للتنوع البيولوجي",
    "昆明-蒙特利尔全球生物多样性框架",
    "全球生物多样性框架",
    "昆蒙框架",
)
_AICHI = (
    "Aichi Biodiversity",
    "Aichi pour la biodiversité",
    "أهداف آيتشي للتنوع البيولوجي",
    "أهداف أيشي للتنوع البيولوجي",
    "أهداف آيتشي",
    "أهداف أيشي",
    "Aichi relatif* à la diversité biologique",
    "Aichi relatif* à la biodiversité",
    "Aichi para la Diversidad Biológica",
    "Aichi para la Biodiversidad",
    "Aichi",
    "Айтинск*",
    "Айти",
    "Айчи",
    "آيتشي",
    "أيتشي",
    "آيشي",
    "أيشي",
    "爱知生物多样性",
    "爱知",
)
_CONVENTION = (
    "Convention on Biological Diversity",
    "CBD",
    "Convention sur la diversité biologique",
    "CDB",
    "Convenio sobre la Diversidad Biológica",
    "Конвенци* о биологическом разнообразии",
    "КБР",
    "اتفاقية التنوع البيولوجي",
    "《生物多样性公约》",
    "生物多样性公约",
)
_TARGET = ("targets", "target", "t", "objectifs", "objectif", "metas", "meta", "objetivos", "objetivo")
_TARGET_ELSEWHERE = (
    *("целев* задач*", "задач*", "цел*", "т", "الأهداف", "أهداف", "الهدف", "هدف", "الغايات", "الغاية", "غاية"),
    *("行动目标", "具体目标", "目标"),
)
_TARGETS = (
    _Series(
        scheme="gbf-targets",
        notation="GBF-TARGET-{:02}",
        most=23,
        frameworks=_GBF,
        words=("cibles", "cible", *_TARGET, *_TARGET_ELSEWHERE),
        alone=("target", "cible", "meta", "целев* задач*", "الغاية", "行动目标", "具体目标"),
    ),
    _Series(
        scheme="aichi-targets",
        notation="AICHI-TARGET-{:02}",
        most=20,
        frameworks=_AICHI,
        words=(*_TARGET, *_TARGET_ELSEWHERE),
    ),
)
_SDG = (
    *("Sustainable Development Goals", "Sustainable Development Goal", "SDGs", "SDG", "ODD", "ODS", "ЦУР"),
    *("Objectifs de développement durable", "Objectif de développement durable"),
    *("Objetivos de Desarrollo Sostenible", "Objetivo de Desarrollo Sostenible"),
    *("Цел* в области устойчивого развития", "Цел* устойчивого развития"),
    *("أهداف التنمية المستدامة", "هدف التنمية المستدامة", "可持续发展目标"),
)
_GOAL = (
    "goals",
    "goal",
    "g",
    "objectifs",
    "objectif",
    "objetivos",
    "objetivo",
    "цел*",
    "الهدف",
    "هدف",
    "长期目标",
    "目标",
)
_ARTICLE = ("articles", "article", "artículos", "artículo", "art.", "стать*", "ст.", "المادة", "مادة", "第")
_OTHER_LAW = "protocol|directive|directiva|regulation|reglament|reglement|act|loi|ley|law|treaty|протокол|директив"
_PARTS = {8: "hj", 10: "c"}  # paragraphs of articles that are concepts of their own

_GAP = r"[\s\-':,]{0,3}"
_LINK = (
    r"(?:(?:of|the|in|under|from|du|de|la|le|les|des|d|l|del|el|los|las|из|в|по|من|في|ضمن)[\s\-']+){0,3}(?:的|中的)?"
)
_START = r"(?<![^\W\u3400-\u9fff])"  # no letter before it, unless of a script that parts no words
_END = r"(?![0-9a-zа-я%]|[.,]\d)"
_NUMBER = r"(?:n[o°]\.? ?|№ ?|# ?|第)?0?(\d{1,2})"
_RANGE = r"-|\bto\b|\ba\b|\bal\b|\bдо\b|\bпо\b|الى|至|到"
_SEVERAL = rf"{_NUMBER}(?:\s*(?:,|;|/|&|\band\b|\bet\b|\by\b|\bи\b|و|和|及|、|{_RANGE})\s*0?\d{{1,2}}{_END})*"
_ORDINAL = r"(?:\d{1,2}|[一二三四]?十[一二三四五六七八九]?|[一二三四五六七八九])"
# What a text without one of them cannot name is not looked for: a digit, 第, or a letter that stands alone.
_NUMBERS = re.compile(r"[\d第A-D](?:(?<=[\d第])|(?<=[\s\-].)(?!\w))")
_NAMES = re.compile(
    r"gbf|a[iï]\u0308?chi|framework|cadre|marco|cmb|mmb|sdg|od[ds]\b|sustainable|durable|sostenible|art.{1,2}cul|articl|art\.|"
    r"айти|айчи|рамочн|грп|цур|устойчив|стать|ст\.|اطار|إطار|الإطار|يشي|يتشي|المستدامة|ماد|爱知|框架|可持续|第",
    re.IGNORECASE,
)
# What a text in which _NAMES finds something has in small letters: all of these cost less than one such search.
_HINTS = (
    *("gbf", "aichi", "aïchi", "ai\u0308chi", "framework", "cadre", "marco", "cmb", "mmb", "sdg", "odd", "ods", "art"),
    *("sustainable", "durable", "sostenible", "айти", "айчи", "рамочн", "грп", "цур", "устойчив", "стать", "ст."),
    *("اطار", "إطار", "يشي", "يتشي", "المستدامة", "ماد", "爱知", "框架", "可持续", "第"),
)
_Hit: TypeAlias = tuple[str, str, tuple[int, int]]  # scheme, notation, and where it stands in the text
_Find: TypeAlias = Callable[[str], Iterator[_Hit]]
_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九", 1)}


def _phrases(phrases: tuple[str, ...]) -> str:
    """One pattern for all of them, the longest first; a space or hyphen may be any gap."""
    written = []
    for phrase in sorted(phrases, key=len, reverse=True):
        parts = [re.escape(unmarked(part)) for part in re.split(r"[\s\-]+", phrase)]
        written.append(r"[\s\-]+".join(part.replace(r"\*", r"\w*") for part in parts))
    return f"(?:{'|'.join(written)})"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _whole(series: _Series) -> re.Pattern[str]:
    frameworks, words = _phrases(series.frameworks), _phrases(series.words)
    alone = f"|{_phrases(series.alone)}{_GAP}{_NUMBER}" if series.alone else ""
    return _compiled(
        rf"(?:{frameworks}{_GAP}(?:{words}{_GAP})?{_NUMBER}"
        rf"|{words}{_GAP}{_LINK}{frameworks}{_GAP}{_NUMBER}"
        rf"|{words}{_GAP}{_NUMBER}{_GAP}{_LINK}{frameworks}{alone})(?: |$)"
    )


_WHOLE = {series.scheme: (_whole(series), series.most) for series in _TARGETS}


def numbered_key(scheme: str, folded: str) -> str:
    """`folded` with the number of a target of `scheme` in one spelling, `#3`, and what follows it; else unchanged."""
    pattern, most = _WHOLE.get(scheme, (None, 0))
    found = pattern.match(folded) if pattern else None
    if found is None:
        return folded
    number = int(next(filter(None, found.groups())))
    return f"#{number} {folded[found.end() :]}" if number <= most else folded


def _beside(series: _Series, number: str) -> re.Pattern[str]:
    """The three ways to put a framework beside a number: before the word, between, and behind the number."""
    frameworks, words = _phrases(series.frameworks), _phrases(series.words)
    return _compiled(
        rf"{_START}(?<!2020[ \-])(?:{frameworks}{_GAP}{words}{_GAP}{number}{_END}"
        rf"|{words}{_GAP}{_LINK}{frameworks}{_GAP}{number}{_END}"
        rf"|{words}{_GAP}{number}{_GAP}{_LINK}{frameworks})"
    )


def _numbers(words: str, most: int) -> Iterator[int]:
    """The numbers in `words`, ranges spelt out; a word in the singular has one."""
    first_word = re.search(r"(?:target|objectif|cible|meta|objetivo)(s?)", words, re.IGNORECASE)
    found = list(re.finditer(rf"({_RANGE})?\s*(?<!\d)0?(\d{{1,2}})(?!\d)", words, re.IGNORECASE))
    numbers: list[int] = []
    for each in found:
        number = int(each[2])
        is_range = each[1] is not None and numbers and numbers[-1] < number
        numbers += range(numbers[-1] + 1, number + 1) if is_range else [number]
    if first_word and not first_word[1]:
        numbers = numbers[:1]
    return (number for number in numbers if 1 <= number <= most)


def _targets(series: _Series) -> _Find:
    pattern = _beside(series, _SEVERAL)

    def find(text: str) -> Iterator[_Hit]:
        for found in pattern.finditer(text):
            for number in _numbers(found[0], series.most):
                yield series.scheme, series.notation.format(number), found.span()

    return find


_GOALS = _beside(_Series(scheme="gbf-goals", notation="", most=4, frameworks=_GBF, words=_GOAL), r"(?-i:([A-D]))(?!\w)")
_SDGS = _compiled(rf"{_START}{_phrases(_SDG)}{_GAP}(?:goal{_GAP})?{_NUMBER}{_END}")
_ARTICLES = _beside(
    _Series(scheme="cbd-articles", notation="", most=42, frameworks=_CONVENTION, words=_ARTICLE),
    rf"({_ORDINAL})条?(?:\s?\(?([a-z])\)?(?![\w]))?[条款]{{0,2}}",
)
_ARTICLE_8J = _compiled(
    rf"{_START}{_phrases(_ARTICLE)}{_GAP}(?:8|八)条?\s?\(?\s?(?:j|ي)(?!\w)(?:\)|(?!\)))[条款]{{0,2}}"
    rf"(?!\s+{_LINK}(?:[\w\-]+\s+)?(?:{_OTHER_LAW}))"
)


def _goals(text: str) -> Iterator[_Hit]:
    for found in _GOALS.finditer(text):
        yield "gbf-goals", f"GBF-GOAL-{next(filter(None, found.groups()))}", found.span()
    for found in _SDGS.finditer(text):
        if 1 <= int(found[1]) <= 17:
            yield "sdg-goals", f"SDG-GOAL-{int(found[1]):02}", found.span()


def _articles(text: str) -> Iterator[_Hit]:
    for found in _ARTICLES.finditer(text):
        groups = found.groups()
        number = _arabic(next(filter(None, groups[::2])))
        letter = (next(filter(None, groups[1::2]), None) or "").lower()
        if 1 <= number <= 42:
            part = f"-{letter.upper()}" if letter and letter in _PARTS.get(number, "") else ""
            yield "cbd-articles", f"CBD-ARTICLE-{number:02}{part}", found.span()
    for found in _ARTICLE_8J.finditer(text):
        yield "cbd-articles", "CBD-ARTICLE-08-J", found.span()


def _arabic(ordinal: str) -> int:
    """The number that digits of any script, or Chinese numerals below fifty, write."""
    if ordinal.isdecimal():
        return int(ordinal)
    tens, ten, ones = ordinal.rpartition("十")
    return (10 * _DIGITS.get(tens, 1) if ten else 0) + _DIGITS.get(ones, 0)


_FINDERS = (*map(_targets, _TARGETS), _goals, _articles)
_LONGEST = 2_000  # characters of a text that are searched; what is longer is no title and no keyword


@lru_cache(maxsize=16_384)
def named_in(text: str) -> tuple[Named, ...]:
    """The targets, goals and articles that a text names, each once, in order of their schemes.

    None but those whose framework stands beside the number, Article 8(j) apart, which is the Convention's own name.
    """
    text = text[:_LONGEST]
    if not (_NUMBERS.search(text) and any(map(text.lower().__contains__, _HINTS)) and _NAMES.search(text)):
        return ()
    plain = [unmarked(char) for char in text]
    ends = list(accumulate(map(len, plain)))  # where each character of `text` ends in the plain one
    found: dict[tuple[str, str], Named] = {}
    for find in _FINDERS:
        for scheme, notation, (start, end) in find("".join(plain)):
            words = text[bisect_right(ends, start) : bisect_left(ends, end) + 1]
            found.setdefault((scheme, notation), Named(scheme, notation, words))
    return tuple(found.values())
