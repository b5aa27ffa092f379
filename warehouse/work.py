"""What the verbs do once `pipeline` has let them begin."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from harvesters import protocols
from harvesters.model import HarvestTask, State
from harvesters.source import Source
from normalizers.common_formats import judged
from normalizers.model import CommonRecord, Outcome, Tombstone
from normalizers.normalize import normalize
from warehouse import changes, plan, raw, release, reports
from warehouse.context import Warehouse
from warehouse.duck import connect
from warehouse.files import clear, new_folder, read_json, remove_folder, write_json
from warehouse.layout import Layout
from warehouse.model import (
    Batch,
    CurrentRelease,
    HarvestReport,
    LoadReport,
    NormalizeReport,
    Pointer,
    PublishReport,
    Release,
    Request,
    Task,
)
from warehouse.records import BatchWriter, Place
from warehouse.runs import Refused


def asks(source: Source) -> str:
    """The question that a source's file puts, as JSON; see `Task.asks`."""
    question = {
        "protocol": source.protocol,
        "addresses": source.addresses,
        "sets": source.sets,
        "options": source.options,
    }
    return msgspec.json.encode(question, order="sorted").decode()


def begun(layout: Layout, batch: Batch) -> Task | None:
    """What a run asks for, or None where it has not begun."""
    return read_json(layout.raw(batch.source, batch.run) / "task.json", Task)


def decide(warehouse: Warehouse, source: Source, batch: Batch, request: Request) -> Task:
    """What the run asks for: as decided when it began, else decided now and kept.

    Raises:
        Refused: the run was begun with another request, or before the source's file was changed.
    """
    if request.full and request.since:
        raise Refused(f"{source.id}: a full sweep has no `since`.", advice="Leave one of the two out.")
    if request.since and request.since > warehouse.clock.now():
        raise Refused(f"{source.id}: `since` lies in the future.", advice="Give a day that has been.")
    layout, question = warehouse.layout, asks(source)
    stored = begun(layout, batch)
    if stored:
        if stored.asks != question:
            cause = f"{source.id}: its protocol, address, sets or options were changed since run {batch.run} began."
            raise Refused(cause, advice="Begin a new run: leave `--run-id` out, or give another.")
        if request not in (Request(), stored.request):
            cause = f"{source.id}: run {batch.run} was begun with another since, full or limit."
            raise Refused(cause, advice="Finish it first (`chm run`), or begin a new one with `--run-id`.")
        return stored
    now, loaded = warehouse.clock.now(), _loaded(layout, source.id, question)
    watermark = loaded.load.watermark if loaded else None
    swept = loaded.load.last_full_at if loaded else None
    due = swept is None or now - swept >= timedelta(days=source.full_every)
    full = request.full or (due and request.since is None)
    since = None if full or watermark is None else watermark - timedelta(hours=source.overlap)
    task = Task(asks=question, request=request, started=now, since=None if full else request.since or since, full=full)
    write_json(layout.raw(source.id, batch.run) / "task.json", task)
    return task


def _loaded(layout: Layout, source: str, question: str) -> reports.Loaded | None:
    """The batch that was loaded last, if it answers the same question: else its clock and state mean nothing."""
    loaded = reports.last_loaded(layout, source)
    return loaded if loaded and loaded.harvest.asks == question else None


def ask(warehouse: Warehouse, source: Source, report: HarvestReport) -> HarvestReport:
    """Harvest page by page into the run's raw folder, from where an earlier process stopped."""
    layout = warehouse.layout
    loaded = _loaded(layout, source.id, report.asks)
    with raw.Writer(layout.raw(source.id, report.run)) as writer:
        so_far = writer.so_far
        if so_far.last:
            return replace(report, outcome="done")
        task = HarvestTask(source=source, since=report.since, full=report.full, limit=report.limit)
        state = State(loaded.harvest.kept if loaded else None, so_far.kept, so_far.resume)
        with warehouse.http(source) as http:
            for page in protocols.load(source.protocol).harvest(task, http, state):
                so_far = writer.append(page, state.kept)
                warehouse.watch("harvest", so_far.records)
    return replace(report, outcome="done")


def tally(report: HarvestReport, kept: raw.Kept) -> HarvestReport:
    """The report completed from the pages that lie on disk."""
    server_time = kept.facts.get("server_time")
    return replace(
        report,
        server_start=datetime.fromisoformat(server_time) if server_time else None,
        pages=kept.pages,
        records=kept.records,
        deleted=kept.deleted,
        bytes=kept.bytes,
        reached_end=report.outcome == "done" and kept.last,
        complete=report.outcome == "done" and kept.last and not kept.errors,
        window=bool(kept.facts.get("window")),
        issues=kept.issues,
        kept=kept.kept,
    )


def interpret(warehouse: Warehouse, source: Source, report: NormalizeReport) -> NormalizeReport:
    """Normalise the raw records of the report's runs, in order, into the batch's folder."""
    layout, terms = warehouse.layout, warehouse.terms
    count = _Count()
    with new_folder(layout.normalized(source.id, report.run)) as folder, BatchWriter(folder) as writer:
        for run in report.runs:
            for number, page in raw.read(layout.raw(source.id, run)):
                for issue in page.issues:
                    writer.add_issue(issue, Place(run, number, count.sequence))
                for record in page.records:
                    count.sequence += 1
                    outcome = judged(normalize(record, source, terms))
                    count.add(outcome)
                    writer.add(outcome, Place(run, number, count.sequence))
                warehouse.watch("normalize", count.sequence)
    return replace(
        report,
        outcome="done",
        records=count.records,
        tombstones=count.tombstones,
        unreadable=count.unreadable,
        issues=dict(count.issues),
        unused=dict(count.unused),
    )


