"""`make run` and `make up`: the demonstration network, harvested by a real Airflow.

    python -m tests.demonstration run [FOLDER]   one day of the network, from harvest to published index, then the table
    python -m tests.demonstration up [FOLDER]    Airflow's page and the network until Ctrl-C

What it gathers lies in FOLDER (`.demo`); each `run` plays the next day.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.demonstration import processes
from tests.demonstration.airflow import ROOT, Airflow, AirflowFailed
from tests.network.network import DEAD_SINCE
from warehouse import release, show, status
from warehouse.context import read_sources
from warehouse.layout import Layout
from warehouse.settings import Settings, read
from warehouse.withdrawing.hidden import hidden

SOURCES = ROOT / "tests" / "network" / "sources"
_PATIENCE = 270.0  # seconds for the harvests, and for the release after them
_UNPAUSED = {"AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False"}
_SWEPT = frozenset(("ma_demo",))
_WORDS = {"success": "done", "failed": "failed"}  # how a run or a task has ended
_out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 160)


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
    chm = _start_network(demo, day)
    layout = Layout(Path(chm["CHM_WAREHOUSE"]))
    airflow = Airflow(demo / "airflow", {**chm, **_UNPAUSED, **_by_hand_only(demo, chm)})
    _start(airflow, day)
    ids = _ids()
    _out.print(f"Airflow is up at {airflow.url}. Harvesting {', '.join(ids)} ...")
    states = _await_runs(airflow, _trigger(airflow, ids))
    _await_release(airflow, layout, states)
    (demo / "day").write_text(f"{day}\n")
    failed = {source for source, state in states.items() if state != "success"}
    _report(demo, read(chm), failed)
    down = {source for source, since in DEAD_SINCE.items() if day >= since}
    return 1 if failed - down else 0


def _stay_up(demo: Path) -> int:
    day = max(1, _last_day(demo))
    airflow = Airflow(demo / "airflow", {**_start_network(demo, day), **_UNPAUSED})
    _start(airflow, day)
    _out.print(f"Airflow is up at {airflow.url}, and so is the network. Ctrl-C ends both.")
    _out.print(f"To ask the sites without Airflow: . {demo / 'env'}; {_beside_python('chm')} sources", markup=False)
    renew = f"chm vocabularies refresh --api {_addresses(demo)['thesaurus']}"
    _out.print(f"And its thesaurus, which knows a few terms: {renew}", markup=False)
    while True:
        time.sleep(3600)


def _start(airflow: Airflow, day: int) -> None:
    _out.print(f"Day {day} of the demonstration network. Starting Airflow, which takes about half a minute ...")
    with _out.status("Airflow: database, scheduler, DAG processor, API server ..."):
        airflow.start()


def _last_day(demo: Path) -> int:
    day = demo / "day"
    return int(day.read_text()) if day.exists() else 0


def _start_network(demo: Path, day: int) -> dict[str, str]:
    """Start the network's process; returns the settings with which its sites are harvested."""
    overlays, vocabularies, ready = demo / "overlays", demo / "vocabularies", _ready(demo)
    for folder in (overlays, vocabularies):
        folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.network", "--day", str(day), "--overlays", str(overlays)]
    command += ["--ports", _ports(demo)]
    network = processes.start("network", command, {**os.environ, "PYTHONPATH": str(ROOT)}, ready.parent)
    end = time.monotonic() + 30
    while not ready.read_text().endswith("\n"):
        if network.poll() is not None or time.monotonic() > end:
            raise AirflowFailed(f"The demonstration network did not start; see {ready}.")
        time.sleep(0.1)
    home = _addresses(demo)["ca_demo"].removesuffix("oai")
    chm = {
        "CHM_WAREHOUSE": str(demo / "warehouse"),
        "CHM_REGISTRY": str(SOURCES),
        "CHM_SOURCES": str(overlays),
        "CHM_VOCABULARIES": str(vocabularies),
        "CHM_CONTACT": "operator@demonstration.example",
        "CHM_CONTACT_PAGE": f"{home}harvester.html",
        "CHM_PUBLISH_MIN_INTERVAL": "0",
    }
    (demo / "env").write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in chm.items()))
    return chm


def _ready(demo: Path) -> Path:
    return demo / "processes" / "network.log"


def _addresses(demo: Path) -> dict[str, str]:
    """What the network's process says once it is up: site -> address."""
    return dict(part.split("=", 1) for part in _ready(demo).read_text().split()[2:])


def _ports(demo: Path) -> str:
    """The sites' ports, chosen once: a site at another address is asked for everything anew."""
    kept = demo / "ports"
    if not kept.exists():
        kept.write_text(",".join(f"{site}={processes.free_port()}" for site in _ids()))
    return kept.read_text()


