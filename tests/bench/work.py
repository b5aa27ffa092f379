"""One piece of work on a stocked warehouse, in its own process: `python -m tests.bench.work WORK FOLDER [NAME]`.

Prints a `Cost` as JSON; its imports are not timed, but count for the peak (VmHWM of proc(5), Linux).
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import duckdb
import msgspec
from msgspec import Struct

from tests.bench import stock
from warehouse import formats, opening, pipeline
from warehouse.duck import select
from warehouse.examples.plots import EXAMPLES

RUN = "changes"
PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


class Cost(Struct, frozen=True, kw_only=True):
    """What a piece of work cost: CPU and wall in seconds, peak memory in MB; `records` is how many it counted."""

    records: int
    cpu: float
    wall: float
    peak: float


def in_own_process(work: str, folder: Path, *named: str) -> Cost:
    """Measure `work` in a fresh interpreter; a failure there is raised here."""
    command = [sys.executable, "-m", "tests.bench.work", work, str(folder), *named]
    answer = subprocess.run(command, capture_output=True, check=False)
    if answer.returncode:
        raise RuntimeError(f"{work} failed:\n{answer.stderr.decode(errors='replace')}")
    return msgspec.json.decode(answer.stdout, type=Cost)


def take(folder: Path) -> int:
    """Ask the source for what is new, and load it; counts the live records."""
    return stock.take(stock.opened(folder))


def load(folder: Path) -> int:
    """Plan and load the batch that lies ready; counts what it changed."""
    report = pipeline.load(stock.opened(folder), stock.SEED, RUN)
    if report.outcome != "done":
        raise RuntimeError(str(report))
    return report.counts.changed


def copy(folder: Path) -> int:
    """DuckDB's own copy of all snapshots into one Parquet file; counts its records."""
    layout = stock.opened(folder).layout
    files = [layout.snapshot(source, stock.STOCK) / "records.parquet" for source in layout.loaded_sources()]
    query = " UNION ALL ".join(map(select, files))
    with duckdb.connect() as connection:
        ((count,),) = connection.execute(f"COPY ({query}) TO '{folder}/copy.parquet' (COMPRESSION zstd)").fetchall()
    return int(count)


def publish(folder: Path) -> int:
    """A release of everything; counts its records."""
    report = pipeline.publish(stock.opened(folder))
    if report.outcome != "done":
        raise RuntimeError(str(report))
    return report.records


def tables(folder: Path) -> int:
    """Of a release no more than its Parquet files and `chm.duckdb`; counts its records."""
    with patch.object(formats, "names", lambda: ["records_parquet"]):
        return publish(folder)


def ask(folder: Path, example: str) -> int:
    """Open the current release and put an analyst's example query to it; counts the rows of the answer."""
    with opening.open(stock.opened(folder).layout.root) as release:
        return release.arrow((EXAMPLES / f"{example}.sql").read_text("utf-8")).num_rows


WORKS: dict[str, Callable[..., int]] = {work.__name__: work for work in (take, load, copy, publish, tables, ask)}


def main() -> None:
    work, folder, named = WORKS[sys.argv[1]], Path(sys.argv[2]), sys.argv[3:]
    cpu, wall = time.process_time(), time.perf_counter()
    records = work(folder, *named)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    found = PEAK.search(Path("/proc/self/status").read_text())
    peak = int(found[1]) / 1024 if found else 0.0
    sys.stdout.buffer.write(msgspec.json.encode(Cost(records=records, cpu=cpu, wall=wall, peak=peak)))


if __name__ == "__main__":
    main()
