"""How every source stands, read back from the reports alone: what operators look at first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from harvesters.source import Source
from warehouse import reports, runs
from warehouse.layout import Layout
from warehouse.model import SCHEMA_VERSION, Batch, Counts, HarvestReport, LoadReport, NormalizeReport

Standing = Literal["never", "busy", "interrupted", "failed", "held", "open", "done"]


class SourceStatus(Struct, frozen=True, kw_only=True):
    """One source: its latest run (`counts`, `issues`, `seconds`), and since when its records are good.

    `standing` is how the latest run stands: `open` waits for its next verb, `interrupted` was killed and goes on
    with the same command. `live` and `deleted` count what readers see, whatever became of the latest run.
    """

    source: str
    name: str
    government: str | None
    protocol: str
    status: str
    standing: Standing
    run: str | None = None
    started: datetime | None = None
    seconds: float = 0.0
    counts: Counts = Counts()
    issues: int = 0
    issues_by_code: dict[str, int] = {}
    reasons: tuple[str, ...] = ()
    live: int = 0
    deleted: int = 0
    last_success: datetime | None = None
    schema_version: int = SCHEMA_VERSION


def of_all(layout: Layout, sources: Iterable[Source]) -> list[SourceStatus]:
    """The status of each source, in the order given."""
    return [of(layout, source) for source in sources]


def of(layout: Layout, source: Source) -> SourceStatus:
    """The status of one source."""
    loaded, latest = reports.last_loaded(layout, source.id), _latest(layout, source.id)
    about = SourceStatus(
        source=source.id,
        name=source.name,
        government=source.government,
        protocol=source.protocol,
        status=source.status,
        standing="never",
    )
    if latest is None:
        return about
    harvest = reports.read(layout, latest, HarvestReport)
    normalize = reports.read(layout, latest, NormalizeReport)
    load = reports.read(layout, latest, LoadReport)
    done = [report for report in (harvest, normalize, load) if report]
    issues: dict[str, int] = {}
    for counted in (harvest, normalize):
        for code, count in counted.issues.items() if counted else ():
            issues[code] = issues.get(code, 0) + count
    reasons = [f"{report.failure.cause} {report.failure.advice}" for report in done if report.failure]
    good = reports.snapshot_counts(layout, source.id)
    return replace(
        about,
        standing=_standing(layout, latest, [report.outcome for report in done], finished=load is not None),
        run=latest.run,
        started=done[0].started,
        seconds=sum(report.seconds for report in done),
        counts=load.counts if load else Counts(seen=harvest.records + harvest.deleted if harvest else 0),
        issues=sum(issues.values()),
        issues_by_code=issues,
        reasons=(*reasons, *(load.held if load else ())),
        live=good[0],
        deleted=good[1],
        last_success=loaded.load.ended if loaded else None,
    )


def _latest(layout: Layout, source: str) -> Batch | None:
    known = reports.runs(layout, source)
    return known[-1] if known else None


def _standing(layout: Layout, batch: Batch, outcomes: list[str], *, finished: bool) -> Standing:
    if "running" in outcomes:
        return "busy" if runs.is_busy(layout, batch.source) else "interrupted"
    if "failed" in outcomes:
        return "failed"
    if "held" in outcomes:
        return "held"
    return "done" if finished else "open"
