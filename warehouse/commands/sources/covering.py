"""`chm sources coverage` and `discover`: which sites the registry has, and which it lacks."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from warehouse import show
from warehouse.console import AsJson, err, open_warehouse, out, print_json
from warehouse.context import read_sources
from warehouse.discovering import coverage
from warehouse.discovering.coverage import Coverage, Covering

app = typer.Typer()


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
