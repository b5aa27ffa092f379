"""Dates as found to ISO 8601, as partial as they came. What is ambiguous or impossible is said, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, time, timedelta, timezone
from functools import lru_cache
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from normalizers.fields.month_names import english_month
from normalizers.fields.worded_dates import Said, ascii_digits, in_iso, said

DateProblem: TypeAlias = Literal["date_ambiguous", "date_not_understood"]
DateOrder: TypeAlias = Literal["dmy", "mdy", "ymd"]

_ZONES = {
    "z": 0,
    "ut": 0,
    "utc": 0,
    "gmt": 0,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}
_YEARS = range(1500, 2200)  # outside of these it is a number, or a calendar that nobody named

_ZONE = r"(?P<zone>z|utc?|gmt|[ecmp][sd]t|[+-]\d\d(?::?\d\d)?)"
_TIME = (
    r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    rf"(?:\s*(?P<half>[ap])\.?m\.?)?(?:\s*{_ZONE})?"
)
_DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
_NAME = r"(?P<name>[a-z]{3,9})\.?"
_W3C_DTF = rf"(?P<year>\d{{4}})(?:-(?P<month>\d\d?)(?:-(?P<day>\d\d?)(?:[T\s]\s*{_TIME})?)?)?"
_RFC_822 = rf"(?:[a-z]{{3,9}},?\s+)?{_DAY}[\s-]+{_NAME},?[\s-]+(?P<year>\d{{4}}|\d\d)(?:,?\s+{_TIME})?"
_SHAPES = tuple(
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        _W3C_DTF,
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)(?:T(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?{_ZONE}?)?",
        r"(?P<year>\d{4})-?W(?P<week>\d\d)-?(?P<weekday>\d)",  # ISO 8601: week and ordinal dates
        r"(?P<year>\d{4})-(?P<ordinal>\d{3})",
        r"(?P<year>\d{4})[/.](?P<month>\d\d?)(?:[/.](?P<day>\d\d?))?",
        _RFC_822,
        rf"(?:[a-z]{{3}}\s+)?{_NAME}\s+{_DAY}\s+{_TIME}\s+(?P<year>\d{{4}})",  # C's asctime
        rf"(?:[a-z]{{3,9}},\s+)?{_NAME}\s+{_DAY},?\s+(?P<year>\d{{4}})",
        rf"{_NAME},?\s+(?P<year>\d{{4}})",
        r"(?P<first>\d\d?)\s*(?P<separator>[/.-])\s*(?P<second_>\d\d?)\s*(?P=separator)\s*(?P<year>\d{4}|\d\d)",
        r"(?P<month>\d\d?)[/.-](?P<year>\d{4})",
        r"[\[(©c]{1,2}\s*(?P<year>\d{4})[\])]?",  # as librarians say what they inferred, and publishers what is theirs
    )
)
_TIMED = re.compile(rf"(?P<date>.*?)(?:,?\s+|\s+-\s+|T){_TIME}", re.IGNORECASE | re.ASCII)
_RANGE = re.compile(r"(?P<start>[^/]*\d)\s*/\s*(?P<end>[^/]*\d)|(?P<from>\d{4})\s*[-–—]\s*(?P<to>\d{4})")
_OPEN = re.compile(r"(?P<start>\S*\d)\s*(?:/\s*(?:\.\.)?|[-–—])|(?:\.\.)?\s*/\s*(?P<end>\S*\d)")
_SINCE = re.compile(r"(?:since|from|depuis|desde|seit|dal|с|منذ)\s+(?P<start>\S.*)", re.IGNORECASE)
_PERIOD = re.compile(r"\b(start|end)\s*=\s*([^;]+)", re.IGNORECASE)
_TO = re.compile(
    r"\s*[-–—~〜](?!\d\d?-\d)\s*|\s+(?:to|until|till|through|au|à|al|a|hasta|até|bis|tot|t/m|по|до|إلى|الى|حتى)\s+|\s*[至到]\s*",
    re.IGNORECASE,
)
_FROM = re.compile(r"(?:from|between|du|del|da|dal|von|vom|с|من|de)\s+", re.IGNORECASE)
_LONGEST = 100


class _Unclear(Exception):
    """Carries the problem to `read_date`."""

    def __init__(self, problem: DateProblem = "date_not_understood") -> None:
        self.problem = problem


class Span(Struct, frozen=True):
    """A date, or a period whose ends are each as partial as the source's; an open end is None."""

    start: str | None
    end: str | None
    is_period: bool = False


