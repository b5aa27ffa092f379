"""`chm` in processes of its own that die by SIGKILL, at a place that the test chooses or at any moment.

To be killed at a place, a process counts the changes that it makes to the warehouse (files opened for writing, renames,
removals: Python's audit events) and kills itself in front of the one with the given number; nothing of it is cleaned
up. The processes are forked from a server that has imported everything, so that dozens of them cost little.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.context import ForkServerContext
from typing import Any

NEVER = 0
NO_SPACE = 1  # the exit code of a verb that failed
_CHANGES = frozenset(("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "shutil.rmtree"))
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def forks() -> ForkServerContext:
    """Where processes come from that have `chm` imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.street.warm", "tests.street.killing", "pytest"])
    return context


def chm(context: ForkServerContext, arguments: Sequence[str], settings: Mapping[str, str], at: int = NEVER) -> int:
    """Run `chm ARGUMENTS`, killed in front of the change with the number `at`, counted from 1.

    Returns the number of changes where it ended well and was not to be killed; else the exit code, -9 if it was.
    """
    made = context.Value("i", 0)
    process = context.Process(target=_run, args=(list(arguments), dict(settings), at, made))
    process.start()
    process.join()
    code = process.exitcode
    assert code is not None
    return int(made.value) if code == 0 and at == NEVER else code


def chm_for(context: ForkServerContext, arguments: Sequence[str], settings: Mapping[str, str], seconds: float) -> bool:
    """Run `chm ARGUMENTS` for so long and no longer: whether it had ended well by then, or else was killed.

    Raises:
        AssertionError: it failed.
    """
    made = context.Value("i", 0)
    process = context.Process(target=_run, args=(list(arguments), dict(settings), NEVER, made))
    process.start()
    process.join(seconds)
    process.kill()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL), f"chm {' '.join(arguments)} failed"
    return process.exitcode == 0


def chm_full(context: ForkServerContext, arguments: Sequence[str], settings: Mapping[str, str], at: int) -> int:
    """Run `chm ARGUMENTS` on a disk that is full from the change with the number `at` on; returns the exit code.

    From there on no file grows by a byte (setrlimit(2), RLIMIT_FSIZE), whoever writes it: Python, Arrow or DuckDB.
    """
    process = context.Process(target=_run, args=(list(arguments), dict(settings), at, context.Value("i", 0), _fill_up))
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _fill_up() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then a write fails with EFBIG
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


def _run(
    arguments: list[str], settings: Mapping[str, str], at: int, made: Any, then: Callable[[], None] = _kill
) -> None:
    from warehouse import cli  # noqa: PLC0415 - imported by the server of forks, not by the tests

    os.environ.update(settings)
    sys.argv = ["chm", *arguments, "--json"]
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the process ends with it
    sys.addaudithook(_hook(settings["CHM_WAREHOUSE"], at, made, then))
    cli.main()


def _hook(folder: str, at: int, made: Any, then: Callable[[], None]) -> Callable[[str, tuple[Any, ...]], None]:
    def hook(event: str, found: tuple[Any, ...]) -> None:
        changes = event in _CHANGES or (event == "open" and found[2] is not None and found[2] & _WRITING)
        if changes and str(found[0]).startswith(folder):
            made.value += 1
            if made.value == at:
                then()

    return hook
