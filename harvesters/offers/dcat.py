"""A DCAT catalogue in RDF: the address given, one that the site's pages name, or one of the usual names."""

from __future__ import annotations

from collections.abc import Iterator

from harvesters import rdf_pages
from harvesters.model import Answer
from harvesters.offers import Offer
from harvesters.protocols.dcat import Options, count
from harvesters.site import TROUBLES, Site

SIGNS = ("dcat", "catalog.ttl", "catalog.rdf", "catalog.jsonld")
_KINDS = ("text/turtle", "application/rdf+xml", "application/ld+json", "application/n-triples")
_USUAL = ("catalog.ttl", "catalog.rdf", "catalog.jsonld")
_MOST_NAMED = 3


def offers(site: Site) -> Iterator[Offer]:
    """The first that has datasets in it."""
    named = [link.address for link in site.links if link.is_element and link.kind in _KINDS][:_MOST_NAMED]
    usual = [f"{site.root}/{name}" for name in _USUAL]
    own = [site.url] if site.page and site.page.headers.get("content-type", "").startswith(_KINDS) else []
    for address in dict.fromkeys((*own, *named, *usual)):
        answer = site.page if address == site.url else site.look(address, accept=rdf_pages.ACCEPT)
        datasets = _datasets(answer) if answer else 0
        if answer and datasets:
            yield Offer(
                protocol="dcat",
                platform="dcat",
                url=address,
                evidence=f"{answer.url} describes {datasets} datasets",
                seconds=site.seconds(answer),
            )
            return


def _datasets(answer: Answer) -> int:
    """How many records the page has; none where it is no RDF."""
    try:
        return count(rdf_pages.graph(answer), Options().classes)
    except TROUBLES:
        return 0
