"""A crawl in a process of its own: Scrapy's reactor cannot start twice in one, and a crawl that hangs can be ended."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile
from typing import IO, cast

import msgspec

from harvesters.crawling.lines import Job, Line
from harvesters.errors import ProtocolError

_TOLD = 2_000  # bytes of the crawl's own complaint that are shown
_GRACE = 10.0  # seconds in which it must end when told to


@contextmanager
def crawl(job: Job) -> Iterator[Iterator[Line]]:
    """The lines of a crawl as it goes; it has ended when the block does, whatever ended that.

    The crawl waits while nobody reads, so memory stays flat. It watches its input: it ends when we do, even if killed.

    Raises:
        ProtocolError: the process broke off; the message ends with what it said.
    """
    with TemporaryFile() as complaints:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SCRAPY_")}
        process = subprocess.Popen(
            [sys.executable, "-m", "harvesters.spiders"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment,
        )
        asking, telling = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        try:
            asking.write(msgspec.json.encode(job) + b"\n")
            asking.flush()
            yield _lines(process, telling)
        finally:
            process.kill()
            process.wait(_GRACE)
            with suppress(BrokenPipeError):
                asking.close()
            telling.close()
            complaints.seek(0)
            sys.stderr.write(complaints.read(_TOLD).decode("utf-8", "replace"))


def _lines(process: subprocess.Popen[bytes], telling: IO[bytes]) -> Iterator[Line]:
    decoder = msgspec.json.Decoder(Line)
    for text in telling:
        yield decoder.decode(text)
    if code := process.wait(_GRACE):
        raise ProtocolError(
            f"The crawl broke off (exit code {code}).",
            advice="The next run goes on where it was; if it breaks off again, report what it wrote to the log.",
        )
