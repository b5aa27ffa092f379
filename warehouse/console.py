"""What every command shares: where it prints, how its work shows, and what its options are called."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from harvesters.clock import SystemClock
from warehouse import show
from warehouse.context import Warehouse
from warehouse.model import HarvestReport, LoadReport, NormalizeReport, PublishReport
from warehouse.settings import read

_TELL_EVERY = 10.0  # seconds
_WIDE = 160  # columns where no terminal says how many it has

out = Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else _WIDE)
err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)

SourceId = Annotated[str, typer.Argument(help="Id of a source; `chm sources` lists them.")]
RunId = Annotated[str | None, typer.Option("--run-id", help="Default: the source's open run, else a new one.")]
By = Annotated[str, typer.Option("--by", help="Name of the person who decides.")]
Why = Annotated[str, typer.Option("--why", help="The reason, for those who come after.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


def open_warehouse() -> Warehouse:
    """The warehouse of the environment's settings, on the machine's own clock."""
    return Warehouse(settings=read(), clock=SystemClock())


@contextmanager
def watched(*, as_json: bool) -> Iterator[Warehouse]:
    """A warehouse whose work shows on standard error: a live line on a terminal, else a line every ten seconds."""
    if as_json:
        yield open_warehouse()
        return
    if not err.is_terminal:
        yield Warehouse(settings=read(), clock=SystemClock(), watch=_plain_watch())
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed} records"))
    with Progress(*columns, TimeElapsedColumn(), console=err, transient=True) as bar:
        task = bar.add_task("", total=None)

        def watch(verb: str, records: int) -> None:
            bar.update(task, description=verb, completed=records)

        yield Warehouse(settings=read(), clock=SystemClock(), watch=watch)


def _plain_watch() -> Callable[[str, int], None]:
    told = time.monotonic()

    def watch(verb: str, records: int) -> None:
        nonlocal told
        if time.monotonic() - told >= _TELL_EVERY:
            told = time.monotonic()
            err.print(f"{verb}: {records} records so far")

    return watch


def print_json(value: object) -> None:
    """Print a value, such as a report, as indented JSON on standard output."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def end(report: HarvestReport | NormalizeReport | LoadReport | PublishReport, *, as_json: bool) -> None:
    """Print a verb's report; leave with 1 where it failed, with 3 where it is held or stopped."""
    if as_json:
        print_json(report)
    else:
        bad = report.outcome in ("failed", "held", "stopped")
        (err if bad else out).print(show.receipt(report), style="red" if bad else "", soft_wrap=True)
    if report.outcome == "failed":
        raise typer.Exit(1)
    if report.outcome in ("held", "stopped"):
        raise typer.Exit(3)


def leave(message: str, code: int) -> NoReturn:
    """End the command with a sentence on standard error and an exit code."""
    err.print(show.plain(message), style="red")
    sys.exit(code)
