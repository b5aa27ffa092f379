"""RSS 0.9x, 1.0, 2.0, Atom and JSON Feed. A feed is a window: what it no longer shows is not gone.

`facts` of every page: `window` (always true); of the first also `server_time`, by the HTTP Date header. Kept for the
next run as "validators": address -> ETag and Last-Modified (RFC 9110, 8.8), so that a feed that did not change costs a
304; as "newest" the identifiers (digests) on each feed's first page, up to which an increment reads a paged feed; and
what `feed_names` and `feed_dates` must know. `resume` holds all that is needed to go on after its page, the latest
identifiers included.

RSS 2.0 https://www.rssboard.org/rss-specification, RSS 1.0 https://web.resource.org/rss/1.0/spec, Atom RFC 4287;
older entries behind `prev-archive` and `next`: RFC 5005 for XML, `next_url` of JSON Feed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct, convert, to_builtins
from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field

from harvesters.errors import (
    AddressRefused,
    BadStatus,
    HarvestError,
    ProtocolError,
    RobotsError,
    TooLarge,
    TooSlow,
    Unreachable,
)
from harvesters.feeds import names as feed_names
from harvesters.feeds.addresses import absolute, host, untracked
from harvesters.feeds.dates import FirstSeen, told_ahead
from harvesters.feeds.entries import broken, complaints, cut_short, read
from harvesters.feeds.names import digest
from harvesters.http import Http, moved
from harvesters.model import Answer, HarvestTask, Issue, Json, Page, RawRecord, State
from harvesters.server_clock import server_time

_BY_FEED = ("validators", "newest", feed_names.KEY)  # what is kept of each feed under its address
_REMEMBERED = 500  # identifiers by which a duplicate is known; a later one is the warehouse's to notice
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, */*;q=0.1"
)


class Options(BaseModel):
    """What a source's `options` may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    paged: bool = Field(False, description="WordPress's `?paged=N` is followed: to its end, or to what is known")
    channels_index: bool = Field(False, description="`url` is a Portal Tool Kit's `localchannels_rdf`: a list of feeds")


class _Progress(Struct):
    """How far a harvest is: all that `resume` holds.

    `n` is the number of the next feed, `page` the next page of it, which lies `at` an address that the page before
    named, where it named one; `feeds` are the addresses that an index named; `failed` counts feeds that could not be
    read, `broken` says that one broke off: then no page is the last; `visited` and `latest` are digests, of addresses
    and identifiers.
    """

    n: int = 0
    page: int = 1
    at: str = ""
    pages: int = 0
    records: int = 0
    failed: int = 0
    broken: bool = False
    feeds: tuple[str, ...] = ()
    visited: tuple[str, ...] = ()
    latest: tuple[str, ...] = ()

    def next_page(self, at: str = "") -> None:
        self.page, self.at = self.page + 1, at

    def next_feed(self) -> None:
        self.n, self.page, self.at, self.visited = self.n + 1, 1, "", ()


