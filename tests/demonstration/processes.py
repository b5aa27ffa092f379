"""Child processes that never outlive us, however we end."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_PDEATHSIG = 1
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_libc = ctypes.CDLL(None)


@contextmanager
def no_orphans() -> Iterator[None]:
    """Make SIGTERM and SIGHUP end us like Ctrl-C does, and end every descendant on the way out.

    As a subreaper we inherit the grandchildren whose parents die first, so nobody slips away. SIGINT is set too, for
    shells start what runs in the background deaf to it; whom `nohup` made deaf to SIGHUP stays so.
    """
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    for number in _ENDING:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)
        _end_descendants()


def start(name: str, command: Sequence[str], environment: Mapping[str, str], logs: Path) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own (Ctrl-C reaches us alone), its output going to `logs/name.log`."""
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads here
        )


def free_port() -> int:
    """A port of the loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _die_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _end_descendants() -> None:
    me = psutil.Process(os.getpid())
    for patience in (10, 5):
        children = me.children(recursive=True)
        for child in children:
            try:
                child.terminate() if patience == 10 else child.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(children, timeout=patience)
