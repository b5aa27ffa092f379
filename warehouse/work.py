"""What the verbs do once `pipeline` has let them begin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from msgspec.structs import replace

from harvesters import protocols
from harvesters.model import HarvestTask, State
from harvesters.source import Source
from normalizers.common_formats import judged
from normalizers.model import CommonRecord, Outcome, Tombstone
from normalizers.normalize import normalize
from normalizers.terms import terms_of
from warehouse import gaps, marks, pointers, raw, release, reports, stops
from warehouse.context import Warehouse, read_sources
from warehouse.edition import Edition
from warehouse.files import clear, new_folder, read_json, remove_folder, write_json
from warehouse.index_documents import Index
from warehouse.layout import Layout
from warehouse.mapping.terms import open_vocabularies, vocabulary_files
from warehouse.mending import seals
from warehouse.model import (
    Batch,
    CurrentRelease,
    HarvestReport,
    NormalizeReport,
    PublishReport,
    Release,
    Request,
    Task,
)
from warehouse.past.predecessors import keeper_of_stamps, last_whole
from warehouse.records import BatchWriter, Place
from warehouse.runs import Refused
from warehouse.withdrawing import redaction, withdrawals
from warehouse.withdrawing.hidden import Hidden, hidden


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
    if request.gaps and (request.full or request.since):
        raise Refused(f"{source.id}: gaps are windows of their own.", advice="Leave `--full` and `--since` out.")
    if request.since and request.since > warehouse.clock.now():
        raise Refused(f"{source.id}: `since` lies in the future.", advice="Give a day that has been.")
    layout, question = warehouse.layout, asks(source)
    stored = begun(layout, batch)
    if stored:
        if stored.asks != question:
            cause = f"{source.id}: its protocol, address, sets or options were changed since run {batch.run} began."
            raise Refused(cause, advice="Begin a new run: leave `--run-id` out, or give another.")
        if request not in (Request(), stored.request):
            cause = f"{source.id}: run {batch.run} was begun with another since, full, limit or gaps."
            raise Refused(cause, advice="Finish it first (`chm run`), or begin a new one with `--run-id`.")
        return stored
    last = reports.last_loaded(layout, source.id)
    now = reports.no_earlier(warehouse.clock.now(), last.harvest.started if last else None)
    task = _new(source, request, marks.answering(layout, source.id, question), now)
    write_json(layout.raw(source.id, batch.run) / "task.json", task)
    return task


def _new(source: Source, request: Request, loaded: reports.Loaded | None, now: datetime) -> Task:
    question, load = asks(source), loaded.load if loaded else None
    known = load.gaps if load else ()
    if request.gaps:
        if not known:
            raise Refused(
                f"{source.id} has no gaps to fill.", advice=f"`chm harvest {source.id}` asks for what is new."
            )
        return Task(asks=question, request=request, started=now, since=None, full=False, windows=known)
    full = request.full or (request.since is None and marks.is_sweep_due(source, load, now))
    since = request.since
    if since is None and load and load.watermark:
        since = load.watermark - timedelta(hours=source.overlap)
    return Task(
        asks=question,
        request=request,
        started=now,
        since=None if full else since,
        full=full,
        windows=gaps.to_ask(known) if request.limit is None else (),
    )


def ask(warehouse: Warehouse, source: Source, report: HarvestReport) -> HarvestReport:
    """Harvest page by page into the run's raw folder, from where an earlier process stopped."""
    layout = warehouse.layout
    loaded = marks.answering(layout, source.id, report.asks)
    asked, erased = begun(layout, Batch(source.id, report.run)), withdrawals.in_force(layout).erased(source.id)
    with raw.Writer(layout.raw(source.id, report.run)) as writer:
        so_far = writer.so_far
        if so_far.last:
            return replace(report, outcome="done")
        task = HarvestTask(
            source=source,
            since=report.since,
            full=report.full,
            limit=report.limit,
            windows=asked.windows if asked else (),
            gaps_only=report.gaps_only,
        )
        state = State(loaded.harvest.kept if loaded else None, so_far.kept, so_far.resume, so_far.windows.values())
        with warehouse.http(source) as http:
            for page in protocols.load(source.protocol).harvest(task, http, state):
                so_far = writer.append(redaction.redacted(page, source.id, erased), state.news())
                warehouse.watch("harvest", so_far.records)
                if not so_far.last and (word := stops.in_force(layout).get(source.id)):
                    return replace(report, outcome="stopped", failure=stops.told(word))
    return replace(report, outcome="done")


def tally(report: HarvestReport, kept: raw.Kept) -> HarvestReport:
    """The report completed from the pages that lie on disk."""
    server_time = kept.facts.get("server_time")
    incomplete = tuple(_why_incomplete(report, kept))
    return replace(
        report,
        server_start=datetime.fromisoformat(server_time) if server_time else None,
        pages=kept.pages,
        records=kept.records,
        deleted=kept.deleted,
        bytes=kept.bytes,
        reached_end=report.outcome == "done" and kept.last,
        complete=not incomplete,
        incomplete=incomplete,
        window=bool(kept.facts.get("window")),
        windows=tuple(kept.windows.values()),
        quarantined=kept.quarantined,
        issues=kept.issues,
        notes=kept.notes,
        kept=kept.kept,
    )


