"""A warehouse that holds as many records as one wishes, without harvesting them all.

A few records of the demonstration network's library go the whole street; their snapshot is then multiplied, under new
identifiers, titles and addresses, so that no two of them are one document, and spread over several national sources.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import yaml
from msgspec.structs import replace

from harvesters.clock import SystemClock
from tests.bench.__main__ import serving
from tests.bench.pages import render
from warehouse import pipeline, reports, settings
from warehouse.context import Warehouse
from warehouse.duck import connect, select, to_parquet
from warehouse.files import write_json
from warehouse.records import RECORDS, TOMBSTONES

SEED = "be_bench"
COUNTRIES = ("be", "br", "ca", "et", "fj", "fr", "in", "ke", "pe", "za")
_SEEDS = 2_000  # records that go the whole street
_MANY = """
WITH
seeds AS (SELECT *, row_number() OVER (ORDER BY identifier) - 1 AS seed FROM ({seeds})),
many AS (SELECT range AS n FROM range({count}))
SELECT seeds.* EXCLUDE (seed) REPLACE (
    format('{{:08X}}', n * 4294967296 // {count}) || '-' || upper(md5('{source}' || n)[1:4]) || '-5000-8000-'
        || upper(md5('{source}' || n)[5:16]) AS identifier,
    '{source}' AS source,
    '{country}' AS government,
    source_identifier || '-' || n AS source_identifier,
    map_from_entries([{{'key': e.key, 'value': e.value || ' {source} ' || n}} FOR e IN map_entries(title)]) AS title,
    [struct_update(link, url := link.url || '/{source}/' || n) FOR link IN links] AS links
)
FROM many JOIN seeds ON seed = n % (SELECT count(*) FROM seeds)
ORDER BY n
"""


def stocked(folder: Path, records: int, countries: tuple[str, ...] = COUNTRIES) -> Warehouse:
    """A warehouse below `folder` whose current snapshots hold `records` records of so many national sources."""
    warehouse = _seeded(folder)
    layout = warehouse.layout
    pointer = reports.pointer(layout, SEED)
    assert pointer
    seeds = layout.snapshot(SEED, pointer.snapshot) / "records.parquet"
    with connect(layout.scratch()) as connection:
        for number, country in enumerate(countries):
            source = f"{country}_bench"
            target = layout.snapshot(source, "stock")
            target.mkdir(parents=True)
            count = records // len(countries) + (number < records % len(countries))
            query = _MANY.format(seeds=select(seeds), count=count, source=source, country=country)
            to_parquet(connection, query, target / "records.parquet", RECORDS)
            pq.write_table(TOMBSTONES.empty_table(), target / "tombstones.parquet")
            write_json(
                layout.pointer(source), replace(pointer, snapshot="stock", name=country, government=country.upper())
            )
    return warehouse


def opened(folder: Path) -> Warehouse:
    """The warehouse that was stocked below `folder`."""
    environment = {
        "CHM_WAREHOUSE": str(folder / "warehouse"),
        "CHM_REGISTRY": "none",
        "CHM_SOURCES": str(folder / "sources"),
        "CHM_CONTACT": "bench@bench.example",
        "CHM_CONTACT_PAGE": "https://bench.example/harvester",
        "CHM_ALLOW_PRIVATE": "yes",
    }
    return Warehouse(settings=settings.read(environment), clock=SystemClock())


def describe(folder: Path, url: str) -> Warehouse:
    """An empty warehouse below `folder`, whose one source is asked at this address."""
    (folder / "sources").mkdir(parents=True)
    keys = {"name": "Bench", "government": "BE", "protocol": "oai_pmh", "url": url, "pace": 0}
    (folder / "sources" / f"{SEED}.yml").write_text(yaml.safe_dump(keys))
    return opened(folder)


def take(warehouse: Warehouse) -> int:
    """Ask the one source for what is new and load it; returns how many records are live then."""
    for verb in (pipeline.harvest, pipeline.normalize, pipeline.load):
        report = verb(warehouse, SEED)
        if report.outcome != "done":
            raise RuntimeError(f"{verb.__name__}: {report}")
    pointer = reports.pointer(warehouse.layout, SEED)
    return reports.snapshot_counts(warehouse.layout, SEED, pointer.snapshot)[0] if pointer else 0


def _seeded(folder: Path) -> Warehouse:
    pages = folder / "pages"
    pages.mkdir(parents=True)
    render(pages, _SEEDS)
    with serving(pages) as url:
        warehouse = describe(folder, url)
        take(warehouse)
    return warehouse
