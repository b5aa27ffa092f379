"""The types of the unmatched list and of what people decide about it. All of them are printed as JSON."""

from __future__ import annotations

from msgspec import Struct

from warehouse.model import SCHEMA_VERSION


class Suggestion(Struct, frozen=True, kw_only=True):
    """A concept that an unmatched term may mean: why, and how alike of 100 (the label is the CBD's English one)."""

    identifier: str
    field: str
    label: str
    because: str
    score: float


class UnmatchedTerm(Struct, frozen=True, kw_only=True):
    """A term that names no concept: where it stands, and how many records a mapping of it would unlock."""

    term: str
    languages: tuple[str, ...]
    sources: tuple[str, ...]
    records: int
    suggestions: tuple[Suggestion, ...] = ()


class UnmatchedTerms(Struct, frozen=True, kw_only=True):
    """The unmatched list, the most useful first: of `total` terms on `records` records, those that were asked for."""

    total: int
    records: int
    terms: tuple[UnmatchedTerm, ...]
    schema_version: int = SCHEMA_VERSION


class Accepted(Struct, frozen=True, kw_only=True):
    """A mapping that was accepted or withdrawn, and the sources to replay for it (none: no record has the term)."""

    term: str
    identifier: str
    label: str
    withdrawn: bool
    sources: tuple[str, ...]
    records: int
    schema_version: int = SCHEMA_VERSION
