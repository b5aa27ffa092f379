"""Dates in words, in any language and in four calendars: "le 1er janvier 2023", "2024年12月5日", "15 آذر 1403".

A text is folded and cut into numbers and words; every word must be known, as a month, a day of the week, a mark of
the year or a little word that dates are said with. What is left of it is day, month and year in some order.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import jdatetime
from hijridate import Hijri
from msgspec import Struct
from msgspec.structs import replace

from normalizers.fields.month_names import Calendar, days, months
from vocabularies.folding import fold

_ALLOWED = re.compile(
    r"[\w\s.,،'’\"«»/()°º\-\u0640\u064b-\u065f\u200c\u200f\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0e31-\u0e4e]+"
)
_TOKEN = re.compile(r"\d+|[^\W\d]+(?:[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0e31-\u0e4e]+[^\W\d]*)*")
_LONGEST_NAME = 3  # words
_LITTLE_WORDS = (
    "the of de del la le el il den der dem am du al au do da das dos di d l on at in st nd rd th er ère re o "
    "г год года році року р рік роки йил m gada gadā metų anul ngày năm nam ימים ב م للميلاد ว ค ศ från van von ca "
    "في يوم дня от с ที่ วัน วันที่ ad ce"
)
_LITTLE = frozenset(map(fold, _LITTLE_WORDS.split()))
_YEARS = frozenset(
    fold(word) for word in ("年", "년", "г", "год", "года", "рік", "року", "р", "gada", "m", "année", "año")
)
_MONTHS = frozenset(fold(word) for word in ("月", "월"))
_MONTH_BEFORE = fold("tháng")
_DAYS = frozenset(fold(word) for word in ("日", "일", "号", "號"))
_OF_A_CALENDAR: dict[str, Calendar] = {
    fold("พ.ศ."): "buddhist",
    fold("พ.ศ"): "buddhist",
    fold("พุทธศักราช"): "buddhist",
    fold("هـ"): "hijri",
    fold("AH"): "hijri",
    fold("ه.ش"): "persian",
}
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民国": 1911, "民國": 1911}
_FIRST_YEAR = "元年"
_CHINESE = re.compile(r"[〇零一二三四五六七八九十]+(?=\s*[年月日号號])")
_CHINESE_DIGITS = {digit: str(number) for number, digit in enumerate("〇一二三四五六七八九")} | {"零": "0"}
_BUDDHIST = 543
_PERSIAN_DIGITS = re.compile("[۰-۹]")
_NUMBERS = re.compile(r"(\d{4})[/.-](\d\d?)[/.-](\d\d?)")


class Said(Struct, frozen=True):
    """What a text says of a date: any of year, month and day, and the calendar that they are counted in."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    calendar: Calendar = "gregorian"


def ascii_digits(text: str) -> str:
    """`text` with the digits of every script, and Chinese numerals before 年, 月 and 日, as 0 to 9."""
    if text.isascii():
        return text
    text = _CHINESE.sub(_chinese_number, text.replace(_FIRST_YEAR, "1年"))
    return "".join(str(unicodedata.decimal(char, char)) for char in text)


def said(text: str) -> Said | None:
    """What `text` says, however partial; None where a word or a mark in it is none of a date's."""
    if not _ALLOWED.fullmatch(text):
        return None
    return _persian(text) or _read(_TOKEN.findall(fold(ascii_digits(text))))


def in_iso(told: Said) -> str | None:
    """ISO 8601, as partial as told; None without a year, or for a month of another calendar, which lies in two of ours.

    Raises `ValueError` where the calendar has no such day.
    """
    if told.year is None or (told.day is not None and told.month is None):
        return None
    year, month, day = told.year, told.month, told.day
    if told.calendar == "buddhist":
        year -= _BUDDHIST if year > _LEAST_BUDDHIST else 0
    elif told.calendar != "gregorian":
        if month is None or day is None:
            return None
        return _gregorian(told.calendar, year, month, day).isoformat()
    if month is None:
        return f"{year:04}"
    return date(year, month, day or 1).isoformat()[: 7 if day is None else 10]


