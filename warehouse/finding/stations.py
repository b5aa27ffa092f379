"""What each station of the street says of a document, or of a source that ought to have one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from harvesters import robots
from harvesters.source import Source
from warehouse import release, reports, status
from warehouse.context import Warehouse, read_sources
from warehouse.finding.lookup import Sighting, holding
from warehouse.finding.whereabouts import Step
from warehouse.model import Batch, LoadReport, SourceStatus
from warehouse.records import Reason
from warehouse.withdrawing import withdrawals

_RULES = {
    "source": "the source's file says so",
    "labels": "it carries a TK or BC label of Local Contexts",
    "community": "it is a community protocol",
    "access": "it states an access right narrower than open",
    "embargo": "an embargo runs",
    "permission": "the site gave permission",
    "licence": "its licence is open",
    "no_open_licence": "it states no open licence, and the source's file no `permission`",
}
_REASONS: dict[Reason, str] = {
    "deleted_at_source": "the source says that it is deleted; it comes back when the source shows it again",
    "absent": "full sweeps did not show it for too long; it comes back when the source shows it again",
    "withdrawn": "a person withdrew it",
    "moved": "it goes on under another identifier",
    "source_retired": "its source was retired",
    "no_longer_shared": "its terms share it with nobody any more",
}
_ISSUES = "SELECT code, count(*) FROM read_parquet(?) WHERE record = ? GROUP BY code ORDER BY code"
_MOST_ISSUES = 5


class Street:
    """What the stations know, read once for all documents."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse, self.layout = warehouse, warehouse.layout
        found, _ = read_sources(warehouse.settings)
        self.sources = {source.id: source for source in found}
        self.standings = {row.source: row for row in status.of_all(self.layout, found)}
        self.withdrawals = withdrawals.in_force(self.layout).decisions

    @cached_property
    def snapshots(self) -> dict[str, Path]:
        """The folder of the current snapshot, by source."""
        pointers = ((source, reports.pointer(self.layout, source)) for source in self.layout.loaded_sources())
        return {source: self.layout.snapshot(source, pointer.snapshot) for source, pointer in pointers if pointer}

    @cached_property
    def waiting(self) -> dict[str, Path]:
        """The folder of the normalised batch that is not loaded, by source: held, or between two verbs."""
        folders = {
            row.source: self.layout.normalized(row.source, row.run)
            for row in self.standings.values()
            if row.run and row.standing != "done"
        }
        return {source: folder for source, folder in folders.items() if (folder / "records.parquet").exists()}

    @cached_property
    def releases(self) -> list[str]:
        """Ids of the releases that are kept, newest first."""
        return self.layout.releases()[::-1]

    @cached_property
    def current_release(self) -> str | None:
        """Id of the current release, if there is one."""
        current = release.read(self.layout)
        return current.release if current else None

    def releases_with(self, identifier: str) -> dict[str, str]:
        """Which of the releases that are kept have a record, newest first, each with its fingerprint there."""
        files = {self.layout.release(name) / "records.parquet": name for name in self.releases}
        having = holding(self.layout, list(files), identifier)
        return {name: having[path] for path, name in files.items() if path in having}


def source(street: Street, source_id: str) -> Iterator[Step]:
    """Is the source known, is it asked, and what does its robots.txt say?"""
    row, known = street.standings.get(source_id), street.sources.get(source_id)
    last = row.last_success if row else None
    if known is None or row is None:
        says = f"{source_id} has no good file any more: nobody asks it, and its last good records stay."
        yield Step(station="source", passed=None, says=says, when=last, next="chm sources")
        return
    if known.status == "active":
        loaded = "and was loaded last" if last else "but was never loaded."
        yield Step(
            station="source",
            passed=last is not None,
            says=f"{known.id} is active, {loaded}",
            when=last,
            next=None if last else f"chm run {known.id}",
        )
    else:
        says = f"{known.id} is {known.status}: nobody asks it" + (", and its last good records stay." if last else ".")
        successor = f"chm find with an address of {known.superseded_by}" if known.superseded_by else None
        mend = f"Set `status: active` in {known.id}.yml, then: chm run {known.id}"
        yield Step(station="source", passed=None if last else False, says=says, when=last, next=successor or mend)
    yield from _robots(street, known)


