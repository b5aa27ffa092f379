"""RSS 0.9x, 1.0, 2.0 and Atom, read by feedparser. A feed is a window: what it no longer shows is not gone.

`facts` of every page: `window` (always true); of the first also `server_time`, by the HTTP Date header. Kept for the
next run as "validators": address -> ETag and Last-Modified (RFC 9110, 8.8), so that a feed that did not change costs a
304. `resume` holds all that is needed to go on after its page, the latest identifiers included.

RSS 2.0 https://www.rssboard.org/rss-specification, RSS 1.0 https://web.resource.org/rss/1.0/spec, Atom RFC 4287.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
from msgspec import Struct, convert, to_builtins
from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field

from harvesters.errors import BadStatus, HarvestError, ProtocolError
from harvesters.http import Http
from harvesters.model import Answer, HarvestTask, Issue, Json, Page, RawRecord, State
from harvesters.safe_xml import is_web_page
from harvesters.server_clock import server_time

_REMEMBERED = 500  # identifiers by which a duplicate is known; a later one is the warehouse's to notice
_HEADERS_THAT_MATTER = ("content-type", "content-language")
_ACCEPT = "application/rss+xml, application/atom+xml, application/rdf+xml, application/xml;q=0.9, */*;q=0.1"
# What feedparser 6.0 was seen to raise on mutated feeds: characters out of range, georss and iTunes without values ...
_STUMBLES = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_LABELS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)


class Options(BaseModel):
    """What a source's `options` may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    paged: bool = Field(False, description="a full harvest follows WordPress's `?paged=N` until it answers 404")
    channels_index: bool = Field(False, description="`url` is a Portal Tool Kit's `localchannels_rdf`: a list of feeds")


class _Progress(Struct):
    """How far a harvest is: all that `resume` holds.

    `n` is the number of the next feed, `page` the next page of it; `feeds` the addresses that an index named;
    `failed` counts feeds that could not be read, after which no page is the last; `latest` are digests.
    """

    n: int = 0
    page: int = 1
    pages: int = 0
    records: int = 0
    failed: int = 0
    feeds: tuple[str, ...] = ()
    latest: tuple[str, ...] = ()

    def next_feed(self) -> None:
        self.n, self.page = self.n + 1, 1


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
    while visit.goes_on():
        yield visit.feed(paged=options.paged and task.full)


def parse(answer: Answer) -> feedparser.FeedParserDict:
    """What feedparser makes of an answer's body; HTML in it is sanitised. Read only: the last result is remembered.

    It depends on the answer alone, but for `*_parsed` dates: feedparser completes an ISO date without year, month or
    day from the clock, and reads some through the machine's time zone. Take the dates as they are written. (Were
    chardet installed, feedparser would also ask it about undeclared encodings; the lock has none.)

    Raises:
        ProtocolError: feedparser stumbled, as it does over some broken feeds (never over one that `harvest` yielded).
    """
    headers = {name: answer.headers[name] for name in _HEADERS_THAT_MATTER if name in answer.headers}
    try:
        return _parse(answer.body, tuple({**headers, "content-location": answer.url}.items()))
    except _STUMBLES as error:
        raise ProtocolError(
            f"{answer.url}: the feed cannot be read (feedparser: {error!r}).",
            advice="Ask the site's webmaster to check it with a feed validator.",
        ) from error


@lru_cache(maxsize=1)
def _parse(body: bytes, headers: tuple[tuple[str, str], ...]) -> feedparser.FeedParserDict:
    # As a stream: given bytes, feedparser first tries them as the name of a local file.
    return feedparser.parse(
        BytesIO(body), response_headers=dict(headers), sanitize_html=True, resolve_relative_uris=True
    )


