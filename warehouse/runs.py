"""The bookkeeping that every verb shares: one process at a time, and a receipt however it ends."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from socket import gethostname
from threading import Event, Thread
from typing import TypeVar

import duckdb
from filelock import FileLock, Timeout
from msgspec import Struct
from msgspec.structs import replace

from harvesters.clock import Clock
from harvesters.errors import HarvestError
from normalizers.profiles import ProfileError
from vocabularies.skos import VocabularyError
from warehouse import reports
from warehouse.files import Damaged, read_json, write_json
from warehouse.layout import Layout
from warehouse.model import Failure, HarvestReport, LoadReport, NormalizeReport, PublishReport

Report = TypeVar("Report", HarvestReport, NormalizeReport, LoadReport, PublishReport)


_LOOK = 1.0  # seconds to wait for a lock: `is_busy` holds it for a moment only
_BEAT = 10.0  # seconds between two signs of life
_TIME = "%Y-%m-%dT%H:%M:%SZ"

# How Python and Arrow, SQLite, and DuckDB say that the disk did not take what was written.
DISK_FAULTS = (OSError, sqlite3.OperationalError, duckdb.IOException, duckdb.TransactionException)
LOOK_AT_THE_DISK = "Look at the disk and at CHM_WAREHOUSE; the same command goes on where it stopped."


class Refused(HarvestError):
    """A verb cannot begin: its source is retired or busy, or the verb before it has not succeeded."""


def new_run(clock: Clock) -> str:
    """A run id that sorts by time: 20260301T060000.000000Z."""
    return clock.now().strftime("%Y%m%dT%H%M%S.%fZ")


class Owner(Struct, frozen=True, kw_only=True):
    """Who works on a source (or has died over it): a process of a host, and since when by that host's clock."""

    host: str
    pid: int
    since: datetime


@contextmanager
def alone(layout: Layout, name: str) -> Iterator[None]:
    """Work on a source (or on `publish`) while nobody else does; the system frees the lock of a process that dies.

    The owner's name lies beside the lock and is touched while he works. One that is still there when the lock is free
    is of a process that died: the next one puts its own name over it.

    Raises:
        Refused: another process is at it.
    """
    path = layout.lock(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=_LOOK)
    except Timeout as error:
        who = owner(layout, name)
        advice = f"Wait until it has ended{f': it is process {who}' if who else ''}."
        raise Refused(f"Another process works on {name}.", advice=advice) from error
    named, ended = layout.lock_owner(name), Event()
    try:
        # By the machine's clock, as what it is compared with: the time of the file's last touch.
        write_json(named, Owner(host=gethostname(), pid=os.getpid(), since=datetime.now(UTC)))
        heart = Thread(target=_beat, args=(named, ended), daemon=True)
        heart.start()
        yield
    finally:
        ended.set()
        named.unlink(missing_ok=True)
        lock.release()


def _beat(named: Path, ended: Event) -> None:
    while not ended.wait(_BEAT):
        with suppress(OSError):  # gone with its warehouse, or on a disk that answers no more: then nobody hears it
            os.utime(named)


def owner(layout: Layout, name: str) -> str | None:
    """Which process works on a source, or has died over it, and when it was last heard of; None where nobody."""
    path = layout.lock_owner(name)
    try:
        found, seen = read_json(path, Owner), datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (FileNotFoundError, Damaged):  # it has ended this moment; what a crash left of a name tells nothing
        return None
    if found is None:
        return None
    return f"{found.pid} of {found.host} (began {found.since:{_TIME}}, last heard of {seen:{_TIME}})"


def is_busy(layout: Layout, name: str) -> bool:
    """Whether a process works on a source at this moment."""
    path = layout.lock(name)
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def receipt(
    layout: Layout,
    clock: Clock,
    report: Report,
    work: Callable[[Report], Report],
    tally: Callable[[Report], Report] = lambda report: report,
) -> Report:
    """Do a verb's work and keep its report: before it begins, and however it ends.

    `tally` completes the report from what lies on disk, for a success and a failure alike. A fault of a site, of the
    data or of the disk becomes a failed report; a fault of ours is reported as such too, and raised.

    Raises:
        OSError: the disk is so full that it does not even take the report.
    """
    reports.write(layout, report)
    begun = clock.now()
    ours: Exception | None = None
    ended = report
    for step in (work, tally):
        try:
            ended = step(ended)
        except HarvestError as error:
            ended = replace(ended, outcome="failed", failure=Failure(error.cause, error.advice, error.again))
        except (ProfileError, VocabularyError) as error:
            ended = replace(ended, outcome="failed", failure=Failure(str(error), "Mend it and run the same command."))
        except DISK_FAULTS as error:
            ended = replace(ended, outcome="failed", failure=Failure(f"{error}.", LOOK_AT_THE_DISK))
        except Exception as error:  # noqa: BLE001 - the rim: a run must not end without its receipt
            ours = ours or error
            failure = Failure(f"{type(error).__name__}: {error}", "This is a fault of the aggregator; report it.")
            ended = replace(ended, outcome="failed", failure=failure)
    now = clock.now()
    ended = replace(ended, ended=now, seconds=(now - begun).total_seconds())
    reports.write(layout, ended)
    if ours is not None:
        raise ours
    return ended
