"""Processes of a test's own on the loopback: servers that are ended with it, and `chm` as an operator starts it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import yaml

from warehouse import reports
from warehouse.layout import Layout

ROOT = Path(__file__).parents[2]
CONTACT = {"CHM_CONTACT": "tests@demonstration.example", "CHM_CONTACT_PAGE": "https://demonstration.example/harvester"}


def free_port() -> int:
    """A port on the loopback that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str | Path], log: Path, ready: Callable[[], object]) -> Iterator[None]:
    """A server while it is needed, from when it is `ready`; AssertionError with its log where it never is."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT)
    try:
        end = time.monotonic() + 90  # Plone on a busy machine
        while not ready():
            is_late = process.poll() is not None or time.monotonic() > end
            assert not is_late, log.read_text(errors="replace")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(port: int) -> bool:
    """Whether somebody listens at a port of the loopback."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


class Harvester:
    """`chm` over one source in a folder of its own."""

    def __init__(self, folder: Path, source: str, **keys: Any) -> None:
        self._source = source
        self._layout = Layout(folder / "warehouse")
        sources = folder / "sources"
        sources.mkdir(parents=True)
        known = {"name": "A real server", "government": "BE", "pace": 0, "allow_private": True}
        (sources / f"{source}.yml").write_text(yaml.safe_dump(known | keys))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CHM_")}
        self._environment: Mapping[str, str] = {
            **environment,
            **CONTACT,
            "CHM_WAREHOUSE": str(folder / "warehouse"),
            "CHM_REGISTRY": "none",
            "CHM_SOURCES": str(sources),
        }

    def chm(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `chm ARGUMENTS`, whatever comes of it."""
        command = [Path(sys.executable).with_name("chm"), *arguments]
        return subprocess.run(
            command, env=self._environment, capture_output=True, text=True, timeout=100, check=False, cwd=ROOT
        )

    def run(self, *options: str) -> tuple[Any, Any]:
        """Harvest, normalise and load; returns what `chm` says of the harvest and of the load, as JSON."""
        told = self.chm("run", self._source, "--json", *options)
        assert told.returncode == 0, told.stdout + told.stderr
        load = msgspec.json.decode(told.stdout)
        harvest = reports.last_loaded(self._layout, self._source)
        assert harvest is not None
        return msgspec.json.decode(msgspec.json.encode(harvest.harvest)), load

    def records(self) -> dict[str, dict[str, Any]]:
        """The current records by the identifiers that the source gives them."""
        pointer = reports.pointer(self._layout, self._source)
        assert pointer is not None
        rows = pq.read_table(self._layout.snapshot(self._source, pointer.snapshot) / "records.parquet").to_pylist()
        return {row["source_identifier"]: row for row in rows}

    def issues(self, run: str) -> list[dict[str, Any]]:
        """What a run says that a person should know."""
        return pq.read_table(self._layout.normalized(self._source, run) / "issues.parquet").to_pylist()
