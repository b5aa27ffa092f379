"""The bench of the crawl compares crawls of the same pages."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from tests.bench import crawl
from tests.bench.crawl import measure, table
from tests.bench.crawlers import ARMS, Crawled
from tests.bench.website import rendered


def test_every_arm_brings_every_page_of_the_site_as_it_is() -> None:
    crawls = measure(60, list(ARMS), 1)
    assert [crawled.arm for crawled in crawls] == list(ARMS) == ["ours", "reading", "scrapy"]
    assert all(crawled.cpu > 0 and crawled.peak > 20 for crawled in crawls)


def test_no_table_is_given_where_an_arm_missed_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    crawled = Crawled(arm="ours", pages=59, checksum="0", cpu=1.0, wall=1.0, peak=50.0)
    monkeypatch.setattr(crawl, "_in_own_process", lambda *_: crawled)
    with pytest.raises(RuntimeError, match="60 pages were served"):
        measure(60, ["ours"], 1)


def test_a_failing_arm_ends_it_with_its_own_words() -> None:
    with pytest.raises(RuntimeError, match="nothing listens"):
        crawl._in_own_process("ours", "http://127.0.0.1:9/")


@pytest.mark.parametrize("count", [60, 500])
def test_a_site_has_as_many_pages_as_one_wishes(count: int) -> None:
    assert len(rendered(count)) == count


def test_the_table_sets_each_arm_against_plain_scrapy() -> None:
    one = Crawled(arm="scrapy", pages=5_000, checksum="0", cpu=20.0, wall=20.0, peak=100.0)
    other = Crawled(arm="ours", pages=5_000, checksum="0", cpu=25.0, wall=25.0, peak=90.0, child=95.0)
    few = Crawled(arm="ours", pages=1_000, checksum="1", cpu=5.0, wall=5.0, peak=88.0, child=94.0)
    console = Console(width=150, file=StringIO())
    with console.capture() as capture:
        console.print(table([other, one], [few]))
    assert "0.80" in capture.get()
    assert "1,000" in capture.get()
