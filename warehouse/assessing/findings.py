"""The types of what is found out about records as a whole: duplicates and quality. All of them are written as JSON.

As in `warehouse.model`, `schema_version` counts changes that a reader must know of, and the JSON Schemas are in every
release.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from warehouse.model import SCHEMA_VERSION

TieKind = Literal["person", "doi", "isbn", "handle", "document", "page", "title"]
Ignored = Literal["shared", "crowded", "generic", "contradicted"]


class TieDecision(Struct, frozen=True, kw_only=True):
    """A person's word on two records: the same document (`tie`) or not (`split`). The last word on a pair holds."""

    verdict: Literal["tie", "split"]
    records: tuple[str, str]
    by: str
    why: str
    at: datetime


class Tie(Struct, frozen=True, kw_only=True):
    """Why these records are the same document: all of them have `value`, which is of that kind.

    `doi`, `isbn` and `handle` are registered identifiers, `document` is a file's address, `page` a page's; `title` is
    language, year and folded title; `person` gives who decided, and why.
    """

    by: TieKind
    value: str
    records: tuple[str, ...]


class Route(Struct, frozen=True, kw_only=True):
    """One record of a cluster: a way to the document."""

    identifier: str
    source: str
    title: str
    page: str | None


class Cluster(Struct, frozen=True, kw_only=True):
    """Records that are one document. `routes` are all ways to it, the preferred record's first."""

    preferred: str
    routes: tuple[Route, ...]
    ties: tuple[Tie, ...]


class Duplicates(Struct, frozen=True, kw_only=True):
    """All clusters, the largest first; `ignored` counts what records of several sources share, and yet ties none.

    `shared`: a source has it for several documents (a collection's DOI, a series). `crowded`: too many records have it
    (a placeholder). `generic`: a title that says too little. `contradicted`: something else tells the records apart, or
    a person does, or the cluster would be too large.
    """

    records: int
    clusters: tuple[Cluster, ...]
    ignored: dict[Ignored, int] = {}
    schema_version: int = SCHEMA_VERSION


class Part(Struct, frozen=True, kw_only=True):
    """One part of a score: `share` is 0 to 1, None where there is nothing to judge; the weights of all parts make 1."""

    name: str
    share: float | None
    weight: float
    meaning: str


class SchemaQuality(Struct, frozen=True, kw_only=True):
    """The records of one common format, how many have all that it requires, and how many lack each field."""

    schema: str
    records: int
    complete: int
    lacking: dict[str, int] = {}


class QualityReport(Struct, frozen=True, kw_only=True):
    """How good a source's live records are, measured when a run was loaded.

    `filled` counts the records that have a value, by field; `matched` the values that name a term, by how they were
    matched, what the source's file put in aside; `unmatched` those that stayed keywords; `languages` the records in
    each; `issues` the issues of live records, by code. `score` is 0 to 100: the weighted mean of its parts.
    """

    source: str
    run: str
    measured: datetime
    records: int
    score: float | None = None
    parts: tuple[Part, ...] = ()
    filled: dict[str, int] = {}
    matched: dict[str, int] = {}
    unmatched: int = 0
    languages: dict[str, int] = {}
    schemas: tuple[SchemaQuality, ...] = ()
    issues: dict[str, int] = {}
    schema_version: int = SCHEMA_VERSION


class QualityPoint(Struct, frozen=True, kw_only=True):
    """One measurement of a trend."""

    run: str
    measured: datetime
    records: int
    score: float | None


class SourceQuality(Struct, frozen=True, kw_only=True):
    """A source's quality as last measured, None before its first load, and every score until then, oldest first."""

    source: str
    latest: QualityReport | None
    trend: tuple[QualityPoint, ...]
    schema_version: int = SCHEMA_VERSION
