"""robots.txt as RFC 9309 reads it, per origin. No source can switch it off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from protego import Protego

from harvesters.clock import Clock
from harvesters.errors import BadStatus, RobotsDisallowed, RobotsUnknown, TooSlow, Unreachable
from harvesters.model import Answer
from harvesters.politeness import file_name, write_whole

AGENT = "chm-aggregator"
LONGEST = 500 * 1024  # bytes that are read; RFC 9309, 2.5
KEPT = timedelta(hours=24)  # RFC 9309, 2.4
LONGEST_DELAY = 60.0  # seconds; a longer crawl-delay would mean days for a list of some thousand pages


class _Kept(msgspec.Struct, frozen=True):
    """The rules of an origin and when they were fetched (seconds of the epoch)."""

    fetched: float
    text: str


class Robots:
    """What the robots.txt of each origin lets us ask. `fetch` gets one address, politely, robots.txt aside."""

    def __init__(self, fetch: Callable[[str], Answer], *, clock: Clock, folder: Path) -> None:
        self._fetch = fetch
        self._clock = clock
        self._folder = folder
        self._rules: dict[str, tuple[_Kept, Protego]] = {}

    def check(self, url: str) -> float:
        """The crawl-delay in seconds that the site wishes (0 where it wishes none), if the address may be asked.

        Raises:
            RobotsDisallowed: robots.txt asks us to stay away from this path.
            RobotsUnknown: robots.txt answers 5xx or 429, or nothing: nobody may be asked yet.
        """
        rules = self._of(url)
        if not rules.can_fetch(url, AGENT):
            raise RobotsDisallowed(
                f"{_address(url)} asks {AGENT} to stay away from {url}.",
                advice="Respect it: pause the source, or ask the site's contact to allow us.",
            )
        rate = rules.request_rate(AGENT)
        delay = max(rules.crawl_delay(AGENT) or 0.0, rate.seconds / rate.requests if rate and rate.requests else 0.0)
        return min(delay, LONGEST_DELAY)

    def sitemaps(self, url: str) -> list[str]:
        """The site maps that it names (https://www.sitemaps.org/protocol.html#submit_robots). Raises RobotsUnknown."""
        return list(self._of(url).sitemaps)

    def _of(self, url: str) -> Protego:
        address = _address(url)
        known = self._rules.get(address)
        if known and self._is_fresh(known[0]):
            return known[1]
        path = self._folder / f"{file_name(address)}.robots.json"
        kept = _read(path)
        if kept is None or not self._is_fresh(kept):
            kept = _Kept(self._clock.now().timestamp(), self._ask(address))
            write_whole(path, msgspec.json.encode(kept))
        rules = Protego.parse(kept.text)
        self._rules[address] = kept, rules
        return rules

    def _ask(self, address: str) -> str:
        """The rules as text; none where the site has no robots.txt, which allows everything (RFC 9309, 2.3.1.3)."""
        try:
            answer = self._fetch(address)
        except (BadStatus, TooSlow, Unreachable) as error:
            raise RobotsUnknown(
                f"{address} could not be read, so nothing of the site may be asked (RFC 9309). {error.cause}",
                advice=error.advice,
            ) from error
        text = answer.body.decode("utf-8-sig", errors="replace")
        is_page = text.lstrip().startswith("<")  # a page for people, whatever type it claims: no rules in it
        return text if 200 <= answer.status < 300 and not is_page else ""

    def _is_fresh(self, kept: _Kept) -> bool:
        age = self._clock.now().timestamp() - kept.fetched
        return 0 <= age < KEPT.total_seconds()


def remembered(folder: Path, url: str) -> tuple[datetime, bool] | None:
    """When the robots.txt for an address was last read, and whether it let us ask; None where nobody has read it."""
    kept = _read(folder / f"{file_name(_address(url))}.robots.json")
    if kept is None:
        return None
    return datetime.fromtimestamp(kept.fetched, UTC), bool(Protego.parse(kept.text).can_fetch(url, AGENT))


def _read(path: Path) -> _Kept | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Kept)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"
