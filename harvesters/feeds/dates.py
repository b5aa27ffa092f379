"""What the dates of a feed's entries are worth, and since when an entry without any has been seen.

Kept for the next run as "first_seen": digest of the identifier -> date (ISO 8601), of bounded size.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from time import struct_time
from typing import Any

from harvesters.feeds.names import digest
from harvesters.model import Answer, Issue, State

DATES = ("published", "updated", "created")
"""The keys of an entry, as feedparser names them, that say when it appeared or changed."""

_KEY = "first_seen"
_MOST = 1000  # undated entries that are remembered, the latest seen; a record that is loaded keeps its own date
_TOLERANCE = timedelta(days=1)  # clocks and zones go wrong by as much


def dates_ahead(entry: Any, answer: Answer) -> tuple[str, ...]:
    """The keys of `DATES` under which the entry claims to be of a day after that on which it was received.

    Only where the year is written there: feedparser completes an ISO date without one from the clock.
    """
    latest = (answer.received + _TOLERANCE).utctimetuple()[:6]
    ahead = []
    for key in DATES:
        # Not `get`: feedparser's own finds `published` where there is no `updated`.
        moment = dict.get(entry, f"{key}_parsed")
        if isinstance(moment, struct_time) and moment[:6] > latest:
            year = f"{moment.tm_year % 100:02}"
            ahead += [key] * (year in dict.get(entry, key, ""))
    return tuple(ahead)


def told_ahead(identifier: str, entry: Any, answer: Answer) -> list[Issue]:
    """An issue for each date that lies ahead: the profile takes it for no date of the record."""
    message = (
        "Entry {}: {} {!r} lies in the future and is not taken for a date of the record. Ask the site to correct it."
    )
    return [
        Issue(
            code="date_ahead",
            message=message.format(identifier[:500], key, entry[key][:100]),
            record=identifier,
            field="dates",
            value=entry[key][:500],
        )
        for key in dates_ahead(entry, answer)
    ]


class FirstSeen:
    """Remembers on which day an entry without a date that can be believed was first met."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._days: dict[str, str] = dict(state.get(_KEY) or {})
        state.keep(_KEY, self._days)

    def of(self, identifier: str, entry: Any, answer: Answer) -> str | None:
        """The day (ISO 8601) on which the entry was first met; None where it says itself of when it is."""
        dated = {key for key in DATES if dict.get(entry, key)} - set(dates_ahead(entry, answer))
        if dated:
            return None
        key = digest(identifier)
        day = self._days.pop(key, None) or answer.received.date().isoformat()
        self._days[key] = day  # again, as the latest
        return day

    def keep(self) -> None:
        """Keep what is known by now for the next run."""
        self._days = dict(islice(self._days.items(), max(0, len(self._days) - _MOST), None))
        self._state.keep(_KEY, dict(self._days))
