"""What was withdrawn since a release was published, or ever: the list of people's words, read anew when it changes."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from warehouse.formats.records_sqlite import stamp_of
from warehouse.layout import Layout
from warehouse.portal.store import Entry
from warehouse.withdrawing import withdrawals
from warehouse.withdrawing.withdrawals import Withdrawal


class Suppressed(Struct, frozen=True, eq=False):
    """The withdrawals in force, by what they are about: a record's identifier, or a whole source."""

    records: Mapping[str, Withdrawal]
    sources: Mapping[str, Withdrawal]

    def word(self, identifier: str, source: str) -> Withdrawal | None:
        """The word by which a record is withdrawn, or None."""
        return self.records.get(identifier) or self.sources.get(source)

    @property
    def latest(self) -> str:
        """When the last of them was said, "" where there is none: another list, another answer."""
        return max((stamp_of(word.at) for word in (*self.records.values(), *self.sources.values())), default="")

    def since(self, moment: datetime) -> bool:
        """Whether anything was withdrawn after a moment."""
        return any(word.at > moment for word in (*self.records.values(), *self.sources.values()))

    def applied(self, entry: Entry) -> Entry:
        """The entry as it stands: dead, and since when, where it is withdrawn.

        One that the release itself has as dead is not told again, unless the word came after the release.
        """
        word = self.word(entry.identifier, entry.source)
        if word is None:
            return entry
        return Entry(
            entry.identifier,
            entry.source,
            entry.government,
            entry.schema,
            max(entry.stamp, stamp_of(word.at)),
            is_live=False,
            reason="withdrawn",
        )


class SuppressionList:
    """`decisions/withdrawals.jsonl`; a change of it holds from the next question on."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] | None = None
        self._read = Suppressed({}, {})

    def now(self) -> Suppressed:
        """What is withdrawn at this moment.

        Raises:
            Damaged: the list cannot be read, so that nobody knows what must not be shown.
        """
        state = _state(self._layout)
        if state != self._seen:
            with self._lock:
                words = withdrawals.in_force(self._layout).decisions
                self._read = Suppressed(
                    {record: word for (_, record), word in words.items() if record},
                    {source: word for (source, record), word in words.items() if record is None},
                )
                self._seen = state
        return self._read


def _state(layout: Layout) -> tuple[int, ...]:
    """What changes whenever the file does: it is replaced, never written over."""
    try:
        found = layout.withdrawals().stat()
    except FileNotFoundError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size
