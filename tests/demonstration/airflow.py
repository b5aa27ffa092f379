"""A real Airflow on the loopback: scheduler, DAG processor and API server on SQLite, spoken to over its REST API."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import requests

from tests.demonstration import processes

ROOT = Path(__file__).parents[2]
_TIMEOUT = 120.0  # seconds for Airflow to be up
_ANSWER = 120.0  # seconds for one answer: while it reads its DAGs for the first time, a small machine has no time


class AirflowFailed(Exception):
    """Airflow did not do what was asked; the message says where to look."""


class Airflow:
    """One Airflow with a home folder of its own; end it by ending its processes (`processes.no_orphans`)."""

    def __init__(self, home: Path, settings: Mapping[str, str]) -> None:
        """`settings` are further environment variables, such as CHM_WAREHOUSE; AIRFLOW__... ones win over ours."""
        self.home = home
        port = os.environ.get("AIRFLOW__API__PORT") or str(processes.free_port())
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            **os.environ,
            "AIRFLOW_HOME": str(home),
            "AIRFLOW_CONFIG": str(ROOT / "airflow.cfg"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "dags" / "plugins"),
            "AIRFLOW__API__PORT": port,
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
            "AIRFLOW__API__SECRET_KEY": secrets.token_hex(32),
            "PYTHONWARNINGS": "ignore",
            **settings,
        }
        self._session = requests.Session()
        self._session.trust_env = False

    def start(self) -> None:
        """Make or migrate the database, and bring the three processes up.

        Raises:
            AirflowFailed: it is not healthy after two minutes, or a process ended.
        """
        logs = self.home / "processes"
        self._migrate(logs)
        running = {
            name: processes.start(name, self._command(*arguments), self.environment, logs)
            for name, arguments in {
                "api-server": ("api-server",),
                "scheduler": ("scheduler", "--skip-serve-logs"),
                "dag-processor": ("dag-processor",),
            }.items()
        }
        self.wait(lambda: self._is_healthy(running, logs), "Airflow to be up", _TIMEOUT)
        # The first request makes the API server build its task API, which halts all others, database locks included,
        # for seconds; so it is ours.
        self._session.get(f"{self.url}/execution/health", timeout=60)
        token = self._session.get(f"{self.url}/auth/token", timeout=30).json()["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **parameters: str | int) -> dict[str, Any]:
        """The answer of `GET /api/v2/{path}`."""
        return self._judge(self._session.get(f"{self.url}/api/v2/{path}", params=parameters, timeout=_ANSWER))

    def post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """The answer of `POST /api/v2/{path}`."""
        return self._judge(self._session.post(f"{self.url}/api/v2/{path}", json=body, timeout=_ANSWER))

    def patch(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """The answer of `PATCH /api/v2/{path}`."""
        return self._judge(self._session.patch(f"{self.url}/api/v2/{path}", json=body, timeout=_ANSWER))

    def wait(self, ready: Callable[[], bool], what: str, seconds: float) -> None:
        """Ask `ready` once a second until it says yes.

        Raises:
            AirflowFailed: it does not within `seconds`.
        """
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                raise AirflowFailed(f"Waited {seconds:.0f} s for {what}; see {self.home / 'processes'}.")
            time.sleep(1)

    def _migrate(self, logs: Path) -> None:
        """Once for each version of Airflow; a database whose making was interrupted cannot be migrated, so it goes."""
        done, version = self.home / "migrated", metadata.version("apache-airflow")
        if not done.exists():
            shutil.rmtree(self.home, ignore_errors=True)
        elif done.read_text() == version:
            return
        if processes.start("migrate", self._command("db", "migrate"), self.environment, logs).wait() != 0:
            raise AirflowFailed(f"`airflow db migrate` failed; see {logs / 'migrate.log'}.")
        done.write_text(version)

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "airflow", *arguments]

    def _is_healthy(self, running: Mapping[str, subprocess.Popen[bytes]], logs: Path) -> bool:
        for name, process in running.items():
            if process.poll() is not None:
                raise AirflowFailed(f"Airflow's {name} ended with {process.returncode}; see {logs / name}.log.")
        try:
            health = self._session.get(f"{self.url}/api/v2/monitor/health", timeout=5).json()
        except requests.RequestException:
            return False
        return all(health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor"))

    def _judge(self, answer: requests.Response) -> dict[str, Any]:
        if not answer.ok:
            raise AirflowFailed(f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:500]}")
        found: dict[str, Any] = answer.json()
        return found
