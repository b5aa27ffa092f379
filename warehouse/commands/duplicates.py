"""`chm duplicates`: records of several sources that are one document, and a person's word on them."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from warehouse import ledger, show
from warehouse.assessing import duplicate_decisions, duplicates
from warehouse.assessing.findings import Cluster, Duplicates, TieDecision
from warehouse.console import AsJson, By, Why, open_warehouse, out, print_json
from warehouse.runs import Refused

app = typer.Typer(
    name="duplicates",
    invoke_without_command=True,
    help="Show records of several sources that are one document.",
    epilog="Nothing is merged: `tie` and `split` say which records are one, and every load and replay keeps that.",
)

Record = Annotated[str, typer.Argument(help="Identifier of a record, as `chm duplicates` shows it.")]


@app.callback()
def clusters(
    context: typer.Context,
    source: Annotated[str | None, typer.Option("--source", help="Only those to which this source has a route.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show records of several sources that are one document."""
    if context.invoked_subcommand:
        return
    warehouse = open_warehouse()
    found = duplicates.find(warehouse.layout)
    if source:
        found = duplicates.of_source(found, warehouse.source(source).id)
    if as_json:
        print_json(found)
    else:
        out.print(show.plain(_text(found)), soft_wrap=True)


@app.command()
def tie(record: Record, other: Record, by: By, why: Why, as_json: AsJson = False) -> None:
    """Say that two records are the same document."""
    _decide("tie", (record, other), by, why, as_json=as_json)


@app.command()
def split(record: Record, other: Record, by: By, why: Why, as_json: AsJson = False) -> None:
    """Say that two records are not the same document."""
    _decide("split", (record, other), by, why, as_json=as_json)


def _decide(verdict: Literal["tie", "split"], records: tuple[str, str], by: str, why: str, *, as_json: bool) -> None:
    warehouse = open_warehouse()
    known = duplicates.known(warehouse.layout, records)
    unknown = [record for record in records if record not in known]
    if unknown:
        raise Refused(f"There is no record {unknown[0]}.", advice="`chm duplicates --json` gives identifiers.")
    if records[0] == records[1]:
        raise Refused("That is one record.", advice="Name two.")
    ledger.signed(by, why)
    decision = TieDecision(verdict=verdict, records=records, by=by, why=why, at=warehouse.clock.now())
    duplicate_decisions.add(warehouse.layout, decision)
    if as_json:
        print_json(decision)
    else:
        out.print(show.plain(f"Noted: {verdict} {records[0]} {records[1]}, by {by}: {why}"), soft_wrap=True)


def _text(found: Duplicates) -> str:
    routes = sum(len(cluster.routes) for cluster in found.clusters)
    lines = [f"{len(found.clusters)} documents have several routes: {routes} of {found.records} records."]
    for cluster in found.clusters:
        lines += ["", *_lines(cluster)]
    if found.ignored:
        counted = ", ".join(f"{count} {reason}" for reason, count in sorted(found.ignored.items()))
        lines += ["", f"In common, but no reason to tie: {counted}."]
    return "\n".join(lines)


def _lines(cluster: Cluster) -> list[str]:
    """The document by its preferred record, then every route, then why they are one."""
    lines = [cluster.routes[0].title or "(no title)"]
    lines += [f"  {route.identifier}  {route.source}  {route.page or ''}".rstrip() for route in cluster.routes]
    return lines + [f"  same {tie.by}: {tie.value} ({len(tie.records)})" for tie in cluster.ties]
