"""`python -m tests.demonstration` as a user starts it, watched from outside: its output, its Airflow, its processes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests

ROOT = Path(__file__).parents[2]
UP = re.compile(r"Airflow is up at (\S+?)[.,]? ")
CLOSING = 40  # seconds in which the last process must be gone


class Demonstration:
    """One `run` or `up`, with its output so far and every process that it was ever seen to have."""

    def __init__(self, wish: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / f"{wish}.out"
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("CHM_", "AIRFLOW"))}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.demonstration", wish, str(folder)],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.seen: set[psutil.Process] = {psutil.Process(self.process.pid)}

    @property
    def output(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def until(self, ready: Callable[[], object], seconds: float) -> None:
        """Look on, noting processes, until `ready`; AssertionError after so many seconds or if it ends before."""
        end = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < end, f"waited {seconds} s\n{self.output}"
            assert self.process.poll() is None, f"ended with {self.process.returncode}\n{self.output}"
            self.note()
            time.sleep(0.3)

    def until_up(self) -> str:
        """Wait for Airflow; returns its address."""
        self.until(lambda: UP.search(self.output), 120)
        found = UP.search(self.output)
        assert found
        return found[1]

    def note(self) -> None:
        """Note every process that there is now: whose parent ends first is found nowhere else later."""
        for known in tuple(self.seen):
            try:
                self.seen.update(known.children(recursive=True))
            except psutil.NoSuchProcess:
                continue

    def end(self, number: signal.Signals | None = None) -> int:
        """Wait for its end, after a signal if one is named; returns the exit code."""
        if number is not None:
            self.note()
            self.process.send_signal(number)
        end = time.monotonic() + 240
        while self.process.poll() is None and time.monotonic() < end:
            self.note()
            time.sleep(0.3)
        return self.process.wait(1)

    def left(self, seconds: float = 0) -> list[str]:
        """The processes that are still there after at most so many seconds, as their command lines."""
        _gone, alive = psutil.wait_procs([one for one in self.seen if one.pid != self.process.pid], timeout=seconds)
        return [" ".join(one.cmdline()) for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]

    def close(self) -> None:
        """End whatever is left, however the test went."""
        self.note()
        for one in self.seen:
            if one.is_running():
                one.kill()
        self.process.wait(10)


@contextmanager
def demonstration(wish: str, folder: Path) -> Iterator[Demonstration]:
    """A demonstration that has certainly ended afterwards."""
    started = Demonstration(wish, folder)
    try:
        yield started
    finally:
        started.close()


class Api:
    """Airflow's REST API, as a client that is none of ours."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        token = self._session.get(f"{url}/auth/token", timeout=30).json()["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **parameters: str | int) -> dict[str, Any]:
        answer = self._session.get(f"{self._url}/api/v2/{path}", params=parameters, timeout=30)
        assert answer.ok, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def knows(self, dag: str) -> bool:
        """Whether the DAG processor has read it."""
        return dag in {one["dag_id"] for one in self.get("dags", limit=100)["dags"]}

    def is_at_rest(self) -> bool:
        """Whether no run of any DAG is under way, and no event waits to start one.

        Events first: one that waits no more has made its run by then.
        """
        waiting = self.get("dags/publish_index/assets/queuedEvents")["total_entries"]
        under_way = [self.get("dags/~/dagRuns", state=state)["total_entries"] for state in ("queued", "running")]
        return not waiting and not any(under_way)

    def trigger(self, dag: str, **conf: object) -> requests.Response:
        """Start a run by hand with these parameters; the answer as it is."""
        body = {"logical_date": None, "conf": conf}
        return self._session.post(f"{self._url}/api/v2/dags/{dag}/dagRuns", json=body, timeout=30)

    def answer(self, dag: str, run: str, task: str, option: str, why: str) -> None:
        """Answer the question of a task as a person does in Airflow's pages."""
        path = f"{self._url}/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}/-1/hitlDetails"
        body = {"chosen_options": [option], "params_input": {"why": why}}
        answer = self._session.patch(path, json=body, timeout=30)
        assert answer.ok, answer.text

    def tasks(self, dag: str, run: str) -> dict[str, tuple[str, int]]:
        """Task -> its state, and how often it was tried."""
        found = self.get(f"dags/{dag}/dagRuns/{run}/taskInstances")["task_instances"]
        return {task["task_id"]: (task["state"], task["try_number"]) for task in found}

    def log(self, dag: str, run: str, task: str) -> str:
        """What the first try of a task wrote."""
        answer = self.get(f"dags/{dag}/dagRuns/{run}/taskInstances/{task}/logs/1", full_content="true")
        return str(answer["content"])
