"""How one page of a list leads to the next: every way that the platforms have, in one place.

NextLink     the document names the next page (JSON:API 1.1 `links.next`, OData, Hydra)
LinkHeader   the Link header does (RFC 8288)
Offset       `start` counts records (CKAN, Solr, GBIF, Plone)
PageNumber   `page` counts pages (WordPress)
Cursor       the document holds a mark that the next question gives back
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol as Shape
from urllib.parse import parse_qs

from msgspec import Struct
from msgspec.structs import replace
from requests.utils import parse_header_links

from harvesters.feeds.addresses import absolute
from harvesters.listings.reading import Path, at
from harvesters.model import Answer, Json

Find = Callable[[Json], str | None]


class Ask(Struct, frozen=True):
    """One question: an address and its parameters, which are kept to resume with."""

    url: str
    params: Mapping[str, str | list[str]] = {}

    def having(self, **params: str | list[str]) -> Ask:
        """The same question with other values of some parameters."""
        return replace(self, params={**self.params, **params})


class Turn(Struct, frozen=True):
    """One page as it came: its question, its answer, the document in it, and how many items it has."""

    ask: Ask
    answer: Answer
    document: Json
    count: int


class Pager(Shape):
    """One way to paginate."""

    def first(self, ask: Ask) -> Ask:
        """The question for the first page."""
        ...

    def after(self, turn: Turn) -> Ask | None:
        """The question for the page after this one; None at the list's end."""
        ...

    def past(self, ask: Ask, /) -> Ask | None:
        """The question for the page after one that could not be read; None where only that one could name it."""
        ...


class NextLink(Struct, frozen=True):
    """The document names the address of the next page; `find` says where.

    Where such an address counts records, `start` is the parameter that does, and `rows` says how many a page may have:
    then the page after one that could not be read has a name too.
    """

    find: Find
    start: str = ""
    rows: str = ""

    def first(self, ask: Ask) -> Ask:
        """As it is."""
        return ask

    def after(self, turn: Turn) -> Ask | None:
        """The address that the document names."""
        return _follow(turn.answer, self.find(turn.document))

    def past(self, ask: Ask) -> Ask | None:
        """A whole page on, where the addresses count records."""
        address, _, query = ask.url.partition("?")
        asked = parse_qs(query, keep_blank_values=True) | dict(ask.params)
        begun, size = (_number(asked.get(name, "0")) for name in (self.start, self.rows))
        return Ask(address, {**asked, self.start: str(begun + size)}) if self.start and size else None


class LinkHeader(Struct, frozen=True):
    """The Link header names the next page with `rel="next"`."""

    def first(self, ask: Ask) -> Ask:
        """As it is."""
        return ask

    def after(self, turn: Turn) -> Ask | None:
        """The address that the header names."""
        links = parse_header_links(turn.answer.headers.get("link", ""))
        return _follow(turn.answer, next((link["url"] for link in links if link.get("rel") == "next"), None))

    def past(self, _ask: Ask) -> Ask | None:
        """None."""
        return None


class Offset(Struct, frozen=True, kw_only=True):
    """`start` says how many records lie before the page, `rows` how many it may have.

    `total` leads to the number of all in the document. A server that gives fewer than it was asked for is followed.
    """

    start: str
    rows: str
    size: int
    total: Path = ()

    def first(self, ask: Ask) -> Ask:
        """From record 0."""
        return ask.having(**{self.start: "0", self.rows: str(self.size)})

    def after(self, turn: Turn) -> Ask | None:
        """From the first record that this page did not have; the list ends at its total, or with an empty page."""
        reached = int(str(turn.ask.params[self.start])) + turn.count
        total = at(turn.document, self.total) if self.total else None
        if not turn.count or (isinstance(total, int) and reached >= total):
            return None
        return turn.ask.having(**{self.start: str(reached)})

    def past(self, ask: Ask) -> Ask | None:
        """A whole page on."""
        return ask.having(**{self.start: str(int(str(ask.params[self.start])) + self.size)})


class PageNumber(Struct, frozen=True, kw_only=True):
    """`page` counts from `begin`, `rows` says how many records one has; `pages` is the header with their number."""

    page: str
    rows: str
    size: int
    begin: int = 1
    pages: str = ""

    def first(self, ask: Ask) -> Ask:
        """Page `begin`."""
        return ask.having(**{self.page: str(self.begin), self.rows: str(self.size)})

    def after(self, turn: Turn) -> Ask | None:
        """The next number, until the number of pages is reached; where it is not told, until an empty page."""
        number, most = int(str(turn.ask.params[self.page])), turn.answer.headers.get(self.pages, "")
        if not turn.count or (most.isascii() and most.isdigit() and number - self.begin + 1 >= int(most[:18])):
            return None
        return turn.ask.having(**{self.page: str(number + 1)})

    def past(self, ask: Ask) -> Ask | None:
        """The next number."""
        return ask.having(**{self.page: str(int(str(ask.params[self.page])) + 1)})


class Cursor(Struct, frozen=True):
    """The document holds the mark of the next page, which is given back as the parameter `name`."""

    name: str
    find: Find

    def first(self, ask: Ask) -> Ask:
        """As it is."""
        return ask

    def after(self, turn: Turn) -> Ask | None:
        """The same question with the mark; a mark that does not move ends the list."""
        mark = self.find(turn.document)
        return turn.ask.having(**{self.name: mark}) if mark and mark != turn.ask.params.get(self.name) else None

    def past(self, _ask: Ask) -> Ask | None:
        """None."""
        return None


def _number(values: str | list[str]) -> int:
    value = values if isinstance(values, str) else values[0]
    return int(value[:9]) if value.isascii() and value.isdigit() else 0


def _follow(answer: Answer, link: str | None) -> Ask | None:
    return Ask(absolute(answer.url, link.strip())) if link and link.strip() else None
