"""`sources.json`: the sites that the records come from, when each was last updated, how many it has, what they cover.

For everybody, so in neutral words: faults and scores are its operators' alone.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from msgspec import Struct

from warehouse.edition import Edition, Portion
from warehouse.files import write_json
from warehouse.formats import Written
from warehouse.model import SCHEMA_VERSION, SourceState


class Coverage(Struct, frozen=True, kw_only=True):
    """What a site's records are about: how many by language and by schema; the years in which they were published."""

    languages: dict[str, int]
    schemas: dict[str, int]
    first_year: int | None
    last_year: int | None


class PublishedSource(Struct, frozen=True, kw_only=True):
    """One site; `last_updated` is up to when its records are known."""

    id: str
    name: str
    government: str | None
    page: str | None
    last_updated: datetime | None
    records: int
    deleted: int
    coverage: Coverage


class PublishedSources(Struct, frozen=True, kw_only=True):
    """All sites of a release, by id."""

    release: str
    published: datetime
    sources: tuple[PublishedSource, ...]
    schema_version: int = SCHEMA_VERSION


class _Writer:
    def __init__(self, path: Path, edition: Edition) -> None:
        self._path = path
        self._edition = edition

    def add(self, portion: Portion) -> None:
        """Nothing: the edition's tally counts."""

    def close(self) -> list[Written]:
        release = self._edition.release
        sources = tuple(map(self._source, release.sources))
        write_json(self._path, PublishedSources(release=release.release, published=release.published, sources=sources))
        return [Written(self._path)]

    def _source(self, state: SourceState) -> PublishedSource:
        counted, source = self._edition.tally.of(state.id), self._edition.sources.get(state.id)
        coverage = Coverage(
            languages=dict(counted.languages.most_common()),
            schemas=dict(counted.schemas.most_common()),
            first_year=counted.first_year,
            last_year=counted.last_year,
        )
        return PublishedSource(
            id=state.id,
            name=state.name,
            government=state.government,
            page=str(source.page) if source and source.page else None,
            last_updated=state.as_of,
            records=state.records,
            deleted=state.deleted,
            coverage=coverage,
        )


def open(folder: Path, edition: Edition) -> _Writer:
    """A writer of `sources.json`."""
    return _Writer(folder / "sources.json", edition)
