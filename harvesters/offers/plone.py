"""Plone, by its REST API, at the site itself or, behind a Volto front end, at `++api++`."""

from __future__ import annotations

from collections.abc import Iterator

from harvesters.listings.reading import at
from harvesters.offers import Offer
from harvesters.site import Site

SIGNS = ("plone", "++api++", "volto")


def offers(site: Site) -> Iterator[Offer]:
    """The API, where its search gives items."""
    shown = site.shows(*SIGNS)
    places = [f"{folder}{end}" for folder in reversed(site.folders) for end in ("", "/++api++")]
    for place in places if shown else (site.root,):
        found = site.json(f"{place}/@search", params={"b_size": "1"})
        total = at(found[0], ("items_total",)) if found else None
        if found and isinstance(total, int) and isinstance(at(found[0], ("items",)), list):
            yield Offer(
                protocol="plone",
                platform="plone",
                url=place,
                evidence=f"{found[1].url} finds {total} items",
                incremental=True,
                records=total,
                seconds=site.seconds(found[1]),
            )
            return
