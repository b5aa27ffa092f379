"""`python -m tests.dags.calling` is an Airflow without a scheduler: it reads dags/ anew and does what a line asks for.

A process of its own, as `describe` is. Each line of standard input is a JSON list `[dag, run]`: without a run it
answers with the DAG's schedule, with one it runs the tasks of that run one after the other as a worker does, and
answers with how each of them ended.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from typing import Any

from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowSkipException

from tests.dags.describe import DAGS, describe

VERBS = ("harvest", "normalize", "load")


def run(dag: DAG, run_id: str) -> dict[str, str]:
    """How the tasks of a run ended, up to the first that gave no success, whose words are told with it."""
    ended: dict[str, str] = {}
    for verb in VERBS:
        task: Any = dag.task_dict[verb]
        wishes = {"params": dag.params.dump()} if verb == "harvest" else {}
        try:
            task.python_callable(run_id=run_id, **wishes)
        except AirflowSkipException as skipped:
            ended[verb] = f"skipped: {skipped}"
            break
        ended[verb] = "success"
    return ended


def main() -> None:
    """Answer every line with one, until there are no more."""
    for line in sys.stdin:
        dag_id, run_id = json.loads(line)
        with redirect_stdout(sys.stderr):
            told = run(DagBag(DAGS).dags[dag_id], run_id) if run_id else describe({})["dags"][dag_id]["timetable"]
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
