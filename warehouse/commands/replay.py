"""`chm replay`: what was received, normalised and loaded again; with `--dry-run`, what that would change."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from harvesters.errors import HarvestError
from warehouse import pipeline, show
from warehouse.console import AsJson, err, out, print_json, watched
from warehouse.context import Warehouse
from warehouse.model import Failure, LoadReport, NormalizeReport
from warehouse.planning import impact
from warehouse.planning.impact import Impact, SourceImpact
from warehouse.runs import Refused, new_run

app = typer.Typer()
_WIDEST = 160  # characters of a value that are shown


@app.command()
def replay(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE", help="Default: all that were ever loaded.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Load nothing; show what would change, and where.")
    ] = False,
    parquet: Annotated[
        Path | None, typer.Option("--parquet", help="With --dry-run: a row per record and field that would change.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Normalise and load again what sources' loaded runs received; asks nobody."""
    if parquet and not dry_run:
        raise Refused("--parquet is for what a replay would change.", advice="Give --dry-run as well.")
    with watched(as_json=as_json) as warehouse:
        names = list(dict.fromkeys(sources or warehouse.layout.loaded_sources()))
        if not names:
            raise Refused("Nothing was loaded yet.", advice="Run `chm run SOURCE` first.")
        if dry_run:
            _show(_rehearsed(warehouse, names, parquet), as_json=as_json)
        else:
            _replay(warehouse, names, as_json=as_json)


def _rehearsed(warehouse: Warehouse, names: Iterable[str], parquet: Path | None) -> Impact:
    """The impact of all; a source that cannot be rehearsed hides no other, and says why."""
    scratch = warehouse.layout.scratch() / f"rehearsal-{new_run(warehouse.clock)}"
    files: list[Path] = []
    found: list[SourceImpact] = []
    try:
        for name in names:
            path = scratch / f"{len(found)}.parquet"
            try:
                found.append(pipeline.rehearse(warehouse, name, path))
                files.append(path)
            except HarvestError as error:
                found.append(SourceImpact(source=name, failure=Failure(error.cause, error.advice)))
        if parquet:
            impact.write(scratch, files, parquet)
        return impact.report(scratch, files, found)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _show(found: Impact, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        out.print(show.plain(_text(found)), soft_wrap=True)
    if any(source.failure for source in found.sources):
        raise typer.Exit(1)


def _replay(warehouse: Warehouse, names: list[str], *, as_json: bool) -> None:
    """Replay one after the other; the worst of their ends is the command's exit code."""
    reports: list[NormalizeReport | LoadReport] = []
    failed = False
    for name in names:
        try:
            report = pipeline.replay(warehouse, name)
        except HarvestError as error:
            if len(names) == 1:
                raise
            err.print(show.plain(f"{name}: {error}"), style="red")
            failed = True
            continue
        reports.append(report)
        if not as_json:
            bad = report.outcome != "done"
            (err if bad else out).print(show.receipt(report), style="red" if bad else "", soft_wrap=True)
    if as_json:
        print_json(reports[0] if len(names) == 1 else reports)
    if failed or any(report.outcome == "failed" for report in reports):
        raise typer.Exit(1)
    if any(report.outcome == "held" for report in reports):
        raise typer.Exit(3)


def _text(found: Impact) -> str:
    lines = [_source(source) for source in found.sources]
    for source in found.sources:
        lines += (f"  would be held: {reason}" for reason in source.held)
    if not found.countries:
        return "\n".join([*lines, "", "Nothing would change."])
    lines += ["", "Records that would change, by country", *_counted(found.countries)]
    lines += ["", "Records whose value would change, by field"]
    for field in found.fields:
        where = ", ".join(f"{country} {count}" for country, count in field.countries.items())
        lines.append(f"  {field.records:>8}  {field.field} ({where})")
    lines += ["", f"{len(found.samples)} samples"]
    for sample in found.samples:
        lines.append(f"  {sample.kind} {sample.identifier} ({sample.source}): {sample.title or '(no title)'}")
        for change in sample.differences:
            lines.append(f"      {change.field}: {_cut(change.before)} -> {_cut(change.after)}")
    names = " ".join(source.source for source in found.sources if not source.failure)
    return "\n".join([*lines, "", "Nothing was loaded. To load it:", f"  chm replay {names}"])


def _source(found: SourceImpact) -> str:
    if found.failure:
        return f"{found.source}: {found.failure.cause} {found.failure.advice}"
    more = f", {found.cosmetic} change their markup alone" if found.cosmetic else ""
    more += f", {found.untold} not among what is kept" if found.untold else ""
    return (
        f"{found.source}: of {found.live} records {found.changed} would change, {found.added} come, "
        f"{found.removed} go, {found.unchanged} stay as they are{more}"
    )


def _counted(counts: dict[str, int]) -> list[str]:
    return [f"  {count:>8}  {name}" for name, count in counts.items()]


def _cut(value: str | None) -> str:
    said = value or "nothing"
    return said if len(said) <= _WIDEST else f"{said[:_WIDEST]} …"
