"""Requests over sixteen connections that stay open: as many as are answered, or so many a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator

import numpy as np
from msgspec import Struct

CONNECTIONS = 16


class Traffic(Struct, frozen=True, kw_only=True):
    """How requests fared: seconds from when each was due to its answer, and how many were not answered with 200."""

    what: str
    seconds: float
    latencies: list[float]
    errors: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        """Milliseconds within which so many of a hundred were answered."""
        return float(np.percentile(self.latencies, percent)) * 1000 if self.latencies else float("nan")


class _Connection:
    """One connection, opened anew where it broke."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, target: str) -> int:
        """The status of an answer, which is read to its end."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=2**20)
        reader, writer = self._streams
        try:
            writer.write(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            return int(head[9:12])
        except (OSError, ValueError, asyncio.IncompleteReadError):
            self.close()
            return 0

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
            self._streams = None


async def send(port: int, targets: Iterator[str], seconds: float, rate: float | None, what: str) -> Traffic:
    """Ask for so many seconds: `rate` times a second at even distances, else each connection as soon as it can."""
    latencies: list[float] = []
    errors = number = 0
    began = time.perf_counter()

    async def work() -> None:
        nonlocal errors, number
        connection = _Connection(port)
        while True:
            due = began + number / rate if rate else time.perf_counter()
            if due - began >= seconds:
                connection.close()
                return
            number += 1
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            status = await connection.get(next(targets))
            latencies.append(time.perf_counter() - due)
            errors += status != 200

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return Traffic(what=what, seconds=time.perf_counter() - began, latencies=latencies, errors=errors)


async def while_switching(switch: Callable[[], None], every: float, work: Awaitable[Traffic]) -> Traffic:
    """What `work` gives, with a call of `switch` every so many seconds meanwhile."""

    async def switching() -> None:
        while True:
            await asyncio.sleep(every)
            switch()

    task = asyncio.create_task(switching())
    try:
        return await work
    finally:
        task.cancel()