class _Visit:
    """One harvest's way through its feeds."""

    def __init__(self, task: HarvestTask, http: Http, state: State, progress: _Progress) -> None:
        self._task = task
        self._http = http
        self._state = state
        self._progress = progress
        self._profile = task.source.profile or "rss_item"
        state.keep("validators", state.get("validators") or {})

    def goes_on(self) -> bool:
        """Whether there is something left to ask for, and no limit reached."""
        progress, limit = self._progress, self._task.limit
        enough = limit is not None and progress.records >= limit
        return progress.n < len(progress.feeds) and progress.pages < self._task.source.max_pages and not enough

    def index(self) -> Page:
        """The list of a Portal Tool Kit's channels (RSS 1.0); comments are not records of the clearing-house."""
        url = self._task.source.addresses[0]
        answer = self._http.get(url, accept=_ACCEPT)
        if answer.status != 200:
            raise _bad_status(answer)
        links = [urljoin(answer.url, link) for entry in _read(answer).entries if (link := entry.get("link"))]
        channels = [link for link in dict.fromkeys(links) if "latestcomments" not in urlsplit(link).path]
        here = urlsplit(answer.url).hostname
        self._progress.feeds = tuple(link for link in channels if urlsplit(link).hostname == here)
        if not self._progress.feeds:
            raise ProtocolError(
                f"{answer.url}: the index of channels names no channel of this site.",
                advice="Check `url`, or list the feeds themselves under `urls`.",
            )
        elsewhere = [_elsewhere(link) for link in channels if urlsplit(link).hostname != here]
        return self._kept(answer, *elsewhere)

    def feed(self, *, paged: bool) -> Page:
        """The next page of the present feed."""
        progress = self._progress
        url, number = progress.feeds[progress.n], progress.page
        known = {} if self._task.full or number > 1 else self._state.get("validators").get(url, {})
        params = {"paged": str(number)} if number > 1 else None
        answer = self._http.get(url, params=params, validators=known or None, accept=_ACCEPT)
        if (answer.status == 304 and known) or (answer.status == 404 and number > 1):
            progress.next_feed()
            return self._kept(answer)
        try:
            if answer.status != 200:
                raise _bad_status(answer)
            found = _read(answer)
        except (BadStatus, ProtocolError) as error:
            return self._failed(answer, error)
        entries = found.entries
        cut = _cut_short(found, answer.body)
        records, issues = self._records(answer, entries[:-1] if cut else entries)
        issues += cut
        issues = [*_complaints(found), *issues]
        if number == 1 and not _broken(found):
            self._remember(url, answer)
        if paged and records:
            progress.page += 1
        else:
            progress.next_feed()
        return replace(self._kept(answer, *issues), records=tuple(records))

    def _records(self, answer: Answer, entries: list[Any]) -> tuple[list[RawRecord], list[Issue]]:
        progress = self._progress
        seen = dict.fromkeys(progress.latest)
        records: list[RawRecord] = []
        issues: list[Issue] = []
        for item, entry in enumerate(entries):
            identifier = _identifier(entry)
            digest = _digest(identifier)
            if digest in seen:
                message = f"Entry {item} of the page has the identifier of an earlier entry, which is the one kept."
                issues.append(Issue(code="duplicate_entry", message=message, severity="note", record=identifier))
                continue
            seen[digest] = None
            records.append(
                RawRecord(
                    identifier=identifier,
                    profile=self._profile,
                    answer=answer,
                    item=item,
                    start=0,
                    end=len(answer.body),
                )
            )
        progress.latest = tuple(seen)[-_REMEMBERED:]
        progress.records += len(records)
        return records, issues

    def _failed(self, answer: Answer, error: HarvestError) -> Page:
        progress = self._progress
        progress.failed += 1
        if progress.failed == len(progress.feeds) and progress.page == 1:
            raise error
        progress.next_feed()
        code = "feed_gone" if answer.status in (404, 410) else "feed_not_readable"
        return self._kept(answer, Issue(code=code, message=str(error), severity="error", value=answer.url[:500]))

    def _remember(self, url: str, answer: Answer) -> None:
        pairs = {"etag": answer.headers.get("etag"), "last_modified": answer.headers.get("last-modified")}
        kept = {name: value for name, value in pairs.items() if value}
        self._state.keep("validators", {**self._state.get("validators"), url: kept})

    def _kept(self, answer: Answer, *issues: Issue) -> Page:
        """The page of an answer, after `progress` has been moved past it."""
        progress, cap = self._progress, self._task.source.max_pages
        told = list(issues)
        facts: dict[str, Json] = {"window": True}
        if progress.pages == 0:
            moment, odd = server_time(answer)
            facts["server_time"] = moment.isoformat()
            told += odd
        progress.pages += 1
        if progress.pages >= cap and progress.n < len(progress.feeds):
            message = f"The harvest stopped at {cap} pages and there are more: raise `max_pages`."
            told.append(Issue(code="page_cap", message=message, severity="error"))
        last = progress.n >= len(progress.feeds) and not progress.failed
        return Page(answer=answer, issues=tuple(told), facts=facts, resume=to_builtins(progress), last=last)


