"""The crawl's process: a job on standard input, `crawling.lines` on standard output, complaints on standard error."""

from __future__ import annotations

import logging
import os
import sys
import threading
from pathlib import Path

import msgspec
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from harvesters.clock import SystemClock
from harvesters.crawling.lines import Job
from harvesters.http import Http
from harvesters.source import Source
from harvesters.spiders.site import SiteSpider

# What the polite client does itself is switched off: robots.txt, redirects, retries, cookies, compression, statuses.
_SETTINGS = {
    "DOWNLOAD_HANDLERS": {
        **dict.fromkeys(("data", "file", "ftp", "s3")),
        "http": "harvesters.spiders.polite.PoliteHandler",
        "https": "harvesters.spiders.polite.PoliteHandler",
    },
    "DOWNLOADER_MIDDLEWARES_BASE": {},
    "SPIDER_MIDDLEWARES_BASE": {"scrapy.spidermiddlewares.start.StartSpiderMiddleware": 25},
    "CONCURRENT_REQUESTS": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY_JITTER": 0,
    "AUTOTHROTTLE_ENABLED": True,
    "AUTOTHROTTLE_TARGET_CONCURRENCY": 0.5,  # a server rests for as long as its answer took
    "AUTOTHROTTLE_MAX_DELAY": 60.0,
    "EXTENSIONS_BASE": {"scrapy.extensions.throttle.AutoThrottle": 0},
    "LOG_LEVEL": "ERROR",
    # For every page, Scrapy would start a hundred tasks to take its links from, and read the spider's source code anew.
    "CONCURRENT_ITEMS": 1,
    "WARN_ON_GENERATOR_RETURN_VALUE": False,
}


def main() -> int:
    """Crawl until nothing is left, a limit is met, or whoever started us is gone."""
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    threading.Thread(target=_end_with_our_parent, daemon=True).start()
    source = Source.model_validate(job.source)
    papers = job.papers
    http = Http(
        source,
        contact=papers.contact,
        clock=SystemClock(),
        folder=Path(papers.folder),
        allow_private=papers.allow_private,
        visit=papers.visit,
    )
    logging.captureWarnings(True)
    pace = {"DOWNLOAD_DELAY": 0.0, "AUTOTHROTTLE_START_DELAY": source.pace, "DOWNLOAD_TIMEOUT": 0}
    process = AsyncCrawlerProcess(Settings({**_SETTINGS, **pace}))
    process.crawl(SiteSpider, job=job, source=source, http=http)
    process.start()
    return 0


def _end_with_our_parent() -> None:
    """A pipe whose writer is gone reads as ended, however it went; nothing of ours is worth finishing then."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
