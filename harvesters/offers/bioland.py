"""Bioland 2: Drupal's JSON:API with its module of languages in the open, and all content in one bundle."""

from __future__ import annotations

from collections.abc import Iterator

import langcodes

from harvesters.listings.reading import at
from harvesters.offers import Offer
from harvesters.protocols.bioland import LANGUAGES_AT, locales
from harvesters.site import Site

SIGNS = ("bioland", "chm-cbd.net")


def offers(site: Site) -> Iterator[Offer]:
    """The site, where it tells its locales and lists its content in the first of them."""
    told = site.look(f"{site.root}/{LANGUAGES_AT}", accept="application/json")
    languages = locales(told) if told else []
    if not languages:
        return
    found = site.json(
        f"{site.root}/{languages[0]}/jsonapi/node/content",
        params={"page[limit]": "1", "filter[status]": "1"},
        accept="application/vnd.api+json",
    )
    if found is None or not isinstance(at(found[0], ("data",)), list):
        return
    count = at(found[0], ("meta", "count"))
    yield Offer(
        protocol="bioland",
        platform="bioland",
        url=f"{site.root}/",
        evidence=f"{found[1].url} lists nodes of the bundle `content`",
        languages=tuple(tag for tag in languages if langcodes.tag_is_valid(tag)),
        incremental=True,
        deletions="compared",
        records=count if isinstance(count, int) else None,
        seconds=site.seconds(found[1]),
    )
