"""`chm gaps`: what the harvests of a source could not read."""

from __future__ import annotations

import typer
from rich.table import Table

from harvesters.model import Window
from warehouse import raw, reports
from warehouse.console import AsJson, SourceId, open_warehouse, out, print_json
from warehouse.context import Warehouse
from warehouse.gaps import Gaps, QuarantinedRecord
from warehouse.show import plain

app = typer.Typer()


@app.command()
def gaps(source: SourceId, as_json: AsJson = False) -> None:
    """Show the windows and records of a source that no harvest could read; `chm harvest SOURCE --gaps` asks again."""
    warehouse = open_warehouse()
    found = _gaps(warehouse, warehouse.source(source).id)
    if as_json:
        print_json(found)
        return
    if not (found.windows or found.quarantined):
        out.print(f"{source} has no gaps.")
    if found.windows:
        out.print(_windows(found.windows))
        out.print(f"`chm harvest {source} --gaps` asks for them again.")
    for record in found.quarantined:
        name = plain(record.identifier or "a record without identifier")
        out.print(f"In quarantine: {name} (run {found.run}, page {record.page}, bytes {record.start} to {record.end})")


def _gaps(warehouse: Warehouse, source: str) -> Gaps:
    layout = warehouse.layout
    loaded = reports.last_loaded(layout, source)
    if loaded is None:
        return Gaps(source=source, run=None, windows=(), quarantined=())
    run = loaded.harvest.run
    records = tuple(
        QuarantinedRecord(identifier=record.identifier, page=page, start=record.start, end=record.end)
        for page, record in raw.quarantine(layout.raw(source, run))
    )
    return Gaps(source=source, run=run, windows=loaded.load.gaps, quarantined=records)


def _windows(windows: tuple[Window, ...]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("set", "from", "until", "status", "attempts", "error"):
        table.add_column(column, overflow="fold")
    for row in windows:
        since = f"{row.since:%Y-%m-%d %H:%M:%S}" if row.since else "the beginning"
        until = f"{row.until:%Y-%m-%d %H:%M:%S}"
        table.add_row(plain(row.set or "all"), since, until, row.status, str(row.attempts), plain(row.error or ""))
    return table
