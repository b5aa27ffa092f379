"""The feed of an IPT, GBIF's publishing toolkit (`rss.do`): each of its items names the EML of a dataset.

RSS 2.0 with `ipt:eml` (namespace http://ipt.gbif.org/). The guid of an item is the EML's packageId,
`9f3c9a5e-0000-4000-8000-0000000000aa/v1.4`: a record's identifier is what stands before the version. A page of its own
is asked for each EML, whose bytes are the record's.

Increments: a dataset whose version is the one that was harvested last is not asked for again; kept for the next run as
"versions": identifier -> guid. The feed is a window: what it no longer shows is not gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, convert, to_builtins

from harvesters.errors import BadStatus, HarvestError
from harvesters.feeds.addresses import absolute, host
from harvesters.feeds.entries import broken, complaints, cut_short, read
from harvesters.http import Http, moved
from harvesters.listings.reading import bad_status, refuse_page
from harvesters.listings.walk import TROUBLES
from harvesters.model import Answer, HarvestTask, Issue, Json, Page, RawRecord, State
from harvesters.server_clock import server_time

_ACCEPT_FEED = "application/rss+xml, application/xml;q=0.9, */*;q=0.1"
_ACCEPT_EML = "application/xml, text/xml;q=0.9, */*;q=0.1"
_VERSIONS = "versions"


class _Dataset(Struct, frozen=True):
    """What an item of the feed says of a dataset: its guid, and where its EML lies."""

    identifier: str
    guid: str
    eml: str


class _Progress(Struct):
    """How far a harvest is: all that `resume` holds. `broken` says that something is missing."""

    waiting: list[_Dataset] = []
    begun: bool = False
    pages: int = 0
    records: int = 0
    broken: bool = False


def harvest(task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
    """Yield the feed, without records, then a page for the EML of each dataset that is new.

    An EML that cannot be had is an issue of its page, and then no page is `last`.

    Raises:
        HarvestError: the feed itself cannot be had or read.
    """
    visit = _Visit(task, http, state)
    if not visit.progress.begun:
        yield visit.feed()
    while visit.goes_on():
        yield visit.eml()


class _Visit:
    """One harvest's way through the datasets of a feed."""

    def __init__(self, task: HarvestTask, http: Http, state: State) -> None:
        self.progress = convert(state.resume, _Progress) if state.resume is not None else _Progress()
        self._task = task
        self._http = http
        self._state = state
        self._versions: dict[str, str] = {**(state.get(_VERSIONS) or {})}

    def goes_on(self) -> bool:
        """Whether there is something left to ask for, and no limit reached."""
        progress, limit = self.progress, self._task.limit
        enough = limit is not None and progress.records >= limit
        return bool(progress.waiting) and progress.pages < self._task.source.max_pages and not enough

    def feed(self) -> Page:
        """The feed, from which what is to be asked for is known."""
        answer = self._http.get(self._task.source.addresses[0], accept=_ACCEPT_FEED)
        if answer.status != 200:
            raise bad_status(answer)
        found = read(answer)
        issues = list(complaints(found))
        cut = cut_short(found, answer.body)
        self.progress.broken = bool(cut) or broken(found)
        for number, entry in enumerate(found.entries[:-1] if cut else found.entries):
            issues += self._listed(answer, number, entry)
        self.progress.begun = True
        moment, odd = server_time(answer)
        return self._kept(answer, [*odd, *issues, *cut], server_time=moment.isoformat())

    def _listed(self, answer: Answer, number: int, entry: Any) -> list[Issue]:
        """Put a dataset among those to ask for, unless it is known; one that is not published has no EML."""
        guid, address = (entry.get("id") or "").strip(), (entry.get("ipt_eml") or "").strip()
        if not address:
            return []
        eml = absolute(answer.url, address)
        identifier = guid.partition("/v")[0]
        if not identifier or host(eml) != host(answer.url):
            self.progress.broken = True
            return [_unusable(number, eml, answer, nameless=not identifier)]
        if self._task.full or self._versions.get(identifier) != guid:
            self.progress.waiting.append(_Dataset(identifier, guid, eml))
        return []

    def eml(self) -> Page:
        """The next dataset's own page."""
        progress = self.progress
        dataset = progress.waiting.pop(0)
        answer = Answer(url=dataset.eml, status=0, headers={}, body=b"", received=self._http.now())
        try:
            answer = self._http.get(dataset.eml, accept=_ACCEPT_EML)
            if answer.status != 200:
                raise bad_status(answer)
            refuse_page(answer, "EML")
        except TROUBLES as error:
            return self._failed(dataset, error.answer if isinstance(error, BadStatus) else answer, error)
        progress.records += 1
        self._versions[dataset.identifier] = dataset.guid
        record = RawRecord(
            identifier=dataset.identifier,
            profile=self._task.source.profile or "eml",
            answer=answer,
            item=0,
            start=0,
            end=len(answer.body),
        )
        return self._kept(answer, [], record)

    def _failed(self, dataset: _Dataset, answer: Answer, error: HarvestError) -> Page:
        self.progress.broken = True
        issue = Issue(
            code="page_not_readable",
            message=str(error)[:1000],
            severity="error",
            record=dataset.identifier,
            value=dataset.eml[:500],
        )
        return self._kept(answer, [issue])

    def _kept(self, answer: Answer, issues: list[Issue], *records: RawRecord, **facts: Json) -> Page:
        """The page of an answer, after `progress` has been moved past it."""
        progress, cap = self.progress, self._task.source.max_pages
        told = [*moved(answer), *issues]
        progress.pages += 1
        if progress.pages >= cap and progress.waiting:
            message = f"The harvest stopped at {cap} pages and there are more: raise `max_pages`."
            told.append(Issue(code="page_cap", message=message, severity="error"))
        self._state.keep(_VERSIONS, dict(self._versions))
        return Page(
            answer=answer,
            records=records,
            issues=tuple(told),
            facts={"window": True, **facts},
            resume=to_builtins(progress),
            last=not progress.waiting and not progress.broken,
        )


def _unusable(number: int, eml: str, answer: Answer, *, nameless: bool) -> Issue:
    if nameless:
        code, what = "item_without_identifier", "has no guid, so later harvests could not know it again"
    else:
        code, what = "page_elsewhere", "names an EML on another host, which is not asked"
    message = f"Item {number} of {answer.url} {what}: its dataset was left out. Ask the IPT's administrator."
    return Issue(code=code, message=message[:1000], severity="error", value=eml[:500])
