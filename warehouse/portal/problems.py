"""What goes wrong, as `application/problem+json` (RFC 9457): a sentence and what to do, never how we are built."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from harvesters.errors import HarvestError
from harvesters.model import Json

MEDIA_TYPE = "application/problem+json"
CACHED = "public, max-age=60, must-revalidate"
"""`Cache-Control` of what a withdrawal may take away: kept for a minute, then asked after."""
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Frame-Options": "DENY",
}
"""What keeps browsers from harm (OWASP Secure Headers)."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457, 3.1; `tombstone` is of a record that is gone."""

    status: int
    title: str
    detail: str = ""
    tombstone: dict[str, Json] = {}


class Refusal(Exception):
    """A request that is answered with a problem, and perhaps with headers of its own."""

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.headers = headers or {}


class NotModified(Exception):
    """The client has what we would answer."""


def problem(status: int, detail: str) -> Problem:
    """The problem of an HTTP status, with a sentence that says what to do."""
    return Problem(status=status, title=HTTPStatus(status).phrase, detail=detail)


def response(told: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """A problem as it goes to the client."""
    body = msgspec.json.encode(told)
    return Response(body, told.status, {**SAFE_HEADERS, **(headers or {}), "Cache-Control": "no-store"}, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let every error of an app be told so; one that nobody foresaw is logged, and told as one."""

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)  # noqa: S101 - registered for nothing else
        return response(error.problem, error.headers)

    async def unchanged(_: Request, __: Exception) -> Response:
        return Response(status_code=304)

    async def http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
        return response(problem(error.status_code, str(error.detail)), error.headers)

    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
        said = [f"{'.'.join(map(str, each['loc'][1:]))}: {each['msg']}" for each in error.errors()]
        return response(problem(400, "; ".join(said)))

    async def unready(_: Request, __: Exception) -> Response:
        return response(
            problem(503, "There is no release to read at the moment; ask again later."), {"Retry-After": "60"}
        )

    async def unforeseen(_: Request, __: Exception) -> Response:
        return response(problem(500, "This is our fault, and it has been logged; ask again later."))

    handlers = (
        (Refusal, refused),
        (NotModified, unchanged),
        (HTTPException, http),
        (RequestValidationError, invalid),
        (HarvestError, unready),
        (Exception, unforeseen),
    )
    for kind, handler in handlers:
        app.add_exception_handler(kind, handler)
