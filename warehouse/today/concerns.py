"""Finds what an operator should see to, in the reports alone: held, failing, gone, moved, late, gaps, terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

import pyarrow.parquet as pq
from croniter import croniter
from msgspec.structs import replace

from harvesters.errors import SourceError
from harvesters.politeness import server_of
from harvesters.source import Source
from warehouse import reports, status
from warehouse.assessing import quality
from warehouse.context import Warehouse, read_sources
from warehouse.layout import Layout
from warehouse.model import Batch, HarvestReport, LoadReport, NormalizeReport, SourceStatus
from warehouse.today.digest import WORST_FIRST, Concern, Digest, Kind, Look
from warehouse.withdrawing import withdrawals

_LATE = timedelta(hours=6)  # a turn missed by less may still be waiting for its server
_GONE = re.compile(r"\b(404|410)\b|the name \S+ is not known")
_ADDRESS = re.compile(r"https?://\S+")  # differs between two sources of one server that fail alike


def gather(warehouse: Warehouse, last: Look | None, since: datetime | None = None) -> Digest:
    """Everything to see to now. New is what was not there at the `last` look, or what began after `since`.

    Raises:
        Damaged: a file of the warehouse cannot be read.
    """
    layout, now = warehouse.layout, warehouse.clock.now()
    found, errors = read_sources(warehouse.settings)
    withdrawn = withdrawals.in_force(layout)
    sources = {source.id: source for source in found if not withdrawn.of_source(source.id)}
    rows = [row for row in status.of_all(layout, found) if not withdrawn.of_source(row.source)]
    known = Look(at=since) if since else last
    unmatched = sum(
        measured.unmatched for source in layout.loaded_sources() if (measured := quality.of(layout, source).latest)
    )
    concerns = [
        *_held(layout, rows),
        *_failing(layout, [row for row in rows if row.again is None or row.again <= now], sources),
        *_broken(errors),
        *_moved(layout, rows, sources),
        *_late(rows, sources, now),
        *_gaps(layout, sources),
        *_terms(unmatched, known.unmatched if known else 0),
    ]
    told = [_dated(concern, known, now, by_date=since is not None) for concern in concerns]
    told.sort(key=lambda each: (WORST_FIRST.index(each.kind), -len(each.sources), -(each.days or 0), each.key))
    open_keys = {concern.key for concern in told}
    return Digest(
        at=now,
        since=known.at if known else None,
        concerns=tuple(told),
        mended=tuple(says for key, says in known.concerns.items() if key not in open_keys) if known else (),
        unmatched=unmatched,
        unverified=sum(map(status.is_untried, rows)),
    )


def _dated(concern: Concern, known: Look | None, now: datetime, *, by_date: bool) -> Concern:
    if known is None:
        is_new = True
    elif by_date:
        is_new = concern.since is None or concern.since >= known.at
    else:
        is_new = concern.key not in known.concerns
    days = max((now - concern.since).days, 0) if concern.since else None
    return replace(concern, is_new=is_new, days=days)


def _held(layout: Layout, rows: Iterable[SourceStatus]) -> Iterator[Concern]:
    for row in rows:
        if row.standing == "held":
            yield Concern(
                kind="held",
                key=f"held {row.source}",
                says=" ".join(row.reasons),
                sources=(row.source,),
                next=f"chm plan {row.source}",
                since=_began(layout, row, lambda outcomes: "held" in outcomes),
            )


def _failing(layout: Layout, rows: Iterable[SourceStatus], sources: dict[str, Source]) -> Iterator[Concern]:
    """One concern a cause: sources of one server that fail with the same words are one.

    One that waits for a time that its server or its site has set is none.
    """
    groups: dict[tuple[str, str], list[SourceStatus]] = {}
    for row in rows:
        source = sources.get(row.source)
        if row.standing not in ("failed", "interrupted") or (source and source.status != "active"):
            continue
        server = server_of(source) if source else row.source
        groups.setdefault((server, _ADDRESS.sub("", _reason(row).replace(row.source, ""))), []).append(row)
    for (server, shape), failing in groups.items():
        reason, several = _reason(failing[0]), len(failing) > 1
        first = failing[0].source
        yield Concern(
            kind="gone" if _GONE.search(shape) else "failing",
            key=f"failing {server} {shape}",
            says=f"{server}: {len(failing)} sources fail alike. {reason}" if several else f"{first}: {reason}",
            sources=tuple(row.source for row in failing),
            next=f"chm check {first}" if several else f"chm run {first}",
            since=min(filter(None, (_began(layout, row, _is_bad) for row in failing)), default=None),
        )


def _reason(row: SourceStatus) -> str:
    if row.reasons:
        return " ".join(reason.removeprefix(f"{row.source}: ") for reason in row.reasons)
    return "Its latest run was interrupted; the same command goes on where it stopped."


def _is_bad(outcomes: set[str]) -> bool:
    return bool(outcomes & {"failed", "running"})


def _began(layout: Layout, row: SourceStatus, is_bad: Callable[[set[str]], bool]) -> datetime | None:
    """When the first of the source's latest runs began that are bad one after the other."""
    began = row.started
    for batch in reversed(reports.runs(layout, row.source)):
        harvest, load = reports.read(layout, batch, HarvestReport), reports.read(layout, batch, LoadReport)
        normalize = reports.read(layout, batch, NormalizeReport)
        done = [report for report in (harvest, normalize, load) if report]
        if not is_bad({report.outcome for report in done}):
            break
        began = done[0].started
    return began


