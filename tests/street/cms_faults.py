"""What a hostile site does to the lists of a content management system's API, and what must become of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tests.network.bends import (
    WEB_PAGE,
    bomb,
    changed,
    cut_off,
    drip,
    endless,
    hang_up,
    headers,
    later,
    moved,
    on_lists,
    on_page,
    on_robots,
    php_notice,
    redirect,
    replaced,
    says,
    squeezed,
    tracker,
)
from tests.network.hostile_api import edited, tell
from tests.network.hostile_site import Bend, Call, HostileSite, Pieces, items
from tests.street.faults import NEXT_SWEEP, Row

WALL = b"<html><form action='/login'><input type='password' name='p'></form></html>"
REFUSED = b'{"code": "rest_not_logged_in", "message": "You are not logged in.", "type": "Unauthorized"}'
BROKEN = b'{"code": "internal_error", "message": "Out of memory", "type": "MemoryError"}'
PARTIAL = "page_not_readable, partial"
_LISTS = {"wordpress": "/wp-json/wp/v2/posts", "plone": "/@search"}
_LATE = 5  # of the eight news: the list goes on behind a page that cannot be read


def first_again(site: HostileSite, call: Call) -> Pieces:
    """The first page, whichever was asked for."""
    return site.ok(
        tell(
            call._replace(arguments={**call.arguments, "page": "1", "b_start": "0", "start": "0"}), items(site.day)
        ).body
    )


def shrinking(site: HostileSite, call: Call) -> Pieces:
    """From the second page on the list lacks what it began with, so that one is skipped between the pages."""
    told = tell(call, [item for item in items(site.day) if call.page == 1 or item.name != "n01"])
    return site.ok(told.body, **told.headers)


def counting(number: int) -> Bend:
    """A list that says of itself that it is longer than it is."""
    pages = {"x_wp_total": str(number), "x_wp_totalpages": "3"}
    return lambda site, call: site.ok(replaced_total(number)(site.body(call)), **pages)


def replaced_total(number: int) -> Callable[[bytes], bytes]:
    def change(body: bytes) -> bytes:
        found = json.loads(body)
        return body if isinstance(found, list) else json.dumps({**found, "items_total": number}).encode()

    return change


def on_items(bend: Bend) -> Bend:
    """Misbehave on every page that has items: behind the last one WordPress answers an error."""
    return lambda site, call: bend(site, call) if call.page and tell(call, items(site.day)).status == 200 else None


def with_more(field: Any) -> Bend:
    """Every item has one field more, of a kind that nobody knows."""
    return on_items(changed(edited(lambda found: [{**item, "acf": field} for item in found])))


def stray(found: list[Any]) -> list[Any]:
    """What is no item stands in the place of the first."""
    return [7, *found[1:]]


def _rows(protocol: str) -> Iterator[Row]:
    row = partial(Row, protocol)
    # The connection and the server
    yield row("503 once, with Retry-After", on_page(2, says(503, retry_after="7"), 1))
    yield row("503 with a Retry-After of an hour", on_page(1, later(503, 3600)), 0, "left alone")
    yield row(
        "a good answer that asks for a rest", on_page(1, headers(x_ratelimit_remaining="0", x_ratelimit_reset="9"))
    )
    yield row(
        "a good answer whose limit lasts an hour", on_page(1, headers(ratelimit='"d";r=0;t=3600')), 0, "left alone"
    )
    yield row("500 on every page", on_lists(says(500)), 0, "failed 5 times in a row")
    yield row("500 on page two", on_page(2, says(500)), _LATE, PARTIAL)
    yield row("the connection closes within page two", on_page(2, hang_up), _LATE, PARTIAL)
    yield row("the connection closes within page two, once", on_page(2, hang_up, 1))
    yield row("a byte now and then", on_page(1, drip), 0, "did not end within", keys={"timeout": 0.5})
    yield row("a body without end", on_page(1, endless), 0, "more than 200,000 bytes")
    yield row(
        "gzip cut off",
        on_page(1, squeezed(lambda body: body[:-20], content_encoding="gzip")),
        0,
        "failed 5 times in a row",
    )
    yield row("a gzip bomb", on_page(2, bomb), _LATE, PARTIAL)
    # Other answers than asked for
    yield row("redirects in a loop", on_page(1, redirect(_LISTS[protocol])), 0, "without end")
    yield row("moved for good", moved, None, "address_moved")
    yield row("404", on_page(1, says(404)), 0, "404")
    yield row("a login wall", on_page(1, says(200, WALL)), 0, "asks for a password")
    yield row("a login wall on page two", on_page(2, says(200, WALL)), _LATE, PARTIAL)
    yield row("401 in JSON", on_page(1, says(401, REFUSED)), 0, "You are not logged in")
    yield row("403 on page two", on_page(2, says(403, REFUSED)), _LATE, PARTIAL)
    yield row("a web page with status 200", on_page(1, says(200, WEB_PAGE)), 0, "web page")
    yield row("a web page with status 200 on page two", on_page(2, says(200, WEB_PAGE)), _LATE, PARTIAL)
    yield row("an error document with status 200", on_page(1, says(200, BROKEN)), 0, "Out of memory")
    yield row("an error document with status 200 on page two", on_page(2, says(200, BROKEN)), _LATE, PARTIAL)
    yield row("nothing with status 200", on_page(2, says(200)), _LATE, PARTIAL)
    yield row("robots.txt disallows, for a day", on_robots(says(200, b"User-agent: *\nDisallow: /")), 0, "stay away")
    # JSON
    yield row("cut off within page two", on_page(2, changed(cut_off)), _LATE, PARTIAL)
    yield row("a PHP notice before the JSON", on_page(2, changed(php_notice)), _LATE, PARTIAL)
    yield row("tracking behind the JSON", on_page(2, changed(tracker)), _LATE, PARTIAL)
    yield row("ISO-8859-1 where JSON is UTF-8", on_page(2, replaced("é", "\udce9")), _LATE, PARTIAL)
    yield row("labelled as text/html", on_items(headers(content_type="text/html")))
    yield row("a field of a million characters", with_more("x" * 10**6), keys={"max_bytes": 10**8})
    yield row("a field that is nested too deep", on_page(2, changed(deep)), _LATE, PARTIAL)
    yield row(
        "a stray among the items", on_page(2, changed(edited(stray))), 7, "item_without_identifier", healed=NEXT_SWEEP
    )
    # Lists that move
    yield row("the first page for every page", on_items(first_again), 3, "list_moved, partial")
    yield row("an item goes while the list is read", on_items(shrinking), 7, "list_moved, partial")
    yield row("a total that is too great", on_items(counting(99)), None, "total_disagrees, partial")


def deep(body: bytes) -> bytes:
    """An item with a field that is nested 20,000 times."""
    return body.replace(b'"title"', b'"deep": ' + b"[" * 20_000 + b"]" * 20_000 + b', "title"', 1)


ROWS = (*_rows("wordpress"), *_rows("plone"))
