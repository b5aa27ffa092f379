"""Names of months and days in any language, and the calendars that they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, TypeAlias

from normalizers.fields.places import official_locales
from vocabularies.folding import fold

Calendar: TypeAlias = Literal["gregorian", "buddhist", "hijri", "persian"]
Month: TypeAlias = tuple[Calendar, int]

_ENGLISH = (
    "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|sep sept september|oct october|"
    "nov november|dec december"
)
_HIJRI = (
    "محرم, muharram|صفر, safar|ربيع الأول, ربيع الاول, rabi al awwal|ربيع الآخر, ربيع الثاني, rabi al thani|"
    "جمادى الأولى, جمادى الاولى, jumada al ula|جمادى الآخرة, جمادى الثانية, jumada al akhirah|رجب, rajab|شعبان, shaban|"
    "رمضان, ramadan|شوال, shawwal|ذو القعدة, ذي القعدة, dhu al qadah|ذو الحجة, ذي الحجة, dhu al hijjah"
)
_PERSIAN = (
    "فروردین, farvardin|اردیبهشت, ordibehesht|خرداد, khordad|تیر|مرداد, mordad|شهریور, shahrivar|مهر|آبان, aban|"
    "آذر, azar|دی|بهمن, bahman|اسفند, esfand"
)
# What CLDR lacks or has only in the locale of one country.
_FURTHER = {"setiembre": 9, "dez": 12}
_COUNTRIES = ("ar_DZ", "ar_IQ", "ar_LB", "ar_MA", "ar_TN", "de_AT")
_DIGIT = re.compile(r"\d")
_LEAST = 3  # letters of a name that is none of a dotted kind: what is shorter may be any word


def english_month(word: str) -> int | None:
    """The number of an English month, in full or short, lower case; None where it is none."""
    return _ENGLISH_MONTHS.get(word)


@cache
def months() -> dict[str, Month]:
    """Folded names of months, in every official language; one that means two months is left out (`listopad`)."""
    found: dict[str, set[Month]] = {}
    for month, name in _cldr_months():
        found.setdefault(name, set()).add(month)
    for name, number in _FURTHER.items():
        found.setdefault(name, set()).add(("gregorian", number))
    known: dict[str, Month] = {name: next(iter(meanings)) for name, meanings in found.items() if len(meanings) == 1}
    known |= _listed("hijri", _HIJRI) | _listed("persian", _PERSIAN)
    known |= {name: ("gregorian", number) for name, number in _ENGLISH_MONTHS.items()}
    return known


@cache
def days() -> frozenset[str]:
    """Folded names of the days of the week, in every official language."""
    return frozenset(
        fold(name)
        for locale in official_locales(*_COUNTRIES)
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for name in locale.days[context][width].values()
        if len(fold(name)) >= 2
    )


def _cldr_months() -> Iterator[tuple[Month, str]]:
    for locale in official_locales(*_COUNTRIES):
        calendar: Calendar = "buddhist" if locale.language == "th" else "gregorian"
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context][width].items():
                    folded = fold(name)
                    if not _DIGIT.search(folded) and len(folded) >= _LEAST:
                        yield (calendar, number), folded


def _listed(calendar: Calendar, names: str) -> dict[str, Month]:
    return {
        fold(name): (calendar, number)
        for number, variants in enumerate(names.split("|"), start=1)
        for name in variants.split(", ")
    }


_ENGLISH_MONTHS = {name: number for number, names in enumerate(_ENGLISH.split("|"), start=1) for name in names.split()}
