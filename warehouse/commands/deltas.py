"""`chm delta`: what a reader of one release must do to have another, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from warehouse import work
from warehouse.console import AsJson, open_warehouse, out, print_json
from warehouse.files import Damaged
from warehouse.past import deltas, release_diff
from warehouse.past.deltas import Delta
from warehouse.past.predecessors import is_whole

app = typer.Typer()


@app.command()
def delta(
    into: Annotated[Path, typer.Option("--into", help="Folder for the files; it is made where there is none.")],
    old: Annotated[str | None, typer.Option("--from", help="A release; default: the one before the current.")] = None,
    new: Annotated[str | None, typer.Option("--to", help="A release; default: the current one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the records that came, changed and went between two releases, and Solr's commands for them."""
    warehouse = open_warehouse()
    layout = warehouse.layout
    first, last = release_diff.two_releases(layout, old, new)
    before = layout.release(release_diff.kept(layout, first).release)
    for folder in (before, layout.release(last)):
        if not is_whole(folder):
            raise Damaged(f"{folder.name} is not as it was published.", advice=f"`chm verify {folder.name}` says why.")
    edition = replace(work.edition(warehouse, release_diff.kept(layout, last)), previous=before)
    into.mkdir(parents=True, exist_ok=True)
    found, files = deltas.between(edition, layout.release(last), into, layout.scratch())
    if as_json:
        print_json(found)
    else:
        out.print(_told(found))
        out.print("\n".join(str(file) for file in files), soft_wrap=True)


def _told(delta: Delta) -> str:
    counts = f"{delta.added} added, {delta.changed} changed, {delta.removed} removed"
    whole = "\nLabels or realm changed: give Solr the whole of solr.jsonl.zst." if delta.solr_whole else ""
    return f"From {delta.previous} to {delta.release}: {'nothing' if delta.is_empty else counts}{whole}"
