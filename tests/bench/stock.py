"""A warehouse that holds as many records as one wishes, without harvesting them all.

A few records of the demonstration network's library go the whole street; their snapshot is then multiplied, under new
identifiers, titles and addresses, and spread over several national sources. One document in fifty is in all of them,
under the same address; no others are one. A stock can have a past, too: what its sources' loads changed.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import yaml
from msgspec.structs import replace

from harvesters.clock import SystemClock
from tests.bench.__main__ import serving
from tests.bench.pages import render
from warehouse import pipeline, reports, settings
from warehouse.changes import CHANGES
from warehouse.context import Warehouse
from warehouse.duck import connect, select, to_parquet
from warehouse.files import write_json
from warehouse.layout import Layout
from warehouse.model import Batch, HarvestReport, LoadReport, NormalizeReport
from warehouse.records import ISSUES, RECORDS, TOMBSTONES

SEED = "be_bench"
COUNTRIES = ("be", "br", "ca", "et", "fj", "fr", "in", "ke", "pe", "za")
STOCK = "stock"  # run and snapshot that brought the records
_AGAIN = "stock-again"  # a later run, which changed some of them
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
    [struct_update(link, url := link.url || if(n % 50 = 0, '/all/', '/{source}/') || n) FOR link IN links] AS links,
    '{run}' AS run
)
FROM many JOIN seeds ON seed = n % (SELECT count(*) FROM seeds)
ORDER BY n
"""
_ADDED = """
SELECT identifier, source_identifier, 'add' AS kind, NULL AS fields, NULL AS before, fingerprint AS after,
    NULL AS was, NULL AS became, NULL AS reason, NULL AS counterpart
FROM ({records})
"""
_CHANGED = f"""
SELECT * REPLACE (
    'change' AS kind, ['title'] AS fields, after AS before, '{{{{"title":{{{{"en":"Before"}}}}}}}}' AS was,
    '{{{{"title":{{{{"en":"After"}}}}}}}}' AS became
)
FROM ({_ADDED}) USING SAMPLE 10 PERCENT (bernoulli, 1) ORDER BY identifier
"""
_NOTED = """
SELECT 'date_not_understood' AS code, 'not understood' AS message, 'warning' AS severity, source_identifier AS record,
    'dates' AS field, 's.d.' AS value, run, page
FROM ({records}) USING SAMPLE 5 PERCENT (bernoulli, 1)
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
            target = layout.snapshot(source, STOCK)
            target.mkdir(parents=True)
            count = records // len(countries) + (number < records % len(countries))
            query = _MANY.format(seeds=select(seeds), count=count, source=source, country=country, run=STOCK)
            to_parquet(connection, query, target / "records.parquet", RECORDS)
            pq.write_table(TOMBSTONES.empty_table(), target / "tombstones.parquet")
            _report(layout, Batch(SEED, pointer.run), Batch(source, STOCK))
            write_json(
                layout.pointer(source),
                replace(pointer, snapshot=STOCK, run=STOCK, name=country, government=country.upper()),
            )
    return warehouse


def give_past(warehouse: Warehouse, countries: tuple[str, ...] = COUNTRIES) -> None:
    """Let two loads have brought a stock: one added all, one changed a tenth of it; one record in 20 has an issue."""
    layout = warehouse.layout
    with connect(layout.scratch()) as connection:
        for country in countries:
            source = f"{country}_bench"
            records = select(layout.snapshot(source, STOCK) / "records.parquet")
            _report(layout, Batch(source, STOCK), Batch(source, _AGAIN), timedelta(days=1))
            for run, query in ((STOCK, _ADDED), (_AGAIN, _CHANGED)):
                path = layout.changes(source, run)
                path.parent.mkdir(parents=True, exist_ok=True)
                to_parquet(connection, query.format(records=records), path, CHANGES)
            layout.normalized(source, STOCK).mkdir(parents=True)
            issues = layout.normalized(source, STOCK) / "issues.parquet"
            to_parquet(connection, _NOTED.format(records=records), issues, ISSUES)


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


def _report(layout: Layout, of: Batch, batch: Batch, later: timedelta = timedelta()) -> None:
    """Give a batch the reports of another one."""
    for kind in (HarvestReport, NormalizeReport, LoadReport):
        report = reports.read(layout, of, kind)
        assert report
        moved = replace(report, source=batch.source, run=batch.run, started=report.started + later)
        if isinstance(moved, NormalizeReport):
            moved = replace(moved, runs=(batch.run,))
        reports.write(layout, moved)


def _seeded(folder: Path) -> Warehouse:
    pages = folder / "pages"
    pages.mkdir(parents=True)
    render(pages, _SEEDS)
    with serving(pages) as url:
        warehouse = describe(folder, url)
        take(warehouse)
    return warehouse
