"""Sites that offer nothing but pages: crawled as a reader would go through them, slowly, and at night.

The crawl runs in a process of its own (`harvesters.spiders`) and asks through the same polite client. What it found is
kept with each page: what is still wanted, and what is known of every page (`crawling.memory`). So a killed crawl goes
on at the address where it was, one that met its limit goes on in the next run, and a page is asked again the more
seldom the longer it stays the same. A page that answers 304, or says what it said before, brings no record.

Site maps and pages that lead on are asked in every crawl. They bring what is new; a page of which its site map has
another day than before is asked at once, and so is one that its list names no more. What was edited without such a sign
is seen when the page is due.

Nothing is absent because it was not met: when a crawl has ended by itself, what its own address answers with 404, 410
or "not found", and the documents that no list shows any more, become tombstones. The facts' `window` is always true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, timedelta
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from msgspec import convert, to_builtins
from msgspec.structs import replace

from harvesters import errors
from harvesters.crawling import hours, process
from harvesters.crawling.lines import Ended, Failure, Fetched, Job, Wanted
from harvesters.crawling.memory import Memory
from harvesters.crawling.options import Options
from harvesters.crawling.reading import Reading, raw_records
from harvesters.crawling.traps import plain
from harvesters.errors import HarvestError, LimitReached, ProtocolError
from harvesters.http import Http, moved
from harvesters.model import Answer, HarvestTask, Issue, Json, Page, RawRecord, State

__all__ = ["Options", "harvest"]  # the registry checks a source's options by the protocol's own model

WANTED, CRAWL = "wanted", "crawl"
_DONE = "done"  # in place of what is wanted, as long as the crawl lasts
_GONE = (404, 410)
_LIMITS = {
    "page_cap": "Raise `max_pages`",
    "byte_cap": "Raise `megabytes` under `options`",
    "closing_time": "Widen `hours` or `longest` under `options`",
}


def harvest(task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
    """Yield every page that was asked, and at last one without bytes that says what is gone.

    Raises:
        LimitReached: it is day where the site is.
        HarvestError: not one page could be read.
    """
    visit = _Visit(task, http, state)
    with process.crawl(visit.job()) as lines:
        for line in lines:
            if isinstance(line, Fetched):
                http.visit.requests = line.requests  # they were sent in our name
            yield visit.page(line) if isinstance(line, Fetched) else visit.end(line)
            if task.limit is not None and visit.records >= task.limit:
                http.visit.requests += 1  # the next may be under way when the process is ended
                return


class _Visit:
    """One crawl, as the harvest sees it."""

    def __init__(self, task: HarvestTask, http: Http, state: State) -> None:
        self._task = task
        self._http = http
        self._state = state
        self._now = http.now()
        self._options = Options.model_validate(task.source.options)
        self._is_new = CRAWL not in state.kept
        if self._is_new:
            state.keep(CRAWL, self._now.isoformat())
        crawl = str(state.get(CRAWL))
        self._memory = Memory(state, crawl=crawl, today=self._now.date(), most=task.source.full_every)
        self._starts = {plain(url) for url in task.source.addresses}
        self._read: Answer | None = None  # the last page that could be
        self._trouble: Failure | None = None  # the first
        self.records = 0

    def job(self) -> Job:
        """What to crawl; raises LimitReached by day."""
        lasts = self._lasts()
        if self._is_new:
            self._state.keep(WANTED, to_builtins(self._wanted()))
        asked: Mapping[str, Json] = self._state.get(WANTED)
        source = self._task.source
        return Job(
            source={**source.model_dump(mode="json", by_alias=True), "id": source.id},
            papers=self._http.papers(),
            today=self._now.date(),
            wanted={url: convert(what, Wanted) for url, what in asked.items() if what != _DONE},
            done=frozenset(url for url, what in asked.items() if what == _DONE),
            known=self._memory.pages,
            full=self._task.full,
            lasts=lasts,
        )

    def _lasts(self) -> float:
        """Seconds until the crawl stops. Raises LimitReached where the site is not to be crawled now."""
        longest = timedelta(hours=self._options.longest)
        if self._options.hours is None:
            return longest.total_seconds()
        named, (begin, end) = self._options.timezone, self._options.hours
        zone = ZoneInfo(named) if named else hours.zone_of(self._task.source.government)
        if not hours.is_open(self._now, zone, (begin, end)):
            now = f"{self._now.astimezone(zone):%H:%M} in {zone.key}"
            raise LimitReached(
                f"It is {now}, and the site is crawled from {begin:%H:%M} to {end:%H:%M}.",
                advice="Give the source a `schedule` in these hours, or set `hours` under `options` (null: always).",
                again=hours.opening(self._now, zone, (begin, end)).astimezone(UTC),
            )
        return min(longest, hours.closing(self._now, zone, (begin, end)) - self._now).total_seconds()

    def _wanted(self) -> dict[str, Wanted]:
        """Where a crawl begins: the source's addresses, site maps, what an earlier one left, and pages that are due."""
        wanted = dict.fromkeys(self._memory.due(full=self._task.full), Wanted(depth=1))
        left: Mapping[str, Json] = self._state.before(WANTED) or {}
        wanted |= {url: convert(what, Wanted) for url, what in left.items() if what != _DONE}
        for url in self._task.source.addresses:
            named = (*self._http.sitemaps(url), *(urljoin(url, each) for each in self._options.sitemaps))
            for site_map in named or (urljoin(url, "/sitemap.xml"),):
                wanted[plain(site_map)] = Wanted("sitemap")
            wanted[plain(url)] = Wanted()
        return wanted

    def page(self, line: Fetched) -> Page:
        """What became of an address, with what is kept of it."""
        self._state.note(WANTED, {**to_builtins(line.found), line.url: _DONE})
        answer, seen = line.answer, line.reading
        if answer is None:
            return self._failed(line.url, line.failure or Failure("ProtocolError", "Nothing came.", ""))
        issues = (*line.issues, *(_start(answer, seen) if line.url in self._starts else ()))
        records: tuple[RawRecord, ...] = ()
        if answer.status == 304 and line.url in self._memory.pages:
            self._memory.same(line.url, line.named)
        elif answer.status in _GONE or (seen and seen.kind == "soft_404"):
            self._memory.gone(line.url)
        elif seen:
            came = raw_records(seen, answer)
            records = self._memory.read(line.url, answer, seen, line.named, came)
            records = came if self._task.full and not records else records
        if answer.status == 304 or (seen and seen.kind != "other"):
            self._read = answer
        self.records += len(records)
        return _page(answer, records, issues)

    def end(self, line: Ended) -> Page:
        """The last page: what is gone, where the crawl ended by itself, and what it met on its way."""
        last = self._read
        has_read = not self._is_new and self._memory.has_read
        if last is None and has_read and self._trouble is None and line.failure is None:
            # Nothing was left to ask of a crawl that was killed behind its last page.
            last = self._nowhere(self._task.source.addresses[0])
        if last is None:
            raise self._nothing(line.failure or self._trouble)
        wanted: Mapping[str, Json] = self._state.get(WANTED)
        self._state.keep(WANTED, {url: what for url, what in wanted.items() if what != _DONE})
        silent = replace(last, body=b"")
        by_itself = line.why == "finished"
        stones = tuple(_tombstone(name, silent) for name in self._memory.lost()) if by_itself else ()
        if by_itself:
            self._memory.forget_lost()
        return replace(_page(silent, stones, tuple(_told(line))), last=by_itself)

    def _failed(self, url: str, failure: Failure) -> Page:
        if failure.kind != "RobotsDisallowed" or url in self._starts:
            self._trouble = self._trouble or failure
        nothing = self._nowhere(url)
        if failure.kind in ("RobotsDisallowed", "AddressRefused") and url not in self._starts:
            return _page(nothing)  # a link that is not for us
        told = f"{failure.cause} {failure.advice}"[:1_000]
        return _page(
            nothing, issues=(Issue(code="page_not_readable", message=told, severity="error", value=url[:500]),)
        )

    def _nowhere(self, url: str) -> Answer:
        return Answer(url=url, status=0, headers={}, body=b"", received=self._http.now())

    def _nothing(self, failure: Failure | None) -> HarvestError:
        if failure is None:
            start = self._task.source.addresses[0]
            return ProtocolError(
                f"{start} answers, but not with a page.", advice="Open it in a browser, and correct `url` if it moved."
            )
        kind = getattr(errors, failure.kind, ProtocolError)
        is_plain = issubclass(kind, HarvestError) and kind is not errors.BadStatus  # which wants its answer
        return (kind if is_plain else ProtocolError)(failure.cause, advice=failure.advice)


