"""A look at an address: what the site offers, in order of merit, and a trial of the best of it.

At most `MOST` requests in all, robots.txt and redirects included, at the polite pace: `_LOOK` of them find offers, the
rest is for trials.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from harvesters import offers
from harvesters.errors import LimitReached
from harvesters.model import Issue, Json
from harvesters.offers import Offer
from harvesters.site import Site
from harvesters.source import Source
from harvesters.visit import Visit
from warehouse.context import Warehouse
from warehouse.mapping.terms import open_vocabularies
from warehouse.model import Request
from warehouse.probing import advice, suggesting
from warehouse.probing.model import Probe, RankedOffer, Standing
from warehouse.probing.suggesting import Subject
from warehouse.probing.trial import Gathered, gather, trial

MOST = 40
SAMPLES = 5
_LOOK = 30
_TRIALS = 2  # offers that are tried, best first, until one gives records


class Seen(Struct):
    """What a look found: the site, unless not even its first page could be asked for, its offers, and what is odd.

    `cut` is the limit that ended it early.
    """

    site: Site | None
    offers: list[Offer]
    issues: list[Issue]
    cut: LimitReached | None = None

    @property
    def is_reachable(self) -> bool:
        """Whether anything at all was answered."""
        return self.site is not None and self.site.answers


def probe(warehouse: Warehouse, subject: Subject) -> Probe:
    """What a stranger's site offers, with the source file that this suggests.

    Raises:
        SourceError: the address is none, or the id or the country is none.
        Refused: no contact is set, or the source of that id is withdrawn.
    """
    on_visit = replace(warehouse, visit=Visit.short(MOST))
    countries = open_vocabularies(warehouse.settings.vocabularies)["countries"].concepts
    subject = suggesting.placed(subject, countries)
    seen = see(on_visit, suggesting.stranger(subject), subject.url, offers.likeliest_first)
    seen.issues += advice.homeless(subject.government)
    suggested, tried = _try(on_visit, subject, seen)
    return summed_up(on_visit, subject, seen, tried, suggested)


def see(warehouse: Warehouse, asker: Source, url: str, detectors: Callable[[Site], Sequence[str]]) -> Seen:
    """What these detectors find on a site; `asker` is the source whose manners are kept (`server`, `pace` ...)."""
    visit = warehouse.visit or Visit.short(MOST)
    visit.most = min(visit.requests + _LOOK, MOST)
    seen = Seen(None, [], [])
    with warehouse.http(asker) as http:
        try:
            seen.site = Site(http, url, visit)
            for name in detectors(seen.site) if seen.is_reachable else ():
                seen.offers += offers.load(name).offers(seen.site)
        except LimitReached as error:
            seen.cut = error
            seen.issues.append(Issue(code="look_ended_early", message=str(error)[:1000], severity="warning"))
        seen.offers = [replace(offer, crawl_delay=http.crawl_delay(offer.url)) for offer in seen.offers]
    seen.offers.sort(key=lambda offer: -offer.score)
    visit.most = MOST
    if seen.site:
        seen.issues += advice.about(seen.site, seen.offers)
    return seen


def _try(warehouse: Warehouse, subject: Subject, seen: Seen) -> tuple[dict[str, Json], Gathered | None]:
    """The keys of a source file for the best offer that a trial confirms, or else for the best, and that trial."""
    suggested: dict[str, Json] = {}
    tried: Gathered | None = None
    if seen.site is None:
        return suggested, tried
    for offer in seen.offers[:_TRIALS]:
        keys = suggesting.keys(subject, seen.site, offer)
        tried = attempt(warehouse, subject.source, keys)
        if tried.samples:
            known = replace(offer, languages=offer.languages or tried.languages)
            seen.offers = [known if each is offer else each for each in seen.offers]
            return suggesting.keys(subject, seen.site, known), tried
        suggested = suggested or keys
        seen.issues.append(advice.failed(f"{offer.protocol} at {offer.url}", tried))
    return suggested, tried


def attempt(warehouse: Warehouse, source_id: str, keys: Mapping[str, Json]) -> Gathered:
    """A trial of a few records, with `keys` on top of what the source's file says, if it has one.

    A crawl is tried by day as well: it is a few pages.
    """
    protocol = keys.get("protocol") or warehouse.source(source_id).protocol
    by_day = {**keys, "options": {**keys.get("options", {}), "hours": None}} if protocol == "crawl" else keys
    with trial(warehouse, source_id, by_day) as on_trial:
        return gather(on_trial, source_id, Request(full=True, limit=SAMPLES), SAMPLES)


def summed_up(
    warehouse: Warehouse, subject: Subject, seen: Seen, tried: Gathered | None, suggested: Mapping[str, Json]
) -> Probe:
    """What a look and a trial found, as it is told."""
    issues = list(seen.issues)
    if seen.site and seen.is_reachable and not (seen.offers or tried):
        issues.append(advice.nothing(seen.site))
    samples = tried.samples if tried else ()
    standing: Standing = "ready" if samples else "decide" if seen.is_reachable else "unreachable"
    return Probe(
        url=subject.url,
        source=subject.source,
        government=subject.government,
        standing=standing,
        asked=warehouse.clock.now(),
        requests=warehouse.visit.requests if warehouse.visit else 0,
        issues=tuple(issues) + (tried.issues if tried else ()),
        offers=tuple(RankedOffer(offer=offer, merits=offer.merits, score=offer.score) for offer in seen.offers),
        suggested=suggested,
        records=tried.records if tried else 0,
        samples=samples,
    )
