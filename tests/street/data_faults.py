"""What a hostile site does to a data catalogue, and what must become of it: CKAN, the CHM's index and DCAT."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tests.network.bends import (
    WEB_PAGE,
    changed,
    cut_off,
    hang_up,
    headers,
    on_lists,
    on_page,
    replaced,
    rewritten,
    says,
    tracker,
)
from tests.network.hostile_api import edited
from tests.network.hostile_site import Bend
from tests.street.cms_faults import PARTIAL, WALL, deep, first_again, on_items, shrinking, stray, with_more
from tests.street.faults import NEXT_RUN, NEXT_SWEEP, Row

SOLR = b'{"error": {"msg": "undefined field id", "code": 400}}'
DENIED = b'{"success": false, "error": {"message": "Access denied", "__type": "Authorization Error"}}'
_REFUSALS = {"ckan": (DENIED, "Access denied"), "chm_index": (SOLR, "undefined field id")}
# A page without titles: what is kept of the news, and when it is healed. So many of CKAN's hold the load.
_TITLES = {"ckan": ("title", 0, NEXT_RUN), "chm_index": ("title_EN_t", 7, NEXT_SWEEP)}
_LINKS = {"ckan": ("url", str), "chm_index": ("url_ss", lambda url: [url])}
_LATE = 5  # of the eight news: the list goes on behind a page that cannot be read
_EARLY = 2  # of the eight news: the page that names the next one cannot be read
REMOTE = b'{"@context": "https://elsewhere.example/context.jsonld", "@id": "https://hostile.example/items/n00"}'


def counting(number: int) -> Bend:
    """A list that says of itself that it has so many records."""
    return rewritten(r'("count": |"numFound": |totalItems )\d+', rf"\g<1>{number}")


def with_fields(name: str, value: Any) -> Bend:
    """Every item has this value in that field."""
    return on_items(changed(edited(lambda found: [{**item, name: value} for item in found])))


def _lists(protocol: str) -> Iterator[Row]:
    row = partial(Row, protocol)
    said, words = _REFUSALS[protocol]
    (title, kept, healed), (link, put) = _TITLES[protocol], _LINKS[protocol]
    # Other answers than asked for
    yield row("503 once, with Retry-After", on_page(2, says(503, retry_after="7"), 1))
    yield row(
        "a good answer that asks for a rest", on_page(1, headers(x_ratelimit_remaining="0", x_ratelimit_reset="9"))
    )
    yield row("500 on page two", on_page(2, says(500)), _LATE, PARTIAL)
    yield row("the connection closes within page two", on_page(2, hang_up), _LATE, PARTIAL)
    yield row("a login wall", on_page(1, says(200, WALL)), 0, "asks for a password")
    yield row("a login wall on page two", on_page(2, says(200, WALL)), _LATE, PARTIAL)
    yield row("403 in JSON", on_page(1, says(403, said)), 0, words)
    yield row("a web page with status 200", on_page(1, says(200, WEB_PAGE)), 0, "web page")
    yield row("a web page with status 200 on page two", on_page(2, says(200, WEB_PAGE)), _LATE, PARTIAL)
    yield row("an error document with status 200", on_page(1, says(200, said)), 0, words)
    yield row("an error document with status 200 on page two", on_page(2, says(200, said)), _LATE, PARTIAL)
    # JSON
    yield row("cut off within page two", on_page(2, changed(cut_off)), _LATE, PARTIAL)
    yield row("tracking behind the JSON", on_page(2, changed(tracker)), _LATE, PARTIAL)
    yield row("ISO-8859-1 where JSON is UTF-8", on_page(2, replaced("é", "\udce9")), _LATE, PARTIAL)
    yield row("labelled as text/html", on_items(headers(content_type="text/html")))
    yield row("a field of a million characters", with_more("x" * 10**6), keys={"max_bytes": 10**8})
    yield row("a field that is nested too deep", on_page(2, changed(deep_in(title))), _LATE, PARTIAL)
    yield row(
        "a stray among the items", on_page(2, changed(edited(stray))), 7, "item_without_identifier", healed=NEXT_SWEEP
    )
    # Fields
    yield row("links that are relative", with_fields(link, put("/items/a")), habit=True)
    yield row("links that are broken", with_fields(link, put("http://[::1")), None, "link_refused", habit=True)
    yield row("titles that are null", on_page(2, with_fields(title, None)), kept, "no_title", healed=healed)
    yield row(
        "identifiers of another type",
        on_page(2, changed(edited(lambda found: [{**item, "id": {}, "identifier_s": []} for item in found]))),
        _LATE,
        "item_without_identifier, partial",
        healed=NEXT_SWEEP,
    )
    # Lists that move
    yield row("the first page for every page", on_items(first_again), 3, "list_moved, partial")
    yield row("an item goes while the list is read", on_items(shrinking), 7, "list_moved, partial")
    yield row("a total that is too great", on_items(counting(99)), None, "total_disagrees, partial")


def deep_in(title: str) -> Callable[[bytes], bytes]:
    """A title that is nested too deep."""
    return lambda body: deep(body.replace(f'"{title}"'.encode(), b'"title"', 1))


def _catalogue() -> Iterator[Row]:
    row = partial(Row, "dcat")
    yield row("500 on page two", on_page(2, says(500)), _EARLY, PARTIAL)
    yield row("the connection closes within page two", on_page(2, hang_up), _EARLY, PARTIAL)
    yield row("a login wall", on_page(1, says(200, WALL)), 0, "asks for a password")
    yield row("a login wall on page two", on_page(2, says(200, WALL)), _EARLY, PARTIAL)
    yield row("a web page with status 200", on_page(1, says(200, WEB_PAGE)), 0, "web page")
    yield row("an error document with status 200", on_page(2, says(200, DENIED)), _EARLY, PARTIAL)
    yield row("Turtle that is cut off within page two", on_page(2, changed(cut_off)), _EARLY, PARTIAL)
    yield row("Turtle that breaks within page two", on_page(2, replaced("dct:title", "dct: title")), _EARLY, PARTIAL)
    yield row("tracking behind the Turtle", on_page(2, changed(tracker)), _EARLY, PARTIAL)
    yield row("ISO-8859-1 where Turtle is UTF-8", on_page(2, replaced("é", "\udce9")), _EARLY, PARTIAL)
    yield row("JSON-LD that wants something fetched", on_page(1, says(200, REMOTE)), 0, "nothing is fetched")
    yield row("JSON-LD that wants something fetched on page two", on_page(2, says(200, REMOTE)), _EARLY, PARTIAL)
    yield row("a field of a million characters", on_lists(_more), keys={"max_bytes": 10**8})
    yield row("labelled as text/html", on_lists(headers(content_type="text/html")))
    elsewhere = rewritten(r"next <http://[^/]+", "next <http://elsewhere.example")
    yield row("the next page lies elsewhere", on_page(2, elsewhere), _EARLY, "page_elsewhere, partial")
    yield row(
        "a page that names itself as the next",
        on_page(2, replaced("?page=3", "?page=2")),
        _EARLY,
        "page_repeated, partial",
    )
    yield row("the first page for every page", on_lists(first_again), 2, "list_moved, partial")
    yield row("an item goes while the list is read", on_lists(shrinking), None, "list_moved, partial")
    yield row("a total that is too great", on_lists(counting(99)), None, "total_disagrees, partial")
    yield row("a total that is no number", on_lists(rewritten(r"totalItems \d+", 'totalItems "many"')))


_more = replaced("dct:title", f'dct:audience "{"x" * 10**6}" ; dct:title', 1)
ROWS = (*_lists("ckan"), *_lists("chm_index"), *_catalogue())
