"""`/sources`: the sites that a release was gathered from, in the neutral words of its `sources.json`."""

from __future__ import annotations

from fastapi import APIRouter, Response
from msgspec.structs import replace

from warehouse.formats.sources_json import PublishedSource, PublishedSources
from warehouse.portal.asking import Cached, as_json, described
from warehouse.portal.problems import Refusal, problem

router = APIRouter(tags=["sources"])


@router.get("/sources", response_model=None, responses=described(PublishedSources, "The sites."))
def sources(reading: Cached) -> Response:
    """The sites that the current release was gathered from: how many records each has, up to when, about what."""
    told = reading.opened.sources
    shown = tuple(each for each in told.sources if each.id not in reading.suppressed.sources)
    return as_json(replace(told, sources=shown))


@router.get("/sources/{source}", response_model=None, responses=described(PublishedSource, "The site."))
def source(source: str, reading: Cached) -> Response:
    """One site; 410 where it was withdrawn."""
    if source in reading.suppressed.sources:
        raise Refusal(problem(410, f"{source} was withdrawn."))
    for each in reading.opened.sources.sources:
        if each.id == source:
            return as_json(each)
    raise Refusal(problem(404, "There is no such source; /sources lists them."))
