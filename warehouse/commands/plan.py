"""`chm plan`, `chm approve`, `chm reject`: what a load would do, and a person's word on one that is held."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from warehouse import show
from warehouse.console import AsJson, SourceId, end, open_warehouse, out, print_json, watched
from warehouse.planning import held, preview
from warehouse.planning.approvals import Signature
from warehouse.runs import Refused

app = typer.Typer()

Planned = Annotated[str | None, typer.Option("--run-id", help="Default: the open run, else the one that is held.")]
Held = Annotated[str | None, typer.Option("--run-id", help="Refuse to answer any other run than this one.")]
Parquet = Annotated[Path | None, typer.Option("--parquet", help="Write every record that would not stay as it is.")]
By = Annotated[str, typer.Option("--by", help="Name of the person who decides.")]
Why = Annotated[str, typer.Option("--why", help="The reason, for those who come after.")]


@app.command()
def plan(source: SourceId, run_id: Planned = None, parquet: Parquet = None, as_json: AsJson = False) -> None:
    """Show what loading a source's batch would do; nothing is loaded."""
    show_plan(source, run_id, parquet, as_json=as_json)


@app.command()
def approve(
    source: SourceId,
    by: By,
    why: Why,
    baseline: Annotated[bool, typer.Option("--baseline", help="What it leaves is right from now on.")] = False,
    run_id: Held = None,
    as_json: AsJson = False,
) -> None:
    """Let a source's held load through, once, and load it."""
    signed = _signed(by, why, run_id)
    with watched(as_json=as_json) as warehouse:
        report = held.approve(warehouse, source, signed, baseline=baseline)
    end(report, as_json=as_json)


@app.command()
def reject(source: SourceId, by: By, why: Why, run_id: Held = None, as_json: AsJson = False) -> None:
    """Drop a source's held load; its next harvest asks for the same again."""
    end(held.reject(open_warehouse(), source, _signed(by, why, run_id)), as_json=as_json)


def show_plan(source: str, run: str | None, parquet: Path | None, *, as_json: bool) -> None:
    """Print what loading a source's batch would do; exit code 3 where `expect` would hold it."""
    with watched(as_json=as_json) as warehouse:
        found = held.look(warehouse, source, run, parquet)
    if as_json:
        print_json(found)
    else:
        out.print(show.plain(preview.text(found)), soft_wrap=True)
    if found.held:
        raise typer.Exit(3)


def _signed(by: str, why: str, run: str | None) -> Signature:
    if not (by.strip() and why.strip()):
        raise Refused("A decision needs a name and a reason.", advice="Give both: --by NAME --why REASON.")
    return Signature(by=by, why=why, run=run)
