"""What is counted while the records of a release pass, a source at a time: for its catalogue, citation and status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct, field

from normalizers.model import CommonRecord

_YEAR = len("2026")


class SourceTally(Struct, kw_only=True):
    """What one source's records are: how many by licence (None where nobody names one), language and schema.

    `first_year` and `last_year` are those in which its records were published.
    """

    licences: Counter[str | None] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    schemas: Counter[str] = field(default_factory=Counter)
    first_year: int | None = None
    last_year: int | None = None

    def add(self, record: CommonRecord) -> None:
        """Count one record."""
        self.licences[record.rights.licence] += 1
        self.languages.update(record.languages)
        self.schemas[record.schema] += 1
        for date in record.dates:
            if date.kind == "published" and (shown := date.value[:_YEAR]).isdecimal():
                year = int(shown)
                self.first_year = min(self.first_year or year, year)
                self.last_year = max(self.last_year or year, year)


class Tally:
    """What every source's records are."""

    def __init__(self) -> None:
        self._sources: dict[str, SourceTally] = {}

    def add(self, records: Iterable[CommonRecord]) -> None:
        """Count records as they come."""
        for record in records:
            if record.source not in self._sources:
                self._sources[record.source] = SourceTally()
            self._sources[record.source].add(record)

    def of(self, source: str) -> SourceTally:
        """The tally of one source; of one without records an empty one."""
        return self._sources.get(source) or SourceTally()
