"""WordPress, by its REST API, which its pages name in their Link header or in their head."""

from __future__ import annotations

from collections.abc import Iterator

from requests.utils import parse_header_links

from harvesters.model import Answer
from harvesters.offers import Offer
from harvesters.protocols.wordpress import API, below, told_total
from harvesters.site import Site

SIGNS = ("wp-content", "wp-includes", "wp-json", "wordpress")


def offers(site: Site) -> Iterator[Offer]:
    """The API, where it gives posts."""
    named = [link.address for link in site.links if link.rel == API]
    named += [address for page in (site.page, site.front) if page for address in _in_header(page)]
    for api in dict.fromkeys(named or [f"{folder}/wp-json/" for folder in site.folders]):
        ask = below(api, "posts")
        found = site.json(ask.url, params={**ask.params, "per_page": "1"})
        if found and isinstance(found[0], list):
            yield Offer(
                protocol="wordpress",
                platform="wordpress",
                url=api,
                evidence=f"{found[1].url} lists posts",
                incremental=True,
                records=told_total(found[1]),
                seconds=site.seconds(found[1]),
            )
            return


def _in_header(page: Answer) -> list[str]:
    links = parse_header_links(page.headers.get("link", ""))
    return [link["url"] for link in links if link.get("rel") == API]
