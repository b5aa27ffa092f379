"""Where the records of an OAI-PMH page stand, byte for byte.

Two exact ways that must agree, and one for pages that are broken:

* `_by_pattern`: a page of the plain sort (UTF-8, no prefix on the envelope, neither comment nor CDATA, no instruction
  but a stylesheet before the root) is cut by fixed patterns, while expat checks the whole of it for well-formedness
  without calling back once.
* `_by_events`: any other well-formed page; expat reports every element, and byte offsets are its own, in every encoding
  that it reads (UTF-8, UTF-16, ISO-8859-1 and other single-byte ones). Some four times slower.
* `_salvage`: the page is not well-formed; each record is cut out and checked alone, so one bad record costs itself.

Rule: OAI-PMH 2.0, 3.2 (XML response format), 2.5 (record), https://www.openarchives.org/OAI/openarchivesprotocol.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from xml.parsers.expat import XMLParserType

from msgspec import Struct
from msgspec.structs import replace

from harvesters import safe_xml

NAMESPACE = "http://www.openarchives.org/OAI/2.0/"

_ENCODING = re.compile(rb"""\A(?:\xef\xbb\xbf)?<\?xml\s[^<>?]*\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ATTRIBUTE = rb"""\s+[\w:.-]+="[^"<>]*\""""
_PLAIN_START = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml\s[^<>?]*\?>)?\s*(?:<\?xml-stylesheet\s[^<>?]*\?>\s*)?"
    rb'(?P<root><OAI-PMH)(?:%b)*?\s+xmlns="http://www\.openarchives\.org/OAI/2\.0/"(?:%b)*\s*>\s*'
    rb"<responseDate>[^<]*</responseDate>\s*<request(?:%b)*\s*(?:/>|>[^<]*</request>)\s*<ListRecords>"
    % (_ATTRIBUTE, _ATTRIBUTE, _ATTRIBUTE)
)
_PLAIN_RECORD = re.compile(
    rb"""\s*(<record>)\s*<header( status="deleted")?>\s*<identifier>([^<&]*)</identifier>\s*"""
    rb"""<datestamp>([^<&]*)</datestamp>\s*((?:<setSpec>[^<&]*</setSpec>\s*)*)</header>"""
)
_PLAIN_END = re.compile(
    rb"""\s*(?:<resumptionToken(?:\s+[\w:.-]+="[^"<>]*")*\s*(?:/>|>[^<]*</resumptionToken>)\s*)?</ListRecords>"""
    rb"""\s*</OAI-PMH>\s*\Z"""
)
_PLAIN_SET = re.compile(rb"<setSpec>([^<]*)</setSpec>")
_RECORD_END = b"</record>"

