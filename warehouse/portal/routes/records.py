"""`/records`: the search in plain parameters, as JSON, as Atom and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from warehouse.portal import feeds
from warehouse.portal.asking import JSON, Cached, Service, as_json, choose, described
from warehouse.portal.finding import Found, Search, read_cursor, search, write_cursor
from warehouse.portal.problems import Refusal, problem
from warehouse.portal.shelf import Reading

router = APIRouter(tags=["records"])
_ATOM, _CSV = "application/atom+xml", "text/csv"
_OFFERS = {JSON: "json", _ATOM: "atom", _CSV: "csv"}


@router.get("/records", response_model=None, responses=described(Found, "A page of records.", _ATOM, _CSV))
def records(request: Request, asked: Annotated[Search, Query()], reading: Cached, serving: Service) -> Response:
    """Search the records. `next` leads to the next page of the same release, whatever is published meanwhile."""
    form = choose(request, _OFFERS, asked.form)
    with _as_begun(request, reading, asked.cursor) as begun:
        page = search(begun, asked)
        itself = f"{serving.url}/records"
        following = request.url.include_query_params(cursor=write_cursor(page.rest)).query if page.rest else None
        addresses = feeds.Addresses(
            f"{itself}?{request.url.query}".rstrip("?"), following and f"{itself}?{following}", serving.url
        )
        headers = {"Link": f'<{addresses.following}>; rel="next"'} if addresses.following else {}
        if form == "atom":
            return Response(feeds.atom(page, begun, addresses), headers=headers, media_type=_ATOM)
        if form == "csv":
            return Response(feeds.as_csv(page), headers=headers, media_type=_CSV)
        found = Found(release=begun.release.release, total=page.total, records=page.told(), next=addresses.following)
        return as_json(found)


@contextmanager
def _as_begun(request: Request, reading: Reading, cursor: str) -> Iterator[Reading]:
    """The release in which a search began."""
    release = read_cursor(cursor).release if cursor else reading.release.release
    if release == reading.release.release:
        yield reading
        return
    with request.app.state.shelf.earlier(release) as earlier:
        if earlier is None:
            raise Refusal(problem(410, "The release in which this search began is not read any more; begin again."))
        yield earlier
