"""One run of one arm in its own process: `python -m tests.bench.measure ARM URL FOLDER` prints a `Run` as JSON."""

from __future__ import annotations

import hashlib
import importlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct


class Run(Struct, frozen=True, kw_only=True):
    """What a run cost: CPU and wall in seconds, `peak` resident memory of the whole process in MB; and what it saw."""

    arm: str
    records: int
    checksum: str
    cpu: float
    wall: float
    peak: float
    load: float


def in_own_process(arm: str, url: str, folder: Path) -> Run:
    """Measure `arm` in a fresh interpreter; a failure there is raised here."""
    command = [sys.executable, "-m", "tests.bench.measure", arm, url, str(folder)]
    answer = subprocess.run(command, capture_output=True, check=False)
    if answer.returncode:
        raise RuntimeError(f"The arm {arm} failed:\n{answer.stderr.decode(errors='replace')}")
    return msgspec.json.decode(answer.stdout, type=Run)


def here(arm: str, url: str, folder: Path) -> Run:
    """Measure `arm` in this process: its imports are not timed, but count for the peak."""
    module = importlib.import_module(f"tests.bench.arms.{arm}")
    load, cpu, wall = os.getloadavg()[0], time.process_time(), time.perf_counter()
    fields = module.run(url, folder)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in KiB
    records, checksum = add_up(fields())
    return Run(arm=arm, records=records, checksum=checksum, cpu=cpu, wall=wall, peak=peak, load=load)


def add_up(fields: Iterable[tuple[str, str]]) -> tuple[int, str]:
    """How many records there are, and the sum of their digests, which does not depend on their order."""
    count = total = 0
    for identifier, title in fields:
        digest = hashlib.blake2b(f"{identifier}\0{title.strip()}".encode(), digest_size=8).digest()
        count, total = count + 1, (total + int.from_bytes(digest, "big")) % 2**64
    return count, f"{total:016x}"


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(here(sys.argv[1], sys.argv[2], Path(sys.argv[3]))))
