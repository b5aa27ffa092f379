"""`/robots.txt`, `/sitemap.xml`, `/feed.xml`, `/catalogue`: files of the current release, for who looks around.

They have addresses of their own, since a sitemap may name only what lies below its own folder (sitemaps.org).
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from warehouse.portal import feeds, files
from warehouse.portal.asking import Held, Service, choose
from warehouse.portal.problems import Refusal, problem
from warehouse.portal.shelf import Reading

router = APIRouter(tags=["wayfinding"])
_TURTLE, _JSON_LD, _XML = "text/turtle", "application/ld+json", "application/xml"
_CATALOGUES = {_TURTLE: "catalogue.ttl", _JSON_LD: "catalogue.jsonld"}


def _told(what: str, *media_types: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": what, "content": {each: {} for each in media_types}}}


def _current(request: Request, reading: Reading, name: str) -> Response:
    """A file of the current release; who is told that it is gone would not ask again, so it is late, and no more."""
    if files.is_outdated(reading, reading.release):
        detail = "Something was withdrawn since this was published; the next release has it without."
        raise Refusal(problem(503, detail), {"Retry-After": "3600"})
    return files.response(request, reading, reading.release, name, packed=True)


@router.get("/robots.txt", response_model=None, responses=_told("For crawlers.", "text/plain"))
def robots(serving: Service) -> Response:
    """Where crawlers find every record. Nothing is closed: harvesters of `/oai` ask here too (RFC 9309)."""
    lines = ["User-agent: *", "Disallow:", "", f"Sitemap: {serving.url}/sitemap.xml", ""]
    return Response("\n".join(lines), media_type="text/plain")


@router.get("/sitemap.xml", response_model=None, responses=_told("The sitemap, or an index of several.", _XML))
def sitemap(request: Request, reading: Held) -> Response:
    """The addresses of all records (sitemaps.org, protocol 0.9)."""
    return _current(request, reading, "sitemap.xml")


@router.get("/sitemaps/{name}", response_model=None, responses=_told("One of several sitemaps.", _XML))
def sitemap_part(name: str, request: Request, reading: Held) -> Response:
    """One of the sitemaps that the index of a large release names."""
    return _current(request, reading, f"sitemaps/{name}")


@router.get("/feed.xml", response_model=None, responses=_told("The feed.", feeds.ATOM))
def feed(request: Request, reading: Held) -> Response:
    """What changed last at the sites, as an Atom feed (RFC 4287)."""
    return _current(request, reading, "feed.xml")


@router.get("/catalogue", response_model=None, responses=_told("The catalogue.", *_CATALOGUES))
def catalogue(request: Request, reading: Held) -> Response:
    """Sources and datasets as a DCAT-AP 3 catalogue, in the syntax that the client takes best."""
    return _current(request, reading, choose(request, _CATALOGUES, None))
