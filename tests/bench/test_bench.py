"""The bench is only worth its table if it compares the same work."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.console import Console

from tests.bench.__main__ import ARMS, disagreement, loads, measure, serving, table
from tests.bench.measure import Run, add_up
from tests.bench.pages import render

RUN = Run(arm="ours", records=300, checksum="0" * 16, cpu=0.5, wall=1.0, peak=50.0, load=0.5)


def test_every_arm_sees_the_same_records_over_real_sockets_and_each_is_shown_with_its_ratio(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    render(pages, 250)
    with serving(pages) as url:
        runs = measure(ARMS, url, tmp_path, rounds=1)
    assert disagreement(runs, 250) == ""
    assert {run.arm for run in runs} == set(ARMS) >= {"ours", "sickle"}
    console = Console(width=150, file=StringIO())
    with console.capture() as capture:
        console.print(table(runs, base="sickle"))
    shown = capture.get()
    assert "250 records, 1 rounds" in shown
    assert all(arm in shown for arm in ARMS)


@pytest.mark.parametrize("other", [{"records": 299}, {"checksum": "1" * 16}])
def test_no_ratio_is_given_where_arms_saw_different_records(other: dict[str, int | str]) -> None:
    assert disagreement([RUN, RUN], 300) == ""
    assert "sickle has" in disagreement([RUN, replace(RUN, arm="sickle", **other)], 300)
    assert disagreement([RUN, RUN], 301)


def test_a_failing_arm_stops_the_bench_with_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="sickle failed"):
        measure(["sickle"], "http://127.0.0.1:9/oai", tmp_path, rounds=1)


def test_the_checksum_is_of_identifiers_and_titles_in_any_order() -> None:
    some = [("a", "x"), ("b", "y")]
    assert add_up(some) == add_up(reversed(some))
    assert add_up(some) != add_up([("a", "y"), ("b", "x")])


def test_a_busy_machine_is_said_to_be_busy() -> None:
    assert "calm" in loads([RUN])
    assert "busy" in loads([RUN, replace(RUN, load=1000.0)])