def _robots(street: Street, known: Source) -> Iterator[Step]:
    for address in known.addresses:
        remembered = robots.remembered(street.layout.servers(), address)
        if remembered is None:
            continue
        when, allowed = remembered
        says = f"robots.txt {'lets us ask' if allowed else 'asks us to stay away from'} {address}"
        advice = None if allowed else f"Write to the site's contact ({known.contact or 'its file names none'})."
        yield Step(station="robots", passed=allowed, says=says, when=when, next=advice)


def harvest(street: Street, source_id: str) -> Iterator[Step]:
    """How the latest run of a source stands, and what its harvests could not read."""
    row = street.standings.get(source_id)
    if row is None or row.run is None:
        return
    failed = row.standing in ("failed", "interrupted", "held")
    says = " ".join(row.reasons) or f"The latest run ({row.run}) is {row.standing}."
    yield Step(
        station="held" if row.standing == "held" else "harvest",
        passed=not failed,
        says=says,
        when=row.started,
        next=_after(row),
    )
    loaded = reports.last_loaded(street.layout, source_id)
    if loaded and loaded.load.gaps:
        says = f"{len(loaded.load.gaps)} windows could not be read yet."
        yield Step(station="harvest", passed=False, says=says, next=f"chm harvest {source_id} --gaps")
    elif loaded and loaded.load.last_full_at and not failed:
        says = "The whole list was read last, and what changed since then."
        yield Step(
            station="harvest",
            passed=True,
            says=says,
            when=loaded.load.last_full_at,
            next=f"chm run {source_id} --full",
        )


def _after(row: SourceStatus) -> str | None:
    match row.standing:
        case "held":
            return f"chm plan {row.source}"
        case "failed" | "interrupted" | "open" | "rejected":
            return f"chm run {row.source}"
        case _:
            return None


def received(sighting: Sighting) -> Step:
    """Which run and page of the raw answers it came with."""
    when = datetime.fromisoformat(sighting.received)
    says = f"It came in run {sighting.run}, page {sighting.raw_page}."
    return Step(station="received", passed=True, says=says, when=when)


def normalised(source_id: str, name: str, folders: list[Path], *, readable: bool) -> Step:
    """The issues of a record of the source's identifier `name`, in the first of the batches that has any."""
    found: list[tuple[str, int]] = []
    for folder in folders:
        path = folder / "issues.parquet"
        if path.exists() and not found:
            found = duckdb.execute(_ISSUES, [str(path), name]).fetchall()
    shown = ", ".join(f"{count} {code}" for code, count in found[:_MOST_ISSUES])
    more = f" and {len(found) - _MOST_ISSUES} codes more" if len(found) > _MOST_ISSUES else ""
    if readable:
        says = f"It became a record, with {shown}{more}." if found else "It became a record, without any issue."
        return Step(station="normalised", passed=True, says=says)
    says = f"It came, and no record could be made of it ({shown or 'in quarantine'}{more})."
    return Step(station="normalised", passed=False, says=says, next=f"chm gaps {source_id}")


def held(street: Street, sighting: Sighting, *, is_current: bool) -> Step | None:
    """Whether it waits in a batch that is not loaded, or a newer version of it does."""
    row = street.standings[sighting.source]
    what = "A newer version of it" if is_current else "It"
    if row.standing == "held":
        says = f"{what} is in run {row.run}, which is held: {' '.join(row.reasons)}"
    elif row.standing == "rejected":
        says = f"{what} is in run {row.run}, which a person rejected; the next harvest asks for it again."
    else:
        says = f"{what} is in run {row.run}, which is not loaded yet ({row.standing})."
    return Step(station="held", passed=None if is_current else False, says=says, when=row.started, next=_after(row))


def loaded(street: Street, sighting: Sighting) -> Step:
    """It is among the current records of its source, since the first load of what it is now; sweeps may miss it."""
    load = reports.read(street.layout, Batch(sighting.source, sighting.run), LoadReport)
    says = f"It is among the current records of {sighting.source}."
    absences = street.snapshots[sighting.source] / "absences.parquet"
    if absences.exists():
        rows = pq.read_table(absences, filters=[("identifier", "==", sighting.identifier)]).to_pylist()
        says += "".join(
            f" Full sweeps have not shown it since {row['since']}; it goes after some days." for row in rows
        )
    return Step(station="loaded", passed=True, says=says, when=load.ended if load else None)


