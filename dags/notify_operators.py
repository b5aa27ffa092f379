"""One DAG: tell the operators once a day what to see to, where `CHM_NOTIFY` names somebody and there is anything."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, task
from airflow.sdk.exceptions import AirflowException

from harvesters.clock import SystemClock
from harvesters.errors import HarvestError
from warehouse import settings
from warehouse.context import Warehouse
from warehouse.today import notify

_settings = settings.read()
_daily = CronTriggerTimetable("0 6 * * *", timezone="UTC", run_immediately=timedelta())

with DAG(
    "notify_operators",
    schedule=_daily if _settings.notify else None,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=2),
    doc_md=__doc__,
    tags={"operators"},
):

    @task(execution_timeout=timedelta(minutes=30))
    def send() -> str:
        """Send what there is to tell, unless it was told today."""
        try:
            return notify.send(Warehouse(settings=settings.read(), clock=SystemClock()))
        except HarvestError as error:
            raise AirflowException(str(error)) from error

    send()