_ROOT = re.compile(rb"<((?:[\w.-]+:)?OAI-PMH)(?=[\s>])[^<>]*>")
_VERB = re.compile(rb"<((?:[\w.-]+:)?ListRecords)(?=[\s>])[^<>]*>")
_TAIL = re.compile(rb"<(?:[\w.-]+:)?resumptionToken[\s/>]|</(?:[\w.-]+:)?ListRecords[\s>]")
_HIDDEN = re.compile(rb"<!--|<!\[CDATA\[|<\?")
_HIDDEN_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_LOOSE_START = re.compile(rb"<((?:[\w.-]+:)?)record(?:\s[^<>]*)?>(?=\s*<\1header[\s/>])")
_LOOSE_IDENTIFIER = re.compile(rb"<(?:[\w.-]+:)?identifier(?:\s[^<>]*)?>\s*([^<]*?)\s*</")


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
    is), and `lost` are then the records that cannot be read. `encoding` is the declared one, where there is a fault.
    """

    spans: tuple[Span, ...]
    envelope: bytes
    fault: str | None = None
    lost: tuple[Span, ...] = ()
    encoding: str | None = None


def read(body: bytes) -> Reading:
    """Find the records of a page; a page that is not well-formed is salvaged.

    Raises:
        DoctypeRefused: the page declares a document type.
    """
    lead = len(body) - len(body.lstrip(b" \t\r\n"))  # white space before the declaration is a fault that harms nothing
    page = body[lead:]
    try:
        spans = _by_pattern(page)
        if spans is None:
            spans = _by_events(page)
    except safe_xml.MalformedXml as fault:
        return _salvage(body, str(fault))
    if lead:
        spans = [_moved(span, lead) for span in spans]
    return Reading(spans=tuple(spans), envelope=_without(page, spans, lead))


def _by_pattern(page: bytes) -> list[Span] | None:
    """The records of a plain page, checked to be well-formed; None where it is not plain."""
    encoding = _ENCODING.match(page)
    if encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii"):
        return None
    start = _PLAIN_START.match(page)
    if start is None:
        return None
    spans: list[Span] = []
    place = start.end()
    while (header := _PLAIN_RECORD.match(page, place)) is not None:
        place = page.find(_RECORD_END, header.end()) + len(_RECORD_END)
        if place < len(_RECORD_END):
            return None
        spans.append(_plain_span(header, place))
    count = len(spans)
    if _PLAIN_END.match(page, place) is None or page.count(b"<record") != count or page.count(b"</record") != count:
        return None
    return spans if _holds_elements_and_text_alone(page, start.start("root")) else None


def _holds_elements_and_text_alone(page: bytes, root: int) -> bool:
    """Check a page, which may hold a tag that is none only within a comment, CDATA or an instruction: has it any?"""
    found: list[object] = []
    parser = safe_xml.strict_parser()
    parser.CommentHandler = found.append
    parser.StartCdataSectionHandler = lambda: found.append(None)
    parser.ProcessingInstructionHandler = lambda *_: found.append(None) if parser.CurrentByteIndex >= root else None
    safe_xml.run(parser, page)
    return not found


def _plain_span(header: re.Match[bytes], end: int) -> Span:
    start, status, identifier, datestamp, sets = header.start(1), *header.groups()[1:]
    return Span(
        start=start,
        end=end,
        identifier=identifier.decode("utf-8", "replace").strip(),  # expat refuses what would need replacing
        datestamp=datestamp.decode("utf-8", "replace").strip() or None,
        deleted=status is not None,
        sets=_few_sets(sets) if len(sets) < 500 else _plain_sets(sets),
    )


def _plain_sets(specs: bytes) -> tuple[str, ...]:
    return tuple(spec.decode("utf-8", "replace").strip() for spec in _PLAIN_SET.findall(specs))


_few_sets = lru_cache(maxsize=4096)(_plain_sets)  # the same few stand in record after record


def _by_events(page: bytes, encoding: str | None = None) -> list[Span]:
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


def _salvage(body: bytes, fault: str) -> Reading:
    """Cut the page at what looks like records and check each alone, within the page's own root."""
    declared = _ENCODING.match(body.lstrip())
    encoding = declared[1].decode("ascii") if declared else None
    if encoding and not safe_xml.can_read(encoding):
        encoding = None  # a name misspelt, or UTF-16 that is none: XML without a declaration is UTF-8
    visible = _visible(body)
    root = _ROOT.search(visible)
    if root is None:
        return Reading(spans=(), envelope=b"", fault=fault, encoding=encoding)
    verb = _VERB.search(visible, root.end())
    before, after = (root[0] + verb[0], b"</%b></%b>" % (verb[1], root[1])) if verb else (b"", b"")
    good: list[Span] = []
    lost: list[Span] = []
    for start, end in _candidates(visible, root.end()):
        alone = _one(before + body[start:end] + after, encoding)
        if alone is not None:
            good.append(_moved(alone, start - len(before)))
        else:
            identifier = _LOOSE_IDENTIFIER.search(body, start, end)
            name = identifier[1].decode(errors="replace") if identifier else ""
            lost.append(Span(start=start, end=end, identifier=name))
    cut = sorted([*good, *lost], key=lambda span: span.start)
    envelope = _without(body, cut, 0)[root.start() :]
    return Reading(spans=tuple(good), envelope=envelope, fault=fault, lost=tuple(lost), encoding=encoding)


def _visible(body: bytes) -> bytes:
    """`body` with comments, CDATA and instructions blanked out, all else in its place; in linear time."""
    parts: list[bytes] = []
    place = 0
    endless: set[bytes] = set()
    for opening in _HIDDEN.finditer(body):
        if opening.start() < place or opening[0] in endless:
            continue
        close = _HIDDEN_ENDS[opening[0]]
        end = body.find(close, opening.end())
        if end < 0:
            endless.add(opening[0])
            continue
        parts += body[place : opening.start()], b" " * (end + len(close) - opening.start())
        place = end + len(close)
    return b"".join([*parts, body[place:]])


def _candidates(visible: bytes, begin: int) -> Iterator[tuple[int, int]]:
    """Each record from its tag to its last end tag before the next one; to where the list goes on, if it has none."""
    starts = list(_LOOSE_START.finditer(visible, begin))
    limits = [start.start() for start in starts[1:]]
    if starts:
        tail = _TAIL.search(visible, starts[-1].end())
        limits.append(tail.start() if tail else len(visible))
    for start, limit in zip(starts, limits, strict=True):
        close = visible.rfind(b"</%brecord" % start[1], start.end(), limit)
        end = visible.find(b">", close, limit) + 1 if close >= 0 else 0
        yield start.start(), end or limit


def _one(page: bytes, encoding: str | None) -> Span | None:
    try:
        spans = _by_events(page, encoding)
    except safe_xml.MalformedXml:
        return None
    return spans[0] if len(spans) == 1 else None


def _moved(span: Span, by: int) -> Span:
    return replace(span, start=span.start + by, end=span.end + by)


def _without(body: bytes, spans: Sequence[Span], offset: int) -> bytes:
    """`body` less `spans`, whose offsets are `offset` too large for it."""
    parts: list[bytes] = []
    place = 0
    for span in spans:
        parts.append(body[place : span.start - offset])
        place = span.end - offset
    return b"".join([*parts, body[place:]])
