"""Everything that can go wrong between us and a site.

    HarvestError
    ├── SourceError          a source file is wrong: names file, key and what is allowed
    ├── AddressRefused       the guard does not let us ask this address
    ├── RobotsError
    │   ├── RobotsDisallowed the site asks robots like us to stay away from this path
    │   └── RobotsUnknown    robots.txt could not be read, so nobody may be asked yet
    ├── LimitReached
    │   ├── BudgetSpent      today's requests or bytes for this server are used up
    │   ├── ServerStopped    five errors in a row, or a long Retry-After: this run asks the server no more
    │   ├── TooLarge         more bytes than the source's `max_bytes`, before or after decompression
    │   └── TooSlow          the answer did not end within the source's `timeout`
    ├── Unreachable          no connection: name, route, TLS or a broken transfer
    ├── BadStatus            an HTTP status that ends the matter; `.answer` has what came
    └── ProtocolError        an answer that is not what the protocol says it must be

Every message says three things: which source or address, what happened, and what to do about it.
They are caught in one place, `warehouse.pipeline`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from harvesters.model import Answer


class HarvestError(Exception):
    """A failure with its cause in plain words and the advice that goes with it.

    `again` is when another try may fare better, where that is known: the server has said so, or a day's budget begins.
    """

    def __init__(self, cause: str, *, advice: str, again: datetime | None = None) -> None:
        super().__init__(f"{cause} {advice}")
        self.cause = cause
        self.advice = advice
        self.again = again


class SourceError(HarvestError):
    """A source file is wrong; `source` is its id, where the complaint is about one source."""

    source: str | None = None


class AddressRefused(HarvestError):
    """The guard refuses an address."""


class RobotsError(HarvestError):
    """robots.txt stands in the way."""


class RobotsDisallowed(RobotsError):
    """The site's robots.txt disallows this path for us."""


class RobotsUnknown(RobotsError):
    """robots.txt answered 5xx or nothing; RFC 9309, 2.3.1.4 demands to assume complete disallow."""


class LimitReached(HarvestError):
    """One of our own limits ended the matter."""


class BudgetSpent(LimitReached):
    """The day's budget of requests or bytes for a server is used up."""


class ServerStopped(LimitReached):
    """The server failed five times in a row, or asks to be left alone for long (Retry-After)."""


class TooLarge(LimitReached):
    """An answer exceeds the cap on bytes."""


class TooSlow(LimitReached):
    """An answer took longer than the time limit."""


class Unreachable(HarvestError):
    """No connection, or one that broke."""


class BadStatus(HarvestError):
    """An HTTP status that more asking will not mend."""

    def __init__(self, cause: str, *, advice: str, answer: Answer) -> None:
        super().__init__(cause, advice=advice)
        self.answer = answer


class ProtocolError(HarvestError):
    """An answer that breaks the protocol."""
