"""What a load leaves for the next harvest: from when to ask, what to ask for again, and when to sweep it all."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from harvesters.source import Source
from warehouse import gaps, reports
from warehouse.counts import Counts
from warehouse.layout import Layout
from warehouse.model import HarvestReport, LoadReport
from warehouse.reports import Loaded

_BOUNDS = 4  # the days between two sweeps grow and shrink to so many times `full_every`, and to that part of it
_FEW = 10  # records; of fewer it says nothing that all of them came


def answering(layout: Layout, source: str, question: str) -> Loaded | None:
    """The batch that was loaded last, if it answers the same question: else its clock and state mean nothing."""
    loaded = reports.last_loaded(layout, source)
    return loaded if loaded and loaded.harvest.asks == question else None


def is_sweep_due(source: Source, load: LoadReport | None, now: datetime) -> bool:
    """Whether a full sweep is due after what was loaded last."""
    if load is None or load.last_full_at is None:
        return True
    return now - load.last_full_at >= timedelta(days=_within_bounds(source, load.sweep_every or source.full_every))


def set_marks(layout: Layout, source: Source, report: LoadReport, harvested: HarvestReport | None) -> LoadReport:
    """The report with its watermark, gaps and last sweep.

    A window that could not be read is a gap and holds nothing up, and neither does a record that was lost by name (an
    issue, its bytes kept): else one bad record would make every day a full sweep. A harvest that was cut, a leap before
    it, or one that only filled gaps leaves watermark and sweep alone.
    """
    last = reports.last_loaded(layout, report.source)
    loaded = answering(layout, report.source, harvested.asks) if harvested else last
    before = loaded.load if loaded else replace(report, watermark=None)
    watermark, swept, every = before.watermark, before.last_full_at, before.sweep_every
    if harvested and not harvested.gaps_only and (harvested.reached_end or _asked_all(harvested)):
        leap = harvested.since is not None and (watermark is None or harvested.since > watermark)
        watermark = watermark if leap else harvested.server_start or harvested.started
        if harvested.full:
            swept, every = harvested.started, _next_interval(source, before, report, harvested)
    left = gaps.left(before.gaps, harvested) if harvested else before.gaps
    return replace(report, watermark=watermark, last_full_at=swept, sweep_every=every, gaps=left)


def remarks(harvested: HarvestReport | None, counts: Counts) -> tuple[str, ...]:
    """What is odd about a batch as a whole, in words."""
    increment = harvested is not None and harvested.since is not None and not harvested.gaps_only
    if increment and counts.seen >= max(counts.live_before, _FEW) and counts.unchanged * 10 >= counts.seen * 9:
        remark = (
            f"Asked for what is new, the site answered everything: {counts.seen} records, of which {counts.unchanged} "
            "are as they were. Tell its administrator; a longer `schedule` spares both sides."
        )
        return (remark,)
    return ()


def _asked_all(harvested: HarvestReport) -> bool:
    return bool(harvested.windows) and harvested.limit is None


def _next_interval(source: Source, before: LoadReport, report: LoadReport, harvested: HarvestReport) -> int:
    """Days to the next sweep: half as many where the increments missed something, twice as many where nothing.

    What a site no longer shows without a word (`absent`) is known by sweeps alone, so they do not grow rarer then. The
    first sweep says nothing of increments.
    """
    every = before.sweep_every or source.full_every
    if before.last_full_at is None:
        return source.full_every
    if report.missed:
        every //= 2
    elif harvested.complete and not report.counts.absent:
        every *= 2
    return _within_bounds(source, every)


def _within_bounds(source: Source, days: int) -> int:
    return min(max(days, 1, source.full_every // _BOUNDS), source.full_every * _BOUNDS)
