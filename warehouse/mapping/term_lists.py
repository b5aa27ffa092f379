"""The types of the unmatched list, of decisions and of vocabularies. All of them are printed as JSON."""

from __future__ import annotations

from msgspec import Struct

from vocabularies.checks import Finding
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


class RefreshedScheme(Struct, frozen=True, kw_only=True):
    """What the thesaurus said of one scheme.

    `diff` is that of its Turtle; the `unlisted` are kept; `complaints` are of terms that were left out; after a
    `failure` nothing was changed.
    """

    scheme: str
    listed: int = 0
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    failure: str | None = None
    diff: str = ""


class Refreshed(Struct, frozen=True, kw_only=True):
    """What `chm vocabularies refresh` found at the thesaurus."""

    api: str
    schemes: tuple[RefreshedScheme, ...]
    schema_version: int = SCHEMA_VERSION


class AddedVocabulary(Struct, frozen=True, kw_only=True):
    """Somebody else's vocabulary: how many of its concepts mean one of the CBD's, and how many are close to others."""

    scheme: str
    title: str
    concepts: int
    exact: int
    close: int
    schema_version: int = SCHEMA_VERSION


class SchemeState(Struct, frozen=True, kw_only=True):
    """A vocabulary in force: its file, how large it is, and the field of a record that holds its terms, if any."""

    scheme: str
    title: str
    concepts: int
    languages: tuple[str, ...]
    field: str | None
    file: str


class Schemes(Struct, frozen=True, kw_only=True):
    """Every vocabulary in force."""

    schemes: tuple[SchemeState, ...]
    schema_version: int = SCHEMA_VERSION


class Findings(Struct, frozen=True, kw_only=True):
    """What `chm vocabularies check` found."""

    findings: tuple[Finding, ...]
    schema_version: int = SCHEMA_VERSION
