"""How far an OAI-PMH harvest is: its windows, which of them is being asked for, and where in its list it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from harvesters.model import Issue, Window
from harvesters.oai.troubles import Trouble
from harvesters.oai.windows import Calendar, halves

_MOST_CUTS = 16  # of windows, in one harvest


class Progress(Struct):
    """All that `resume` holds, but for the ledger's rows.

    `stage` is what is asked for next. `row` is the number of the present window: `again` where its list is asked for a
    second time, `singly` where its records are; `token` continues it, `came` are the records of it so far, `declared`
    is how many were announced, and `not_of_set` and `not_of_dates` of what came was not asked for.
    """

    calendar: Calendar
    stage: Literal["formats", "sets", "records"] = "formats"
    prefix: str = ""
    profile: str = ""
    row: int = 0
    again: bool = False
    singly: bool = False
    token: str | None = None
    came: int = 0
    declared: int | None = None
    not_of_set: int = 0
    not_of_dates: int = 0
    cuts: int = 0
    pages: int = 0  # of records
    records: int = 0

    def begin(self, *, again: bool = False, singly: bool = False) -> None:
        """Begin the present window's list from its start."""
        self.again, self.singly = again, singly
        self.token, self.came, self.declared, self.not_of_set, self.not_of_dates = None, 0, None, 0, 0


class Ledger:
    """The windows of a harvest, asked for in order; `progress` is moved along."""

    def __init__(self, rows: Sequence[Window], progress: Progress) -> None:
        self._rows = list(rows)
        self._changed: set[int] = set()
        self.progress = progress

    @classmethod
    def new(cls, rows: Sequence[Window], progress: Progress) -> Ledger:
        """A ledger that nobody has seen yet."""
        ledger = cls(rows, progress)
        ledger._changed.update(row.number for row in rows)
        return ledger

    @property
    def row(self) -> Window | None:
        """The present window; None where all have been asked for."""
        return self._rows[self.progress.row] if self.progress.row < len(self._rows) else None

    @property
    def complete(self) -> bool:
        """Whether every window is done."""
        return all(row.status == "done" for row in self._rows)

    def changes(self) -> tuple[Window, ...]:
        """The rows that are new or changed since the last call."""
        changed = tuple(self._rows[number] for number in sorted(self._changed))
        self._changed.clear()
        return changed

    def done(self) -> None:
        """The present window's list came to its end."""
        row = self._rows[self.progress.row]
        self._put(replace(row, status="done", attempts=row.attempts + 1, error=None))
        self._next()

    def is_smallest(self) -> bool:
        """Whether the present window cannot be cut any more."""
        return self._halves() is None

    def settle(self, trouble: Trouble) -> Issue:
        """Decide what becomes of the present window after a trouble; the issue says it.

        Its severity is `error` where nothing more helps in this run and the window is left as a gap.
        """
        progress, row = self.progress, self._rows[self.progress.row]
        if trouble.again and not progress.again:
            progress.begin(again=True, singly=progress.singly)
            return trouble.issue("it is asked for again", lost=False)
        parts = self._halves() if trouble.smaller and not progress.singly else None
        if parts:
            progress.cuts += 1
            earlier, later = parts
            self._put(earlier)
            self._put(replace(later, number=len(self._rows)))
            progress.begin(again=True)
            return trouble.issue("it is asked for in two halves", lost=False)
        if trouble.singly and not progress.singly:
            progress.begin(again=True, singly=True)
            return trouble.issue("its records are asked for one by one", lost=False)
        self._put(replace(row, status="failed", attempts=row.attempts + 1, error=trouble.what[:500]))
        self._next()
        return trouble.issue("this window is left as a gap, which the next harvests try to fill", lost=True)

    def _halves(self) -> tuple[Window, Window] | None:
        progress = self.progress
        return halves(self._rows[progress.row], progress.calendar) if progress.cuts < _MOST_CUTS else None

    def _put(self, row: Window) -> None:
        if row.number == len(self._rows):
            self._rows.append(row)
        self._rows[row.number] = row
        self._changed.add(row.number)

    def _next(self) -> None:
        self.progress.row += 1
        self.progress.begin()
