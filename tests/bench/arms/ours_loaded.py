"""Ours, the whole way: harvest, normalise to the Convention's terms, plan, and load into the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from tests.bench.arms import Fields, ours
from tests.bench.stock import SEED, describe, take
from warehouse import reports
from warehouse.context import Warehouse


def run(url: str, folder: Path) -> Fields:
    warehouse = describe(folder, url)
    take(warehouse)
    return lambda: _fields(warehouse)


def _fields(warehouse: Warehouse) -> Iterator[tuple[str, str]]:
    """What is loaded, with the titles that were received: normalising may have mended them."""
    pointer = reports.pointer(warehouse.layout, SEED)
    assert pointer
    folder = warehouse.layout.snapshot(SEED, pointer.snapshot)
    loaded = {
        name
        for kind in ("records", "tombstones")
        for name in pq.read_table(folder / f"{kind}.parquet", columns=["source_identifier"]).column(0).to_pylist()
    }
    for name, title in ours.fields(warehouse.layout.raw(SEED, pointer.run)):
        if name in loaded:
            yield name, title
