"""The walk over an API's lists, one after the other, page by page, to their ends.

A list may move while it is read: then a page repeats records of the page before, or the number of records told at the
end is not what came. Both are noticed, and the harvest is then not complete. A page that cannot be read costs that page
where the pager knows the one after it, else the rest of its list; the other lists go on.

`facts` of the first page: `server_time`, by the HTTP Date header. `resume` holds all that is needed to go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b

from msgspec import Struct, convert, to_builtins

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
from harvesters.feeds.addresses import host
from harvesters.http import Http, moved
from harvesters.listings.pagers import Ask, Pager, Turn
from harvesters.listings.reading import Item, Path, at, document, items
from harvesters.model import Answer, HarvestTask, Issue, Json, Page, Quarantined, RawRecord, State
from harvesters.server_clock import server_time

_REMEMBERED = 1_000  # identifiers of the pages before by which a repetition is known
TROUBLES = (AddressRefused, BadStatus, ProtocolError, RobotsError, TooLarge, TooSlow, Unreachable)
"""What costs a page of a list or the list, and not the harvest."""
_PATIENCE = 3  # pages in a row that cannot be read before their list is left


class Found(Struct, frozen=True, kw_only=True):
    """What a protocol reads off an item of a list: the fields of a `RawRecord`."""

    identifier: str
    datestamp: str | None = None
    deleted: bool = False
    sets: tuple[str, ...] = ()


class Listing(Struct, frozen=True, kw_only=True):
    """One list of a site and how it is read.

    `record` says what an item is, None where it is no record of ours; where it lacks its identifier, that is empty.
    `items` leads to the list in a page's document, `read` gives both where that is no JSON; `total` says how many there
    are in all, where the site tells;
    `is_past` recognises the error that a site answers to the page after its last.
    """

    ask: Ask
    pager: Pager
    profile: str
    record: Callable[[Json], Found | None]
    items: Path = ()
    read: Callable[[Answer], tuple[Json, list[Item]]] | None = None
    whole: Callable[[Answer], Answer] = lambda answer: answer
    total: Callable[[Turn], int | None] = lambda _: None
    is_past: Callable[[Answer], bool] = lambda _: False
    accept: str = "application/json, */*;q=0.1"


class _Progress(Struct):
    """How far a harvest is: all that `resume` holds.

    `n` is the number of the present list, `ask` its next question (None: its first); `listed` counts its items, `told`
    is how many there are, as its last page had it; `troubles` counts its pages in a row that could not be read;
    `failed` counts lists that gave nothing, `broken` says that something is missing: then no page is the last; `latest`
    are digests of identifiers.
    """

    n: int = 0
    ask: Ask | None = None
    pages: int = 0
    records: int = 0
    listed: int = 0
    told: int | None = None
    troubles: int = 0
    failed: int = 0
    broken: bool = False
    latest: tuple[str, ...] = ()

    def next_list(self) -> None:
        self.n, self.ask, self.listed, self.told, self.troubles, self.latest = self.n + 1, None, 0, None, 0, ()


def walk(task: HarvestTask, http: Http, state: State, listings: Sequence[Listing]) -> Iterator[Page]:
    """Yield a page for every answer of every list.

    Raises:
        BadStatus, ProtocolError, Unreachable, TooLarge, TooSlow, RobotsError, AddressRefused: the last of the lists,
            where all of them failed on their first page.
    """
    progress = convert(state.resume, _Progress) if state.resume is not None else _Progress()
    visit = _Visit(task, http, progress, listings)
    while visit.goes_on():
        yield visit.page()


def is_over(page: Page, listings: Sequence[Listing]) -> bool:
    """Whether a page of a walk over these lists is the final one, be it whole or not."""
    return convert(page.resume, _Progress).n >= len(listings)


class _Visit:
    """One harvest's way through its lists."""

    def __init__(self, task: HarvestTask, http: Http, progress: _Progress, listings: Sequence[Listing]) -> None:
        self._task = task
        self._http = http
        self._progress = progress
        self._listings = listings

    def goes_on(self) -> bool:
        """Whether there is something left to ask for, and no limit reached."""
        progress, limit = self._progress, self._task.limit
        enough = limit is not None and progress.records >= limit
        return progress.n < len(self._listings) and progress.pages < self._task.source.max_pages and not enough

    def page(self) -> Page:
        """The next page of the present list."""
        progress = self._progress
        listing = self._listings[progress.n]
        ask = progress.ask or listing.pager.first(listing.ask)
        try:
            answer = self._http.get(ask.url, params=ask.params or None, accept=listing.accept)
        except TROUBLES as error:
            nothing = Answer(url=ask.url, status=0, headers={}, body=b"", received=self._http.now())
            return self._failed(ask, error.answer if isinstance(error, BadStatus) else nothing, error)
        if progress.ask and listing.is_past(answer):
            return self._kept(answer, self._ended(answer, progress.told))
        try:
            answer = listing.whole(answer)
            found, listed = listing.read(answer) if listing.read else _read(answer, listing.items)
        except TROUBLES as error:
            return self._failed(ask, error.answer if isinstance(error, BadStatus) else answer, error)
        records, quarantine, issues = self._records(listing, answer, listed)
        progress.troubles = 0
        progress.listed += len(listed)
        turn = Turn(ask, answer, found, len(listed))
        total = listing.total(turn)
        issues += self._shrunk(answer, total) + self._go_on(turn, listing.pager.after(turn))
        if progress.ask is None:
            issues += self._ended(answer, total)
        return self._kept(answer, issues, tuple(records), tuple(quarantine))

    def _go_on(self, turn: Turn, onward: Ask | None) -> list[Issue]:
        progress = self._progress
        if onward and host(onward.url) != host(turn.ask.url):
            progress.ask, progress.broken = None, True
            message = "The next page is no address on this host, and is not asked: correct `url` if another is meant."
            return [Issue(code="page_elsewhere", message=message, severity="error", value=onward.url[:500])]
        if onward == turn.ask:
            progress.ask, progress.broken = None, True
            message = (
                f"{turn.ask.url} names itself as the next page; the list was left there. Tell the site's webmaster."
            )
            return [Issue(code="page_repeated", message=message, severity="error", value=turn.ask.url[:500])]
        progress.ask = onward
        return []

    def _shrunk(self, answer: Answer, total: int | None) -> list[Issue]:
        """A list that lost a record while it was read may have moved others onto a page that was read before."""
        before, self._progress.told = self._progress.told, total
        if before is None or total is None or total >= before:
            return []
        self._progress.broken = True
        message = f"{answer.url} tells of {total} records, the page before told of {before}: others may be skipped."
        return [Issue(code="list_moved", message=message, severity="error", value=str(total))]

    def _ended(self, answer: Answer, total: int | None) -> list[Issue]:
        """To the next list; a total that is not what came is an error, since something is missing or came twice."""
        listed = self._progress.listed
        self._progress.next_list()
        if total is None or total == listed:
            return []
        self._progress.broken = True
        message = f"{answer.url} tells of {total} records and {listed} came: it moved, or hides some."
        return [Issue(code="total_disagrees", message=message, severity="error", value=str(total))]

    def _records(
        self, listing: Listing, answer: Answer, listed: list[Item]
    ) -> tuple[list[RawRecord], list[Quarantined], list[Issue]]:
        progress = self._progress
        seen = dict.fromkeys(progress.latest)
        records: list[RawRecord] = []
        quarantine: list[Quarantined] = []
        issues: list[Issue] = []
        repeated = 0
        for number, item in enumerate(listed):
            found = listing.record(item.value) if isinstance(item.value, dict) else Found(identifier="")
            if found is None:
                continue
            if not found.identifier:
                quarantine.append(Quarantined(start=item.start, end=item.end))
                issues.append(_nameless(number, answer))
                continue
            key = blake2b(found.identifier.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
            repeated += key in seen
            seen[key] = None
            records.append(
                RawRecord(
                    identifier=found.identifier,
                    profile=self._task.source.profile or listing.profile,
                    answer=answer,
                    item=number,
                    start=item.start,
                    end=item.end,
                    datestamp=found.datestamp,
                    deleted=found.deleted,
                    sets=found.sets,
                )
            )
        progress.latest = tuple(seen)[-_REMEMBERED:]
        progress.records += len(records)
        if repeated:
            progress.broken = True
            issues.append(_list_moved(repeated, answer))
        return records, quarantine, issues

    def _failed(self, ask: Ask, answer: Answer, error: HarvestError) -> Page:
        """The page of an answer that cannot be read: on to the page after it, or to the next list."""
        progress = self._progress
        onward = self._listings[progress.n].pager.past(ask)
        if not progress.listed and not progress.troubles:
            progress.failed += 1
            if progress.failed == len(self._listings):
                raise error
            onward = None
        progress.broken = True
        progress.troubles += 1
        if onward and progress.troubles < _PATIENCE:
            progress.ask = onward
        else:
            progress.next_list()
        issue = Issue(code="page_not_readable", message=str(error), severity="error", value=answer.url[:500])
        return self._kept(answer, [issue])

    def _kept(
        self,
        answer: Answer,
        issues: list[Issue],
        records: tuple[RawRecord, ...] = (),
        quarantine: tuple[Quarantined, ...] = (),
    ) -> Page:
        """The page of an answer, after `progress` has been moved past it."""
        progress, cap = self._progress, self._task.source.max_pages
        told = [*moved(answer), *issues]
        facts: dict[str, Json] = {}
        if progress.pages == 0:
            moment, odd = server_time(answer)
            facts["server_time"] = moment.isoformat()
            told += odd
        progress.pages += 1
        ended = progress.n >= len(self._listings)
        if progress.pages >= cap and not ended:
            message = f"The harvest stopped at {cap} pages and there are more: raise `max_pages`."
            told.append(Issue(code="page_cap", message=message, severity="error"))
        return Page(
            answer=answer,
            records=records,
            issues=tuple(told),
            facts=facts,
            resume=to_builtins(progress),
            last=ended and not progress.broken,
            quarantine=quarantine,
        )


def _read(answer: Answer, path: Path) -> tuple[Json, list[Item]]:
    found = document(answer)
    return found, items(answer, found, path)


def total_at(*path: str) -> Callable[[Turn], int | None]:
    """A listing's `total` that stands at `path` in the document."""

    def total(turn: Turn) -> int | None:
        number = at(turn.document, path)
        return number if isinstance(number, int) and not isinstance(number, bool) else None

    return total


def _nameless(number: int, answer: Answer) -> Issue:
    message = (
        f"Item {number} of {answer.url} has no identifier and is kept in quarantine: later harvests could not know it "
        "again. Ask the site's webmaster."
    )
    return Issue(code="item_without_identifier", message=message[:1000], severity="error", value=answer.url[:500])


def _list_moved(repeated: int, answer: Answer) -> Issue:
    message = (
        f"{answer.url} repeats {repeated} records of the pages before: the list moved while it was read, so others may "
        "have been skipped. The next harvest asks for the same again."
    )
    return Issue(code="list_moved", message=message[:1000], severity="error", value=str(repeated))
