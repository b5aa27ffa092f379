"""The last resort: a site that offers nothing but pages is crawled. Whatever else it offers ranks above that.

What its pages state for machines stands on items rather than on the front, so one of them is looked at as well: the
address with the longest path that a site map, or else the front, names.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

from msgspec import Struct

from harvesters.feeds.addresses import host
from harvesters.model import Answer
from harvesters.offers import Offer
from harvesters.safe_xml import is_web_page
from harvesters.site import Site

SIGNS = ("<a href",)
_MAP = "/sitemap.xml"
_MOST_MAPS = 2  # an index and the first that it names, or two that robots.txt names
_UNPACKED = 16 * 2**20  # bytes of a map in gzip that are read
_GZIP = b"\x1f\x8b"
_GZIP_BITS = zlib.MAX_WBITS | 16  # as zlib asks for gzip's header
_LOC = re.compile(rb"<loc>([^<]*)</loc>")
_A_FILE = re.compile(r"\.(?!html?$|php$|aspx?$|jsp$)\w{2,5}$", re.IGNORECASE)
_STATED = {
    b"application/ld+json": "JSON-LD",
    b"itemscope": "microdata",
    b"typeof=": "RDFa",
    b'name="dc.': "Dublin Core",
    b'name="citation_': "Highwire's tags",
    b'property="og:': "OpenGraph",
    b"hreflang=": "their translations (hreflang)",
}


class Mapped(Struct):
    """What a site's maps list: addresses of pages, and how many maps were not looked at."""

    pages: list[str]
    more: int = 0

    def __str__(self) -> str:
        if not self.pages:
            return "there is no site map"
        return f"site maps list {len(self.pages):,} pages" + (f", {self.more} more maps aside" if self.more else "")


def offers(site: Site) -> Iterator[Offer]:
    """The site, where the address given or its front is a page with a link on it."""
    pages = [page for page in (site.page, site.front) if page and _is_page(page)]
    if not (pages and site.links):
        return
    mapped = _mapped(site)
    item = _item(site, mapped)
    body = b"".join(page.body for page in (*pages, item) if page).lower()
    stated = [name for mark, name in _STATED.items() if mark in body]
    evidence = (
        f"{pages[0].url} leads to {len(site.links)} addresses",
        str(mapped),
        f"pages state {', '.join(stated) or 'nothing for machines'}",
    )
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


def _is_page(answer: Answer) -> bool:
    return answer.status == 200 and is_web_page(answer.body)


def _mapped(site: Site) -> Mapped:
    """What the maps list that robots.txt names, else the usual one; of an index the first map."""
    named = [address for address in site.http.sitemaps(f"{site.root}/") if host(address) == host(site.root)]
    waiting, found = named or [f"{site.root}{_MAP}"], Mapped([])
    for _ in range(_MOST_MAPS):
        if waiting:
            body = _map(site, waiting.pop(0))
            listed = [unescape(each.decode("utf-8", "replace")).strip() for each in _LOC.findall(body)]
            own = [address for address in listed if host(address) == host(site.root)]
            if b"<sitemapindex" in body:
                waiting[:0] = own
            else:
                found.pages += own
    found.more = len(waiting)
    return found


def _map(site: Site, address: str) -> bytes:
    """The map at an address, unpacked; empty where there is none."""
    answer = site.look(address)
    if answer is None or answer.status != 200 or is_web_page(answer.body):
        return b""
    if not answer.body.startswith(_GZIP):
        return answer.body
    try:
        return zlib.decompressobj(_GZIP_BITS).decompress(answer.body, _UNPACKED)
    except zlib.error:
        return b""


def _item(site: Site, mapped: Mapped) -> Answer | None:
    """A page that is likelier one of the site's items than its front: the one that lies deepest."""
    own = mapped.pages or site.named("/")
    pages = [address for address in own if not _A_FILE.search(urlsplit(address).path)]
    deepest = max(pages, key=lambda address: len(urlsplit(address).path), default=None)
    answer = site.look(deepest) if deepest else None
    return answer if answer and _is_page(answer) else None
