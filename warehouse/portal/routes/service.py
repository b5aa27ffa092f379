"""`/health` and `/metrics`: for those who watch over the service."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from fastapi import APIRouter, Request, Response
from msgspec import Struct
from prometheus_client import CONTENT_TYPE_LATEST

from harvesters.errors import HarvestError
from warehouse.portal.asking import Held, as_json, described

router = APIRouter(tags=["service"])


class Health(Struct, frozen=True, kw_only=True):
    """That there is a release to read, and which; `fault` says why a newer one cannot be opened."""

    release: str
    published: datetime
    records: int
    fault: str | None = None


@router.get("/health", response_model=None, responses=described(Health, "There is a release to read."))
def health(request: Request, reading: Held) -> Response:
    """Whether there is a release to read; 503 where there is none."""
    release = reading.release
    broken = "A newer release cannot be opened; the log says why." if request.app.state.shelf.fault else None
    return as_json(Health(release=release.release, published=release.published, records=release.records, fault=broken))


@router.get("/metrics", response_model=None, responses={200: {"content": {"text/plain": {}}}})
def metrics(request: Request) -> Response:
    """Figures in Prometheus' text format; where there is no release to read, those of the requests alone."""
    figures, shelf = request.app.state.metrics, request.app.state.shelf
    with suppress(HarvestError, OSError), shelf.reading() as reading:
        figures.release(reading.release.records, reading.release.published.timestamp())
    figures.fault(shelf.fault is not None)
    return Response(figures.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})
