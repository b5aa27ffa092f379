"""One DAG per source: harvest >> normalize >> load, and the question to a person where the load is held.

Nothing is decided here: each task calls one verb of `warehouse.pipeline` and hands on ids only. A source's state
lies in the warehouse, so clearing, retrying or rebuilding Airflow loses nothing. A source whose file is wrong keeps
its DAG: it says what is wrong, and every run of it fails with those words.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import yaml
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, Asset, CronTriggerTimetable, Param, get_parsing_context, task
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowRescheduleException,
    AirflowSkipException,
)

from harvesters.clock import SystemClock
from harvesters.errors import SourceError
from harvesters.source import Source
from warehouse import pipeline, settings, turns
from warehouse.context import Warehouse, read_sources
from warehouse.model import Failure, Request
from warehouse.planning import held
from warehouse.runs import Refused
from warehouse.stops import Stopped
from warehouse.turns import Waiting

# Of a run. Its tasks' own limits are on the time that they work; what a task waits for its server counts in neither.
_LONGEST_WAIT = timedelta(days=14)
_log = logging.getLogger(__name__)

PARAMS = {
    "since": Param(
        None,
        type=["null", "string"],
        format="date-time",
        description="Ask for what changed since then (ISO 8601), instead of since the last load.",
    ),
    "full": Param(False, type="boolean", description="Ask for everything: a full sweep."),
    "limit": Param(None, type=["null", "integer"], minimum=1, description="Stop after about so many records."),
}


def records_asset(source_id: str) -> Asset:
    """The asset that a load updates and that `publish_index` waits for."""
    return Asset(f"records_{source_id}")


def _warehouse() -> Warehouse:
    return Warehouse(settings=settings.read(), clock=SystemClock())


def _succeed(failure: Failure | None) -> None:
    if failure is not None:
        raise AirflowException(f"{failure.cause} {failure.advice}")


def _harvest(source_id: str, run_id: str | None, request: Request) -> None:
    """A stop is a person's wish and no failure: nothing is tried again, and nothing follows.

    Nor is waiting for the server: the task gives its slot back, and is started again without a try being counted.
    """
    warehouse = _warehouse()
    try:
        report = pipeline.harvest(warehouse, source_id, run_id, request, patient=True)
    except Stopped as word:
        raise AirflowSkipException(str(word)) from word
    except Waiting as other:
        _log.info(str(other))
        raise _wait_until(warehouse.clock.now() + turns.pause(source_id)) from other
    if report.outcome == "stopped" and report.failure:
        raise AirflowSkipException(report.failure.cause)
    if report.failure and report.failure.again:
        _log.info(report.failure.cause)
        raise _wait_until(report.failure.again)
    _succeed(report.failure)


def _wait_until(moment: datetime) -> AirflowException:
    return AirflowRescheduleException(moment)  # type: ignore[no-untyped-call]  # Airflow's


def _request(params: Mapping[str, Any]) -> Request:
    since = datetime.fromisoformat(params["since"]) if params["since"] else None
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    return Request(since=since, full=params["full"], limit=params["limit"])


class AskAPerson(TriggerDagRunOperator):
    """Starts `approve_held` where the load of this run is held; nobody waits for it here."""

    def execute(self, context: Any) -> None:
        """Start it, or be skipped."""
        asked = self.conf or {}
        try:
            held.newest(_warehouse(), asked["source"], asked["run"])
        except Refused as nothing:
            raise AirflowSkipException(str(nothing)) from nothing
        super().execute(context)


def harvest_dag(source: Source) -> DAG:
    """The DAG of one source."""
    with DAG(
        _dag_id(source.id),
        dag_display_name=source.name,
        schedule=_schedule(source),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=_LONGEST_WAIT,
        doc_md=_doc(source),
        tags={source.government or source.origin, source.protocol, source.platform or "unknown platform"},
        default_args={"owner": source.id},
        owner_links={source.id: source.page} if source.page else {},
    ) as dag:

        @task(execution_timeout=timedelta(hours=20))
        def harvest(*, run_id: str | None = None, params: Mapping[str, Any] | None = None) -> None:
            """Ask the site for what is new and keep its answers; skipped where a person has stopped the source."""
            _harvest(source.id, run_id, _request(params or {}))

        @task(execution_timeout=timedelta(hours=2))
        def normalize(*, run_id: str | None = None) -> None:
            """Turn the answers into common records."""
            _succeed(pipeline.normalize(_warehouse(), source.id, run_id).failure)

        @task(execution_timeout=timedelta(hours=2), outlets=[records_asset(source.id)])
        def load(*, run_id: str | None = None) -> None:
            """Make them current, unless `expect` holds them."""
            report = pipeline.load(_warehouse(), source.id, run_id)
            _succeed(report.failure)
            if report.outcome == "held":
                raise AirflowFailException("Held: " + " ".join(report.held))

        ask = AskAPerson(
            task_id="ask",
            trigger_dag_id="approve_held",
            execution_timeout=timedelta(hours=1),
            conf={"source": source.id, "run": "{{ run_id }}"},
        )
        # A teardown runs however the load ended, and the run's own end is still the load's.
        harvest() >> normalize() >> load() >> ask.as_teardown()
    dag.params.update(PARAMS)  # a run's, not its tasks': Airflow would copy them for each of them, several times
    return dag


def broken_dag(error: SourceError) -> DAG:
    """The DAG of a source whose file is wrong: it says so and does nothing."""
    with DAG(
        _dag_id(str(error.source)),
        schedule=None,
        doc_md=f"**This source's file is wrong.** {error}",
        tags={"broken"},
    ) as dag:

        @task(retries=0)
        def harvest() -> None:
            """Fail with what is wrong."""
            raise AirflowFailException(str(error))

        harvest()
    return dag


def _dag_id(source_id: str) -> str:
    """The id of a source's DAG, right or wrong; a wrong file's name may hold what Airflow allows in no id."""
    return "harvest_" + re.sub(r"[^\w.-]", "_", source_id)[:200]


def _schedule(source: Source) -> CronTriggerTimetable | None:
    """The source's cron line: nothing is asked before its next turn when the DAG is unpaused for the first time.

    A turn missed later, while paused or while Airflow was down, is made up for once.
    """
    if source.cron is None:
        return None
    # By default a turn of up to a tenth of the period ago would be taken at once, even with `run_immediately=False`.
    return CronTriggerTimetable(source.cron, timezone="UTC", run_immediately=timedelta())


def _doc(source: Source) -> str:
    keys = source.model_dump(exclude_defaults=True, by_alias=True, mode="json")
    stated = yaml.dump(keys, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
    return f"## {source.name}\n\n```yaml\n{stated}```\n"


def _build() -> None:
    wanted = get_parsing_context().dag_id  # a worker needs its own DAG only
    sources, errors = read_sources(settings.read(), lambda source_id: wanted in (None, _dag_id(source_id)))
    dags = [harvest_dag(source) for source in sources]
    dags += [broken_dag(error) for error in errors if error.source]
    globals().update({dag.dag_id: dag for dag in dags})


_build()