def _page(answer: Answer, records: tuple[RawRecord, ...] = (), issues: tuple[Issue, ...] = ()) -> Page:
    return Page(answer=answer, records=records, issues=issues, facts={"window": True})


def _start(answer: Answer, seen: Reading | None) -> Iterator[Issue]:
    """What is wrong with an address of the source's own, though site maps or links may lead to the pages."""
    yield from moved(answer)
    if answer.status >= 400 or (seen and seen.kind in ("other", "soft_404")):
        message = f"{answer.url} answers {answer.status}, and not with a page. Correct `url` in the source file."
        yield Issue(code="start_not_a_page", message=message[:1_000], value=answer.url[:500])


def _tombstone(identifier: str, answer: Answer) -> RawRecord:
    return RawRecord(identifier=identifier, profile="web_page", answer=answer, item=0, start=0, end=0, deleted=True)


def _told(line: Ended) -> Iterator[Issue]:
    """What the end of a crawl has to say: its limit, and what it did not ask."""
    if line.failure:
        told = f"The crawl stopped. {line.failure.cause} {line.failure.advice}"
        yield Issue(code="crawl_stopped", message=told[:1_000], severity="error")
    elif line.why != "finished":
        advice = _LIMITS.get(line.why, "Look at the log")
        yield Issue(
            code=line.why,
            message=f"The crawl met its limit with pages left; the next run goes on there. {advice} for more in a run.",
            severity="error",
        )
    for reason, times in sorted(line.refused.items()):
        yield Issue(
            code="addresses_left_out",
            message=f"{times} addresses were not asked ({reason}): they lead on for ever, or too far.",
            severity="note",
            value=reason,
        )
