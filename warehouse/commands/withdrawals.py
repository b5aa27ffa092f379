"""`chm withdraw`, `restore` and `withdrawals`: what must not be in the index, by whose word and why."""

from __future__ import annotations

from typing import Annotated, Literal

import typer
from msgspec.structs import replace
from rich.table import Table

from warehouse.console import AsJson, By, Why, open_warehouse, out, print_json
from warehouse.context import Warehouse, read_sources
from warehouse.show import plain
from warehouse.withdrawing import erasure, withdrawals
from warehouse.withdrawing.withdrawals import Erasure, Withdrawal

app = typer.Typer()

What = Annotated[str, typer.Argument(help="Identifier of a record (ours, or its source's own) or id of a source.")]


@app.command()
def withdraw(
    what: What,
    by: By,
    why: Why,
    erase: Annotated[
        bool, typer.Option("--erase", help="Also take it out of all that is kept, for ever, and out of past releases.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take a record or a source out of the index: the next release has a tombstone in its place."""
    warehouse = open_warehouse()
    word = replace(_word(warehouse, what, "withdraw", by, why), erase=erase)
    before = withdrawals.in_force(warehouse.layout).decisions.get((word.source, word.record))
    if not (erase and before and before.erase):  # an erasure that was interrupted goes on
        withdrawals.add(warehouse.layout, word)
    if not erase:
        _tell(word, f"Withdrawn: {_named(word)}. The next release has a tombstone in its place.", as_json=as_json)
        return
    done = erasure.erase(warehouse, word)
    if as_json:
        print_json(done)
    else:
        out.print(plain(_erased(word, done)), soft_wrap=True)


@app.command()
def restore(what: What, by: By, why: Why, as_json: AsJson = False) -> None:
    """Undo a withdrawal: the next release has the record again, as it is today; what was erased stays erased."""
    warehouse = open_warehouse()
    word = _word(warehouse, what, "restore", by, why)
    before = withdrawals.in_force(warehouse.layout).decisions.get((word.source, word.record))
    withdrawals.add(warehouse.layout, word)
    then = "The next release has it again."
    if before and before.erase:
        then = f"It was erased, and comes again when its site gives it: `chm harvest {word.source} --full` asks."
    _tell(word, f"Restored: {_named(word)}. {then}", as_json=as_json)


@app.command(name="withdrawals")
def list_(as_json: AsJson = False) -> None:
    """List what is withdrawn at present."""
    words = list(withdrawals.in_force(open_warehouse().layout).decisions.values())
    if as_json:
        print_json(words)
        return
    if not words:
        out.print("Nothing is withdrawn.")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("source", "record", "by", "when", "erased", "why"):
        table.add_column(column, overflow="fold")
    for word in words:
        erased = "yes" if word.erase else ""
        table.add_row(word.source, word.record or "all", plain(word.by), f"{word.at:%Y-%m-%d}", erased, plain(word.why))
    out.print(table)


def _word(warehouse: Warehouse, what: str, verdict: Literal["withdraw", "restore"], by: str, why: str) -> Withdrawal:
    sources = [source.id for source in read_sources(warehouse.settings)[0]]
    source, record = withdrawals.find(warehouse.layout, what, sources)
    return Withdrawal(verdict=verdict, source=source, record=record, by=by, why=why, at=warehouse.clock.now())


def _named(word: Withdrawal) -> str:
    return f"record {word.record} of {word.source}" if word.record else f"source {word.source}"


def _tell(word: Withdrawal, sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json(word)
    else:
        out.print(plain(sentence), soft_wrap=True)


def _erased(word: Withdrawal, done: Erasure) -> str:
    told = f"Erased: {_named(word)}, from {done.raw} harvests, {done.tables} tables and {len(done.releases)} releases."
    if done.removed:
        told += f" Removed, since they cannot be rebuilt: {', '.join(done.removed)}; run `chm publish`."
    return told
