"""What a hostile site does to OAI-PMH, and what must become of it."""

from __future__ import annotations

import re
from functools import partial
from xml.sax.saxutils import escape

from tests.network.bends import (
    LAUGHS,
    SCRIPT,
    WEB_PAGE,
    bomb,
    both,
    changed,
    clock,
    complains,
    controls,
    cut_off,
    drip,
    endless,
    entity,
    gb18030,
    hang_up,
    identifies,
    later,
    latin_1,
    listed,
    moved,
    on_lists,
    on_page,
    on_robots,
    once_each,
    php_notice,
    redirect,
    replaced,
    says,
    squeezed,
    to_every,
    tracker,
    unclosed,
    wish,
    with_doctype,
)
from tests.network.hostile_site import PAGE, Call, HostileSite, Pieces
from tests.street.faults import NEXT_SWEEP, Row

_TITLE = r"(<dc:title[^>]*>)(.*?)</dc:title>"
_TOMBSTONE = '<record><header status="deleted">.*?</record>'
_SIZE = ' completeListSize="[0-9]*"'


def prefixed(site: HostileSite, call: Call) -> Pieces:
    """The envelope with a prefix on each of its elements."""
    body = re.sub(r"<(/?)([A-Za-z-]+)(?=[\s>])", r"<\1o:\2", site.body(call).decode())
    return site.ok(body.replace("xmlns=", "xmlns:o=", 1).encode())


def breather(site: HostileSite, call: Call) -> Pieces:
    """An empty page before the second one."""
    return None if "breather" in call.arguments["resumptionToken"] else _empty(site, f"{call.wish.token}&breather=1")


def emptiness(site: HostileSite, call: Call) -> Pieces:
    """One empty page after the other, each with a new token."""
    return _empty(site, call.wish._replace(at=call.wish.at + PAGE).token)


def circle(site: HostileSite, call: Call) -> Pieces:
    """A page whose token is the one that led to it."""
    return site.ok(site.list(call.wish, token=call.arguments["resumptionToken"]))


def standstill(site: HostileSite, call: Call) -> Pieces:
    """From the second page on the second page, under ever new tokens."""
    following = call.wish._replace(at=call.wish.at + PAGE).token
    return site.ok(site.list(call.wish._replace(at=PAGE if call.page > 1 else 0), token=following))


def forgetful(site: HostileSite, call: Call) -> Pieces:
    """The set is heeded on the first page only."""
    return wish(collection="")(site, call) if call.page > 1 else None


def _empty(site: HostileSite, token: str) -> bytes:
    return site.ok(site.say(f"<ListRecords><resumptionToken>{escape(token)}</resumptionToken></ListRecords>"))


