"""OAI-PMH 2.0: Identify, then ListRecords, page by page.

Requests, resumption tokens and protocol errors are sickle's; the client is ours, and pages are read strictly and by
place (`harvesters.oai_records`). What a harvest needs to go on after any page stands in that page's `resume`: no page
before the last stored one, Identify included, is asked for twice. A record that stands in two of the asked sets comes
twice: the warehouse keys by identifier.

`facts` of the Identify page: server_time, name, admin_emails, granularity, earliest_datestamp, deleted_record,
base_url, protocol_version; they are kept as "identify" for the next run. Of a list page: complete_list_size, if stated.

https://www.openarchives.org/OAI/openarchivesprotocol.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import product

from msgspec import Struct, convert, to_builtins
from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field
from sickle.models import ResumptionToken
from sickle.oaiexceptions import BadResumptionToken, NoRecordsMatch

from harvesters.errors import ProtocolError, SourceError
from harvesters.http import Http, moved
from harvesters.model import HarvestTask, Issue, Json, Page, RawRecord, State
from harvesters.oai_guard import Guard
from harvesters.oai_repository import OAI, Reply, Repository
from harvesters.server_clock import server_time

_DAYS, _SECONDS = "YYYY-MM-DD", "YYYY-MM-DDThh:mm:ssZ"
_FACTS = {
    "name": "repositoryName",
    "granularity": "granularity",
    "earliest_datestamp": "earliestDatestamp",
    "deleted_record": "deletedRecord",
    "base_url": "baseURL",
    "protocol_version": "protocolVersion",
}


class Options(BaseModel):
    """What a source's `options` may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metadata_prefix: str = Field("oai_dc", min_length=1, description="format to ask for; names the profile too")


class _Progress(Struct):
    """How far a harvest is: all that `resume` holds.

    `list` numbers the lists (each set in each window); of the present one, `token` continues it, `of_list` records
    came so far and `declared` were announced. `broken` says that a list was cut, after which no page is the last.
    """

    server_time: str
    granularity: str
    list: int = 0
    token: str | None = None
    broken: bool = False
    pages: int = 0  # of lists
    records: int = 0
    of_list: int = 0
    declared: int | None = None

    def next_list(self) -> None:
        self.list += 1
        self.begin_list()

    def begin_list(self) -> None:
        self.token, self.of_list, self.declared = None, 0, None


