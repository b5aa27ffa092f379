"""`python -m tests.dags.timing FILE...` reads files of DAGs as Airflow does, each twice, and prints the cost as JSON.

A process of its own, since a file's imports cost something only the first time.
"""

from __future__ import annotations

import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

import msgspec
from airflow.dag_processing.dagbag import DagBag
from msgspec import Struct


class Reading(Struct, frozen=True, kw_only=True):
    """What one file of DAGs costs in seconds: of CPU, by the clock, of CPU once all that it imports is there."""

    file: str
    dags: int
    cpu: float
    wall: float
    again: float


def read(path: Path) -> Reading:
    """Read a file twice.

    Raises:
        RuntimeError: it cannot be read.
    """
    costs = []
    for _ in range(2):
        cpu, wall = time.process_time(), time.perf_counter()
        bag = DagBag(path)
        costs.append((time.process_time() - cpu, time.perf_counter() - wall))
        if bag.import_errors:
            raise RuntimeError(str(bag.import_errors))
    (first, clock), (again, _) = costs
    return Reading(file=path.stem, dags=len(bag.dags), cpu=first, wall=clock, again=again)


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        readings = [read(Path(name)) for name in sys.argv[1:]]
    sys.stdout.buffer.write(msgspec.json.encode(readings))
