"""Feeds: the address given, those that the site's pages name, else the usual names. Comments are no records."""

from __future__ import annotations

from collections.abc import Iterator

import feedparser
import langcodes

from harvesters.feeds.entries import FEED_TYPES, read
from harvesters.model import Answer
from harvesters.offers import Offer
from harvesters.site import TROUBLES, Site

SIGNS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "/feed")
_USUAL = ("feed/", "rss.xml", "atom.xml")
_MOST = 4  # feeds that are looked at
_NO_RECORDS = ("comment", "localchannels_rdf")


def offers(site: Site) -> Iterator[Offer]:
    """Each feed that can be read."""
    named = [link.address for link in site.links if link.kind in FEED_TYPES and "alternate" in link.rel.split()]
    own = [] if site.page is None or _parsed(site.page) is None else [site.page.url]
    addresses = [*own, *named] or [f"{site.root}/{name}" for name in _USUAL]
    wanted = [each for each in dict.fromkeys(addresses) if not any(word in each for word in _NO_RECORDS)]
    for address in wanted[:_MOST]:
        answer = site.page if site.page and address == site.page.url else site.look(address)
        found = _parsed(answer) if answer else None
        if answer and found is not None:
            yield _offer(site, answer, found)


def _parsed(answer: Answer) -> feedparser.FeedParserDict | None:
    try:
        return read(answer) if answer.status == 200 else None
    except TROUBLES:
        return None


def _offer(site: Site, answer: Answer, found: feedparser.FeedParserDict) -> Offer:
    """WordPress pages its feeds (`paged`), so the whole of its posts can be had by them."""
    is_wordpress = "wordpress.org" in str(found.feed.get("generator", ""))
    paged = is_wordpress and _has_pages(site, answer, found)
    stated = str(found.feed.get("language", ""))  # with a country more often than not, which says nothing of texts
    return Offer(
        protocol="feed",
        platform="wordpress" if is_wordpress else None,
        url=answer.url,
        name=str(found.feed.get("title", "")),
        evidence=f"{answer.url} is a feed ({found.version or 'of no version'}) of {len(found.entries)} entries",
        keys={"options": {"paged": True}} if paged else {},
        languages=(langcodes.get(stated).language or stated,) if langcodes.tag_is_valid(stated) else (),
        whole=paged,
        incremental=True,
        deletions="unseen",
        detail="summary",
        seconds=site.seconds(answer),
    )


def _has_pages(site: Site, answer: Answer, found: feedparser.FeedParserDict) -> bool:
    """Whether the second page shows other entries than the first."""
    second = site.look(answer.url, params={"paged": "2"})
    onward = _parsed(second) if second else None
    first = {entry.get("id") or entry.get("link") for entry in found.entries}
    return onward is not None and any((entry.get("id") or entry.get("link")) not in first for entry in onward.entries)
