"""Peak memory of each verb: `python -m tests.bench.memory --records 3000 30000` prints a table.

Each verb is a `chm` of its own, in a fresh process that says at its end the most memory that it ever held (VmHWM of
proc(5), Linux): unlike `ru_maxrss`, that is not inherited from whoever started it.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from tests.bench.__main__ import serving
from tests.bench.pages import render

SOURCE = "xx_bench"
VERBS = ("harvest", "normalize", "load", "publish")
_PROGRAM = """
import atexit, sys
from pathlib import Path
from warehouse.cli import main
atexit.register(lambda: sys.stderr.write(Path("/proc/self/status").read_text()))
main()
"""
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


class Cost(Struct, frozen=True):
    """What one verb cost for so many records: peak memory in MB."""

    records: int
    verb: str
    peak: float


def measure(records: int, folder: Path, verbs: Sequence[str] = VERBS) -> list[Cost]:
    """Serve `records` records from another process and run the verbs on them, one after the other.

    Raises:
        RuntimeError: a verb failed; its own words are the message.
    """
    pages, sources = folder / "pages", folder / "sources"
    pages.mkdir()
    sources.mkdir()
    render(pages, records)
    with serving(pages) as url:
        keys = {"name": "Bench", "origin": "partner", "protocol": "oai_pmh", "url": url, "pace": 0}
        (sources / f"{SOURCE}.yml").write_text(yaml.safe_dump({**keys, "allow_private": True}))
        settings = {
            "CHM_WAREHOUSE": str(folder / "warehouse"),
            "CHM_REGISTRY": "none",
            "CHM_SOURCES": str(sources),
            "CHM_CONTACT": "bench@bench.example",
            "CHM_CONTACT_PAGE": "https://bench.example/harvester",
        }
        return [Cost(records, verb, _peak(verb, settings)) for verb in verbs]


def table(costs: Sequence[Cost]) -> Table:
    """A line a verb, a column a number of records, and how often the first's memory the last one's is."""
    counts = list(dict.fromkeys(cost.records for cost in costs))
    peaks = {(cost.verb, cost.records): cost.peak for cost in costs}
    shown = Table(title="Peak memory in MB")
    shown.add_column("verb")
    for count in counts:
        shown.add_column(f"{count:,} records", justify="right")
    shown.add_column("ratio", justify="right")
    for verb in dict.fromkeys(cost.verb for cost in costs):
        line = [peaks[verb, count] for count in counts]
        shown.add_row(verb, *(f"{peak:.0f}" for peak in line), f"{line[-1] / line[0]:.2f}")
    return shown


def _peak(verb: str, settings: Mapping[str, str]) -> float:
    source = [] if verb == "publish" else [SOURCE]
    command = [sys.executable, "-c", _PROGRAM, verb, *source, "--json"]
    done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    found = _PEAK.search(done.stderr)
    if done.returncode or found is None:
        raise RuntimeError(f"chm {verb} failed:\n{done.stdout}\n{done.stderr}")
    return int(found[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.memory", description=__doc__)
    parser.add_argument(
        "--records", type=int, nargs="+", default=[3_000, 30_000], help="how many (default: %(default)s)"
    )
    parser.add_argument("--verbs", nargs="+", choices=VERBS, default=VERBS, help="which, in this order (default: all)")
    wishes = parser.parse_args()
    costs: list[Cost] = []
    for records in wishes.records:
        with tempfile.TemporaryDirectory(prefix="chm-memory-") as folder:
            costs += measure(records, Path(folder), wishes.verbs)
    Console().print(table(costs))


if __name__ == "__main__":
    main()
