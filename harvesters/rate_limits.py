"""How long a server asks to be left alone, whatever it answers: the only reader of the headers that say so.

Retry-After                                   RFC 9110, 10.2.3
RateLimit: "default";r=0;t=30                 draft-ietf-httpapi-ratelimit-headers-10
RateLimit: limit=9, remaining=0, reset=30     its drafts 04 to 06
RateLimit-Remaining, RateLimit-Reset          its drafts 00 to 03
X-RateLimit-Remaining, X-RateLimit-Reset      nobody's: the reset is seconds, or the moment in seconds since 1970
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_NAMES = tuple(
    (f"{prefix}-remaining", f"{prefix}-reset") for prefix in ("ratelimit", "x-ratelimit", "x-rate-limit")
)  # fmt: skip
_LEFT = re.compile(r"\b(?:r|remaining)=(\d{1,18})\b", re.ASCII)
_RESET = re.compile(r"\b(?:t|reset)=(\d{1,18})\b", re.ASCII)
_MOMENTS = 1_000_000_000  # what is no less is a moment (this one was in 2001), not a number of seconds


def asked_rest(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds that the server asks us to wait, by the longest of its words; 0 where it says nothing that can be read.

    `headers` have names in lower case. A limit of which something is left asks for nothing.
    """
    return max(_retry_after(headers.get("retry-after", "").strip(), now), *_resets(headers, now), 0.0)


def _retry_after(value: str, now: datetime) -> float:
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - now).total_seconds()


def _resets(headers: Mapping[str, str], now: datetime) -> Iterator[float]:
    """Seconds until each limit that is used up begins anew."""
    for remaining, reset in _NAMES:
        left, seconds = headers.get(remaining, "").strip(), headers.get(reset, "").strip()
        if left.isascii() and left.isdigit() and not left.strip("0") and seconds.isascii() and seconds.isdigit():
            yield _until(float(seconds[:18]), now)
    said = headers.get("ratelimit", "")
    for policy in said.split(",") if ";" in said else (said,):  # commas part policies, or the items of the older one
        found, begins = _LEFT.search(policy), _RESET.search(policy)
        if found and begins and int(found[1]) == 0:
            yield _until(float(begins[1]), now)


def _until(reset: float, now: datetime) -> float:
    return reset - now.timestamp() if reset >= _MOMENTS else reset
