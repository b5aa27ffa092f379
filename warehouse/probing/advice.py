"""What is odd about an address, in sentences that say what to do: an Issue each, with a code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from harvesters.crawling import reading
from harvesters.errors import HarvestError, RobotsDisallowed, RobotsError, Unreachable
from harvesters.feeds.addresses import host
from harvesters.http import moved
from harvesters.model import Answer, Issue
from harvesters.offers import Offer
from harvesters.site import Site
from warehouse.probing.trial import Gathered

_FORBIDDEN = 403
_LOGINS = (401, _FORBIDDEN, 407)


def about(site: Site, offers: Sequence[Offer]) -> Iterator[Issue]:
    """What the address given is, where it is not what a source file should name."""
    trouble = site.troubles.get(site.url)
    if trouble is not None:
        yield of_error(trouble)
    if site.page is None:
        return
    yield from moved(site.page)
    yield from _elsewhere(site)
    yield from _kept_out(site)
    if site.page.status in (404, 410):
        yield _gone(site.page, offers)
    elif site.page.status in _LOGINS or _is_login_form(site.page):
        yield _wall(site.page, offers)
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


def _is_login_form(page: Answer) -> bool:
    """Whether a page asks for a password and has hardly anything else; in a corner it is for the site's own people."""
    asks = page.status == 200 and b"password" in page.body.lower()
    return asks and reading.read(page.url, page.body, page.headers.get("content-type", "")).kind == "other"


def _kept_out(site: Site) -> Iterator[Issue]:
    """What robots.txt keeps from us, where it lets us look at the rest."""
    closed = [url for url, error in site.troubles.items() if isinstance(error, RobotsDisallowed) and url != site.url]
    if closed:
        message = (
            f"robots.txt forbids us {len(closed)} of the addresses where an interface may lie, such as {closed[0]}. "
            "If the site has one there, ask its contact to allow us."
        )
        yield Issue(code="robots_forbid_some", message=message[:1000], severity="note", value=closed[0][:500])


def _elsewhere(site: Site) -> Iterator[Issue]:
    if site.page and host(site.page.url) != host(site.url) and not moved(site.page):
        message = (
            f"{site.url} leads to another host, {site.page.url}: if the site moved, put that into the source file."
        )
        yield Issue(code="leads_elsewhere", message=message[:1000], value=site.page.url[:500])


def _gone(page: Answer, offers: Sequence[Offer]) -> Issue:
    onward = _own_offer(offers) or "Look for its present address on the site."
    how = "gone for good (410)" if page.status == 410 else "not there (404)"
    message = f"{page.url} is {how}. {onward}"
    return Issue(code="address_gone", message=message[:1000], severity="note" if offers else "error")


def _own_offer(offers: Sequence[Offer]) -> str:
    return f"The site's own offer is {offers[0].protocol} at {offers[0].url}." if offers else ""


def _wall(page: Answer, offers: Sequence[Offer]) -> Issue:
    """A 403 is a login's answer, or a firewall's that takes us for an intruder: the same person can help."""
    what = "shuts us out" if page.status == _FORBIDDEN else "asks for a login"
    message = (
        f"{page.url} {what} (HTTP {page.status}). Ask the site's administrator to open its content, or a "
        f"feed of it, to readers and to us: no password is ever kept here. {_own_offer(offers)}"
    )
    severity: Literal["error", "note"] = "note" if offers else "error"
    return Issue(code="login_wall", message=message.strip()[:1000], severity=severity, value=page.url[:500])


def _page(page: Answer, offers: Sequence[Offer]) -> Issue:
    onward = _own_offer(offers) or "Look on it for a feed, and probe that."
    message = f"{page.url} is a page for people, and neither a feed nor an interface. {onward}"
    return Issue(code="page_for_people", message=message[:1000], severity="note", value=page.url[:500])
