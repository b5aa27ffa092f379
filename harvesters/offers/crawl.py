"""The last resort: a site that offers nothing but pages is crawled. Whatever else it offers ranks above that."""

from __future__ import annotations

from collections.abc import Iterator

from harvesters.feeds.addresses import host
from harvesters.offers import Offer
from harvesters.safe_xml import is_web_page
from harvesters.site import Site

SIGNS = ("<a href",)
_MAP = "/sitemap.xml"
_MOST_MAPS = 2
_STRUCTURED = {
    b"application/ld+json": "JSON-LD",
    b"itemscope": "microdata",
    b"typeof=": "RDFa",
    b'name="dc.': "Dublin Core",
    b'name="citation_': "Highwire's tags",
    b'property="og:': "OpenGraph",
}


def offers(site: Site) -> Iterator[Offer]:
    """The site, where the address given or its front is a page with a link on it."""
    pages = [page for page in (site.page, site.front) if page and page.status == 200 and is_web_page(page.body)]
    if not (pages and site.links):
        return
    body = b"".join(page.body for page in pages).lower()
    stated = [name for mark, name in _STRUCTURED.items() if mark in body]
    mapped = sum(_listed(site, address) for address in _maps(site))
    evidence = [f"{pages[0].url} leads to {len(site.links)} addresses"]
    evidence += [f"site maps list {mapped}"] if mapped else ["there is no site map"]
    evidence += [f"pages state {', '.join(stated)}"] if stated else ["pages state nothing for machines"]
    yield Offer(
        protocol="crawl",
        platform="html",
        url=pages[0].url,
        evidence="; ".join(evidence),
        whole=False,
        incremental=True,
        deletions="swept",
        detail="guessed",
        seconds=site.seconds(pages[0]),
    )


def _maps(site: Site) -> list[str]:
    """Those of its own that robots.txt names, else the usual one."""
    named = [address for address in site.http.sitemaps(f"{site.root}/") if host(address) == host(site.root)]
    return (named or [f"{site.root}{_MAP}"])[:_MOST_MAPS]


def _listed(site: Site, address: str) -> int:
    answer = site.look(address)
    return answer.body.count(b"<loc>") if answer and answer.status == 200 and not is_web_page(answer.body) else 0
