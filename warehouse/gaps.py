"""The windows that no harvest could read yet: what a load adds to them, and what it fills.

A gap is asked for again by the harvests that follow, a few times, and whenever somebody tells `chm harvest --gaps`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from harvesters.model import Window
from warehouse.model import SCHEMA_VERSION, HarvestReport

MOST_ATTEMPTS = 5
"""How often the ordinary harvests ask for a gap; then it is left to `--gaps` and to the next full sweep."""

_APART = timedelta(seconds=1)  # two windows that follow each other lie so far apart, and nothing is between them


class QuarantinedRecord(Struct, frozen=True, kw_only=True):
    """A record that came and cannot be read: in which page of the run's raw answers, and from which byte to which."""

    identifier: str | None
    page: int
    start: int
    end: int


class Gaps(Struct, frozen=True, kw_only=True):
    """What `chm gaps` shows: the windows of a source that no loaded harvest could read, as of `run`, the last loaded.

    `quarantined` are the records of that run that came and cannot be read.
    """

    source: str
    run: str | None
    windows: tuple[Window, ...]
    quarantined: tuple[QuarantinedRecord, ...]
    schema_version: int = SCHEMA_VERSION


def left(before: Sequence[Window], harvested: HarvestReport) -> tuple[Window, ...]:
    """The gaps after a harvest: those before it, less what it asked for, and the windows that it could not read.

    A harvest that its `limit` cut short leaves no gaps, since nobody goes on from where it stopped.
    """
    done = [row for row in harvested.windows if row.status == "done"]
    if harvested.limit is not None:
        return tuple(without(before, done))
    failed = [row for row in harvested.windows if row.status != "done"]
    gaps = [*without(before, harvested.windows), *failed]
    return tuple(replace(gap, number=number) for number, gap in enumerate(gaps))


def to_ask(gaps: Iterable[Window]) -> tuple[Window, ...]:
    """The gaps that an ordinary harvest asks for besides what is new."""
    return tuple(gap for gap in gaps if gap.attempts < MOST_ATTEMPTS)


def without(gaps: Iterable[Window], windows: Iterable[Window]) -> list[Window]:
    """What is left of the gaps where no window of the same set, or of all records, covers them."""
    rest = list(gaps)
    for window in windows:
        rest = [part for gap in rest for part in _less(gap, window)]
    return rest


def _less(gap: Window, window: Window) -> list[Window]:
    if window.set not in (None, gap.set):
        return [gap]
    parts: list[Window] = []
    if window.since is not None and (gap.since is None or gap.since < window.since):
        parts.append(replace(gap, until=min(gap.until, window.since - _APART)))
    if gap.until > window.until:
        begins = window.until + _APART
        parts.append(replace(gap, since=begins if gap.since is None else max(gap.since, begins)))
    return [part for part in parts if part.since is None or part.since <= part.until]
