"""GBIF's registry and literature (https://techdocs.gbif.org/en/openapi/): datasets, literature, nodes, organizations.

`offset` and `limit`, `count`, `endOfRecords`. A source's `url` is the API's address, `https://api.gbif.org/v1/`; the
country is the source's, asked for as each list calls it, unless `filters` name one.

The lists know no time from which to ask, so every harvest asks for all; an increment is a sweep that says nothing of
absence. Their order is GBIF's own: where they move meanwhile, that is noticed. IPTs have feeds (`rss.do`) and OAI-PMH
of no kind; their datasets are all in the registry.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from harvesters.http import Http
from harvesters.listings.pagers import Ask, Offset
from harvesters.listings.reading import text_at
from harvesters.listings.walk import Found, Listing, total_at, walk
from harvesters.model import HarvestTask, Json, Page, State

MOST = 1000  # records a page, by GBIF
Kind = Literal["dataset", "literature", "node", "organization"]
# Path of each list, and the parameter by which it takes a country.
_LISTS: dict[Kind, tuple[str, str]] = {
    "dataset": ("dataset", "country"),
    "literature": ("literature/search", "countriesOfCoverage"),
    "node": ("node", "country"),
    "organization": ("organization", "country"),
}


class Options(BaseModel):
    """What a source's `options` may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lists: tuple[Kind, ...] = Field(("dataset",), min_length=1, description="dataset, literature, node, organization")
    filters: dict[str, str] = Field({}, description="parameters of the API, such as {country: BE} or {type: CHECKLIST}")
    page_size: int = Field(100, ge=1, le=MOST, description="records asked for at once")


def harvest(task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
    """Yield every page of every list. Raises as `listings.walk` does."""
    options = Options.model_validate(task.source.options)
    listings = [
        Listing(
            ask=Ask(f"{task.source.addresses[0].rstrip('/')}/{path}", _filters(task, options, country)),
            pager=Offset(start="offset", rows="limit", size=options.page_size, total=("count",)),
            profile="gbif",
            record=_record,
            items=("results",),
            total=total_at("count"),
        )
        for path, country in (_LISTS[kind] for kind in options.lists)
    ]
    yield from walk(task, http, state, listings)


def _filters(task: HarvestTask, options: Options, country: str) -> dict[str, str | list[str]]:
    own = {country: task.source.government} if task.source.government else {}
    return {**own, **options.filters}


def _record(item: Json) -> Found | None:
    """Registry entries have a `key`, literature has an `id`."""
    return Found(
        identifier=text_at(item, "key") or text_at(item, "id"),
        datestamp=text_at(item, "modified") or text_at(item, "added") or None,
        deleted=bool(text_at(item, "deleted")),
        sets=tuple(kind for key in ("type", "literatureType") if (kind := text_at(item, key))),
    )
