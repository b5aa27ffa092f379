"""Dates as found to ISO 8601, as partial as they came. What is ambiguous or impossible is said, never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, time, timedelta, timezone
from functools import lru_cache
from typing import Literal, TypeAlias

from msgspec import Struct

DateProblem: TypeAlias = Literal["date_ambiguous", "date_not_understood"]
DateOrder: TypeAlias = Literal["dmy", "mdy", "ymd"]

_NAMES_OF_MONTHS = (
    "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|sep sept september|oct october|"
    "nov november|dec december"
)
_MONTHS = {
    name: month
    for month, names in enumerate(
        _NAMES_OF_MONTHS.split("|"),
        start=1,
    )
    for name in names.split()
}
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
_YEARS = range(1000, 3000)  # outside of these it is a number, or a calendar that is not ours

_ZONE = r"(?P<zone>z|utc?|gmt|[ecmp][sd]t|[+-]\d\d(?::?\d\d)?)"
_TIME = rf"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{{1,9}}))?)?(?:\s*{_ZONE})?"
_DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
_NAME = r"(?P<name>[a-z]{3,9})\.?"
_W3C_DTF = rf"(?P<year>\d{{4}})(?:-(?P<month>\d\d?)(?:-(?P<day>\d\d?)(?:[T\s]\s*{_TIME})?)?)?"
_RFC_822 = rf"(?:[a-z]{{3,9}},?\s+)?{_DAY}[\s-]+{_NAME},?[\s-]+(?P<year>\d{{4}}|\d\d)(?:,?\s+{_TIME})?"
_SHAPES = tuple(
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        _W3C_DTF,
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",  # ISO 8601, basic
        r"(?P<year>\d{4})[/.](?P<month>\d\d?)(?:[/.](?P<day>\d\d?))?",
        _RFC_822,
        rf"(?:[a-z]{{3,9}},\s+)?{_NAME}\s+{_DAY},?\s+(?P<year>\d{{4}})",
        rf"{_NAME},?\s+(?P<year>\d{{4}})",
        r"(?P<first>\d\d?)(?P<separator>[/.-])(?P<second_>\d\d?)(?P=separator)(?P<year>\d{4})",
    )
)
_RANGE = re.compile(r"(?P<start>[^/]*\d)\s*/\s*(?P<end>[^/]*\d)|(?P<from>\d{4})\s*[-–—]\s*(?P<to>\d{4})")
_PERIOD = re.compile(r"\b(start|end)\s*=\s*([^;]+)", re.IGNORECASE)
_LONGEST = 100


class _Unclear(Exception):
    """Carries the problem to `read_date`."""

    def __init__(self, problem: DateProblem) -> None:
        self.problem = problem


class Span(Struct, frozen=True):
    """A date, or a period whose ends are each as partial as the source's; an open end is None."""

    start: str | None
    end: str | None
    is_period: bool = False


def read_date(verbatim: str, order: DateOrder | None = None) -> Span | DateProblem:
    """What `verbatim` says, or why it cannot be told.

    W3C-DTF and ISO 8601, RFC 822, English month names, `03/04/2024` by `order`, two dates with a slash between
    (ISO 8601, 4.4.4), two years with a dash between, and DCMI Period (`start=...; end=...`).
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
        return Span(start, end, is_period=True)
    shaped = _shape(text)
    if shaped is not None:
        return Span(_value(shaped, order), None)
    ends = _RANGE.fullmatch(text)
    if ends is None:
        raise _Unclear("date_not_understood")
    start, end = (_moment(part, order) for part in ends.groups() if part is not None)
    if start[:10] > end[:10]:
        raise _Unclear("date_not_understood")
    return Span(start, end, is_period=True)


def _moment(text: str, order: DateOrder | None) -> str:
    shaped = _shape(text.strip())
    if shaped is None:
        raise _Unclear("date_not_understood")
    return _value(shaped, order)


def _shape(text: str) -> dict[str, str] | None:
    for shape in _SHAPES:
        found = shape.fullmatch(text)
        if found:
            return {name: value for name, value in found.groupdict().items() if value is not None}
    return None


def _value(parts: Mapping[str, str], order: DateOrder | None) -> str:
    if "first" in parts:
        parts = {**parts, **_ordered(parts["first"], parts["second_"], order)}
    if "name" in parts:
        parts = {**parts, "month": str(_MONTHS.get(parts["name"].lower(), 0))}
    year = _year(parts["year"])
    try:
        if "day" not in parts:
            return f"{date(year, int(parts.get('month', 1)), 1):%Y-%m-%d}"[: 7 if "month" in parts else 4]
        day = date(year, int(parts["month"]), int(parts["day"]))
        return f"{day.isoformat()}{_time(parts)}"
    except ValueError:
        raise _Unclear("date_not_understood") from None


def _year(text: str) -> int:
    """Two digits as RFC 2822, 4.3 reads them: 00 to 49 are of this century, 50 to 99 of the last."""
    year = int(text)
    if len(text) == 2:
        year += 2000 if year < 50 else 1900
    if year not in _YEARS:
        raise _Unclear("date_not_understood")
    return year


def _ordered(first: str, second: str, order: DateOrder | None) -> dict[str, str]:
    """Day and month of 13/04 and 04/13, which say it themselves, else by `order`; `ymd` says nothing of it."""
    day_first = {"day": first, "month": second}
    month_first = {"day": second, "month": first}
    if int(first) > 12 or first == second:
        return day_first
    if int(second) > 12:
        return month_first
    if order not in ("dmy", "mdy"):
        raise _Unclear("date_ambiguous")
    return day_first if order == "dmy" else month_first


def _time(parts: Mapping[str, str]) -> str:
    """`T` and the time with the offset that was stated, `Z` for UTC; none where none was; "" without a time."""
    if "hour" not in parts:
        return ""
    microseconds = int(parts.get("fraction", "0")[:6].ljust(6, "0"))
    clock = time(int(parts["hour"]), int(parts["minute"]), int(parts.get("second", 0)), microseconds)
    if "zone" not in parts:
        return f"T{clock.isoformat()}"
    return f"T{clock.replace(tzinfo=_zone(parts['zone'])).isoformat()}".replace("+00:00", "Z")


def _zone(text: str) -> timezone:
    name = text.lower()
    if name in _ZONES:
        return timezone(timedelta(hours=_ZONES[name])) if _ZONES[name] else UTC
    digits = name[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if name[0] == "-" else offset)
