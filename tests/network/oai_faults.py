"""What a hostile site does to OAI-PMH."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from tests.network.bends import (
    LAUGHS,
    WEB_PAGE,
    Bend,
    bomb,
    both,
    changed,
    clock,
    complains,
    drip,
    endless,
    entity,
    hang_up,
    identifies,
    later,
    listed,
    moved,
    on_lists,
    on_page,
    on_robots,
    once_each,
    redirect,
    replaced,
    rewritten,
    says,
    squeezed,
    wish,
    with_doctype,
)
from tests.network.faults import Row
from tests.network.hostile_site import Call, HostileSite, Pieces


def row(fault: str, bend: Bend, kept: int | None = None, *says_: str, **more) -> Row:
    return Row(fault=fault, protocol="oai_pmh", bend=bend, kept=kept, says=says_, **more)


def prefixed(site: HostileSite, call: Call) -> Pieces:
    """The envelope with a prefix on each of its elements."""
    body = re.sub(r"<(/?)([A-Za-z-]+)(?=[\s>])", r"<\1o:\2", site.body(call).decode())
    return site.ok(body.replace("xmlns=", "xmlns:o=", 1).encode())


def breather(site: HostileSite, call: Call) -> Pieces:
    """An empty page before the second one."""
    return None if "breather" in call.arguments["resumptionToken"] else _empty(site, f"{call.wish.token}&breather=1")


def listed_empty(site: HostileSite, call: Call) -> Pieces:
    """One empty page after the other, each with a new token."""
    return _empty(site, call.wish._replace(at=call.wish.at + 3).token)


def _empty(site: HostileSite, token: str) -> bytes:
    return site.ok(site.say(f"<ListRecords><resumptionToken>{escape(token)}</resumptionToken></ListRecords>"))


ROWS = (
    row("503 once, with Retry-After in seconds", on_page(2, says(503, retry_after="7"), 1)),
    row("503 once, with Retry-After as a date", on_page(2, later(503, 30), 1)),
    row("503 with a Retry-After of an hour", on_page(2, later(503, 3600)), 0, "left alone"),
    row("500 on page two", on_page(2, says(500)), 3),
    row("500 on every page", on_lists(says(500)), 0, "answers 500"),
    row("the connection closes within page two", on_page(2, hang_up), 3),
    row("the connection closes within page two, once", on_page(2, hang_up, 1)),
    row("gzip cut off on page two", on_page(2, squeezed(lambda body: body[:-20], content_encoding="gzip")), 3),
    row("gzip that nobody announced", on_lists(squeezed(lambda body: body))),
    row("a gzip bomb", on_page(2, bomb), 0, "more than 200,000 bytes"),
    row("a body without end", on_page(2, endless), 0, "more than 200,000 bytes"),
    row("a byte now and then", on_page(2, drip), 0, "did not end within", keys={"timeout": 0.5}),
    row("redirects in a loop", on_page(1, redirect("/oai")), 0, "without end"),
    row("a redirect to file://", on_page(1, redirect("file:///etc/passwd")), 0, "redirects elsewhere"),
    row("a redirect to a link-local address", on_page(1, redirect("http://169.254.169.254/latest")), 0, "redirects elsewhere"),
    row("moved for good", moved, None, "address_moved"),
    row("404", on_page(1, says(404)), 0, "404"),
    row("a web page with status 200", on_page(1, says(200, WEB_PAGE)), 0, "web page"),
    row("a web page with status 200 on page two", on_page(2, says(200, WEB_PAGE)), 3),
    row("nothing with status 200 on page two", on_page(2, says(200)), 3),
    row("robots.txt disallows", on_robots(says(200, b"User-agent: *\nDisallow: /")), 0, "stay away"),
    row("robots.txt answers 500", on_robots(says(500)), 0, "could not be read"),
    row("robots.txt is a web page", on_robots(says(200, WEB_PAGE))),
    row("a document type with an external entity", on_page(2, with_doctype(entity("file:///etc/passwd"), "&e;")), 0, "document type"),
    row("a billion laughs", on_page(2, with_doctype(LAUGHS, "&m;")), 0, "document type"),
    row("ISO-8859-1 declared as UTF-8", on_lists(changed(lambda body: body.decode().encode("latin-1", "xmlcharrefreplace"))), None, "page_not_well_formed"),
    row("GB 18030, which expat does not read", on_lists(changed(lambda body: body.decode().replace("UTF-8", "gb18030", 1).encode("gb18030")))),
    row("control characters in one record of page two", on_page(2, replaced(" 12<", "\x0b 12<")), None, "page_not_well_formed"),
    row("cut off within page two", on_page(2, changed(lambda body: body[: len(body) * 2 // 3])), 5, "page_not_well_formed"),
    row("a PHP notice before the XML", on_lists(changed(lambda body: b"<br />\n<b>Notice</b>: x in y.php\n" + body)), None, "page_not_well_formed"),
    row("HTML behind the XML", on_lists(changed(lambda body: body + b"<script>x()</script>")), None, "page_not_well_formed"),
    row("a tag that nobody closes in one record of page two", on_page(2, replaced("</dc:title>", "", 1)), 8, "page_not_well_formed"),
    row("a record without identifier", on_page(2, replaced("<identifier>n12</identifier>", "")), 8, "record_without_identifier"),
    row("an XML declaration in each record", on_lists(replaced("<metadata>", '<metadata><?xml version="1.0"?>')), None, "page_not_well_formed"),
    row("a token that comes again", on_page(2, lambda site, call: site.ok(site.list(call.wish, token=call.arguments["resumptionToken"]))), 6, "token_repeated"),
    row("a page that comes again under new tokens", on_lists(lambda site, call: site.ok(site.list(call.wish._replace(at=3 * (call.page > 1)), token=call.wish._replace(at=call.wish.at + 3).token))), 6, "page_repeated"),
    row("an empty page with a token", on_page(2, breather)),
    row("empty pages with tokens, without end", on_lists(listed_empty), 0, "empty_pages"),
    row("a token that expired, once", on_page(2, complains("badResumptionToken"), 1), None, "token_expired"),
    row("tokens that are never known", on_page(2, complains("badResumptionToken")), 3),
    row("tokens that work once, and a lost answer", both(once_each, on_page(2, hang_up, 1)), None),
    row("completeListSize that grows", on_page(2, listed(size=10)), None),
    row("completeListSize that is too large", on_lists(listed(size=40)), None, "list_cut"),
    row("completeListSize that is too small", on_lists(listed(size=2)), None, ""),
    row("a last page without its token, too early", on_page(2, listed(token="")), 6, "list_cut"),
    row("noRecordsMatch to its own token", on_page(2, complains("noRecordsMatch")), 3, "list_cut"),
    row("noRecordsMatch though there is news", on_page(1, complains("noRecordsMatch")), 0),
    row("badArgument to the granularity that it advertises", on_lists(complains("badArgument")), 0, "badArgument"),
    row("the set forgotten from page two on", on_lists(lambda site, call: wish(collection="")(site, call) if call.page > 1 else None), None, ""),
    row("the set forgotten", on_lists(wish(collection="")), None, ""),
    row("the dates forgotten", on_lists(wish(since="", until="")), None, ""),
    row("responseDate six hours ahead", identifies(6), None, "clocks_disagree"),
    row("responseDate six hours behind", identifies(-6), None, "clocks_disagree"),
    row("both clocks six hours behind", clock(-6), 6),
    row("both clocks a week behind", clock(-200), None, "window_reversed"),
    row("responseDate with an offset", identifies(2, "%Y-%m-%dT%H:%M:%S+02:00")),
    row("responseDate with microseconds", identifies(0, "%Y-%m-%dT%H:%M:%S.123456Z")),
    row("no responseDate", identifies(0, "yesterday")),
    row("another repository at the address", identifies(repositoryName="Other"), None, "repository_changed"),
    row("granularity in days", identifies(granularity="YYYY-MM-DD"), None),
    row("a granularity that does not exist", identifies(granularity="seconds"), None, "unknown_granularity"),
    row("deletions that are counted but never listed", on_lists(rewritten('<record><header status="deleted">.*?</record>', "")), 8, "list_cut"),
    row("deletedRecord no, in a full sweep", both(identifies(deletedRecord="no"), on_lists(rewritten('<record><header status="deleted">.*?</record>| completeListSize="[0-9]*"', ""))), 8, "1 absent", full=True, healed="by the next full sweep"),
    row("deletedRecord no", both(identifies(deletedRecord="no"), on_lists(rewritten('<record><header status="deleted">.*?</record>| completeListSize="[0-9]*"', ""))), 8, healed="by the next full sweep"),
    row("deletedRecord transient", identifies(deletedRecord="transient"), None),
    row("prefixes on the envelope", on_lists(prefixed), None, habit=True),
    row("HTML and script in titles", on_lists(rewritten("(<dc:title[^>]*>)(.*?)</dc:title>", r"\1&lt;b&gt;\2&lt;/b&gt;&lt;script&gt;x()&lt;/script&gt;</dc:title>")), None, habit=True),
    row("marks of direction in titles", on_lists(rewritten("(<dc:title[^>]*>)(.*?)</dc:title>", "\\1\u202b\\2\u200f\u202c</dc:title>")), None, habit=True),
    row("a translation that is a placeholder", on_lists(rewritten("(<dc:title.*?</dc:title>)", r'\1<dc:title xml:lang="sw">[untranslated]</dc:title>')), None, habit=True),
)
