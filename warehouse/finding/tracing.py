"""Follows what a person asks for along the street: from a query to documents, and from each to its stations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from harvesters.politeness import registrable_domain
from warehouse import raw, reports
from warehouse.context import Warehouse
from warehouse.finding import lookup, stations
from warehouse.finding.lookup import Sighting
from warehouse.finding.stations import Street
from warehouse.finding.whereabouts import Found, Step, Whereabouts

_SHOWN = 10  # documents


def find(warehouse: Warehouse, query: str) -> Found:
    """The documents that answer to an address, a title or an identifier, and where each of them is.

    Asked are the current records, batches that wait, and tombstones; where none answers, earlier snapshots, and then
    the raw answers, by the source's identifier.

    Raises:
        Damaged: a file of the warehouse cannot be read.
    """
    street = Street(warehouse)
    query = query.strip()
    files = [folder / "records.parquet" for folder in (*street.snapshots.values(), *street.waiting.values())]
    sightings = lookup.records(street.layout, files, query)
    stones = _tombstones(street, {query, *(each.identifier for each in sightings)})
    if not (sightings or stones):
        sightings = lookup.records(street.layout, street.layout.snapshot_files(), query)
        stones = _tombstones(street, {each.identifier for each in sightings})
    erased = [record for _, record in street.withdrawals if record and record == query.upper()]
    identifiers = list(dict.fromkeys([*(each.identifier for each in sightings), *stones, *erased]))
    documents = [
        _document(street, identifier, [each for each in sightings if each.identifier == identifier], stones)
        for identifier in identifiers[:_SHOWN]
    ]
    unread = [] if documents else list(_unread(street, query))
    found = [*documents, *unread]
    if found:
        return Found(query=query, total=len(identifiers) or len(unread), documents=tuple(found))
    return _missing(street, query)


def _tombstones(street: Street, names: set[str]) -> dict[str, dict[str, Any]]:
    files = [folder / "tombstones.parquet" for folder in street.snapshots.values()]
    return {stone["identifier"]: stone for stone in lookup.tombstones(street.layout, files, names)}


def _document(
    street: Street, identifier: str, sightings: list[Sighting], stones: dict[str, dict[str, Any]]
) -> Whereabouts:
    stone = stones.get(identifier)
    current = _within(street.snapshots.values(), sightings)
    waits = _within(street.waiting.values(), sightings)
    known = current or waits or next(iter(sightings or _before(street, identifier)), None)
    source = known.source if known else stone["source"] if stone else _withdrawn_from(street, identifier)
    steps: list[Step | None] = [*stations.source(street, source)]
    if known:
        folders = [known.file.parent, street.layout.normalized(source, known.run)]
        steps += [
            stations.received(known),
            stations.normalised(source, known.source_identifier, folders, readable=True),
        ]
    if waits and (current is None or waits.fingerprint != current.fingerprint):
        steps.append(stations.held(street, waits, is_current=current is not None))
    if current:
        steps.append(stations.loaded(street, current))
    elif stone:
        steps.append(stations.buried(street, stone))
    word = stations.withdrawn(street, source, identifier)
    steps.append(word)
    if current:
        steps += [stations.shared(current), stations.duplicate(street, identifier)]
    releases = street.releases_with(identifier)
    will = current is not None and word is None and current.rights["share"] != "none"
    steps.append(stations.published(street, releases, current.fingerprint if current and will else None))
    return Whereabouts(
        source=source,
        identifier=identifier,
        source_identifier=known.source_identifier if known else stone["source_identifier"] if stone else None,
        title=known.title if known else None,
        page=known.page if known else None,
        steps=tuple(step for step in steps if step),
        releases=tuple(releases),
        published=street.current_release in releases,
    )


def _withdrawn_from(street: Street, identifier: str) -> str:
    """The source of a record of which nothing but the word is left that withdrew and erased it."""
    return next(source for source, record in street.withdrawals if record == identifier)


def _within(folders: Iterable[Path], sightings: Iterable[Sighting]) -> Sighting | None:
    among = set(folders)
    return next((each for each in sightings if each.file.parent in among), None)


def _before(street: Street, identifier: str) -> list[Sighting]:
    """A record that is no more, in the snapshots that are kept of it."""
    return lookup.records(street.layout, street.layout.snapshot_files(), identifier)


def _unread(street: Street, identifier: str) -> Iterator[Whereabouts]:
    """Records that came under the source's identifier, and of which none was made."""
    for source in street.standings:
        met: tuple[str, int, datetime, bool] | None = None
        for batch in reports.runs(street.layout, source):
            for page, when, readable in raw.seen(street.layout.raw(source, batch.run), identifier):
                met = batch.run, page, when, readable
        if met is None:
            continue
        run, page, when, readable = met
        folders = [street.layout.normalized(source, run)] if readable else []
        yield Whereabouts(
            source=source,
            source_identifier=identifier,
            steps=(
                *stations.source(street, source),
                Step(station="received", passed=True, says=f"It came in run {run}, page {page}.", when=when),
                stations.normalised(source, identifier, folders, readable=False),
                *stations.harvest(street, source),
            ),
        )


def _missing(street: Street, query: str) -> Found:
    """Nobody has it: which sources ought to, and how they stand."""
    sources = _asking(street, lookup.host(query)) if lookup.is_address(query) else []
    likely = tuple(Whereabouts(source=source, steps=tuple(_of_source(street, source))) for source in sources)
    advice = [f"It is in no record of {len(street.snapshots)} sources, nor in any answer under that identifier."]
    if likely:
        advice.append("Ask the site whether its list has it; a full sweep asks for everything.")
    elif lookup.is_address(query):
        advice.append(f"No source asks {lookup.host(query)}: write a source file for it, then: chm check SOURCE")
    else:
        bad = [row.source for row in street.standings.values() if row.standing in ("failed", "interrupted", "held")]
        advice.append("An address or an identifier of the source finds more than a title.")
        advice += [f"Of some sources the latest run did not end well ({', '.join(bad)}): chm today"] if bad else []
    return Found(query=query, total=0, sources=likely, advice=tuple(advice))


def _of_source(street: Street, source: str) -> Iterator[Step]:
    yield from stations.source(street, source)
    yield from filter(None, [stations.withdrawn(street, source, None)])
    yield from stations.harvest(street, source)


def _asking(street: Street, host: str) -> list[str]:
    """The sources that ask a host, or, where none does, its registrable domain."""
    hosts = {
        source.id: {lookup.host(address) for address in (*source.addresses, *filter(None, [source.page]))}
        for source in street.sources.values()
    }
    exact = [source for source, asked in hosts.items() if host in asked]
    domain = registrable_domain(f"https://{host}/")
    return exact or [
        source.id
        for source in street.sources.values()
        if domain in {registrable_domain(address) for address in source.addresses}
    ]
