"""`chm`: thin commands over `warehouse.pipeline`; the street's verbs here, other topics in `warehouse/commands/`.

Exit codes: 0 done; 1 failed; 2 asked wrongly (unknown source, wrong file or setting, a verb out of turn); 3 held by
`expect`, or stopped by a person; 130 interrupted. With `--json`, the report goes to standard output as JSON and
nothing else does.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from msgspec.structs import replace

from harvesters.errors import HarvestError, SourceError
from normalizers.profiles import ProfileError
from vocabularies.skos import VocabularyError
from warehouse import commands, pipeline, release, show, status
from warehouse.commands.plan import show_plan
from warehouse.console import AsJson, RunId, SourceId, end, err, leave, open_warehouse, out, print_json, watched
from warehouse.context import read_sources
from warehouse.model import HarvestReport, LoadReport, NormalizeReport, Request
from warehouse.runs import LOOK_AT_THE_DISK, Refused
from warehouse.settings import SettingError, read

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Gather national biodiversity clearing-houses into one index.\n\n"
    "The usual way of one source: check, run, publish. `run` is harvest, normalize and load.",
)
_INTERRUPTED = 130  # as a shell says it: 128 + SIGINT
_TIMES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]

Since = Annotated[
    datetime | None,
    typer.Option(formats=_TIMES, help="Ask for what changed since then (UTC), not since the last load."),
]
Full = Annotated[bool, typer.Option("--full", help="Ask for everything: a full sweep.")]
Gaps = Annotated[bool, typer.Option("--gaps", help="Ask for nothing but the windows that `chm gaps` shows.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Stop after about so many records.")]


def main() -> None:
    """Run the command line; every foreseen failure is a sentence and an exit code."""
    try:
        app()
    except (SettingError, SourceError, Refused, ProfileError, VocabularyError) as error:
        leave(str(error), 2)
    except HarvestError as error:
        leave(str(error), 1)
    except OSError as error:
        leave(f"{error}. {LOOK_AT_THE_DISK}", 1)
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            leave("Interrupted. The same command goes on where it stopped.", _INTERRUPTED)
        raise


@app.command()
def check(source: SourceId, as_json: AsJson = False) -> None:
    """Read and normalise a source's first page and show it; no record is written."""
    warehouse = open_warehouse()
    try:
        checked = show.checked(*pipeline.check(warehouse, source))
    except (SourceError, Refused):
        raise
    except HarvestError as error:
        leave(f"{source}: {error}", 1)
    if as_json:
        print_json(checked)
    else:
        out.print(show.check_text(checked), soft_wrap=True)


@app.command()
def harvest(
    source: SourceId,
    run_id: RunId = None,
    since: Since = None,
    full: Full = False,
    limit: Limit = None,
    gaps: Gaps = False,
    as_json: AsJson = False,
) -> None:
    """Ask a source for what is new since its last load, and keep its answers."""
    request = replace(_request(since, full, limit), gaps=gaps)
    with watched(as_json=as_json) as warehouse:
        report = pipeline.harvest(warehouse, source, run_id, request)
    end(report, as_json=as_json)


@app.command()
def normalize(source: SourceId, run_id: RunId = None, as_json: AsJson = False) -> None:
    """Turn a run's answers into common records."""
    with watched(as_json=as_json) as warehouse:
        report = pipeline.normalize(warehouse, source, run_id)
    end(report, as_json=as_json)


@app.command()
def load(
    source: SourceId,
    run_id: RunId = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="As `chm plan`: show what it would do.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a normalised batch current, unless `expect` holds it."""
    if dry_run:
        show_plan(source, run_id, None, as_json=as_json)
        return
    with watched(as_json=as_json) as warehouse:
        report = pipeline.load(warehouse, source, run_id)
    end(report, as_json=as_json)


@app.command()
def publish(run_id: RunId = None, as_json: AsJson = False) -> None:
    """Build a release of every source's last good records and make it current."""
    with watched(as_json=as_json) as warehouse:
        report = pipeline.publish(warehouse, run_id)
    end(report, as_json=as_json)


@app.command()
def run(
    source: SourceId,
    run_id: RunId = None,
    since: Since = None,
    full: Full = False,
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    """Harvest, normalize and load one source."""
    request = _request(since, full, limit)
    with watched(as_json=as_json) as warehouse:
        gathered = pipeline.harvest(warehouse, source, run_id, request)
        report: HarvestReport | NormalizeReport | LoadReport = gathered
        if gathered.outcome == "done":
            report = pipeline.normalize(warehouse, source, gathered.run)
        if isinstance(report, NormalizeReport) and report.outcome == "done":
            report = pipeline.load(warehouse, source, gathered.run)
    end(report, as_json=as_json)


@app.command(name="status")
def status_(
    source: Annotated[str | None, typer.Argument(help="Show this one only.")] = None, as_json: AsJson = False
) -> None:
    """Show how each source's latest run stands, and since when its records are good."""
    warehouse = open_warehouse()
    errors: list[SourceError] = []
    if source:
        rows = [status.of(warehouse.layout, warehouse.source(source))]
    else:
        found, errors = read_sources(warehouse.settings)
        rows = status.of_all(warehouse.layout, found)
    if as_json:
        print_json(rows)
        return
    shown = [row for row in rows if source or not status.is_untried(row)]
    if shown:
        out.print(show.statuses(shown))
    if untried := len(rows) - len(shown):
        out.print(show.unverified(untried), soft_wrap=True)
    for row in rows:
        for reason in row.reasons:  # some name their source themselves
            out.print(
                show.plain(f"{row.source}: {reason.removeprefix(f'{row.source}: ')}"), style="red", soft_wrap=True
            )
    for error in errors:
        err.print(show.plain(str(error)), style="red")
    out.print(show.release_text(warehouse.layout, release.read(warehouse.layout)), soft_wrap=True)


@app.command(name="settings")
def settings_(as_json: AsJson = False) -> None:
    """Print every setting with its value and where it came from."""
    found = read()
    if as_json:
        print_json({name: {"value": value, "origin": origin} for name, (value, origin) in found.origins.items()})
    else:
        out.print(show.settings(found))


def _request(since: datetime | None, full: bool, limit: int | None) -> Request:
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    return Request(since=since, full=full, limit=limit)


for topic in commands.names():
    app.add_typer(commands.load(topic))
