"""What reading `dags/` costs after Airflow's own import, with the registry's files: `python -m tests.bench.parsing`.

Beside it stand as many DAGs that have the same tasks and say nothing: what Airflow itself takes for them. They are read
first, so that whatever Airflow imports late is there.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from rich.table import Table

from harvesters import registry
from tests.bench.results import keep

_ROOT = Path(__file__).parents[2]
_BARE = """
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, Asset, AssetAny, AssetOrTimeSchedule, CronTriggerTimetable, Param, ParamsDict, task

for number in range({count}):
    with DAG(f"bare_{{number}}", schedule=None) as dag:
        steps = [task(task_id=name)(lambda: None)() for name in ("harvest", "normalize", "load")]
        steps[0] >> steps[1] >> steps[2] >> TriggerDagRunOperator(task_id="ask", trigger_dag_id="bare_0")
    globals()[dag.dag_id] = dag
"""
Readings = Sequence[dict[str, Any]]  # as `tests.dags.timing` prints them


def main() -> None:
    """Measure and keep the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.parsing", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="processes (default: %(default)s)")
    rounds = [measure() for _ in range(parser.parse_args().rounds)]
    keep("parsing", table(rounds), {one["file"]: one["cpu"] for one in medians(rounds)}, "CPU seconds, median")


def measure() -> Readings:
    """Read all in a fresh interpreter, with the registry alone and an Airflow that nobody else uses."""
    with tempfile.TemporaryDirectory(prefix="chm-bench-") as home:
        bare = Path(home) / "bare.py"
        bare.write_text(_BARE.format(count=len(registry.ids([registry.SOURCES]))), encoding="utf-8")
        others = {name: value for name, value in os.environ.items() if not name.startswith(("CHM_", "AIRFLOW"))}
        answer = subprocess.run(
            [sys.executable, "-m", "tests.dags.timing", str(bare), *map(str, sorted((_ROOT / "dags").glob("*.py")))],
            env={**others, "AIRFLOW_HOME": home, "AIRFLOW_CONFIG": str(_ROOT / "airflow.cfg")},
            cwd=_ROOT,
            capture_output=True,
            check=False,
        )
    if answer.returncode:
        raise RuntimeError(f"Reading failed:\n{answer.stderr.decode(errors='replace')}")
    return msgspec.json.decode(answer.stdout, type=list[dict[str, Any]])


def medians(rounds: Iterable[Readings]) -> Readings:
    """The files in order, each figure the median of its rounds."""
    return [
        {"file": each[0]["file"], **{key: median(one[key] for one in each) for key in ("dags", "cpu", "wall", "again")}}
        for each in zip(*rounds, strict=True)
    ]


def table(rounds: Sequence[Readings]) -> Table:
    """A line a file."""
    shown = Table(title=f"Reading dags/ after Airflow's own import, {len(rounds)} rounds: medians")
    for heading in ("file", "DAGs", "CPU s", "wall s", "CPU s, read again"):
        shown.add_column(heading, justify="left" if heading == "file" else "right")
    for one in medians(rounds):
        shown.add_row(one["file"], f"{one['dags']:.0f}", *(f"{one[key]:.2f}" for key in ("cpu", "wall", "again")))
    return shown


if __name__ == "__main__":
    main()
