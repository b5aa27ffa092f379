"""Which Parties to the Convention have a source, and how far each is: from the source files alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from harvesters.source import Source, Status
from vocabularies.model import Concept, Vocabulary
from vocabularies.skos import load
from warehouse.mapping.terms import vocabulary_files
from warehouse.model import SCHEMA_VERSION
from warehouse.settings import Settings
from warehouse.spreadsheet import as_csv

BEST_FIRST: tuple[Status, ...] = ("active", "unverified", "paused", "retired")
_COLUMNS = ("country", "name", "party", "source", "status", "platform", "protocol", "address", "superseded_by")


class Covering(Struct, frozen=True, kw_only=True):
    """A source, as its file describes it."""

    source: str
    status: Status
    origin: str
    platform: str | None
    protocol: str
    address: str
    superseded_by: str | None


class Country(Struct, frozen=True, kw_only=True):
    """A country by its ISO 3166-1 alpha-2 code, with the sources of its government: none, one or several."""

    code: str
    name: str
    sources: tuple[Covering, ...]

    @property
    def statuses(self) -> Counter[str]:
        """How many of its sources are of each status."""
        return Counter(source.status for source in self.sources)

    @property
    def best(self) -> str:
        """The best status among its sources, `active` before `unverified`; `none` where it has none."""
        return next((status for status in BEST_FIRST if self.statuses[status]), "none")


class Coverage(Struct, frozen=True, kw_only=True):
    """All Parties by code, the European Union among them; then other countries, and sources of no country.

    `counts` are numbers of Parties by the best status among their sources, and of those with `none`.
    """

    parties: tuple[Country, ...]
    others: tuple[Country, ...]
    elsewhere: tuple[Covering, ...]
    counts: Mapping[str, int]
    schema_version: int = SCHEMA_VERSION


def coverage(sources: Iterable[Source], settings: Settings) -> Coverage:
    """Who is covered by these sources.

    Raises:
        VocabularyError: the vocabulary of countries or of Parties is broken.
    """
    files = vocabulary_files(settings.vocabularies)
    countries, parties = load(files["countries"]), load(files["cbd-parties"])
    codes = sorted(countries.by_uri[uri].notation for group in parties.concepts.values() for uri in group.narrow)
    asked: dict[str, list[Covering]] = {}
    for source in sources:
        asked.setdefault((source.government or "").lower(), []).append(_covering(source))
    elsewhere = asked.pop("", [])
    found = tuple(_country(code, countries, asked.pop(code, ())) for code in codes)
    counts = Counter(country.best for country in found)
    return Coverage(
        parties=found,
        others=tuple(_country(code, countries, asked[code]) for code in sorted(asked)),
        elsewhere=tuple(elsewhere),
        counts={best: counts[best] for best in (*BEST_FIRST, "none")},
    )


def uncovered(found: Coverage) -> tuple[Country, ...]:
    """The Parties that have no source, or none that is not retired."""
    return tuple(country for country in found.parties if country.best in ("retired", "none"))


def table(found: Coverage) -> str:
    """For a spreadsheet: a line a source, and one for each Party that has none."""
    return as_csv(_COLUMNS, _lines(found))


def _lines(found: Coverage) -> Iterator[tuple[object, ...]]:
    for countries, party in ((found.parties, "yes"), (found.others, "no")):
        for country in countries:
            for one in country.sources:
                yield (country.code, country.name, party, *_cells(one))
            if not country.sources:
                yield (country.code, country.name, party, "none", *[None] * 5)
    for one in found.elsewhere:
        yield (None, one.origin, "no", *_cells(one))


def _cells(one: Covering) -> tuple[object, ...]:
    return one.source, one.status, one.platform, one.protocol, one.address, one.superseded_by


def _country(code: str, countries: Vocabulary, sources: Sequence[Covering]) -> Country:
    known: Concept | None = countries.concepts.get(code)
    return Country(code=code.upper(), name=known.labels["en"] if known else code.upper(), sources=tuple(sources))


def _covering(source: Source) -> Covering:
    return Covering(
        source=source.id,
        status=source.status,
        origin=source.origin,
        platform=source.platform,
        protocol=source.protocol,
        address=source.addresses[0],
        superseded_by=source.superseded_by,
    )
