"""`chm today`: what an operator should see to, and what of it is new since somebody last looked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from warehouse.console import AsJson, open_warehouse, out, print_json
from warehouse.files import read_json, write_bytes, write_json
from warehouse.runs import Refused
from warehouse.today import concerns, digest_views, notify
from warehouse.today.digest import Look, look

app = typer.Typer()
_TIMES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]


@app.command()
def today(
    since: Annotated[
        datetime | None,
        typer.Option(formats=_TIMES, help="New is what began since then (UTC), not since the last look."),
    ] = None,
    peek: Annotated[bool, typer.Option("--peek", help="Look without being remembered: what is new stays new.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write it as a page, too.")] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Send it to CHM_NOTIFY, once a day, where there is something to tell.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what to see to, the worst first, each with the next command; one line where all is well."""
    warehouse = open_warehouse()
    if send:
        if since or html or peek or as_json:
            raise Refused("What is sent is the whole of it.", advice="Give --send alone.")
        out.print(notify.send(warehouse), soft_wrap=True)
        return
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    path = warehouse.layout.look("operator")
    found = concerns.gather(warehouse, read_json(path, Look), since)
    if html:
        write_bytes(html.absolute(), digest_views.page(found))
    if as_json:
        print_json(found)
    else:
        out.print(digest_views.text(found), soft_wrap=True)
    if not peek:
        write_json(path, look(found))
