"""What Airflow's scheduler and workers get from dags/, with no Airflow running."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from harvesters import registry

ROOT = Path(__file__).parents[2]

ACTIVE: dict[str, Any] = {
    "name": "Côte d’Ivoire: Centre d’échange",
    "government": "CI",
    "status": "active",
    "platform": "bioland",
    "page": "https://ci.chm.example/",
    "protocol": "feed",
    "url": "https://ci.chm.example/rss.xml",
    "schedule": "10 6 * * *",
    "defaults": {"schema": "news"},
}
REGIONAL = {
    "name": "A regional portal",
    "origin": "regional",
    "status": "active",
    "protocol": "oai_pmh",
    "url": "https://region.example/oai",
}
FILES: dict[str, str | dict[str, Any]] = {
    "ci_chm.yml": ACTIVE,
    "ci_minutely.yml": ACTIVE | {"schedule": "* * * * *"},
    "xx_region.yml": REGIONAL,
    "ci_unverified.yml": {key: value for key, value in ACTIVE.items() if key != "status"},
    "ci_paused.yml": ACTIVE | {"status": "paused"},
    "ci_retired.yml": ACTIVE | {"status": "retired"},
    "ci_wrong_key.yml": ACTIVE | {"scedule": "10 6 * * *"},
    "ci_wrong_profile.yml": ACTIVE | {"profile": "nonesuch"},
    "ci_no_yaml.yml": "name: [",
    "Its name is (wrong).yml": ACTIVE,
}
BROKEN = {
    "harvest_ci_wrong_key": "scedule",
    "harvest_ci_wrong_profile": "nonesuch",
    "harvest_ci_no_yaml": "ci_no_yaml.yml",
    "harvest_Its_name_is__wrong_": "Its name is (wrong)",
}
SCHEDULED = ["harvest_ci_chm", "harvest_ci_minutely", "harvest_xx_region"]
STANDING = {"publish_index", "approve_held", "notify_operators"}  # whatever sources there are
UNSCHEDULED = ["harvest_ci_unverified", "harvest_ci_paused", "harvest_ci_retired"]


def write(folder: Path, files: Mapping[str, str | dict[str, Any]]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        text = content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What tests.dags.describe says of each scene; one process for all, since Airflow's import costs seconds."""
    home = tmp_path_factory.mktemp("airflow")
    several = {"CHM_REGISTRY": "none", "CHM_SOURCES": str(write(home / "several", FILES))}
    many = write(home / "many", {f"ci_site_{number}.yml": ACTIVE for number in range(150)})
    scenes = {
        "several": several,
        "worker": {**several, "_AIRFLOW_PARSING_CONTEXT_DAG_ID": "harvest_ci_chm"},
        "worker of a broken one": {**several, "_AIRFLOW_PARSING_CONTEXT_DAG_ID": "harvest_ci_wrong_key"},
        "many": {"CHM_REGISTRY": "none", "CHM_SOURCES": str(many)},
        "registry": {"CHM_REGISTRY": "package"},
        "none": {"CHM_REGISTRY": "none", "CHM_SOURCES": str(write(home / "none", {}))},
        "another floor": {**several, "CHM_PUBLISH_AT_LEAST": "0 4 * * 1"},
        "somebody to tell": {**several, "CHM_NOTIFY": "mailto:ops@example.org?via=smtp://mail.example.org"},
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CHM_", "AIRFLOW"))}
    answer = subprocess.run(
        [sys.executable, "-m", "tests.dags.describe"],
        cwd=ROOT,
        env={**environment, "AIRFLOW_HOME": str(home), "AIRFLOW_CONFIG": str(ROOT / "airflow.cfg")},
        input=json.dumps(list(scenes.values())),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return dict(zip(scenes, json.loads(answer.stdout), strict=True))


@pytest.fixture
def dags(found: dict[str, Any]) -> dict[str, Any]:
    return dict(found["several"]["dags"])


class TestReading:
    def test_each_source_file_right_or_wrong_is_a_dag_beside_publish_index(self, dags: dict[str, Any]) -> None:
        assert set(dags) == {*SCHEDULED, *UNSCHEDULED, *BROKEN, *STANDING}

    def test_no_scene_gives_an_import_error_or_a_warning(self, found: dict[str, Any]) -> None:
        assert {name: (scene["errors"], scene["warnings"]) for name, scene in found.items()} == dict.fromkeys(
            found, ({}, {})
        )

    def test_150_sources_are_150_dags(self, found: dict[str, Any]) -> None:
        assert len(found["many"]["dags"]) == 150 + len(STANDING)

    def test_each_source_of_the_registry_is_a_dag_without_a_schedule(self, found: dict[str, Any]) -> None:
        dags = {name: dag for name, dag in found["registry"]["dags"].items() if name not in STANDING}
        assert dags.keys() == {f"harvest_{source}" for source in registry.ids([registry.SOURCES])}
        assert {dag["first_run"] for dag in dags.values()} == {None}

    @pytest.mark.parametrize(
        ("scene", "dag"), [("worker", "harvest_ci_chm"), ("worker of a broken one", "harvest_ci_wrong_key")]
    )
    def test_a_worker_builds_its_own_dag_only(self, found: dict[str, Any], scene: str, dag: str) -> None:
        assert set(found[scene]["dags"]) == {dag, *STANDING}
        assert found[scene]["dags"][dag] == found["several"]["dags"][dag]

    def test_without_any_source_there_is_publish_index_on_its_time_floor(self, found: dict[str, Any]) -> None:
        dag = found["none"]["dags"].pop("publish_index")
        assert (dag["timetable"], dag["awaits"]) == ("30 5 * * *", None)
        assert set(found["none"]["dags"]) == STANDING - {"publish_index"}


class TestHarvest:
    def test_it_says_what_the_file_says(self, dags: dict[str, Any]) -> None:
        dag = dags["harvest_ci_chm"]
        heading, _, rest = dag["doc"].partition("\n\n```yaml\n")
        assert heading == f"## {ACTIVE['name']}"
        assert yaml.safe_load(rest.removesuffix("```\n")) == ACTIVE
        assert dag["name"] == ACTIVE["name"]

    @pytest.mark.parametrize(
        ("dag", "tags"),
        [
            ("harvest_ci_chm", ["CI", "bioland", "feed"]),
            ("harvest_xx_region", ["oai_pmh", "regional", "unknown platform"]),
            ("harvest_ci_wrong_key", ["broken"]),
        ],
    )
    def test_it_is_tagged_with_country_protocol_and_platform(
        self, dags: dict[str, Any], dag: str, tags: list[str]
    ) -> None:
        assert dags[dag]["tags"] == tags

    def test_its_owner_links_to_the_sites_page(self, dags: dict[str, Any]) -> None:
        assert dags["harvest_ci_chm"]["owner_links"] == {"ci_chm": ACTIVE["page"]}
        assert {task["owner"] for task in dags["harvest_ci_chm"]["tasks"].values()} == {"ci_chm"}
        assert dags["harvest_xx_region"]["owner_links"] == {}

    def test_it_runs_once_at_a_time_as_scheduled_and_makes_up_for_nothing_older(self, dags: dict[str, Any]) -> None:
        dag = dags["harvest_ci_chm"]
        assert (dag["timetable"], dag["catchup"], dag["max_active_runs"]) == ("10 6 * * *", False, 1)

    def test_its_tasks_have_time_limits_and_waiting_for_its_server_is_not_cut_short(self, dags: dict[str, Any]) -> None:
        assert dags["harvest_ci_chm"]["time_limit"] == timedelta(days=14).total_seconds()

    def test_without_a_schedule_of_its_own_it_runs_daily(self, dags: dict[str, Any]) -> None:
        minute, hour, *rest = dags["harvest_xx_region"]["timetable"].split()
        assert rest == ["*", "*", "*"]
        assert 0 <= int(hour) < 24
        assert 0 <= int(minute) < 60

    @pytest.mark.parametrize("dag", UNSCHEDULED)
    def test_a_source_that_is_not_active_runs_by_hand_only(self, dags: dict[str, Any], dag: str) -> None:
        assert dags[dag]["first_run"] is None
        assert set(dags[dag]["tasks"]) == {"harvest", "normalize", "load", "ask"}

    def test_unpausing_it_for_the_first_time_asks_nobody_before_the_next_turn(self, found: dict[str, Any]) -> None:
        # Its turn is every minute, so the last one is never long past: by default Airflow would take it up at once.
        dag = found["several"]["dags"]["harvest_ci_minutely"]
        assert datetime.fromisoformat(dag["first_run"]) > datetime.fromisoformat(found["several"]["asked"])

    def test_its_tasks_follow_each_other_with_retries_and_time_limits(self, dags: dict[str, Any]) -> None:
        tasks = dags["harvest_ci_chm"]["tasks"]
        assert {name: task["after"] for name, task in tasks.items()} == {
            "harvest": [],
            "normalize": ["harvest"],
            "load": ["normalize"],
            "ask": ["load"],
        }
        assert {(task["retries"], task["retry_delay"]) for task in tasks.values()} == {(2, 300.0)}
        assert {name: task["time_limit"] / 3600 for name, task in tasks.items()} == {
            "harvest": 20,
            "normalize": 2,
            "load": 2,
            "ask": 1,
        }

    def test_the_load_alone_updates_the_sources_asset(self, dags: dict[str, Any]) -> None:
        tasks = dags["harvest_ci_chm"]["tasks"]
        assert {name: task["outlets"] for name, task in tasks.items()} == {
            "harvest": [],
            "normalize": [],
            "load": ["records_ci_chm"],
            "ask": [],
        }

    def test_a_manual_run_takes_typed_parameters(self, dags: dict[str, Any]) -> None:
        params = dags["harvest_ci_chm"]["params"]
        assert {name: (param["value"], param["schema"]) for name, param in params.items()} == {
            "since": (None, {"type": ["null", "string"], "format": "date-time"}),
            "full": (False, {"type": "boolean"}),
            "limit": (None, {"type": ["null", "integer"], "minimum": 1}),
        }
        assert all(param["description"] for param in params.values())
        tasks = dags["harvest_ci_chm"]["tasks"].values()
        assert {tuple(task["params"]) for task in tasks} == {()}, "a copy in each task is half the time of reading"

    @pytest.mark.parametrize(("dag", "word"), BROKEN.items())
    def test_a_broken_source_file_keeps_a_dag_that_says_what_is_wrong(
        self, dags: dict[str, Any], dag: str, word: str
    ) -> None:
        assert word in dags[dag]["doc"]
        assert dags[dag]["first_run"] is None
        assert {name: task["retries"] for name, task in dags[dag]["tasks"].items()} == {"harvest": 0}


class TestPublish:
    def test_it_runs_after_any_sources_load_and_at_least_on_its_time_floor(self, dags: dict[str, Any]) -> None:
        dag = dags["publish_index"]
        assert dag["timetable"] == "Asset or 30 5 * * *"
        assert list(dag["awaits"]) == ["any"]
        assets = {asset["asset"]["name"] for asset in dag["awaits"]["any"]}
        assert assets == {f"records_{dag.removeprefix('harvest_')}" for dag in (*SCHEDULED, *UNSCHEDULED)}

    def test_the_floor_is_a_setting(self, found: dict[str, Any]) -> None:
        assert found["another floor"]["dags"]["publish_index"]["timetable"] == "Asset or 0 4 * * 1"

    def test_it_runs_once_at_a_time_with_retries_and_a_time_limit(self, dags: dict[str, Any]) -> None:
        dag = dags["publish_index"]
        assert (dag["max_active_runs"], dag["catchup"], dag["time_limit"]) == (1, False, 6 * 3600)
        assert {(task["retries"], task["time_limit"]) for task in dag["tasks"].values()} == {(2, 4 * 3600)}


class TestNotify:
    def test_it_runs_daily_where_there_is_somebody_to_tell_and_else_by_hand_only(self, found: dict[str, Any]) -> None:
        assert found["several"]["dags"]["notify_operators"]["first_run"] is None
        dag = found["somebody to tell"]["dags"]["notify_operators"]
        assert (dag["timetable"], dag["catchup"], dag["max_active_runs"]) == ("0 6 * * *", False, 1)
        assert {name: (task["retries"], task["time_limit"]) for name, task in dag["tasks"].items()} == {
            "send": (2, 1800)
        }


class TestApproveHeld:
    def test_it_waits_for_a_held_load_of_any_source_and_several_questions_wait_at_once(
        self, dags: dict[str, Any]
    ) -> None:
        dag = dags["approve_held"]
        assert (dag["first_run"], dag["max_active_runs"]) == (None, 64)
        assert {name: param["schema"]["type"] for name, param in dag["params"].items()} == {
            "source": "string",
            "run": "string",
        }

    def test_it_shows_the_plan_and_asks_and_what_was_answered_is_done(self, dags: dict[str, Any]) -> None:
        assert {name: task["after"] for name, task in dags["approve_held"]["tasks"].items()} == {
            "plan": [],
            "ask": ["plan"],
            "approve": ["ask"],
            "reject": ["approve"],
        }
