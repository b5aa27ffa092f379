"""The release that is read: opened once, exchanged when `current.json` moves, closed when its last reader has gone.

A request holds the release with which it began until it ends, even where the folder is removed meanwhile. Somebody
else looks for a new one from time to time and opens it, so that no request waits; one that cannot be opened leaves the
old one in place, and `/health` says so.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

from harvesters.errors import HarvestError
from warehouse.files import Damaged, read_json
from warehouse.formats.records_sqlite import stamp_of
from warehouse.layout import Layout
from warehouse.model import CurrentRelease, Release
from warehouse.portal.opened import OpenedRelease
from warehouse.portal.store import Entry
from warehouse.portal.suppression import Suppressed, SuppressionList

_EARLIER = 2  # releases that stay open behind the current one


class NothingPublished(HarvestError):
    """There is no release to read yet."""


class Reading(Struct, frozen=True):
    """What one request reads: a release that stays as it is, and what must not be shown of it any more."""

    opened: OpenedRelease
    suppressed: Suppressed

    @property
    def release(self) -> Release:
        """The manifest."""
        return self.opened.release

    @property
    def version(self) -> str:
        """What changes whenever an answer may, for ETags: the release, its last rewriting, the last withdrawals."""
        rewritten = stamp_of(self.release.rewritten[-1]) if self.release.rewritten else ""
        words = f"{len(self.suppressed.records)}+{len(self.suppressed.sources)}"
        return "_".join((self.release.release, rewritten, words, self.suppressed.latest))

    def hidden(self) -> list[Entry]:
        """The entries of the release that are withdrawn by now, as they stand."""
        return [self.suppressed.applied(entry) for entry in self.opened.withdrawn(self.suppressed)]


class Shelf:
    """The current release of the warehouse in a folder; `realms_of_chm` are the setting's."""

    def __init__(self, layout: Layout, realms_of_chm: tuple[str, ...] = ()) -> None:
        self.layout = layout
        self._realms_of_chm = realms_of_chm
        self.fault: str | None = None
        self._list = SuppressionList(layout)
        self._changing = threading.Lock()
        self._counting = threading.Lock()
        self._state: tuple[object, ...] | None = None
        self._current: OpenedRelease | None = None
        self._earlier: dict[str, OpenedRelease] = {}  # oldest first
        self._readers: dict[OpenedRelease, int] = {}

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """The current release, which stays open meanwhile.

        Raises:
            NothingPublished: there is none.
            Damaged: the list of what is withdrawn cannot be read.
        """
        if self._current is None:
            self.look()
        with self._counting:
            opened = self._current
            if opened is None:
                raise NothingPublished("Nothing is published yet.", advice="Run `chm publish`.")
            self._readers[opened] += 1
        try:
            yield Reading(opened, self._list.now())
        finally:
            self._put_back(opened)

    @contextmanager
    def earlier(self, release: str) -> Iterator[Reading | None]:
        """A release that was current before, for who began to read it then; None where it is not kept any more."""
        with self._counting:
            opened = self._earlier.get(release)
            if opened:
                self._readers[opened] += 1
        try:
            yield Reading(opened, self._list.now()) if opened else None
        finally:
            if opened:
                self._put_back(opened)

    def close(self) -> None:
        """Let go of the release; those who hold it keep it."""
        self._exchange(None)
        self._state = None

    def look(self) -> None:
        """Open the release that is current by now, unless another thread is doing so.

        Raises:
            OSError, Damaged: it cannot be opened, and there is none before it.
        """
        state = _state(self.layout)
        if state == self._state or not self._changing.acquire(blocking=self._current is None):
            return
        try:
            if state != self._state:
                self._exchange(_open(self.layout, self._realms_of_chm))
                self._state, self.fault = state, None
        except (OSError, Damaged) as error:
            self.fault = str(error)
            if self._current is None:
                raise
        finally:
            self._changing.release()

    def _exchange(self, fresh: OpenedRelease | None) -> None:
        with self._counting:
            before, self._current = self._current, fresh
            if fresh:
                self._readers[fresh] = 1  # the shelf itself
            leaving = self._set_aside(before, fresh)
        for opened in leaving:
            self._put_back(opened)

    def _set_aside(self, before: OpenedRelease | None, fresh: OpenedRelease | None) -> list[OpenedRelease]:
        """Keep the release before for who is in the middle of it; returns those that are kept no longer."""
        leaving = []
        if before and fresh and before.release.release != fresh.release.release:
            self._earlier[before.release.release] = before
        elif before:
            leaving.append(before)
        while len(self._earlier) > (_EARLIER if fresh else 0):
            leaving.append(self._earlier.pop(next(iter(self._earlier))))
        return leaving

    def _put_back(self, opened: OpenedRelease) -> None:
        with self._counting:
            self._readers[opened] -= 1
            is_last = not self._readers[opened]
            if is_last:
                del self._readers[opened]
        if is_last:
            opened.close()


def _open(layout: Layout, realms_of_chm: tuple[str, ...]) -> OpenedRelease | None:
    current = read_json(layout.current_release(), CurrentRelease)
    return OpenedRelease(layout.release(current.release), realms_of_chm) if current else None


def _state(layout: Layout) -> tuple[object, ...]:
    """What changes when another release is current, or this one was written anew."""
    try:
        current = read_json(layout.current_release(), CurrentRelease)
        if current is None:
            return ()
        written = (layout.release(current.release) / "manifest.json").stat()
    except OSError:
        return ()
    return current.release, written.st_ino, written.st_mtime_ns
