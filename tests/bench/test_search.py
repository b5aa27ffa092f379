"""The bench is only worth its tables if all arms find the same, and if what it asks over HTTP is answered."""

from __future__ import annotations

from io import StringIO
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from rich.console import Console

from tests.bench.documents import PLANTED, documents
from tests.bench.peers import Answer, Duck, Fts5, Ours
from tests.bench.search import build, compare, load, peers_table, publish, questions, serving, traffic_table
from warehouse.portal.searching import Searcher
from warehouse.portal.select import select

RECORDS = 400


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "index"
    assert build(folder, RECORDS) > 0
    return folder


def test_every_arm_finds_the_same(index: Path, tmp_path: Path) -> None:
    peers = {"DuckDB": Duck(documents(RECORDS)), "FTS5": Fts5(tmp_path / "fts5.sqlite", documents(RECORDS))}
    found = compare({"ours": Ours(index), **peers}, 2)
    assert set(found) == set(PLANTED)
    console = Console(width=150, file=StringIO())
    with console.capture() as capture:
        console.print(peers_table(RECORDS, found))
    assert "FTS5" in capture.get()


def test_no_table_is_given_where_an_arm_finds_something_else(index: Path) -> None:
    class Other:
        def search(self, word: str) -> Answer:
            del word
            return Answer(0, (), ())

    with pytest.raises(RuntimeError, match="differ"):
        compare({"ours": Ours(index), "other": Other()}, 1)


def test_whatever_the_traffic_asks_is_supported_and_finds_something(index: Path) -> None:
    searcher = Searcher(index, ("chm-national",))
    answers = [select(searcher, parse_qs(urlsplit(target).query)) for target in islice(questions(1), 50)]
    assert all(answer["nonSupportedParams"] == [] for answer in answers)
    assert all(len(answer["facet_counts"]["facet_fields"]) == 5 for answer in answers)
    assert sum(answer["response"]["numFound"] > 0 for answer in answers) > 25


def test_it_is_answered_over_http_while_releases_take_turns(index: Path, tmp_path: Path) -> None:
    layout = publish(tmp_path / "published", index)
    with serving(layout) as (port, process):
        runs = load(layout, port, seconds=1.5, every=0.5)
        assert Path(f"/proc/{process}").exists()
    assert [run.errors for run in runs] == [0, 0, 0]
    assert all(run.latencies for run in runs)
    console = Console(width=150, file=StringIO())
    with console.capture() as capture:
        console.print(traffic_table(RECORDS, runs, 100))
    assert "at 70 a second" in capture.get()
