"""OAI-PMH 2.0: what the repository says of itself, then its records, window by window and page by page.

Requests, resumption tokens and protocol errors are sickle's; the client is ours, and pages are read strictly and by
place (`harvesters.oai.records`). What a harvest needs to go on after any page stands in that page's `resume`: no page
before the last stored one is asked for twice. A record that stands in two of the asked sets comes twice: the warehouse
keys by identifier.

The windows are a ledger (`Page.windows`): one that fails is asked for again, then in halves, then record by record,
and what fails even so is a gap that costs nothing but itself.

`facts` of the Identify page: server_time, name, admin_emails, granularity, earliest_datestamp, deleted_record,
base_url, protocol_version; they are kept as "identify" for the next run, as "formats" and "sets" are. Of a list page:
complete_list_size, if stated.

https://www.openarchives.org/OAI/openarchivesprotocol.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import convert, to_builtins
from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field
from sickle.models import ResumptionToken
from sickle.oaiexceptions import BadResumptionToken, NoRecordsMatch

from harvesters.errors import HarvestError, SourceError
from harvesters.http import Http
from harvesters.model import Answer, HarvestTask, Issue, Page, Quarantined, RawRecord, State, Window
from harvesters.oai import about, reading, troubles
from harvesters.oai.formats import Format, choose, profile_of
from harvesters.oai.guard import Guard
from harvesters.oai.ledger import Ledger, Progress
from harvesters.oai.repository import Refusal, Reply, Repository, unexpected
from harvesters.oai.troubles import Trouble
from harvesters.oai.windows import Bounds, Calendar, arguments, cut

_MOST_SINGLY = 2_000  # records of one window that are asked for one by one
_MOST_REMEMBERED = 50_000  # names of records of one window, so that none is asked for singly that came in its list


class Options(BaseModel):
    """What a source's `options` may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metadata_prefix: str | None = Field(None, min_length=1, description="format to ask for; default: the best on offer")
    formats: tuple[str, ...] = Field((), description="prefixes or profiles, best first, instead of our own order")
    method: Literal["get", "post"] = Field("get", description="how requests are sent")
    window_days: int | None = Field(None, ge=1, description="days of one list; default: all in one")
    trust_list_size: bool = Field(True, description="false: a list shorter than its completeListSize is whole")


