"""`chm history`, `at`, `diff`, `rollback` and `vacuum`: what was, what changed, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from harvesters.model import Json
from warehouse import show
from warehouse.console import AsJson, SourceId, open_warehouse, out, print_json
from warehouse.past import history as histories
from warehouse.past import moments, prov, release_diff
from warehouse.past import rollback as rollbacks
from warehouse.past import vacuum as vacuums
from warehouse.past.history import FieldChange, RecordHistory
from warehouse.past.moments import Then
from warehouse.past.release_diff import RecordDiff, ReleaseDiff
from warehouse.past.vacuum import Vacuum

app = typer.Typer()
_WIDE = 300  # characters of one value that are shown
_MINUTE = "%Y-%m-%d %H:%M"

Parquet = Annotated[Path | None, typer.Option("--parquet", help="Write all of it into this file.")]
By = Annotated[str, typer.Option("--by", help="Who decides this.")]
Why = Annotated[str, typer.Option("--why", help="For what reason; it is kept.")]


@app.command()
def history(
    record: Annotated[str, typer.Argument(help="Identifier of a record, ours or its source's.")],
    as_prov: Annotated[bool, typer.Option("--prov", help="Print it as W3C PROV-O, in Turtle.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show every version of a record, and for each value of today the way back to the bytes that were received."""
    found = histories.history(open_warehouse().layout, record)
    if as_prov:
        out.print(prov.graph(found).serialize(format="turtle"), soft_wrap=True)
    elif as_json:
        print_json(found)
    else:
        out.print(show.plain("\n".join(_history(found))), soft_wrap=True)


@app.command()
def at(
    moment: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="In UTC.")],
    source: Annotated[str | None, typer.Argument(help="Of this source only.")] = None,
    parquet: Parquet = None,
    as_json: AsJson = False,
) -> None:
    """Show what was current at a moment: each source's records, and the release that readers saw."""
    layout = open_warehouse().layout
    if moment.hour == moment.minute == moment.second == 0:
        moment = moment.replace(hour=23, minute=59, second=59)  # a day is meant, to its end
    found = moments.at(layout, moment.replace(tzinfo=UTC), source)
    if as_json:
        print_json(found)
    else:
        out.print(_then(found))
        out.print(f"Release {found.release}" if found.release else "No release of then is kept.")
    if parquet:
        written = moments.export(layout, found, parquet)
        if not as_json:
            out.print(f"{written} records in {parquet}")


@app.command()
def diff(
    old: Annotated[str | None, typer.Option("--from", help="A release; default: the one before the current.")] = None,
    new: Annotated[str | None, typer.Option("--to", help="A release; default: the current one.")] = None,
    samples: Annotated[int, typer.Option(min=0, help="Show so many records of each kind.")] = 10,
    parquet: Parquet = None,
    as_json: AsJson = False,
) -> None:
    """Show what one release has that an earlier one had not, record by record and field by field."""
    layout = open_warehouse().layout
    first, last = release_diff.two_releases(layout, old, new)
    found = release_diff.diff(layout, first, last, samples=samples, parquet=parquet)
    if as_json:
        print_json(found)
        return
    out.print(_diff(found))
    for one in found.samples:
        out.print(show.plain("\n".join(_sample(one))), soft_wrap=True)


@app.command()
def rollback(
    source: SourceId,
    run: Annotated[str, typer.Argument(help="The load whose records become current again; `chm at` names them.")],
    by: By,
    why: Why,
    as_json: AsJson = False,
) -> None:
    """Make a source's records what they were after an earlier load; the next harvest asks for all since then."""
    report = rollbacks.rollback(open_warehouse(), source, run, by=by, why=why)
    if as_json:
        print_json(report)
    else:
        out.print(show.receipt(report), soft_wrap=True)


@app.command()
def vacuum(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove what nothing stands on any more; raw pages, reports, changes and decisions always stay."""
    warehouse = open_warehouse()
    found = vacuums.vacuum(warehouse.layout, warehouse.settings.keep_snapshots, dry_run=dry_run)
    if as_json:
        print_json(found)
    else:
        out.print("\n".join(_vacuum(found)), soft_wrap=True)


def _history(found: RecordHistory) -> Iterator[str]:
    titles = "; ".join(found.title.values()) or "without a title"
    yield f"{found.identifier} ({found.state}): {titles}"
    yield f"  {found.source}, there {found.source_identifier}"
    for one in found.versions:
        told = f", {one.reason}" if one.reason else ""
        other = f" ({one.counterpart})" if one.counterpart else ""
        yield f"\n{one.loaded.strftime(_MINUTE)}  {one.kind}{told}{other} (run {one.run})"
        yield from _changes(one.changes)
    if found.came:
        came = found.came
        yield f"\nReceived {came.received} from {came.url}"
        yield f"  page {came.page} of {came.file}, bytes {came.offset} to {came.offset + came.length} (zstd)"
        yield f"  in the page: record {came.item}, bytes {came.start} to {came.end}, read as {came.profile}"
    for value in found.values:
        how = f" by {value.by}" if value.by else ""
        yield f"  {value.field} = {_shown(value.value)}"
        yield f"      {value.rule}{how}, from {_shown(value.verbatim)} at {value.path or 'no single place'}"


def _changes(changes: Iterable[FieldChange]) -> Iterator[str]:
    for change in changes:
        yield f"    {change.field}: {_shown(change.was)}"
        yield f"    {' ' * len(change.field)}→ {_shown(change.became)}"


def _shown(value: Json) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= _WIDE else f"{text[:_WIDE]} …"


def _then(found: Then) -> Table:
    table = _table("source", "run", "loaded", "records", "deleted", "kept")
    for one in found.sources:
        kept = "yes" if one.is_kept else "no longer"
        table.add_row(one.source, one.run, f"{one.loaded:{_MINUTE}}", str(one.records), str(one.deleted), kept)
    return table


def _diff(found: ReleaseDiff) -> Table:
    table = _table("source", "added", "changed", "cosmetic", "removed", title=f"From {found.old} to {found.new}")
    for source, counts in found.sources.items():
        table.add_row(source, *(str(counts.get(kind, 0)) for kind in release_diff.KINDS))
    table.add_row("all", *map(str, (found.added, found.changed, found.cosmetic, found.removed)))
    return table


def _sample(one: RecordDiff) -> Iterator[str]:
    told = f", {one.reason}" if one.reason else ""
    successor = f", now {one.successor}" if one.successor else ""
    yield f"\n{one.kind} {one.identifier} of {one.source} ({one.source_identifier}){told}{successor}"
    was, became = one.before or {}, one.after or {}
    changed = (FieldChange(field=name, was=was.get(name), became=became.get(name)) for name in one.fields)
    yield from _changes(changed)


def _vacuum(found: Vacuum) -> Iterator[str]:
    for one in found.removals:
        yield f"{one.bytes:>14,}  {one.path}: {one.why}"
    would = "would go" if found.dry_run else "went"
    yield f"{len(found.removals)} folders and files, {found.bytes:,} bytes {would}."
    if found.busy:
        yield f"Left alone, since at work: {', '.join(found.busy)}."


def _table(*columns: str, title: str | None = None) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
