"""The REST API of Plone (plone.restapi): what the site's catalogue shows to everybody, by `@search`.

https://plonerestapi.readthedocs.io/en/latest/usage/searching.html : `b_start` and `b_size` batch, `items_total` counts.
A source's `url` is the API's own address: that of the site, or, where a Volto front end stands before it,
`https://xx.example/++api++`. Batches are counted rather than followed by `batching.next`, which names the address that
the server has for itself behind a front end.

Increments: `modified` since, and, since what was scheduled appears without being modified, `effective` since.
What is withdrawn is found by full sweeps only. A record's identifier is the item's UID, which moving it does not
change. Lists are in the order of UIDs, in which what is edited stays in its place: by `created`, which the catalogue
rounds to minutes, Plone 6.2 puts what was imported at once in another order on every page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pydantic import BaseModel, ConfigDict, Field

from harvesters.http import Http
from harvesters.listings.pagers import Ask, Offset
from harvesters.listings.reading import text_at
from harvesters.listings.walk import Found, Listing, total_at, walk
from harvesters.model import HarvestTask, Json, Page, State

_FIELDS = (
    "UID", "Subject", "Language", "created", "modified", "effective", "start", "end", "location", "getRemoteUrl",
    "mime_type",
)  # fmt: skip


class Options(BaseModel):
    """What a source's `options` may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    types: tuple[str, ...] = Field(
        ("Document", "News Item", "Event", "File", "Link"), description="content types that are records"
    )
    states: tuple[str, ...] = Field(
        ("published",), description="states of the workflow that are public; what has no state is"
    )
    full_objects: bool = Field(
        True, description="text, files, rights and translations too; false where that is too much for the site"
    )
    page_size: int = Field(50, ge=1, le=1000, description="items asked for at once")


def harvest(task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
    """Yield every page of the search, or of the two that together hold what is new.

    Raises:
        BadStatus, ProtocolError: every list answers with an error, or with what is no list.
    """
    options = Options.model_validate(task.source.options)
    shape: dict[str, str | list[str]] = {"metadata_fields": list(_FIELDS)}
    if options.full_objects:
        shape = {"fullobjects": "1", "expand": "translations"}
    ask = Ask(
        f"{task.source.addresses[0].rstrip('/')}/@search",
        {"portal_type": list(options.types), "sort_on": "UID", "sort_order": "ascending", **shape},
    )
    listings = [
        Listing(
            ask=ask.having(**since),
            pager=Offset(start="b_start", rows="b_size", size=options.page_size, total=("items_total",)),
            profile="plone",
            record=_record_in(options.states),
            items=("items",),
            total=total_at("items_total"),
            accept="application/json",  # and nothing besides, or Plone answers as if people asked
        )
        for since in _since(task)
    ]
    yield from walk(task, http, state, listings)


def _since(task: HarvestTask) -> list[dict[str, str]]:
    if task.since is None:
        return [{}]
    moment = f"{task.since:%Y-%m-%dT%H:%M:%SZ}"
    return [{f"{index}.query": moment, f"{index}.range": "min"} for index in ("modified", "effective")]


def _record_in(states: tuple[str, ...]) -> Callable[[Json], Found | None]:
    def record(item: Json) -> Found | None:
        state, kind = text_at(item, "review_state"), text_at(item, "@type")
        if state and state not in states:
            return None
        return Found(
            identifier=text_at(item, "UID") or text_at(item, "@id"),
            datestamp=text_at(item, "modified") or None,
            sets=(kind,) if kind else (),
        )

    return record
