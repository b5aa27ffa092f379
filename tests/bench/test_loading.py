"""What is measured is the work that the tables name, and their counts are checked."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.table import Table

from tests.bench import loading, stock
from tests.bench.loading import QUERIES, again, changes, publication, queries, table
from tests.bench.results import keep
from tests.bench.work import Cost, in_own_process


@pytest.fixture(autouse=True)
def few_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock, "_SEEDS", 100)


def test_a_source_is_asked_again_with_nothing_and_with_some_records_changed(tmp_path: Path) -> None:
    costs = again(300, tmp_path)
    assert list(costs) == ["first load", "nothing changed", "1 % changed"]
    assert all(cost.cpu > 0 and cost.peak > 20 for cost in costs.values())


def test_changes_are_loaded_into_a_stock_and_the_stock_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "CHANGES", 10)
    assert changes(500, tmp_path / "changes").records == 10
    assert {work: cost.records for work, cost in publication(100, tmp_path / "publish").items()} == {
        "copy": 100,
        "tables": 100,
        "publish": 100,
    }


def test_examples_are_put_to_a_release_whose_records_have_changed_and_have_twins(tmp_path: Path) -> None:
    about = {"changes_by_month": 2, "documents_of_several_sources": 1, "issues_by_source": 10}
    costs = queries(500, tmp_path, list(about))
    assert {example: cost.records for example, cost in costs.items()} == about
    assert about.keys() < set(QUERIES)


def test_a_piece_of_work_that_fails_says_so_in_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="load failed"):
        in_own_process("load", tmp_path)


def test_a_result_is_kept_as_text_and_as_a_plot(tmp_path: Path) -> None:
    cost = Cost(records=1, cpu=2.0, wall=3.0, peak=40.0)
    shown = table("Some", {"one": cost, "other": Cost(records=1, cpu=6.0, wall=3.0, peak=60.0)})
    assert isinstance(shown, Table)
    keep("some", shown, {"one": 2.0, "other": 6.0}, "CPU seconds", tmp_path / "results")
    text = (tmp_path / "results" / "some.txt").read_text("utf-8")
    assert "3.00" in text
    assert "1.50" in text
    assert (tmp_path / "results" / "some.png").read_bytes().startswith(b"\x89PNG")
