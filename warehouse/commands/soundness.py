"""`chm verify` and `chm repair`: whether what is kept is as it was written, and what can be done where it is not."""

from __future__ import annotations

from typing import Annotated

import typer

from warehouse import release
from warehouse.console import AsJson, open_warehouse, out, print_json
from warehouse.mending import repairs, soundness
from warehouse.mending.soundness import Soundness
from warehouse.runs import Refused
from warehouse.show import plain

app = typer.Typer()


@app.command()
def verify(
    release_id: Annotated[str | None, typer.Argument(metavar="RELEASE", help="Default: the current one.")] = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Also every snapshot, batch and raw page that the current state stands on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check that a release is whole: checksums, counts, schemas, and the same records in every format."""
    warehouse = open_warehouse()
    if deep:
        _deep(soundness.examine(warehouse.layout), as_json=as_json)
        return
    found = release.read(warehouse.layout, release_id)
    if found is None:
        raise Refused(f"There is no release {release_id or 'yet'}.", advice="Run `chm publish` first.")
    verdict = release.verify(warehouse.layout, found)
    if as_json:
        print_json(verdict)
    else:
        good = f"Release {verdict.release}: {verdict.records} records, {verdict.files} files, all as published."
        out.print("\n".join(verdict.faults) or good, style="red" if verdict.faults else "green", soft_wrap=True)
    if verdict.faults:
        raise typer.Exit(1)


@app.command()
def repair(
    source: Annotated[str | None, typer.Argument(help="This source only; default: all, and the release.")] = None,
    as_json: AsJson = False,
) -> None:
    """Rebuild what a disk has damaged from what is kept, and say what was done."""
    warehouse = open_warehouse()
    told: list[str] = []
    for each in [warehouse.source(source).id] if source else warehouse.layout.loaded_sources():
        told += repairs.repair(warehouse, each)
    if source is None:
        told += repairs.repair_release(warehouse)
    if as_json:
        print_json(told)
    else:
        out.print(plain("\n".join(told) or "All is as it was written; there is nothing to repair."), soft_wrap=True)


def _deep(found: Soundness, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        lines = [f"{fault.source or 'the release'}, {fault.what}: {fault.cause}" for fault in found.faults]
        if lines:
            lines.append("`chm repair` rebuilds what can be.")
        good = f"{found.folders} folders and files behind the current state, all as written."
        out.print(plain("\n".join(lines) or good), style="red" if lines else "green", soft_wrap=True)
    if found.faults:
        raise typer.Exit(1)
