"""What the bench of normalising compares is the same work on the same records, none of which is like another."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tests.bench.normalize import ARMS, Cost, gather, here, in_own_process, speeds, steps
from warehouse import raw

OURS = Cost(arm="ours", records=1_000, checksum="0" * 16, cpu=0.125, peak=80, steps={"links": 30, "dates": 10})


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gather(250, tmp_path_factory.mktemp("bench"))


def test_both_arms_see_the_same_records_in_processes_of_their_own(pages: Path) -> None:
    costs = [in_own_process(arm, pages) for arm in ARMS]
    assert {cost.records for cost in costs} == {250}
    assert costs[0].checksum == costs[1].checksum
    assert all(0 < cost.cpu < 30 and cost.peak > 20 for cost in costs)


def test_no_two_records_share_a_title_so_that_no_memo_answers_for_the_work(pages: Path) -> None:
    live = [record for _, page in raw.read(pages) for record in page.records if not record.deleted]
    titles = {record.body.partition(b"<dc:title")[2].partition(b"</dc:title>")[0] for record in live}
    assert len(titles) == len(live) > 200


def test_samples_fall_into_the_steps_of_normalising(pages: Path) -> None:
    sampled = in_own_process("ours", pages, sampled=True).steps
    assert sum(sampled.values()) > 5
    assert "oai_dc.extract" in sampled
    assert here("copying", pages).steps == {}


def test_a_failing_arm_stops_the_bench_with_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"The arm ours failed:[\s\S]*pages\.zst"):
        in_own_process("ours", tmp_path)


def test_the_tables_give_speed_memory_and_the_share_of_each_step() -> None:
    console = Console(width=100, file=StringIO())
    with console.capture() as capture:
        console.print(speeds([OURS]), steps(OURS))
    told = capture.get()
    for figure in ("8,000", "125.0", "80", "75.0%", "93.8", "sampled 40 times"):
        assert figure in told
