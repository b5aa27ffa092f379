"""`/records/{identifier}`: one record, in the form that the client takes best."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from normalizers.common_formats import document
from warehouse.portal import record_rdf
from warehouse.portal.asking import JSON, Cached, Service, as_json, choose, described
from warehouse.portal.problems import Problem, Refusal, problem
from warehouse.portal.record_told import RecordTold, told
from warehouse.portal.store import Entry

router = APIRouter(tags=["records"])

_JSON_LD, _TURTLE, _DOCUMENT = "application/ld+json", "text/turtle", "application/vnd.cbd.document+json"
_OFFERS = {JSON: "json", _JSON_LD: "jsonld", _TURTLE: "turtle", _DOCUMENT: "document"}
_SYNTAX = {"jsonld": ("json-ld", _JSON_LD), "turtle": ("turtle", _TURTLE)}
Form = Annotated[
    Literal["json", "jsonld", "turtle", "document"] | None,
    Query(alias="format", description="Instead of Accept; `document` is the CBD's common format."),
]
_RESPONSES = described(RecordTold, "The record.", _JSON_LD, _TURTLE, _DOCUMENT) | {
    301: {"description": "Another record took over."},
    410: {"description": "It was published once, and is no more; the tombstone says why."},
}


@router.get("/records/{identifier}", response_model=None, responses=_RESPONSES)
def record(identifier: str, request: Request, reading: Cached, serving: Service, form: Form = None) -> Response:
    """One record by its identifier, a GUID."""
    name = identifier.upper()
    chosen = choose(request, _OFFERS, form)
    known = reading.opened.store.entry(name)
    if known is None:
        raise Refusal(problem(404, "There is no such record, and there never was; /records finds others."))
    entry = reading.suppressed.applied(known)
    found = reading.opened.store.records([name]).get(name) if entry.is_live else None
    if found is None:
        return _gone(entry, serving.url)
    if chosen in _SYNTAX:
        syntax, media_type = _SYNTAX[chosen]
        graph = record_rdf.graph(found, serving.url, reading.opened.vocabularies)
        return Response(graph.serialize(format=syntax, encoding="utf-8"), media_type=media_type)
    return as_json(document(found), _DOCUMENT) if chosen == "document" else as_json(told(found, entry.stamp))


def _gone(entry: Entry, base: str) -> Response:
    """The way to the record that took over, or what is left of one that has no successor."""
    if entry.successor:
        return RedirectResponse(f"{base}/records/{entry.successor}", 301)
    stone = {"identifier": entry.identifier, "source": entry.source, "reason": entry.reason, "since": entry.stamp}
    detail = "This record was published once, and is no more."
    raise Refusal(Problem(status=410, title="Gone", detail=detail, tombstone={**stone}))
