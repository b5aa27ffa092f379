"""The one polite client: identity, pace, robots, budget, retries, redirects, caps.

From the top down: `get` follows redirects (each hop through guard and robots.txt), `_ask` retries, `_send` takes the
server's turn and reads the answer. Below it all lies a transport adapter: ours, which connects to checked addresses
only, or one that a test mounts.

A redirect from https to http is followed: it is the site's own word, received over TLS, and we send nothing secret;
refusing would lose the countries whose sites do so. `Answer.url` shows where the answer came from.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urldefrag, urljoin

import requests
from msgspec import Struct, structs
from requests.adapters import BaseAdapter
from urllib3.exceptions import HTTPError

from harvesters.clock import Clock
from harvesters.errors import AddressRefused, BadStatus, TooSlow, Unreachable
from harvesters.faults import explain
from harvesters.guard import Guard
from harvesters.model import Answer, Issue
from harvesters.politeness import Politeness, Turn
from harvesters.rate_limits import asked_rest
from harvesters.robots import LONGEST, Robots
from harvesters.source import Source
from harvesters.visit import Visit
from harvesters.wire import BrokenBody, Deadline, GuardedAdapter, read_body

MOVED = ":moved"
"""Key of `Answer.headers` with the address to which the one asked for moved for good: where its unbroken chain of
permanent redirects (301, 308) ends. Absent where it did not move. No server can send a header of that name."""

CONNECT = 15.0  # seconds for one connection
MOST_HOPS = 10
SHORT = 2**14  # bytes that are read of a redirect's body, to keep the connection
REDIRECTS = {301, 302, 303, 307, 308}
PERMANENT = {301, 308}

Params = Mapping[str, str | list[str]]


class Contact(Struct, frozen=True):
    """Who asks: an address to write to, and the page that says who, why, how often and how to stop us."""

    mail: str
    page: str


class Papers(Struct, frozen=True, kw_only=True):
    """Who asks, where the servers' turns are kept, whether private addresses may be asked, and how much in all."""

    contact: Contact
    folder: str  # absolute
    allow_private: bool
    visit: Visit


class _Call(NamedTuple):
    """A request ready to be sent, with the caps on its answer."""

    request: requests.PreparedRequest
    crawl_delay: float
    most: int
    cut: bool = False  # read the first `most` bytes and leave the rest
    only: Collection[str] = ()  # read no bodies of other media types, where these are stated


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None: requests would read a redirect's body without any cap; we follow by hand."""


