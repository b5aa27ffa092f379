"""The demonstration network walked by the four verbs, in this process, on a clock that tests move."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from msgspec import Struct

from tests.network.days import moment
from tests.network.network import SITES, SOURCES, Network
from warehouse import pipeline, release, reports
from warehouse.context import Warehouse
from warehouse.model import HarvestReport, LoadReport, NormalizeReport, Release
from warehouse.settings import read

CONTACT = {"CHM_CONTACT": "tests@demonstration.example", "CHM_CONTACT_PAGE": "https://demonstration.example/harvester"}

DATED = (  # the formats that say when the release was made, or which it is
    *("README.md", "catalogue.jsonld", "catalogue.ttl", "citation.json", "delta.json", "feed.xml", "sources.json"),
    "records.sqlite",
)
_RANDOM = ("chm.duckdb", "search/words/")  # into which their libraries write times and names at random


class StreetClock:
    """Shows what it was set to, and what was slept since: waiting costs no time."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        self._now += timedelta(microseconds=1)  # no two moments are the same
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=max(0.0, seconds))

    def set(self, now: datetime) -> None:
        self._now = now


class Walked(Struct, frozen=True, kw_only=True):
    """What became of one source on one day; a verb that was not reached has no report."""

    harvest: HarvestReport
    normalize: NormalizeReport | None = None
    load: LoadReport | None = None


def environment(network: Network, folder: Path) -> dict[str, str]:
    """The settings of a warehouse in `folder` that reaches the network's own ports, without a pace."""
    overlays = folder / "sources"
    for path in network.write_overlays(overlays):
        path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), "pace": 0}))
    return {
        **CONTACT,
        "CHM_WAREHOUSE": str(folder / "warehouse"),
        "CHM_REGISTRY": str(SOURCES),
        "CHM_SOURCES": str(overlays),
    }


def open_warehouse(settings: Mapping[str, str], day: int = 1) -> Warehouse:
    return Warehouse(settings=read(settings), clock=StreetClock(moment(day)))


def walk(warehouse: Warehouse, source: str, run: str | None = None) -> Walked:
    """Harvest, normalize and load, each if the one before was done."""
    harvested = pipeline.harvest(warehouse, source, run)
    if harvested.outcome != "done":
        return Walked(harvest=harvested)
    normalized = pipeline.normalize(warehouse, source, harvested.run)
    if normalized.outcome != "done":
        return Walked(harvest=harvested, normalize=normalized)
    loaded = pipeline.load(warehouse, source, harvested.run)
    return Walked(harvest=harvested, normalize=normalized, load=loaded)


def walk_all(warehouse: Warehouse, run: str | None = None) -> dict[str, Walked]:
    return {site: walk(warehouse, site, run) for site in SITES}


def publish(warehouse: Warehouse, run: str | None = None) -> Release:
    """Publish, and the manifest of what is current then."""
    report = pipeline.publish(warehouse, run)
    found = release.read(warehouse.layout)
    assert report.outcome == "done"
    assert found is not None
    assert found.release == report.release
    return found


def published(warehouse: Warehouse, name: str = "records") -> list[dict[str, object]]:
    """The rows of a Parquet file of the current release; maps as dictionaries."""
    found = release.read(warehouse.layout)
    assert found is not None
    return rows(warehouse.layout.release(found.release) / f"{name}.parquet")


def current(warehouse: Warehouse, source: str, name: str = "records") -> list[dict[str, object]]:
    """The rows that readers see of one source."""
    pointer = reports.pointer(warehouse.layout, source)
    assert pointer is not None
    return rows(warehouse.layout.snapshot(source, pointer.snapshot) / f"{name}.parquet")


def rows(path: Path) -> list[dict[str, object]]:
    table = pq.read_table(path, partitioning=None)
    maps = [field.name for field in table.schema if pa.types.is_map(field.type)]
    return [{**row, **{name: dict(row[name]) for name in maps}} for row in table.to_pylist()]


def digests(found: Release) -> dict[str, str]:
    """The files of a release that the same records make again, to the byte."""
    return {file.name: file.sha256 for file in found.files if not file.name.startswith((*DATED, *_RANDOM))}


def contents(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file below `folder`: its digest and when it was last written."""
    return {
        path.relative_to(folder).as_posix(): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
