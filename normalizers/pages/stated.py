"""What a web page states of itself for machines: each value with the place where it stands, the best places first.

Places: json-ld, microdata and rdfa, whose properties are read by https://schema.org and, in older pages, by Dublin
Core; then the meta tags of Highwire as Google Scholar reads them
(https://scholar.google.com/intl/en/scholar/inclusion.html), of Dublin Core
(https://www.dublincore.org/specifications/dublin-core/dc-html/) and OpenGraph (https://ogp.me), and plain ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin

from lxml import html
from msgspec import Struct

from harvesters.crawling.structured import BESIDE, PAGES, json_ld, local, microdata, rdfa
from harvesters.model import Json
from harvesters.web_pages import Head

_PROPERTIES = {
    "headline": "title", "name": "title", "title": "title", "description": "summary", "abstract": "summary",
    "datepublished": "published", "issued": "published", "date": "published", "datemodified": "modified",
    "modified": "modified", "datecreated": "created", "created": "created", "startdate": "start", "enddate": "end",
    "author": "author", "creator": "author", "contributor": "contributor", "publisher": "publisher",
    "license": "licence", "copyrightnotice": "licence", "rights": "licence", "inlanguage": "language",
    "language": "language", "keywords": "subject", "about": "subject", "subject": "subject",
    "spatialcoverage": "coverage", "contentlocation": "coverage", "coverage": "coverage", "spatial": "coverage",
    "location": "place", "organizer": "organizer", "image": "image", "thumbnailurl": "image",
    "contenturl": "document", "encoding": "document", "associatedmedia": "document", "distribution": "document",
}  # fmt: skip
_METAS = {
    "highwire": {
        "citation_title": "title", "citation_abstract": "summary", "citation_publication_date": "published",
        "citation_date": "published", "citation_online_date": "published", "citation_author": "author",
        "citation_authors": "author", "citation_publisher": "publisher", "citation_language": "language",
        "citation_keywords": "subject", "citation_pdf_url": "document", "citation_doi": "identifier",
        "citation_isbn": "identifier",
    },
    "dublin-core": {
        "dc.title": "title", "dc.description": "summary", "dc.abstract": "summary",
        "dc.description.abstract": "summary",
        "dc.date": "published", "dc.issued": "published", "dc.date.issued": "published", "dc.available": "published",
        "dc.modified": "modified", "dc.date.modified": "modified", "dc.created": "created",
        "dc.date.created": "created", "dc.creator": "author", "dc.contributor": "contributor",
        "dc.publisher": "publisher", "dc.rights": "licence", "dc.license": "licence", "dc.rights.license": "licence",
        "dc.language": "language", "dc.subject": "subject", "dc.coverage": "coverage", "dc.spatial": "coverage",
        "dc.identifier": "identifier", "dc.type": "type",
    },
    "opengraph": {
        "og:title": "title", "og:description": "summary", "article:published_time": "published",
        "article:modified_time": "modified", "og:updated_time": "modified", "article:author": "author",
        "og:locale": "language", "article:tag": "subject", "og:image": "image",
    },
    "meta": {
        "description": "summary", "author": "author", "keywords": "subject", "date": "published",
        "language": "language", "copyright": "licence",
    },
}  # fmt: skip


class Value(Struct, frozen=True):
    """What is stated, where (`json-ld`, `opengraph` ...), and in which language, where that is said too."""

    text: str
    place: str
    language: str | None = None


class Stated(Struct):
    """Values by field, in the order in which they are to be believed; types of the page, and names of its site."""

    values: dict[str, list[Value]] = {}
    types: list[str] = []
    sites: list[str] = []

    def of(self, field: str) -> list[Value]:
        """What is stated of a field; nothing for most of them."""
        return self.values.get(field, [])

    def add(self, field: str, text: str, place: str, language: str | None = None) -> None:
        """Take a value over, unless it says nothing."""
        if text.strip():
            self.values.setdefault(field, []).append(Value(text.strip(), place, language))


def stated(root: html.HtmlElement, head: Head, body: bytes, url: str) -> Stated:
    """All that the page at `url`, which is its canonical address, states of itself."""
    found = Stated()
    for place, things in (
        ("json-ld", json_ld(root)),
        ("microdata", microdata(root, body, url)),
        ("rdfa", rdfa(root, body, url)),
    ):
        _Things(found, place, url).read(things)
    for place, names in _METAS.items():
        for meta in head.metas:
            if meta.name in names:
                found.add(names[meta.name], meta.content, place, meta.language)
    found.sites += [meta.content for name in ("og:site_name", "application-name") for meta in head.values(name)]
    return found


class _Things:
    """The objects of one syntax, read into what is stated."""

    def __init__(self, found: Stated, place: str, url: str) -> None:
        self._found = found
        self._place = place
        self._url = url
        self._named: dict[str, dict[str, Json]] = {}

    def read(self, things: list[dict[str, Json]]) -> None:
        """Those that the page is about before the page itself; none that say of themselves to be of another page."""
        self._named = {str(thing["@id"]): thing for thing in things if "@id" in thing}
        for thing in things:
            if "website" in _types(thing):
                self._found.sites += list(self._texts(thing.get("name")))
        own = [thing for thing in things if not _types(thing) & BESIDE and not self._is_elsewhere(thing)]
        for thing in sorted(own, key=lambda thing: bool(_types(thing) & PAGES)):
            is_page = bool(_types(thing) & PAGES)
            if not is_page:
                self._found.types += [kind for kind in sorted(_types(thing)) if kind not in self._found.types]
            for key, value in thing.items():
                field = _PROPERTIES.get(local(key))
                if field and not (is_page and field == "title"):
                    for text in self._texts(value):
                        self._found.add(field, text, self._place)

    def _is_elsewhere(self, thing: dict[str, Json]) -> bool:
        addresses = [text for key in ("url", "mainEntityOfPage") for text in self._addresses(thing.get(key))]
        own = urldefrag(self._url).url.rstrip("/")
        return bool(addresses) and own not in {urldefrag(urljoin(self._url, one)).url.rstrip("/") for one in addresses}

    def _addresses(self, value: Json) -> Iterator[str]:
        for one in value if isinstance(value, list) else [value]:
            address = one.get("@id") if isinstance(one, dict) else one
            if isinstance(address, str) and address:
                yield address

    def _texts(self, value: Json) -> Iterator[str]:
        """A text, or what an object in its place is called: its name, else the address of what it stands for."""
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str | int | float) and not isinstance(one, bool):
                yield str(one)
            elif isinstance(one, dict):
                thing = self._named.get(str(one.get("@id")), one)
                told = (thing.get(key) for key in _NAMES)
                text = next(
                    (text for name in told for text in (name if isinstance(name, list) else [name]) if text), ""
                )
                if isinstance(text, str):
                    yield text


_NAMES = (
    "name", "http://schema.org/name", "https://schema.org/name", "http://xmlns.com/foaf/0.1/name", "contentUrl", "url",
    "@value", "@id",
)  # fmt: skip


def _types(thing: dict[str, Json]) -> set[str]:
    value = thing.get("@type")
    return {local(one) for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)}
