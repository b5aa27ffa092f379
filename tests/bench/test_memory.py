"""A harvest's memory does not depend on how much there is to harvest."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tests.bench.memory import Cost, measure, table


def test_ten_times_the_records_need_hardly_more_memory_to_harvest(tmp_path: Path) -> None:
    peaks = []
    for records in (1_000, 10_000):
        folder = tmp_path / str(records)
        folder.mkdir()
        (cost,) = measure(records, folder, verbs=["harvest"])
        assert cost.records == records
        peaks.append(cost.peak)
    assert 20 < peaks[0] < peaks[1] * 1.1
    assert peaks[1] < peaks[0] * 1.2


def test_a_failing_verb_ends_it_with_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="chm normalize failed"):
        measure(10, tmp_path, verbs=["normalize"])


def test_the_table_sets_the_last_number_of_records_against_the_first() -> None:
    console = Console(width=100, file=StringIO())
    with console.capture() as capture:
        console.print(table([Cost(3_000, "load", 100), Cost(30_000, "load", 143)]))
    assert "3,000 records" in capture.get()
    assert "1.43" in capture.get()
