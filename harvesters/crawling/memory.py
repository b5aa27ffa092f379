"""What is remembered of a site's pages from crawl to crawl: how each was, when it is due, which records stood on it.

A page is asked again after some days: half as many when it had changed, twice as many when it had not, at most those
between two full sweeps. A new page begins with what is usual on its site. What leads to others is asked in every crawl.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from statistics import median_low

from msgspec import convert, to_builtins
from msgspec.structs import replace

from harvesters.crawling.lines import Known, Named
from harvesters.crawling.reading import LEADS_ON, Reading
from harvesters.model import Answer, RawRecord, State

PAGES, LOST = "pages", "lost"
_FIRST = 7  # days, on a site that nobody knows yet


class Memory:
    """The pages of a site as `State` keeps them; `crawl` names the present one, `most` are days at most."""

    def __init__(self, state: State, *, crawl: str, today: date, most: int) -> None:
        self._state = state
        self._crawl = crawl
        self._today = today
        self._most = most
        for key in (PAGES, LOST):
            state.note(key, {})
        self.pages: dict[str, Known] = convert(state.get(PAGES), dict[str, Known])
        usual = sorted(known.every for known in self.pages.values() if known.every > 1)
        self._usual = median_low(usual) if usual else min(_FIRST, most)
        self._named = set(self._names(known for known in self.pages.values() if known.crawl == crawl))

    @property
    def has_read(self) -> bool:
        """Whether this crawl has read a page, be it before it was killed."""
        return any(known.crawl == self._crawl for known in self.pages.values())

    def due(self, *, full: bool) -> Iterable[str]:
        """The pages that are to be asked today; all of them for a full sweep."""
        return (url for url, known in self.pages.items() if full or known.due <= self._today.isoformat())

    def same(self, url: str, named: Named) -> None:
        """A page says that it is as it was."""
        before = self.pages[url]
        self._keep(url, self._again(before, replace(before, named=named), changed=False))

    def gone(self, url: str) -> None:
        """A page is no more."""
        if url in self.pages:
            self._lose(self.pages.pop(url).records)
            self._state.note(PAGES, {url: None})

    def read(
        self, url: str, answer: Answer, seen: Reading, named: Named, records: Iterable[RawRecord]
    ) -> tuple[RawRecord, ...]:
        """A page was read; returns its records that no page of this crawl had, if the page changed since the last."""
        before = self.pages.get(url)
        fresh = tuple(record for record in records if record.identifier not in self._named)
        known = Known(
            etag=answer.headers.get("etag", ""),
            modified=answer.headers.get("last-modified", ""),
            meaning=seen.meaning,
            every=self._usual,
            records=tuple(record.identifier for record in fresh),
            named=named,
        )
        changed = before is None or before.meaning != seen.meaning
        if seen.kind in LEADS_ON:
            known = replace(known, every=0)
        elif before:
            known = self._again(before, known, changed=changed)
        if before:
            self._lose(set(before.records) - set(known.records))
        self._keep(url, known)
        return fresh if changed else ()

    def lost(self) -> list[str]:
        """The identifiers of records that stood on a page, and now stand on none."""
        return sorted(self._state.get(LOST).keys() - set(self._names(self.pages.values())))

    def forget_lost(self) -> None:
        """They have been told."""
        self._state.keep(LOST, {})

    def _again(self, before: Known, known: Known, *, changed: bool) -> Known:
        every = max(1, before.every // 2) if changed else min(self._most, 2 * before.every)
        is_told_so = before.named.modified not in ("", known.named.modified)
        return replace(known, every=every, misled=not changed and (before.misled or is_told_so))

    def _keep(self, url: str, known: Known) -> None:
        due = self._today + timedelta(days=known.every)
        self.pages[url] = replace(known, crawl=self._crawl, seen=self._today.isoformat(), due=due.isoformat())
        self._named.update(known.records)
        self._state.note(PAGES, {url: to_builtins(self.pages[url])})

    def _lose(self, names: Iterable[str]) -> None:
        self._state.note(LOST, dict.fromkeys(names, True))

    @staticmethod
    def _names(pages: Iterable[Known]) -> Iterable[str]:
        return (name for known in pages for name in known.records)
