"""The types that the warehouse makes: handles, receipts and releases. All of them are written as JSON.

`schema_version` counts changes that a reader must know of; the JSON Schemas are in every release (`schemas.json`).
Times are ISO 8601 in UTC; durations are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from harvesters.model import Issue, Json, Window
from normalizers.model import CommonRecord
from warehouse.counts import Counts

SCHEMA_VERSION = 1

Outcome = Literal["running", "done", "held", "rejected", "failed", "skipped", "stopped"]
Verb = Literal["harvest", "normalize", "load"]
Standing = Literal["never", "busy", "interrupted", "failed", "stopped", "held", "rejected", "open", "done"]


class Batch(Struct, frozen=True):
    """A handle on what one run of one source gathered: ids only, so that it travels on a command line."""

    source: str
    run: str


class Failure(Struct, frozen=True):
    """Why a verb failed, and what to do; `again` is when another try may fare better, where that is known."""

    cause: str
    advice: str
    again: datetime | None = None


class Request(Struct, frozen=True, kw_only=True):
    """What an operator asks of a harvest; a due full sweep or the last load decide what is left open.

    `gaps` asks for nothing but the windows that earlier harvests could not read.
    """

    since: datetime | None = None
    full: bool = False
    limit: int | None = None
    gaps: bool = False


class Task(Struct, frozen=True, kw_only=True):
    """What a run asks for, decided when it begins and kept, so that a resumed run asks for the same.

    `asks` is the source's question as JSON: protocol, addresses, sets and options. What an answer to another question
    left behind (watermark, resumption token, ETags, gaps) is of no use to this one. `windows` are the gaps to ask for.
    """

    asks: str
    request: Request
    started: datetime
    since: datetime | None
    full: bool
    windows: tuple[Window, ...] = ()


class HarvestReport(Struct, frozen=True, kw_only=True):
    """The receipt of a harvest. `asks` is as in `Task`.

    `server_start` is the server's own clock at the first page; `reached_end` is true where the list ended as the
    protocol says, `complete` where also nothing was lost on the way, not even by name, and `incomplete` says why it is
    not; `window` where absence means nothing (feeds). `windows` is the ledger of a protocol that has one, with the
    rows of the gaps that were asked for again (`gaps_only`: of nothing else); `quarantined` counts the records that
    came and cannot be read. `issues` counts every code, `notes` those of them that are only told. `kept` is the
    protocol's state for the next run.
    """

    source: str
    run: str
    protocol: str
    asks: str
    outcome: Outcome
    started: datetime
    ended: datetime | None = None
    seconds: float = 0.0
    attempts: int = 1
    since: datetime | None = None
    full: bool = False
    limit: int | None = None
    server_start: datetime | None = None
    pages: int = 0
    records: int = 0
    deleted: int = 0
    bytes: int = 0
    reached_end: bool = False
    complete: bool = False
    incomplete: tuple[str, ...] = ()
    window: bool = False
    windows: tuple[Window, ...] = ()
    gaps_only: bool = False
    quarantined: int = 0
    issues: Mapping[str, int] = {}
    notes: Mapping[str, int] = {}
    kept: Mapping[str, Json] = {}
    failure: Failure | None = None
    schema_version: int = SCHEMA_VERSION


class NormalizeReport(Struct, frozen=True, kw_only=True):
    """The receipt of a normalisation of the raw pages of `runs`; `issues` and `notes` as in `HarvestReport`."""

    source: str
    run: str
    outcome: Outcome
    started: datetime
    ended: datetime | None = None
    seconds: float = 0.0
    runs: tuple[str, ...] = ()
    records: int = 0
    tombstones: int = 0
    unreadable: int = 0
    issues: Mapping[str, int] = {}
    notes: Mapping[str, int] = {}
    unused: Mapping[str, int] = {}
    failure: Failure | None = None
    schema_version: int = SCHEMA_VERSION


class LoadReport(Struct, frozen=True, kw_only=True):
    """The receipt of a load.

    `held` says in words why a load was held; `watermark` is the server's time from which the next increment asks
    (less the overlap): only batches whose lists were all asked for, without a leap before them, move it.
    `last_full_at` is our own time of the last such full sweep that was loaded, `sweep_every` the days until the next
    one is due, and `missed` how many records it found new or changed that the increments should have brought.
    `gaps` are the windows that no loaded harvest could read yet. `remarks` are what is odd about the batch as a whole.
    `approval` is the digest of the person's approval that let it through, where `expect` did not.
    """

    source: str
    run: str
    outcome: Outcome
    started: datetime
    ended: datetime | None = None
    seconds: float = 0.0
    snapshot: str | None = None
    counts: Counts = Counts()
    held: tuple[str, ...] = ()
    approval: str | None = None
    watermark: datetime | None = None
    last_full_at: datetime | None = None
    sweep_every: int | None = None
    missed: int = 0
    gaps: tuple[Window, ...] = ()
    remarks: tuple[str, ...] = ()
    failure: Failure | None = None
    schema_version: int = SCHEMA_VERSION


class Pointer(Struct, frozen=True, kw_only=True):
    """`current.json` of a source: the snapshot that readers see and the run whose harvest was loaded last.

    `name` and `government` are the source's at that time, so that a source stays published whose file is gone
    or broken.
    """

    snapshot: str
    run: str
    name: str
    government: str | None


class OpenRun(Struct, frozen=True, kw_only=True):
    """`open.json` of a source: the run that the next verb goes on with."""

    run: str


class File(Struct, frozen=True, kw_only=True):
    """One file of a release: name, length in bytes, SHA-256 in hex, and how many records it holds, if it holds any.

    `format` is the file of `formats` that wrote it; `left_out` how many records that format leaves out by its rule.
    """

    name: str
    bytes: int
    sha256: str
    records: int | None = None
    format: str | None = None
    left_out: int = 0


class SourceState(Struct, frozen=True, kw_only=True):
    """What a release says of one source; `as_of` is the true date of its records: up to when the site was read.

    Both dates are None where the reports that tell them are gone.
    """

    id: str
    name: str
    government: str | None
    records: int
    deleted: int
    snapshot: str
    last_success: datetime | None
    as_of: datetime | None


class Release(Struct, frozen=True, kw_only=True):
    """A release's manifest: written last, so a folder that has one is whole.

    `rewritten` is when the release was rebuilt without what was withdrawn and erased; its checksums are then new.
    """

    release: str
    published: datetime
    records: int
    deleted: int
    sources: tuple[SourceState, ...]
    files: tuple[File, ...]
    rewritten: tuple[datetime, ...] = ()
    schema_version: int = SCHEMA_VERSION


class CurrentRelease(Struct, frozen=True, kw_only=True):
    """`releases/current.json`."""

    release: str


class PublishReport(Struct, frozen=True, kw_only=True):
    """The receipt of a publication; `release` is None where it failed."""

    run: str
    outcome: Outcome
    started: datetime
    ended: datetime | None = None
    seconds: float = 0.0
    release: str | None = None
    records: int = 0
    failure: Failure | None = None
    schema_version: int = SCHEMA_VERSION


class SourceStatus(Struct, frozen=True, kw_only=True):
    """One source: its latest run (`counts`, `issues`, `seconds`), and since when its records are good.

    `standing` is how the latest run stands: `open` waits for its next verb, `interrupted` was killed and goes on
    with the same command. `live` and `deleted` count what readers see, whatever became of the latest run. `issues`
    counts what somebody should see to, `notes` what is only told; `issues_by_code` counts both. `again`: see `Failure`.
    """

    source: str
    name: str
    government: str | None
    protocol: str = ""
    status: str = "no file"
    standing: Standing = "never"
    run: str | None = None
    started: datetime | None = None
    seconds: float = 0.0
    counts: Counts = Counts()
    issues: int = 0
    notes: int = 0
    issues_by_code: dict[str, int] = {}
    reasons: tuple[str, ...] = ()
    live: int = 0
    deleted: int = 0
    last_success: datetime | None = None
    again: datetime | None = None
    schema_version: int = SCHEMA_VERSION


class Checked(Struct, frozen=True, kw_only=True):
    """The first page of a source: how many records it has, one of them in full, and every issue.

    That one is there as received (`raw`), normalised (`record`), and as the CHM's API takes it (`document`).
    """

    source: str
    url: str
    records: int
    deleted: int
    facts: dict[str, Json]
    raw: str | None
    record: CommonRecord | None
    document: dict[str, Json] | None
    issues: tuple[Issue, ...]
    schema_version: int = SCHEMA_VERSION


class CommonFormat(Struct, frozen=True, kw_only=True):
    """A common format of the CBD: how many fields it has, and those that the CBD insists on.

    `header` is the schema in the header of its documents, which is another one for contacts.
    """

    schema: str
    header: str
    title: str
    fields: int
    required: tuple[str, ...]
    provisional: bool
    schema_version: int = SCHEMA_VERSION


class Verdict(Struct, frozen=True, kw_only=True):
    """What `chm verify` found; the release is good where `faults` is empty. `files` is how many it has."""

    release: str
    records: int
    files: int
    faults: tuple[str, ...]
    schema_version: int = SCHEMA_VERSION
