"""What a search costs: `python -m tests.bench.search --records 50000 --http` keeps two tables and plots.

In process: the same searches, each with five facets, in our index, in DuckDB and in SQLite's FTS5, by how many
documents a word finds. Over HTTP: `chm serve`, asked by sixteen connections what the portals ask, first as fast as it
answers, then at half of that and at 70 a second, while three releases take turns every 20 seconds. They hold the same
documents; each is opened anew.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from msgspec.structs import replace
from rich.console import Console
from rich.table import Table

from tests.bench import stock
from tests.bench.documents import PLANTED, documents, planted
from tests.bench.peers import FACETS, Arm, Duck, Fts5, Ours
from tests.bench.results import keep
from tests.bench.traffic import Traffic, send, while_switching
from tests.bench.work import PEAK
from tests.portal.corpus import COUNTRIES, SUBJECTS
from warehouse import pipeline
from warehouse.files import read_json, write_json
from warehouse.layout import Layout
from warehouse.model import CurrentRelease, Release
from warehouse.portal.indexing import Builder

SWITCH_EVERY = 20.0  # seconds
_RELEASES = ("20260301T060000Z", "20260302T060000Z", "20260303T060000Z")
_BOOSTS = (
    *(("uniqueIdentifier_t", 60), ("government_EN_t", 50), ("countryRegions_EN_txt", 40), ("title_EN_t", 30)),
    *(("summary_EN_t", 20), ("schema_EN_t", 10), ("text_EN_txt", 1)),
)
_SHOWN = "id,title_*,hostGovernments*,description_t,url_ss,schema_EN_t,date_dt,government_EN_t,schema_s,aichiTarget_ss"


def build(folder: Path, records: int) -> float:
    """The search index of so many documents; returns the seconds that it took, the documents' making left out."""
    folder.mkdir()
    builder, spent = Builder(folder), 0.0
    for document in documents(records):
        began = time.perf_counter()
        builder.add(document)
        spent += time.perf_counter() - began
    began = time.perf_counter()
    builder.close()
    return spent + time.perf_counter() - began


def compare(arms: Mapping[str, Arm], words: int) -> dict[str, dict[str, float]]:
    """Median milliseconds of each arm by kind of word; each word is asked once, after one that is not counted.

    Raises:
        RuntimeError: two arms found different things.
    """
    found: dict[str, dict[str, float]] = {}
    for kind in PLANTED:
        spent: dict[str, list[float]] = {name: [] for name in arms}
        for word in planted(kind)[: words + 1]:
            answers = []
            for name, arm in arms.items():
                began = time.perf_counter()
                answers.append(arm.search(word))
                spent[name].append((time.perf_counter() - began) * 1000)
            if any(answer != answers[0] for answer in answers):
                raise RuntimeError(f"{word}: the arms differ: {[answer.count for answer in answers]} documents.")
        found[kind] = {name: median(times[1:]) for name, times in spent.items()}
    return found


def questions(seed: int) -> Iterator[str]:
    """What the portals ask, with five facets, for ever: browsing, words with their boosts, and phrases."""
    draw = random.Random(seed)
    words = [word for kind in ("broad", "medium", "medium", "narrow") for word in planted(kind)]
    while True:
        word, other = draw.sample(words, 2)
        boosted = " OR ".join(f"{field}:({word})^{boost}" for field, boost in _BOOSTS)
        q, sort = draw.choice(
            [
                ("*:*", "updatedDate_dt desc"),
                (f"text_EN_txt:({word} OR {other})", "updatedDate_dt desc"),
                (f"({boosted})", "score desc"),
                (f"({boosted}) AND text_EN_txt:{other}", "score desc"),
                (f'text_EN_txt:"{word} {other}"', "createdDate_dt desc"),
                ("NOT version_s:* AND realm_ss:chm AND schema_s:*", "createdDate_dt desc"),
            ]
        )
        chosen = [
            f"{{!tag=government}}hostGovernments_ss:({' '.join(draw.sample(COUNTRIES, 2))})",
            f"{{!tag=keywords}}all_terms_ss:({draw.choice(SUBJECTS)})",
        ]
        params = {
            "q": q,
            "fq": [
                "_state_s:public",
                "realm_ss:chm",
                "{!tag=version}(*:* NOT version_s:*)",
                *chosen[: draw.randrange(3)],
            ],
            "sort": sort,
            "start": draw.choice((0, 0, 0, 25, 50)),
            "rows": 25,
            "fl": _SHOWN,
            "facet": "true",
            "facet.field": ["{!ex=government}hostGovernments_ss", *(name for name in FACETS if name[0] != "h")],
            "facet.mincount": 1,
            "facet.limit": 512,
        }
        yield f"/api/v2013/index/select?{urlencode(params, doseq=True)}"


