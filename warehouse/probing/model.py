"""What a probe finds, as it is kept and printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from harvesters.model import Issue, Json
from harvesters.offers import Offer
from warehouse.model import SCHEMA_VERSION
from warehouse.probing.trial import Sample

Standing = Literal["ready", "decide", "unreachable"]


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
