"""The types that the harvesters make: what is asked, what came back, and where each record stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from harvesters.source import Source

Json: TypeAlias = Any  # whatever JSON can say; mypy has no recursive alias that msgspec decodes


class Issue(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that a person should know; the record and the run live on.

    `code` groups issues (snake_case, stable); `message` is a sentence for a person that says what to do;
    `record` is the source's identifier; `value` is what was found, cut to 500 characters.
    """

    code: str
    message: str
    severity: Literal["note", "warning", "error"] = "warning"
    record: str | None = None
    field: str | None = None
    value: str | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """What a server answered: `body` is as received, less the transfer's compression."""

    url: str
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    received: datetime


class RawRecord(Struct, frozen=True, kw_only=True):
    """One record by its place in an answer.

    `item` numbers the records of the page from 0; `start` and `end` are byte offsets into `answer.body`
    (the whole body for formats that are only read as one, such as feeds). `identifier` is the source's own.
    `first_seen` is the day (ISO 8601) on which a record was first met that does not say of when it is.
    """

    identifier: str
    profile: str
    answer: Answer
    item: int
    start: int
    end: int
    datestamp: str | None = None
    deleted: bool = False
    sets: tuple[str, ...] = ()
    first_seen: str | None = None

    @property
    def body(self) -> bytes:
        """The record's own bytes, as received."""
        return self.answer.body[self.start : self.end]


class Page(Struct, frozen=True, kw_only=True):
    """One answer and the records found in it.

    `records` include tombstones (`deleted`). `facts` are what the answer says of the repository
    (`server_time`: ISO 8601, the server's own clock, is known to the warehouse; the rest is the protocol's).
    `resume` is opaque to everybody but the protocol: given back in `State.resume`, it continues after this page.
    `last` is true only where the list ended as the protocol says it must.
    """

    answer: Answer
    records: tuple[RawRecord, ...] = ()
    issues: tuple[Issue, ...] = ()
    facts: Mapping[str, Json] = {}
    resume: Json = None
    last: bool = False


class HarvestTask(Struct, frozen=True, kw_only=True):
    """What one harvest asks for.

    `since` and `until` are aware and on the server's clock; `since` is None where nothing was loaded yet or
    `full` is wished. `limit` is the number of records after which the harvest may stop (a batch that was cut
    short is never complete). `windows` are the (from, until) pairs to ask for instead of one; empty means one.
    """

    source: Source
    since: datetime | None = None
    until: datetime | None = None
    full: bool = False
    limit: int | None = None
    windows: tuple[tuple[datetime, datetime], ...] = ()


class State:
    """What earlier pages and the last loaded run left for this one.

    `get` reads what the last *loaded* run kept; `keep` replaces a value for the next. What is kept is stored with
    every page, so a killed harvest finds it again. `resume` is that of the last page stored in this run, or None.
    """

    def __init__(
        self, loaded: Mapping[str, Json] | None = None, kept: Mapping[str, Json] | None = None, resume: Json = None
    ) -> None:
        self._loaded = dict(loaded or {})
        self.kept: dict[str, Json] = dict(kept or {})
        self.resume = resume

    def get(self, key: str) -> Json:
        """The value that this run or, before it, the last loaded run kept; None where neither did."""
        return self.kept[key] if key in self.kept else self._loaded.get(key)

    def keep(self, key: str, value: Json) -> None:
        """Keep a value (anything JSON can say) for the next run."""
        self.kept[key] = value
