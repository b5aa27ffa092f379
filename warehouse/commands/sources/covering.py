"""`chm sources coverage` and `discover`: which sites the registry has, and which it lacks."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from warehouse import show
from warehouse.commands.sources.stopping import ByOrMe
from warehouse.console import AsJson, err, open_warehouse, out, print_json
from warehouse.context import read_sources
from warehouse.discovering import accepting, coverage, looking
from warehouse.discovering.coverage import Coverage, Covering
from warehouse.discovering.discovery import Change, Discovery
from warehouse.planning.approvals import Signature
from warehouse.probing.accepting import whoever

app = typer.Typer()
_SIGNS = {"new": "+", "moved": "~", "gone": "-"}


@app.command(name="coverage")
def coverage_(
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a line a source as CSV.")] = False,
    as_json: AsJson = False,
) -> None:
    """List every Party to the Convention with its sources, or "none"; then the sources of all others."""
    warehouse = open_warehouse()
    sources, errors = read_sources(warehouse.settings)
    found = coverage.coverage(sources, warehouse.settings)
    if as_json:
        print_json(found)
    elif as_csv:
        sys.stdout.write(coverage.table(found))
    else:
        out.print(_table(found))
        out.print(show.plain(_sums(found)), soft_wrap=True)
    for error in errors:
        err.print(show.plain(str(error)), style="red")
    if errors:
        raise typer.Exit(2)


def _table(found: Coverage) -> Table:
    """A line a country: how many of its sources are of each status, and which they are."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("code", "country", *coverage.BEST_FIRST, "sources"):
        table.add_column(name, justify="right" if name in coverage.BEST_FIRST else "left", overflow="fold")
    for countries, remark in ((found.parties, ""), (found.others, " (no Party)")):
        for country in countries:
            counts = (str(country.statuses[status] or "") for status in coverage.BEST_FIRST)
            table.add_row(country.code, country.name + remark, *counts, _names(country.sources))
    return table


def _names(sources: Sequence[Covering]) -> str:
    """The sources, with those that took over from them: `be_bioland (now be_bioland1), be_bioland1`."""
    now = (f"{one.source} (now {one.superseded_by})" if one.superseded_by else one.source for one in sources)
    return ", ".join(now) or "none"


def _sums(found: Coverage) -> str:
    """How many Parties are how far, and what belongs to no country."""
    best = ", ".join(f"{number} {status}" for status, number in found.counts.items())
    of_others = ", ".join(f"{one.source} ({one.status})" for one in found.elsewhere)
    return f"{len(found.parties)} Parties, by the best status among their sources: {best}.\n" + (
        f"Of a region, the centre or a partner: {of_others}." if of_others else ""
    )


@app.command()
def discover(
    spreadsheets: Annotated[
        list[Path] | None,
        typer.Option("--csv", help="CSV file with columns country and url, perhaps title and id; may be given again."),
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option("--accept", help="Source of a change to write; may be given again; or `all`.")
    ] = None,
    by: ByOrMe = "",
    why: Annotated[str, typer.Option("--why", help="The reason; default: that a list says so.")] = "",
    as_json: AsJson = False,
) -> None:
    """Compare the registry with the websites that the CHM's index lists, and spreadsheets: new, moved, gone."""
    warehouse = open_warehouse()
    found = looking.look(warehouse, spreadsheets or [])
    accepted = accepting.chosen(found, accept or [])
    if as_json:
        print_json(found)
    else:
        out.print(show.plain("\n".join(_differences(found))), soft_wrap=True)
    for change in accepted:
        signed = Signature(by=by or whoever(), why=why or f"listed by {change.told_by}")
        path = accepting.accept(warehouse, change, signed)
        if not as_json:
            out.print(show.plain(f"Written: {path}."), soft_wrap=True)


def _differences(found: Discovery) -> Iterator[str]:
    """A diff: `+` for what is new, `~` for what moved, `-` for what is gone."""
    yield f"{found.known} websites of {', '.join(found.lists)} have a source; {len(found.changes)} changes."
    for change in found.changes:
        whose = change.country or "no country"
        yield f"{_SIGNS[change.kind]} {change.kind} {change.source} ({whose}): {_address(change)}"
        yield f"    {change.title}; {change.told_by}"
    if found.uncovered:
        yield f"Uncovered: {', '.join(country.name for country in found.uncovered)}."
    yield from (issue.message for issue in found.issues)
    if found.changes:
        yield "`chm sources discover --accept ID` (or `all`) writes a change into the last folder of CHM_SOURCES."


def _address(change: Change) -> str:
    if change.kind == "moved":
        return f"{change.before} -> {change.url}"
    return str(change.url or change.before)
