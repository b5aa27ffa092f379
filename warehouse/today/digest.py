"""What an operator should see to, and what of it is new since somebody last looked: the types of `chm today`.

They are written as JSON; `concerns` finds what they hold, `digest_views` words it for people.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from msgspec import Struct

from warehouse.model import SCHEMA_VERSION

Kind = Literal["held", "failing", "broken", "gone", "moved", "late", "gaps", "terms"]
WORST_FIRST: tuple[Kind, ...] = get_args(Kind)


class Concern(Struct, frozen=True, kw_only=True):
    """One thing to see to, by its cause: a server that is down is one, whatever number of sources it has.

    `key` is the same for as long as the concern is; `since` is when it began, as far as is known; `next` is a command
    to copy.
    """

    kind: Kind
    key: str
    says: str
    sources: tuple[str, ...]
    next: str
    since: datetime | None = None
    days: int | None = None
    is_new: bool = True


class Digest(Struct, frozen=True, kw_only=True):
    """All concerns, the worst first, and which of those at the last look (`since`, None: nobody looked) are mended.

    `unmatched` counts the keywords of current records that name no concept, `unverified` the sources at which nobody
    has looked yet.
    """

    at: datetime
    since: datetime | None
    concerns: tuple[Concern, ...] = ()
    mended: tuple[str, ...] = ()
    unmatched: int = 0
    unverified: int = 0
    schema_version: int = SCHEMA_VERSION

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.concerns or self.mended)


class Look(Struct, frozen=True, kw_only=True):
    """What was told at a look: the concerns by their keys, and how many keywords named no concept."""

    at: datetime
    concerns: dict[str, str] = {}
    unmatched: int = 0
    schema_version: int = SCHEMA_VERSION


def look(digest: Digest) -> Look:
    """What to remember of a digest once it was told."""
    told = {concern.key: concern.says for concern in digest.concerns}
    return Look(at=digest.at, concerns=told, unmatched=digest.unmatched)
