"""Drupal's own JSON:API, which Bioland 1 has as well: its entry point names the bundles of nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvesters.listings.reading import at
from harvesters.offers import Offer
from harvesters.protocols.drupal_jsonapi import NO_RECORDS
from harvesters.site import Site

SIGNS = ("drupal", "chm-cbd.net")
_BUNDLE = re.compile(r"node--([a-z][a-z0-9_]*)")
_BIOLAND_1 = {"document", "national_target"}
_LEAST_USE = ("page", "webform", "landing_page")  # what a site's own furniture is called; asked for only alone


def offers(site: Site) -> Iterator[Offer]:
    """The site, where its entry point names a bundle of nodes."""
    for folder in site.folders:
        found = site.json(f"{folder}/jsonapi", accept="application/vnd.api+json")
        links = at(found[0], ("links",)) if found else None
        kinds = links if isinstance(links, dict) else {}
        bundles = [named[1] for name in kinds if (named := _BUNDLE.fullmatch(name)) and named[1] not in NO_RECORDS]
        wanted = [name for name in bundles if name not in _LEAST_USE] or bundles
        if found and wanted:
            yield Offer(
                protocol="drupal_jsonapi",
                platform="bioland1" if set(bundles) >= _BIOLAND_1 else "drupal",
                url=f"{folder}/",
                evidence=f"{found[1].url} names {len(bundles)} bundles of nodes",
                keys={"options": {"bundles": wanted}},
                incremental=True,
                deletions="compared",
                seconds=site.seconds(found[1]),
            )
            return
