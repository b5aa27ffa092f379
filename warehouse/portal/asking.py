"""What the routes share: the release that a request reads, who answers it, and in which form."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, cast

import msgspec
from fastapi import Depends, Request, Response
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header, parse_etags

from harvesters.clock import Clock
from warehouse.portal.openapi import COMPONENTS, REFERENCE
from warehouse.portal.problems import NotModified, Refusal, problem
from warehouse.portal.serving import Serving
from warehouse.portal.shelf import Reading, Shelf

JSON = "application/json"


async def _held(request: Request) -> AsyncIterator[Reading]:
    """The current release, until the answer is sent."""
    shelf: Shelf = request.app.state.shelf
    with shelf.reading() as reading:
        yield reading


async def _cached(request: Request, reading: Annotated[Reading, Depends(_held)]) -> Reading:
    """The current release, for an answer that is the same as long as it is; raises NotModified where it was sent."""
    accept = request.headers.get("accept", "")
    tag = f"{reading.version}-{zlib.crc32(accept.encode()):08x}"
    request.state.etag = f'W/"{tag}"'  # weak: it may go out packed or not
    if parse_etags(request.headers.get("if-none-match")).contains_weak(tag):
        raise NotModified
    return reading


def _serving(request: Request) -> Serving:
    return cast("Serving", request.app.state.serving)


def _clock(request: Request) -> Clock:
    return cast("Clock", request.app.state.clock)


Held = Annotated[Reading, Depends(_held)]
Cached = Annotated[Reading, Depends(_cached)]
Service = Annotated[Serving, Depends(_serving)]
Now = Annotated[Clock, Depends(_clock)]


def as_json(value: object, media_type: str = JSON) -> Response:
    """A value as JSON."""
    return Response(msgspec.json.encode(value), media_type=media_type)


def choose(request: Request, offers: Mapping[str, str], wanted: str | None) -> str:
    """The name of the form that the client takes best (RFC 9110, 12.5.1): by `wanted`, else by its Accept.

    `offers` leads from media types to names, ours first. Raises Refusal, a 406, where it takes none.
    """
    if wanted is not None:
        return wanted
    accept = parse_accept_header(request.headers.get("accept") or "*/*", MIMEAccept)
    found = accept.best_match(offers)
    if found is None:
        raise Refusal(problem(406, f"There is {', '.join(offers)}."))
    return offers[found]


def described(kind: Any, description: str, *media_types: str) -> dict[int | str, dict[str, Any]]:
    """A route's `responses`: a struct as JSON, and other media types of which no more is told."""
    (schema,), components = msgspec.json.schema_components([kind], ref_template=REFERENCE)
    content: dict[str, Any] = {JSON: {"schema": {**schema, COMPONENTS: components}}}
    return {200: {"description": description, "content": content | {each: {} for each in media_types}}}
