"""Site maps (https://www.sitemaps.org/protocol.html), and what hostile or careless sites have in their place."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from lxml.etree import XMLSyntaxError
from msgspec import Struct
from scrapy.utils.gz import gunzip
from scrapy.utils.sitemap import Sitemap

from harvesters.model import Issue
from harvesters.wire import GZIP

_PAGES = (b"<!doctype html", b"<html")


class SiteMap(Struct, frozen=True):
    """What a site map names, in its order: `loc`, perhaps `lastmod`, and `alternate` addresses (hreflang) of each.

    An index names other site maps. `issues` say what is wrong with it.
    """

    entries: Iterator[dict[str, Any]]
    is_index: bool = False
    issues: tuple[Issue, ...] = ()


def read(url: str, body: bytes, most: int) -> SiteMap:
    """What came for a site map, unpacked to at most so many bytes; a web page in its place names nothing."""
    try:
        text = gunzip(body, max_size=most) if body.startswith(GZIP) else body
    except (ValueError, OSError, EOFError, struct.error, zlib.error) as error:
        return SiteMap(iter(()), issues=(_lost(url, f"it cannot be unpacked to {most:,} bytes or less ({error})"),))
    if not text.strip() or text[:1_000].strip().lower().startswith(_PAGES):
        return SiteMap(iter(()))
    wrong = _wrong(text)
    try:
        found = Sitemap(text)
    except (XMLSyntaxError, StopIteration):
        return SiteMap(iter(()), issues=(_lost(url, f"it is no XML ({wrong})"),))
    told = Issue(
        code="sitemap_not_well_formed",
        message=f"The site map {url} is damaged ({wrong}): it may lack addresses. Tell the site's contact."[:1_000],
        value=url[:500],
    )
    return SiteMap(_whole(found), found.type == "sitemapindex", (told,) if wrong else ())


def _whole(found: Sitemap) -> Iterator[dict[str, Any]]:
    """The entries up to where nothing can be read any more."""
    try:
        yield from found
    except XMLSyntaxError:
        return


def _wrong(text: bytes) -> str:
    """Why it is no well-formed XML; empty where it is. Nothing outside it is read, no entity is expanded for long."""
    try:
        expat.ParserCreate().Parse(text, True)
    except expat.ExpatError as error:
        return str(error)
    return ""


def _lost(url: str, why: str) -> Issue:
    message = f"The site map {url} was left out: {why}. Tell the site's contact; pages are found through links alone."
    return Issue(code="sitemap_not_readable", message=message[:1_000], severity="error", value=url[:500])
