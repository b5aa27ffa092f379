"""`/sources`: the sites that a release was gathered from, in neutral words."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Response
from msgspec import Struct

from warehouse.model import SourceState
from warehouse.portal.asking import Cached, as_json, described
from warehouse.portal.problems import Refusal, problem

router = APIRouter(tags=["sources"])


class SourceTold(Struct, frozen=True, kw_only=True):
    """A site: whose it is (ISO 3166-1 alpha-2, lower case), how many records it has here, and as of when."""

    id: str
    name: str
    government: str | None
    records: int
    updated: datetime | None


class Sources(Struct, frozen=True, kw_only=True):
    """The sites of a release, by id."""

    release: str
    sources: tuple[SourceTold, ...]


@router.get("/sources", response_model=None, responses=described(Sources, "The sites."))
def sources(reading: Cached) -> Response:
    """The sites that the current release was gathered from."""
    shown = tuple(_told(each) for each in reading.release.sources if each.id not in reading.suppressed.sources)
    return as_json(Sources(release=reading.release.release, sources=shown))


@router.get("/sources/{source}", response_model=None, responses=described(SourceTold, "The site."))
def source(source: str, reading: Cached) -> Response:
    """One site; 410 where it was withdrawn."""
    if source in reading.suppressed.sources:
        raise Refusal(problem(410, f"{source} was withdrawn."))
    for each in reading.release.sources:
        if each.id == source:
            return as_json(_told(each))
    raise Refusal(problem(404, "There is no such source; /sources lists them."))


def _told(state: SourceState) -> SourceTold:
    return SourceTold(
        id=state.id,
        name=state.name,
        government=state.government and state.government.lower(),
        records=state.records,
        updated=state.as_of or state.last_success,
    )
