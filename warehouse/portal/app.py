"""The read API as an ASGI app: it reads releases and the list of what is withdrawn, nothing else of the warehouse."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send

from harvesters.clock import Clock
from warehouse.files import Damaged
from warehouse.layout import Layout
from warehouse.portal import problems, routes
from warehouse.portal.metrics import Metrics
from warehouse.portal.openapi import document
from warehouse.portal.porter import Porter
from warehouse.portal.serving import Serving
from warehouse.portal.shelf import Shelf

_LOOK_EVERY = 1.0  # seconds
_WORTH_PACKING = 1_000  # bytes


def app(folder: Path, serving: Serving, clock: Clock) -> FastAPI:
    """The read API over the warehouse in a folder. Run its lifespan (uvicorn does), or nothing new is noticed."""
    shelf, metrics = Shelf(Layout(folder), serving.realms_of_chm), Metrics()
    with suppress(OSError, Damaged):  # `/health` says so
        shelf.look()
    made = FastAPI(
        title="CHM aggregator",
        description="National biodiversity clearing-houses, gathered: search, records, releases.",
        docs_url=None,
        redoc_url=None,
        lifespan=partial(_watching, shelf=shelf),
        middleware=[
            Middleware(Porter, serving=serving, metrics=metrics),
            Middleware(CORSMiddleware, allow_origins=serving.cors, allow_methods=["GET", "POST"], expose_headers=["*"]),
            Middleware(_Packing, minimum_size=_WORTH_PACKING, compresslevel=1),
        ],
    )
    made.state.shelf, made.state.metrics, made.state.serving, made.state.clock = shelf, metrics, serving, clock
    problems.install(made)
    for name in routes.names():
        made.include_router(routes.load(name))
    made.openapi = partial(document, made)  # type: ignore[method-assign]  # FastAPI's documented way to extend it
    return made


class _Packing(GZipMiddleware):
    """Packs answers, but for files of releases: most are packed, and parts of them may be asked for."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_file = scope["type"] == "http" and scope["path"].startswith("/releases/") and "." in scope["path"]
        await (self.app if is_file else super().__call__)(scope, receive, send)


@asynccontextmanager
async def _watching(_: FastAPI, shelf: Shelf) -> AsyncIterator[None]:
    """Look for a new release while the app runs."""
    watch = asyncio.create_task(_watch(shelf))
    try:
        yield
    finally:
        watch.cancel()
        shelf.close()


async def _watch(shelf: Shelf) -> None:
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        with suppress(OSError, Damaged):  # there is nothing to read yet; `/health` says so
            await asyncio.to_thread(shelf.look)
