"""Scrapy's downloads through the one polite client: same guard, identity, pace, budget, robots.txt and caps."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Request, Response

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from harvesters.http import Http


class PoliteHandler(BaseDownloadHandler):
    """Asks in a thread of its own, one address at a time, as the client demands; the answer lies in `request.meta`."""

    lazy = True  # made when the spider, which brings the client, is there

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._http: Http = crawler.spider.http  # type: ignore[union-attr]  # ours, and it is there: `lazy`
        self._thread = ThreadPoolExecutor(1)

    async def download_request(self, request: Request) -> Response:
        """An empty response at the address from which the answer came. Raises HarvestError as `Http.get` does."""
        before = self._http.visit.seconds
        ask = asyncio.get_running_loop().run_in_executor
        wish = partial(self._http.get, request.url, validators=request.meta["validators"], only=request.meta["only"])
        answer = await ask(self._thread, wish)
        request.meta["answer"] = answer
        # What AutoThrottle goes by: how long the server took, without our waiting for its turn and pace.
        request.meta["download_latency"] = self._http.visit.seconds - before
        return Response(request.url, status=answer.status)

    async def close(self) -> None:
        """End the thread, and the connections."""
        self._thread.shutdown()
        self._http.close()
