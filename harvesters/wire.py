"""One request on the wire: connected to a checked address, cut off in time, read and unpacked within the caps.

Time here is the machine's own (`time.monotonic`), never the `Clock`: a clock that tests move by hand does not move
while a socket waits.
"""

from __future__ import annotations

import io
import math
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from typing import Any

import requests
from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.poolmanager import PoolManager
from urllib3.response import BaseHTTPResponse
from urllib3.util.ssl_ import create_urllib3_context

from harvesters.errors import ProtocolError, TooLarge
from harvesters.guard import Guard

PIECE = 2**16  # bytes read at a time
GZIP = b"\x1f\x8b\x08"  # RFC 1952, 2.3.1: the mark, and the only method there is


class BrokenBody(Exception):
    """The compression of a body is broken or cut off."""


class Deadline:
    """When the answer that is being read must have ended. A site that drips a byte a second meets it all the same."""

    def __init__(self) -> None:
        self._end = math.inf
        self._silence = math.inf

    def start(self, total: float, silence: float) -> None:
        """From now, `total` seconds for the answer, and `silence` seconds at most between two pieces of it."""
        self._end = time.monotonic() + total
        self._silence = silence

    def left(self) -> float:
        """Seconds that the next wait may take. Raises TimeoutError where there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer did not end in time")
        return min(left, self._silence)

    @property
    def passed(self) -> bool:
        """Whether the time for the answer is over."""
        return time.monotonic() >= self._end - 0.01  # a socket's timeout may fire a moment early


class _TimedReader(io.RawIOBase):
    """A socket's read side that grants every single wait no more than the deadline leaves."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._deadline.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    """Status line, headers, chunk sizes and body all come through the timed reader, with and without TLS."""

    deadline: Deadline

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedReader(sock, self.deadline))


class _Connection(HTTPConnection):
    """Connects to what the guard resolved and to nothing else; Host, SNI and certificate stay those of the name."""

    def __init__(self, *args: Any, guard: Guard, deadline: Deadline, **options: Any) -> None:
        class Response(_TimedResponse):  # http.client wants a class and gives it nothing of ours
            pass

        Response.deadline = deadline
        super().__init__(*args, **options)
        self._guard = guard
        self._deadline = deadline
        self.response_class = Response

    def _new_conn(self) -> socket.socket:
        try:
            endpoints = self._guard.resolve(self.host, self.port)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        failure: OSError = OSError("the name has no address")
        for family, address in endpoints:
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.settimeout(min(float(self.timeout or math.inf), self._deadline.left()))
                sock.connect(address)
            except OSError as error:
                sock.close()
                failure = error
            else:
                return sock
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(self, str(failure)) from failure
        raise NewConnectionError(self, str(failure)) from failure


class _TlsConnection(_Connection, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection

    def _validate_conn(self, conn: Any) -> None:
        """Connect, without urllib3's warning where the source file itself says `verify_tls: false`."""
        if conn.is_closed:
            conn.connect()


class _Pools(PoolManager):
    """Pools whose connections know the guard and the deadline."""

    def __init__(self, guard: Guard, deadline: Deadline, **options: Any) -> None:
        super().__init__(**options)
        self.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
        self._line = {"guard": guard, "deadline": deadline}

    def _new_pool(self, *args: Any, **options: Any) -> HTTPConnectionPool:
        pool = super()._new_pool(*args, **options)
        pool.conn_kw.update(self._line)
        return pool


class GuardedAdapter(HTTPAdapter):
    """The transport of the polite client. `deadline` is started by the client, before each request."""

    def __init__(self, guard: Guard, deadline: Deadline, *, verify_tls: bool = True) -> None:
        self._guard = guard
        self._deadline = deadline
        self._context = _tls_context(verify=verify_tls)
        super().__init__()

    def init_poolmanager(self, *_sizes: Any, **_options: Any) -> None:
        """Our own pools, with one TLS context for all connections."""
        self.poolmanager = _Pools(self._guard, self._deadline, ssl_context=self._context)

    def cert_verify(self, *_args: Any, **_options: Any) -> None:
        """Nothing to load for each connection: the context has its authorities."""


def _tls_context(*, verify: bool) -> ssl.SSLContext:
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if verify else ssl.CERT_NONE)
    context.check_hostname = verify
    if verify:
        context.load_default_certs()
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


