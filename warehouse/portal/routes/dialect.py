"""`/api/v2013/index/select`: the CHM's own index, as its portals ask it (clearing-house documentation, Solr)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from warehouse.portal import feeds
from warehouse.portal.asking import JSON, Cached, Held, Service, as_json, choose
from warehouse.portal.finding import page_of
from warehouse.portal.openapi import raw_body, raw_parameters
from warehouse.portal.problems import Refusal, problem
from warehouse.portal.visible import select_visible

router = APIRouter(tags=["the CHM's dialect"])
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "As Solr answers; the documents of the page also as Atom and as CSV.",
        "content": {JSON: {"schema": {"type": "object"}}, feeds.ATOM: {}, feeds.CSV: {}},
    }
}
_SINGLE = (
    "q", "df", "q.op", "fl", "sort", "start", "rows", "wt", "facet", "facet.limit", "facet.mincount", "facet.sort",
    "group", "group.limit", "hl", "hl.fl", "hl.snippets", "lang_fallback",
)  # fmt: skip
_SEVERAL = ("fq", "facet.field", "facet.query", "facet.pivot", "group.field")
_QUERY, _BODY = raw_parameters(_SINGLE, _SEVERAL), raw_body(_SINGLE, _SEVERAL, json=True)
_MOST_VALUES = 1_000  # of all parameters of a question
_SELECT, _ALIAS = "/api/v2013/index/select", "/api/v2013/index"


@router.get(_ALIAS, response_model=None, responses=_ANSWERS, openapi_extra=_QUERY)
@router.get(_SELECT, response_model=None, responses=_ANSWERS, openapi_extra=_QUERY)
def get(request: Request, reading: Cached, serving: Service) -> Response:
    """Search by q, fq, df, fl, sort, start, rows, facet.*, group.*, hl.*; the answer names what it did not heed."""
    params = _of_pairs(request.url.query)
    form = choose(request, feeds.OFFERS, None)
    if form == "json":
        return as_json(select_visible(reading, params))
    page = page_of(reading, select_visible(reading, {**params, "fl": ["identifier_s"]}))
    itself = f"{serving.url}{request.url.path}?{request.url.query}"
    return feeds.response(form, page, reading, feeds.Addresses(itself, None, serving.url))


@router.post(_ALIAS, response_model=None, responses=_ANSWERS, openapi_extra=_BODY)
@router.post(_SELECT, response_model=None, responses=_ANSWERS, openapi_extra=_BODY)
async def post(request: Request, reading: Held) -> Response:
    """As by GET, with the parameters as a form or as a JSON object whose values may be arrays."""
    body = await request.body()
    is_json = "json" in request.headers.get("content-type", "")
    try:
        params = _of_object(body) if is_json else _of_pairs(body.decode())
    except (msgspec.MsgspecError, ValueError) as error:
        raise Refusal(problem(400, f"The body cannot be read: {error}.")) from None
    return as_json(await run_in_threadpool(select_visible, reading, params))


def _of_pairs(text: str) -> dict[str, list[str]]:
    params: dict[str, list[str]] = {}
    try:
        for name, value in parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_VALUES):
            params.setdefault(name, []).append(value)
    except ValueError:
        raise Refusal(problem(400, f"A question has at most {_MOST_VALUES} parameters.")) from None
    return params


def _of_object(body: bytes) -> dict[str, list[str]]:
    found = msgspec.json.decode(body, type=dict[str, _Value | list[_Value]])
    several = {name: value if isinstance(value, list) else [value] for name, value in found.items()}
    return {name: [_text(value) for value in values if value is not None] for name, values in several.items()}


_Value = str | int | float | bool | None


def _text(value: _Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
