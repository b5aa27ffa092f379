"""One DAG: publish, after any source's load, and at least when `CHM_PUBLISH_AT_LEAST` says.

A list of assets would mean "all of them", and one paused source would stop publishing for ever; hence AssetAny.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, Asset, AssetAny, AssetOrTimeSchedule, CronTriggerTimetable, task
from airflow.sdk.exceptions import AirflowException, AirflowSkipException

from harvesters.clock import SystemClock
from warehouse import pipeline, settings
from warehouse.context import Warehouse, read_sources

_settings = settings.read()
_floor = CronTriggerTimetable(_settings.publish_at_least, timezone="UTC", run_immediately=timedelta())
_assets = [Asset(f"records_{source.id}") for source in read_sources(_settings)[0]]

with DAG(
    "publish_index",
    schedule=AssetOrTimeSchedule(timetable=_floor, assets=AssetAny(*_assets)) if _assets else _floor,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    doc_md=__doc__,
    tags={"index"},
):

    @task(execution_timeout=timedelta(hours=4))
    def publish(*, run_id: str | None = None, dag_run: Any = None) -> None:
        """Build a release of every source's last good records and make it current."""
        warehouse = Warehouse(settings=settings.read(), clock=SystemClock())
        report = pipeline.publish(warehouse, run_id, patient=dag_run.run_type == "asset_triggered")
        if report.failure:
            raise AirflowException(f"{report.failure.cause} {report.failure.advice}")
        if report.outcome == "skipped":
            raise AirflowSkipException("The last release is too young; see CHM_PUBLISH_MIN_INTERVAL.")

    publish()
