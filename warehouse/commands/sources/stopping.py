"""`chm sources stop` and `start`: a person's word that a source is not to be asked, and its end."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from warehouse import show, stops
from warehouse.console import AsJson, SourceId, Why, open_warehouse, out, print_json
from warehouse.probing.accepting import whoever
from warehouse.stops import Stop

app = typer.Typer()

ByOrMe = Annotated[str, typer.Option("--by", help="Name of the person who decides; default: who is logged in.")]


@app.command()
def stop(source: SourceId, why: Why, by: ByOrMe = "", as_json: AsJson = False) -> None:
    """Ask a source no more: a harvest that runs ends after its page, and no other begins."""
    _say("stop", source, by, why, as_json=as_json)


@app.command()
def start(source: SourceId, why: Why = "", by: ByOrMe = "", as_json: AsJson = False) -> None:
    """Undo a stop: the next harvest goes on where the source was stopped."""
    _say("start", source, by, why or "it may be asked again", as_json=as_json)


def _say(verdict: Literal["stop", "start"], source: str, by: str, why: str, *, as_json: bool) -> None:
    warehouse = open_warehouse()
    known = warehouse.source(source).id
    word = Stop(verdict=verdict, source=known, by=by or whoever(), why=why, at=warehouse.clock.now())
    stops.add(warehouse.layout, word)
    if as_json:
        print_json(word)
        return
    ends = "is asked no more; a harvest that runs ends after its page, and what came is kept"
    told = ends if verdict == "stop" else "may be asked again; a run that was stopped goes on with the same command"
    out.print(show.plain(f"{known} {told}."), soft_wrap=True)
