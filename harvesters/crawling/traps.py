"""Addresses that lead on for ever: recognised before they are asked.

Calendars, the same list sorted and filtered in other ways, paths that grow, session ids. What is dropped from an
address (session ids, tracking, an order of keys) makes it the same address as another; what is refused is not asked.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

LONGEST = 1_000  # characters of an address
DEEPEST = 12  # segments of a path
MOST_REPEATS = 2  # times that a segment stands in a path
MOST_VIEWS = 40  # addresses that differ from one another in their query alone
YEARS_AHEAD, YEARS_BACK = 1, 30  # of a calendar's pages

_SESSION = re.compile(
    r"(?:phpsessid|jsessionid|aspsessionid\w*|sid|session_?id|sessid|cfid|cftoken|s_?key)", re.IGNORECASE
)
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|mc_[ce]id|_ga|ref_src|share|replytocom|print|tmpl)", re.IGNORECASE)
_ORDER = re.compile(
    r"(?:sort\w*|order\w*|dir|direction|tri|ordre|orden|filter\w*|f\[\d+\]|facet\w*|view|layout|display|mode|per_?page|"
    r"limit|items_per_page|b_size|destination|return(?:_?to|_?url)?|next)",
    re.IGNORECASE,
)
_PATH_SESSION = re.compile(r";(?:jsessionid|sid)=[^/?#]*", re.IGNORECASE)
_CALENDAR = re.compile(
    r"(?:calend|agenda|event|evenement|kalend|aktual|ajinda|agende|month|mois|mes\b|week|day|archive)", re.IGNORECASE
)
_MONTH = re.compile(r"(?<!\d)(1[5-9]\d\d|2[01]\d\d)(?:[-/_.]?(0?[1-9]|1[0-2]))?(?!\d)")
_MOMENT_KEYS = re.compile(
    r"(?:date|day|month|year|week|mois|annee|année|mes|ano|año|jour|semaine|cal\w*|from|to|start|end)", re.IGNORECASE
)
_MOMENT = re.compile(r"\d{1,4}(?:[-/.]\d{1,2}){0,2}")


def plain(url: str) -> str:
    """The address without what changes nothing: fragment, session ids, tracking, the order of keys, a default port."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = sorted((key, value) for key, value in pairs if not (_SESSION.fullmatch(key) or _TRACKING.fullmatch(key)))
    host = parts.netloc.lower()
    host = host.removesuffix(":443" if parts.scheme == "https" else ":80")
    query = parts.query if len(kept) == len(pairs) and len(kept) < 2 else urlencode(kept)
    return urlunsplit((parts.scheme.lower(), host, _PATH_SESSION.sub("", parts.path) or "/", query, ""))


class Traps:
    """Counts what is alike among the addresses of one crawl; `today` is the day of the crawl."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._views: Counter[tuple[str, str]] = Counter()

    def objection(self, url: str) -> str | None:
        """Why a plain address is not asked: long_address, growing_path, sorted_view, calendar or many_views."""
        parts = urlsplit(url)
        segments = [segment for segment in parts.path.split("/") if segment]
        keys = parse_qsl(parts.query, keep_blank_values=True)
        if len(url) > LONGEST:
            return "long_address"
        if len(segments) > DEEPEST or _grows(segments):
            return "growing_path"
        if any(_ORDER.fullmatch(key) for key, _ in keys):
            return "sorted_view"
        if self._is_far_away(parts.path, keys):
            return "calendar"
        if keys:
            self._views[parts.netloc, parts.path] += 1
            if self._views[parts.netloc, parts.path] > MOST_VIEWS:
                return "many_views"
        return None

    def _is_far_away(self, path: str, keys: list[tuple[str, str]]) -> bool:
        """A calendar's page of a month or day; only the address tells, so years that hold content are let through."""
        moments = [value for key, value in keys if _MOMENT_KEYS.fullmatch(key) and _MOMENT.fullmatch(value)]
        if moments and (_CALENDAR.search(path) or len(moments) > 1 or any(len(value) > 4 for value in moments)):
            return True
        if not _CALENDAR.search(path):
            return False
        years = [int(found[1]) for found in _MONTH.finditer(path)]
        first, last = self._today.year - YEARS_BACK, self._today.year + YEARS_AHEAD
        return any(not first <= year <= last for year in years)


def _grows(segments: list[str]) -> bool:
    """Whether a path repeats itself: a segment too often, or a run of two or more twice in a row."""
    if any(times > MOST_REPEATS for times in Counter(segments).values()):
        return True
    return any(
        segments[at : at + length] == segments[at + length : at + 2 * length]
        for length in range(2, len(segments) // 2 + 1)
        for at in range(len(segments) - 2 * length + 1)
    )
