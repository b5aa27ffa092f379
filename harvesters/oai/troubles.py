"""What can go wrong with a list, and what may help: asking again, asking for less at once, asking record by record."""

from __future__ import annotations

from msgspec import Struct

from harvesters.errors import HarvestError
from harvesters.model import Issue
from harvesters.oai.repository import Refusal


class Trouble(Struct, frozen=True, kw_only=True):
    """Why a list was left before its end: `code` for its issue, `what` as half a sentence.

    `again`: the same list may do better at a second try. `smaller`: two halves of it may. `singly`: its records may,
    asked for one by one.
    """

    code: str
    what: str
    value: str | None = None
    again: bool = False
    smaller: bool = False
    singly: bool = False

    def issue(self, then: str, *, lost: bool) -> Issue:
        """The issue, which ends with what is done about it; an error only where something was `lost` by it."""
        message = f"The list was left, since {self.what}: {then}. Tell the repository's administrator."
        return Issue(code=self.code, message=message[:1000], severity="error" if lost else "warning", value=self.value)


def cut(what: str) -> Trouble:
    """An answer that broke off, or denied its own token: it may be better next time, or smaller."""
    return Trouble(code="list_cut", what=what, again=True, smaller=True, singly=True)


def short(came: int, declared: int) -> Trouble:
    """A list that ended properly with fewer records than it had declared: asking again changes nothing."""
    what = (
        f"{came} records came where the repository had said {declared} "
        "(if its count is never right, set `options.trust_list_size: false`)"
    )
    return Trouble(code="list_cut", what=what)


def expired() -> Trouble:
    """A token that the repository no longer knows (badResumptionToken)."""
    return Trouble(code="token_expired", what="the repository no longer knew its own token", again=True, smaller=True)


def endless(code: str, what: str, value: str | None = None) -> Trouble:
    """A list that would go on for ever; a smaller one may need no token."""
    return Trouble(code=code, what=what, value=value[:500] if value else None, smaller=True)


def too_many(most: int) -> Trouble:
    """A window of more records than may be asked for one by one."""
    return Trouble(code="page_failed", what=f"more than {most} records of a window would have to be asked for singly")


def failed(error: HarvestError) -> Trouble:
    """A request without a usable answer; what OAI-PMH itself refuses is refused however it is asked."""
    help_ = not isinstance(error, Refusal)
    return Trouble(code="page_failed", what=error.cause.rstrip("."), again=help_, smaller=help_, singly=help_)
