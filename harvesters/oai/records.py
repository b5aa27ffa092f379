"""Where the records of an OAI-PMH page stand, byte for byte.

Two exact ways that must agree, and three for pages that are not as they should be:

* `_by_pattern`: a page of the plain sort (UTF-8, no prefix on the envelope, neither comment nor CDATA, no instruction
  but a stylesheet before the root) is cut by fixed patterns, while expat checks the whole of it for well-formedness
  without calling back once.
* `by_events`: any other well-formed page; expat reports every element, and byte offsets are its own, in every encoding
  that it reads (UTF-8, UTF-16, ISO-8859-1 and other single-byte ones). Some four times slower.
* `_transcoded`: a page in an encoding of East Asia that expat lacks is read in UTF-8, and its tags are counted off.
* `mend`: faults that can be overwritten in place (control characters, notices of PHP around the XML ...) are.
* `salvage`: the page is still not well-formed; each record is cut out and checked alone, so a bad one costs itself.

Rule: OAI-PMH 2.0, 3.2 (XML response format), 2.5 (record), https://www.openarchives.org/OAI/openarchivesprotocol.html
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

from msgspec.structs import replace

from harvesters import safe_xml
from harvesters.oai.mending import declared_encoding, is_utf8, mend, multi_byte_codec
from harvesters.oai.salvage import salvage
from harvesters.oai.spans import Reading, Span, by_events, moved, without

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


def read(body: bytes) -> Reading:
    """Find the records of a page; one that is not well-formed is mended, or else salvaged.

    Raises:
        DoctypeRefused: the page declares a document type.
    """
    if safe_xml.is_web_page(body):
        return _mended(body, "a web page stands around the XML")
    lead = len(body) - len(body.lstrip(b" \t\r\n"))  # white space before the declaration is a fault that harms nothing
    page = body[lead:]
    try:
        spans = _by_pattern(page)
        if spans is None:
            spans = by_events(page)
    except safe_xml.MalformedXml as fault:
        return _transcoded(body) or _mended(body, str(fault))
    if lead:
        spans = [moved(span, lead) for span in spans]
    return Reading(spans=tuple(spans), envelope=without(page, spans, lead))


def _mended(body: bytes, fault: str) -> Reading:
    mended = mend(body)
    if mended.faults:
        page = mended.page.lstrip()
        lead = len(body) - len(page)
        try:
            spans = by_events(page, mended.encoding)
        except safe_xml.MalformedXml:
            pass
        else:
            return Reading(
                spans=tuple([moved(span, lead) for span in spans]),
                envelope=without(page, spans, 0),
                fault=fault,
                mended=mended.faults,
                encoding=mended.encoding,
            )
    return salvage(mended.page, fault, mended.encoding or declared_encoding(body))


def _transcoded(body: bytes) -> Reading | None:
    """The reading of a page in a multi-byte encoding that expat lacks; None for any other page, or a broken one.

    In these encodings `<` and `>` stand for nothing but themselves, so the n-th of them is the n-th in UTF-8, too.
    """
    codec = multi_byte_codec(declared_encoding(body))
    if codec is None or is_utf8(body):
        return None
    text = body.decode(codec, "replace").lstrip().encode()
    here, there = ([tag.start() for tag in re.finditer(b"<", page)] for page in (text, body))
    try:
        spans = by_events(text, "utf-8")
    except safe_xml.MalformedXml:
        return None
    if len(here) != len(there):
        return None
    placed = []
    for span in spans:
        start, last = bisect_left(here, span.start), bisect_left(here, span.end) - 1
        placed.append(replace(span, start=there[start], end=body.find(b">", there[last]) + 1))
    return Reading(spans=tuple(placed), envelope=without(text, spans, 0), encoding="utf-8")


def _by_pattern(page: bytes) -> list[Span] | None:
    """The records of a plain page, checked to be well-formed; None where it is not plain."""
    encoding = declared_encoding(page)
    if encoding and encoding.lower() not in ("utf-8", "us-ascii"):
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
    # Every end tag ends a span; then, in a well-formed page, every start tag begins one.
    if _PLAIN_END.match(page, place) is None or page.count(b"</record") != len(spans):
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
