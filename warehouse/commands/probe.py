"""`chm probe`: from an address to a source, and through the sources that nobody has looked at."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from harvesters.errors import LimitReached
from warehouse import show
from warehouse.console import AsJson, err, open_warehouse, out, print_json
from warehouse.context import Warehouse
from warehouse.probing import looking, saving, suggesting, table, verifying
from warehouse.probing.model import Verification
from warehouse.probing.show import lines
from warehouse.probing.suggesting import Subject
from warehouse.runs import Refused

app = typer.Typer()


@app.command()
def probe(
    url: Annotated[str | None, typer.Argument(help="Any address of a site: its front page will do.")] = None,
    save: Annotated[str | None, typer.Option("--save", metavar="ID", help="Write the source file of this id.")] = None,
    country: Annotated[str | None, typer.Option("--country", help="ISO 3166-1 code of the site's country.")] = None,
    pace: Annotated[
        float | None, typer.Option("--pace", help="Seconds between two requests, if the owner wishes other than 2.")
    ] = None,
    unverified: Annotated[
        bool,
        typer.Option("--unverified", help="Through the sources that nobody has looked at, of all countries or one."),
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="With --unverified: ask those too that were probed.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="With --unverified: print the table as CSV.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find what a site offers, try the best of it, and suggest a source file."""
    if bool(url) == unverified or (unverified and (save or pace is not None)) or (url and (again or as_csv)):
        advice = "Give an address, with `--save` or `--pace` if wished, or `--unverified`, with `--again` or `--csv`."
        raise Refused("What is meant is not clear.", advice=advice)
    warehouse = open_warehouse()
    place = country.upper() if country else None
    if url:
        _address(warehouse, Subject(suggesting.spelt_out(url), save or "probe", place, pace), save, as_json=as_json)
    else:
        found = _unverified(warehouse, place, again=again)
        if as_json:
            print_json(found)
        else:
            sys.stdout.write(table.as_csv(found) if as_csv else show.plain(table.text(found)))


def _address(warehouse: Warehouse, subject: Subject, save: str | None, *, as_json: bool) -> None:
    if save:
        saving.path_for(warehouse, save)
    if not as_json:
        wait = f"at most {looking.MOST} requests at the polite pace, which may take a minute or two"
        err.print(show.plain(f"Looking at {subject.url}: {wait}."))
    found = looking.probe(warehouse, subject)
    if as_json:
        print_json(found)
    else:
        for piece in lines(found):
            out.print(piece, soft_wrap=isinstance(piece, str))
    if save:
        path = saving.save(warehouse, found, save)
        err.print(show.plain(f"Written: {path}. `chm sources accept {save}` sets it active."))
    if found.standing == "unreachable":
        raise typer.Exit(1)


def _unverified(warehouse: Warehouse, country: str | None, *, again: bool) -> Verification:
    """The table, which is kept after every source: whoever interrupts it has what was found so far."""
    sources = verifying.unverified(warehouse)
    found = {each.id: (each, kept) for each in sources if (kept := verifying.known(warehouse, each))}
    wanted = [each for each in sources if country in (None, each.government)]
    waiting = [each for each in wanted if again or each.id not in found]
    err.print(f"{len(waiting)} to look at, one after the other; {len(wanted) - len(waiting)} are known from before.")
    for number, (source, seen) in enumerate(verifying.verify(warehouse, waiting), start=1):
        if isinstance(seen, LimitReached):
            told = f"is left for another time: {seen} The same command goes on with it."
        else:
            told = seen.standing
            found[source.id] = (source, seen)
            table.keep(warehouse.layout, table.rows(found.values()))
        err.print(show.plain(f"{number} of {len(waiting)}: {source.id} {told}"))
    return table.rows(found[each.id] for each in wanted if each.id in found)