class _Count:
    """What became of a batch's raw records."""

    def __init__(self) -> None:
        self.sequence = self.records = self.tombstones = self.unreadable = 0
        self.issues: Counter[str] = Counter()
        self.unused: Counter[str] = Counter()

    def add(self, outcome: Outcome) -> None:
        self.records += isinstance(outcome.record, CommonRecord)
        self.tombstones += isinstance(outcome.record, Tombstone)
        self.unreadable += outcome.record is None
        for issue in outcome.issues:
            self.issues[issue.code] += 1
        for name, number in outcome.unused.items():
            self.unused[name] += number


def apply(warehouse: Warehouse, source: Source, batch: Batch, report: LoadReport) -> LoadReport:
    """Plan, judge, and where it passes write the new snapshot and move the pointer."""
    layout, pointer = warehouse.layout, reports.pointer(warehouse.layout, source.id)
    if pointer and batch.run in (pointer.run, pointer.snapshot):
        return replace(report, outcome="done", failure=None)  # killed after the pointer moved, before the receipt
    harvested = reports.read(layout, batch, HarvestReport)
    sweep = harvested is not None and harvested.full and harvested.complete and not harvested.window
    current = layout.snapshot(source.id, pointer.snapshot) if pointer else None
    with connect(layout.scratch()) as connection:
        counts = plan.draw(connection, current, layout.normalized(source.id, batch.run), sweep=sweep)
        held = plan.judge(counts, source)
        if held:
            return replace(report, outcome="held", counts=counts, held=held, failure=None)
        snapshot = batch.run if pointer is None or plan.alters(connection) else pointer.snapshot
        if snapshot == batch.run:
            with new_folder(layout.snapshot(source.id, snapshot)) as folder:
                changes.write_snapshot(connection, folder)
            changes.write_changes(connection, layout.changes(source.id, batch.run))
    report = replace(_marks(layout, report, harvested), snapshot=snapshot, counts=counts, failure=None)
    reports.write(layout, report)  # what a crash from here on needs to finish
    run = batch.run if harvested or pointer is None else pointer.run
    moved = Pointer(snapshot=snapshot, run=run, name=source.name, government=source.government)
    write_json(layout.pointer(source.id), moved)
    return replace(report, outcome="done")


def _marks(layout: Layout, report: LoadReport, harvested: HarvestReport | None) -> LoadReport:
    """The report with its watermark and last full sweep, which a list that was cut, or a gap before it, leaves alone.

    A record that was lost by name (an issue, its bytes kept) does not: else one bad record would make every day a
    full sweep.
    """
    last = reports.last_loaded(layout, report.source)
    loaded = _loaded(layout, report.source, harvested.asks) if harvested else last
    watermark = loaded.load.watermark if loaded else None
    swept = loaded.load.last_full_at if loaded else None
    if harvested and harvested.reached_end:
        gap = harvested.since is not None and (watermark is None or harvested.since > watermark)
        watermark = watermark if gap else harvested.server_start or harvested.started
        swept = harvested.started if harvested.full else swept
    return replace(report, watermark=watermark, last_full_at=swept)


def publish(warehouse: Warehouse, report: PublishReport) -> PublishReport:
    """Write a release, make it current, and drop those beyond `CHM_KEEP_RELEASES`."""
    layout = warehouse.layout
    clear(layout.current_release().parent)
    name = report.release or _new_release(layout, report.started)
    written = release.read(layout, name) or _build(warehouse, replace(report, release=name))
    write_json(layout.current_release(), CurrentRelease(release=name))
    others = [other for other in reversed(layout.releases()) if other != name]
    for old in others[warehouse.settings.keep_releases - 1 :]:
        remove_folder(layout.release(old))
    return replace(report, outcome="done", release=name, records=written.records)


def _build(warehouse: Warehouse, report: PublishReport) -> Release:
    layout, name = warehouse.layout, str(report.release)
    reports.write(layout, report)  # a publication that is killed goes on with this release, not with another
    states = release.gather(layout)
    draft = Release(
        release=name,
        published=report.started,
        records=sum(state.records for state in states),
        deleted=sum(state.deleted for state in states),
        sources=states,
        files=(),
    )
    with new_folder(layout.release(name)) as folder:
        return release.write(layout, draft, folder)


def is_fresh(warehouse: Warehouse, now: datetime) -> bool:
    """Whether the current release is younger than `CHM_PUBLISH_MIN_INTERVAL`."""
    current = release.read(warehouse.layout)
    return current is not None and now - current.published < timedelta(minutes=warehouse.settings.publish_min_interval)


def _new_release(layout: Layout, started: datetime) -> str:
    """An id that sorts by time and is not taken: 20260301T060000Z, then 20260301T060000Z-002."""
    name = started.strftime("%Y%m%dT%H%M%SZ")
    taken = [release for release in layout.releases() if release.startswith(name)]
    if not taken:
        return name
    return f"{name}-{int(taken[-1].removeprefix(name)[1:] or 1) + 1:03}"
