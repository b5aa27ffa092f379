"""A disk that is full in front of any write: where a piece of work writes, and the same work where one of these fails.

On a full disk no file grows by a byte (setrlimit(2), RLIMIT_FSIZE), whoever writes it: Python, Arrow, DuckDB, SQLite or
tantivy. Where work writes is found by doing it once, and asking the system in front of every line of ours how much this
process has written so far (proc(5), /proc/self/io).
"""

from __future__ import annotations

import os
import re
import resource
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

_ROOMS = tuple(
    str(Path(__file__).parents[2] / room) + os.sep
    for room in ("harvesters", "normalizers", "vocabularies", "warehouse")
)
_WRITTEN = re.compile(rb"^wchar: (\d+)$", re.MULTILINE)


class Place(NamedTuple):
    """A line of ours after which bytes are written, and how often it is begun until then, from 1."""

    file: str
    line: int
    time: int
    bytes: int

    def __str__(self) -> str:
        return f"{Path(self.file).name}:{self.line}, time {self.time}, {self.bytes} bytes"


def places(work: Callable[[], object]) -> list[Place]:
    """Do the work; returns where it writes, in order."""
    found, begun = [], Counter[tuple[str, int]]()
    here, before = ("", 0), 0
    with open("/proc/self/io", "rb", buffering=0) as told:  # noqa: PTH123 - a file that only the system has

        def look(file: str, line: int) -> None:
            nonlocal here, before
            matched = _WRITTEN.search(os.pread(told.fileno(), 1024, 0))
            assert matched
            if (now := int(matched[1])) > before and here[1]:
                found.append(Place(*here, begun[here], now - before))
            here, before = (file, line), now
            begun[here] += 1

        with _before_each_line(look):
            work()
        look("", 0)
    return found


@contextmanager
def full(place: Place, room: int = 0) -> Iterator[None]:
    """From that place on, no file grows beyond `room` bytes; with the context's end there is room again."""
    before, begun = resource.getrlimit(resource.RLIMIT_FSIZE), 0

    def fill_up(file: str, line: int) -> None:
        nonlocal begun
        begun += (file, line) == place[:2]
        if begun == place.time:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))

    with _before_each_line(fill_up, place.file):
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def _before_each_line(look: Callable[[str, int], None], *files: str) -> Iterator[None]:
    """Call `look` in front of every line of ours that this thread comes to; of `files` alone where any are named."""

    def line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            look(frame.f_code.co_filename, frame.f_lineno)
        return line

    def call(frame: FrameType, event: str, _: Any) -> Any:
        file = frame.f_code.co_filename
        return line if (file in files if files else file.startswith(_ROOMS)) else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        yield
    finally:
        sys.settrace(before)
