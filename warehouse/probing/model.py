"""What a probe finds, as it is kept and printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from harvesters.model import Issue, Json
from harvesters.offers import Offer
from normalizers.model import CommonRecord
from warehouse.model import SCHEMA_VERSION, Failure
from warehouse.planning.preview import Preview

Standing = Literal["ready", "decide", "unreachable"]


class Sample(Struct, frozen=True, kw_only=True):
    """A record as received, cut to some bytes, and as normalised; `issues` are about it alone."""

    raw: str
    record: CommonRecord
    issues: tuple[Issue, ...] = ()


class RankedOffer(Struct, frozen=True, kw_only=True):
    """An offer with what speaks for it (words: weight) and the sum of that, by which offers are ranked."""

    offer: Offer
    merits: Mapping[str, int]
    score: int


class Probe(Struct, frozen=True, kw_only=True):
    """What a look at a site found.

    `ready`: a trial gave records, and nothing need be decided; `decide`: a person should read `issues` and look at
    `suggested`; `unreachable`: nobody could ask. `suggested` are keys of a source file: a whole one for an address,
    for a source that has a file the keys that should change. `samples` are of the trial of the best offer, `asks` is
    the question that the source's file put then (see `Task`), `source` its id.
    """

    url: str
    standing: Standing
    asked: datetime
    requests: int
    issues: tuple[Issue, ...]
    offers: tuple[RankedOffer, ...]
    suggested: Mapping[str, Json]
    records: int = 0
    samples: tuple[Sample, ...] = ()
    source: str | None = None
    government: str | None = None
    asks: str | None = None
    schema_version: int = SCHEMA_VERSION


class Row(Struct, frozen=True, kw_only=True):
    """One source: how it stands and why, and the keys that its file should have otherwise."""

    source: str
    country: str | None
    standing: Standing
    why: str
    change: Mapping[str, Json]
    records: int
    requests: int
    asked: datetime
    url: str


class Verification(Struct, frozen=True, kw_only=True):
    """What `chm probe --unverified` found."""

    rows: tuple[Row, ...]
    schema_version: int = SCHEMA_VERSION


class Compared(Struct, frozen=True, kw_only=True):
    """The plan of some pages; `whole` says that they were the whole list, without which absence says nothing.

    After a `failure` the plan is empty.
    """

    source: str
    pages: int
    whole: bool
    plan: Preview
    failure: Failure | None = None
    schema_version: int = SCHEMA_VERSION


class Acceptance(Struct, frozen=True, kw_only=True):
    """A person's word on a source: the keys that its overlay has from then on."""

    source: str
    keys: Mapping[str, Json]
    by: str
    why: str
    at: datetime
    schema_version: int = SCHEMA_VERSION
