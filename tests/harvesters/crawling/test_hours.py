"""Night is where the site is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.crawling.hours import closing, is_open, opening, zone_of

NIGHT = (time(20), time(6))
MOMENTS = st.integers(1_600_000_000, 1_900_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.mark.parametrize(
    ("country", "zone"),
    [("MA", "Africa/Casablanca"), ("CR", "America/Costa_Rica"), ("NP", "Asia/Kathmandu"), (None, "UTC"), ("XX", "UTC")],
)
def test_a_country_has_a_clock(country: str | None, zone: str) -> None:
    assert zone_of(country).key == zone


@pytest.mark.parametrize(
    ("hour", "hours", "opened"),
    [
        (3, NIGHT, True),
        (20, NIGHT, True),
        (6, NIGHT, False),
        (12, NIGHT, False),
        (12, (time(8), time(18)), True),
        (18, (time(8), time(18)), False),
    ],
)
def test_hours_may_span_midnight(hour: int, hours: tuple[time, time], opened: bool) -> None:
    moment = datetime(2026, 3, 1, hour, tzinfo=ZoneInfo("Asia/Kathmandu"))
    assert is_open(moment.astimezone(UTC), ZoneInfo("Asia/Kathmandu"), hours) is opened


def test_they_open_when_the_next_night_falls() -> None:
    zone = ZoneInfo("Asia/Kathmandu")
    noon, midnight = (datetime(2026, 3, 1, hour, tzinfo=zone) for hour in (12, 0))
    assert opening(noon.astimezone(UTC), zone, NIGHT) == datetime(2026, 3, 1, 20, tzinfo=zone)
    assert opening(midnight, zone, NIGHT) == datetime(2026, 3, 1, 20, tzinfo=zone)
    assert is_open(opening(noon, zone, NIGHT), zone, NIGHT)


@given(MOMENTS, st.sampled_from(["UTC", "Africa/Casablanca", "Asia/Kathmandu", "America/Santiago"]))
def test_they_close_at_their_end_and_never_a_day_later(moment: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    end = closing(moment, zone, NIGHT)
    assert moment < end <= moment + timedelta(hours=26), "a day may have 25 hours"
    assert end.astimezone(zone).time() == NIGHT[1] or not is_open(end, zone, NIGHT)
