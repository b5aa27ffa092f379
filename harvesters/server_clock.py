"""What time it is at the server: the only clock by which a harvest's window may be cut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from harvesters.model import Answer, Issue

_TOLERANCE = timedelta(minutes=5)


def server_time(answer: Answer, said: str | None = None) -> tuple[datetime, tuple[Issue, ...]]:
    """The server's time (aware, UTC) when it answered, and what was odd about it.

    It is the earlier of `said` (the protocol's own statement, such as OAI-PMH's responseDate) and the HTTP Date
    header (RFC 9110, 6.6.1): a window that ends too early is asked for again, one that ends too late loses records.
    Where neither can be read, it is the moment at which we received the answer.
    """
    stated, dated = read_time(said), _http_date(answer.headers.get("date"))
    if stated is not None and dated is not None:
        return min(stated, dated), _disagreement(stated, dated)
    known = stated or dated
    if known is not None:
        return known, ()
    message = "The server states no time that can be read, so our own clock was taken: set a generous `overlap`."
    return answer.received.astimezone(UTC), (Issue(code="no_server_time", message=message, value=(said or "")[:500]),)


def read_time(text: str | None) -> datetime | None:
    """An ISO 8601 time as an aware one in UTC (without an offset it is taken for UTC); None where it is none."""
    try:
        moment = datetime.fromisoformat((text or "").strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _http_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _disagreement(stated: datetime, dated: datetime) -> tuple[Issue, ...]:
    if abs(stated - dated) <= _TOLERANCE:
        return ()
    message = (
        f"The server's clocks disagree: the protocol says {stated.isoformat()}, HTTP says {dated.isoformat()}. "
        "The earlier one is kept, so nothing is lost; tell the site's administrator."
    )
    return (Issue(code="clocks_disagree", message=message, severity="note"),)