def publish(folder: Path, index: Path) -> Layout:
    """Three releases that have this search index, the first of them current."""
    warehouse = stock.stocked(folder, 100, countries=("be",))
    report = pipeline.publish(warehouse)
    layout = warehouse.layout
    manifest = read_json(layout.release(report.release or "") / "manifest.json", Release)
    if manifest is None:
        raise RuntimeError(str(report))
    source = layout.release(manifest.release)
    for release in _RELEASES:
        target = layout.release(release)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("search"))
        (target / "search").symlink_to(index)
        write_json(target / "manifest.json", replace(manifest, release=release))
    write_json(layout.current_release(), CurrentRelease(release=_RELEASES[0]))
    return layout


@contextmanager
def serving(layout: Layout) -> Iterator[tuple[int, int]]:
    """`chm serve` over a warehouse: its port and its process's id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "CHM_WAREHOUSE": str(layout.root),
        "CHM_REGISTRY": "none",
        "CHM_SERVE": f"127.0.0.1:{port}",
        "CHM_SERVE_RATE": "0",
    }
    command = [sys.executable, "-c", "from warehouse.cli import main; main()", "serve"]
    with subprocess.Popen(command, env={**os.environ, **settings}, stderr=subprocess.DEVNULL) as server:
        try:
            _wait(port)
            yield port, server.pid
        finally:
            server.terminate()


def load(layout: Layout, port: int, seconds: float, every: float = SWITCH_EVERY) -> list[Traffic]:
    """How `chm serve` fares as fast as it can, at half of that, and at 70 a second."""
    turns = cycle(_RELEASES[1:] + _RELEASES[:1])

    def switch() -> None:
        write_json(layout.current_release(), CurrentRelease(release=next(turns)))

    def run(what: str, rate: float | None, seed: int) -> Traffic:
        return asyncio.run(while_switching(switch, every, send(port, questions(seed), seconds, rate, what)))

    asyncio.run(send(port, questions(0), seconds / 10, None, "warming"))
    whole = run("as fast as it can", None, 1)
    return [whole, run("at half of that", whole.rate / 2, 2), run("at 70 a second", 70, 3)]


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("chm serve did not start within a minute.")


def peers_table(records: int, found: Mapping[str, Mapping[str, float]]) -> Table:
    """A line a kind of word; `against` is how often ours fits into the better peer."""
    arms = list(next(iter(found.values())))
    shown = Table(title=f"{records:,} documents: a search with five facets, median ms")
    for heading in ("word", "documents", *arms, "against the better peer"):
        shown.add_column(heading, justify="left" if heading == "word" else "right")
    for kind, times in found.items():
        best = min(spent for arm, spent in times.items() if arm != "ours")
        line = [f"{times[arm]:.1f}" for arm in arms]
        shown.add_row(kind, f"{PLANTED[kind] * records:,.0f}", *line, f"{best / times['ours']:.1f} x")
    return shown


def traffic_table(records: int, runs: Sequence[Traffic], peak: float) -> Table:
    """A line a run."""
    shown = Table(title=f"{records:,} documents over HTTP, 16 connections, another release every 20 s; {peak:.0f} MB")
    for heading in ("requests", "answers a second", "p50 ms", "p95 ms", "p99 ms", "errors"):
        shown.add_column(heading, justify="left" if heading == "requests" else "right")
    for run in runs:
        line = [f"{run.percentile(percent):.1f}" for percent in (50, 95, 99)]
        shown.add_row(run.what, f"{run.rate:.0f}", *line, str(run.errors))
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.search", description=__doc__)
    parser.add_argument("--records", type=int, default=20_000, help="documents (default: %(default)s)")
    parser.add_argument("--words", type=int, default=8, help="searches of each kind (default: %(default)s)")
    parser.add_argument("--http", action="store_true", help="over HTTP too")
    parser.add_argument("--seconds", type=float, default=45, help="of each run over HTTP (default: %(default)s)")
    wishes = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="chm-search-") as name:
        root = Path(name)
        index = root / "index"
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
            building = other.submit(build, index, wishes.records)
            peers: dict[str, Arm] = {"DuckDB": Duck(documents(wishes.records))}
            peers["FTS5"] = Fts5(root / "fts5.sqlite", documents(wishes.records))
            spent = building.result()
        size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
        console.print(f"Indexed {wishes.records:,} documents in {spent:.0f} s; {size / 1e6:,.0f} MB.")
        found = compare({"ours": Ours(index), **peers}, wishes.words)
        ratios = {
            kind: min(t for arm, t in times.items() if arm != "ours") / times["ours"] for kind, times in found.items()
        }
        keep("search", peers_table(wishes.records, found), ratios, "times as fast as the better peer")
        del peers
        if wishes.http:
            layout = publish(root / "published", index)
            with serving(layout) as (port, process):
                runs = load(layout, port, wishes.seconds)
                peak = PEAK.search(Path(f"/proc/{process}/status").read_text())
            answered = {run.what: run.percentile(99) for run in runs}
            keep("traffic", traffic_table(wishes.records, runs, int(peak[1]) / 1024 if peak else 0), answered, "p99 ms")
    console.print(f"Load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")


if __name__ == "__main__":
    main()
