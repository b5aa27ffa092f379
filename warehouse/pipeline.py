"""The only conductor: harvest, normalize, load, publish, and replay.

Every verb keeps its report under a run id. A verb that succeeded or was held returns the stored report for the same
run id and asks nobody; one that failed or was killed goes on, with the same command, where it stopped.
"""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from harvesters import protocols
from harvesters.model import HarvestTask, Page, RawRecord, State
from harvesters.source import Source
from normalizers.common_formats import judged
from normalizers.model import Outcome
from normalizers.normalize import normalize as normalize_record
from warehouse import loading, raw, reports, stops, turns, work
from warehouse.context import Warehouse
from warehouse.model import Batch, HarvestReport, LoadReport, NormalizeReport, PublishReport, Request, Task
from warehouse.past.rollback import undone
from warehouse.planning import rehearsal
from warehouse.planning.impact import SourceImpact
from warehouse.runs import Refused, alone, new_run, receipt
from warehouse.withdrawing import withdrawals

EVERYTHING_NEW = Request()  # since the last load, or a full sweep where one is due


def harvest(
    warehouse: Warehouse,
    source_id: str,
    run: str | None = None,
    request: Request = EVERYTHING_NEW,
    *,
    patient: bool = False,
) -> HarvestReport:
    """Ask a source for what is new since its last load, and keep its answers.

    Raises:
        SourceError: the source is unknown or its file is wrong.
        Waiting: it is `patient`, and another source of its server is harvested.
        Refused: the source is retired, stopped, withdrawn or busy, the run was begun with another request, or no
            contact is set.
    """
    layout, source = warehouse.layout, warehouse.source(source_id)
    _refuse_unwanted(warehouse, source)
    with alone(layout, source.id), turns.taken(layout, source, patient=patient):
        batch = Batch(source.id, run or _open_run(warehouse, source) or new_run(warehouse.clock))
        before = reports.read(layout, batch, HarvestReport)
        if before is None or before.outcome != "done":
            warehouse.refuse_anonymity()
        task = work.decide(warehouse, source, batch, request)
        if before and before.outcome == "done":
            return before
        reports.begin_run(layout, batch)
        report = _begun(source, batch, task, before)
        folder = layout.raw(source.id, batch.run)
        return receipt(
            layout,
            warehouse.clock,
            report,
            lambda report: work.ask(warehouse, source, report),
            lambda report: work.tally(report, raw.add_up(folder)),
        )


def _begun(source: Source, batch: Batch, task: Task, before: HarvestReport | None) -> HarvestReport:
    return HarvestReport(
        source=source.id,
        run=batch.run,
        protocol=source.protocol,
        asks=task.asks,
        outcome="running",
        started=task.started,
        attempts=before.attempts + 1 if before else 1,
        since=task.since,
        full=task.full,
        limit=task.request.limit,
        gaps_only=task.request.gaps,
    )


def check(warehouse: Warehouse, source_id: str) -> tuple[Source, list[Page], list[tuple[RawRecord, Outcome]]]:
    """Ask a source for its first page with records and normalise it; no record is written.

    Returns the source, the pages up to that one, and what became of each of their raw records.

    Raises:
        HarvestError: the source or its server is at fault.
    """
    source, terms = warehouse.source(source_id), warehouse.terms
    pages: list[Page] = []
    with warehouse.http(source) as http:
        for page in protocols.load(source.protocol).harvest(HarvestTask(source=source, full=True), http, State()):
            pages.append(page)
            if page.records or page.last:
                break
    records = [record for page in pages for record in page.records]
    return source, pages, [(record, judged(normalize_record(record, source, terms))) for record in records]


def normalize(warehouse: Warehouse, source_id: str, run: str | None = None) -> NormalizeReport:
    """Turn the raw records of a run into common records.

    Raises:
        SourceError: the source is unknown or its file is wrong.
        Refused: there is no finished harvest to normalise, or the source is busy.
    """
    source = warehouse.source(source_id)
    with alone(warehouse.layout, source.id):
        batch = _batch(warehouse, source, run)
        gathered = reports.read(warehouse.layout, batch, HarvestReport)
        if gathered is None or gathered.outcome != "done":
            cause = f"{source.id}: run {batch.run} has no finished harvest."
            raise Refused(cause, advice=f"Run `chm harvest {source.id}` first.")
        return _normalize(warehouse, source, batch, (batch.run,))


def load(warehouse: Warehouse, source_id: str, run: str | None = None) -> LoadReport:
    """Plan what a normalised batch changes, let `expect` judge it, and make it current.

    Raises:
        SourceError: the source is unknown or its file is wrong.
        Refused: there is no normalised batch, it is older than what is loaded, or the source is busy.
    """
    source = warehouse.source(source_id)
    with alone(warehouse.layout, source.id):
        batch = _batch(warehouse, source, run)
        normalized = reports.read(warehouse.layout, batch, NormalizeReport)
        if normalized is None or normalized.outcome != "done":
            cause = f"{source.id}: run {batch.run} is not normalised."
            raise Refused(cause, advice=f"Run `chm normalize {source.id}` first.")
        _refuse_older(warehouse, batch)
        return _load(warehouse, source, batch)


def replay(warehouse: Warehouse, source_id: str) -> NormalizeReport | LoadReport:
    """Normalise and load again what all loaded runs of a source received; asks nobody.

    Returns the load's report, or the normalisation's where that failed.

    Raises:
        SourceError: the source is unknown or its file is wrong.
        Refused: nothing was loaded yet, or the source is busy.
    """
    layout, source = warehouse.layout, warehouse.source(source_id)
    with alone(layout, source.id):
        loaded = _received(warehouse, source)
        batch = Batch(source.id, f"replay-{new_run(warehouse.clock)}")
        normalized = _normalize(warehouse, source, batch, loaded)
        return _load(warehouse, source, batch) if normalized.outcome == "done" else normalized


