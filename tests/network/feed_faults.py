"""What a hostile site does to a feed."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.network.bends import (
    LAUGHS,
    WEB_PAGE,
    babble,
    bomb,
    both,
    changed,
    compressed,
    drip,
    endless,
    entity,
    hang_up,
    headers,
    later,
    moved,
    on_first_list,
    on_lists,
    on_page,
    on_robots,
    redirect,
    replaced,
    rewritten,
    says,
    squeezed,
    with_doctype,
)
from tests.network.faults import Row
from tests.network.hostile_site import Call, HostileSite, Pieces

ALL = None


def row(fault: str, bend, kept: int | None, *says_: str, **more) -> Row:
    return Row(fault=fault, protocol="feed", bend=bend, kept=kept, says=says_, **more)


def new_guids(site: HostileSite, call: Call) -> Pieces:
    """A guid that is made anew whenever the feed is."""
    return rewritten("(<guid[^>]*>)(.*?)</guid>", rf"\1\2-{site.day}</guid>")(site, call)


def tracked(site: HostileSite, call: Call) -> Pieces:
    """Links that say which mail they came from, another one each day."""
    query = rf"?utm_source=rss&amp;utm_campaign=day-{site.day}"
    return rewritten("<guid.*?</guid>|(?<=/items/n..)(?=</link>)", _link(query))(site, call)


def sessions(site: HostileSite, call: Call) -> Pieces:
    """Links with the id of a session, another one each day."""
    return rewritten("<guid.*?</guid>|(?<=/items/n..)(?=</link>)", _link(f"?PHPSESSID={site.day:032x}"))(site, call)


def _link(query: str) -> Callable[[re.Match[str]], str]:
    return lambda found: "" if found[0] else query


ROWS = (
    row("503 once, with Retry-After in seconds", on_page(2, says(503, retry_after="7"), 1), ALL),
    row("503 once, with Retry-After as a date", on_page(2, later(503, 30), 1), ALL),
    row("503 with a Retry-After of an hour", on_page(1, later(503, 3600)), 0, "left alone"),
    row("503 with a Retry-After of an hour on page two", on_page(2, later(503, 3600)), 0, "left alone"),
    row("500 on every page", on_lists(says(500)), 0, "answers 500"),
    row("500 on page two", on_page(2, says(500)), 3, "feed_not_readable"),
    row("the connection closes within page two", on_page(2, hang_up), 3, "feed_not_readable"),
    row("the connection closes within page two, once", on_page(2, hang_up, 1), ALL),
    row("gzip cut off", on_page(1, squeezed(lambda body: body[:-20], content_encoding="gzip")), 0, "compressed body ends"),
    row("gzip that nobody announced", on_lists(squeezed(lambda body: body)), ALL),
    row("a gzip bomb", on_page(1, bomb), 0, "more than 200,000 bytes"),
    row("a body without end", on_page(1, endless), 0, "more than 200,000 bytes"),
    row("a byte now and then", on_page(1, drip), 0, "did not end within", keys={"timeout": 0.5}),
    row("no HTTP", on_page(1, babble), 0, "broke"),
    row("redirects in a loop", on_page(1, redirect("/feed")), 0, "without end"),
    row("a redirect to file://", on_page(1, redirect("file:///etc/passwd")), 0, "redirects elsewhere"),
    row("a redirect to a link-local address", on_page(1, redirect("http://169.254.169.254/latest")), 0, "redirects elsewhere"),
    row("moved for good", moved, ALL, "address_moved"),
    row("404", on_page(1, says(404)), 0, "404"),
    row("410", on_page(1, says(410)), 0, "gone"),
    row("403", on_page(1, says(403)), 0, "403"),
    row("a web page with status 200", on_page(1, says(200, WEB_PAGE)), 0, "web page"),
    row("a web page with status 200 on page two", on_page(2, says(200, WEB_PAGE)), 3, "feed_not_readable"),
    row("nothing with status 200", on_page(1, says(200)), 0, "empty answer"),
    row("304 though there is news", on_page(1, says(304)), 0),
    row("robots.txt disallows", on_robots(says(200, b"User-agent: *\nDisallow: /")), 0, "stay away"),
    row("robots.txt answers 500", on_robots(says(500)), 0, "could not be read"),
    row("robots.txt is a web page", on_robots(says(200, WEB_PAGE)), ALL),
    row("a document type with an external entity", on_lists(with_doctype(entity("file:///etc/passwd"), "&e;")), 0, ""),
    row("a billion laughs", on_lists(with_doctype(LAUGHS, "&m;")), 0, ""),
    row("ISO-8859-1 declared as UTF-8", on_lists(changed(lambda body: body.decode().encode("latin-1", "xmlcharrefreplace"))), ALL, ""),
    row("control characters", on_lists(replaced("<title>", "<title>\x0b\x01")), ALL, "feed_not_well_formed"),
    row("cut off within page one", on_page(1, changed(lambda body: body[: len(body) * 2 // 3])), 2, "entry_cut_short"),
    row("a PHP notice before the XML", on_lists(changed(lambda body: b"<br />\n<b>Notice</b>: x in y.php\n" + body)), ALL, ""),
    row("HTML behind the XML", on_lists(changed(lambda body: body + b"<script>x()</script>")), ALL, ""),
    row("labelled as text/html", on_lists(headers(content_type="text/html")), ALL, "feed_mislabelled"),
    row("paging that never ends", on_page(2, lambda site, call: site.ok(site.rss(site.shown(1)))), 3, ""),
    row("no guid", on_lists(rewritten("<guid.*?</guid>", "")), ALL, habit=True),
    row("no guid and no link", on_lists(rewritten("<guid.*?</guid>|<link>https://hostile.example/items.*?</link>", "")), ALL, habit=True),
    row("one guid on all items", on_lists(rewritten("(<guid[^>]*>).*?</guid>", r"\1same</guid>")), ALL, habit=True),
    row("guids that change at every asking", on_lists(new_guids), ALL, habit=True),
    row("an item twice on its page", on_lists(rewritten("(<item>.*?</item>)", r"\1\1")), ALL, "duplicate_entry", habit=True),
    row("no date", on_lists(rewritten("<pubDate>.*?</pubDate>", "")), ALL, habit=True),
    row("dates in the future", on_lists(rewritten("<pubDate>.*?</pubDate>", "<pubDate>Fri, 01 Mar 2041 06:00:00 GMT</pubDate>")), ALL, habit=True),
    row("tracking parameters in links, and no guid", on_lists(tracked), ALL, habit=True),
    row("session ids in links, and no guid", on_lists(sessions), ALL, habit=True),
    row("HTML and script in titles", on_lists(rewritten("<title>(.*?)</title>", r"<title>&lt;b&gt;\1&lt;/b&gt;&lt;script&gt;x()&lt;/script&gt;</title>")), ALL, habit=True),
)
