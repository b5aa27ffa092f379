"""What a page of a site without an interface is, and which records stand on it.

    record      a page with a text of its own, or one that states what it is about: one record, profile `web_page`
                (`ptk_page` for an item of the Portal Tool Kit)
    documents   a table or list of documents: a record for each, profile `web_document`, and none for the page
    listing     a home page, or one that only leads on; no record, as for all below
    search      results of a search
    soft_404    "not found", answered as if it were
    other       no page at all, a login form, an empty one

A document is a profile of its own, since its values stand elsewhere than a page's: in one row, under the table's
heads. A document is named by its first file's address, so it is one record wherever it is listed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from lxml import html
from msgspec import Struct

from harvesters.crawling.blocks import Block, blocks, is_heading, main
from harvesters.crawling.documents import File, Row, address, base, files, rows, text_of
from harvesters.crawling.structured import BESIDE, PAGES, types
from harvesters.model import Answer, RawRecord
from harvesters.web_pages import Head, head_in, tree

Kind = Literal["record", "documents", "listing", "search", "soft_404", "other"]

PAGE_TYPES = frozenset(("text/html", "application/xhtml+xml"))
"""Media types of pages: what turns out to be another one is a document or a picture, and is not downloaded."""
LEADS_ON: frozenset[Kind] = frozenset(("listing", "documents", "search"))
"""Kinds of pages that show first what is new on a site, and what is no more."""

_MOST_BYTES = 16 * 2**20  # of a page that is read: what is larger is no text for people
_LEAST_TEXT = 140  # letters of prose that make a page worth a record
_AROUND_DOCUMENTS = 800  # letters of prose beside a list of documents, with which it is still the page's purpose
_SEARCH_KEYS = frozenset(("s", "q", "query", "search", "keys", "searchword", "search_api_fulltext", "searchabletext"))
_SEARCH_PATH = re.compile(
    r"/(?:search|@@search|recherche|rechercher|buscar|busqueda|suche|poisk|sousuo)(?:[/.]|$)", re.IGNORECASE
)
_HOME = re.compile(
    r"/(?:[a-z]{2}(?:[-_][a-z]{2,4})?/?)?(?:(?:index|default|home|accueil)(?:\.\w{2,5})?/?)?", re.IGNORECASE
)
_NOT_FOUND = re.compile(
    r"\b(?:404|(?:page|document|file|content)\b.{0,20}\bnot\b.{0,10}\b(?:found|exist|available)|"
    r"page (?:introuvable|non trouvée|inexistante|inconnue)|p[áa]gina no (?:encontrada|existe)|no se (?:ha )?encontr)|"
    r"страниц\w* не (?:найдена|существует)|(?:الصفحة|صفحة) (?:غير موجودة|غير متوفرة|المطلوبة غير)|"
    r"لم يتم العثور|(?:页面|網頁|网页|頁面).{0,6}(?:不存在|未找到|找不到)|"
    r"(?:找不到|未找到).{0,8}(?:页面|网页|頁面|網頁)",
    re.IGNORECASE,
)
_STAMP = re.compile(
    r"(?:today|date|printed|(?:last )?(?:updated?|modified)|page generated|visitors?|hits|views|aujourd.hui|imprimé|"
    r"(?:dernière )?mise à jour|visites|visiteurs|hoy|última actualización|visitas|сегодня|обновлено|просмотров|"
    r"посетителей|اليوم|آخر تحديث|عدد الزوار|今天|更新时间|浏览|访问量)\b",
    re.IGNORECASE,
)
_LISTS = frozenset(("collectionpage", "itemlist", "searchresultspage", "blog", "datacatalog"))
_PTK = (b"naaya", b"portal_syndication", b"/misc_/")


class Found(Struct, frozen=True):
    """A record on a page: its identifier, its profile, and its number among those of the page."""

    identifier: str
    profile: str
    item: int = 0


class Reading(Struct, frozen=True, kw_only=True):
    """What a page is. All addresses are absolute.

    `canonical` is the address that the page gives itself (its own where it gives none, or one that cannot be);
    `translations` are the same page in other languages, by BCP 47 tag as declared, itself among them. `links` are
    the pages to which it leads, `files` the documents, `feeds` what it offers to readers of feeds. `hidden` says that
    the page asks not to be indexed, so that it gives no record, `closed` that its links are not to be followed.
    `meaning` digests what it says: the same while only menus, banners, dates of the day or counters differ.
    """

    kind: Kind
    records: tuple[Found, ...] = ()
    canonical: str
    translations: dict[str, str] = {}
    links: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    language: str | None = None
    hidden: bool = False
    closed: bool = False
    meaning: str = ""


def raw_records(reading: Reading, answer: Answer) -> tuple[RawRecord, ...]:
    """The records of a page as it was received: each is a place in the whole of it, read again by its profile."""
    return tuple(
        RawRecord(
            identifier=found.identifier,
            profile=found.profile,
            answer=answer,
            item=found.item,
            start=0,
            end=len(answer.body),
        )
        for found in reading.records
    )


def read(url: str, body: bytes, content_type: str) -> Reading:
    """What the page at `url` is; never raises, since any bytes may come."""
    is_page = len(body) <= _MOST_BYTES and _is_html(content_type, body)
    root = tree(body, content_type) if is_page else None
    if root is None:
        return Reading(kind="other", canonical=url, meaning=_digest((body,)))
    seen = _Page(url, body, root)
    kind = seen.kind()
    robots = {word.strip().lower() for meta in seen.head.values("robots") for word in meta.content.split(",")}
    hidden = bool(robots & {"noindex", "none"})
    return Reading(
        kind=kind,
        records=() if hidden else tuple(seen.records(kind)),
        canonical=seen.canonical,
        translations=translations(root, url),
        links=tuple(seen.links()),
        files=tuple(file.url for file in seen.files),
        feeds=tuple(seen.feeds()),
        language=seen.head.language,
        hidden=hidden,
        closed=bool(robots & {"nofollow", "none"}),
        meaning=seen.meaning(),
    )


def canonical(root: html.HtmlElement, url: str) -> str:
    """The page's own word for its address, unless that is another site's, or the home, which some give for all."""
    for link in _head_links(root, "canonical"):
        target = address(link.get("href", ""), base(root, url))
        if target and (not _is_home(target) or _is_home(url)) and _host(target) == _host(url):
            return target
    return url.partition("#")[0]


def translations(root: html.HtmlElement, url: str) -> dict[str, str]:
    """The page in other languages, by the tag that `hreflang` has for each; itself among them where it says so."""
    found: dict[str, str] = {}
    for link in _head_links(root, "alternate"):
        language, target = link.get("hreflang", "").strip(), address(link.get("href", ""), base(root, url))
        if target and language and language != "x-default" and not link.get("type", "").startswith("application/"):
            found.setdefault(language, target)
    return found


class _Page:
    """One page while it is read."""

    def __init__(self, url: str, body: bytes, root: html.HtmlElement) -> None:
        self._url = url
        self._body = body
        self._root = root
        self.head: Head = head_in(root)
        self._base = base(root, url)
        self._main = main(root)
        self._blocks: list[Block] = blocks(self._main)
        self._rows: list[Row] = rows(self._main, self._base)
        self._types = types(root)
        self._about = self._types - _LISTS - BESIDE - PAGES
        self.files: list[File] = files(self._main, self._base)
        self._prose = sum(block.length for block in self._blocks if block.is_prose)
        self.canonical = canonical(root, url)

    def kind(self) -> Kind:
        """The first that fits."""
        kinds: tuple[tuple[Kind, Callable[[], bool]], ...] = (
            ("other", self._is_empty),
            ("soft_404", self._says_not_found),
            ("search", self._is_search),
            ("documents", self._is_of_documents),
            ("listing", self._is_listing),
            ("record", self._is_record),
        )
        return next((kind for kind, fits in kinds if fits()), "other")

    def records(self, kind: Kind) -> Iterable[Found]:
        """What stands on a page of this kind."""
        if kind == "record":
            yield Found(self.canonical, "ptk_page" if self._is_ptk() else "web_page")
        elif kind == "documents":
            for row in self._rows:
                yield Found(row.files[0].url, "web_document", row.number)

    def links(self) -> Iterable[str]:
        """Where the page leads, menus and all: pages are found through them."""
        found = (address(link.get("href", ""), self._base) for link in self._root.iter("a", "area"))
        files_too = {file.url for file in files(self._root, self._base)}
        return dict.fromkeys(target for target in found if target and target not in files_too)

    def feeds(self) -> Iterable[str]:
        """Feeds that the head names (https://www.rssboard.org/rss-autodiscovery)."""
        for link in _head_links(self._root, "alternate"):
            target = address(link.get("href", ""), self._base)
            if target and re.search(r"(?:rss|atom|feed)\+", link.get("type", "")):
                yield target

    def meaning(self) -> str:
        """Title, words, documents, and what the head says of it; not dates of change, which sites renew unasked."""
        told = (meta for meta in self.head.metas if not re.search("modified|updated|generator|viewport", meta.name))
        words = (block.text for block in self._blocks if not (block.length < 100 and _STAMP.match(block.text)))
        linked = (file.url for file in self.files)
        return _digest(
            text.encode("utf-8", "replace")
            for text in (self.head.title, *(f"{meta.name}={meta.content}" for meta in told), *words, *linked)
        )

    def _is_empty(self) -> bool:
        """Whether it has no words, or hardly any around a form that asks for a password."""
        asks = any(field.get("type") == "password" for field in self._root.iter("input"))
        return not self._blocks or (asks and self._prose < _LEAST_TEXT)

    def _says_not_found(self) -> bool:
        if self._prose >= _AROUND_DOCUMENTS:
            return False
        headings = (block.text for block in self._blocks if is_heading(block.tag))
        return any(len(text) < 120 and _NOT_FOUND.search(text) for text in (self.head.title, *headings))

    def _is_search(self) -> bool:
        parts = urlsplit(self._url)
        asked = {key.lower() for key, value in parse_qsl(parts.query) if value}
        return bool(asked & _SEARCH_KEYS or _SEARCH_PATH.search(parts.path) or "searchresultspage" in self._types)

    def _is_of_documents(self) -> bool:
        beside = self._prose - sum(row.length for row in self._rows)
        return bool(self._rows) and beside < _AROUND_DOCUMENTS

    def _is_listing(self) -> bool:
        """A home page, one that calls itself a list, or one whose words, or headings, are links for the most part."""
        if _is_home(self._url) or any(meta.content.lower() == "collection" for meta in self.head.values("dc.type")):
            return True
        if self._types & _LISTS and not self._about:
            return True
        if sum(block.linked for block in self._blocks) * 2 > sum(block.length for block in self._blocks):
            return True
        own = self._own_title()
        headings = [n for n, block in enumerate(self._blocks) if is_heading(block.tag)]
        leading = [n for n in headings if self._blocks[n].is_linked and self._blocks[n].text != own]
        before = self._blocks[: leading[0]] if leading else self._blocks
        is_of_teasers = len(leading) > 2 or (leading and leading == headings)
        return bool(is_of_teasers) and sum(block.length for block in before if block.is_prose) < 2 * _LEAST_TEXT

    def _own_title(self) -> str | None:
        """The words of a heading that links to the page itself, as many a title does."""
        links = (link for link in self._main.iter("a") if link.getparent() is not None)
        headed = (link for link in links if is_heading(str(link.getparent().tag)))
        here = {self._url.partition("#")[0], self.canonical}
        own = (link for link in headed if address(link.get("href", ""), self._base) in here)
        return next((text_of(link) for link in own), None)

    def _is_record(self) -> bool:
        return self._prose >= _LEAST_TEXT or bool(self._about) or self._is_ptk()

    def _is_ptk(self) -> bool:
        """Whether it is an item's page of the Portal Tool Kit: that states Dublin Core, and names its platform."""
        stated = any(meta.name.startswith("dc.") for meta in self.head.metas)
        return stated and any(mark in self._body.lower() for mark in _PTK)


def _head_links(root: html.HtmlElement, rel: str) -> Iterator[html.HtmlElement]:
    return (link for link in root.iter("link") if rel in link.get("rel", "").lower().split())


def _is_html(content_type: str, body: bytes) -> bool:
    media = content_type.partition(";")[0].strip().lower()
    return media in PAGE_TYPES or (not media and b"<html" in body[:2000].lower())


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.query and _HOME.fullmatch(parts.path or "/") is not None


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _digest(pieces: Iterable[bytes]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for piece in pieces:
        digest.update(len(piece).to_bytes(8))
        digest.update(piece)
    return digest.hexdigest()
