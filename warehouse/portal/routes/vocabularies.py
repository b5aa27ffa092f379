"""`/vocabularies`: the controlled terms of a release, scheme by scheme."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from msgspec import Struct

from warehouse.portal.asking import JSON, Cached, as_json, choose, described
from warehouse.portal.problems import Refusal, problem
from warehouse.portal.terms import VocabularyTerm

router = APIRouter(tags=["vocabularies"])
_TURTLE = "text/turtle"
Form = Annotated[Literal["json", "turtle"] | None, Query(alias="format", description="Instead of Accept.")]


class Scheme(Struct, frozen=True):
    """A vocabulary, and how many terms it has."""

    scheme: str
    terms: int


class SchemeTerms(Struct, frozen=True):
    """A vocabulary's terms, by identifier."""

    scheme: str
    terms: list[VocabularyTerm]


@router.get("/vocabularies", response_model=None, responses=described(list[Scheme], "The vocabularies."))
def vocabularies(reading: Cached) -> Response:
    """The vocabularies that records are described in."""
    return as_json([Scheme(name, len(terms)) for name, terms in reading.opened.vocabularies.items()])


@router.get("/vocabularies/{scheme}", response_model=None, responses=described(SchemeTerms, "Its terms.", _TURTLE))
def scheme(scheme: str, request: Request, reading: Cached, form: Form = None) -> Response:
    """The terms of a vocabulary, with their labels; as Turtle, all that is known of them (SKOS)."""
    terms = _terms(reading, scheme)
    turtle = reading.opened.folder / "vocabularies" / f"{scheme}.ttl"
    if choose(request, {JSON: "json", _TURTLE: "turtle"}, form) == "turtle":
        return FileResponse(turtle, media_type=_TURTLE)
    return as_json(SchemeTerms(scheme, list(terms.values())))


@router.get("/vocabularies/{scheme}/{identifier}", response_model=None, responses=described(VocabularyTerm, "A term."))
def term(scheme: str, identifier: str, reading: Cached) -> Response:
    """One term of a vocabulary."""
    found = _terms(reading, scheme).get(identifier)
    if found is None:
        raise Refusal(problem(404, f"{scheme} has no such term; /vocabularies/{scheme} lists them."))
    return as_json(found)


def _terms(reading: Cached, scheme: str) -> dict[str, VocabularyTerm]:
    found = reading.opened.vocabularies.get(scheme)
    if found is None:
        raise Refusal(problem(404, "There is no such vocabulary; /vocabularies lists them."))
    return dict(found)
