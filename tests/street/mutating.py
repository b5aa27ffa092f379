"""Answers as servers break them: real ones with pieces cut out, doubled, swapped, and hostile ones put in."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

from hypothesis import strategies as st

from tests.harvesters.oai_server import identify, list_records, record
from tests.harvesters.recordings import recorded_pages

_Accident: TypeAlias = Callable[[bytes, int, int, bytes], bytes]
"""What it is given: the body, from where to where, and what to put in; what comes back: the body afterwards."""

_TESTS = Path(__file__).parents[1]
_GOLDEN = _TESTS / "normalizers" / "golden"
_LONGEST = 2**15  # bytes of a seed: what breaks a parser breaks it on a small page

# What has broken parsers before; %b is an address that must never be asked and a file that must never be opened.
_HOSTILE = (
    b"\x00", b"\x0b", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc0\xaf", b"&#0;", b"&#xD800;", b"&#x110000;",
    b"&#9999999999999999999;", b"&nbsp;", b"&e;", b"&", b"<", b">", b'"', b"]]>", b"<![CDATA[", b"<!--", b"-->",
    b"--", b"<?xml version='1.0' encoding='UTF-16'?>", b"<?xml version='1.1'?>", b"<?php echo 1 ?>",
    b"encoding='gb18030'", b"<record>", b"</record>", b"<record/>", b"<header status='deleted'>", b"</header>",
    b"<identifier/>", b"<metadata>", b"</metadata>", b"</ListRecords>", b"<resumptionToken>t</resumptionToken>",
    b"completeListSize='99999999999999999999'", b"<error code='noRecordsMatch'/>", b"<error code='__class__'/>",
    b"xmlns=''", b"xmlns:a='b'", b" xml:base='http://%b/'", b"xml:lang='\xe2\x80\xae'", b"<item>", b"</item>",
    b"<entry>", b"<guid>", b"<link href='http://[::1'/>", b"<image>", b"<georss:point>x</georss:point>",
    b"<geo:lat>1e999</geo:lat>", b"<enclosure length='x'/>", b"<pubDate>0</pubDate>",
    b"<updated>-0001-00-00T99:99:99+99:99</updated>", b"<dc:date>99999999999</dc:date>",
    b"<dc:language>\xff</dc:language>", b"<!DOCTYPE x [<!ENTITY e SYSTEM '%b'>]>", b"<!DOCTYPE x SYSTEM '%b'>",
    b"<!DOCTYPE x [<!ENTITY %% p SYSTEM '%b'> %%p;]>",
    b"<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='%b'/>", b"<?xml-stylesheet href='%b'?>",
    b"xsi:schemaLocation='a %b'", b"<a>" * 3000, b"<a x='" + b"y" * 3000, b"(" * 3000,
    b"<dc:title>" + b"&amp;" * 3000,
)  # fmt: skip


@cache
def oai_pages() -> tuple[bytes, ...]:
    """OAI-PMH answers of our own making, and the recorded ones where there are any."""
    own = (
        list_records([record("a"), record("b", deleted=True, sets=["x"]), record("c")], "t", size=9),
        identify(),
        (_GOLDEN / "oai_dc.xml").read_bytes(),
    )
    return (*own, *(page.body for page in recorded_pages() if 0 < len(page.body) <= _LONGEST))


@cache
def golden() -> tuple[bytes, ...]:
    """A record or a feed in each format of which the profiles keep one."""
    return tuple(path.read_bytes() for path in sorted(_GOLDEN.glob("*.xml")))


@cache
def feeds() -> tuple[bytes, ...]:
    """Those that are feeds, and a JSON Feed."""
    own = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "F", "next_url": "?page=2", "items": [
        {"id": "1", "title": "T", "content_html": "<p>x</p>", "date_published": "2026-02-01T00:00:00Z", "tags": ["a"]},
        {"id": 2, "url": "http://site.test/2", "authors": [{"name": "A"}], "attachments": [{"url": "/a.pdf"}]}]}"""
    return (own, *(body for body in golden() if any(mark in body for mark in (b"<rss", b"<feed", b"<rdf:RDF"))))


def broken(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """One of the seeds after up to six accidents."""
    pieces = [piece.replace(b"%b", b"file:///etc/passwd").replace(b"%%", b"%") for piece in _HOSTILE]
    accident = st.one_of(
        st.tuples(st.just(_put), st.sampled_from(pieces)),
        st.tuples(st.just(_put), st.binary(max_size=6)),
        st.tuples(st.just(_swap), st.sampled_from(list(seeds))),
        st.tuples(st.sampled_from([_cut, _double, _end, _flip, _squeeze, _wide]), st.just(b"")),
    )
    place = st.tuples(st.floats(0, 1), st.floats(0, 0.2))
    return st.builds(
        _befall, st.sampled_from(list(seeds)), st.lists(st.tuples(accident, place), min_size=1, max_size=6)
    )


def _befall(body: bytes, accidents: Sequence[tuple[tuple[_Accident, bytes], tuple[float, float]]]) -> bytes:
    for (happen, with_what), (where, share) in accidents:
        start = int(where * len(body))
        body = happen(body, start, start + int(share * len(body)), with_what)[: 4 * _LONGEST]
    return body


def _put(body: bytes, start: int, _end: int, piece: bytes) -> bytes:
    """In, where a tag ends rather than just anywhere: most parsers look there."""
    place = body.find(b">", start) + 1 or start
    return body[:place] + piece + body[place:]


def _swap(body: bytes, start: int, end: int, other: bytes) -> bytes:
    return body[:start] + other[start:end] + body[end:]


def _cut(body: bytes, start: int, end: int, _: bytes) -> bytes:
    return body[:start] + body[end:]


def _double(body: bytes, start: int, end: int, _: bytes) -> bytes:
    return body[:end] + body[start:]


def _end(body: bytes, start: int, _end: int, _: bytes) -> bytes:
    return body[:start]


def _flip(body: bytes, start: int, _end: int, _: bytes) -> bytes:
    return body[:start] + bytes(byte ^ 32 for byte in body[start : start + 1]) + body[start + 1 :]


def _squeeze(body: bytes, _start: int, _end: int, _: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def _wide(body: bytes, _start: int, _end: int, _: bytes) -> bytes:
    return body.decode(errors="replace").encode("utf-16")