row = partial(Row, "oai_pmh")
short_gzip = squeezed(lambda body: body[:-20], content_encoding="gzip")
asking_elsewhere = with_doctype(entity("file:///etc/passwd"), "&e;")
nameless = replaced("<identifier>n12</identifier>", "")
untold = both(identifies(deletedRecord="no"), to_every(f"{_TOMBSTONE}|{_SIZE}", ""))
ROWS = (
    # The connection and the server
    row("503 once, with Retry-After in seconds", on_page(2, says(503, retry_after="7"), 1)),
    row("503 once, with Retry-After as a date", on_page(2, later(503, 30), 1)),
    row("503 with a Retry-After of an hour", on_page(2, later(503, 3600)), 0, "left alone"),
    row("500 on page two", on_page(2, says(500)), 6, "page_failed, partial"),
    row("500 on every page", on_lists(says(500)), 0, "answers 500"),
    row("the connection closes within page two", on_page(2, hang_up), 6, "page_failed, partial"),
    row("the connection closes within page two, once", on_page(2, hang_up, 1)),
    row("a byte now and then", on_page(2, drip), 6, "page_failed, partial", keys={"timeout": 0.5}),
    row("a body without end", on_page(2, endless), 6, "page_failed, partial"),
    row("gzip cut off on page two", on_page(2, short_gzip), 6, "page_failed, partial"),
    row("gzip that nobody announced", on_lists(squeezed(lambda body: body))),
    row("a gzip bomb", on_page(2, bomb), 6, "page_failed, partial"),
    # Other answers than asked for
    row("redirects in a loop", on_page(1, redirect("/oai")), 0, "without end"),
    row("a redirect to file://", on_page(1, redirect("file:///etc/passwd")), 0, "redirects elsewhere"),
    row("a redirect to a link-local address", on_page(1, redirect("http://169.254.1.1/")), 0, "redirects elsewhere"),
    row("moved for good", moved, None, "address_moved"),
    row("404", on_page(1, says(404)), 0, "404"),
    row("a web page with status 200", on_page(1, says(200, WEB_PAGE)), 0, "web page"),
    row("a web page with status 200 on page two", on_page(2, says(200, WEB_PAGE)), 6, "page_failed, partial"),
    row("nothing with status 200 on page two", on_page(2, says(200)), 6, "page_failed, partial"),
    row("robots.txt disallows, for a day", on_robots(says(200, b"User-agent: *\nDisallow: /")), 0, "stay away"),
    row("robots.txt answers 500", on_robots(says(500)), 0, "could not be read"),
    row("robots.txt is a web page", on_robots(says(200, WEB_PAGE))),
    # XML
    row("a document type with an external entity", on_page(2, asking_elsewhere), 6, "page_failed, partial"),
    row("a billion laughs", on_page(2, with_doctype(LAUGHS, "&m;")), 6, "page_failed, partial"),
    row("ISO-8859-1 declared as UTF-8", on_lists(changed(latin_1)), None, "page_not_well_formed"),
    row("GB 18030, which expat does not read", on_lists(changed(gb18030))),
    row("control characters in one record", on_page(2, changed(controls)), None, "page_not_well_formed"),
    row("an open tag in one record", on_page(2, changed(unclosed)), 8, "not_readable, partial", healed=NEXT_SWEEP),
    row("cut off within page two", on_page(2, changed(cut_off)), 7, "list_cut, partial"),
    row("a PHP notice before the XML", on_lists(changed(php_notice)), None, "page_not_well_formed"),
    row("HTML behind the XML", on_lists(changed(tracker)), None, "page_not_well_formed"),
    row("an XML declaration in each record", to_every("<metadata>", '<metadata><?xml version="1.0"?>'), habit=True),
    row("prefixes on the envelope", on_lists(prefixed), habit=True),
    row("a record without identifier", on_page(2, nameless), 8, "identifier", healed=NEXT_SWEEP),
    row("HTML and script in titles", to_every(_TITLE, rf"\1&lt;b&gt;\2&lt;/b&gt;{SCRIPT}</dc:title>"), habit=True),
    row("marks of direction in titles", to_every(_TITLE, "\\1\u202b\\2\u200f\u202c</dc:title>"), habit=True),
    # Lists and tokens
    row("a token that comes again", on_page(2, circle), None, "token_repeated, partial"),
    row("a page that comes again under new tokens", on_lists(standstill), None, "page_repeated, partial"),
    row("an empty page with a token", on_page(2, breather)),
    row("empty pages with tokens, without end", on_lists(emptiness), 0, "empty_pages, partial"),
    row("a token that expired, once", on_page(2, complains("badResumptionToken"), 1), None, "token_expired"),
    row("tokens that are never known", on_page(2, complains("badResumptionToken")), 6, "token_expired, partial"),
    row("tokens that work once, and a lost answer", both(once_each, on_page(2, hang_up, 1))),
    row("completeListSize that grows", on_page(2, listed(size=10)), None, "list_size_changed"),
    row("completeListSize that is too large", on_lists(listed(size=40)), None, "list_cut, partial"),
    row("completeListSize that is too small", on_lists(listed(size=2)), None, "list_size_disagrees"),
    row("a list that ends too early", on_page(2, listed(token="")), 6, "list_cut, partial"),
    row("noRecordsMatch to its own token", on_page(2, complains("noRecordsMatch")), 6, "list_cut, partial"),
    row(
        "noRecordsMatch though there is news",
        on_page(1, complains("noRecordsMatch")),
        0,
        silent="It is the very answer of a repository without news.",
        healed=NEXT_SWEEP,
    ),
    row("badArgument to its own granularity", on_lists(complains("badArgument")), 0, "badArgument"),
    row("the set forgotten from page two on", on_lists(forgetful), None, "set_ignored"),
    row("the set forgotten", on_lists(wish(collection="")), None, "set_ignored"),
    row("the dates forgotten", on_lists(wish(since="", until="")), None, "dates_ignored"),
    # What the repository says of itself
    row("responseDate six hours ahead", identifies(6), None, "clocks_disagree"),
    row("responseDate six hours behind", identifies(-6), 8, "clocks_disagree"),
    row("both clocks six hours behind", clock(-6), 8, silent="There is no third clock, and nothing is lost."),
    row("both clocks a week behind", clock(-200), 0, "window_reversed"),
    row("responseDate with an offset", identifies(2, "%Y-%m-%dT%H:%M:%S+02:00")),
    row("responseDate with microseconds", identifies(0, "%Y-%m-%dT%H:%M:%S.123456Z")),
    row("no responseDate", identifies(0, "yesterday"), None, ""),
    row("another repository at the address", identifies(repositoryName="Other"), None, "repository_changed"),
    row("granularity in days", identifies(granularity="YYYY-MM-DD"), None, "repository_changed"),
    row("a granularity that does not exist", identifies(granularity="seconds"), None, "unknown_granularity"),
    row("deletions that are counted but never listed", to_every(_TOMBSTONE, ""), 8, "list_cut, partial"),
    row("deletedRecord transient", identifies(deletedRecord="transient"), None, "repository_changed"),
    row("deletedRecord no", untold, 8, "repository_changed", healed=NEXT_SWEEP),
    row("deletedRecord no, in a full sweep", untold, 8, "1 absent", full=True, healed=NEXT_SWEEP),
)  # fmt: skip
