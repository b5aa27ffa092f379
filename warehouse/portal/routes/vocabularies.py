"""`/vocabularies`: the controlled terms of a release, scheme by scheme."""

from __future__ import annotations

from fastapi import APIRouter, Response
from msgspec import Struct

from warehouse.portal.asking import Cached, as_json, described
from warehouse.portal.problems import Refusal, problem
from warehouse.portal.terms import VocabularyTerm

router = APIRouter(tags=["vocabularies"])


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


@router.get("/vocabularies/{scheme}", response_model=None, responses=described(SchemeTerms, "Its terms."))
def scheme(scheme: str, reading: Cached) -> Response:
    """The terms of a vocabulary, with their labels."""
    return as_json(SchemeTerms(scheme, list(_terms(reading, scheme).values())))


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
