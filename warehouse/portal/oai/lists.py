"""Lists of entries: of all, or of one set, between two stamps, as they stand with what was withdrawn."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from warehouse.portal.oai.errors import Refused
from warehouse.portal.oai.tokens import Position
from warehouse.portal.shelf import Reading
from warehouse.portal.store import Entry, Span

Kind = Literal["source", "government", "schema"]
KINDS: Mapping[str, Kind] = {"country": "government", "source": "source", "schema": "schema"}
"""First part of a setSpec -> what the set is by. The dot is no hierarchy: there is no set of all countries."""
PAGE = 100
_BATCH = 250


class Listed(Struct, frozen=True):
    """A page of a list, and the position behind it; None where the list ends with it."""

    entries: list[Entry]
    rest: Position | None


def page(reading: Reading, position: Position) -> Listed:
    """The next entries from a position on.

    Raises:
        Refused: noRecordsMatch, where a list that begins has none.
    """
    span = _span(position)
    found: list[Entry] = []
    for entry in _entries(reading, span):
        if len(found) == PAGE:
            last = found[-1]
            size = position.size or _count(reading, span)
            told = position.told + PAGE
            return Listed(
                found,
                replace(position, stamp=last.stamp, identifier=last.identifier, told=told, size=max(size, told + 1)),
            )
        found.append(entry)
    if not found and not position.told:
        raise Refused("noRecordsMatch", "Nothing changed in this set in this time.")
    return Listed(found, None)


def spec(kind: str, value: str) -> str:
    """The setSpec of a set; the values are of letters, digits, hyphens and underscores."""
    return f"{kind}.{value}"


def specs_of(entry: Entry) -> list[str]:
    """The sets that an entry is in."""
    values = {kind: getattr(entry, by) for kind, by in KINDS.items()}
    return [spec(kind, value) for kind, value in values.items() if value]


def _span(position: Position) -> Span:
    kind, _, value = position.group.partition(".")
    if position.group and kind not in KINDS:
        raise Refused("noRecordsMatch", f"There is no set {position.group}; ListSets lists them.")
    return Span(
        first=position.first,
        last=position.last or "~",
        after=(position.stamp, position.identifier),
        by=KINDS[kind] if position.group else None,
        value=value,
    )


def _entries(reading: Reading, span: Span) -> Iterator[Entry]:
    """The entries of a span by stamp and identifier; those withdrawn stand where their withdrawal does."""
    hidden = sorted(_withdrawn(reading, span), key=_place)
    visible = (entry for entry in _stored(reading, span) if not reading.suppressed.word(entry.identifier, entry.source))
    return heapq.merge(visible, hidden, key=_place)


def _stored(reading: Reading, span: Span) -> Iterator[Entry]:
    while some := reading.opened.store.listed(span, _BATCH):
        yield from some
        span = replace(span, after=_place(some[-1]))


def _withdrawn(reading: Reading, span: Span) -> Iterator[Entry]:
    """The entries that are withdrawn by now and belong into the span as such."""
    for entry in reading.hidden():
        fits = span.by is None or getattr(entry, span.by) == span.value
        if fits and span.first <= entry.stamp <= span.last and _place(entry) > span.after:
            yield entry


def _count(reading: Reading, span: Span) -> int:
    """About how many entries a list has: those withdrawn since the release are few, and count where they stood."""
    return reading.opened.store.count(replace(span, after=("", "")))


def _place(entry: Entry) -> tuple[str, str]:
    return entry.stamp, entry.identifier
