"""`/oai`: the OAI-PMH 2.0 provider, by GET and by POST (OAI-PMH 2.0, 3.1.1)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from warehouse.portal.asking import Held, Now, Service
from warehouse.portal.oai.formats import chm_schema
from warehouse.portal.oai.provider import Provider
from warehouse.portal.openapi import raw_body, raw_parameters
from warehouse.portal.problems import Refusal, problem

router = APIRouter(tags=["oai"])
_XML = "text/xml"
_ARGUMENTS = ("verb", "identifier", "metadataPrefix", "from", "until", "set", "resumptionToken")
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "What the verb asks for, or an error of the protocol.", "content": {_XML: {}}}
}


@router.get("/oai", response_model=None, responses=_ANSWERS, openapi_extra=raw_parameters(_ARGUMENTS))
def get(request: Request, reading: Held, serving: Service, clock: Now) -> Response:
    """Answer a harvester; `verb` and its arguments as the protocol has them."""
    provider = Provider(reading, f"{serving.url}/oai", serving.mail or "nobody@localhost", clock.now())
    return Response(provider.answer(_pairs(request.url.query)), media_type=_XML)


@router.post("/oai", response_model=None, responses=_ANSWERS, openapi_extra=raw_body(_ARGUMENTS))
async def post(request: Request, reading: Held, serving: Service, clock: Now) -> Response:
    """As by GET, with the arguments as a form in the body."""
    body = await request.body()
    try:
        pairs = _pairs(body.decode("ascii"))
    except UnicodeDecodeError:
        raise Refusal(problem(400, "The body is no form: application/x-www-form-urlencoded.")) from None
    provider = Provider(reading, f"{serving.url}/oai", serving.mail or "nobody@localhost", clock.now())
    return Response(await run_in_threadpool(provider.answer, pairs), media_type=_XML)


@router.get("/oai/chm.xsd", response_model=None, responses={200: {"content": {"application/xml": {}}}})
def schema(serving: Service) -> Response:
    """The XML Schema of the metadata format `chm`."""
    return Response(chm_schema(f"{serving.url}/oai"), media_type="application/xml")


def _pairs(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True, max_num_fields=20)
