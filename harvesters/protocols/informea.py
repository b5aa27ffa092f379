"""InforMEA's OData: what the secretariats of the conventions publish of decisions, meetings, plans, reports, contacts.

InforMEA API 1.5.6 over OData 1 to 4 (https://www.odata.org/documentation/): `$top`, `$skip`, `$orderby`, `$filter`.
A source's `url` is the service's address, such as `https://xx.example/informea.svc/`. The sets are its own words for
what it has; each is a list of its own.

Increments: `updated`, which the API recommends and of which it says that all is sent where it is not provided. What is
withdrawn is found by full sweeps only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from harvesters.http import Http
from harvesters.listings.pagers import Ask, Offset
from harvesters.listings.reading import text_at
from harvesters.listings.walk import Found, Listing, walk
from harvesters.model import HarvestTask, Json, Page, State

Set = Literal["Decisions", "Meetings", "CountryReports", "NationalPlans", "Contacts", "CountryProfiles", "Sites"]
_SETS: tuple[Set, ...] = ("Decisions", "Meetings", "CountryReports", "NationalPlans", "Contacts")
_ITEMS = {1: ("d",), 2: ("d", "results"), 3: ("value",), 4: ("value",)}  # where a version has its list


class Options(BaseModel):
    """What a source's `options` may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sets: tuple[Set, ...] = Field(
        ("Decisions", "Meetings", "CountryReports", "NationalPlans", "Contacts"),
        min_length=1,
        description="what to ask for",
    )
    odata: Literal[1, 2, 3, 4] = Field(3, description="version that the service speaks")
    filter: str = Field("", description="more conditions, such as treaty eq 'cbd'")
    page_size: int = Field(100, ge=1, le=1000, description="entries asked for at once")


def harvest(task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
    """Yield every page of every set. Raises as `listings.walk` does."""
    options = Options.model_validate(task.source.options)
    conditions = [f"({options.filter})"] if options.filter else []
    if task.since:
        moment = f"{task.since:%Y-%m-%dT%H:%M:%S}"
        conditions.append(f"updated ge {moment}Z" if options.odata == 4 else f"updated ge datetime'{moment}'")
    wishes = {"$format": "json", "$orderby": "id"}
    if conditions:
        wishes["$filter"] = " and ".join(conditions)
    listings = [
        Listing(
            ask=Ask(f"{task.source.addresses[0].rstrip('/')}/{name}", {**wishes}),
            pager=Offset(start="$skip", rows="$top", size=options.page_size),
            profile="informea",
            record=_record,
            items=_ITEMS[options.odata],
        )
        for name in options.sets
    ]
    yield from walk(task, http, state, listings)


def _record(item: Json) -> Found | None:
    return Found(identifier=text_at(item, "id"), datestamp=text_at(item, "updated") or None)
