"""What a hostile site does to Drupal's JSON:API, and what must become of it.

A list that fails costs little, since the census shows what did not come; a census that fails costs the deletions. What
both fail to show is told by neither, and nothing old is hurt by it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
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
    says,
    tracker,
)
from tests.network.hostile_api import edited, tell
from tests.network.hostile_site import Bend, Call, HostileSite, Pieces, items
from tests.street.cms_faults import BROKEN, REFUSED, WALL
from tests.street.faults import Row

PARTIAL = "page_not_readable, partial"


def on_content(bend: Bend) -> Bend:
    """Misbehave on lists of whole nodes."""
    return lambda site, call: bend(site, call) if call.page and not _is_census(call) else None


def on_census(bend: Bend) -> Bend:
    """Misbehave on lists of identifiers alone."""
    return lambda site, call: bend(site, call) if call.page and _is_census(call) else None


def on_french(bend: Bend) -> Bend:
    """Misbehave in the second language."""
    return lambda site, call: bend(site, call) if call.path.startswith("/fr/") else None


def empty(site: HostileSite, call: Call) -> Pieces:
    """A list of nothing, which is well-formed."""
    return site.ok(json.dumps({"data": [], "meta": {"count": 0}, "links": {}}).encode())


def first_again(site: HostileSite, call: Call) -> Pieces:
    """The first page, whichever was asked for; it names a page after it as the asked one would."""
    first = json.loads(tell(call._replace(query=call.query.replace("offset%5D=", "x%5D=")), items(site.day)).body)
    return site.ok(json.dumps({**json.loads(site.body(call)), "data": first["data"]}).encode())


def shrinking(site: HostileSite, call: Call) -> Pieces:
    """From the second page on the list lacks what it began with, so that one is skipped between the pages."""
    return site.ok(tell(call, [item for item in items(site.day) if call.page == 1 or item.name != "n01"]).body)


def edited_as(**other: Any) -> Bend:
    """Every node with other values."""
    return _nodes(lambda node: {**node, **other})


def told(number: int) -> Bend:
    """A list that says of itself that it is so long."""
    return changed(lambda body: json.dumps({**json.loads(body), "meta": {"count": number}}).encode())


def onward(site: HostileSite, call: Call) -> Pieces:
    """A list whose pages name themselves as the next."""
    href = f"http://{call.headers['host']}{call.path}?{call.query}"
    return changed(lambda body: json.dumps({**json.loads(body), "links": {"next": {"href": href}}}).encode())(
        site, call
    )


def elsewhere(body: bytes) -> bytes:
    """A list whose next page lies on another host."""
    return json.dumps({**json.loads(body), "links": {"next": "http://elsewhere.test/x"}}).encode()


def _nodes(edit: Callable[[dict[str, Any]], Any]) -> Bend:
    return changed(edited(lambda found: [edit(node) for node in found]))


def _is_census(call: Call) -> bool:
    return any(key.startswith("fields[") for key in call.arguments)


def _deep(body: bytes) -> bytes:
    return body.replace(b'"title"', b'"deep": ' + b"[" * 20_000 + b"]" * 20_000 + b', "title"', 1)


row = partial(Row, "bioland")
ROWS = (
    # The connection and the server
    row("503 once, with Retry-After", on_page(2, says(503, retry_after="7"), 1)),
    row("503 with a Retry-After of an hour", on_page(1, later(503, 3600)), 0, "left alone"),
    row("a good answer whose limit lasts an hour", on_page(1, headers(ratelimit='"d";r=0;t=3600')), 0, "left alone"),
    row("500 on every page", on_lists(says(500)), 0, "answers 500"),
    row("500 on the list's page two", on_content(on_page(2, says(500))), None, PARTIAL),
    row("500 on the census' page two", on_census(on_page(2, says(500))), 8, PARTIAL),
    row("500 in the second language", on_french(says(500)), 0, "answers 500"),
    row("the connection closes within page two", on_content(on_page(2, hang_up)), None, PARTIAL),
    row("a byte now and then", on_page(1, drip), 0, "did not end within", keys={"timeout": 0.5}),
    row("a body without end", on_page(1, endless), 0, "more than 200,000 bytes"),
    row("a gzip bomb", on_content(on_page(2, bomb)), None, PARTIAL),
    # Other answers than asked for
    row("redirects in a loop", on_page(1, redirect("/en/jsonapi/node/content")), 0, "without end"),
    row("moved for good", moved, None, "address_moved", habit=True),  # its nodes' pages move too
    row("404", on_page(1, says(404)), 0, "404"),
    row("404 in the second language", on_french(says(404)), 0, "404"),
    row("a login wall", on_page(1, says(200, WALL)), 0, "asks for a password"),
    row("a login wall on the census", on_census(says(200, WALL)), 8, PARTIAL),
    row("403 in JSON", on_page(1, says(403, REFUSED)), 0, "403"),
    row("a web page with status 200", on_page(1, says(200, WEB_PAGE)), 0, "web page"),
    row("a web page with status 200 on page two of every list", on_page(2, says(200, WEB_PAGE)), 8, PARTIAL),
    row("an error document with status 200", on_page(1, says(200, BROKEN)), 0, "Out of memory"),
    row("robots.txt disallows, for a day", on_robots(says(200, b"User-agent: *\nDisallow: /")), 0, "stay away"),
    row("robots.txt cannot be read", on_robots(says(500)), 0, "could not be read"),
    # JSON
    row("cut off within page two", on_content(on_page(2, changed(cut_off))), None, PARTIAL),
    row("a PHP notice before the JSON", on_content(on_page(2, changed(php_notice))), None, PARTIAL),
    row("tracking behind the JSON", on_content(on_page(2, changed(tracker))), None, PARTIAL),
    row("labelled as text/html", on_lists(headers(content_type="text/html"))),
    row("a field of a million characters", on_content(edited_as(field_x="x" * 10**6)), keys={"max_bytes": 10**8}),
    row("a field that is nested too deep", on_content(on_page(2, changed(_deep))), None, PARTIAL),
    row("nodes without an identifier", on_content(on_page(2, edited_as(id=None))), None, "item_without_identifier"),
    row("fields that are null", on_content(edited_as(field_tags=None, field_url=None, field_attachments=None))),
    row("fields of other types", on_content(edited_as(field_tags=[{"a": 1}], field_attachments="x", field_url=7))),
    # Lists that move
    row("the first page for every page", on_content(first_again), None, "list_moved, partial"),
    row("a node goes while the list is read", on_content(shrinking), None, "list_moved, partial"),
    row("a total that is too great", on_content(told(99)), None, "total_disagrees, partial"),
    row("a census that tells of more than it shows", on_census(told(99)), 8, "total_disagrees, partial"),
    row("an empty list", on_content(empty)),
    row("an empty census", on_census(empty), 8, "nothing_listed, partial"),
    row("everything is empty, for a day", on_lists(empty), 0, "nothing_listed, partial"),
    row("everything is empty, for a day of a full sweep", on_lists(empty), 0, "nothing_listed, partial", full=True),
    row("a next page that is this one", on_content(onward), None, "page_repeated, partial"),
    row("a next page on another host", on_content(changed(elsewhere)), None, "page_elsewhere, partial"),
)
