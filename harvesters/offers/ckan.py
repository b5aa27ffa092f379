"""CKAN, by its action API."""

from __future__ import annotations

from collections.abc import Iterator

from harvesters.listings.reading import at
from harvesters.offers import Offer
from harvesters.site import Site

SIGNS = ("ckan", "/api/3/")


def offers(site: Site) -> Iterator[Offer]:
    """The API, where it counts datasets."""
    for folder in site.folders:
        found = site.json(f"{folder}/api/3/action/package_search", params={"rows": "1"})
        count = at(found[0], ("result", "count")) if found else None
        if found and isinstance(count, int):
            yield Offer(
                protocol="ckan",
                platform="ckan",
                url=f"{folder}/api/3/action/",
                evidence=f"{found[1].url} counts {count} datasets",
                incremental=True,
                records=count,
                seconds=site.seconds(found[1]),
            )
            return
