"""A person's word that a source is not to be asked: `decisions/stops.jsonl`, and what follows from it.

It holds from the next page on, in a harvest that runs as well: what came is kept, and after `start` the same command
goes on behind it. While a source is stopped it counts as paused, so it has no schedule; its records stay published.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from warehouse import ledger
from warehouse.layout import Layout
from warehouse.model import SCHEMA_VERSION, Failure
from warehouse.runs import Refused


class Stop(Struct, frozen=True, kw_only=True):
    """A person's word on a source; the last one holds."""

    verdict: Literal["stop", "start"]
    source: str
    by: str
    why: str
    at: datetime
    schema_version: int = SCHEMA_VERSION


class Stopped(Refused):
    """A source is stopped by a person's word."""


def in_force(layout: Layout) -> dict[str, Stop]:
    """The sources that are stopped now, with the word that did it.

    Raises:
        Damaged: a line of the file is no such word.
    """
    latest = {word.source: word for word in ledger.read(layout.stops(), Stop)}
    return {source: word for source, word in latest.items() if word.verdict == "stop"}


def told(word: Stop) -> Failure:
    """What a stopped harvest says of itself."""
    return Failure(
        f"{word.by} stopped it: {word.why}.",
        f"`chm sources start {word.source}` undoes it, and the same command goes on where it stopped.",
    )


def refuse(layout: Layout, source: str) -> None:
    """Raise `Stopped` where a source is not to be asked."""
    if word := in_force(layout).get(source):
        said = told(word)
        raise Stopped(f"{source}: {said.cause}", advice=said.advice)


def add(layout: Layout, word: Stop) -> None:
    """Put a word behind the others.

    Raises:
        Refused: nobody signs it, or it changes nothing, or another process decides at this moment.
    """
    ledger.signed(word.by, word.why)
    standing = in_force(layout).get(word.source)
    if word.verdict == "stop" and standing:
        raise Refused(f"{word.source} is stopped already, by {standing.by}: {standing.why}.", advice="Nothing to do.")
    if word.verdict == "start" and standing is None:
        raise Refused(f"{word.source} is not stopped.", advice="`chm sources` shows which are paused or retired.")
    ledger.add(layout, layout.stops(), word)
