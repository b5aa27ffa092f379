"""`/releases`: which there are, and everything that one holds, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from msgspec import Struct

from warehouse.model import Release
from warehouse.portal.asking import Cached, Held, as_json, described
from warehouse.portal.problems import Refusal, problem
from warehouse.portal.shelf import Reading
from warehouse.release import read

router = APIRouter(tags=["releases"])


class ReleaseTold(Struct, frozen=True, kw_only=True):
    """A release that is kept, and how many records it has and remembers as deleted."""

    release: str
    published: datetime
    records: int
    deleted: int


class Releases(Struct, frozen=True, kw_only=True):
    """The releases that are kept, newest first; `current` is the one that is read."""

    current: str
    releases: tuple[ReleaseTold, ...]


@router.get("/releases", response_model=None, responses=described(Releases, "The releases."))
def releases(request: Request, reading: Held) -> Response:
    """The releases that are kept, newest first."""
    layout = request.app.state.shelf.layout
    kept = [found for name in reversed(layout.releases()) if (found := read(layout, name))]
    return as_json(Releases(current=reading.release.release, releases=tuple(map(_told, kept))))


@router.get("/releases/current/records", response_model=None, responses={200: {"content": {"application/jsonl": {}}}})
def everything(reading: Cached) -> Response:
    """Every record of the current release as JSON Lines, as in `records.jsonl`; `CHM-Release` says of which."""
    headers = {"CHM-Release": reading.release.release}
    return StreamingResponse(_lines(reading), headers=headers, media_type="application/jsonl")


def _lines(reading: Reading) -> Iterator[bytes]:
    for identifier, source, line in reading.opened.store.all_lines():
        if not reading.suppressed.word(identifier, source):
            yield line + b"\n"


@router.get("/releases/{release}", response_model=None, responses=described(ReleaseTold, "The release."))
def release(release: str, request: Request) -> Response:
    """One release."""
    layout = request.app.state.shelf.layout
    found = read(layout, release) if release in layout.releases() else None
    if found is None:
        raise Refusal(problem(404, "There is no such release, or no longer; /releases lists them."))
    return as_json(_told(found))


def _told(found: Release) -> ReleaseTold:
    return ReleaseTold(release=found.release, published=found.published, records=found.records, deleted=found.deleted)