def _read(answer: Answer) -> feedparser.FeedParserDict:
    """The parsed feed; ProtocolError where what came is none."""
    found = parse(answer)
    if found.entries or (found.get("version") and not _broken(found)):
        return found
    if is_web_page(answer.body):
        cause = "a web page came where a feed was expected"
    elif not answer.body.strip():
        cause = "an empty answer came where a feed was expected"
    elif _broken(found):
        cause = f"the feed is broken before its first entry ({found.bozo_exception})"
    else:
        cause = "what came is neither RSS nor Atom"
    raise ProtocolError(f"{answer.url}: {cause}.", advice="Open the address in a browser and check `url` or `urls`.")


def _identifier(entry: Any) -> str:
    """The entry's own identifier (guid, rdf:about, atom:id), else its link, else a digest of what it says."""
    own = entry.get("id") or entry.get("link")
    if own:
        return str(own)
    said = [str(dict.get(entry, key, "")) for key in ("title", "summary", "published", "updated", "created")]
    return f"digest:{_digest(chr(0).join(said))}"


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _broken(found: feedparser.FeedParserDict) -> bool:
    """True where the feed is not well-formed; feedparser also complains of labels, which harm nothing."""
    return bool(found.bozo) and not isinstance(found.bozo_exception, _LABELS)


def _complaints(found: feedparser.FeedParserDict) -> list[Issue]:
    if not found.bozo:
        return []
    said = str(found.bozo_exception)
    if not _broken(found):
        message = f"The server labels its feed wrongly ({said}); it was read as what it is."
        return [Issue(code="feed_mislabelled", message=message[:1000], severity="note")]
    message = f"The feed is not well-formed ({said}); the entries that can be read are kept. Tell the site's webmaster."
    return [Issue(code="feed_not_well_formed", message=message[:1000])]


def _cut_short(found: feedparser.FeedParserDict, body: bytes) -> list[Issue]:
    """Why the last entry is none: the feed broke off within it, so its identifier may be half of one."""
    opened, closed = (max(body.rfind(tag % name) for name in (b"item", b"entry")) for tag in (b"<%b", b"</%b"))
    if not (_broken(found) and found.entries and opened > closed):
        return []
    message = "The feed breaks off within its last entry, which was left out; its bytes are kept with the page."
    value = body[opened : opened + 500].decode(errors="replace")
    return [Issue(code="entry_cut_short", message=message, value=value)]


def _elsewhere(link: str) -> Issue:
    message = "The index names a channel on another host, which is not asked: list it in a source file of its own."
    return Issue(code="channel_elsewhere", message=message, severity="note", value=link[:500])


def _bad_status(answer: Answer) -> BadStatus:
    what = {404: "there is no feed here (404)", 410: "the feed is gone for good (410)"}
    return BadStatus(
        f"{answer.url}: {what.get(answer.status, f'the server answered HTTP {answer.status}')}.",
        advice="Find the feed's present address on the site and correct `url` or `urls`.",
        answer=answer,
    )
