"""What is odd about an address, in sentences that say what to do: an Issue each, with a code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harvesters.errors import HarvestError, RobotsDisallowed, RobotsError, Unreachable
from harvesters.feeds.addresses import host
from harvesters.http import moved
from harvesters.model import Answer, Issue
from harvesters.offers import Offer
from harvesters.site import Site
from warehouse.probing.trial import Gathered

_WALL = (b'type="password"', b"type='password'", b"type=password")
_LOGINS = (401, 403, 407)


def about(site: Site, offers: Sequence[Offer]) -> Iterator[Issue]:
    """What the address given is, where it is not what a source file should name."""
    trouble = site.troubles.get(site.url)
    if trouble is not None:
        yield of_error(trouble)
    if site.page is None:
        return
    yield from moved(site.page)
    yield from _elsewhere(site)
    if site.page.status in (404, 410):
        yield _gone(site.page, offers)
    elif is_wall(site.page):
        yield _wall(site.page)
    elif site.is_page and site.page.url.rstrip("/") != site.root and site.page.status == 200:
        yield _page(site.page, offers)


def of_error(error: HarvestError) -> Issue:
    """The issue of a request that came to nothing."""
    if isinstance(error, Unreachable) or isinstance(error.__cause__, Unreachable):  # of which robots.txt told first
        code = "unreachable"
    elif isinstance(error, RobotsError):
        code = "robots_forbid" if isinstance(error, RobotsDisallowed) else "robots_unknown"
    else:
        code = "cannot_be_asked"
    return Issue(code=code, message=str(error)[:1000], severity="error")


def failed(what: str, tried: Gathered) -> Issue:
    """The issue of a trial that brought no record."""
    why = f"{tried.failure.cause} {tried.failure.advice}" if tried.failure else "It gave no record that can be read."
    return Issue(code="trial_failed", message=f"A trial of {what} came to nothing. {why}"[:1000], severity="error")


def homeless(government: str | None) -> Iterator[Issue]:
    """The issue of a site of which nobody knows the country."""
    if government is None:
        message = "Neither the id nor the address names a country, so it passes for a partner's: give `--country`."
        yield Issue(code="no_country", message=message, severity="note")


def nothing(site: Site) -> Issue:
    """The issue of a site that offers nothing we know."""
    message = (
        f"{site.root} offers nothing that can be harvested, as far as this look went. Ask its webmaster for an OAI-PMH "
        "or feed address, and probe that."
    )
    return Issue(code="nothing_offered", message=message, severity="error", value=site.url[:500])


def is_wall(answer: Answer) -> bool:
    """Whether an answer is a login's and not what was asked for."""
    lowered = answer.body.lower()
    return answer.status in _LOGINS or (answer.status == 200 and any(mark in lowered for mark in _WALL))


def _elsewhere(site: Site) -> Iterator[Issue]:
    if site.page and host(site.page.url) != host(site.url) and not moved(site.page):
        message = (
            f"{site.url} leads to another host, {site.page.url}: if the site moved, put that into the source file."
        )
        yield Issue(code="leads_elsewhere", message=message[:1000], value=site.page.url[:500])


def _gone(page: Answer, offers: Sequence[Offer]) -> Issue:
    onward = f"The site's own offer is {offers[0].url}." if offers else "Look for its present address on the site."
    how = "gone for good (410)" if page.status == 410 else "not there (404)"
    message = f"{page.url} is {how}. {onward}"
    return Issue(code="address_gone", message=message[:1000], severity="note" if offers else "error")


def _wall(page: Answer) -> Issue:
    message = (
        f"{page.url} asks for a login (HTTP {page.status}). Ask the site's administrator to open its content, or a "
        "feed of it, to readers: no password is ever kept here."
    )
    return Issue(code="login_wall", message=message[:1000], severity="error", value=page.url[:500])


def _page(page: Answer, offers: Sequence[Offer]) -> Issue:
    onward = f"The site's own offer is {offers[0].url}." if offers else "Look on it for a feed, and probe that."
    message = f"{page.url} is a page for people, and neither a feed nor an interface. {onward}"
    return Issue(code="page_for_people", message=message[:1000], severity="note", value=page.url[:500])
