"""The network's own clock: it stands still within a day, so that a day's answers are the same at every asking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

FIRST = datetime(2026, 3, 1, 6, tzinfo=UTC)


def moment(day: int) -> datetime:
    """What the clocks of all sites show on day 1, 2, 3..."""
    return FIRST + timedelta(days=day - 1)


def stamp(time: datetime) -> str:
    """ISO 8601 in UTC with seconds, as OAI-PMH 2.0, 3.3.1 and W3CDTF write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def http_date(time: datetime) -> str:
    """RFC 9110, 5.6.7."""
    return format_datetime(time, usegmt=True)
