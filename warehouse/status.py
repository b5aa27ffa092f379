"""How every source stands, read back from the reports alone: what operators look at first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec.structs import replace

from harvesters.source import Source
from warehouse import reports, runs
from warehouse.counts import Counts
from warehouse.files import Damaged
from warehouse.layout import Layout
from warehouse.model import Batch, HarvestReport, LoadReport, NormalizeReport, SourceStatus, Standing


def of_all(layout: Layout, sources: Iterable[Source]) -> list[SourceStatus]:
    """The status of each source by id, those included that only the warehouse knows: their file is gone or broken.

    Of a source that was never asked nothing is read.
    """
    known = {source.id: _about(source) for source in sources}
    for source in layout.loaded_sources():
        if source not in known and (pointer := reports.pointer(layout, source)):
            known[source] = SourceStatus(source=source, name=pointer.name, government=pointer.government)
    left = {*layout.sources(), *layout.loaded_sources()}
    return [_status(layout, about) if source in left else about for source, about in sorted(known.items())]


def is_untried(row: SourceStatus) -> bool:
    """Whether nobody has looked at the source yet, so that there is nothing to tell of it."""
    return row.status == "unverified" and row.standing == "never"


def of(layout: Layout, source: Source) -> SourceStatus:
    """The status of one source."""
    return _status(layout, _about(source))


def _about(source: Source) -> SourceStatus:
    return SourceStatus(
        source=source.id,
        name=source.name,
        government=source.government,
        protocol=source.protocol,
        status=source.status,
    )


def _status(layout: Layout, about: SourceStatus) -> SourceStatus:
    try:
        return _standing_of(layout, about)
    except Damaged as error:  # one source's broken report hides no other source
        return replace(about, standing="failed", reasons=(str(error),))


def _standing_of(layout: Layout, about: SourceStatus) -> SourceStatus:
    current, latest = reports.pointer(layout, about.source), _latest(layout, about.source)
    loaded = reports.loaded_by(layout, about.source, current) if current else None
    live, deleted = reports.snapshot_counts(layout, about.source, current.snapshot) if current else (0, 0)
    about = replace(about, live=live, deleted=deleted, last_success=loaded.load.ended if loaded else None)
    if latest is None:
        return about
    harvest = reports.read(layout, latest, HarvestReport)
    normalize = reports.read(layout, latest, NormalizeReport)
    load = reports.read(layout, latest, LoadReport)
    done = [report for report in (harvest, normalize, load) if report]
    issues: Counter[str] = Counter()
    notes = 0
    for counted in (harvest, normalize):
        issues.update(counted.issues if counted else {})
        notes += sum(counted.notes.values()) if counted else 0
    reasons = [f"{report.failure.cause} {report.failure.advice}" for report in done if report.failure]
    standing = _standing(layout, latest, [report.outcome for report in done], finished=load is not None)
    if standing == "interrupted" and (died := runs.owner(layout, about.source)):
        reasons.append(f"Its process {died} ended without a word; the same command goes on.")
    return replace(
        about,
        standing=standing,
        run=latest.run,
        started=done[0].started,
        seconds=sum(report.seconds for report in done),
        counts=load.counts if load else Counts(seen=harvest.records + harvest.deleted if harvest else 0),
        issues=issues.total() - notes,
        notes=notes,
        issues_by_code=dict(issues),
        again=harvest.failure.again if harvest and harvest.failure else None,
        reasons=(*reasons, *(load.held if load else ())),
    )


def _latest(layout: Layout, source: str) -> Batch | None:
    known = reports.runs(layout, source)
    return known[-1] if known else None


def _standing(layout: Layout, batch: Batch, outcomes: list[str], *, finished: bool) -> Standing:
    if "running" in outcomes:
        return "busy" if runs.is_busy(layout, batch.source) else "interrupted"
    if "failed" in outcomes:
        return "failed"
    for ended in ("stopped", "held", "rejected"):
        if ended in outcomes:
            return ended
    return "done" if finished else "open"
