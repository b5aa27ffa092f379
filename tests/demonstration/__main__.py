"""`make run` and `make up`: the demonstration network, harvested by a real Airflow.

    python -m tests.demonstration run [FOLDER]   one day of the network, from harvest to published index, then the table
    python -m tests.demonstration up [FOLDER]    Airflow's page and the network until Ctrl-C

What it gathers lies in FOLDER (`.demo`); each `run` plays the next day.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from tests.demonstration import processes
from tests.demonstration.airflow import ROOT, Airflow, AirflowFailed
from tests.network.network import DEAD_SINCE
from warehouse import release, status
from warehouse.layout import Layout

SOURCES = ROOT / "tests" / "network" / "sources"
_PATIENCE = 170.0  # seconds from the first trigger to the last release
_out = Console(highlight=False, soft_wrap=True)


def main(arguments: Sequence[str]) -> int:
    """Play a day (`run`) or keep everything up (`up`); returns the exit code."""
    wish, *folder = arguments or ("",)
    if wish not in ("run", "up") or len(folder) > 1:
        _out.print(__doc__, markup=False)
        return 2
    demo = Path(folder[0] if folder else ROOT / ".demo").absolute()
    try:
        with processes.no_orphans():
            return _play(demo) if wish == "run" else _stay_up(demo)
    except KeyboardInterrupt:
        _out.print("Stopped.")
        return 130
    except AirflowFailed as error:
        _out.print(str(error), style="red", markup=False)
        return 1


def _play(demo: Path) -> int:
    day = _last_day(demo) + 1
    environment = _start_network(demo, day)
    _out.print(f"Day {day} of the demonstration network. Starting Airflow ...")
    airflow = Airflow(demo / "airflow", environment)
    airflow.start()
    ids = _ids()
    _out.print(f"Airflow is up at {airflow.url}. Harvesting {', '.join(ids)} ...")
    states = _await_runs(airflow, _trigger(airflow, ids))
    layout = Layout(Path(environment["CHM_WAREHOUSE"]))
    _await_release(airflow, layout, states)
    (demo / "day").write_text(f"{day}\n")
    failed = {source for source, state in states.items() if state != "success"}
    _report(demo, environment, failed)
    down = {source for source, since in DEAD_SINCE.items() if day >= since}
    return 1 if failed - down else 0


def _stay_up(demo: Path) -> int:
    day = max(1, _last_day(demo))
    airflow = Airflow(demo / "airflow", _start_network(demo, day))
    airflow.start()
    _out.print(f"Day {day} of the demonstration network, and Airflow at {airflow.url}. Ctrl-C ends both.")
    while True:
        time.sleep(3600)


def _last_day(demo: Path) -> int:
    day = demo / "day"
    return int(day.read_text()) if day.exists() else 0


def _start_network(demo: Path, day: int) -> Mapping[str, str]:
    """Start the network's process; returns the settings with which its sites are harvested."""
    overlays, ready = demo / "overlays", demo / "processes" / "network.log"
    overlays.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.network", "--day", str(day), "--overlays", str(overlays)]
    network = processes.start("network", command, {**os.environ, "PYTHONPATH": str(ROOT)}, ready.parent)
    end = time.monotonic() + 30
    while not ready.read_text():
        if network.poll() is not None or time.monotonic() > end:
            raise AirflowFailed(f"The demonstration network did not start; see {ready}.")
        time.sleep(0.1)
    urls = dict(part.split("=", 1) for part in ready.read_text().split()[2:])
    home = urls["ca_demo"].removesuffix("oai")
    chm = {
        "CHM_WAREHOUSE": str(demo / "warehouse"),
        "CHM_SOURCES": os.pathsep.join([str(SOURCES), str(overlays)]),
        "CHM_CONTACT": "operator@demonstration.example",
        "CHM_CONTACT_PAGE": f"{home}harvester.html",
        "CHM_PUBLISH_MIN_INTERVAL": "0",
    }
    (demo / "env").write_text("".join(f"export {name}='{value}'\n" for name, value in chm.items()))
    return {
        **chm,
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DEFAULT_TASK_RETRIES": "0",  # the client itself has tried four times
    }


def _ids() -> list[str]:
    return sorted(path.stem for path in SOURCES.glob("*.yml"))


def _trigger(airflow: Airflow, ids: list[str]) -> dict[str, str]:
    """Start every source's DAG once the DAG processor knows them all; returns source -> run id."""
    wanted = {f"harvest_{source}" for source in ids} | {"publish_index"}

    def known() -> bool:
        return wanted <= {dag["dag_id"] for dag in airflow.get("dags", limit=200)["dags"]}

    airflow.wait(known, "the DAGs to be read", 60)
    return {
        source: airflow.post(f"dags/harvest_{source}/dagRuns", {"logical_date": None})["dag_run_id"] for source in ids
    }


def _await_runs(airflow: Airflow, runs: Mapping[str, str]) -> dict[str, str]:
    """Follow the runs to their end; returns source -> success or failed."""
    shown: dict[str, str] = {}

    def ended() -> bool:
        for source, run in runs.items():
            tasks = airflow.get(f"dags/harvest_{source}/dagRuns/{run}/taskInstances")["task_instances"]
            states = {task["task_id"]: task["state"] or "waiting" for task in tasks}
            text = ", ".join(f"{name} {states[name]}" for name in ("harvest", "normalize", "load") if name in states)
            if shown.get(source) != text:
                shown[source] = text
                _out.print(f"  {source}: {text}", markup=False)
        return all(_run_state(airflow, source, run) in ("success", "failed") for source, run in runs.items())

    airflow.wait(ended, "the harvests", _PATIENCE)
    return {source: _run_state(airflow, source, run) for source, run in runs.items()}


def _run_state(airflow: Airflow, source: str, run: str) -> str:
    return str(airflow.get(f"dags/harvest_{source}/dagRuns/{run}")["state"])


def _await_release(airflow: Airflow, layout: Layout, states: Mapping[str, str]) -> None:
    """Wait until asset events have published everything that was loaded."""
    if "success" not in states.values():
        return

    def published() -> bool:
        found = release.read(layout)
        wanted = release.gather(layout)
        return found is not None and found.sources == wanted

    airflow.wait(published, "publish_index", 60)
    run = airflow.get("dags/publish_index/dagRuns", order_by="-id", limit=1)["dag_runs"][0]
    _out.print(f"  publish_index: fired by {run['triggered_by']} event ({run['run_type']})", markup=False)


def _report(demo: Path, environment: Mapping[str, str], failed: set[str]) -> None:
    """Print the table from the warehouse's reports, and how to look around."""
    _out.print()
    subprocess.run([Path(sys.executable).with_name("chm"), "status"], env={**os.environ, **environment}, check=True)
    layout = Layout(Path(environment["CHM_WAREHOUSE"]))
    gathered = [one.counts for one in status.of_all(layout, []) if one.source not in failed]
    if not any(counts.added + counts.changed + counts.removed for counts in gathered):
        _out.print("There is nothing new since the last run.")
    _out.print(f"To look around: . {demo / 'env'}; .venv/bin/chm --help", markup=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
