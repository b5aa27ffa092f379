"""When a site may be crawled: at night, where its people live."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo


def zone_of(country: str | None) -> ZoneInfo:
    """A country's clock: its first zone in the tz database (`zone.tab`, by ISO 3166-1 alpha-2); else UTC."""
    return ZoneInfo(_zones().get(country or "", "UTC"))


def is_open(moment: datetime, zone: ZoneInfo, hours: tuple[time, time]) -> bool:
    """Whether an aware moment lies within the hours on that clock; hours that end before they begin span midnight."""
    begin, end = hours
    now = moment.astimezone(zone).time()
    return begin <= now < end if begin < end else now >= begin or now < end


def opening(moment: datetime, zone: ZoneInfo, hours: tuple[time, time]) -> datetime:
    """When the hours next begin after an aware moment."""
    return _next(moment, zone, hours[0])


def closing(moment: datetime, zone: ZoneInfo, hours: tuple[time, time]) -> datetime:
    """When the hours that an aware moment lies in are over."""
    return _next(moment, zone, hours[1])


def _next(moment: datetime, zone: ZoneInfo, at: time) -> datetime:
    now = moment.astimezone(zone)
    then = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return then if then > now else then + timedelta(days=1)


@cache
def _zones() -> dict[str, str]:
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {country: zone for country, _place, zone, *_ in reversed(rows)}
