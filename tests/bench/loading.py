"""What it costs to come again, load, publish and ask: `python -m tests.bench.loading` keeps four tables and plots."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import requests
from msgspec.structs import replace
from rich.table import Table

from tests.bench.__main__ import serving
from tests.bench.pages import render
from tests.bench.results import keep
from tests.bench.stock import SEED, describe, give_past, stocked
from tests.bench.work import RUN, Cost, in_own_process
from warehouse import reports
from warehouse.context import Warehouse
from warehouse.duck import connect, select, to_parquet
from warehouse.examples.plots import EXAMPLES
from warehouse.model import Batch, HarvestReport, NormalizeReport
from warehouse.records import ISSUES, RECORDS, TOMBSTONES, with_sequence

CHANGES = 1_000
QUERIES = sorted(path.stem for path in EXAMPLES.glob("*.sql"))
_PREFIX = "Changed"


def again(records: int, folder: Path) -> dict[str, Cost]:
    """The first load of a source, the next one where nothing is new, and one where 1 % of the records has changed."""
    pages = folder / "pages"
    pages.mkdir(parents=True)
    render(pages, records)
    render(pages, records // 100, _PREFIX)
    with serving(pages) as url:
        describe(folder, url)
        costs = {"first load": in_own_process("take", folder), "nothing changed": in_own_process("take", folder)}
        requests.post(url, data=_PREFIX, timeout=10).raise_for_status()
        costs["1 % changed"] = in_own_process("take", folder)
    if len({cost.records for cost in costs.values()}) > 1:
        raise RuntimeError(f"The loads left different numbers of records: {costs}")
    return costs


def changes(records: int, folder: Path) -> Cost:
    """Plan and load of `CHANGES` changes into a source of so many records."""
    _lay_ready(stocked(folder, records, countries=("be",)))
    cost = in_own_process("load", folder)
    if cost.records != CHANGES:
        raise RuntimeError(f"{cost.records} records were changed, not {CHANGES}.")
    return cost


def publication(records: int, folder: Path) -> dict[str, Cost]:
    """A release of so many records, and its tables alone, beside DuckDB's own copy of them into one Parquet file."""
    layout, costs = stocked(folder, records).layout, {}
    for work in ("copy", "tables", "publish"):
        costs[work] = in_own_process(work, folder)
        shutil.rmtree(layout.releases_folder(), ignore_errors=True)  # the next is the first release, too
    if any(cost.records != records for cost in costs.values()):
        raise RuntimeError(f"{records} records were there: {costs}")
    return costs


def queries(records: int, folder: Path, examples: Sequence[str] = QUERIES) -> dict[str, Cost]:
    """Example queries, each in a process of its own, on the tables of so many records with a past and duplicates."""
    give_past(stocked(folder, records))
    if in_own_process("tables", folder).records != records:
        raise RuntimeError(f"{records} records were to be published.")
    return {example: in_own_process("ask", folder, example) for example in examples}


def table(title: str, costs: Mapping[str, Cost]) -> Table:
    """A line a piece of work; ratios of CPU and memory are to the first one's."""
    shown = Table(title=title)
    for heading in ("work", "CPU s", "ratio", "wall s", "peak MB", "ratio"):
        shown.add_column(heading, justify="left" if heading == "work" else "right")
    first = next(iter(costs.values()))
    for work, cost in costs.items():
        ratios = [f"{cost.cpu / first.cpu:.2f}", f"{cost.peak / first.peak:.2f}"]
        shown.add_row(work, f"{cost.cpu:.2f}", ratios[0], f"{cost.wall:.2f}", f"{cost.peak:.0f}", ratios[1])
    return shown


def _lay_ready(warehouse: Warehouse) -> None:
    """Put a normalised batch of other titles beside the stock, as if it had just come."""
    layout, pointer = warehouse.layout, reports.pointer(warehouse.layout, SEED)
    assert pointer
    snapshot = layout.snapshot(SEED, pointer.snapshot) / "records.parquet"
    target = layout.normalized(SEED, RUN)
    target.mkdir(parents=True)
    query = f"""
        SELECT * REPLACE (map{{'en': 'Changed'}} AS title, 'changed' AS fingerprint), row_number() OVER () AS sequence
        FROM ({select(snapshot)}) USING SAMPLE reservoir({CHANGES} ROWS) REPEATABLE (1)
    """
    with connect(layout.scratch()) as connection:
        to_parquet(connection, query, target / "records.parquet", with_sequence(RECORDS))
    pq.write_table(with_sequence(TOMBSTONES).empty_table(), target / "tombstones.parquet")
    pq.write_table(ISSUES.empty_table(), target / "issues.parquet")
    seeded, now = Batch(SEED, pointer.run), warehouse.clock.now()
    harvested, normalized = reports.read(layout, seeded, HarvestReport), reports.read(layout, seeded, NormalizeReport)
    assert harvested
    assert normalized
    reports.write(layout, replace(harvested, run=RUN, started=now, full=False))
    reports.write(layout, replace(normalized, run=RUN, started=now))
    reports.begin_run(layout, Batch(SEED, RUN))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.loading", description=__doc__)
    parser.add_argument("--records", type=int, default=20_000, help="to harvest (default: %(default)s)")
    parser.add_argument(
        "--stock", type=int, nargs="+", default=[10_000, 100_000], help="to load into (default: %(default)s)"
    )
    parser.add_argument("--publish", type=int, default=100_000, help="to publish (default: %(default)s)")
    parser.add_argument("--queries", type=int, default=100_000, help="to ask for (default: %(default)s)")
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chm-loading-") as name:
        root = Path(name)
        tables = {
            "again": (f"A source of {wishes.records:,} records", again(wishes.records, root / "again")),
            "changes": (
                f"Plan and load of {CHANGES:,} changes",
                {f"into {count:,} records": changes(count, root / f"changes-{count}") for count in wishes.stock},
            ),
            "publish": (f"{wishes.publish:,} records", publication(wishes.publish, root / "publish")),
            "queries": (f"Examples on {wishes.queries:,} records", queries(wishes.queries, root / "queries")),
        }
    for kind, (title, costs) in tables.items():
        keep(kind, table(title, costs), {work: cost.cpu for work, cost in costs.items()}, "CPU seconds")


if __name__ == "__main__":
    main()