class Http:
    """Asks for one source in one run, politely; a context manager. Not for several threads: each has its own."""

    def __init__(  # noqa: PLR0913 - what it stands on is handed in, by name, in the two places that make one
        self,
        source: Source,
        *,
        contact: Contact,
        clock: Clock,
        folder: Path,
        allow_private: bool = False,
        transport: BaseAdapter | None = None,
        visit: Visit | None = None,
    ) -> None:
        self._source = source
        self.visit = visit or Visit()
        self._papers = Papers(
            contact=contact, folder=str(folder.absolute()), allow_private=allow_private, visit=self.visit
        )
        self._clock = clock
        self._guard = Guard(allow_private=allow_private or source.allow_private)
        self._deadline = Deadline()
        self._politeness = Politeness(source, clock=clock, folder=folder)
        self._robots = Robots(self._get_robots, clock=clock, folder=folder)
        self._session = _Session()
        self._session.trust_env = False  # no proxies, no netrc: the environment is not the source file
        self._session.verify = source.verify_tls
        adapter = transport or GuardedAdapter(self._guard, self._deadline, verify_tls=source.verify_tls)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        self._session.headers = requests.structures.CaseInsensitiveDict(
            {
                "User-Agent": f"chm-aggregator/{version('chm-aggregator')} (+{contact.page}; mailto:{contact.mail})",
                "From": contact.mail,
                "Accept": "*/*",
                "Accept-Encoding": "gzip, deflate",
            }
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def now(self) -> datetime:
        """The present moment on the harvest's clock."""
        return self._clock.now()

    def crawl_delay(self, url: str) -> float:
        """Seconds that robots.txt wishes between two requests. Raises as `get` does, where it stands in the way."""
        return self._robots.check(url)

    def papers(self) -> Papers:
        """What another process needs to ask in the same manner, in our name."""
        return self._papers

    def sitemaps(self, url: str) -> list[str]:
        """The site maps that the robots.txt for an address names. Raises RobotsUnknown where it cannot be read."""
        return self._robots.sitemaps(url)

    def get(
        self,
        url: str,
        *,
        params: Params | None = None,
        validators: Mapping[str, str] | None = None,
        accept: str | None = None,
        only: Collection[str] = (),
    ) -> Answer:
        """The final answer, whatever its status below 500 but for 429: 304 (empty body), 400 and 404 are the caller's.

        `validators` are `etag` and `last_modified` of an earlier answer and make the request conditional. Where `only`
        names media types, an answer of another one has no body: it is left unread. The answer's `url` is where it came
        from in the end; see `MOVED` for an address that changed for good.

        Raises:
            AddressRefused: the address, or one that it redirects to, may not be asked.
            RobotsDisallowed, RobotsUnknown: robots.txt stands in the way.
            BudgetSpent, ServerStopped: the server is asked no more today, or in this run.
            TooLarge, TooSlow: the answer exceeds the source's `max_bytes` or `timeout`.
            Unreachable: no connection, or one that broke, in each of four tries.
            BadStatus: 429 or 5xx in each of four tries, or redirects without end.
            ProtocolError: a compression that we did not offer.
        """
        conditions = {"etag": "If-None-Match", "last_modified": "If-Modified-Since"}
        headers = {conditions[key]: value for key, value in (validators or {}).items() if value}
        if accept:
            headers["Accept"] = accept
        return self._follow(requests.Request("GET", url, params=params, headers=headers), only=only)

    def post(self, url: str, data: Mapping[str, str]) -> Answer:
        """The final answer to a form that asks and changes nothing (OAI-PMH 2.0, 3.1.1.2); else as `get`."""
        return self._follow(requests.Request("POST", url, data=data))

    def _get_robots(self, url: str) -> Answer:
        return self._follow(requests.Request("GET", url), is_robots=True)

    def _follow(self, wish: requests.Request, *, is_robots: bool = False, only: Collection[str] = ()) -> Answer:
        """Follow redirects to the end; a loop is one address asked twice with the same cookies."""
        request = self._prepare(wish)
        seen: set[tuple[str | None, str | None]] = set()
        moved, permanent_so_far = None, True
        while True:
            delay = 0.0 if is_robots else self._robots.check(str(request.url))
            most = LONGEST if is_robots else self._source.max_bytes
            answer = self._ask(_Call(request, delay, most, cut=is_robots, only=only))
            location = answer.headers.get("location")
            if answer.status not in REDIRECTS or not location:
                return structs.replace(answer, headers={**answer.headers, MOVED: moved}) if moved else answer
            seen.add((request.url, request.headers.get("Cookie")))
            wish = _next(wish, answer, location)
            permanent_so_far = permanent_so_far and answer.status in PERMANENT
            try:
                request = self._prepare(wish)
            except AddressRefused as error:
                raise AddressRefused(f"{answer.url} redirects elsewhere: {error.cause}", advice=error.advice) from error
            moved = request.url if permanent_so_far else moved
            if (request.url, request.headers.get("Cookie")) in seen or len(seen) > MOST_HOPS:
                raise BadStatus(
                    f"{answer.url} redirects to {request.url}, and so on without end ({len(seen)} hops).",
                    advice="Open the address in a browser and put the one it ends at into the source file.",
                    answer=answer,
                )

    def _prepare(self, wish: requests.Request) -> requests.PreparedRequest:
        """The request with its final address, which the guard has judged."""
        try:
            request = self._session.prepare_request(wish)
        except (requests.RequestException, UnicodeError) as error:
            raise AddressRefused(
                f"{wish.url[:500]!r} is no web address ({error}).",
                advice="Correct it in the source file or on the site.",
            ) from error
        self._guard.check_url(str(request.url))
        return request

    def _ask(self, call: _Call) -> Answer:
        """Send until the server answers, at most four times; on a visit, once.

        A server may ask for a rest with any answer, a good one too. The rest between two tries is kept with the
        server's state: a server in trouble is left alone by every source.
        """
        server = self._politeness.server(str(call.request.url))
        for rest in (*self.visit.pauses, 0.0):
            self.visit.begin()
            with self._politeness.turn(server, call.crawl_delay) as turn:
                begun = time.monotonic()
                outcome = self._send(call, turn)
                self.visit.seconds += time.monotonic() - begun
                if isinstance(outcome, Answer):
                    turn.rest = asked_rest(outcome.headers, self._clock.now())
                    if outcome.status < 500 and outcome.status != 429:
                        return outcome
                turn.failed = not (isinstance(outcome, Answer) and outcome.status == 429)
                turn.rest = max(rest, turn.rest)
        if isinstance(outcome, Unreachable):
            raise outcome
        tries = f" in each of {len(self.visit.pauses) + 1} tries" if self.visit.pauses else ""
        raise BadStatus(
            f"{outcome.url} answers {outcome.status}{tries}.",
            advice="The next run tries again; if it lasts, write to the site's contact.",
            answer=outcome,
        )

    def _send(self, call: _Call, turn: Turn) -> Answer | Unreachable:
        """One request and what came of it. Raises TooSlow, TooLarge, ProtocolError, AddressRefused."""
        limit = self._source.timeout
        url = str(call.request.url)
        self._deadline.start(limit, limit / 2)
        try:
            response = self._session.send(
                call.request, stream=True, allow_redirects=False, timeout=(min(CONNECT, limit), limit)
            )
            try:
                body = self._read(response, call, turn)
            finally:
                if response.raw is not None:
                    response.close()
        except (requests.RequestException, HTTPError, OSError, BrokenBody) as error:
            if not self._deadline.passed:
                return explain(error, url)
            turn.failed = True
            raise TooSlow(
                f"{url} did not end within {limit:g} seconds.",
                advice="Raise `timeout` in the source file, or ask for less at once; else write to the site's contact.",
            ) from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(url=url, status=response.status_code, headers=headers, body=body, received=self._clock.now())

    def _read(self, response: requests.Response, call: _Call, turn: Turn) -> bytes:
        """The body, within the caps; nobody reads a redirect's, or what is not wanted, so little of it is fetched."""

        def count(received: int) -> None:
            turn.bytes += received
            self._deadline.left()  # a transport without a socket is timed too

        media = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if call.only and media and media not in call.only:
            return b""
        is_redirect = response.status_code in REDIRECTS
        most = min(call.most, SHORT) if is_redirect else call.most
        return read_body(response, most=most, cut=call.cut or is_redirect, count=count)


def moved(answer: Answer) -> tuple[Issue, ...]:
    """The issue of an address that moved for good (RFC 9110, 15.4.2 and 15.4.9), where that is so."""
    if MOVED not in answer.headers:
        return ()
    message = f"The address moved for good to {answer.headers[MOVED]}: put that into the source file."
    return (Issue(code="address_moved", message=message[:1000], value=answer.headers[MOVED][:500]),)


def _next(wish: requests.Request, answer: Answer, location: str) -> requests.Request:
    """What a redirect makes of a request (RFC 9110, 15.4): a form becomes a GET, but for 307 and 308."""
    with suppress(UnicodeError):  # headers arrive as Latin-1, but sites mean UTF-8
        location = location.encode("latin-1").decode()
    try:
        target = urldefrag(urljoin(answer.url, location.strip())).url
    except ValueError:  # brackets that are no IPv6 address
        target = location
    keeps_form = answer.status in (307, 308)
    return requests.Request(
        wish.method if keeps_form else "GET", target, headers=wish.headers, data=wish.data if keeps_form else None
    )
