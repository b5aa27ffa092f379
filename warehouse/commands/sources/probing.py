"""`chm sources accept` and `test`: what a probe or a changed file would put in force, and a person's word that does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harvesters.errors import HarvestError, SourceError
from warehouse import show
from warehouse.commands.sources.stopping import ByOrMe
from warehouse.console import AsJson, SourceId, leave, open_warehouse, out, print_json
from warehouse.context import Warehouse
from warehouse.planning import preview
from warehouse.planning.approvals import Signature
from warehouse.probing import accepting, comparing
from warehouse.probing.accepting import whoever
from warehouse.probing.model import Acceptance
from warehouse.runs import Refused

app = typer.Typer()


@app.command()
def accept(
    sources: Annotated[list[str] | None, typer.Argument(help="Ids of sources that were probed.")] = None,
    ready: Annotated[bool, typer.Option("--ready", help="All of which the probe said that they are ready.")] = False,
    by: ByOrMe = "",
    why: Annotated[str, typer.Option("--why", help="The reason; default: that its probe gave records.")] = "",
    as_json: AsJson = False,
) -> None:
    """Set probed sources active, with what their probes suggest: their schedules begin."""
    if bool(sources) == ready:
        raise Refused("Which sources are meant is not clear.", advice="Give ids, or `--ready`, and not both.")
    warehouse = open_warehouse()
    signed = Signature(by=by or whoever(), why=why or "its probe gave records")
    wanted, words, refused = sources or accepting.ready(warehouse), list[Acceptance](), list[HarvestError]()
    for each in wanted:
        try:
            words.append(accepting.accept(warehouse, each, signed))
        except (SourceError, Refused) as error:  # of the others each is judged for itself
            refused.append(error)
    if as_json:
        print_json(words)
    else:
        for word in words:
            out.print(show.plain(_accepted(warehouse, word)), soft_wrap=True)
        if not wanted:
            out.print("None is ready: `chm probe --unverified` looks at those that nobody has looked at.")
    if refused:
        leave("\n".join(map(str, refused)), 2)


def _accepted(warehouse: Warehouse, word: Acceptance) -> str:
    keys = ", ".join(key for key in word.keys if key != "status")
    changed = f", with changed {keys}" if keys else ""
    cron = warehouse.source(word.source).cron
    told = f"its schedule is `{cron}` (UTC)" if cron else "a person has stopped it, until `chm sources start`"
    return f"{word.source} is active{changed}; {told}."


@app.command(name="test")
def try_(
    source: SourceId,
    changes: Annotated[
        Path | None, typer.Option("--with", help="YAML file of keys on top of those in force; default: none.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Try a source's file on five pages, and show what they would change; nothing is loaded."""
    warehouse = open_warehouse()
    found = comparing.compare(warehouse, source, comparing.read_keys(changes) if changes else {})
    if found.failure:
        leave(f"{source}: {found.failure.cause} {found.failure.advice}", 1)
    if as_json:
        print_json(found)
    else:
        which = "that is all there is" if found.whole else "what lies behind them is not told here"
        out.print(show.plain(f"{found.pages} answers came; {which}.\n{preview.text(found.plan)}"), soft_wrap=True)