def _why_incomplete(report: HarvestReport, kept: raw.Kept) -> Iterator[str]:
    if report.outcome != "done":
        yield "the harvest did not end well"
    unread = sum(row.status != "done" for row in kept.windows.values())
    if unread:
        yield f"{unread} of {len(kept.windows)} windows could not be read to their ends"
    elif not kept.last:
        yield "the list did not reach its end"
    if kept.quarantined:
        yield f"{kept.quarantined} records cannot be read and are in quarantine"
    if kept.errors:
        yield f"{kept.errors} issues tell of a loss"


def interpret(warehouse: Warehouse, source: Source, report: NormalizeReport) -> NormalizeReport:
    """Normalise the raw records of the report's runs, in order, into the batch's folder."""
    layout, terms = warehouse.layout, warehouse.terms
    count = _Count()
    with new_folder(layout.normalized(source.id, report.run)) as folder:
        with BatchWriter(folder) as writer:
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
        seals.seal(folder)
    return replace(
        report,
        outcome="done",
        records=count.records,
        tombstones=count.tombstones,
        unreadable=count.unreadable,
        issues=dict(count.issues),
        notes=dict(+count.notes),
        unused=dict(count.unused),
    )


class _Count:
    """What became of a batch's raw records."""

    def __init__(self) -> None:
        self.sequence = self.records = self.tombstones = self.unreadable = 0
        self.issues: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()
        self.unused: Counter[str] = Counter()

    def add(self, outcome: Outcome) -> None:
        self.records += isinstance(outcome.record, CommonRecord)
        self.tombstones += isinstance(outcome.record, Tombstone)
        self.unreadable += outcome.record is None
        for issue in outcome.issues:
            self.issues[issue.code] += 1
            self.notes[issue.code] += issue.severity == "note"
        for name, number in outcome.unused.items():
            self.unused[name] += number


def publish(warehouse: Warehouse, report: PublishReport) -> PublishReport:
    """Write a release, make it current, and drop those beyond `CHM_KEEP_RELEASES`."""
    layout = warehouse.layout
    clear(layout.current_release().parent)
    current = read_json(layout.current_release(), CurrentRelease)
    name = report.release or _new_release(layout, report.started)
    written = release.read(layout, name) or _build(warehouse, replace(report, release=name))
    pointers.move(layout, layout.current_release(), current, CurrentRelease(release=name))
    others = [other for other in reversed(layout.releases()) if other != name]
    for old in others[warehouse.settings.keep_releases - 1 :]:
        remove_folder(layout.release(old))
    return replace(report, outcome="done", release=name, records=written.records)


def _build(warehouse: Warehouse, report: PublishReport) -> Release:
    layout, name = warehouse.layout, str(report.release)
    reports.write(layout, report)  # a publication that is killed goes on with this release, not with another
    hiding = hidden(layout, name)
    draft = Release(
        release=name,
        published=report.started,
        records=0,
        deleted=0,
        sources=release.gather(layout, hiding),
        files=(),
    )
    return _fill(warehouse, draft, hiding)


def rebuild(warehouse: Warehouse, name: str, source: str) -> Literal["untouched", "rebuilt", "removed"]:
    """Write a release of a source anew from its own snapshots, which an erasure has changed; its name stays.

    One that is of other sources alone is left as it is; one whose snapshots are gone is removed.
    """
    layout, old = warehouse.layout, release.read(warehouse.layout, name)
    if old is None or source not in {state.id for state in old.sources}:
        return "untouched"
    if not all(layout.snapshot(state.id, state.snapshot).exists() for state in old.sources):
        remove_folder(layout.release(name))
        return "removed"
    hiding = hidden(layout, name)
    states = tuple(release.counted(layout, state, hiding) for state in old.sources)
    _fill(warehouse, replace(old, sources=states, rewritten=(*old.rewritten, warehouse.clock.now())), hiding)
    return "rebuilt"


def _fill(warehouse: Warehouse, draft: Release, hiding: Hidden) -> Release:
    layout = warehouse.layout
    records, deleted = (sum(getattr(state, name) for state in draft.sources) for name in ("records", "deleted"))
    with new_folder(layout.release(draft.release)) as folder:
        whole = replace(draft, records=records, deleted=deleted)
        return release.write(layout, edition(warehouse, whole), folder, hiding)


def edition(warehouse: Warehouse, draft: Release) -> Edition:
    """All that the formats of a release may tell, besides its records."""
    layout, settings = warehouse.layout, warehouse.settings
    vocabularies = open_vocabularies(settings.vocabularies)
    return Edition(
        release=draft,
        vocabularies=vocabularies,
        vocabulary_files=vocabulary_files(settings.vocabularies),
        sources={source.id: source for source in read_sources(settings)[0]},
        index=Index(settings.realm, terms_of(vocabularies)),
        address=settings.public_url,
        previous=last_whole(layout, draft.release),
        stamps=keeper_of_stamps(layout, draft.release),
        solr_central=settings.solr_central,
    )


def is_fresh(warehouse: Warehouse, now: datetime) -> bool:
    """Whether the current release is younger than `CHM_PUBLISH_MIN_INTERVAL`."""
    current = release.read(warehouse.layout)
    if current is None or now < current.published:  # the clock has jumped back: nobody knows how old it is
        return False
    return now - current.published < timedelta(minutes=warehouse.settings.publish_min_interval)


def _new_release(layout: Layout, started: datetime) -> str:
    """An id that sorts by time and is not taken: 20260301T060000Z, then 20260301T060000Z-002."""
    name = started.strftime("%Y%m%dT%H%M%SZ")
    taken = [release for release in layout.releases() if release.startswith(name)]
    if not taken:
        return name
    return f"{name}-{int(taken[-1].removeprefix(name)[1:] or 1) + 1:03}"
