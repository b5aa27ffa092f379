"""One DAG: ask a person about a load that `expect` holds; a run of it is one question.

The source's own DAG starts it and goes on harvesting meanwhile. Only a source's newest plan can be answered, so an
answer that comes after a newer plan changes nothing. Nobody's answer within the time limit is "Reject".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, Asset, AssetAlias, Param, TriggerRule, task
from airflow.sdk.exceptions import AirflowException, AirflowSkipException

from harvesters.clock import SystemClock
from warehouse import settings, show
from warehouse.context import Warehouse
from warehouse.model import Failure
from warehouse.planning import held, preview
from warehouse.planning.approvals import Signature
from warehouse.runs import Refused

_TIME_LIMIT = timedelta(days=3)
_APPROVED = AssetAlias("approved_records")  # of whichever source the question is
_PARAMS = {
    "source": Param("", type="string", description="Id of the source."),
    "run": Param("", type="string", description="Id of its run whose load is held."),
}


def _warehouse() -> Warehouse:
    return Warehouse(settings=settings.read(), clock=SystemClock())


class Ask(ApprovalOperator):
    """Asks as its base does, and tells the tasks that follow who answered and why, of a rejection too."""

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """Called with the answer, or with the default when time is up."""
        user = event.get("responded_by_user") or {}
        why = (event.get("params_input") or {}).get("why") or ""
        context["ti"].xcom_push("by", user.get("name") or "nobody in time")
        context["ti"].xcom_push("why", why.strip() or "answered in Airflow")
        return super().execute_complete(context, event)


def _signed(params: Mapping[str, Any], ti: Any) -> Signature:
    by, why = (ti.xcom_pull("ask", key=key) for key in ("by", "why"))
    return Signature(by=by, why=why, run=params["run"])


def _succeed(failure: Failure | None) -> None:
    if failure is not None:
        raise AirflowException(f"{failure.cause} {failure.advice}")


with DAG(
    "approve_held",
    schedule=None,
    is_paused_upon_creation=False,
    max_active_runs=64,
    params=_PARAMS,
    doc_md=__doc__,
    tags={"index"},
):

    @task(execution_timeout=timedelta(hours=1))
    def plan(*, params: Mapping[str, Any] | None = None) -> str:
        """The held plan in words, as Markdown."""
        asked = params or {}
        try:
            held.newest(_warehouse(), asked["source"], asked["run"])
        except Refused as superseded:
            raise AirflowSkipException(str(superseded)) from superseded
        found = held.look(_warehouse(), asked["source"], asked["run"])
        return f"```text\n{show.plain(preview.text(found)).replace('```', '')}\n```"

    ask = Ask(
        task_id="ask",
        subject="{{ params.source }}: let the held load of run {{ params.run }} through?",
        body="{{ ti.xcom_pull('plan') }}",
        defaults="Reject",
        response_timeout=_TIME_LIMIT,
        params={"why": Param("", type="string", title="Why", description="For those who come after.")},
    )

    @task(execution_timeout=timedelta(hours=2), outlets=[_APPROVED])
    def approve(*, params: Mapping[str, Any] | None = None, ti: Any = None, outlet_events: Any = None) -> None:
        """Load it, unless a newer plan has taken its place; `publish_index` hears of it as of any load."""
        asked = params or {}
        try:
            report = held.approve(_warehouse(), asked["source"], _signed(asked, ti))
        except Refused as superseded:
            raise AirflowSkipException(str(superseded)) from superseded
        _succeed(report.failure)
        outlet_events[_APPROVED].add(Asset(f"records_{report.source}"))

    @task(execution_timeout=timedelta(hours=1), trigger_rule=TriggerRule.ALL_SKIPPED)
    def reject(*, params: Mapping[str, Any] | None = None, ti: Any = None) -> None:
        """Drop it, where it was not approved."""
        asked = params or {}
        try:
            held.reject(_warehouse(), asked["source"], _signed(asked, ti))
        except Refused as superseded:
            raise AirflowSkipException(str(superseded)) from superseded

    plan() >> ask >> approve() >> reject()