def buried(street: Street, stone: Mapping[str, Any]) -> Step:
    """It has a tombstone: why, since when, and how it may come back."""
    source_id, reason = stone["source"], stone["reason"]
    known = street.sources.get(source_id)
    successor = stone["successor"] or (known.superseded_by if known else None)
    following = {
        "moved": f"chm find {successor}" if successor else f"chm status {source_id}",
        "source_retired": f"chm status {successor or source_id}",
    }
    says = f"It was taken away, because {_REASONS.get(reason, reason)}."
    when = _moment(stone["buried"]) or _moment(stone["datestamp"])
    back = following.get(reason, f"chm run {source_id} --full")
    return Step(station="loaded", passed=False, says=says, when=when, next=back)


def withdrawn(street: Street, source_id: str, identifier: str | None) -> Step | None:
    """Whether a person took it, or its whole source, out of the index."""
    word = street.withdrawals.get((source_id, identifier)) or street.withdrawals.get((source_id, None))
    if word is None:
        return None
    what = "it" if word.record else f"all of {source_id}"
    says = f"{word.by} withdrew {what}{' and had it erased' if word.erase else ''}: {word.why}"
    restore = f'chm restore {word.record or source_id} --by NAME --why "..."'
    return Step(station="withdrawn", passed=False, says=says, when=word.at, next=restore)


def shared(sighting: Sighting) -> Step:
    """How much of it leaves the warehouse, and by which rule."""
    share, because = sighting.rights["share"], sighting.rights["because"]
    rule = _RULES.get(because, because)
    if because == "embargo":
        rule += f" until {sighting.rights['embargo']}"
    ways = {"full": "in full", "metadata": "title, terms and a summary", "link": "title and link alone", "none": "not"}
    mend = f"Look at `share` in {sighting.source}.yml, then: chm replay {sighting.source}" if share == "none" else None
    says = f"It is shared {ways.get(share, share)}, because {rule}."
    return Step(station="shared", passed=share != "none", says=says, next=mend)


def duplicate(street: Street, identifier: str) -> Step | None:
    """Whether the current release shows another route to the same document first."""
    if street.current_release is None:
        return None
    path = street.layout.release(street.current_release) / "duplicates.parquet"
    rows = pq.read_table(path, filters=[("identifier", "==", identifier)]).to_pylist()
    if not rows or rows[0]["preferred"] == identifier:
        return None
    why = ", ".join(f"{tie['by']} {tie['value']}" for tie in rows[0]["ties"])
    says = f"It is one document with {rows[0]['preferred']}, which is shown first ({why})."
    split = f'chm duplicates split {identifier} {rows[0]["preferred"]} --by NAME --why "..."'
    return Step(station="duplicate", passed=None, says=says, next=split)


def published(street: Street, releases: Mapping[str, str], waiting: str | None) -> Step:
    """Which releases have it; `waiting` is the fingerprint of what the next one would show, if it would show it."""
    now, names = street.current_release, list(releases)
    following = "chm publish" if waiting else None
    if now is None:
        return Step(station="published", passed=False, says="Nothing is published yet.", next=following)
    if now not in releases:
        says = f"It is not in the current release ({now})." + (f" It was last in {names[0]}." if names else "")
        return Step(station="published", passed=False, says=says, next=following)
    since = _release_time(street, names[-1])
    says = f"It is in the current release ({now})" + (f" and in {len(names) - 1} before." if names[1:] else ".")
    if waiting in (None, releases[now]):
        return Step(station="published", passed=True, says=says, when=since)
    return Step(
        station="published", passed=True, says=f"{says} The next will show it as it is now.", when=since, next=following
    )


def _release_time(street: Street, name: str) -> datetime | None:
    found = release.read(street.layout, name)
    return found.published if found else None


def _moment(text: str | None) -> datetime | None:
    """A moment or a day as sites write it, or None."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
