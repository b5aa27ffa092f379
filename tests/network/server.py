"""A site's server on the loopback: its port stays its own while it is dead, and every request is written down."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Request:
    """One request that a site got: when (seconds since the epoch), what (`target`: path and query), from whom."""

    time: float
    site: str
    target: str
    agent: str
    status: int


class Server:
    """Serves `app` as `site` on `port` (0: any free one); `date` makes the Date header, `log` takes every request."""

    def __init__(
        self, site: str, app: WSGIApplication, port: int, *, date: Callable[[], str], log: list[Request]
    ) -> None:
        self._site = site
        self._app = app
        self._log = log
        self._left: int | None = None
        # Bound but not listening: asked, the port refuses, and nobody else can take it while the site is dead.
        self._place = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._place.bind((LOOPBACK, port))
        except OSError as fault:
            self._place.close()
            raise OSError(fault.errno, f"port {port} of {site} is taken; choose another one") from fault
        self.port: int = self._place.getsockname()[1]
        self._server: BaseWSGIServer | None = None
        self._thread: Thread | None = None

        class Handler(WSGIRequestHandler):
            def date_time_string(self, _timestamp: float | None = None) -> str:
                return date()

            def log(self, _type: str, _message: str, *_args: Any) -> None:
                """Nothing on standard error: `Request` says it all."""

        self._handler = Handler

    @property
    def alive(self) -> bool:
        """Whether the site answers."""
        return self._server is not None

    def start(self) -> None:
        """Answer from now on."""
        if self._server is None:
            self._server = make_server(LOOPBACK, self.port, self._answer, threaded=True, request_handler=self._handler)
            self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name=self._site, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Refuse connections from now on; the port stays ours."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server = self._thread = None

    def close(self) -> None:
        """Stop and give the port back."""
        self.stop()
        self._place.close()

    def fail_after(self, requests: int | None) -> None:
        """Answer 503 to all but the next `requests`; None mends it."""
        self._left = requests

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        query = environ["QUERY_STRING"]
        target = environ["PATH_INFO"] + (f"?{query}" if query else "")

        def note(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            agent = environ.get("HTTP_USER_AGENT", "")
            self._log.append(Request(time.time(), self._site, target, agent, int(status[:3])))
            return start_response(status, headers, exc_info)

        if self._left is not None:
            if self._left == 0:
                note("503 Service Unavailable", [("Content-Type", "text/plain"), ("Content-Length", "0")])
                return []
            self._left -= 1
        return self._app(environ, note)
