"""A web site as a stranger finds it: the page whose address was given, the site's front, and what both point at.

Each address is asked once. What cannot be had is remembered as a trouble, and the look goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import langcodes
from lxml.html import HtmlElement
from msgspec import Struct

from harvesters.errors import (
    AddressRefused,
    BadStatus,
    HarvestError,
    ProtocolError,
    RobotsError,
    RobotsUnknown,
    TooLarge,
    TooSlow,
    Unreachable,
)
from harvesters.feeds.addresses import absolute, host
from harvesters.http import Http, Params
from harvesters.listings.reading import document
from harvesters.model import Answer, Json
from harvesters.safe_xml import is_web_page
from harvesters.visit import Visit
from harvesters.web_pages import head, tree

TROUBLES = (AddressRefused, BadStatus, ProtocolError, RobotsError, TooLarge, TooSlow, Unreachable)
"""What one request may come to and says nothing of the next one."""
_MOST_LINKS = 2_000  # of one page
_HREFLANG_OF_NOBODY = "x-default"


class Link(Struct, frozen=True):
    """What a page points at: `rel`, `kind` (its media type) and `title` in lower case, `address` absolute."""

    address: str
    rel: str = ""
    kind: str = ""
    language: str = ""
    title: str = ""
    is_element: bool = False  # of the head, rather than one that people click


class Site:
    """A site under the eyes of a probe. `visit` counts what `http` asks."""

    def __init__(self, http: Http, url: str, visit: Visit) -> None:
        self.http = http
        self.url = url
        self.troubles: dict[str, HarvestError] = {}
        self.visit = visit
        self._seen: dict[tuple[str, str], tuple[Answer | None, float]] = {}
        self.page = self.look(url)
        self.root = _root(self.page.url if self.page else url)
        dead = isinstance(self.troubles.get(url), RobotsUnknown | Unreachable)  # as every address of it would be
        self.front = None if dead else self.look(f"{self.root}/")
        self._pages = [answer for answer in (self.page, self.front) if answer and is_web_page(answer.body)]
        self.links = tuple(dict.fromkeys(link for answer in self._pages for link in _links(answer)))

    @property
    def answers(self) -> bool:
        """Whether anything at all came from it."""
        return self.page is not None or self.front is not None

    @property
    def is_page(self) -> bool:
        """Whether the address given is a page for people."""
        return bool(self.page and is_web_page(self.page.body))

    @property
    def folders(self) -> tuple[str, ...]:
        """Where the site's interfaces may lie, without a slash at the end: its root, and the folder of a page given."""
        path = urlsplit(self.page.url).path[1:] if self.page and self.is_page else ""
        first, slash, _ = path.partition("/")
        is_folder = first and (slash or "." not in first)  # which index.html is not
        return (self.root, f"{self.root}/{first}") if is_folder else (self.root,)

    @property
    def title(self) -> str:
        """What its front page, else the page given, is called; "" where neither says."""
        heads = [head(answer).title for answer in (self.front, self.page) if answer and answer.status == 200]
        return next((title for title in heads if title), "")

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that its pages say they are in, their own first."""
        told = [link.language for link in self.links if link.rel == "alternate" and link.language]
        shown = (_tree(answer) for answer in self._pages if answer.status == 200)
        own = [root.get("lang", "") for root in shown if root is not None]
        tags = [tag.strip() for tag in (*own, *told) if tag and tag.lower() != _HREFLANG_OF_NOBODY]
        return tuple(dict.fromkeys(str(langcodes.get(tag)) for tag in tags if langcodes.tag_is_valid(tag)))

    def shows(self, *signs: str) -> bool:
        """Whether its pages, its headers or its address have one of these words in them, in any case."""
        text = [self.url.encode(), *(answer.body for answer in self._pages)]
        text += [f"{name}: {value}".encode() for answer in self._pages for name, value in answer.headers.items()]
        whole = b"\n".join(text).lower()
        return any(sign.lower().encode() in whole for sign in signs)

    def named(self, *words: str) -> list[str]:
        """Addresses of this site that its pages point at and that have one of these words in them."""
        own = (link.address for link in self.links if host(link.address) == host(self.root))
        return list(dict.fromkeys(each for each in own if any(word in each.lower() for word in words)))

    def look(self, address: str, *, params: Params | None = None, accept: str = "") -> Answer | None:
        """The answer to an address, whatever its status; None where there is none. Asked before, it is not asked again.

        Raises:
            LimitReached: the look is over: its requests are spent, or the server is to be left alone.
        """
        key = (address, repr(sorted((params or {}).items())) + accept)
        if key not in self._seen:
            self._seen[key] = self._ask(address, params or {}, accept)
        return self._seen[key][0]

    def json(
        self, address: str, *, params: Params | None = None, accept: str = "application/json"
    ) -> tuple[Json, Answer] | None:
        """The JSON document at an address with its answer; None where there is none. Raises as `look` does."""
        answer = self.look(address, params=params, accept=accept)
        try:
            return (document(answer), answer) if answer else None
        except TROUBLES:
            return None

    def seconds(self, answer: Answer) -> float:
        """How long an answer of this site took."""
        return next((seconds for found, seconds in self._seen.values() if found is answer), 0.0)

    def _ask(self, address: str, params: Params, accept: str) -> tuple[Answer | None, float]:
        before = self.visit.seconds
        try:
            answer = self.http.get(address, params=dict(params) or None, accept=accept or None)
        except TROUBLES as error:
            self.troubles[address] = error
            return (error.answer if isinstance(error, BadStatus) else None), 0.0
        return answer, self.visit.seconds - before


def _root(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "", "", ""))


def _tree(answer: Answer) -> HtmlElement | None:
    return tree(answer.body, answer.headers.get("content-type", ""))


def _links(answer: Answer) -> Iterator[Link]:
    root = _tree(answer)
    found = [] if root is None else [*root.iter("link", "a")]
    for element in found[:_MOST_LINKS]:
        if address := (element.get("href") or "").strip():
            yield Link(
                address=absolute(answer.url, address),
                rel=" ".join((element.get("rel") or "").lower().split()),
                kind=(element.get("type") or "").partition(";")[0].strip().lower(),
                language=(element.get("hreflang") or "").strip(),
                title=(element.get("title") or "").lower(),
                is_element=element.tag == "link",
            )
