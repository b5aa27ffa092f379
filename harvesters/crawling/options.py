"""What the source file of a crawled site may say."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Options(BaseModel):
    """What a source's `options` may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    depth: int = Field(8, ge=0, description="links between a start and the pages that are still asked")
    hours: tuple[time, time] | None = Field(
        (time(20), time(6)), description="from and to, on the country's clock; null: at any time of the day"
    )
    timezone: str | None = Field(None, description="name in the tz database, where the country has several clocks")
    longest: float = Field(10, gt=0, description="hours that one crawl may take")
    megabytes: int = Field(2_048, ge=1, description="of pages that one crawl may receive")
    sitemaps: tuple[str, ...] = Field((), description="beside those that robots.txt names and /sitemap.xml")

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        try:
            ZoneInfo(name or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("must be a name of the tz database, such as Africa/Casablanca") from None
        return name
