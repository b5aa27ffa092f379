"""The windows of an OAI-PMH harvest: how a task is cut into lists, how one is cut again, and what belongs to it.

OAI-PMH 2.0, 2.6 (sets), 2.7.1 and 3.3 (selective harvesting): both ends of a window belong to it, in UTC, in the
advertised granularity or in days; a record of the set `a:b` belongs to `a` as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from harvesters.model import HarvestTask, Issue, Window
from harvesters.oai.spans import Span
from harvesters.server_clock import read_time

DAYS, SECONDS = "YYYY-MM-DD", "YYYY-MM-DDThh:mm:ssZ"

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)
_NO_REPOSITORY_IS_OLDER = datetime(1995, 1, 1, tzinfo=UTC)  # for one that does not say what its earliest datestamp is


class Calendar(Struct, frozen=True):
    """What a repository says of its time: `granularity`, `earliest` datestamp, and `now`, when the harvest began."""

    granularity: str
    earliest: str
    now: str

    @property
    def layout(self) -> str:
        """How a moment is written for this repository."""
        return "%Y-%m-%dT%H:%M:%SZ" if self.granularity == SECONDS else "%Y-%m-%d"

    @property
    def unit(self) -> timedelta:
        """The least step between two moments that it tells apart."""
        return timedelta(seconds=1) if self.granularity == SECONDS else _DAY

    def begin(self, window: Window) -> datetime:
        """When a window begins; for one from the beginning, when the repository's first record may be."""
        return window.since or read_time(self.earliest) or _NO_REPOSITORY_IS_OLDER


def cut(task: HarvestTask, calendar: Calendar, days: int | None) -> tuple[list[Window], list[Issue]]:
    """The ledger of a task: a row for each set in each window of so many days (None: in one), then the gaps to fill.

    A gap that lies within another row of its set is that row's. And what is odd about the windows.
    """
    now = datetime.fromisoformat(calendar.now)
    whole = Window(since=None if task.full else task.since, until=task.until or now)
    issues: list[Issue] = []
    if whole.since is not None and whole.since > whole.until:
        message = (
            f"The window begins ({whole.since.isoformat()}) after it ends ({whole.until.isoformat()}): was the "
            "server's clock set back? Everything up to its end is asked for instead, so that nothing is lost."
        )
        issues.append(Issue(code="window_reversed", message=message))
        whole = replace(whole, since=None)
    sets = () if task.gaps_only else task.source.sets or (None,)
    rows = [replace(part, set=name) for name, part in product(sets, _slices(whole, calendar, days))]
    rows += [replace(gap, status="pending") for gap in task.windows if gap.set not in sets or not _within(gap, whole)]
    return [replace(row, number=number) for number, row in enumerate(rows)], issues


def _within(one: Window, other: Window) -> bool:
    begins = other.since is None or (one.since is not None and one.since >= other.since)
    return begins and one.until <= other.until


def _slices(whole: Window, calendar: Calendar, days: int | None) -> Iterator[Window]:
    begin = calendar.begin(whole)
    if days is None:
        yield whole
        return
    since, end = whole.since, _floor(begin, calendar) + timedelta(days=days)
    while end <= whole.until:
        yield replace(whole, since=since, until=end - _SECOND)
        since, end = end, end + timedelta(days=days)
    yield replace(whole, since=since)


def halves(window: Window, calendar: Calendar) -> tuple[Window, Window] | None:
    """The earlier and the later half of a window; None where it is a day long or shorter."""
    begin = calendar.begin(window)
    if window.until - begin <= _DAY:
        return None
    middle = _floor(begin + (window.until - begin) / 2, calendar) + calendar.unit
    return replace(window, until=middle - _SECOND), replace(window, since=middle)


def _floor(moment: datetime, calendar: Calendar) -> datetime:
    whole = moment.astimezone(UTC).replace(microsecond=0)
    return whole if calendar.granularity == SECONDS else whole.replace(hour=0, minute=0, second=0)


def arguments(window: Window, calendar: Calendar) -> dict[str, str]:
    """`set`, `from` and `until` of a window, never smaller than it."""
    asked = {"set": window.set} if window.set else {}
    if window.since is not None:
        asked["from"] = window.since.astimezone(UTC).strftime(calendar.layout)
    whole = window.until + timedelta(microseconds=999_999)  # rounds up to the second, as strftime cuts it
    return {**asked, "until": whole.astimezone(UTC).strftime(calendar.layout)}


class Bounds:
    """Tells what a window did not ask for; without a window, nothing is so.

    What the server's clock calls the future is not held against a record.
    """

    def __init__(self, window: Window | None, calendar: Calendar) -> None:
        asked = arguments(window, calendar) if window else {}
        self._set = asked.get("set", "")
        self._below = f"{self._set}:"
        self._since = asked.get("from", "")
        self._until = asked["until"] if window and window.until < datetime.fromisoformat(calendar.now) else ""
        self.all_in = not (self._set or self._since or self._until)

    def outside(self, span: Span) -> Literal["set", "dates"] | None:
        """Which of the two was not asked for; None where the record is one of those asked for, or does not say."""
        if self._set and span.sets and not any(name == self._set or name.startswith(self._below) for name in span.sets):
            return "set"
        stamp = span.datestamp
        if stamp is None or len(stamp) not in (10, 20) or stamp[4] != "-":
            return None
        if (self._since and _before(stamp, self._since)) or (self._until and _before(self._until, stamp)):
            return "dates"
        return None


def _before(one: str, other: str) -> bool:
    """Whether a datestamp is earlier than another, by what both tell: their days, or their seconds."""
    length = min(len(one), len(other))
    return one[:length] < other[:length]
