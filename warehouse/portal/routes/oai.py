"""`/oai`: the OAI-PMH 2.0 provider, by GET and by POST (OAI-PMH 2.0, 3.1.1)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from harvesters.clock import Clock
from warehouse.portal.asking import Held, Now, Service
from warehouse.portal.oai.formats import chm_schema
from warehouse.portal.oai.provider import Provider
from warehouse.portal.openapi import raw_body, raw_parameters
from warehouse.portal.problems import Refusal, problem
from warehouse.portal.serving import Serving
from warehouse.portal.shelf import Reading

router = APIRouter(tags=["oai"])
_XML = "text/xml"
_NOBODY = "nobody@localhost.invalid"  # where CHM_CONTACT says nothing: the protocol demands a mailbox of this form
_ARGUMENTS = ("verb", "identifier", "metadataPrefix", "from", "until", "set", "resumptionToken")
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "What the verb asks for, or an error of the protocol.", "content": {_XML: {}}}
}


@router.get("/oai", response_model=None, responses=_ANSWERS, openapi_extra=raw_parameters(_ARGUMENTS))
def get(request: Request, reading: Held, serving: Service, clock: Now) -> Response:
    """Answer a harvester; `verb` and its arguments as the protocol has them."""
    return Response(_provider(reading, serving, clock).answer(_pairs(request.url.query)), media_type=_XML)


@router.post("/oai", response_model=None, responses=_ANSWERS, openapi_extra=raw_body(_ARGUMENTS))
async def post(request: Request, reading: Held, serving: Service, clock: Now) -> Response:
    """As by GET, with the arguments as a form in the body."""
    body = await request.body()
    try:
        pairs = _pairs(body.decode("ascii"))
    except UnicodeDecodeError:
        raise Refusal(problem(400, "The body is no form: application/x-www-form-urlencoded.")) from None
    answer = _provider(reading, serving, clock).answer
    return Response(await run_in_threadpool(answer, pairs), media_type=_XML)


@router.get("/oai/chm.xsd", response_model=None, responses={200: {"content": {"application/xml": {}}}})
def schema(serving: Service) -> Response:
    """The XML Schema of the metadata format `chm`."""
    return Response(chm_schema(f"{serving.url}/oai"), media_type="application/xml")


def _provider(reading: Reading, serving: Serving, clock: Clock) -> Provider:
    return Provider(reading, f"{serving.url}/oai", serving.mail or _NOBODY, clock.now())


def _pairs(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True)  # as many as a request has bytes for (see `porter`)
