"""`make run` and `make up`, as they are: a real Airflow, the network's processes, and what is left of them."""

from __future__ import annotations

import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from harvesters.registry import load_source
from tests.dags.running import CLOSING, ROOT, Api, Demonstration, demonstration
from tests.network.count import Count, count, must_hold
from tests.network.network import SITES, Network
from warehouse import turns
from warehouse.layout import Layout

# `make test` gives a file to one worker, so these run one after the other: two Airflows would halve two cores.
pytestmark = pytest.mark.timeout(600)


def chm(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`chm` with the settings that the demonstration tells its user to take."""
    command = shlex.join([str(Path(sys.executable).with_name("chm")), *arguments])
    return subprocess.run(
        ["/bin/sh", "-c", f". {shlex.quote(str(folder / 'env'))}; {command}"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def standing(folder: Path) -> dict[str, dict[str, Any]]:
    answer = chm(folder, "status", "--json")
    assert answer.returncode == 0, answer.stderr
    return {row["source"]: row for row in msgspec.json.decode(answer.stdout)}


def listening(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0


def current_release(folder: Path) -> str:
    pointer = folder / "warehouse" / "releases" / "current.json"
    return str(msgspec.json.decode(pointer.read_bytes())["release"])


def released(folder: Path) -> dict[str, set[str]]:
    """Source -> what its site calls the live records of the current release."""
    database = folder / "warehouse" / "releases" / current_release(folder) / "chm.duckdb"
    found: dict[str, set[str]] = {}
    with duckdb.connect(str(database), read_only=True) as connection:
        for source, identifier in connection.execute("SELECT source, source_identifier FROM records").fetchall():
            found.setdefault(source, set()).add(identifier)
    return found


def ports(folder: Path) -> dict[str, int]:
    """Those at which the demonstration has its sites, day after day: pages are called by their addresses."""
    pairs = (pair.partition("=") for pair in (folder / "ports").read_text().split(","))
    return {site: int(port) for site, _, port in pairs}


class TestRun:
    @pytest.mark.timeout(1_200)  # three whole runs, each with an Airflow of its own
    def test_what_is_published_is_what_the_sites_show_day_after_day(self, tmp_path: Path) -> None:
        days: list[Mapping[str, Count | None]] = []
        before: dict[str, Count] = {}
        for day in (1, 2, 3):
            output = play(tmp_path)
            with Network(day, ports(tmp_path)) as network:
                days.append(count(network.urls))
            now = must_hold(days)
            check_records(tmp_path, days[-1], before, now)
            check_scheduler(tmp_path, day, down={site for site, shown in days[-1].items() if shown is None})
            check_output(output, day)
            assert chm(tmp_path, "verify").returncode == 0
            before = now


def play(folder: Path) -> str:
    """One day as `make run` plays it; returns what it printed."""
    with demonstration("run", folder) as running:
        url = running.until_up()
        assert running.end() == 0, running.output
        assert running.left() == []
        assert not listening(url)
        return running.output


def check_records(
    folder: Path, shown: Mapping[str, Count | None], before: Mapping[str, Count], now: Mapping[str, Count]
) -> None:
    """The warehouse holds what it must, and the last runs added and removed what differs between the two days."""
    assert released(folder) == {site: held.live for site, held in now.items()}
    for site, row in standing(folder).items():
        old, new = before.get(site, Count()), now[site]
        assert (row["live"], row["deleted"]) == (len(new.live), len(new.deleted))
        if shown[site] is None:
            assert row["standing"] == "failed"
        else:
            assert row["standing"] == "done"
            added, removed = len(new.live - old.live), len(old.live - new.live)
            assert (row["counts"]["added"], row["counts"]["removed"]) == (added, removed)


def check_scheduler(folder: Path, day: int, *, down: set[str]) -> None:
    """Airflow's own database: its scheduler queued every task, and asset events alone fired publish_index."""
    with closing(sqlite3.connect(folder / "airflow" / "airflow.db")) as database:
        tasks = database.execute("SELECT dag_id, task_id, state, queued_by_job_id FROM task_instance").fetchall()
        publications = database.execute("SELECT run_type, state FROM dag_run WHERE dag_id = 'publish_index'").fetchall()
        events = database.execute("SELECT count(*) FROM asset_event").fetchone()[0]
    failed = day - 1 if down else 0  # the dead site's harvest, on each day since
    states = Counter((task, state) for _dag, task, state, _job in tasks)
    assert states["harvest", "success"] == len(SITES) * day - failed
    assert states["harvest", "failed"] == states["load", "upstream_failed"] == failed
    assert states["load", "success"] == events == states["harvest", "success"]
    assert all(job is not None for _dag, _task, state, job in tasks if state != "upstream_failed")
    assert set(publications) == {("asset_triggered", "success")}


def check_output(output: str, day: int) -> None:
    """What was printed tells what happened, and its query works when pasted into a shell."""
    assert f"Day {day} of the demonstration network" in output
    assert "publish_index: done, fired by an asset event" in output
    assert ("pe_demo: harvest failed" in output) is (day > 1)
    assert ("There is nothing new since the last run." in output) is (day == 3)
    query = output.partition("To query it:")[2].partition("\n")[0]
    answer = subprocess.run(["/bin/sh", "-c", query], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert [name for name in ("government", "be", "ca", "eg", "pe") if name not in answer.stdout] == []


class TestUp:
    @pytest.mark.timeout(900)  # nine runs of a DAG, one after the other
    def test_an_operator_asks_limits_and_holds_and_ctrl_c_ends_all(self, tmp_path: Path) -> None:
        with demonstration("up", tmp_path) as running:
            url = running.until_up()
            api = Api(url)
            running.until(lambda: api.knows("harvest_pe_demo"), 60)
            check_parameters(api)
            running.until(lambda: api.knows("publish_index"), 60)
            check_limit(running, api, tmp_path)
            check_wait(running, api, tmp_path)
            check_hold(running, api, tmp_path)
            check_approval(running, api, tmp_path)
            assert running.end(signal.SIGINT) == 130
            assert "Stopped." in running.output
            assert running.left() == []
            assert not listening(url)


def check_parameters(api: Api) -> None:
    """A parameter of the wrong type is refused before anything runs."""
    wrong = [{"since": "yesterday"}, {"since": 2026}, {"limit": 0}, {"limit": "ten"}, {"full": "maybe"}]
    assert [api.trigger("harvest_pe_demo", **conf).status_code for conf in wrong] == [400] * len(wrong)
    assert api.get("dags/harvest_pe_demo/dagRuns")["total_entries"] == 0


def check_limit(running: Demonstration, api: Api, folder: Path) -> None:
    """After a full run, one by hand that stops early loads what it saw and publishes again."""
    follow(running, api, "success")
    running.until((folder / "warehouse" / "releases" / "current.json").exists, 120)
    follow(running, api, "success", full=True, limit=5)
    row = standing(folder)["pe_demo"]
    assert 5 <= row["counts"]["seen"] < row["live"]
    running.until(api.is_at_rest, 120)


def check_wait(running: Demonstration, api: Api, folder: Path) -> None:
    """While its server is another source's, or the day's budget is spent, its task gives its slot back.

    No try of it is counted, and once the time is over it goes on.
    """
    overlay = folder / "overlays" / "pe_demo.yml"
    address = overlay.read_text()
    source = load_source("pe_demo", [ROOT / "tests" / "network" / "sources", overlay.parent])
    with turns.taken(Layout(folder / "warehouse"), source, patient=True):
        run, minutes = wait(running, api, folder)
    assert 5 <= minutes <= 11
    go_on(running, api, folder, run)
    overlay.write_text(address + "daily_requests: 1\n")
    run, minutes = wait(running, api, folder)
    assert minutes <= 24 * 60
    overlay.write_text(address)
    go_on(running, api, folder, run)
    running.until(api.is_at_rest, 120)


def wait(running: Demonstration, api: Api, folder: Path) -> tuple[str, float]:
    """Run harvest_pe_demo by hand until its first task waits; returns the run, and for how many minutes it waits."""
    run = str(api.trigger("harvest_pe_demo").json()["dag_run_id"])
    running.until(lambda: api.tasks("harvest_pe_demo", run)["harvest"][0] == "up_for_reschedule", 60)
    with closing(sqlite3.connect(folder / "airflow" / "airflow.db", timeout=60)) as database:
        *_, (begun, due) = database.execute("SELECT start_date, reschedule_date FROM task_reschedule ORDER BY id")
    return run, (datetime.fromisoformat(due) - datetime.fromisoformat(begun)).total_seconds() / 60


def go_on(running: Demonstration, api: Api, folder: Path, run: str) -> None:
    """Let the time be over for which that run waits, and look on until it has ended well.

    Not before the scheduler has heard of the first process's end: it would take that for the end of the second one,
    and call it a failure. Nobody waits that briefly outside a test.
    """
    heard = re.compile(f"Received executor event .*task_id='harvest', run_id='{re.escape(run)}'")
    log = folder / "airflow" / "processes" / "scheduler.log"
    running.until(lambda: heard.search(log.read_text(encoding="utf-8")) is not None, 120)
    with closing(sqlite3.connect(folder / "airflow" / "airflow.db", timeout=60)) as database:
        database.execute("UPDATE task_reschedule SET reschedule_date = start_date")
        database.commit()
    running.until(lambda: api.get(f"dags/harvest_pe_demo/dagRuns/{run}")["state"] in ("success", "failed"), 240)
    assert api.tasks("harvest_pe_demo", run)["harvest"] == ("success", 1)


def check_hold(running: Demonstration, api: Api, folder: Path) -> None:
    """A held load fails at its first try, says why, fires nothing, and the last good release stays as it is."""
    release, events = current_release(folder), api.get("assets/events")["total_entries"]
    overlay = folder / "overlays" / "pe_demo.yml"
    overlay.write_text(overlay.read_text() + "expect: {min_records: 1000000}\n")
    run = follow(running, api, "failed")
    assert api.tasks("harvest_pe_demo", run) == {
        "harvest": ("success", 1),
        "normalize": ("success", 1),
        "load": ("failed", 1),
        "ask": ("success", 1),
    }
    assert "Held: " in api.log("harvest_pe_demo", run, "load")
    row = standing(folder)["pe_demo"]
    assert (row["standing"], row["live"]) == ("held", len(released(folder)["pe_demo"]))
    assert api.get("assets/events")["total_entries"] == events == 4
    assert current_release(folder) == release


def check_approval(running: Demonstration, api: Api, folder: Path) -> None:
    """The held load's question shows its plan; a second plan supersedes it, and that one a person lets through."""
    first = question(running, api, 1)
    details = api.get(f"dags/approve_held/dagRuns/{first}/taskInstances/ask/-1/hitlDetails")
    assert "pe_demo: let the held load of run" in details["subject"]
    assert "Would be held. pe_demo: " in details["body"]
    assert details["defaults"] == ["Reject"]
    follow(running, api, "failed")
    second = question(running, api, 2)
    api.answer("approve_held", first, "ask", "Approve", "Too late")
    finished(running, api, first)
    assert api.tasks("approve_held", first)["approve"][0] == "skipped"
    assert standing(folder)["pe_demo"]["standing"] == "held"
    release = current_release(folder)
    api.answer("approve_held", second, "ask", "Approve", "It is a small site")
    finished(running, api, second)
    assert {name: state for name, (state, _) in api.tasks("approve_held", second).items()} == {
        "plan": "success",
        "ask": "success",
        "approve": "success",
        "reject": "skipped",
    }
    assert standing(folder)["pe_demo"]["standing"] == "done"
    (told,) = (folder / "warehouse" / "decisions" / "approvals.jsonl").read_bytes().splitlines()
    assert msgspec.json.decode(told)["why"] == "It is a small site"
    running.until(lambda: current_release(folder) != release, 120)


def question(running: Demonstration, api: Api, number: int) -> str:
    """Wait for so many questions; returns the run of the last one, which waits for an answer."""
    running.until(lambda: len(api.get("dags/approve_held/dagRuns")["dag_runs"]) == number, 120)
    run = max(api.get("dags/approve_held/dagRuns")["dag_runs"], key=lambda one: str(one["run_after"]))["dag_run_id"]
    running.until(lambda: api.tasks("approve_held", run)["ask"][0] == "awaiting_input", 120)
    return str(run)


def finished(running: Demonstration, api: Api, run: str) -> None:
    """Wait for the end of a question."""
    running.until(lambda: api.get(f"dags/approve_held/dagRuns/{run}")["state"] in ("success", "failed"), 120)


def follow(running: Demonstration, api: Api, end: str, **conf: object) -> str:
    """Run harvest_pe_demo by hand to that end; returns the run's id."""
    answer = api.trigger("harvest_pe_demo", **conf)
    assert answer.status_code == 200, answer.text
    run = str(answer.json()["dag_run_id"])
    path = f"dags/harvest_pe_demo/dagRuns/{run}"
    running.until(lambda: api.get(path)["state"] in ("success", "failed"), 120)
    assert api.get(path)["state"] == end
    return run


class TestEnding:
    def test_stopped_at_its_start_or_killed_when_up_it_leaves_no_process_and_starts_again(self, tmp_path: Path) -> None:
        with demonstration("up", tmp_path) as running:
            running.until((tmp_path / "airflow" / "airflow.db").exists, 60)  # so its making is interrupted
            assert running.end(signal.SIGTERM) == 130
            assert running.left() == []
        with demonstration("up", tmp_path) as running:
            url = running.until_up()
            assert running.end(signal.SIGKILL) == -signal.SIGKILL
            assert running.left(CLOSING) == []
            assert not listening(url)
