"""What a person is told of an address that is not what a source file should name: what is the matter, what to do."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from msgspec.structs import replace

from harvesters.errors import SourceError
from tests.harvesters.servers import Route, Site, reply
from warehouse.context import Warehouse
from warehouse.probing import looking, verifying
from warehouse.probing.model import Probe
from warehouse.probing.suggesting import Subject
from warehouse.probing.trial import as_yaml

RSS = b'<rss version="2.0"><channel><title>News</title>%s</channel></rss>' % b"".join(
    b"<item><title>Item %d</title><link>https://x.example/%d</link><guid>%d</guid></item>" % (n, n, n) for n in range(7)
)
FEED = reply(200, RSS, content_type="application/rss+xml")
LINKED = (
    b'<!doctype html><html lang="fr"><title>Site</title><link rel="alternate" type="application/rss+xml" href="/n.xml">'
)
PASSWORD = b"<!doctype html><html><title>Log in</title><form><input type=password></form></html>"


def html(body: bytes) -> bytes:
    return reply(200, body, content_type="text/html")


def look(warehouse: Warehouse, routes: Mapping[str, Route], path: str = "/") -> tuple[Probe, Site]:
    with Site(routes) as site:
        return looking.probe(warehouse, Subject(site.url(path))), site


def told(found: Probe) -> dict[str, str]:
    return {issue.code: issue.message for issue in found.issues}


def test_a_page_pasted_as_a_feed_is_said_to_be_one_and_its_feed_is_offered(warehouse: Warehouse) -> None:
    found, site = look(warehouse, {"/": html(LINKED), "/news": html(LINKED), "/n.xml": FEED}, "/news")
    assert found.standing == "ready"
    assert found.suggested["url"] == site.url("/n.xml")
    page = told(found)["page_for_people"]
    assert page == (
        f"{site.url('/news')} is a page for people, and neither a feed nor an interface. "
        f"The site's own offer is feed at {site.url('/n.xml')}."
    )


def test_an_address_that_moved_for_good_is_told_with_its_new_one(warehouse: Warehouse) -> None:
    found, site = look(warehouse, {"/old.xml": reply(301, location="/n.xml"), "/n.xml": FEED}, "/old.xml")
    assert found.standing == "ready"
    assert found.suggested["url"] == site.url("/n.xml")
    assert f"moved for good to {site.url('/n.xml')}: put that into the source file." in told(found)["address_moved"]


@pytest.mark.parametrize(("status", "how"), [(404, "not there (404)"), (410, "gone for good (410)")])
def test_a_dead_address_of_a_living_site_is_told_with_what_the_site_has(
    status: int, how: str, warehouse: Warehouse
) -> None:
    found, site = look(warehouse, {"/": html(LINKED), "/n.xml": FEED, "/dead": reply(status)}, "/dead")
    onward = f"The site's own offer is feed at {site.url('/n.xml')}."
    assert told(found)["address_gone"] == f"{site.url('/dead')} is {how}. {onward}"


def test_a_site_that_offers_nothing_is_told_from_one_that_is_not_there(warehouse: Warehouse) -> None:
    found, site = look(warehouse, {"/": html(b"<!doctype html><title>Hello</title>")})
    assert (found.standing, found.offers, dict(found.suggested)) == ("decide", (), {})
    assert "Ask its webmaster for an OAI-PMH or feed address, and probe that." in told(found)["nothing_offered"]
    assert found.requests == len(site.asked) <= looking.MOST

    gone = looking.probe(warehouse, Subject(site.url()))
    assert (gone.standing, gone.requests) == ("unreachable", 1), "robots.txt, and then nobody else is bothered"
    assert "nothing listens at that port" in gone.issues[0].message
    assert "nothing_offered" not in told(gone)


AUTHORITY = trustme.CA()
WRONG = {
    "its certificate is for another name": AUTHORITY.issue_cert("elsewhere.example"),
    "its certificate has expired": AUTHORITY.issue_cert("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC)),
    "its certificate comes without the intermediate one, or from an authority that nobody knows": (
        trustme.CA().issue_cert("localhost")
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_certificate_is_named_and_what_to_do_until_it_is_mended(
    what: str, warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    AUTHORITY.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    WRONG[what].configure_cert(context)
    with Site({"/": FEED}, tls=context) as site:
        url = site.url(host="localhost", scheme="https")
        found = looking.probe(warehouse, Subject(url))
        assert found.standing == "unreachable"
        advice = "Write to the site's contact; until it is mended, `verify_tls: false` in this one source file helps."
        assert told(found)["unreachable"].endswith(f"robots.txt cannot be read: {what}. {advice}")

        keys = {"name": "Site", "government": "BE", "protocol": "feed", "url": url, "verify_tls": False}
        (tmp_path / "be_site.yml").write_text(as_yaml(keys), encoding="utf-8")
        ours = replace(warehouse, settings=replace(warehouse.settings, sources=(tmp_path,)))
        ((_, tried),) = verifying.verify(ours, verifying.unverified(ours))
        assert tried.standing == "ready", "so it does"


@pytest.mark.parametrize(
    ("page", "how"),
    [
        (html(PASSWORD), "asks for a login (HTTP 200)"),
        (reply(401), "asks for a login (HTTP 401)"),
        (reply(403), "shuts us out (HTTP 403)"),
    ],
)
def test_a_login_wall_is_said_to_be_one(page: bytes, how: str, warehouse: Warehouse) -> None:
    found, site = look(warehouse, {"/": page})
    assert found.standing == "decide"
    assert told(found)["login_wall"] == (
        f"{site.url()} {how}. Ask the site's administrator to open its content, or a feed of it, to readers and to us: "
        "no password is ever kept here."
    )


def test_a_login_form_in_a_corner_is_no_wall(warehouse: Warehouse) -> None:
    corner = b"<form><input type=password></form>"
    found, _ = look(
        warehouse, {"/": html(LINKED + b"<main><p>%s</p></main>" % (b"Wetlands. " * 40) + corner), "/n.xml": FEED}
    )
    assert (found.standing, "login_wall" in told(found)) == ("ready", False)


def test_behind_a_wall_a_feed_that_is_open_is_offered(warehouse: Warehouse) -> None:
    found, site = look(warehouse, {"/": html(PASSWORD), "/feed/": FEED})
    assert (found.standing, found.suggested["url"]) == ("ready", site.url("/feed/"))
    assert told(found)["login_wall"].endswith(f" The site's own offer is feed at {site.url('/feed/')}.")


def test_where_robots_are_kept_out_of_an_interface_alone_it_is_said(warehouse: Warehouse) -> None:
    robots = reply(200, b"User-agent: *\nDisallow: /oai\nDisallow: /wp-json\n", content_type="text/plain")
    found, site = look(warehouse, {"/robots.txt": robots, "/": html(LINKED), "/n.xml": FEED})
    assert found.standing == "ready"
    assert told(found)["robots_forbid_some"].startswith("robots.txt forbids us 4 of the addresses where an interface")
    assert not [path for path in site.paths() if path.startswith(("/oai", "/wp-json"))]


def test_a_site_that_forbids_robots_is_asked_for_nothing_else(warehouse: Warehouse) -> None:
    robots = reply(200, b"User-agent: *\nDisallow: /\n", content_type="text/plain")
    found, site = look(warehouse, {"/robots.txt": robots, "/": FEED})
    assert (found.standing, [asked.path for asked in site.asked]) == ("unreachable", ["/robots.txt"])
    assert "Respect it: pause the source, or ask the site's contact to allow us." in told(found)["robots_forbid"]


def test_a_site_whose_robots_txt_is_broken_is_asked_for_nothing_else(warehouse: Warehouse) -> None:
    found, site = look(warehouse, {"/robots.txt": reply(503), "/": FEED})
    assert (found.standing, {asked.path for asked in site.asked}) == ("unreachable", {"/robots.txt"})
    assert "robots_unknown" in told(found)


def test_a_page_that_leads_to_another_host_is_told(warehouse: Warehouse) -> None:
    with Site({"/": FEED}) as other:
        elsewhere = other.url(host="localhost")
        found, _ = look(warehouse, {"/": reply(302, location=elsewhere)})
    assert found.suggested["url"] == elsewhere
    assert f"leads to another host, {elsewhere}: if the site moved" in told(found)["leads_elsewhere"]


def test_a_site_that_answers_everything_with_a_page_offers_nothing(warehouse: Warehouse) -> None:
    class Soft(Site):
        def answer(self, path: str):  # type: ignore[no-untyped-def]
            yield reply(404) if path == "/robots.txt" else html(b"<!doctype html><title>Welcome</title>")

    with Soft({}) as site:
        found = looking.probe(warehouse, Subject(site.url()))
    assert (found.standing, found.offers) == ("decide", ())
    assert found.requests == len(site.asked) <= looking.MOST


def test_a_site_that_redirects_everything_costs_no_more_than_the_budget(warehouse: Warehouse) -> None:
    class Sliding(Site):
        def answer(self, path: str):  # type: ignore[no-untyped-def]
            page = html(LINKED) if path == "/" else reply(302, location="/")
            yield {"/robots.txt": reply(404), "/n.xml": FEED}.get(path, page)

    with Sliding({}) as site:
        found = looking.probe(warehouse, Subject(site.url()))
    assert found.standing == "ready", "the feed that its page names was asked before any guess"
    assert "look_ended_early" in told(found)
    assert found.requests == len(site.asked) <= looking.MOST


def test_a_crawl_counts_what_its_process_was_sent_on_to(warehouse: Warehouse) -> None:
    """Every page is reached by a redirect, and none is a record: the trial goes on until nothing is left."""

    class Sliding(Site):
        def answer(self, path: str):  # type: ignore[no-untyped-def]
            links = b" ".join(b"<a href='/p%d'>more</a>" % place for place in range(40))
            page = html(b"<!doctype html><title>Home</title>" + links)
            yield page if path in ("/", "/end") else reply(302, location="/end") if path[:2] == "/p" else reply(404)

    with Sliding({}) as site:
        found = looking.probe(warehouse, Subject(site.url(), pace=0))
    assert [ranked.offer.protocol for ranked in found.offers] == ["crawl"]
    assert found.requests == len(site.asked) == looking.MOST


def test_a_trial_that_gives_nothing_says_why_and_the_next_offer_is_tried(warehouse: Warehouse) -> None:
    head = LINKED + b'<link rel="https://api.w.org/" href="/wp-json/">'
    posts = reply(200, b"[]", content_type="application/json")  # and no list of types
    found, site = look(warehouse, {"/": html(head), "/n.xml": FEED, "/wp-json/wp/v2/posts": posts})
    assert [ranked.offer.protocol for ranked in found.offers] == ["wordpress", "feed", "crawl"]
    assert (found.standing, found.suggested["protocol"]) == ("ready", "feed")
    assert told(found)["trial_failed"].startswith(f"A trial of wordpress at {site.url('/wp-json/')} came to nothing. ")


@pytest.mark.parametrize("url", ["ftp://x.example/", "not an address", "https://user:secret@x.example/"])
def test_what_is_no_web_address_is_refused(url: str, warehouse: Warehouse) -> None:
    with pytest.raises(SourceError, match="must"):
        looking.probe(warehouse, Subject(url))


def test_an_address_that_may_not_be_asked_is_told(warehouse: Warehouse) -> None:
    found = looking.probe(warehouse, Subject("http://169.254.169.254/latest"))
    assert (found.standing, found.requests) == ("unreachable", 0)
    assert "is not a public address" in told(found)["cannot_be_asked"]
