"""The bookkeeping that every verb shares: one process at a time, and a receipt however it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from filelock import FileLock, Timeout
from msgspec.structs import replace

from harvesters.clock import Clock
from harvesters.errors import HarvestError
from normalizers.profiles import ProfileError
from vocabularies.skos import VocabularyError
from warehouse import reports
from warehouse.layout import Layout
from warehouse.model import Failure, HarvestReport, LoadReport, NormalizeReport, PublishReport

Report = TypeVar("Report", HarvestReport, NormalizeReport, LoadReport, PublishReport)


_LOOK = 1.0  # seconds to wait for a lock: `is_busy` holds it for a moment only


class Refused(HarvestError):
    """A verb cannot begin: its source is retired or busy, or the verb before it has not succeeded."""


def new_run(clock: Clock) -> str:
    """A run id that sorts by time: 20260301T060000.000000Z."""
    return clock.now().strftime("%Y%m%dT%H%M%S.%fZ")


@contextmanager
def alone(layout: Layout, name: str) -> Iterator[None]:
    """Work on a source (or on `publish`) while nobody else does; the system frees the lock of a process that dies.

    Raises:
        Refused: another process is at it.
    """
    path = layout.lock(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=_LOOK)
    except Timeout as error:
        raise Refused(f"Another process works on {name}.", advice="Wait until it has ended.") from error
    try:
        yield
    finally:
        lock.release()


def is_busy(layout: Layout, name: str) -> bool:
    """Whether a process works on a source at this moment."""
    if not layout.lock(name).exists():
        return False
    try:
        with alone(layout, name):
            return False
    except Refused:
        return True


def receipt(
    layout: Layout,
    clock: Clock,
    report: Report,
    work: Callable[[Report], Report],
    tally: Callable[[Report], Report] = lambda report: report,
) -> Report:
    """Do a verb's work and keep its report: before it begins, and however it ends.

    `tally` completes the report from what lies on disk, for a success and a failure alike. A fault of a site or of
    the data becomes a failed report; a fault of ours is reported as such too, and raised.
    """
    reports.write(layout, report)
    begun = clock.now()
    ours: Exception | None = None
    ended = report
    for step in (work, tally):
        try:
            ended = step(ended)
        except HarvestError as error:
            ended = replace(ended, outcome="failed", failure=Failure(error.cause, error.advice))
        except (ProfileError, VocabularyError) as error:
            ended = replace(ended, outcome="failed", failure=Failure(str(error), "Mend it and run the same command."))
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
