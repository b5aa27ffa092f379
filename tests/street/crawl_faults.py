"""What a hostile site does to a crawl of its pages, and what must become of it.

A crawl costs a process, so faults that concern one page each share a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from tests.network.bends import (
    LAUGHS,
    WEB_PAGE,
    bomb,
    both,
    changed,
    compressed,
    cut_off,
    drip,
    hang_up,
    latin_1,
    on_page,
    on_robots,
    redirect,
    says,
    squeezed,
)
from tests.network.hostile_pages import HTML, SITE_MAP, page
from tests.network.hostile_site import Bend, Call, HostileSite, Pieces
from tests.street.faults import NEXT_SWEEP, Row

_CALENDAR = "".join(f'<a href="/site/agenda?month={year}-01">{year}</a>' for year in range(2027, 2060))
_NOT_FOUND = page("en", "Page not found", "<h1>Page not found</h1><p>Sorry.</p>")


def at(path: str, bend: Bend, times: int = 10**6) -> Bend:
    """Misbehave at one address, and only the first so many times that it is asked."""
    return lambda site, call: bend(site, call) if call.path == path and call.time <= times else None


def item(number: int, bend: Bend, times: int = 10**6) -> Bend:
    """Misbehave on the page of an item."""
    return at(f"/site/n{number}", bend, times)


def giant(site: HostileSite, call: Call) -> Iterator[bytes]:
    """A page that goes on and on, for 64 MiB at most."""
    yield b"HTTP/1.1 200 Said\r\ncontent-type: text/html\r\n\r\n" + site.body(call)
    for _ in range(2**10):
        yield b"<p>more</p>" * 2**12
    raise ConnectionAbortedError


def with_links(more: str) -> Bend:
    """Every page has these links too."""
    return _on_pages(
        changed(lambda body: body.replace(b"</main>", f"<p>{more}</p></main>".encode()), content_type=HTML)
    )


def sessions(site: HostileSite, call: Call) -> Pieces:
    """Every link carries the id of a session, another one each day."""

    def added(body: bytes) -> bytes:
        return re.sub(rb'(href="/site/n\d+)"', rb'\1?PHPSESSID=%032x"' % site.day, body)

    return _on_pages(changed(added, content_type=HTML))(site, call)


def dying(after: int) -> Bend:
    """A server that answers so many requests, and then no more."""
    asked: list[str] = []

    def bend(site: HostileSite, call: Call) -> Pieces:
        asked.append(call.path)
        return hang_up(site, call) if len(asked) > after else None

    return bend


def _on_pages(bend: Bend) -> Bend:
    def bent(site: HostileSite, call: Call) -> Pieces:
        good = site.behave(call)
        return bend(site, call) if b"content-type: text/html" in good else None

    return bent


row = partial(Row, "crawl")
ROWS = (
    # The whole site
    row("robots.txt answers 500", on_robots(says(500)), 0, "could not be read"),
    row("robots.txt disallows, for a day", on_robots(says(200, b"User-agent: *\nDisallow: /")), 0, "stay away"),
    row("the start answers 404", on_page(1, says(404)), None, "start_not_a_page"),
    row(
        "the start is no page any more",
        on_page(1, says(200, b"{}", content_type="application/json")),
        None,
        "start_not_a_page",
    ),
    row("the server dies in the middle", dying(5), 1, "crawl_stopped, partial"),
    row(
        "304 on every page though there is news",
        _on_pages(says(304)),
        1,
        silent="A page that answers 304 is believed.",
        healed=NEXT_SWEEP,
    ),
    # Pages
    row(
        "a loop, a link-local address, a giant, a drip, gzip cut off: a page each",
        both(
            both(item(10, redirect("/site/n10")), item(11, redirect("http://169.254.1.1/"))),
            both(
                both(item(12, giant), item(13, drip)),
                item(14, squeezed(lambda body: body[:-20], content_type=HTML, content_encoding="gzip")),
            ),
        ),
        4,
        "page_not_readable, partial",
        keys={"timeout": 1},
    ),
    row(
        "429 with Retry-After, a cut connection: each once",
        both(item(10, says(429, retry_after="1"), 1), item(11, hang_up, 1)),
    ),
    row("gzip that nobody announced", _on_pages(squeezed(lambda body: body, content_type=HTML))),
    row("ISO-8859-1 declared as UTF-8", _on_pages(changed(latin_1, content_type=HTML))),
    row(
        "not found with status 200, on a new page",
        item(10, says(200, _NOT_FOUND, content_type=HTML)),
        8,
        silent="The site says that there is no such page.",
    ),
    row("session ids in links", sessions, habit=True),
    row("a calendar without end", with_links(_CALENDAR), None, "addresses_left_out", habit=True),
    # Site maps: without a good one what was revised or deleted is seen later
    row("a gzip bomb for a site map", at(SITE_MAP, bomb), 6, "page_not_readable, partial"),
    row(
        "a file of gzip for a site map that is a bomb inside",
        at(SITE_MAP, says(200, compressed(b" " * 2**26), content_type="application/gzip")),
        6,
        "sitemap_not_readable, partial",
    ),
    row(
        "a billion laughs in the site map",
        at(SITE_MAP, changed(lambda body: body.replace(b"<urlset>", LAUGHS.encode() + b"<urlset>&m;"))),
        6,
        "sitemap_not_well_formed",
    ),
    row("a site map that is cut off", at(SITE_MAP, changed(cut_off)), 8, "sitemap_not_well_formed"),
    row("a web page for a site map", at(SITE_MAP, says(200, WEB_PAGE, content_type=HTML)), 6, silent="Many have none."),
)
