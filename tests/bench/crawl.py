"""A crawl of local pages beside plain Scrapy: `python -m tests.bench.crawl --pages 1000 5000` keeps a table and a plot.

The last number of pages is crawled by every arm of `crawlers` in each round, the others by ours alone, for its memory.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from statistics import median

import msgspec
from rich.console import Console
from rich.table import Table

from tests.bench.crawlers import ARMS, Crawled
from tests.bench.results import keep
from tests.bench.website import serving

OURS, BASE = "ours", "scrapy"


def measure(pages: int, arms: Sequence[str], rounds: int) -> list[Crawled]:
    """So many rounds of the arms, in turns, over one site.

    Raises:
        RuntimeError: an arm failed, or did not bring every page as it is.
    """
    with serving(pages) as url:
        crawls = [_in_own_process(arm, url) for _ in range(rounds) for arm in arms]
    if {crawled.pages for crawled in crawls} != {pages} or len({crawled.checksum for crawled in crawls}) > 1:
        raise RuntimeError(f"{pages} pages were served; the arms brought {crawls}.")
    return crawls


def speed(crawls: Sequence[Crawled], arm: str) -> float:
    """Pages per second of an arm, the median of its rounds."""
    return median(crawled.pages / crawled.wall for crawled in crawls if crawled.arm == arm)


def table(crawls: Sequence[Crawled], smaller: Sequence[Crawled] = ()) -> Table:
    """A line an arm, with its ratio to plain Scrapy; and a line for each smaller site, for the memory."""
    shown = Table(title=f"A crawl of {crawls[0].pages:,} pages: medians")
    for heading in ("arm", "pages", "pages per second", f"against {BASE}", "CPU ms a page", "peak MB", "child's"):
        shown.add_column(heading, justify="left" if heading == "arm" else "right")
    for arm in dict.fromkeys(crawled.arm for crawled in crawls):
        own = [crawled for crawled in crawls if crawled.arm == arm]
        ratio = f"{speed(crawls, arm) / speed(crawls, BASE):.2f}" if BASE in {each.arm for each in crawls} else "-"
        shown.add_row(*_cells(own, ratio))
    for crawled in smaller:
        shown.add_row(*_cells([crawled], "-"))
    return shown


def _cells(own: Sequence[Crawled], ratio: str) -> list[str]:
    first = own[0]
    cpu = median(crawled.cpu / crawled.pages for crawled in own)
    peak, child = (max(getattr(crawled, name) for crawled in own) for name in ("peak", "child"))
    return [
        first.arm, f"{first.pages:,}", f"{speed(own, first.arm):.0f}", ratio, f"{1000 * cpu:.1f}", f"{peak:.0f}",
        f"{child:.0f}" if child else "-",
    ]  # fmt: skip


def _in_own_process(arm: str, url: str) -> Crawled:
    command = [sys.executable, "-m", "tests.bench.crawlers", arm, url]
    answer = subprocess.run(command, capture_output=True, check=False)
    if answer.returncode:
        raise RuntimeError(f"The arm {arm} failed:\n{answer.stderr.decode(errors='replace')}")
    return msgspec.json.decode(answer.stdout, type=Crawled)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.crawl", description=__doc__)
    parser.add_argument(
        "--pages", type=int, nargs="+", default=[1_000, 5_000], help="of the sites (default: %(default)s)"
    )
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS), help="which (default: all)")
    parser.add_argument("--rounds", type=int, default=3, help="of the last number of pages (default: %(default)s)")
    wishes = parser.parse_args()
    *fewer, most = wishes.pages
    smaller = [crawled for pages in fewer for crawled in measure(pages, [OURS], 1)]
    crawls = measure(most, wishes.arms, wishes.rounds)
    keep("crawl", table(crawls, smaller), {arm: speed(crawls, arm) for arm in wishes.arms}, "pages per second")
    Console().print(f"Load average {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
