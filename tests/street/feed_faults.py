"""What a hostile site does to a feed, and what must become of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from tests.network.bends import (
    LAUGHS,
    SCRIPT,
    WEB_PAGE,
    babble,
    bomb,
    changed,
    cut_off,
    drip,
    endless,
    entity,
    hang_up,
    headers,
    later,
    latin_1,
    moved,
    on_lists,
    on_page,
    on_robots,
    php_notice,
    redirect,
    replaced,
    rewritten,
    says,
    squeezed,
    to_every,
    tracker,
    with_doctype,
)
from tests.network.hostile_site import Call, HostileSite, Pieces
from tests.street.faults import NEVER, Row

_TITLE = "<title>(.*?)</title>"
_GUID = "(<guid[^>]*>)(.*?)</guid>"
_DATE = "<pubDate>.*?</pubDate>"
_LINK_END = "(?<=/items/n..)(?=</link>)"


def new_guids(site: HostileSite, call: Call) -> Pieces:
    """A guid that is made anew every day."""
    return rewritten(_GUID, rf"\1\2-{site.day}</guid>")(site, call)


def tracked(site: HostileSite, call: Call) -> Pieces:
    """Links that say which mail they came from, another one each day, and no guid."""
    return _linked(f"?utm_source=rss&amp;utm_campaign=day-{site.day}")(site, call)


def sessions(site: HostileSite, call: Call) -> Pieces:
    """Links with the id of a session, another one each day, and no guid."""
    return _linked(f"?PHPSESSID={site.day:032x}")(site, call)


def first_again(site: HostileSite, _: Call) -> Pieces:
    """The first page, whichever was asked for."""
    return site.ok(site.rss(site.shown(1)))


def _linked(query: str) -> Callable[[HostileSite, Call], Pieces]:
    def end(found: re.Match[str]) -> str:
        return "" if found[0] else query

    return rewritten(f"{_GUID}|{_LINK_END}", end)


row = partial(Row, "feed")
ROWS = (
    # The connection and the server
    row("503 once, with Retry-After in seconds", on_page(2, says(503, retry_after="7"), 1)),
    row("503 once, with Retry-After as a date", on_page(2, later(503, 30), 1)),
    row("503 with a Retry-After of an hour", on_page(1, later(503, 3600)), 0, "left alone"),
    row("503 with a Retry-After of an hour on page two", on_page(2, later(503, 3600)), 0, "left alone"),
    row("500 on every page", on_lists(says(500)), 0, "answers 500"),
    row("500 on page two", on_page(2, says(500)), 3, "feed_not_readable, partial"),
    row("the connection closes within page two", on_page(2, hang_up), 3, "feed_not_readable, partial"),
    row("the connection closes within page two, once", on_page(2, hang_up, 1)),
    row("a byte now and then", on_page(1, drip), 0, "did not end within", keys={"timeout": 0.5}),
    row("a body without end", on_page(1, endless), 0, "more than 200,000 bytes"),
    row("gzip cut off", on_page(1, squeezed(lambda body: body[:-20], content_encoding="gzip")), 0, "ends too early"),
    row("gzip that nobody announced", on_lists(squeezed(lambda body: body))),
    row("a gzip bomb", on_page(1, bomb), 0, "more than 200,000 bytes"),
    row("no HTTP", on_page(1, babble), 0, "connection broke"),
    # Other answers than asked for
    row("redirects in a loop", on_page(1, redirect("/feed")), 0, "without end"),
    row("a redirect to file://", on_page(1, redirect("file:///etc/passwd")), 0, "redirects elsewhere"),
    row("a redirect to a link-local address", on_page(1, redirect("http://169.254.1.1/")), 0, "redirects elsewhere"),
    row("moved for good", moved, None, "address_moved"),
    row("404", on_page(1, says(404)), 0, "404"),
    row("410", on_page(1, says(410)), 0, "gone"),
    row("403", on_page(1, says(403)), 0, "403"),
    row("a web page with status 200", on_page(1, says(200, WEB_PAGE)), 0, "web page"),
    row("a web page with status 200 on page two", on_page(2, says(200, WEB_PAGE)), 3, "feed_not_readable, partial"),
    row("nothing with status 200", on_page(1, says(200)), 0, "empty answer"),
    row("304 though there is news", on_page(1, says(304)), 0, silent="It is the very answer of a feed without news."),
    row("robots.txt disallows, for a day", on_robots(says(200, b"User-agent: *\nDisallow: /")), 0, "stay away"),
    row("robots.txt answers 500", on_robots(says(500)), 0, "could not be read"),
    row("robots.txt is a web page", on_robots(says(200, WEB_PAGE))),
    row("the first page for every page", on_page(2, first_again), 3, "page_repeated, partial"),
    # XML
    row("a document type with an external entity", on_lists(with_doctype(entity("file:///etc/passwd"), "&e;"))),
    row("a billion laughs", on_lists(with_doctype(LAUGHS, "&m;")), None, "feed_not_well_formed"),
    row("ISO-8859-1 declared as UTF-8", on_lists(changed(latin_1)), None, "feed_mislabelled"),
    row("control characters", on_lists(replaced("<title>", "<title>\x0b\x01")), None, "feed_not_well_formed"),
    row("cut off within page one", on_page(1, changed(cut_off)), 6, "entry_cut_short, partial"),
    row("a PHP notice before the XML", on_lists(changed(php_notice)), None, "feed_not_well_formed"),
    row("HTML behind the XML", on_lists(changed(tracker)), None, "feed_not_well_formed"),
    row("labelled as text/html", on_lists(headers(content_type="text/html")), None, "feed_mislabelled"),
    row("HTML and script in titles", to_every(_TITLE, rf"<title>&lt;b&gt;\1&lt;/b&gt;{SCRIPT}</title>"), habit=True),
    # Who is who, and when
    row("no guid", to_every(_GUID, ""), habit=True),
    row(
        "no guid and no link",
        to_every(f"{_GUID}|<link>https://hostile.example/items.*?</link>", ""),
        habit=True,
        silent="An item that is known by what it says is another one when it is revised.",
        healed=NEVER,
    ),
    row("one guid on all items", to_every(_GUID, r"\1same</guid>"), habit=True),
    row(
        "guids that change every day",
        on_lists(new_guids),
        habit=True,
        silent="What changes its guid and its title at once is another item.",
        healed=NEVER,
    ),
    row("an item twice on its page", to_every("(<item>.*?</item>)", r"\1\1"), None, "duplicate_entry", habit=True),
    row("tracking parameters in links, and no guid", on_lists(tracked), habit=True),
    row("session ids in links, and no guid", on_lists(sessions), habit=True),
    row("no date", to_every(_DATE, ""), habit=True),
    row("dates in the future", to_every(_DATE, "<pubDate>Fri, 01 Mar 2041 06:00:00 GMT</pubDate>"), habit=True),
)  # fmt: skip
