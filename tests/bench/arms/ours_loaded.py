"""Ours, the whole way: harvest, normalise to the Convention's terms, plan, and load into the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import yaml

from harvesters.clock import SystemClock
from tests.bench.arms import Fields, ours
from warehouse import pipeline, reports, settings
from warehouse.context import Warehouse

SOURCE = "xx_bench"


def run(url: str, folder: Path) -> Fields:
    warehouse = opened(url, folder)
    load(warehouse)
    return lambda: _fields(warehouse)


def opened(url: str, folder: Path) -> Warehouse:
    """An empty warehouse below `folder` with one source."""
    sources = folder / "sources"
    sources.mkdir()
    keys = {"name": "Bench", "origin": "partner", "protocol": "oai_pmh", "url": url, "pace": 0}
    (sources / f"{SOURCE}.yml").write_text(yaml.safe_dump({**keys, "allow_private": True}))
    environment = {
        "CHM_WAREHOUSE": str(folder / "warehouse"),
        "CHM_SOURCES": str(sources),
        "CHM_CONTACT": "bench@bench.example",
        "CHM_CONTACT_PAGE": "https://bench.example/harvester",
    }
    return Warehouse(settings=settings.read(environment), clock=SystemClock())


def load(warehouse: Warehouse) -> None:
    """Ask for what is new, and load it."""
    for verb in (pipeline.harvest, pipeline.normalize, pipeline.load):
        report = verb(warehouse, SOURCE)
        if report.outcome != "done":
            raise RuntimeError(f"{verb.__name__}: {report}")


def _fields(warehouse: Warehouse) -> Iterator[tuple[str, str]]:
    """What is loaded, with the titles that were received: normalising may have mended them."""
    pointer = reports.pointer(warehouse.layout, SOURCE)
    assert pointer
    folder = warehouse.layout.snapshot(SOURCE, pointer.snapshot)
    loaded = {
        name
        for kind in ("records", "tombstones")
        for name in pq.read_table(folder / f"{kind}.parquet", columns=["source_identifier"]).column(0).to_pylist()
    }
    for name, title in ours.fields(warehouse.layout.raw(SOURCE, pointer.run)):
        if name in loaded:
            yield name, title
