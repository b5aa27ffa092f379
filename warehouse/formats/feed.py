"""`feed.xml`: the records that changed last, as an Atom feed (RFC 4287), each with a link to the site that has it."""

from __future__ import annotations

import heapq
from pathlib import Path
from typing import cast

from lxml import etree

from normalizers.model import CommonRecord, LString
from warehouse.edition import Edition, Portion
from warehouse.formats import Written
from warehouse.index_documents import Document
from warehouse.portal.oai.xml import LANG, clean

_NAMESPACE = "http://www.w3.org/2005/Atom"
_DEFAULT = cast("dict[str, str]", {None: _NAMESPACE})  # the type that lxml's stubs forgot
_MOST = 100  # entries
_UNTITLED = "Untitled record"


class _Writer:
    def __init__(self, path: Path, edition: Edition) -> None:
        self._path = path
        self._edition = edition
        self._today = f"{edition.release.published:%Y-%m-%dT%H:%M:%SZ}"
        self._newest: list[tuple[str, str, CommonRecord]] = []  # a heap; identifiers differ, so records never compare

    def add(self, portion: Portion) -> None:
        for record, document in zip(portion.records, portion.documents, strict=True):
            changed = _changed(document)
            if changed > self._today:  # a date that is yet to come would stand first for ever
                continue
            if len(self._newest) < _MOST:
                heapq.heappush(self._newest, (changed, record.identifier, record))
            elif (changed, record.identifier) > self._newest[0][:2]:
                heapq.heapreplace(self._newest, (changed, record.identifier, record))

    def close(self) -> list[Written]:
        address = self._edition.address
        feed = etree.Element(f"{{{_NAMESPACE}}}feed", nsmap=_DEFAULT)
        _put(feed, "id", f"{address}/feed.xml")
        _put(feed, "title", "National biodiversity clearing-houses: what is new")
        _put(feed, "updated", self._today)
        _put(feed, "link", rel="self", href=f"{address}/feed.xml")
        _put(feed, "link", rel="alternate", href=f"{address}/records")
        _put(_put(feed, "author"), "name", "CHM aggregator")
        for changed, _, record in sorted(self._newest, reverse=True):
            self._write_entry(feed, changed, record)
        self._path.write_bytes(etree.tostring(feed, xml_declaration=True, encoding="utf-8", pretty_print=True))
        return [Written(self._path)]

    def _write_entry(self, feed: etree._Element, changed: str, record: CommonRecord) -> None:
        entry = _put(feed, "entry")
        address = self._edition.record_address(record.identifier)
        _put(entry, "id", address)
        language, title = _shown(record.title)
        _set_language(_put(entry, "title", title or _UNTITLED), language)
        _put(entry, "updated", changed)
        _put(entry, "link", rel="alternate", href=address)
        if record.source_page:
            _put(entry, "link", rel="via", href=record.source_page)
        source = self._edition.sources.get(record.source)
        _put(_put(entry, "author"), "name", source.name if source else record.source)
        language, summary = _shown(record.summary or record.description)
        if summary:
            _set_language(_put(entry, "summary", summary), language)
        _put(entry, "category", term=record.schema)
        for term in record.subjects:
            _put(entry, "category", term=term.identifier)


def _changed(document: Document) -> str:
    return str(document.get("updatedDate_dt", ""))


def _shown(text: LString) -> tuple[str, str]:
    """One language of a text, English where there is some, and the text in it."""
    language = "en" if "en" in text else next(iter(text), "und")
    return language, text.get(language, "")


def _set_language(element: etree._Element, language: str) -> None:
    if language != "und":
        element.set(LANG, language)


def _put(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    cleaned = {key: clean(value) for key, value in attributes.items()}
    made = etree.SubElement(parent, f"{{{_NAMESPACE}}}{name}", cleaned)
    made.text = clean(text) if text is not None else None
    return made


def open(folder: Path, edition: Edition) -> _Writer:
    """A writer of `feed.xml`."""
    return _Writer(folder / "feed.xml", edition)
