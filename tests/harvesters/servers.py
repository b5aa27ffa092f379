"""Servers on the loopback that behave as told, byte by byte, and a clock that only moves when somebody sleeps."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Self

from requests.adapters import BaseAdapter

from harvesters.clock import Clock
from harvesters.http import Contact, Http
from harvesters.source import Source

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONTACT = Contact("chm@example.org", "https://chm.example.org/about")

Route = bytes | Callable[[], Iterable[bytes]] | list[bytes]


class FakeClock:
    """Stands still but for `sleep`, which moves it at once; `slept` lists the sleeps, in seconds."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start
        self._lock = threading.Lock()
        self.slept: list[float] = []

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self._now += timedelta(seconds=max(seconds, 0))

    def set(self, moment: datetime) -> None:
        with self._lock:
            self._now = moment


class Asked(NamedTuple):
    """A request as the server saw it. `ended` is taken before the last bytes leave: never later than the client's."""

    path: str
    headers: dict[str, str]
    body: bytes
    began: datetime
    ended: datetime


def reply(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """An HTTP/1.1 answer; `content_type="..."` becomes Content-Type; a length is stated unless one is given."""
    named = {"content-length": str(len(body)), **{key.replace("_", "-"): value for key, value in headers.items()}}
    lines = [f"HTTP/1.1 {status} Said", *(f"{key}: {value}" for key, value in named.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class Site(socketserver.ThreadingTCPServer):
    """Answers by path: bytes, a list of them (one after the other, the last for ever) or a generator of pieces.

    A path that is not among the routes answers 404, and so does robots.txt unless it is.
    """

    daemon_threads = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(
        self, routes: Mapping[str, Route], *, clock: Clock | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server_address[1]
        self.routes = dict(routes)
        self.clock = clock or FakeClock()
        self.asked: list[Asked] = []
        self.open: list[socket.socket] = []
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop; a second time does nothing."""
        if self.fileno() == -1:
            return
        self.shutdown()
        self._thread.join()
        for sock in self.open:
            with suppress(OSError):  # closed by then
                sock.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def url(self, path: str = "/", *, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked for, robots.txt aside."""
        return [each.path for each in self.asked if each.path != "/robots.txt"]

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.append(request)
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is what many of these tests are about."""

    def answer_to(self, path: str, _headers: Mapping[str, str]) -> Iterator[bytes]:
        """The answer, for a site that heeds the request's headers too."""
        return self.answer(path)

    def answer(self, path: str) -> Iterator[bytes]:
        with self.lock:
            route = self.routes.get(path.partition("?")[0], reply(404, b"none"))
            if isinstance(route, list):
                route = route.pop(0) if len(route) > 1 else route[0]
        yield from [route] if isinstance(route, bytes) else route()


class _Connection(socketserver.StreamRequestHandler):
    server: Site
    timeout = 20
    disable_nagle_algorithm = True

    def handle(self) -> None:
        while request := self.rfile.readline():
            headers = {}
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                name, _, value = line.decode("latin-1").partition(":")
                headers[name.lower()] = value.strip()
            body = self.rfile.read(int(headers.get("content-length", 0)))
            if not self._answer(request.decode().split()[1], headers, body):
                return

    def _answer(self, path: str, headers: dict[str, str], body: bytes) -> bool:
        """Whether the connection lives on: only after one whole answer that states its length."""
        site = self.server
        with site.lock:
            site.at_once += 1
            site.most_at_once = max(site.most_at_once, site.at_once)
        began = site.clock.now()
        route = site.routes.get(path.partition("?")[0])
        pieces = site.answer_to(path, headers)
        piece = next(pieces, b"")
        with site.lock:
            site.asked.append(Asked(path, headers, body, began, site.clock.now()))
            site.at_once -= 1
        while piece:
            self.wfile.write(piece)
            piece = next(pieces, b"")
        return not callable(route)


def source(url: str, **keys: Any) -> Source:
    """A source that asks `url` with no pace, unless `keys` say otherwise."""
    known = {"id": "be_chm", "name": "Belgium", "government": "BE", "protocol": "feed", "url": url, "pace": 0}
    return Source.model_validate({**known, **keys})


def client(
    site: str | Source, folder: Path, *, clock: Clock | None = None, transport: BaseAdapter | None = None
) -> Http:
    """A client for one source, to be closed by the test, that may ask the loopback."""
    asked = site if isinstance(site, Source) else source(site)
    return Http(
        asked,
        contact=CONTACT,
        clock=clock or FakeClock(),
        folder=folder,
        allow_private=transport is None,
        transport=transport,
    )
