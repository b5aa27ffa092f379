"""Where the records of an OAI-PMH page stand, by the events of expat: the way that reads every well-formed page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.parsers.expat import XMLParserType

from msgspec import Struct
from msgspec.structs import replace

from harvesters import safe_xml

NAMESPACE = "http://www.openarchives.org/OAI/2.0/"


class Span(Struct, frozen=True, kw_only=True):
    """A record's place in the page and what its header says; `identifier` is empty where it has none."""

    start: int
    end: int
    identifier: str
    datestamp: str | None = None
    deleted: bool = False
    sets: tuple[str, ...] = ()


class Reading(Struct, frozen=True, kw_only=True):
    """What a page holds.

    `envelope` is the page less its records, for a parser. `fault` says where and how it is not well-formed (None: it
    is); then either `mended` says what was mended, and how often, to read all of it, or `lost` are the records that
    cannot be read. `encoding` is that of `envelope`, where its own declaration does not tell.
    """

    spans: tuple[Span, ...]
    envelope: bytes
    fault: str | None = None
    mended: Mapping[str, int] = {}
    lost: tuple[Span, ...] = ()
    encoding: str | None = None


def by_events(page: bytes, encoding: str | None = None) -> list[Span]:
    """The records of a page; `encoding` overrides what it declares.

    Raises:
        MalformedXml: the page is not well-formed.
        DoctypeRefused: it declares a document type.
    """
    parser = safe_xml.strict_parser(encoding)
    finder = _Finder(parser)
    safe_xml.run(parser, page)
    return finder.spans


class _Finder:
    """Hears every event of a page; a record ends where the event after its end tag begins."""

    def __init__(self, parser: XMLParserType) -> None:
        self.spans: list[Span] = []
        self._parser = parser
        self._depth = 0
        self._start = -1
        self._closed = False
        self._in_header = False
        self._text: list[str] | None = None
        self._fields: dict[str, list[str]] = {}
        self._deleted = False
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._finish
        parser.CharacterDataHandler = self._characters
        parser.DefaultHandler = self._characters

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._settle()
        self._depth += 1
        if self._depth == 3 and name == f"{NAMESPACE} record":
            self._start, self._fields, self._deleted = self._parser.CurrentByteIndex, {}, False
        elif self._depth == 4 and self._start >= 0 and name == f"{NAMESPACE} header":
            self._in_header = True
            self._deleted = attributes.get("status") == "deleted"
        elif self._depth == 5 and self._in_header:
            self._text = []

    def _finish(self, name: str) -> None:
        self._settle()
        if self._depth == 5 and self._text is not None:
            self._fields.setdefault(name, []).append("".join(self._text).strip())
            self._text = None
        elif self._depth == 4:
            self._in_header = False
        elif self._depth == 3 and self._start >= 0:
            self._closed = True
        self._depth -= 1

    def _characters(self, data: str) -> None:
        self._settle()
        if self._text is not None:
            self._text.append(data)

    def _settle(self) -> None:
        if not self._closed:
            return
        self._closed = False
        span = Span(
            start=self._start,
            end=self._parser.CurrentByteIndex,
            identifier=self._first("identifier") or "",
            datestamp=self._first("datestamp"),
            deleted=self._deleted,
            sets=tuple(self._fields.get(f"{NAMESPACE} setSpec", ())),
        )
        self.spans.append(span)
        self._start = -1

    def _first(self, field: str) -> str | None:
        return next((text for text in self._fields.get(f"{NAMESPACE} {field}", ()) if text), None)


def moved(span: Span, by: int) -> Span:
    """The same record, so many bytes further on."""
    return replace(span, start=span.start + by, end=span.end + by)


def without(body: bytes, spans: Sequence[Span], offset: int) -> bytes:
    """`body` less `spans`, whose offsets are `offset` too large for it."""
    parts: list[bytes] = []
    place = 0
    for span in spans:
        parts.append(body[place : span.start - offset])
        place = span.end - offset
    return b"".join([*parts, body[place:]])
