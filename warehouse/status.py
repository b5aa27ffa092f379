"""How every source stands, read back from the reports alone: what operators look at first."""

from __future__ import annotations

from collections import Counter
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
    protocol: str = ""
    status: str = "no file"
    standing: Standing = "never"
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
    """The status of each source by id, those included that only the warehouse knows: their file is gone or broken."""
    known = {source.id: _about(source) for source in sources}
    for source in layout.loaded_sources():
        pointer = reports.pointer(layout, source)
        if source not in known and pointer:
            known[source] = SourceStatus(source=source, name=pointer.name, government=pointer.government)
    return [_standing_of(layout, known[source]) for source in sorted(known)]


def of(layout: Layout, source: Source) -> SourceStatus:
    """The status of one source."""
    return _standing_of(layout, _about(source))


def _about(source: Source) -> SourceStatus:
    return SourceStatus(
        source=source.id,
        name=source.name,
        government=source.government,
        protocol=source.protocol,
        status=source.status,
    )


def _standing_of(layout: Layout, about: SourceStatus) -> SourceStatus:
    loaded, latest = reports.last_loaded(layout, about.source), _latest(layout, about.source)
    if latest is None:
        return about
    harvest = reports.read(layout, latest, HarvestReport)
    normalize = reports.read(layout, latest, NormalizeReport)
    load = reports.read(layout, latest, LoadReport)
    done = [report for report in (harvest, normalize, load) if report]
    issues: Counter[str] = Counter()
    for counted in (harvest, normalize):
        issues.update(counted.issues if counted else {})
    reasons = [f"{report.failure.cause} {report.failure.advice}" for report in done if report.failure]
    live, deleted = reports.snapshot_counts(layout, about.source)
    return replace(
        about,
        standing=_standing(layout, latest, [report.outcome for report in done], finished=load is not None),
        run=latest.run,
        started=done[0].started,
        seconds=sum(report.seconds for report in done),
        counts=load.counts if load else Counts(seen=harvest.records + harvest.deleted if harvest else 0),
        issues=issues.total(),
        issues_by_code=dict(issues),
        reasons=(*reasons, *(load.held if load else ())),
        live=live,
        deleted=deleted,
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
