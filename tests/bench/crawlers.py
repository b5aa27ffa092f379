"""One crawl of a whole site, in this process: `python -m tests.bench.crawlers ARM URL` prints a `Crawled` as JSON.

All arms ask one page at a time, throttle by latency from no delay on, obey robots.txt, follow every link of the site
once, and have each page's bytes in the end. What they do beside it differs:

    ours      the protocol as a harvest runs it: a child process with the polite client (guard, lock and budget on disk
              for each request), each page read for what it is and which records stand on it, traps, state for
              resuming, bytes and all through a pipe to `Page`s
    reading   plain Scrapy, which reads each page with the same code as ours does; its pages go to a file of JSON lines
    scrapy    plain Scrapy, whose pages go to a file of JSON lines; nothing is read but the links
"""

from __future__ import annotations

import hashlib
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import scrapy
from msgspec import Struct
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

from harvesters.clock import SystemClock
from harvesters.crawling import reading
from harvesters.http import Contact, Http
from harvesters.model import HarvestTask, State
from harvesters.protocols import crawl
from harvesters.source import Source

_OFTEN = 200  # pages between two looks at the child's memory
_SETTINGS = {
    "CONCURRENT_REQUESTS": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY": 0,
    "DOWNLOAD_DELAY_JITTER": 0,
    "AUTOTHROTTLE_ENABLED": True,
    "AUTOTHROTTLE_START_DELAY": 0,
    "AUTOTHROTTLE_TARGET_CONCURRENCY": 0.5,
    "AUTOTHROTTLE_MAX_DELAY": 60,
    "ROBOTSTXT_OBEY": True,
    "CONCURRENT_ITEMS": 1,
    "WARN_ON_GENERATOR_RETURN_VALUE": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_LEVEL": "ERROR",
}
Pages = Iterable[tuple[str, bytes]]


class Crawled(Struct, frozen=True, kw_only=True):
    """What a crawl cost: CPU (children's too) and wall in seconds, peak memory of parent and child in MB."""

    arm: str
    pages: int
    checksum: str
    cpu: float
    wall: float
    peak: float
    child: float = 0.0


def ours(url: str, _folder: Path) -> Iterator[tuple[str, bytes]]:
    """The protocol."""
    keys = {"id": "xx_bench", "name": "Bench", "origin": "partner", "protocol": "crawl", "url": url, "pace": 0}
    caps = {"daily_requests": 10**6, "max_pages": 10**6, "options": {"hours": None}}
    source = Source.model_validate({**keys, **caps})
    contact = Contact(mail="bench@bench.example", page="http://bench.example/")
    state = State()
    with Http(source, contact=contact, clock=SystemClock(), folder=_folder, allow_private=True) as http:
        for page in crawl.harvest(HarvestTask(source=source), http, state):
            state.news()
            if page.answer.status == 200 and not page.last:
                yield page.answer.url, page.answer.body


def plain(url: str, folder: Path, *, reads: bool = False) -> Iterator[tuple[str, bytes]]:
    """Scrapy as one would write it for such a site."""

    class Site(scrapy.Spider):
        name = "plain"
        start_urls = (url,)

        def parse(self, response: Response, **_: Any) -> Iterator[Any]:
            item = {"url": response.url, "body": response.text}
            if reads:
                seen = reading.read(response.url, response.body, "text/html")
                item["reading"] = msgspec.json.encode(seen).decode()
            yield item
            yield from response.follow_all(css="a")

    file = folder / "pages.jsonl"
    process = AsyncCrawlerProcess({**_SETTINGS, "FEEDS": {str(file): {"format": "jsonlines"}}})
    process.crawl(Site)
    process.start()
    with file.open("rb") as lines:
        for line in lines:
            item = msgspec.json.decode(line)
            yield item["url"], item["body"].encode()


def read_too(url: str, folder: Path) -> Iterator[tuple[str, bytes]]:
    return plain(url, folder, reads=True)


ARMS: dict[str, Callable[[str, Path], Pages]] = {"ours": ours, "reading": read_too, "scrapy": plain}


def here(arm: str, url: str) -> Crawled:
    """Crawl in this process; its imports are not timed, those of a child are."""
    count = total = 0
    child = 0.0
    with tempfile.TemporaryDirectory(prefix="chm-crawl-") as folder:
        cpu, wall = _cpu(), time.perf_counter()
        for address, body in ARMS[arm](url, Path(folder)):
            digest = hashlib.blake2b(address.encode() + body, digest_size=8).digest()
            count, total = count + 1, (total + int.from_bytes(digest)) % 2**64
            if count % _OFTEN == 0:
                child = max([child, *(_peak(each.pid) for each in psutil.Process().children())])
        cpu, wall = _cpu() - cpu, time.perf_counter() - wall
    peak = _peak(psutil.Process().pid)
    return Crawled(arm=arm, pages=count, checksum=f"{total:016x}", cpu=cpu, wall=wall, peak=peak, child=child)


def _cpu() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _peak(pid: int) -> float:
    """The most memory that a process ever held (VmHWM of proc(5), Linux), in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(here(sys.argv[1], sys.argv[2])))
