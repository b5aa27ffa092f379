"""`python -m tests.bench`: every arm on the same records, in turns, and a table of what each cost."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.bench.measure import Run, in_own_process
from tests.bench.pages import render
from tests.bench.results import keep

ARMS = sorted(path.stem for path in (Path(__file__).parent / "arms").glob("*.py") if path.stem != "__init__")


def main() -> int:
    wishes = _parser().parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="chm-bench-") as name:
        root = Path(name)
        pages = root / "pages"
        pages.mkdir()
        render(pages, wishes.records)
        with serving(pages) as url:
            runs = measure(wishes.arms, url, root, wishes.rounds)
    differing = disagreement(runs, wishes.records)
    if differing:
        console.print(f"No ratio is given: {differing}")
        return 1
    speeds = {arm: run.records / run.cpu for arm in wishes.arms for run in runs if run.arm == arm}
    keep("arms", table(runs, base=wishes.base), speeds, "records per CPU second, last round")
    console.print(loads(runs))
    return 0


def measure(arms: Sequence[str], url: str, root: Path, rounds: int) -> list[Run]:
    """`rounds` runs of each arm, interleaved, so that a busy minute of the machine hits all alike."""
    turns = [(arm, number) for number in range(rounds) for arm in arms]
    runs = []
    for arm, number in track(turns, description="Measuring", console=Console(stderr=True), transient=True):
        folder = root / f"{arm}-{number}"
        folder.mkdir()
        runs.append(in_own_process(arm, url, folder))
    return runs


@contextmanager
def serving(pages: Path) -> Iterator[str]:
    """The address at which another process serves `pages`."""
    command = [sys.executable, "-m", "tests.bench.server", str(pages)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout
        yield f"http://127.0.0.1:{int(server.stdout.readline())}/oai"
        server.communicate(timeout=10)


def disagreement(runs: Sequence[Run], expected: int) -> str:
    """Why the runs must not be compared; empty where they may be."""
    seen = {(run.records, run.checksum): run.arm for run in runs}
    if len(seen) == 1 and next(iter(seen))[0] == expected:
        return ""
    said = ", ".join(f"{arm} has {records} records (checksum {checksum})" for (records, checksum), arm in seen.items())
    return f"{expected} records were served; {said}."


def table(runs: Sequence[Run], base: str) -> Table:
    """Median, least and most of each arm; ratios of records per CPU second to those of `base`."""
    records = runs[0].records
    rounds = sum(run.arm == runs[0].arm for run in runs)
    shown = Table(title=f"{records:,} records, {rounds} rounds: median (least-most)")
    for heading in ("arm", "records per CPU second", f"against {base}", "CPU s", "wall s", "peak MB"):
        shown.add_column(heading, justify="left" if heading == "arm" else "right")
    arms = dict.fromkeys(run.arm for run in runs)
    speeds = {arm: records / median(run.cpu for run in runs if run.arm == arm) for arm in arms}
    for arm, speed in speeds.items():
        own = [run for run in runs if run.arm == arm]
        spread = [_spread([getattr(run, measure) for run in own]) for measure in ("cpu", "wall", "peak")]
        ratio = f"{speed / speeds[base]:.2f}" if base in speeds else "-"
        shown.add_row(arm, f"{speed:,.0f}", ratio, *spread)
    return shown


def loads(runs: Sequence[Run]) -> str:
    """How busy the machine was: others' work makes every figure worse, and a ratio less sure."""
    busiest, cores = max(run.load for run in runs), os.cpu_count() or 1
    calm = "calm" if busiest <= cores else "busy: trust the ratios, not the seconds"
    return f"Load average up to {busiest:.1f} on {cores} cores: {calm}."


def _spread(values: Sequence[float]) -> str:
    digits = 0 if median(values) >= 20 else 2
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=ARMS, help="which arms (default: all)")
    parser.add_argument("--records", type=int, default=20_000, help="records to serve (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each arm (default: %(default)s)")
    parser.add_argument("--base", choices=ARMS, default="sickle", help="arm that ratios are against")
    return parser


if __name__ == "__main__":
    sys.exit(main())