def harvest(task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
    """Yield Identify's page, then every page of every list that the task asks for.

    `last` stands on the page that ends the last list as the specification says (2.5.1, 3.5, 3.6: no token, an empty
    one, or noRecordsMatch as the first answer), unless a list was cut on the way or came shorter than it said. A
    record that was lost on the way is an issue of severity `error`.

    Raises:
        SourceError: the source names more than one address.
        ProtocolError: an answer that OAI-PMH does not allow, or one of its errors.
        BadStatus: an HTTP error without OAI-PMH in it.
    """
    source = task.source
    if len(source.addresses) != 1:
        raise SourceError(
            f"Source {source.id}: `urls` names {len(source.addresses)} addresses, and oai_pmh asks one.",
            advice="Give `url`, and a source file to each repository.",
        )
    repository = Repository(source.addresses[0], http)
    if state.resume is None:
        progress, page = _identify(repository, state)
        yield page
    else:
        progress = convert(state.resume, _Progress)
    yield from _Harvest(task, repository, progress).pages()


class _Harvest:
    """The lists of a task, one after the other, from where `progress` stands."""

    def __init__(self, task: HarvestTask, repository: Repository, progress: _Progress) -> None:
        options = Options.model_validate(task.source.options)
        self._task = task
        self._repository = repository
        self._progress = progress
        self._profile = task.source.profile or options.metadata_prefix
        self._lists, odd = _lists(task, options, progress)
        self._begun_again = -1  # the list whose token was refused once; a resumed run may try once more
        self._issues = odd if progress.pages == 0 else []  # told once, on the first page of a list

    def pages(self) -> Iterator[Page]:
        while self._goes_on():
            yield from self._list()

    def _goes_on(self) -> bool:
        progress, limit = self._progress, self._task.limit
        enough = limit is not None and progress.records >= limit
        return progress.list < len(self._lists) and progress.pages < self._task.source.max_pages and not enough

    def _list(self) -> Iterator[Page]:
        progress, repository = self._progress, self._repository
        present = progress.list
        guard = Guard(progress.token)
        arguments = {"resumptionToken": progress.token} if progress.token else self._lists[present]
        try:
            for reply, token in repository.list_records(arguments):
                yield self._page(reply, token, guard)
                if progress.list != present or not self._goes_on():
                    return
        except NoRecordsMatch:
            cut = (
                [] if progress.token is None else [self._cut("the repository answered noRecordsMatch to its own token")]
            )
            progress.next_list()
            yield self._kept(repository.reply, *cut)
        except BadResumptionToken:
            yield self._restart(repository.reply)

    def _page(self, reply: Reply, token: ResumptionToken | None, guard: Guard) -> Page:
        progress, spans = self._progress, reply.reading.spans
        records = _raw_records(reply, self._profile)
        issues = [_nameless(number) for number, span in enumerate(spans) if not span.identifier]
        progress.records += len(records)
        progress.of_list += len(spans) + len(reply.reading.lost)
        size = reply.list_size
        progress.declared = progress.declared if size is None else size
        stop = guard.stop(spans, token)
        if stop is not None:
            issues.append(stop)
            progress.broken = True
        if token is not None and stop is None:
            progress.token = token.token
        else:
            issues += self._cuts(reply) if stop is None else []
            progress.next_list()
        facts = {"complete_list_size": size} if size is not None else {}
        return replace(self._kept(reply, *issues), records=records, facts=facts)

    def _cuts(self, reply: Reply) -> Iterator[Issue]:
        """Why a list that seems to have ended was cut instead, if so."""
        came, size = self._progress.of_list, self._progress.declared
        if reply.reading.fault is not None and not reply.reading.mended:
            yield self._cut("its last page is not well-formed, so a token may have been lost")
        elif size is not None and came < size:
            yield self._cut(f"{came} records came where the repository had said {size}")

    def _cut(self, what: str) -> Issue:
        self._progress.broken = True
        message = f"The list was cut, since {what}: the batch is partial. Tell the repository's administrator."
        return Issue(code="list_cut", message=message, severity="error")

    def _restart(self, reply: Reply) -> Page:
        progress = self._progress
        if self._begun_again == progress.list or progress.token is None:
            raise ProtocolError(
                f"{reply.answer.url}: the repository refused its own resumption token, and after a new start again.",
                advice="Ask its administrator how long tokens live; a longer life or a shorter `pace` helps.",
            )
        self._begun_again = progress.list
        progress.begin_list()
        message = "The repository no longer knew its token, so this list was begun again from its start."
        return self._kept(reply, Issue(code="token_expired", message=message))

    def _kept(self, reply: Reply, *issues: Issue) -> Page:
        """The page of an answer, after `progress` has been moved past it."""
        progress, cap = self._progress, self._task.source.max_pages
        progress.pages += 1
        told = [*self._issues, *_faults(reply), *issues]
        self._issues = []
        if progress.pages >= cap and progress.list < len(self._lists):
            progress.broken = True
            message = f"The harvest stopped at {cap} pages and the list goes on: raise `max_pages`."
            told.append(Issue(code="page_cap", message=message, severity="error"))
        last = progress.list >= len(self._lists) and not progress.broken
        return Page(answer=reply.answer, issues=tuple(told), resume=to_builtins(progress), last=last)


def _raw_records(reply: Reply, profile: str) -> tuple[RawRecord, ...]:
    answer = reply.answer
    return tuple(
        [
            RawRecord(
                identifier=span.identifier,
                profile=profile,
                answer=answer,
                item=item,
                start=span.start,
                end=span.end,
                datestamp=span.datestamp,
                deleted=span.deleted,
                sets=span.sets,
            )
            for item, span in enumerate(reply.reading.spans)
            if span.identifier
        ]
    )


def _nameless(item: int) -> Issue:
    message = f"Record {item} of the page has no identifier and was left out; its bytes are kept with the page."
    return Issue(code="record_without_identifier", message=message, severity="error")


def _faults(reply: Reply) -> Iterator[Issue]:
    reading = reply.reading
    if reading.fault is None:
        return
    if reading.mended:
        mended = ", ".join(f"{number} {what}" for what, number in reading.mended.items())
        message = (
            f"The page is not well-formed ({reading.fault}) and could be mended; nothing is lost. Found: {mended}. "
            "Tell the repository's administrator."
        )
        yield Issue(code="page_not_well_formed", message=message, value=mended[:500])
        return
    message = (
        f"The page is not well-formed ({reading.fault}). {len(reading.spans)} records could be read and are kept, "
        f"{len(reading.lost)} could not. Tell the repository's administrator."
    )
    yield Issue(code="page_not_well_formed", message=message, severity="error")
    for span in reading.lost:
        value = reply.answer.body[span.start : span.end][:500].decode(errors="replace")
        message = (
            f"A record (bytes {span.start} to {span.end} of the page) cannot be read; its bytes are kept with the page."
        )
        yield Issue(
            code="record_not_readable", message=message, severity="error", record=span.identifier or None, value=value
        )


def _identify(repository: Repository, state: State) -> tuple[_Progress, Page]:
    reply = repository.identify()
    moment, issues = server_time(reply.answer, reply.xml.findtext(f"{OAI}responseDate"))
    facts: dict[str, Json] = {
        key: (reply.xml.findtext(f"{OAI}Identify/{OAI}{tag}") or "").strip() for key, tag in _FACTS.items()
    }
    facts["admin_emails"] = [(mail.text or "").strip() for mail in reply.xml.iterfind(f"{OAI}Identify/{OAI}adminEmail")]
    found = [*moved(reply.answer), *issues, *_faults(reply), *_oddities(facts, state.get("identify"))]
    state.keep("identify", facts)
    progress = _Progress(server_time=moment.isoformat(), granularity=facts["granularity"])
    page = Page(
        answer=reply.answer,
        issues=tuple(found),
        facts={**facts, "server_time": progress.server_time},
        resume=to_builtins(progress),
    )
    return progress, page


def _oddities(facts: Mapping[str, Json], before: Mapping[str, Json] | None) -> Iterator[Issue]:
    if facts["granularity"] not in (_DAYS, _SECONDS):
        message = "Identify states a granularity that does not exist: days are asked for, which all must take."
        yield Issue(code="unknown_granularity", message=message, value=str(facts["granularity"])[:500])
    for key, value in facts.items():
        if before is not None and before.get(key) != value:
            message = f"The repository's {key} was {before.get(key)!r}, now {value!r}: check that it is still the same."
            yield Issue(code="repository_changed", message=message[:1000], field=key, value=str(value)[:500])


def _lists(task: HarvestTask, options: Options, progress: _Progress) -> tuple[list[dict[str, str]], list[Issue]]:
    """The arguments of ListRecords for each set in each window; and what is odd about the windows.

    OAI-PMH 2.0, 2.7.1 and 3.3: both ends of a window belong to it, in UTC, in the advertised granularity or in days.
    """
    layout = "%Y-%m-%dT%H:%M:%SZ" if progress.granularity == _SECONDS else "%Y-%m-%d"
    since = None if task.full else task.since
    asked = task.windows or ((since, task.until or datetime.fromisoformat(progress.server_time)),)
    windows: list[dict[str, str]] = []
    issues: list[Issue] = []
    for begin, end in asked:
        if begin is not None and begin > end:
            message = (
                f"The window begins ({begin.isoformat()}) after it ends ({end.isoformat()}): was the server's clock "
                "set back? Everything up to its end is asked for instead, so that nothing is lost."
            )
            issues.append(Issue(code="window_reversed", message=message))
        whole = end + timedelta(microseconds=999_999)  # rounds up to the second, as strftime cuts it
        window = {"until": whole.astimezone(UTC).strftime(layout)}
        if begin is not None and begin <= end:
            window["from"] = begin.astimezone(UTC).strftime(layout)
        windows.append(window)
    sets = [{"set": name} for name in task.source.sets] or [{}]
    return [
        {"metadataPrefix": options.metadata_prefix, **one, **window} for one, window in product(sets, windows)
    ], issues
