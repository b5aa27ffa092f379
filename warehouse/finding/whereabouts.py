"""The types of "why is our document not in the index?". All of them are written as JSON.

A document is followed station by station along the street. Each station says whether the document passed it, when, and
which command is next; the first that it did not pass is the answer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from warehouse.model import SCHEMA_VERSION

Station = Literal[
    "source",
    "robots",
    "harvest",
    "received",
    "normalised",
    "held",
    "loaded",
    "withdrawn",
    "shared",
    "duplicate",
    "published",
]


class Step(Struct, frozen=True, kw_only=True):
    """One station: `passed` is None where it only tells something; `when` is when that was; `next` what to do.

    Where it begins with `chm`, `next` is a command to copy.
    """

    station: Station
    passed: bool | None
    says: str
    when: datetime | None = None
    next: str | None = None


class Whereabouts(Struct, frozen=True, kw_only=True):
    """A document, or a source that ought to have one that was not found (`identifier` is None).

    `releases` are those that hold it, newest first, of the ones that are kept; `published` is it in the current one.
    """

    source: str
    steps: tuple[Step, ...]
    identifier: str | None = None
    source_identifier: str | None = None
    title: str | None = None
    page: str | None = None
    releases: tuple[str, ...] = ()
    published: bool = False

    @property
    def answer(self) -> Step | None:
        """The first station that a document did not pass; None where it is in the current release."""
        return None if self.published else next((step for step in self.steps if step.passed is False), None)


class Found(Struct, frozen=True, kw_only=True):
    """What `chm find` finds: `documents` that answer to the query, of `total`.

    Without any, `sources` are those that ought to have it, by the address, and `advice` is what to do then.
    """

    query: str
    total: int
    documents: tuple[Whereabouts, ...] = ()
    sources: tuple[Whereabouts, ...] = ()
    advice: tuple[str, ...] = ()
    schema_version: int = SCHEMA_VERSION
