"""What a Drupal site's JSON:API is asked, a bundle of nodes at a time, and what its items are.

Only published nodes, by their number: the one order that does not change while a list is read. A filter looks at every
translation of a node (Drupal's `QueryInterface::condition`), so a list of what changed holds the nodes that changed in
any language. Filters take moments as seconds since 1970, though answers write them in ISO 8601.

https://www.drupal.org/docs/core-modules-and-themes/core-modules/jsonapi-module (fetching, filtering, pagination)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from harvesters.drupal import translations
from harvesters.http import Http
from harvesters.listings.pagers import Ask, NextLink
from harvesters.listings.reading import Path, at, text_at
from harvesters.listings.walk import Found, Listing, total_at
from harvesters.model import Answer, Json
from harvesters.server_clock import read_time

PAGE = 50
"""Nodes of a page: more are never given."""


class Seen(Struct, frozen=True):
    """What a list shows of a node: its identifier, its number, and when its leading language changed, if it says."""

    identifier: str
    number: int
    changed: datetime | None


Note = Callable[[Seen], None]

_TYPE = "application/vnd.api+json"


class Site(Struct, frozen=True, kw_only=True):
    """How a site is asked: below `root`, in `locales` (the first leads; none: as the site speaks by itself).

    `params` go with every question for content, such as `include`; `profile` reads the items.
    """

    root: str
    locales: tuple[str, ...]
    profile: str
    params: Mapping[str, str] = {}

    def resource(self, bundle: str) -> str:
        """Address of a bundle's nodes in the leading language."""
        return "/".join((self.root, *self.locales[:1], "jsonapi/node", bundle))

    @property
    def within(self) -> Path:
        """Where the leading language's answer stands in a page; see `translations`."""
        return self.locales[:1] if len(self.locales) > 1 else ()


def content(site: Site, http: Http, bundle: str, since: datetime | None, note: Note) -> Listing:
    """The list of a bundle's nodes, or of those that changed since then; `note` hears of each."""
    wish = _ask(site, bundle).having(**site.params)
    if since is not None:
        wish = wish.having(**_condition("since", "changed", ">=", str(int(since.timestamp()))))
    return _listing(site, http, wish, note)


def singly(site: Site, http: Http, bundle: str, identifiers: Sequence[str], note: Note) -> Listing:
    """The list of these nodes, at most a page of them."""
    wish = Ask(site.resource(bundle), _chosen(identifiers)).having(**site.params)
    return _listing(site, http, wish, note)


def census(site: Site, bundle: str, note: Note) -> Listing:
    """The list of a bundle's nodes by identifiers alone; `note` hears of each, and nothing becomes a record."""

    def heard(item: Json) -> None:
        _tell(note, item)

    fields = {f"fields[node--{bundle}]": "drupal_internal__nid,changed"}
    return Listing(
        ask=_ask(site, bundle).having(**fields),
        pager=_pager(()),
        profile=site.profile,
        record=heard,
        items=("data",),
        total=total_at("meta", "count"),
        accept=_TYPE,
    )


def _listing(site: Site, http: Http, wish: Ask, note: Note) -> Listing:
    def record(item: Json) -> Found:
        _tell(note, item)
        changed = text_at(item, "attributes", "changed") or text_at(item, "changed")
        return Found(identifier=text_at(item, "id"), datestamp=changed or None)

    def whole(answer: Answer) -> Answer:
        return translations.gathered(answer, site.locales, in_language)

    def in_language(locale: str, identifiers: Sequence[str]) -> Answer:
        address = wish.url.replace(f"/{site.locales[0]}/jsonapi/", f"/{locale}/jsonapi/", 1)
        return http.get(address, params={**site.params, **_chosen(identifiers)}, accept=_TYPE)

    return Listing(
        ask=wish,
        pager=_pager(site.within),
        profile=site.profile,
        record=record,
        items=(*site.within, "data"),
        whole=whole,
        total=total_at(*site.within, "meta", "count"),
        accept=_TYPE,
    )


def _tell(note: Note, item: Json) -> None:
    fields = at(item, ("attributes",)) or item
    number = at(fields, ("drupal_internal__nid",))
    if identifier := text_at(item, "id"):
        changed = read_time(text_at(fields, "changed"))
        note(Seen(identifier, number if isinstance(number, int) else 0, changed))


def _ask(site: Site, bundle: str) -> Ask:
    published = {"filter[status]": "1", "sort": "drupal_internal__nid", "page[limit]": str(PAGE)}
    return Ask(site.resource(bundle), published)


def _pager(within: Path) -> NextLink:
    def onward(document: Json) -> str:
        """The link is an object, or in JSON:API 1.0 as well the address itself."""
        link = (*within, "links", "next")
        return text_at(document, *link, "href") or text_at(at(document, link[:-1]), "next")

    return NextLink(onward, start="page[offset]", rows="page[limit]")


def _chosen(identifiers: Sequence[str]) -> dict[str, str | list[str]]:
    """Parameters for these nodes alone; what is unpublished is not among the answers in any case."""
    return {**_condition("these", "id", "IN", list(identifiers)), "page[limit]": str(PAGE)}


def _condition(name: str, path: str, operator: str, value: str | list[str]) -> dict[str, str | list[str]]:
    condition = f"filter[{name}][condition]"
    several = "[]" if isinstance(value, list) else ""
    return {f"{condition}[path]": path, f"{condition}[operator]": operator, f"{condition}[value]{several}": value}
