"""`citation.json`: how to cite the release, and under which licences each country's records are."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from warehouse.edition import Edition, Portion
from warehouse.files import write_json
from warehouse.formats import Written
from warehouse.model import SCHEMA_VERSION

_TITLE = "Records of the national biodiversity clearing-houses"
_UNSTATED = "unstated"
_NO_COUNTRY = "none"


class Citation(Struct, frozen=True, kw_only=True):
    """`citation` is the sentence to print. `licences` counts records by country and licence.

    A country is a lower-case ISO 3166-1 alpha-2 code, `none` where the site is no country's; a licence is its URI,
    `unstated` where a record names none, which means that all rights are reserved.
    """

    citation: str
    title: str
    version: str
    published: datetime
    address: str
    records: int
    licences: dict[str, dict[str, int]]
    schema_version: int = SCHEMA_VERSION


class _Writer:
    def __init__(self, path: Path, edition: Edition) -> None:
        self._path = path
        self._edition = edition

    def add(self, portion: Portion) -> None:
        """Nothing: the edition's tally counts."""

    def close(self) -> list[Written]:
        release, address = self._edition.release, self._edition.file_address("").rstrip("/")
        told = f"{_TITLE} ({release.published.year}). Version {release.release}, {release.records:,} records of"
        citation = Citation(
            citation=f"{told} {len(release.sources)} sites. {address}",
            title=_TITLE,
            version=release.release,
            published=release.published,
            address=address,
            records=release.records,
            licences=self._licences(),
        )
        write_json(self._path, citation)
        return [Written(self._path)]

    def _licences(self) -> dict[str, dict[str, int]]:
        found: dict[str, Counter[str]] = {}
        for state in self._edition.release.sources:
            of_country = found.setdefault((state.government or _NO_COUNTRY).lower(), Counter())
            for licence, records in self._edition.tally.of(state.id).licences.items():
                of_country[licence or _UNSTATED] += records
        return {country: dict(counted.most_common()) for country, counted in sorted(found.items())}


def open(folder: Path, edition: Edition) -> _Writer:
    """A writer of `citation.json`."""
    return _Writer(folder / "citation.json", edition)
