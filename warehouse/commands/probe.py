"""`chm probe`: from an address to a source, and through the sources that nobody has looked at."""

from __future__ import annotations

from typing import Annotated

import typer

from warehouse import show
from warehouse.console import AsJson, open_warehouse, out, print_json
from warehouse.probing import looking, saving
from warehouse.probing.show import text
from warehouse.probing.suggesting import Subject

app = typer.Typer()


@app.command()
def probe(
    url: Annotated[str | None, typer.Argument(help="Any address of a site: its front page will do.")] = None,
    save: Annotated[str | None, typer.Option("--save", metavar="ID", help="Write the source file of this id.")] = None,
    country: Annotated[str | None, typer.Option("--country", help="ISO 3166-1 code of the site's country.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find what a site offers, try the best of it, and suggest a source file."""
    warehouse = open_warehouse()
    if save:
        saving.path_for(warehouse, save)
    found = looking.probe(warehouse, Subject(str(url), save or "probe", country and country.upper()))
    path = saving.save(warehouse, found, save) if save else None
    if as_json:
        print_json(found)
    else:
        out.print(show.plain(text(found)), soft_wrap=True)
        if path:
            out.print(f"Written: {path}. `chm sources accept {save}` sets it active.")
    if found.standing == "unreachable":
        raise typer.Exit(1)