def rehearse(warehouse: Warehouse, source_id: str, effects: Path) -> SourceImpact:
    """What a replay of a source would do: its effects go into a Parquet file, and nothing is loaded.

    Raises:
        HarvestError: as `replay`, or what was received is damaged.
        VocabularyError, ProfileError: a vocabulary or a record's profile is broken.
    """
    source = warehouse.source(source_id)
    with alone(warehouse.layout, source.id):
        runs = _received(warehouse, source)
        report = NormalizeReport(
            source=source.id,
            run=f"rehearsal-{new_run(warehouse.clock)}",
            outcome="running",
            started=warehouse.clock.now(),
            runs=runs,
        )
        return rehearsal.rehearse(warehouse, source, report, effects)


def publish(warehouse: Warehouse, run: str | None = None, *, patient: bool = False) -> PublishReport:
    """Build a release of every source's last good records, and make it the current one.

    A `patient` publication is skipped, and leaves no report, where the last release is younger than
    `CHM_PUBLISH_MIN_INTERVAL`.

    Raises:
        Refused: another process publishes.
    """
    layout = warehouse.layout
    with alone(layout, "the release"):
        fresh = PublishReport(run=run or new_run(warehouse.clock), outcome="running", started=warehouse.clock.now())
        stored = reports.publication(layout, fresh.run)
        if stored and stored.outcome == "done":
            return stored
        report = replace(stored or fresh, outcome="running", failure=None)
        if patient and work.is_fresh(warehouse, report.started):
            return replace(report, outcome="skipped")
        return receipt(layout, warehouse.clock, report, lambda report: work.publish(warehouse, report))


def _received(warehouse: Warehouse, source: Source) -> tuple[str, ...]:
    """The runs of a source whose answers were loaded, and not rolled back since, oldest first."""
    layout = warehouse.layout
    left_out = undone(layout, source.id)
    loaded = tuple(
        batch.run
        for batch in reports.runs(layout, source.id)
        if batch.run not in left_out
        and reports.read(layout, batch, HarvestReport)
        and (report := reports.read(layout, batch, LoadReport))
        and report.outcome == "done"
    )
    if not loaded:
        raise Refused(f"{source.id}: nothing was loaded yet.", advice=f"Run `chm run {source.id}` first.")
    return loaded


def _open_run(warehouse: Warehouse, source: Source) -> str | None:
    """The run to go on with, unless the source's file has put another question since it began."""
    run = reports.open_run(warehouse.layout, source.id)
    task = work.begun(warehouse.layout, Batch(source.id, run)) if run else None
    return run if task and task.asks == work.asks(source) else None


def _refuse_unwanted(warehouse: Warehouse, source: Source) -> None:
    """A source that nobody wants to ask any more: it is retired, stopped, or withdrawn from the index."""
    if source.status == "retired":
        raise Refused(f"{source.id} is retired.", advice="Set `status: active` in its file to harvest it again.")
    stops.refuse(warehouse.layout, source.id)
    if word := withdrawals.in_force(warehouse.layout).of_source(source.id):
        raise Refused(
            f"{source.id} was withdrawn by {word.by}: {word.why}.", advice=f"`chm restore {source.id}` undoes it."
        )


def _refuse_older(warehouse: Warehouse, batch: Batch) -> None:
    """A batch that was gathered before the one that is loaded would put old records back."""
    layout = warehouse.layout
    loaded, mine = reports.last_loaded(layout, batch.source), reports.read(layout, batch, HarvestReport)
    stored = reports.read(layout, batch, LoadReport)
    if not (loaded and mine) or (stored and stored.outcome in reports.ENDED):
        return
    if mine.started < loaded.harvest.started:
        cause = f"{batch.source}: run {batch.run} began before run {loaded.harvest.run}, which is loaded."
        raise Refused(cause, advice=f"It would put old records back; run `chm run {batch.source}` instead.")


def _batch(warehouse: Warehouse, source: Source, run: str | None) -> Batch:
    """The batch that a verb after the harvest works on: the run named, the open one, or the last one loaded."""
    loaded = reports.pointer(warehouse.layout, source.id)
    found = run or reports.open_run(warehouse.layout, source.id) or (loaded.run if loaded else None)
    if found is None:
        raise Refused(f"{source.id} has no run.", advice=f"Run `chm harvest {source.id}` first.")
    return Batch(source.id, found)


def _normalize(warehouse: Warehouse, source: Source, batch: Batch, runs: tuple[str, ...]) -> NormalizeReport:
    layout = warehouse.layout
    stored = reports.read(layout, batch, NormalizeReport)
    if stored and stored.outcome == "done":
        return stored
    report = NormalizeReport(
        source=source.id, run=batch.run, outcome="running", started=warehouse.clock.now(), runs=runs
    )
    return receipt(layout, warehouse.clock, report, lambda report: work.interpret(warehouse, source, report))


def _load(warehouse: Warehouse, source: Source, batch: Batch) -> LoadReport:
    layout = warehouse.layout
    stored = reports.read(layout, batch, LoadReport)
    if stored and stored.outcome in reports.ENDED:
        ended = stored
    else:
        last = reports.last_loaded(layout, source.id)
        started = reports.no_earlier(warehouse.clock.now(), last.load.started if last else None)
        fresh = LoadReport(source=source.id, run=batch.run, outcome="running", started=started)
        report = replace(stored or fresh, outcome="running", failure=None)
        ended = receipt(layout, warehouse.clock, report, lambda report: loading.apply(warehouse, source, batch, report))
    if ended.outcome in reports.ENDED:
        reports.end_run(layout, batch)  # again for a stored one: its process may have died before
    return ended