def read_date(verbatim: str, order: DateOrder | None = None) -> Span | DateProblem:
    """What `verbatim` says, or why it cannot be told.

    W3C-DTF and ISO 8601, RFC 822, words of any language (see `worded_dates`), the digits of any script, Buddhist,
    Hijri and Persian years where a word or a script says so, `03/04/2024` by `order`, periods as ISO 8601 (4.4.4),
    DCMI Period (`start=...; end=...`) and prose ("du 5 au 7 mai 2024") have them.
    """
    return _read_date(verbatim, order) if len(verbatim) <= _LONGEST else "date_not_understood"


@lru_cache(maxsize=16_384)
def _read_date(verbatim: str, order: DateOrder | None) -> Span | DateProblem:
    try:
        return _read(" ".join(verbatim.split()), order)
    except _Unclear as unclear:
        return unclear.problem


def _read(text: str, order: DateOrder | None) -> Span:
    named = {key.lower(): value.strip() for key, value in _PERIOD.findall(text)}
    if named:
        start, end = (_moment(named[key], order) if key in named else None for key in ("start", "end"))
        return _period(start, end)
    if not any(map(str.isdecimal, text)) and "年" not in text:
        raise _Unclear
    shaped = _shape(text)
    if shaped is not None:
        return Span(_value(shaped, order), None)
    ends = _RANGE.fullmatch(text)
    if ends is not None:
        start, end = (_moment(part, order) for part in ends.groups() if part is not None)
        return _period(start, end)
    opened = _OPEN.fullmatch(text)
    if opened is None:
        period = _prose(text, order)
        if period is not None:
            return period
        opened = _SINCE.fullmatch(text)
    if opened is None:
        return Span(_moment(text, order), None)
    found = {name: _moment(part, order) for name, part in opened.groupdict().items() if part is not None}
    return _period(found.get("start"), found.get("end"))


def _period(start: str | None, end: str | None) -> Span:
    if start is not None and end is not None and start[:10] > end[:10]:
        raise _Unclear
    return Span(start, end, is_period=True)


def _prose(text: str, order: DateOrder | None) -> Span | None:
    """The period of two moments, or of a day or month and a moment that says the rest of it ("5-7 May 2024")."""
    text = _FROM.sub("", text, count=1) if _FROM.match(text) else text
    for separator in _TO.finditer(text):
        first, last = text[: separator.start()], text[separator.end() :]
        if first and last:
            for start, end in _ends(first, last, order):
                return _period(start, end)
    return None


def _ends(first: str, last: str, order: DateOrder | None) -> Iterator[tuple[str, str]]:
    try:
        yield _moment(first, order), _moment(last, order)
    except _Unclear as unclear:
        one, other = said(first), said(last)
        if unclear.problem == "date_ambiguous":
            raise
        if one is None or other is None or Said() in (one, other):
            return
        calendar = other.calendar if one.calendar == "gregorian" else one.calendar
        month = one.month or (other.month if one.day else None)
        ends = (
            replace(one, year=one.year or other.year, month=month, calendar=calendar),
            replace(
                other,
                year=other.year or (one.year if one.day else None),
                month=other.month or (one.month if other.day else None),
                calendar=calendar,
            ),
        )
        if all(end.month or not end.day for end in ends):
            yield _said(ends[0]), _said(ends[1])