def harvest(task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
    """Yield a page for every answer: an index of channels first (without records), then each feed, page by page.

    A 304 is a page without records. Of several feeds, one that is gone or is no feed is an issue of its page, and then
    no page is `last`.

    Raises:
        BadStatus: the only feed, or the last of feeds that all failed, answered with an HTTP error.
        ProtocolError: the same, where what came is no feed; or the index of channels names none.
    """
    options = Options.model_validate(task.source.options)
    progress = convert(state.resume, _Progress) if state.resume is not None else _Progress()
    visit = _Visit(task, http, state, progress)
    if not options.channels_index:
        progress.feeds = task.source.addresses
    elif not progress.feeds:
        yield visit.index()
    visit.forget_others()
    while visit.goes_on():
        yield visit.feed(paged=options.paged)


class _Visit:
    """One harvest's way through its feeds."""

    def __init__(self, task: HarvestTask, http: Http, state: State, progress: _Progress) -> None:
        self._task = task
        self._http = http
        self._state = state
        self._progress = progress
        self._profile = task.source.profile or "rss_item"
        self._first_seen = FirstSeen(state)
        self._newest: dict[str, list[str]] = {} if task.full else state.get("newest") or {}  # of the run before
        for key in _BY_FEED:
            state.keep(key, state.get(key) or {})

    def goes_on(self) -> bool:
        """Whether there is something left to ask for, and no limit reached."""
        progress, limit = self._progress, self._task.limit
        enough = limit is not None and progress.records >= limit
        return progress.n < len(progress.feeds) and progress.pages < self._task.source.max_pages and not enough

    def forget_others(self) -> None:
        """Drop what is kept of feeds that are asked no more: an index may name others every day."""
        for key in _BY_FEED:
            kept = self._state.get(key)
            self._state.keep(key, {url: kept[url] for url in self._progress.feeds if url in kept})

    def index(self) -> Page:
        """The list of a Portal Tool Kit's channels (RSS 1.0); comments are not records of the clearing-house."""
        url = self._task.source.addresses[0]
        answer = self._http.get(url, accept=_ACCEPT)
        if answer.status != 200:
            raise _bad_status(answer)
        links = [absolute(answer.url, link) for entry in read(answer).entries if (link := entry.get("link"))]
        channels = [link for link in dict.fromkeys(links) if "latestcomments" not in link]
        self._progress.feeds = tuple(link for link in channels if host(link) == host(answer.url))
        if not self._progress.feeds:
            raise ProtocolError(
                f"{answer.url}: the index of channels names no channel of this site.",
                advice="Check `url`, or list the feeds themselves under `urls`.",
            )
        elsewhere = [_elsewhere(link) for link in channels if link not in self._progress.feeds]
        return self._kept(answer, *elsewhere)

    def feed(self, *, paged: bool) -> Page:
        """The next page of the present feed."""
        progress = self._progress
        url, number = progress.feeds[progress.n], progress.page
        known = {} if self._task.full or number > 1 else self._state.get("validators").get(url, {})
        params = {"paged": str(number)} if number > 1 and not progress.at else None
        try:
            answer = self._http.get(progress.at or url, params=params, validators=known or None, accept=_ACCEPT)
        except (RobotsError, AddressRefused, TooLarge, TooSlow, Unreachable, BadStatus) as error:
            answer = Answer(url=url, status=0, headers={}, body=b"", received=self._http.now())
            return self._failed(error.answer if isinstance(error, BadStatus) else answer, error)
        if (answer.status == 304 and known) or (answer.status == 404 and params):
            progress.next_feed()
            return self._kept(answer)
        try:
            if answer.status != 200:
                raise _bad_status(answer)
            found = read(answer)
        except (BadStatus, ProtocolError) as error:
            return self._failed(answer, error)
        cut = cut_short(found, answer.body)
        records, issues = self._records(answer, found.entries[:-1] if cut else found.entries)
        repeated = [_repeated(answer)] if params and found.entries and not records else []
        met = self._has_met(url, number, records)
        if number == 1 and not broken(found):
            self._remember(url, answer)
        if cut or repeated:
            progress.broken = True
            self._unfinished()
        told = [*complaints(found), *issues, *cut, *repeated]
        if paged and records and not met:
            progress.next_page()
        else:
            told += self._go_on(answer, () if paged or met or not found.entries else found.feed.get("links", ()))
        return replace(self._kept(answer, *told), records=tuple(records))

    def _go_on(self, answer: Answer, links: Iterable[Any]) -> list[Issue]:
        """To the older entries that a feed's document points at (RFC 5005, 3 and 4), else to the next feed."""
        progress = self._progress
        rels = {link.get("rel"): absolute(answer.url, link.get("href") or "") for link in links}
        older = rels.get("prev-archive") or rels.get("next")
        progress.visited = (*progress.visited, _place(answer.url))[-_REMEMBERED:]
        if not older:
            progress.next_feed()
        elif host(older) != host(answer.url):
            progress.next_feed()
            return [_elsewhere(older)]
        elif _place(older) in progress.visited:
            progress.next_feed()
            message = "The feed's archives lead back to a page that was read before; they were left there."
            return [Issue(code="archive_loops", message=message, value=older[:500])]
        else:
            progress.next_page(older)
        return []

    def _has_met(self, url: str, number: int, records: list[RawRecord]) -> bool:
        """Whether a page reaches back to what the run before saw on this feed's first page; keeps that page's own."""
        digests = [digest(record.identifier) for record in records]
        if number == 1:
            self._state.keep("newest", {**self._state.get("newest"), url: digests[:_REMEMBERED]})
        return not set(self._newest.get(url, ())).isdisjoint(digests)

    def _records(self, answer: Answer, entries: list[Any]) -> tuple[list[RawRecord], list[Issue]]:
        progress = self._progress
        names = feed_names.Names(progress.feeds[progress.n], self._state).of(entries, first_page=progress.page == 1)
        seen = dict.fromkeys(progress.latest)
        records: list[RawRecord] = []
        issues: list[Issue] = []
        for item, (entry, name) in enumerate(zip(entries, names, strict=True)):
            issues += name.issues
            key = digest(name.identifier)
            if key in seen:
                message = f"Entry {item} of the page has the identifier of an earlier entry, which is the one kept."
                issues.append(Issue(code="duplicate_entry", message=message, severity="note", record=name.identifier))
                continue
            seen[key] = None
            issues += told_ahead(name.identifier, entry, answer)
            records.append(
                RawRecord(
                    identifier=name.identifier,
                    profile=self._profile,
                    answer=answer,
                    item=item,
                    start=0,
                    end=len(answer.body),
                    first_seen=self._first_seen.of(name.identifier, entry, answer),
                )
            )
        self._first_seen.keep()
        progress.latest = tuple(seen)[-_REMEMBERED:]
        progress.records += len(records)
        return records, issues

    def _failed(self, answer: Answer, error: HarvestError) -> Page:
        progress = self._progress
        progress.failed += 1
        if progress.failed == len(progress.feeds) and progress.page == 1:
            raise error
        code = "feed_gone" if answer.status in (404, 410) and progress.page == 1 else "feed_not_readable"
        self._unfinished()
        progress.next_feed()
        return self._kept(answer, Issue(code=code, message=str(error), severity="error", value=answer.url[:500]))

    def _unfinished(self) -> None:
        """Make the next run read the present feed whole: older entries may wait behind the page that it ends at."""
        url = self._progress.feeds[self._progress.n]
        for key in ("validators", "newest"):
            self._state.keep(key, {name: value for name, value in self._state.get(key).items() if name != url})

    def _remember(self, url: str, answer: Answer) -> None:
        pairs = {"etag": answer.headers.get("etag"), "last_modified": answer.headers.get("last-modified")}
        kept = {name: value for name, value in pairs.items() if value}
        self._state.keep("validators", {**self._state.get("validators"), url: kept})

    def _kept(self, answer: Answer, *issues: Issue) -> Page:
        """The page of an answer, after `progress` has been moved past it."""
        progress, cap = self._progress, self._task.source.max_pages
        told = [*moved(answer), *issues]
        facts: dict[str, Json] = {"window": True}
        if progress.pages == 0:
            moment, odd = server_time(answer)
            facts["server_time"] = moment.isoformat()
            told += odd
        progress.pages += 1
        if progress.n < len(progress.feeds) and not self.goes_on():
            self._unfinished()
        if progress.pages >= cap and progress.n < len(progress.feeds):
            message = f"The harvest stopped at {cap} pages and there are more: raise `max_pages`."
            told.append(Issue(code="page_cap", message=message, severity="error"))
        last = progress.n >= len(progress.feeds) and not (progress.failed or progress.broken)
        return Page(answer=answer, issues=tuple(told), facts=facts, resume=to_builtins(progress), last=last)


def _place(address: str) -> str:
    """What stands for a page, whatever session it is asked in."""
    return digest(untracked(address)[0])


def _repeated(answer: Answer) -> Issue:
    message = (
        "A later page of the feed shows the entries of an earlier one, so older entries may be missing. If the site "
        "knows no pages, take `paged` out of the source's options; else tell its webmaster."
    )
    return Issue(code="page_repeated", message=message, value=answer.url[:500])


def _elsewhere(link: str) -> Issue:
    message = "This feed lies on another host, which is not asked: list it in a source file of its own."
    return Issue(code="channel_elsewhere", message=message, severity="note", value=link[:500])


def _bad_status(answer: Answer) -> BadStatus:
    what = {
        304: "nothing changed, says the server (304) to a question without a condition",
        404: "there is no feed here (404)",
        410: "the feed is gone for good (410)",
    }
    return BadStatus(
        f"{answer.url}: {what.get(answer.status, f'the server answered HTTP {answer.status}')}.",
        advice="Find the feed's present address on the site and correct `url` or `urls`.",
        answer=answer,
    )
