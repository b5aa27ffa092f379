"""One request at a time, a pace and a daily budget per server, held across the processes that share a folder.

The folder is the warehouse's, so one warehouse a machine: two would not see each other.

Per server there is a lock file, held while waiting for the pace and during the request, and a small state file that
says when the last request ended and what was used today. It is written over in place, before and after each request,
always at the same length: one write that no kill can halve, and a tenth of what replacing the file costs.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlsplit

import msgspec
from filelock import FileLock
from tldextract import TLDExtract

from harvesters.clock import Clock
from harvesters.errors import BudgetSpent, ServerStopped
from harvesters.source import Source

MOST_FAILURES = 5  # in a row, until the next run
PATIENCE = 300.0  # seconds that a run waits for a server that asked for a rest
LONGEST_REST = 86_400.0  # seconds; what a server asks beyond a day is asked again tomorrow

_registrable = TLDExtract(suffix_list_urls=(), cache_dir=None)  # the bundled list; nothing is fetched or written


@lru_cache(maxsize=1024)
def registrable_domain(url: str) -> str:
    """Who must not be asked twice at once: `biodiv.be` of https://www.biodiv.be/; `host:port` where there is none."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or {"http": 80}.get(parts.scheme, 443)
    shown = f"[{host}]" if ":" in host else host
    return _registrable(host).top_domain_under_public_suffix.lower() or f"{shown}:{port}"


def server_of(source: Source) -> str:
    """The server that a source asks: as its file says, else the registrable domain of its (first) address."""
    return source.server or registrable_domain(source.addresses[0])


def file_name(name: str) -> str:
    """A name that came from outside as a file name: same name, same file; no path, no clash, at most 120 characters."""
    escaped = quote(name.lower(), safe="")
    digest = hashlib.sha256(name.lower().encode()).hexdigest()[:16]
    return f"_{escaped}" if len(escaped) <= 100 else f"_{escaped[:100]}-{digest}"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader finds the old one or the new one, and writers do not mix."""
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as fresh:
        fresh.write(content)
    Path(fresh.name).replace(path)


class Turn(msgspec.Struct):
    """The right to send one request: the sender says what became of it.

    `bytes` as received; `failed` where the server is at fault; `rest` in seconds is what it asks for (see
    `rate_limits`) or what we give it to recover.
    """

    bytes: int = 0
    failed: bool = False
    rest: float = 0.0


class _State(msgspec.Struct):
    """What is kept of a server. `ended` in seconds of the epoch; `day` is a date in UTC."""

    ended: float = 0.0
    rest: float = 0.0
    day: str = ""
    requests: int = 0
    bytes: int = 0


class _StateFile:
    """A server's state on disk, open while its lock is held."""

    _LENGTH = 256  # bytes; far more than any state needs, and less than a disk's block

    def __init__(self, path: Path) -> None:
        self._is_new = not path.exists()
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)

    def read(self) -> _State | None:
        """The state; a new one where nobody asked before; None where the file was broken by hand or by a full disk."""
        if self._is_new:
            return _State()
        try:
            return msgspec.json.decode(os.pread(self._handle, self._LENGTH, 0), type=_State)
        except msgspec.DecodeError:
            os.ftruncate(self._handle, 0)  # what stands beyond our length would stay
            return None

    def write(self, state: _State) -> None:
        """Write the state over the old one."""
        os.pwrite(self._handle, msgspec.json.encode(state).ljust(self._LENGTH), 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)


class Politeness:
    """Gives turns to one source in one run."""

    def __init__(self, source: Source, *, clock: Clock, folder: Path) -> None:
        self._source = source
        self._clock = clock
        self._folder = folder
        self._own = {registrable_domain(address) for address in source.addresses}
        self._failures: Counter[str] = Counter()

    def server(self, url: str) -> str:
        """Whose turn an address needs: the source's `server` for its own addresses, else the registrable domain."""
        domain = registrable_domain(url)
        return self._source.server if self._source.server and domain in self._own else domain

    @contextmanager
    def turn(self, server: str, crawl_delay: float = 0.0) -> Iterator[Turn]:
        """Wait until the server may be asked; the request must end before the block does.

        Raises:
            ServerStopped: it failed five times in a row in this run, or asked for a long rest.
            BudgetSpent: today's requests or bytes for it are used up.
        """
        if self._failures[server] >= MOST_FAILURES:
            raise ServerStopped(
                f"{server} failed {MOST_FAILURES} times in a row and is not asked again in this run.",
                advice="Nothing to do if the next run succeeds; else write to the site's contact.",
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / file_name(server)
        with FileLock(f"{path}.lock"), _StateFile(Path(f"{path}.json")) as file:
            state = self._begin(server, crawl_delay, file)
            turn = Turn()
            try:
                yield turn
            finally:
                self._end(server, state, turn, file)

    def _begin(self, server: str, crawl_delay: float, file: _StateFile) -> _State:
        state = file.read() or _State(ended=self._clock.now().timestamp())  # as if somebody had asked just now
        pace, rest = self._waits(state, max(self._source.pace, crawl_delay))
        if rest > PATIENCE:
            until = self._clock.now() + timedelta(seconds=rest)
            raise ServerStopped(
                f"{server} asks to be left alone until {until:%Y-%m-%d %H:%M} UTC (Retry-After or a rate limit).",
                advice="Nothing to do: a run after that time goes on.",
                again=until,
            )
        self._check_budget(server, state)
        self._clock.sleep(max(pace, rest))
        now = self._clock.now()
        self._roll(state, now)
        state.requests += 1
        state.ended, state.rest = now.timestamp(), 0.0  # a process that is killed now has still asked
        file.write(state)
        return state

    def _end(self, server: str, state: _State, turn: Turn, file: _StateFile) -> None:
        self._failures[server] = self._failures[server] + 1 if turn.failed else 0
        state.ended, state.rest = self._clock.now().timestamp(), min(turn.rest, LONGEST_REST)
        state.bytes += turn.bytes
        file.write(state)

    def _waits(self, state: _State, pace: float) -> tuple[float, float]:
        """Seconds still to wait for the pace and for the rest; a clock set back costs one pace, not what it jumped."""
        since = self._clock.now().timestamp() - state.ended
        return (pace, 0.0) if since < 0 else (max(pace - since, 0.0), max(state.rest - since, 0.0))

    def _check_budget(self, server: str, state: _State) -> None:
        now = self._clock.now()
        self._roll(state, now)
        for used, limit, unit in (
            (state.requests, self._source.daily_requests, "requests"),
            (state.bytes, self._source.daily_bytes, "bytes"),
        ):
            if used >= limit:
                midnight = now.astimezone(UTC).replace(hour=0, minute=0) + timedelta(days=1)
                raise BudgetSpent(
                    f"Today's budget for {server} is spent: {used:,} of {limit:,} {unit}.",
                    advice=f"A run after {midnight:%Y-%m-%d %H:%M} UTC goes on; its limit is `daily_{unit}`.",
                    again=midnight,
                )

    @staticmethod
    def _roll(state: _State, now: datetime) -> None:
        today = now.astimezone(UTC).date().isoformat()
        if state.day != today:
            state.day, state.requests, state.bytes = today, 0, 0