def harvest(task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
    """Yield what the repository says of itself, then every page of every list that the task asks for.

    `last` stands on the page after which every window is done: its list ended as the specification says (2.5.1, 3.5,
    3.6: no token, an empty one, or noRecordsMatch as the first answer), and with as many records as it declared. A
    record that was lost on the way is an issue of severity `error`.

    Raises:
        SourceError: the source names more than one address.
        ProtocolError: the first list is refused, or answered by what OAI-PMH does not allow.
        BadStatus: an HTTP error without OAI-PMH in it, likewise.
    """
    source = task.source
    if len(source.addresses) != 1:
        raise SourceError(
            f"Source {source.id}: `urls` names {len(source.addresses)} addresses, and oai_pmh asks one.",
            advice="Give `url`, and a source file to each repository.",
        )
    options = Options.model_validate(source.options)
    repository = Repository(source.addresses[0], http, post=options.method == "post")
    if state.resume is None:
        page, ledger = _begin(task, options, about.identify(repository, state))
        yield page
    else:
        ledger = Ledger(state.windows, convert(state.resume, Progress))
    progress = ledger.progress
    if progress.stage == "formats":
        page, offered = about.formats(repository, state)
        progress.prefix, progress.profile = _format(task, options, offered, state)
        progress.stage = "sets" if task.limit is None else "records"  # some have thousands, a page of 100 at a time
        yield replace(page, resume=to_builtins(progress))
    if progress.stage == "sets":
        for page, ended in about.sets(repository, state, source.sets):
            progress.stage = "records" if ended else "sets"
            yield replace(page, resume=to_builtins(progress))
    yield from _Harvest(task, options, repository, ledger).pages()


def _begin(task: HarvestTask, options: Options, page: Page) -> tuple[Page, Ledger]:
    """Identify's page with the ledger that it lets us draw up."""
    facts = page.facts
    calendar = Calendar(facts["granularity"], facts["earliest_datestamp"], facts["server_time"])
    rows, odd = cut(task, calendar, options.window_days)
    ledger = Ledger.new(rows, Progress(calendar=calendar))
    resume = to_builtins(ledger.progress)
    return replace(page, issues=(*page.issues, *odd), windows=ledger.changes(), resume=resume), ledger


def _format(task: HarvestTask, options: Options, offered: list[Format], state: State) -> tuple[str, str]:
    """The prefix to ask for and the profile for its records; between two full sweeps it stays the same."""
    if options.metadata_prefix:
        listed = next((form for form in offered if form.prefix == options.metadata_prefix), None)
        chosen = options.metadata_prefix, (listed and profile_of(listed)) or options.metadata_prefix
    else:
        before = state.before("format")
        stays = before and not task.full and (not offered or before[0] in [form.prefix for form in offered])
        chosen = (before[0], before[1]) if stays else choose(offered, options.formats)
    if offered or options.metadata_prefix:
        state.keep("format", list(chosen))
    return chosen[0], task.source.profile or chosen[1]


class _Harvest:
    """The windows of a ledger, one after the other, from where its progress stands."""

    def __init__(self, task: HarvestTask, options: Options, repository: Repository, ledger: Ledger) -> None:
        self._task = task
        self._options = options
        self._repository = repository
        self._ledger = ledger
        self._progress = ledger.progress
        self._names: set[str] = set()  # of the present window, where its records may be asked for singly

    def pages(self) -> Iterator[Page]:
        while (row := self._ledger.row) is not None and not self._is_enough():
            try:
                yield from self._singly(row) if self._progress.singly else self._list(row)
            except about.FAILURES as error:
                answer, nothing_came = self._repository.came(), self._progress.pages == 0 and row.attempts == 0
                if nothing_came or not (isinstance(error, Refusal) or self._is_alive()):
                    raise  # the source is at fault or the server is down: not a matter of this window
                yield self._left(answer, troubles.failed(error))

    def _is_alive(self) -> bool:
        """Whether the server still says who it is, whatever it answered just now."""
        try:
            self._repository.one("Identify")
        except HarvestError:
            return False
        return True

    def _is_enough(self) -> bool:
        progress, limit = self._progress, self._task.limit
        return progress.pages >= self._task.source.max_pages or (limit is not None and progress.records >= limit)

    def _list(self, row: Window) -> Iterator[Page]:
        progress, repository = self._progress, self._repository
        guard, bounds = Guard(progress.token), Bounds(row, progress.calendar)
        if progress.token is None:
            self._names.clear()
            asked = {"metadataPrefix": progress.prefix, **arguments(row, progress.calendar)}
        else:
            asked = {"resumptionToken": progress.token}
        try:
            for reply, token in repository.pages("ListRecords", asked):
                yield self._page(reply, token, guard, bounds)
                if progress.token is None or self._is_enough():
                    return
        except NoRecordsMatch:
            yield self._nothing(repository.reply.answer, denied=progress.token is not None)
        except BadResumptionToken as error:
            if progress.token is None:
                raise unexpected(repository.reply.answer, "a token was refused that nobody had sent") from error
            yield self._left(repository.reply.answer, troubles.expired())

    def _page(self, reply: Reply, token: ResumptionToken | None, guard: Guard, bounds: Bounds) -> Page:
        progress, spans, size = self._progress, reply.reading.spans, reply.list_size
        records = reading.records(reply, bounds, progress)
        progress.records += len(records)
        progress.came += len(spans) + len(reply.reading.lost)
        issues = [*reading.odd_sizes(progress, size), *reading.faults(reply), *reading.nameless(reply)]
        progress.declared = progress.declared if size is None else size
        if self._ledger.is_smallest() and len(self._names) < _MOST_REMEMBERED:
            self._names.update(record.identifier for record in records)
        trouble = guard.stop(spans, token) or (self._end(reply, issues) if token is None else None)
        quarantine = reading.quarantine(reply)
        if token is None or trouble is not None:
            issues += reading.outsiders(progress)
        if trouble is not None:
            issues.append(self._ledger.settle(trouble))
            if issues[-1].severity != "error":  # what is asked for again is not lost yet
                issues, quarantine = [_not_yet_lost(issue) for issue in issues], ()
        elif token is None:
            self._ledger.done()
        else:
            progress.token = token.token
        facts = {"complete_list_size": size} if size is not None else {}
        return replace(self._kept(reply.answer, *issues), records=records, facts=facts, quarantine=quarantine)

    def _end(self, reply: Reply, issues: list[Issue]) -> Trouble | None:
        """What is wrong with the end of a list, if anything; what is merely odd about it becomes an issue."""
        came, size = self._progress.came, self._progress.declared
        if reply.reading.fault is not None and not reply.reading.mended:
            return troubles.cut("its last page is not well-formed, so a token may have been lost")
        if size is None or came == size:
            return None
        if came < size and self._options.trust_list_size:
            return troubles.short(came, size)
        message = f"{came} records came where the repository had said {size}."
        issues.append(Issue(code="list_size_disagrees", message=message, value=str(size)))
        return None

    def _singly(self, row: Window) -> Iterator[Page]:
        """The records of a window one by one, but for those that came in its list."""
        progress, repository = self._progress, self._repository
        guard, bounds = Guard(None), Bounds(row, progress.calendar)
        progress.came, progress.declared = 0, None
        rest: list[str] = []
        asked = {"metadataPrefix": progress.prefix, **arguments(row, progress.calendar)}
        try:
            for reply, token in repository.pages("ListIdentifiers", asked):
                spans, issues = list(reading.headers(reply)), list[Issue]()
                progress.came += len(spans)
                progress.declared = progress.declared if reply.list_size is None else reply.list_size
                rest += [span.identifier for span in spans if span.identifier and bounds.outside(span) is None]
                trouble = guard.stop(spans, token) or (self._end(reply, issues) if token is None else None)
                rest = [name for name in rest if name not in self._names]
                if trouble is None and len(rest) > _MOST_SINGLY:
                    trouble = troubles.too_many(_MOST_SINGLY)
                if trouble is not None:
                    yield self._left(reply.answer, trouble)
                    return
                if token is None and not rest:
                    self._ledger.done()
                yield self._kept(reply.answer, *issues)
        except NoRecordsMatch:
            yield self._nothing(repository.reply.answer, denied=progress.came > 0)
            return
        except BadResumptionToken:
            yield self._left(repository.reply.answer, troubles.expired())
            return
        for number, name in enumerate(rest, start=1):
            yield self._one(name, ends=number == len(rest))

    def _one(self, name: str, *, ends: bool) -> Page:
        """The page of one record; the window is done after the one that `ends` it, whatever became of it."""
        progress, repository = self._progress, self._repository
        records: tuple[RawRecord, ...] = ()
        quarantine: tuple[Quarantined, ...] = ()
        try:
            reply = repository.one("GetRecord", {"identifier": name, "metadataPrefix": progress.prefix})
        except about.FAILURES as error:
            answer, issues = repository.came(), [reading.unreadable(name, error)]
            if issues[0].severity == "error":
                quarantine = (Quarantined(start=0, end=len(answer.body), identifier=name),)
        else:
            answer, issues = reply.answer, list(reading.faults(reply))
            records = reading.records(reply, Bounds(None, progress.calendar), progress)
            quarantine = reading.quarantine(reply)
        progress.records += len(records)
        if ends:
            self._ledger.done()
        return replace(self._kept(answer, *issues), records=records, quarantine=quarantine)

    def _nothing(self, answer: Answer, *, denied: bool) -> Page:
        """The page of noRecordsMatch: a list without records, unless the repository has `denied` its own token."""
        if denied:
            return self._left(answer, troubles.cut("the repository answered noRecordsMatch to its own token"))
        self._ledger.done()
        return self._kept(answer)

    def _left(self, answer: Answer, trouble: Trouble) -> Page:
        """The page of an answer after which a list is left."""
        outsiders = list(reading.outsiders(self._progress))
        return self._kept(answer, *outsiders, self._ledger.settle(trouble))

    def _kept(self, answer: Answer, *issues: Issue) -> Page:
        """The page of an answer, after `progress` has been moved past it."""
        progress, ledger, cap = self._progress, self._ledger, self._task.source.max_pages
        progress.pages += 1
        told = list(issues)
        if progress.pages >= cap and ledger.row is not None:
            message = f"The harvest stopped at {cap} pages and the list goes on: raise `max_pages`."
            told.append(Issue(code="page_cap", message=message, severity="error"))
        return Page(
            answer=answer,
            issues=tuple(told),
            resume=to_builtins(progress),
            last=ledger.row is None and ledger.complete,
            windows=ledger.changes(),
        )


def _not_yet_lost(issue: Issue) -> Issue:
    return replace(issue, severity="warning") if issue.severity == "error" else issue
