"""CKAN's action API (`package_search`): the datasets of a catalogue, in the order of their ids.

https://docs.ckan.org/en/latest/api/ : `start` and `rows` (at most 1,000, by the site's own setting fewer),
`result.count`, `fq` in Solr's language. A source's `url` is the API's address, `https://xx.example/api/3/action/`.

Increments: `metadata_modified`, which is in UTC. What is deleted or made private is in no list and found by full
sweeps only. Lists are in the order of ids, so what is edited meanwhile stays in its place.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from harvesters.http import Http
from harvesters.listings.pagers import Ask, Offset
from harvesters.listings.reading import text_at
from harvesters.listings.walk import Found, Listing, total_at, walk
from harvesters.model import HarvestTask, Json, Page, State


class Options(BaseModel):
    """What a source's `options` may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    filters: tuple[str, ...] = Field((), description="what to ask for, in Solr's language, such as groups:environment")
    types: tuple[str, ...] = Field(("dataset",), description="types of package that are records")
    page_size: int = Field(100, ge=1, le=1000, description="datasets asked for at once; fewer where a site is slow")


def harvest(task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
    """Yield every page of the catalogue's list. Raises as `listings.walk` does."""
    options = Options.model_validate(task.source.options)
    filters = list(options.filters)
    if task.since:
        filters.append(f"metadata_modified:[{task.since:%Y-%m-%dT%H:%M:%SZ} TO *]")
    wishes: dict[str, str | list[str]] = {"sort": "id asc"}
    if filters:
        wishes["fq"] = " AND ".join(f"({one})" for one in filters)  # the API takes one
    listing = Listing(
        ask=Ask(f"{task.source.addresses[0].rstrip('/')}/package_search", wishes),
        pager=Offset(start="start", rows="rows", size=options.page_size, total=("result", "count")),
        profile="ckan",
        record=lambda item: _record(item, options.types),
        items=("result", "results"),
        total=total_at("result", "count"),
    )
    yield from walk(task, http, state, [listing])


def _record(item: Json, types: tuple[str, ...]) -> Found | None:
    """A public dataset; its `id` outlives its name and its address."""
    if text_at(item, "state") not in ("", "active") or item.get("private") is True:
        return None
    if text_at(item, "type") not in ("", *types):
        return None
    modified, owner = text_at(item, "metadata_modified"), text_at(item, "organization", "name")
    return Found(
        identifier=text_at(item, "id"),
        datestamp=modified if not modified or modified.endswith("Z") or "+" in modified else f"{modified}Z",
        sets=(owner,) if owner else (),
    )
