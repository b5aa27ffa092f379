"""How a harvest is cut into windows: no moment is lost, none is asked for twice, and what is outside is told apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from harvesters.model import HarvestTask, Window
from harvesters.oai.spans import Span
from harvesters.oai.windows import DAYS, SECONDS, Bounds, Calendar, arguments, cut, halves
from tests.harvesters.replay import source

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
granularities = st.sampled_from([DAYS, SECONDS, "nonsense"])
moments = st.integers(0, 25 * 365 * 86_400).map(lambda seconds: NOW - timedelta(hours=1, seconds=seconds))


def calendar(granularity: str = SECONDS, earliest: str = "2001-01-01") -> Calendar:
    return Calendar(granularity, earliest, NOW.isoformat())


@given(st.none() | moments, st.integers(1, 4000), granularities)
def test_windows_of_some_days_cover_the_whole_and_do_not_overlap(
    since: datetime | None, days: int, granularity: str
) -> None:
    rows, issues = cut(HarvestTask(source=source(), since=since), calendar(granularity), days)
    assert not issues
    assert (rows[0].since, rows[-1].until) == (since, NOW)
    assert [row.number for row in rows] == list(range(len(rows)))
    for one, following in pairwise(rows):
        assert one.until + SECOND == following.since
        assert arguments(one, calendar(granularity))["until"] < arguments(following, calendar(granularity))["from"]


@given(st.none() | moments, granularities)
def test_two_halves_of_a_window_are_the_window(since: datetime | None, granularity: str) -> None:
    window = Window(since=since, until=NOW)
    parts = halves(window, calendar(granularity))
    if since is not None and NOW - since <= timedelta(days=1):
        assert parts is None
        return
    assert parts
    earlier, later = parts
    assert (earlier.since, earlier.until + SECOND, later.until) == (since, later.since, NOW)
    asked = [arguments(part, calendar(granularity)) for part in parts]
    assert asked[0]["until"] < asked[1]["from"]
    assert earlier.since is None or earlier.since <= earlier.until
    assert later.since is not None
    assert later.since <= later.until


@given(moments, granularities)
def test_halving_ends(since: datetime, granularity: str) -> None:
    window, steps = Window(since=since, until=NOW), 0
    while parts := halves(window, calendar(granularity)):
        window, steps = parts[steps % 2], steps + 1
    assert steps < 20


@pytest.mark.parametrize("earliest", ["", "long ago", "2030-01-01", "0000-00-00"])
def test_a_repository_that_does_not_know_when_it_began_is_cut_all_the_same_or_not_at_all(earliest: str) -> None:
    rows, _ = cut(HarvestTask(source=source()), calendar(earliest=earliest), 4000)
    assert (rows[0].since, rows[-1].until) == (None, NOW)
    parts = halves(Window(until=NOW), calendar(earliest=earliest))
    assert (parts is None) == (earliest == "2030-01-01")


def test_gaps_come_behind_what_is_new_unless_a_window_covers_them() -> None:
    day = timedelta(days=1)
    old = Window(since=NOW - 9 * day, until=NOW - 8 * day, status="failed", attempts=2, error="it broke")
    new = replace(old, since=NOW - 2 * day, until=NOW - day)
    task = HarvestTask(source=source(), since=NOW - 3 * day, windows=(new, old))
    rows, _ = cut(task, calendar(), None)
    assert rows == [Window(since=NOW - 3 * day, until=NOW), replace(old, number=1, status="pending")]
    only, _ = cut(replace(task, gaps_only=True, since=None), calendar(), None)
    assert only == [replace(new, status="pending"), replace(old, number=1, status="pending")]
    assert cut(replace(task, since=None, full=True), calendar(), None)[0] == [Window(until=NOW)]


@pytest.mark.parametrize(
    ("sets", "stamp", "outside"),
    [
        (("a",), "2026-02-01", None),
        (("a:b",), "2026-02-01T00:00:00Z", None),
        (("x", "a:b:c"), "2026-02-01", None),
        ((), "2026-02-01", None),
        (("ab",), "2026-02-01", "set"),
        (("x:a",), "2026-02-01", "set"),
        (("a",), "2026-01-31T23:59:59Z", "dates"),
        (("a",), "2026-02-10T00:00:01Z", "dates"),
        (("a",), "2026-02-10", None),
        (("a",), "2026-01-31", "dates"),
        (("a",), "31 January 2026", None),
        (("a",), None, None),
        (("a",), "", None),
    ],
)
def test_what_was_not_asked_for_is_told_by_set_or_date(sets: tuple[str, ...], stamp: str, outside: str | None) -> None:
    window = Window(set="a", since=datetime(2026, 2, 1, tzinfo=UTC), until=datetime(2026, 2, 10, tzinfo=UTC))
    span = Span(start=0, end=0, identifier="x", datestamp=stamp, sets=sets)
    assert Bounds(window, calendar()).outside(span) == outside


def test_a_record_of_the_servers_own_future_is_not_held_against_it() -> None:
    span = Span(start=0, end=0, identifier="x", datestamp="2062-01-01")
    assert Bounds(Window(until=NOW), calendar()).outside(span) is None
    assert Bounds(Window(until=NOW - SECOND), calendar()).outside(span) == "dates"
