"""A cage for code that reads what strangers wrote: it opens no file and no connection, and has bounds.

Python's own openings are heard of through an audit hook. Parsers in C open files past it, so a trap is laid as well: a
folder that the kernel watches (inotify(7), Linux) and a socket that listens.
"""

from __future__ import annotations

import ctypes
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

SECRET = b"nobody-must-read-this"
_OURS = tuple(str(Path(each).resolve()) for each in (sys.prefix, sys.base_prefix, Path(__file__).parents[2]))
_IN_OPEN, _IN_NONBLOCK = 0x20, os.O_NONBLOCK
_CONNECTING = ("socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.Popen", "os.system", "os.exec")

_heard: list[str] = []
_listening = False


@contextmanager
def caged(*, seconds: float, megabytes: float) -> Iterator[None]:
    """Raises AssertionError where the block opens anything, or takes more CPU time or memory than it may.

    Imports are no openings: what lies below Python's folders and this project's is code.
    """
    global _listening  # noqa: PLW0603 - an audit hook stays for the life of the process; this is its switch
    _hook_in()
    _heard.clear()
    Path("/proc/self/clear_refs").write_text("5")  # proc(5): the peak begins anew
    began, held = time.process_time(), _memory("VmRSS")
    _listening = True
    try:
        yield
    finally:
        _listening = False
    took, grew = time.process_time() - began, _memory("VmHWM") - held
    assert not _heard, f"opened {_heard}"
    assert took < seconds, f"took {took:.1f} seconds of CPU time"
    assert grew < megabytes, f"took {grew:.0f} MB more"


class Trap:
    """A file with a secret in it and a port, neither of which anybody may touch."""

    def __init__(self, folder: Path) -> None:
        self._secret = folder / "secret.dtd"
        self._secret.write_bytes(b"<!ENTITY e '%b'>" % SECRET)
        libc = ctypes.CDLL(None, use_errno=True)
        self._watch = libc.inotify_init1(_IN_NONBLOCK)
        assert libc.inotify_add_watch(self._watch, bytes(folder), _IN_OPEN) >= 0, os.strerror(ctypes.get_errno())
        self._port = socket.create_server(("127.0.0.1", 0))
        self._port.setblocking(False)

    @property
    def addresses(self) -> tuple[bytes, ...]:
        """The file by its path and its address, and the port."""
        path = bytes(self._secret)
        return path, b"file://" + path, b"http://127.0.0.1:%d/x.dtd" % self._port.getsockname()[1]

    def sprung(self) -> list[str]:
        """What was touched since the last look."""
        touched = []
        with suppress(BlockingIOError):
            touched.append(f"the file ({len(os.read(self._watch, 4096))} bytes of events)")
        with suppress(BlockingIOError):
            connection, _ = self._port.accept()
            connection.close()
            touched.append("the port")
        return touched

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._watch)
        self._port.close()


def _memory(field: str) -> float:
    """`field` of proc(5) in MB."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1024


_hooked = False


def _hook_in() -> None:
    global _hooked  # noqa: PLW0603 - once a process
    if not _hooked:
        sys.addaudithook(_hear)
        _hooked = True


def _hear(event: str, said: tuple[Any, ...]) -> None:
    if not _listening:
        return
    if event in _CONNECTING:
        _heard.append(f"{event} {said}"[:200])
    elif event == "open" and isinstance(said[0], str | bytes | os.PathLike):
        path = os.path.realpath(os.fsdecode(said[0]))
        if not path.startswith(_OURS):
            _heard.append(path)