def _moment(text: str, order: DateOrder | None) -> str:
    text = text.strip()
    if not text.isascii() and (told := said(text)) is not None:
        return _said(told)
    text = ascii_digits(text)
    shaped = _shape(text)
    if shaped is not None:
        return _value(shaped, order)
    timed = _TIMED.fullmatch(text)
    if timed is not None and timed["date"]:
        day = _moment(timed["date"].rstrip(" -"), order)
        if len(day) == 10:
            return f"{day}{_time({name: value for name, value in timed.groupdict().items() if value is not None})}"
    told = said(text)
    if told is None:
        raise _Unclear
    return _said(told)


def _said(told: Said) -> str:
    try:
        value = in_iso(told)
    except ValueError:
        value = None
    if value is None or int(value[:4]) not in _YEARS:
        raise _Unclear
    return value


def _shape(text: str) -> dict[str, str] | None:
    for shape in _SHAPES:
        found = shape.fullmatch(text)
        if found and ("name" not in found.re.groupindex or english_month(found["name"].lower())):
            return {name: value for name, value in found.groupdict().items() if value is not None}
    return None


def _value(parts: Mapping[str, str], order: DateOrder | None) -> str:
    if "first" in parts:
        parts = {**parts, **_ordered(parts, order)}
    if "name" in parts:
        parts = {**parts, "month": str(english_month(parts["name"].lower()))}
    year = _year(parts["year"])
    try:
        if "week" in parts:
            return date.fromisocalendar(year, int(parts["week"]), int(parts["weekday"])).isoformat()
        if "ordinal" in parts:
            return _of_the_year(year, int(parts["ordinal"]))
        if "day" not in parts:
            return f"{date(year, int(parts.get('month', 1)), 1):%Y-%m-%d}"[: 7 if "month" in parts else 4]
        return f"{date(year, int(parts['month']), int(parts['day'])).isoformat()}{_time(parts)}"
    except ValueError:
        raise _Unclear from None


def _of_the_year(year: int, ordinal: int) -> str:
    day = date(year, 1, 1) + timedelta(days=ordinal - 1)
    if day.year != year:
        raise ValueError(ordinal)
    return day.isoformat()


def _year(text: str) -> int:
    """Two digits as RFC 2822, 4.3 reads them: 00 to 49 are of this century, 50 to 99 of the last."""
    year = int(text)
    if len(text) == 2:
        year += 2000 if year < 50 else 1900
    if year not in _YEARS:
        raise _Unclear
    return year


def _ordered(parts: Mapping[str, str], order: DateOrder | None) -> dict[str, str]:
    """Day and month of 13/04 and 04/13, which say it themselves, else by `order`; `ymd` says nothing of it.

    Between dots the day comes first, for CLDR has no language where dots part a month from a day after it. A year of
    two digits may be any of the three.
    """
    first, second = parts["first"], parts["second_"]
    day_first = {"day": first, "month": second}
    month_first = {"day": second, "month": first}
    if order == "dmy" or (parts["separator"] == "." and order != "mdy"):
        return month_first if int(second) > 12 else day_first
    if order == "mdy":
        return day_first if int(first) > 12 else month_first
    if len(parts["year"]) == 2:
        raise _Unclear("date_ambiguous")
    if int(first) > 12 or first == second:
        return day_first
    if int(second) > 12:
        return month_first
    raise _Unclear("date_ambiguous")


def _time(parts: Mapping[str, str]) -> str:
    """`T` and the time with the offset that was stated, `Z` for UTC; none where none was; "" without a time."""
    if "hour" not in parts:
        return ""
    microseconds = int(parts.get("fraction", "0")[:6].ljust(6, "0"))
    try:
        hour = int(parts["hour"]) % 12 + 12 * (parts["half"].lower() == "p") if "half" in parts else int(parts["hour"])
        clock = time(hour, int(parts["minute"]), int(parts.get("second", 0)), microseconds)
        zone = _zone(parts["zone"]) if "zone" in parts else None
    except ValueError:
        raise _Unclear from None
    return f"T{clock.replace(tzinfo=zone).isoformat()}".replace("+00:00", "Z")


def _zone(text: str) -> timezone:
    name = text.lower()
    if name in _ZONES:
        return timezone(timedelta(hours=_ZONES[name])) if _ZONES[name] else UTC
    digits = name[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if name[0] == "-" else offset)