_LEAST_BUDDHIST = 2400  # a Thai month may stand beside a year of ours


def _gregorian(calendar: Calendar, year: int, month: int, day: int) -> date:
    if calendar == "persian":
        return date.fromisoformat(jdatetime.date(year, month, day).togregorian().isoformat())
    try:
        gregorian = Hijri(year, month, day).to_gregorian()
    except OverflowError as error:  # years that the Umm al-Qura tables do not reach
        raise ValueError(str(error)) from error
    return date(gregorian.year, gregorian.month, gregorian.day)


def _persian(text: str) -> Said | None:
    """Numbers in Persian digits whose year is one of Iran's."""
    numbers = _NUMBERS.fullmatch(text.strip()) if _PERSIAN_DIGITS.search(text) else None
    if numbers is None or not 1300 <= int(numbers[1]) < 1500:
        return None
    return Said(int(numbers[1]), int(numbers[2]), int(numbers[3]), "persian")


def _read(tokens: list[str]) -> Said | None:
    told, at, offset, numbers = Said(), 0, 0, []
    while at < len(tokens):
        token, after = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else ""
        before = tokens[at - 1] if at else ""
        if token.isdecimal():
            role = _role(token, before, after)
            if role is None:
                numbers.append(token)
            elif getattr(told, role) is not None:
                return None
            else:
                told = replace(told, **{role: int(token) + (offset if role == "year" else 0)})
            at += 1
            continue
        if token in _ERAS:
            offset, at = _ERAS[token], at + 1
            continue
        name, length = _name(tokens, at)
        if name is None or (isinstance(name, tuple) and told.month is not None):
            return None
        if isinstance(name, tuple):
            told = replace(told, month=name[1], calendar=name[0] if name[0] != "gregorian" else told.calendar)
        elif name:
            told = replace(told, calendar=name)
        at += length
    return _with_numbers(told, numbers)


def _role(number: str, before: str, after: str) -> str | None:
    """What the word beside a number makes of it."""
    if len(number) > 2 or after == _YEAR_OF_AN_ERA:
        return "year"
    if after in _MONTHS or before == _MONTH_BEFORE:
        return "month"
    return "day" if after in _DAYS else None


_YEAR_OF_AN_ERA = fold("年")


def _name(tokens: list[str], at: int) -> tuple[tuple[Calendar, int] | Calendar | str | None, int]:
    """The month, calendar, or "" for a little word, that begins at a token, and how many tokens it takes."""
    for length in range(min(_LONGEST_NAME, len(tokens) - at), 0, -1):
        name = " ".join(tokens[at : at + length])
        if name in _OF_A_CALENDAR:
            return _OF_A_CALENDAR[name], length
        month = months().get(name) or (months().get(name[1:]) if name.startswith("ב") else None)
        if month is not None:
            return month, length
        if name in days() or name in _YEARS or name in _MONTHS or name in _DAYS or name == _MONTH_BEFORE:
            return "", length
    return ("", 1) if tokens[at] in _LITTLE else (None, 1)


def _with_numbers(told: Said, numbers: list[str]) -> Said | None:
    """Numbers that no word explains: beside a month's name, the one of up to two digits is the day."""
    if not numbers:
        return told
    if len(numbers) > 1 or told.day is not None:
        return None
    return replace(told, day=int(numbers[0]))


def _chinese_number(found: re.Match[str]) -> str:
    """二〇二四 digit by digit; 十二 and 二十五 by tens."""
    text = found[0]
    if "十" not in text:
        return "".join(_CHINESE_DIGITS[char] for char in text)
    tens, _, ones = text.partition("十")
    return f"{int(_CHINESE_DIGITS.get(tens, '1'))}{int(_CHINESE_DIGITS.get(ones, '0'))}"
