"""What can be saved of an OAI-PMH page that is not well-formed: each record is cut out and checked alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvesters import safe_xml
from harvesters.oai.spans import Reading, Span, by_events, moved, without

_ROOT = re.compile(rb"<((?:[\w.-]+:)?OAI-PMH)(?=[\s>])[^<>]*>")
_VERB = re.compile(rb"<((?:[\w.-]+:)?(?:ListRecords|GetRecord))(?=[\s>])[^<>]*>")
_TAIL = re.compile(rb"<(?:[\w.-]+:)?resumptionToken[\s/>]|</(?:[\w.-]+:)?ListRecords[\s>]")
_HIDDEN = re.compile(rb"<!--|<!\[CDATA\[|<\?")
_HIDDEN_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_LOOSE_START = re.compile(rb"<((?:[\w.-]+:)?)record(?:\s[^<>]*)?>(?=\s*<\1header[\s/>])")
_LOOSE_IDENTIFIER = re.compile(rb"<(?:[\w.-]+:)?identifier(?:\s[^<>]*)?>\s*([^<]*?)\s*</")


def salvage(body: bytes, fault: str, encoding: str | None) -> Reading:
    """Cut the page at what looks like records and check each alone, within the page's own root.

    `fault` is the parser's complaint about the whole page; `encoding` is the one by which to read it, if any is known.
    """
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
            good.append(moved(alone, start - len(before)))
        else:
            identifier = _LOOSE_IDENTIFIER.search(body, start, end)
            name = identifier[1].decode(errors="replace") if identifier else ""
            lost.append(Span(start=start, end=end, identifier=name))
    cut = sorted([*good, *lost], key=lambda span: span.start)
    envelope = without(body, cut, 0)[root.start() :]
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
        spans = by_events(page, encoding)
    except safe_xml.MalformedXml:
        return None
    return spans[0] if len(spans) == 1 else None
