"""A page of a search as Atom (RFC 4287) and as CSV (RFC 4180)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from lxml import etree
from msgspec import Struct

from warehouse.formats.records_sqlite import stamp_of
from warehouse.portal.finding import Page
from warehouse.portal.oai import xml
from warehouse.portal.shelf import Reading
from warehouse.portal.store import Published
from warehouse.portal.texts import UNKNOWN, one_text

_ATOM = "http://www.w3.org/2005/Atom"
_URN = "urn:uuid:"
_COLUMNS = (
    "identifier", "source", "source_identifier", "schema", "government", "title", "title_language", "languages",
    "published", "updated", "countries", "subjects", "licence", "source_page",
)  # fmt: skip
_FORMULA = re.compile(r"\s*[=+\-@]")  # what a spreadsheet would run (OWASP, CSV Injection)


class Addresses(Struct, frozen=True):
    """Where a page of a search is, where the next one is, and where the read API begins."""

    itself: str
    following: str | None
    base: str


def atom(page: Page, reading: Reading, addresses: Addresses) -> bytes:
    """An Atom feed; each entry has the one text that it may have in its own language, and says which."""
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap=xml.default(_ATOM))
    xml.add(feed, "id", addresses.itself)
    xml.add(feed, "title", "National biodiversity clearing-houses").set(xml.LANG, "en")
    stamps = [stamp for _, stamp in page.records]
    xml.add(feed, "updated", max(stamps, default=stamp_of(reading.release.published)))
    xml.add(xml.add(feed, "author"), "name", "CHM aggregator")
    xml.add(feed, "link", rel="self", href=addresses.itself, type="application/atom+xml")
    if addresses.following:
        xml.add(feed, "link", rel="next", href=addresses.following, type="application/atom+xml")
    for record, stamp in page.records:
        _entry(feed, record, stamp, addresses.base)
    return etree.tostring(feed, xml_declaration=True, encoding="UTF-8")


def _entry(feed: etree._Element, record: Published, stamp: str, base: str) -> None:
    entry = xml.add(feed, "entry")
    xml.add(entry, "id", f"{_URN}{record.identifier}")
    xml.add(entry, "updated", stamp)
    for name, texts in (("title", record.title), ("summary", record.summary or record.description)):
        text, language = one_text(texts)
        if text or name == "title":  # an entry must have one (4.1.2)
            element = xml.add(entry, name, text)
            if language != UNKNOWN:
                element.set(xml.LANG, language)
    xml.add(entry, "link", rel="alternate", href=record.source_page or f"{base}/records/{record.identifier}")
    xml.add(entry, "link", rel="via", href=f"{base}/records/{record.identifier}", type="application/json")
    xml.add(entry, "category", term=record.schema)
    for author in record.authors:
        xml.add(xml.add(entry, "author"), "name", author)


def as_csv(page: Page) -> bytes:
    """A line a record, under the names of the columns; UTF-8 with the mark without which Excel reads another one."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(_COLUMNS)
    for record, stamp in page.records:
        lines.writerow("'" + cell if _FORMULA.match(cell) else cell for cell in _cells(record, stamp))
    return text.getvalue().encode("utf-8-sig")


def _cells(record: Published, stamp: str) -> Iterator[str]:
    title, language = one_text(record.title)
    dates = {date.kind: date.value for date in record.dates}
    yield from (record.identifier, record.source, record.source_identifier, record.schema, record.government or "")
    yield from (title, language if title else "", "; ".join(record.languages), dates.get("published", ""), stamp)
    yield from ("; ".join(term.identifier for term in terms) for terms in (record.countries, record.subjects))
    yield from (record.rights.licence or "", record.source_page or "")