def _by_hand_only(demo: Path, chm: Mapping[str, str]) -> dict[str, str]:
    """Settings by which nothing is asked or published but what `run` starts, and no failure is tried again.

    A turn that a source missed between two days of the network would be made up for, and leave nothing to show.
    """
    never = "0 0 29 2 *"  # on 29 February
    folder = demo / "by-hand-only"
    folder.mkdir(exist_ok=True)
    for source in _ids():
        (folder / f"{source}.yml").write_text(f'schedule: "{never}"\n')
    return {
        "CHM_SOURCES": os.pathsep.join([chm["CHM_SOURCES"], str(folder)]),
        "CHM_PUBLISH_AT_LEAST": never,
        "AIRFLOW__CORE__DEFAULT_TASK_RETRIES": "0",  # the client itself has tried four times
    }


def _ids() -> list[str]:
    return sorted(path.stem for path in SOURCES.glob("*.yml"))


def _trigger(airflow: Airflow, ids: list[str]) -> dict[str, str]:
    """Start every source's DAG once the DAG processor knows them all; returns source -> run id.

    A page that nothing says to have changed is due after some days, and the network's next one comes within the hour:
    what has no site map is swept whole.
    """
    wanted = {f"harvest_{source}" for source in ids} | {"publish_index"}

    def known() -> bool:
        return wanted <= {dag["dag_id"] for dag in airflow.get("dags", limit=200)["dags"]}

    airflow.wait(known, "the DAGs to be read", 60)
    return {
        source: airflow.post(
            f"dags/harvest_{source}/dagRuns", {"logical_date": None, "conf": {"full": source in _SWEPT}}
        )["dag_run_id"]
        for source in ids
    }


def _await_runs(airflow: Airflow, runs: Mapping[str, str]) -> dict[str, str]:
    """Follow the runs to their end, with a line for each task that ends; returns source -> success or failed."""
    begun, told = time.monotonic(), set[tuple[str, str]]()

    def ended() -> bool:
        for source, run in runs.items():
            for task in airflow.get(f"dags/harvest_{source}/dagRuns/{run}/taskInstances")["task_instances"]:
                name, state = task["task_id"], task["state"]
                if state in ("success", "failed") and (source, name) not in told:
                    told.add((source, name))
                    _out.print(f"{time.monotonic() - begun:5.0f} s  {source}: {name} {_WORDS[state]}", markup=False)
        return all(_run_state(airflow, source, run) in _WORDS for source, run in runs.items())

    with _out.status("harvest, normalize, load ..."):
        airflow.wait(ended, "the harvests", _PATIENCE)
    return {source: _run_state(airflow, source, run) for source, run in runs.items()}


def _run_state(airflow: Airflow, source: str, run: str) -> str:
    return str(airflow.get(f"dags/harvest_{source}/dagRuns/{run}")["state"])


def _await_release(airflow: Airflow, layout: Layout, states: Mapping[str, str]) -> None:
    """Wait until asset events have published everything that was loaded, and publish_index is at rest."""
    if "success" not in states.values():
        return

    ended: list[dict[str, Any]] = []

    def published() -> bool:
        # Looked at before the runs: an event that waits no more has made its run by then.
        waiting = airflow.get("dags/publish_index/assets/queuedEvents")["total_entries"]
        runs: list[dict[str, Any]] = airflow.get("dags/publish_index/dagRuns", order_by="-id", limit=1)["dag_runs"]
        found = release.read(layout)
        if waiting or found is None or not runs or runs[0]["state"] not in _WORDS:
            return False
        ended[:] = runs
        return found.sources == release.gather(layout, hidden(layout, found.release))

    with _out.status("publish_index ..."):
        airflow.wait(published, "publish_index", _PATIENCE)
    (run,) = ended
    _out.print(f"         publish_index: {_WORDS[run['state']]}, fired by an {run['triggered_by']} event", markup=False)


def _report(demo: Path, settings: Settings, failed: set[str]) -> None:
    """Print the table from the warehouse's reports, where the release lies, and how to look around."""
    layout = Layout(settings.warehouse)
    rows = status.of_all(layout, read_sources(settings)[0])
    _out.print()
    _out.print(show.statuses(rows))
    for row in rows:
        for reason in row.reasons:
            _out.print(f"{row.source}: {reason}", style="red", markup=False)
    gathered = [row.counts for row in rows if row.source not in failed]
    if not any(counts.added + counts.changed + counts.removed for counts in gathered):
        _out.print("There is nothing new since the last run.")
    found = release.read(layout)
    if found is not None:
        folder = layout.release(found.release)
        _out.print(f"\nRelease {found.release}, {found.records} records: {folder}", markup=False)
        _out.print(f"To query it:    {_query(folder / 'chm.duckdb')}", markup=False)
    _out.print(f"To look around: . {demo / 'env'}; {_beside_python('chm')} --help", markup=False)


def _query(database: Path) -> str:
    """A line for a shell, that shows the answer of a line of SQL."""
    sql = "SELECT government, schema, count(*) FROM records GROUP BY ALL ORDER BY ALL"
    code = f'import duckdb; duckdb.connect({json.dumps(str(database))}, read_only=True).sql("{sql}").show()'
    return shlex.join([str(_beside_python("python")), "-c", code])


def _beside_python(name: str) -> Path:
    """A command of this installation, from where we are if it lies below."""
    command = Path(sys.executable).with_name(name)
    return command.relative_to(Path.cwd()) if command.is_relative_to(Path.cwd()) else command


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