def read_body(response: requests.Response, *, most: int, cut: bool, count: Callable[[int], None]) -> bytes:
    """The body less the transfer's compression; gzip that nobody announced is unpacked too.

    `most` caps the bytes before and after decompression: with `cut` what lies beyond is left unread. `count` is told
    of every piece received, also of a transfer that breaks.

    Raises:
        TooLarge: more than `most` bytes.
        ProtocolError: a compression that we did not offer.
        BrokenBody: the compression is broken or cut off.
        urllib3.exceptions.HTTPError, OSError: the transfer broke or took too long.
    """
    declared = response.headers.get("Content-Length", "")
    if not cut and declared.isascii() and declared.isdigit() and int(declared) > most:
        raise _too_large(response, most)
    received, body, unpack = 0, bytearray(), None
    for piece in _pieces(response):
        count(len(piece))
        received += len(piece)
        unpack = unpack or _unpacker(response, piece)
        body += unpack.feed(piece, most - len(body) + 1)
        if max(received, len(body)) > most:
            if cut:
                return bytes(body[:most])
            raise _too_large(response, most)
    if unpack:
        unpack.end()
    return bytes(body)


def _pieces(response: requests.Response) -> Iterator[bytes]:
    raw = response.raw
    if raw is None:  # a transport of a test that set the content at once
        yield response.content
        return
    options = {"decode_content": False} if isinstance(raw, BaseHTTPResponse) else {}
    while piece := raw.read(PIECE, **options):
        yield piece


def _too_large(response: requests.Response, most: int) -> TooLarge:
    return TooLarge(
        f"{response.url} has more than {most:,} bytes (before or after decompression).",
        advice="Look at the address in a browser; if it is right, raise `max_bytes` in the source file.",
    )


class _Plain:
    def feed(self, piece: bytes, _room: int) -> bytes:
        return piece

    def end(self) -> None:
        return


class _Inflate:
    """gzip with all its members, or deflate. `feed` gives at most `room` bytes, so that a bomb cannot go off."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._member = zlib.decompressobj(wbits)
        self._pending = b""

    def feed(self, piece: bytes, room: int) -> bytes:
        body, data = bytearray(), self._pending + piece
        self._pending = b""
        while data and len(body) < room:
            if self._member.eof:
                if len(data) < len(GZIP):
                    self._pending = data
                    break
                if not data.startswith(GZIP):  # padding after the last member
                    break
                self._member = zlib.decompressobj(self._wbits)
            try:
                body += self._member.decompress(data, room - len(body))
            except zlib.error as error:
                raise BrokenBody(f"its compression is broken ({error})") from error
            data = self._member.unused_data
        return bytes(body)

    def end(self) -> None:
        if not self._member.eof:
            raise BrokenBody("its compressed body ends too early")


def _unpacker(response: requests.Response, first: bytes) -> _Plain | _Inflate:
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        return _Inflate(zlib.MAX_WBITS | 16)
    if encoding == "deflate":  # RFC 9110, 8.4.1.2 means zlib's wrapper (RFC 1950); some servers leave it out
        is_wrapped = first[0] & 15 == 8 and int.from_bytes(first[:2]) % 31 == 0
        return _Inflate(zlib.MAX_WBITS if is_wrapped else -zlib.MAX_WBITS)
    if encoding not in ("", "identity"):
        raise ProtocolError(
            f"{response.url} is compressed as `{encoding[:50]}`, which we did not offer.",
            advice="Tell the site's contact that its server ignores Accept-Encoding.",
        )
    is_archive = "gzip" in response.headers.get("Content-Type", "").lower()
    return _Inflate(zlib.MAX_WBITS | 16) if first.startswith(GZIP) and not is_archive else _Plain()
