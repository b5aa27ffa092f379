"""`python -m tests.dags.describe` reads dags/ as Airflow does, and prints what its scheduler would see, as JSON.

A process of its own, since importing Airflow sets up logging and warnings for the whole process, and costs seconds.
Standard input is a list of environments (what to add to ours); standard output is a list of answers, one for each.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization
from airflow.timetables.base import TimeRestriction

DAGS = Path(__file__).parents[2] / "dags"


def describe(environment: Mapping[str, str]) -> dict[str, Any]:
    """What the two files give in that environment, and in how many seconds."""
    os.environ.update(environment)
    begun = time.perf_counter()
    bag = DagBag(DAGS)
    seconds = time.perf_counter() - begun
    for name in environment:
        del os.environ[name]
    return {
        "asked": datetime.now(UTC).isoformat(),
        "seconds": seconds,
        "errors": bag.import_errors,
        "warnings": bag.captured_warnings,
        "dags": {name: _described(dag) for name, dag in bag.dags.items()},
    }


def _described(parsed: DAG) -> dict[str, Any]:
    """A DAG as the scheduler gets it: written to the database and read again."""
    dag: Any = DagSerialization.from_dict(DagSerialization.to_dict(parsed))
    return {
        "name": dag.dag_display_name,
        "timetable": dag.timetable.summary,
        "first_run": _first_run(dag.timetable),
        "awaits": dag.timetable.asset_condition.as_expression(),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "time_limit": _seconds(dag.dagrun_timeout),
        "params": {name: dag.params.get_param(name).dump() for name in dag.params},
        "doc": dag.doc_md,
        "tags": sorted(dag.tags),
        "owner_links": dag.owner_links,
        "tasks": {name: _task(task) for name, task in dag.task_dict.items()},
    }


def _first_run(timetable: Any) -> str | None:
    """When a DAG that never ran would run if it were unpaused now."""
    nothing_yet = TimeRestriction(earliest=None, latest=None, catchup=False)
    info = timetable.next_dagrun_info(last_automated_data_interval=None, restriction=nothing_yet)
    return None if info is None else datetime.isoformat(info.run_after)


def _task(task: Any) -> dict[str, Any]:
    return {
        "owner": task.owner,
        "after": sorted(task.upstream_task_ids),
        "retries": task.retries,
        "retry_delay": _seconds(task.retry_delay),
        "time_limit": _seconds(task.execution_timeout),
        "params": sorted(task.params),
        "outlets": [asset.name for asset in task.outlets],
    }


def _seconds(time_limit: timedelta | None) -> float | None:
    return None if time_limit is None else time_limit.total_seconds()


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        answers = [describe(environment) for environment in json.load(sys.stdin)]
    sys.stdout.write(json.dumps(answers))