def _broken(errors: Iterable[SourceError]) -> Iterator[Concern]:
    for error in errors:
        sources = (error.source,) if error.source else ()
        key = f"broken {error.source or error.cause}"
        yield Concern(kind="broken", key=key, says=str(error), sources=sources, next="chm sources")


def _moved(layout: Layout, rows: Iterable[SourceStatus], sources: dict[str, Source]) -> Iterator[Concern]:
    for row in rows:
        if row.source not in sources or row.run is None or "address_moved" not in row.issues_by_code:
            continue
        target = _new_address(layout, Batch(row.source, row.run))
        where = f"to {target}: put that into {row.source}.yml" if target else f"for good: mend {row.source}.yml"
        yield Concern(
            kind="moved",
            key=f"moved {row.source} {target}",
            says=f"{row.source}: its address moved {where}.",
            sources=(row.source,),
            next=f"chm check {row.source}",
            since=row.started,
        )


def _new_address(layout: Layout, batch: Batch) -> str | None:
    path = layout.normalized(batch.source, batch.run) / "issues.parquet"
    if not path.exists():
        return None
    rows = pq.read_table(path, columns=["value"], filters=[("code", "==", "address_moved")]).to_pylist()
    return rows[0]["value"] if rows else None


def _late(rows: Iterable[SourceStatus], sources: dict[str, Source], now: datetime) -> Iterator[Concern]:
    """Overdue sources are one concern, and those never asked another: the cause is most likely one scheduler."""
    never: list[str] = []
    overdue: list[tuple[datetime, str]] = []
    for row in rows:
        source = sources.get(row.source)
        if source is None or source.cron is None or row.standing in ("busy", "failed", "interrupted"):
            continue  # a run that failed keeps the time of its first try, and is told as such
        turn: datetime = croniter(source.cron, now - _LATE).get_prev(datetime)
        if row.started is None:
            never.append(row.source)
        elif max(row.started, row.last_success or row.started) < turn:
            overdue.append((turn, row.source))
    if never:
        says = f"{_count(never)} active and {'was' if len(never) == 1 else 'were'} never harvested."
        yield _by_schedule("never", says, never, None)
    if overdue:
        names = [source for _, source in sorted(overdue)]
        says = f"{_count(names)} overdue. Does Airflow's scheduler run, and is every DAG switched on?"
        yield _by_schedule("late", says, names, min(overdue)[0])


def _count(names: list[str]) -> str:
    return f"{names[0]} is" if len(names) == 1 else f"{len(names)} sources are"


def _by_schedule(key: str, says: str, names: list[str], since: datetime | None) -> Concern:
    kind: Kind = "late"
    return Concern(kind=kind, key=key, says=says, sources=tuple(names), next=f"chm run {names[0]}", since=since)


def _gaps(layout: Layout, sources: Iterable[str]) -> Iterator[Concern]:
    for source in sorted({*sources} & {*layout.loaded_sources()}):
        loaded = reports.last_loaded(layout, source)
        if loaded is None or not (loaded.load.gaps or loaded.harvest.quarantined):
            continue
        windows, records = len(loaded.load.gaps), loaded.harvest.quarantined
        told = [f"{windows} windows of its list"] if windows else []
        told += [f"{records} records"] if records else []
        yield Concern(
            kind="gaps",
            key=f"gaps {source}",
            says=f"{source}: {' and '.join(told)} could not be read.",
            sources=(source,),
            next=f"chm gaps {source}",
            since=loaded.load.ended,
        )


def _terms(unmatched: int, before: int) -> Iterator[Concern]:
    if unmatched > before:
        more = f", {unmatched - before} more than at the last look" if before else ""
        says = f"{unmatched} keywords of records name no concept{more}."
        yield Concern(kind="terms", key="terms", says=says, sources=(), next="chm terms")
