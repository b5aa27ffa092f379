"""The types that the harvesters make: what is asked, what came back, and where each record stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    """What a server answered: `body` is as received, less the transfer's compression.

    A `status` of 0 says that no answer came; its `body` is empty.
    """

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


class Window(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One list to ask for, and what became of it: a row of a harvest's ledger.

    The list is that of `set` (None: of all records) from `since` (None: from the beginning) to `until`, both ends
    included, on the server's clock. `number` is the row's place in the ledger. `attempts` counts how often the list
    was asked for to its end or to a failure, in all runs; `error` is why it failed the last time.
    """

    until: datetime
    since: datetime | None = None
    set: str | None = None
    number: int = 0
    status: Literal["pending", "done", "failed"] = "pending"
    attempts: int = 0
    error: str | None = None


class Quarantined(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record that cannot be read, by its byte offsets in the answer; `identifier` is the source's, if it tells."""

    start: int
    end: int
    identifier: str | None = None


class Page(Struct, frozen=True, kw_only=True):
    """One answer and the records found in it.

    `records` include tombstones (`deleted`). `facts` are what the answer says of the repository
    (`server_time`: ISO 8601, the server's own clock, is known to the warehouse; the rest is the protocol's).
    `resume` is opaque to everybody but the protocol: given back in `State.resume`, it continues after this page.
    `last` is true only where the list ended as the protocol says it must. `windows` are the rows of the ledger that
    are new or changed since the page before; `quarantine` are records that came and cannot be read.
    """

    answer: Answer
    records: tuple[RawRecord, ...] = ()
    issues: tuple[Issue, ...] = ()
    facts: Mapping[str, Json] = {}
    resume: Json = None
    last: bool = False
    windows: tuple[Window, ...] = ()
    quarantine: tuple[Quarantined, ...] = ()


class HarvestTask(Struct, frozen=True, kw_only=True):
    """What one harvest asks for.

    `since` and `until` are aware and on the server's clock; `since` is None where nothing was loaded yet or
    `full` is wished. `limit` is the number of records after which the harvest may stop (a batch that was cut
    short is never complete). `windows` are the gaps that earlier harvests left, asked for besides, or, where
    `gaps_only`, instead. A protocol that knows no windows leaves them alone.
    """

    source: Source
    since: datetime | None = None
    until: datetime | None = None
    full: bool = False
    limit: int | None = None
    windows: tuple[Window, ...] = ()
    gaps_only: bool = False


class News(Struct, frozen=True):
    """What a page changed in what a run keeps: values kept anew, and entries of kept mappings (None: taken out)."""

    kept: Mapping[str, Json] = {}
    entries: Mapping[str, Mapping[str, Json]] = {}

    def onto(self, before: Mapping[str, Json]) -> dict[str, Json]:
        """What is kept after the page, from what was kept before it."""
        after = {**before, **self.kept}
        for key, entries in self.entries.items():
            merged = {**(after.get(key) or {}), **entries}
            after[key] = {name: value for name, value in merged.items() if value is not None}
        return after


class State:
    """What earlier pages and the last loaded run left for this one.

    `get` reads what the last *loaded* run kept; `keep` replaces a value for the next, `note` some entries of a mapping
    that grows with the site. What changed is stored with the page, so a killed harvest finds it again. `resume` is that
    of the last page stored in this run, or None; `windows` is the ledger as the pages of this run left it.
    """

    def __init__(
        self,
        loaded: Mapping[str, Json] | None = None,
        kept: Mapping[str, Json] | None = None,
        resume: Json = None,
        windows: Iterable[Window] = (),
    ) -> None:
        self._loaded = dict(loaded or {})
        self.kept: dict[str, Json] = dict(kept or {})
        self._new: dict[str, Json] = {}
        self._entries: dict[str, dict[str, Json]] = {}
        self._own: set[str] = set()  # keys of mappings that nobody else holds, so that entries may be put into them
        self.resume = resume
        self.windows = tuple(windows)

    def get(self, key: str) -> Json:
        """The value that this run or, before it, the last loaded run kept; None where neither did."""
        return self.kept[key] if key in self.kept else self._loaded.get(key)

    def before(self, key: str) -> Json:
        """The value that the last loaded run kept, whatever this one did; None where it kept none."""
        return self._loaded.get(key)

    def keep(self, key: str, value: Json) -> None:
        """Keep a value (anything JSON can say) for the next run; one that is changed later has to be kept again."""
        self.kept[key] = self._new[key] = value
        self._entries.pop(key, None)
        self._own.discard(key)

    def note(self, key: str, entries: Mapping[str, Json]) -> None:
        """Keep entries of a mapping beside those that it has; an entry that is None is taken out."""
        if key not in self.kept:
            self.keep(key, dict(self._loaded.get(key) or {}))
        if not entries:
            return
        if key not in self._own:  # once: the mapping may be long, and pages are many
            self.kept[key] = dict(self.kept[key] or {})
            self._own.add(key)
        for name, value in entries.items():
            if value is None:
                self.kept[key].pop(name, None)
            else:
                self.kept[key][name] = value
        self._entries.setdefault(key, {}).update(entries)

    def news(self) -> News:
        """What was kept since this was last asked."""
        told = News(self._new, self._entries)
        self._new, self._entries = {}, {}
        return told
