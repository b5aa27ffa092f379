"""The porter: an ASGI layer that every request passes. It refuses what is too much, and sees answers off.

In: at most so many requests a minute and address, bytes and seconds. Out: headers that keep browsers from harm (OWASP
Secure Headers), what caches may do with an answer, and a line in the metrics.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from warehouse.portal.metrics import Metrics
from warehouse.portal.problems import CACHED, SAFE_HEADERS, Problem, Refusal, problem, response
from warehouse.portal.serving import Serving

_FREE = frozenset(("/health", "/metrics"))  # for those who watch over us


class Porter:
    """Wraps the app. `serving` says how much is too much."""

    def __init__(self, app: ASGIApp, serving: Serving, metrics: Metrics) -> None:
        self._app = app
        self._serving = serving
        self._metrics = metrics
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._given_up: set[asyncio.Future[None]] = set()  # whose threads cannot be stopped: they end by themselves

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or not, and its answer out."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"]
        if method == "HEAD":  # as by GET, less the body (RFC 9110, 9.3.2)
            scope = {**scope, "method": "GET"}
        leaving = _Leaving(method, scope, send, self._metrics.count)
        refused = self._refusal(scope)
        if refused:
            await response(*refused)(scope, receive, leaving.send)
            return
        body = _Body(receive, self._serving.request_bytes)
        task = asyncio.ensure_future(self._app(scope, body.receive, leaving.send))
        await asyncio.wait({task}, timeout=self._serving.seconds)
        if task.done():
            task.result()
        elif leaving.has_begun:
            await task  # a long answer on its way is no fault
        else:
            leaving.give_up()
            self._given_up.add(task)
            task.add_done_callback(self._given_up.discard)
            told = problem(503, f"This took more than {self._serving.seconds:g} seconds; ask for less at once.")
            instead = _Leaving(method, scope, send, self._metrics.count)
            await response(told, {"Retry-After": "10"})(scope, receive, instead.send)

    def _refusal(self, scope: Scope) -> tuple[Problem, dict[str, str]] | None:
        most = self._serving.request_bytes
        if len(scope["path"]) + len(scope["query_string"]) > most:
            return problem(414, f"An address has at most {most} bytes; POST the question instead."), {}
        said = Request(scope).headers.get("content-length", "")
        if said.isdigit() and int(said) > most:
            return problem(413, f"A request has at most {most} bytes."), {}
        if not self._serving.rate or scope["path"] in _FREE:
            return None
        allowed = RateLimitItemPerMinute(self._serving.rate)
        address = scope["client"][0] if scope["client"] else ""
        if self._limiter.hit(allowed, address):
            return None
        reset, _ = self._limiter.get_window_stats(allowed, address)
        wait = max(1, round(reset - time.time()))
        told = problem(429, f"{self._serving.rate} requests a minute are allowed; go on in {wait} seconds.")
        return told, {"Retry-After": str(wait)}


class _Body:
    """A request's body, which is refused where it grows beyond what is allowed."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = self._left = most

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise Refusal(problem(413, f"A request has at most {self._most} bytes."))
        return message


class _Leaving:
    """An answer on its way out: its headers are completed, and its end is counted."""

    def __init__(self, method: str, scope: Scope, send: Send, count: Callable[[str, str, int, float], None]) -> None:
        self._method = method
        self._scope = scope
        self._send = send
        self._count = count
        self._started = time.perf_counter()
        self._status = 500
        self._gone = False
        self.has_begun = False

    def give_up(self) -> None:
        """Let nothing more of this answer out."""
        self._gone = True

    async def send(self, message: Message) -> None:
        if self._gone:
            return
        if message["type"] == "http.response.start":
            self.has_begun, self._status = True, message["status"]
            self._complete(MutableHeaders(scope=message))
        if message["type"] == "http.response.body" and self._method == "HEAD":
            message = {**message, "body": b""}
        await self._send(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            route = getattr(self._scope.get("route"), "path", "none")
            self._count(self._method, route, self._status, time.perf_counter() - self._started)

    def _complete(self, headers: MutableHeaders) -> None:
        for name, value in SAFE_HEADERS.items():
            headers.setdefault(name, value)
        headers.add_vary_header("Accept")
        etag = self._scope.get("state", {}).get("etag")
        if etag and self._status in (200, 304):
            headers.setdefault("ETag", etag)
            headers.setdefault("Cache-Control", CACHED)
        else:
            headers.setdefault("Cache-Control", "no-store")
