"""The crawl of one site: from its starts along its links, its site maps and its feeds, within the caps."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import feedparser
import msgspec
from scrapy import Request, Spider, signals
from scrapy.exceptions import CloseSpider, DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure as Twisted

from harvesters.crawling import reading
from harvesters.crawling.lines import Ended, Failure, Fetched, Job, Known, Line, Named, Wanted
from harvesters.crawling.options import Options
from harvesters.crawling.traps import Traps, plain
from harvesters.errors import BudgetSpent, HarvestError, RobotsUnknown, ServerStopped
from harvesters.http import Http
from harvesters.model import Answer, Issue
from harvesters.source import Source
from harvesters.spiders import sitemaps
from harvesters.spiders.sitemaps import SiteMap

_ENDS_ALL = (BudgetSpent, RobotsUnknown, ServerStopped)  # the next address would fare no better


class SiteSpider(Spider):
    """Follows a site's own links; every address that was asked becomes one line for the harvest."""

    name = "site"

    def __init__(self, job: Job, source: Source, http: Http) -> None:
        super().__init__()
        self.http = http
        self._job = job
        self._source = source
        self._options = Options.model_validate(source.options)
        self._traps = Traps(job.today)
        self._hosts = {urlsplit(url).hostname for url in source.addresses}
        self._met = {*job.done, *job.wanted}
        self._asked = len(job.done)
        self._bytes = 0
        self._until = time.monotonic() + job.lasts
        self._refused: Counter[str] = Counter()
        self._end = Ended(why="finished")
        self._encoder = msgspec.json.Encoder()
        self._linked: set[str] = set()  # known pages that are not asked today
        self._named: dict[str, Named] = {}
        self._lists: set[str] = set()  # that were read, site maps among them

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **options: Any) -> SiteSpider:
        """Made by Scrapy; told when there is nothing left to ask."""
        spider: SiteSpider = super().from_crawler(crawler, *args, **options)
        crawler.signals.connect(spider._ask_the_vanished, signals.spider_idle)
        crawler.signals.connect(spider._say_the_end, signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """What is wanted, in its order: Scrapy would send the first one before it has heard of the second."""
        for url, wanted in sorted(self._job.wanted.items(), key=lambda pair: -self._priority(*pair)):
            yield self._request(url, wanted)

    def parse(self, response: Response, wanted: Wanted, **_more: Any) -> Iterator[Request]:
        """Tell what came, and follow where it leads."""
        answer: Answer = response.meta["answer"]
        url, found, seen, issues = response.url, dict[str, Wanted](), None, tuple[Issue, ...]()
        if answer.status == 200 and self._is_own(answer.url):
            if wanted.kind == "page":
                seen = reading.read(answer.url, answer.body, answer.headers.get("content-type", ""))
                if seen.kind in reading.LEADS_ON:
                    self._note(url, seen.links)
                found = self._new(self._led_to(seen, wanted.depth))
            elif wanted.kind == "feed":
                entries = feedparser.parse(answer.body).entries
                found = self._new((entry.get("link", ""), Wanted("page", wanted.depth + 1)) for entry in entries)
            else:
                site_map = sitemaps.read(url, answer.body, self._source.max_bytes)
                found, issues = self._new(self._mapped(url, site_map, wanted.depth)), site_map.issues
        self._tell(
            Fetched(
                url=url,
                requests=self.http.visit.requests,
                answer=answer,
                reading=seen,
                found=found,
                named=self._named.get(url, Named()),
                issues=issues,
            )
        )
        for one, as_what in found.items():
            yield self._request(one, as_what)
        self._count(answer)

    def failed(self, failure: Twisted) -> None:
        """Tell why an address could not be asked; end where that holds for all others."""
        error, url = failure.value, failure.request.url  # type: ignore[attr-defined]  # Scrapy's own addition
        if not isinstance(error, HarvestError):
            failure.raiseException()
        told = Failure(type(error).__name__, error.cause, error.advice)
        self._asked += 1
        if isinstance(error, _ENDS_ALL):  # the address stays wanted
            self._close("server", told)
        self._tell(Fetched(url=url, requests=self.http.visit.requests, failure=told))

    def _request(self, url: str, wanted: Wanted) -> Request:
        known = None if self._job.full else self._job.known.get(url)
        return Request(
            url,
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"wanted": wanted},
            meta={
                "validators": {"etag": known.etag, "last_modified": known.modified} if known else {},
                "only": reading.PAGE_TYPES if wanted.kind == "page" else (),
            },
            priority=self._priority(url, wanted),
            dont_filter=True,  # `_new` lets each address through once
        )

    def _priority(self, url: str, wanted: Wanted) -> int:
        """Site maps and known lists first: they tell which of the others need not be asked."""
        known = self._job.known.get(url)
        if wanted.kind == "sitemap":
            return 2
        return 1 if known and known.every == 0 else -wanted.depth

    def _led_to(self, seen: reading.Reading, depth: int) -> Iterator[tuple[str, Wanted]]:
        for url in seen.feeds:
            yield url, Wanted("feed", depth + 1)
        if not seen.closed:
            for url in (seen.canonical, *seen.translations.values(), *seen.links):
                yield url, Wanted("page", depth + 1)

    def _mapped(self, by: str, site_map: SiteMap, depth: int) -> Iterator[tuple[str, Wanted]]:
        for entry in site_map.entries:
            if site_map.is_index:
                yield entry["loc"], Wanted("sitemap", depth + 1)
                continue
            self._note(by, (entry["loc"],), entry.get("lastmod", ""))
            for url in (entry["loc"], *entry.get("alternate", ())):
                yield url, Wanted("page", 1)

    def _note(self, by: str, urls: Iterable[str], modified: str = "") -> None:
        """Remember what a list or a site map names, with the word of the latter for the last change."""
        self._lists.add(by)
        for url in urls:
            with suppress(ValueError):  # brackets that are no IPv6 address
                before = self._named.get(plain(url), Named(by))
                self._named[plain(url)] = Named(before.by, modified or before.modified)

    def _new(self, named: Iterable[tuple[str, Wanted]]) -> dict[str, Wanted]:
        """Of the addresses that were named, those to ask: the site's own, not met before, in no trap, and due."""
        found: dict[str, Wanted] = {}
        for url, wanted in named:
            try:
                address = plain(url)
            except ValueError:  # brackets that are no IPv6 address
                continue
            if address in self._met or not self._is_own(address):
                continue
            if not self._is_due(address):  # yet: a site map that is read later may say that it is
                self._linked.add(address)
                continue
            self._met.add(address)
            objection = "too_deep" if wanted.depth > self._options.depth else self._traps.objection(address)
            if objection and wanted.kind == "page":
                self._refused[objection] += 1
            else:
                found[address] = wanted
        return found

    def _is_due(self, url: str) -> bool:
        """Whether an address has to be asked: unknown, its day has come, or its site map says that it changed."""
        known: Known | None = self._job.known.get(url)
        if known is None or self._job.full or known.due <= self._job.today.isoformat():
            return True
        if known.misled:
            return False
        modified = self._named.get(url, Named()).modified
        if modified and known.named.modified:  # of the same clock, be that right or wrong
            return modified != known.named.modified
        return bool(modified) and modified[:10] >= known.seen

    def _ask_the_vanished(self) -> None:
        """When nothing is left, ask what its list names no more, and nothing else either: it may be gone."""
        known = {url for url, each in self._job.known.items() if each.named.by in self._lists}
        vanished = known - self._named.keys() - self._met - self._linked
        self._met |= vanished
        for url in sorted(vanished):
            self.crawler.engine.crawl(self._request(url, Wanted(depth=1)))
        if vanished:
            raise DontCloseSpider

    def _is_own(self, url: str) -> bool:
        return urlsplit(url).hostname in self._hosts

    def _count(self, answer: Answer) -> None:
        self._asked += 1
        self._bytes += len(answer.body)
        if self._asked >= self._source.max_pages:
            self._close("page_cap")
        elif self._bytes >= self._options.megabytes * 2**20:
            self._close("byte_cap")
        elif time.monotonic() >= self._until:
            self._close("closing_time")

    def _close(self, why: str, failure: Failure | None = None) -> None:
        self._end = Ended(why=why, failure=failure)
        raise CloseSpider(why)

    def _say_the_end(self, **_more: Any) -> None:
        self._tell(msgspec.structs.replace(self._end, refused=dict(self._refused)))

    def _tell(self, line: Line) -> None:
        sys.stdout.buffer.write(self._encoder.encode(line) + b"\n")
        sys.stdout.buffer.flush()
