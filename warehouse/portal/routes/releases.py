"""`/releases`: which there are, what each changed, all that one holds, and its files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from msgspec import Struct

from warehouse.layout import Layout
from warehouse.model import Release
from warehouse.past import deltas
from warehouse.past.deltas import Line
from warehouse.past.predecessors import manifest
from warehouse.portal import files
from warehouse.portal.asking import Cached, Held, as_json, described
from warehouse.portal.problems import Refusal, problem
from warehouse.portal.shelf import Reading

router = APIRouter(tags=["releases"])
_JSON_LINES = "application/jsonl"
_LINES: dict[int | str, dict[str, Any]] = {200: {"description": "JSON Lines.", "content": {_JSON_LINES: {}}}}
_FILE: dict[int | str, dict[str, Any]] = {200: {"description": "The file.", "content": {"*/*": {}}}}
_CURRENT = "current"


class ReleaseTold(Struct, frozen=True, kw_only=True):
    """A release that is kept: how many records it has and remembers as deleted, and the names of its files."""

    release: str
    published: datetime
    records: int
    deleted: int
    files: tuple[str, ...]


class Releases(Struct, frozen=True, kw_only=True):
    """The releases that are kept, newest first; `current` is the one that is read."""

    current: str
    releases: tuple[ReleaseTold, ...]


@router.get("/releases", response_model=None, responses=described(Releases, "The releases."))
def releases(request: Request, reading: Held) -> Response:
    """The releases that are kept, newest first."""
    layout: Layout = request.app.state.shelf.layout
    kept = [found for name in reversed(layout.releases()) if (found := manifest(layout.release(name)))]
    return as_json(Releases(current=reading.release.release, releases=tuple(map(_told, kept))))


@router.get("/releases/current/records", response_model=None, responses=_LINES)
def everything(reading: Cached) -> Response:
    """Every record of the current release, as in `records.jsonl.zst`; the header CHM-Release says of which."""
    headers = {"CHM-Release": reading.release.release}
    return StreamingResponse(_all(reading), headers=headers, media_type=_JSON_LINES)


def _all(reading: Reading) -> Iterator[bytes]:
    for identifier, source, line in reading.opened.store.all_lines():
        if not reading.suppressed.word(identifier, source):
            yield line + b"\n"


@router.get("/releases/{release}", response_model=None, responses=described(ReleaseTold, "The release."))
def release(release: str, request: Request, reading: Held) -> Response:
    """One release; `current` is the one that is read."""
    return as_json(_told(_kept(request, reading, release)))


@router.get("/releases/{release}/delta", response_model=None, responses=_LINES)
def delta(
    release: str,
    request: Request,
    reading: Cached,
    since: Annotated[str, Query(max_length=100, description="The release that the client has.")] = "",
) -> Response:
    """What changed since a release, a line a change, to be applied in their order; no line where nothing did.

    A line has `change` (added, changed or removed), `identifier`, and `record` as in `records.jsonl.zst`. 410 where no
    chain of deltas leads there any more: take the whole, `/releases/current/records`. The header CHM-Release says what
    the client has afterwards. Without `since`, it is the change since the release before.
    """
    layout: Layout = request.app.state.shelf.layout
    until = _kept(request, reading, release).release
    before = deltas.read(layout.release(until))
    start = since or (before.previous if before else None)
    chain = deltas.chain(layout, start, until) if start else None
    if chain is None:
        raise Refusal(problem(410, "No chain of deltas leads there any more; take /releases/current/records."))
    return StreamingResponse(_changes(reading, layout, chain), headers={"CHM-Release": until}, media_type=_JSON_LINES)


def _changes(reading: Reading, layout: Layout, chain: tuple[str, ...]) -> Iterator[bytes]:
    """The lines of several deltas; what was withdrawn by now is removed, whatever they say."""
    for name in chain:
        for line in deltas.lines(layout.release(name)):
            if not reading.suppressed.word(line.identifier, line.source):
                yield msgspec.json.encode(line) + b"\n"
    for entry in reading.hidden():
        line = Line(change="removed", identifier=entry.identifier, source=entry.source, reason=entry.reason)
        yield msgspec.json.encode(line) + b"\n"


@router.get("/releases/{release}/{name:path}", response_model=None, responses=_FILE)
def file(release: str, name: str, request: Request, reading: Held) -> Response:
    """A file of a release, as the manifest names it. 410 where something in it may have been withdrawn since."""
    return files.response(request, reading, _kept(request, reading, release), name)


def _kept(request: Request, reading: Reading, name: str) -> Release:
    layout: Layout = request.app.state.shelf.layout
    if name == _CURRENT:
        return reading.release
    found = manifest(layout.release(name)) if name in layout.releases() else None
    if found is None:
        raise Refusal(problem(404, "There is no such release, or no longer; /releases lists them."))
    return found


def _told(found: Release) -> ReleaseTold:
    return ReleaseTold(
        release=found.release,
        published=found.published,
        records=found.records,
        deleted=found.deleted,
        files=tuple(file.name for file in found.files),
    )
