"""Every recorded OAI-PMH answer goes through `harvest`: each record comes out or is named, and nothing crashes."""

from __future__ import annotations

import re
from contextlib import suppress
from html import unescape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harvesters.errors import BadStatus, ProtocolError
from harvesters.model import HarvestTask, Page, State
from harvesters.oai import records as oai_records
from harvesters.oai import spans as oai_spans
from harvesters.protocols import oai_pmh
from harvesters.safe_xml import DoctypeRefused
from tests.harvesters.oai_server import envelope, error, identify, list_records, record
from tests.harvesters.recordings import Recorded, folder, found_by_lxml, recorded_pages
from tests.harvesters.replay import Asked, Replay, answer, source

PAGES = list(recorded_pages())
LISTS = [page for page in PAGES if page.verb == "ListRecords" and page.status == 200]
recordings = pytest.mark.skipif(folder() is None, reason="CHM_RECORDINGS names no folder of recorded answers")
one_each = pytest.mark.parametrize("page", LISTS, ids=lambda page: page.name)


def harvest(page: Recorded, *, as_verb: str = "ListRecords") -> list[Page]:
    """Everything that a harvest yields where `page` answers `as_verb` and the list ends after it."""
    answers = iter([page.body])

    def reply(asked: Asked) -> bytes:
        if "resumptionToken" in asked.params:
            return list_records([])
        if asked.params["verb"] == as_verb:
            return next(answers, error("noRecordsMatch"))
        return identify() if asked.params["verb"] == "Identify" else error("noRecordsMatch")

    http = Replay(lambda asked: answer(body, status=page.status) if (body := reply(asked)) is page.body else body)
    return list(oai_pmh.harvest(HarvestTask(source=source()), http, State()))


@recordings
def test_the_recordings_hold_lists_errors_and_broken_pages() -> None:
    assert len(LISTS) >= 100
    assert {page.verb for page in PAGES} >= {"ListRecords", "Identify", "ListSets", "ListIdentifiers", "GetRecord", ""}
    assert {page.status for page in PAGES} == {200, 422}


@recordings
@one_each
def test_every_record_comes_out_verbatim_or_is_named(page: Recorded) -> None:
    pages = harvest(page)
    expected = found_by_lxml(page.body)
    records = [record for part in pages for record in part.records]
    named = [issue for part in pages for issue in part.issues if issue.code.startswith("record_")]
    assert len(records) + len(named) == len(expected)
    assert [(found.identifier, "deleted" * found.deleted) for found in records] == [one for one in expected if one[0]]
    for found in records:
        assert re.fullmatch(rb"<((?:\w+:)?)record[\s>].*</\1record\s*>", found.body, re.DOTALL)
        assert found.identifier.encode() in found.body


@recordings
@one_each
def test_both_exact_ways_find_the_same_places(page: Recorded) -> None:
    by_pattern = oai_records._by_pattern(page.body)
    by_events = oai_spans.by_events(page.body)
    assert oai_records.read(page.body).spans == tuple(by_events)
    assert by_pattern is None or by_pattern == by_events


@recordings
@pytest.mark.parametrize("page", [page for page in PAGES if page not in LISTS], ids=lambda page: page.name)
def test_an_answer_that_is_no_list_ends_well_or_in_words(page: Recorded) -> None:
    if b'code="noRecordsMatch"' in page.body:
        assert harvest(page)[-1].last
    else:
        with pytest.raises((ProtocolError, BadStatus)) as caught:
            harvest(page)
        assert len(caught.value.cause) > 20
        assert caught.value.advice


@recordings
@pytest.mark.parametrize("page", [page for page in PAGES if page.verb == "Identify"], ids=lambda page: page.name)
def test_every_recorded_identify_is_read_or_refused_in_words(page: Recorded) -> None:
    stated = re.search(rb"<repositoryName>([^<]*)<", page.body)
    if stated is None or b"<bogus>" in page.body:  # a web page in one case, an Identify in the wrong place in the other
        with pytest.raises(ProtocolError, match=r"a web page came|neither Identify nor an error"):
            harvest(page, as_verb="Identify")
        return
    pages = harvest(page, as_verb="Identify")
    assert pages[0].facts["name"] == stated[1].decode().strip()
    assert pages[0].facts["server_time"]
    broken = b"&bogus;" in page.body
    assert [issue.code for issue in pages[0].issues if issue.severity == "error"] == ["page_not_well_formed"] * broken
    assert pages[-1].last


_PLAIN = list_records([record("a", sets=("s",)), record("b", deleted=True), record("c")], "t")
_CDATA = "<x><!-- <record><header> --><![CDATA[</record>]]><?p </record>?></x>"
_FOREIGN = f"{record('b')}<p:record xmlns:p='{oai_spans.NAMESPACE}'><p:header/></p:record>"
LAYOUTS = {  # page, encoding, number of records
    "plain": (_PLAIN, "utf-8", 3),
    "prefixed": (re.sub(rb"<(/?)(?=[A-Za-z])", rb"<\1o:", _PLAIN.replace(b"xmlns=", b"xmlns:o=", 1)), "utf-8", 3),
    "prefixed in part": (list_records([record("a"), _FOREIGN]), "utf-8", 3),
    "records in a record": (list_records([record("a", metadata="<record xmlns='m'><header/></record>")]), "utf-8", 1),
    "comments, CDATA and instructions": (list_records([record("a", metadata=_CDATA)]), "utf-8", 1),
    "UTF-16": (_PLAIN.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "utf-16-le", 3),
    "ISO-8859-1": (_PLAIN.decode().replace("UTF-8", "ISO-8859-1").encode("latin-1"), "latin-1", 3),
    "windows-1251": (_PLAIN.decode().replace("UTF-8", "windows-1251").replace("é", "щ").encode("cp1251"), "cp1251", 3),
    "white space first": (b"\n \n" + _PLAIN, "utf-8", 3),
    "byte order mark": (b"\xef\xbb\xbf" + _PLAIN, "utf-8", 3),
    "a stylesheet": (_PLAIN.replace(b"?>", b'?><?xml-stylesheet type="text/xsl" href="/x"?>', 1), "utf-8", 3),
    "escaped header": (list_records([record("a&amp;b&#x63;")]), "utf-8", 1),
    "no records": (envelope("<ListRecords></ListRecords>"), "utf-8", 0),
}
SAMPLES = [page for page, _, _ in LAYOUTS.values()] + [page.body for page in LISTS if len(page.body) < 6000][:10]
SNIPPETS = [
    b"<", b"</record>", b"<record>", b"<record><header>", b"<!--", b"]]>", b"<![CDATA[", b"&x;", b"<!DOCTYPE x>", b"<?",
    b"\x00",
]  # fmt: skip
cuts = st.tuples(st.integers(0, 6000), st.integers(0, 40), st.binary(max_size=6) | st.sampled_from(SNIPPETS))


@settings(max_examples=400)
@given(page=st.sampled_from(SAMPLES), changes=st.lists(cuts, max_size=4))
def test_a_mutated_page_never_crashes_and_what_is_found_is_verbatim(
    page: bytes, changes: list[tuple[int, int, bytes]]
) -> None:
    for start, length, instead in changes:
        page = page[:start] + instead + page[start + length :]
    try:
        reading = oai_records.read(page)
    except DoctypeRefused:
        assert b"DOCTYPE" in page or b"\x00" in page
        return
    places = [(span.start, span.end) for span in sorted((*reading.spans, *reading.lost), key=lambda span: span.start)]
    flat = [place for pair in places for place in pair]
    assert flat == sorted(flat), "records do not overlap"
    for start, end in [(span.start, span.end) for span in reading.spans]:
        cut = page[start:end].replace(b"\x00", b"")
        assert cut.startswith(b"<")
        assert cut.endswith(b">")
    if reading.fault is None:
        assert not reading.lost
        by_pattern = oai_records._by_pattern(page.lstrip(b" \t\r\n"))
        lead = len(page) - len(page.lstrip(b" \t\r\n"))
        by_events = [oai_spans.moved(span, lead) for span in oai_spans.by_events(page[lead:])]
        assert list(reading.spans) == by_events
        assert by_pattern is None or [oai_spans.moved(span, lead) for span in by_pattern] == by_events


@settings(max_examples=150)
@example(SAMPLES[0].replace(b'"UTF-8"', b'"TF-8"', 1), [])
@given(page=st.sampled_from(SAMPLES), changes=st.lists(cuts, max_size=4))
def test_a_harvest_of_a_mutated_page_ends_with_pages_or_in_words(
    page: bytes, changes: list[tuple[int, int, bytes]]
) -> None:
    for start, length, instead in changes:
        page = page[:start] + instead + page[start + length :]
    pages: list[Page] = []
    with suppress(ProtocolError):
        pages = harvest(Recorded("mutated", 200, "ListRecords", page))
    if not pages:
        return
    assert pages[-1].last or any(issue.severity == "error" for part in pages for issue in part.issues)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_places_are_right_in_every_encoding_and_layout(layout: str) -> None:
    page, encoding, count = LAYOUTS[layout]
    reading = oai_records.read(page)
    assert reading.fault is None
    assert len(reading.spans) == count
    for span in reading.spans:
        text = page[span.start : span.end].decode(encoding)
        assert re.fullmatch(r"<([op]:)?record( xmlns:p=[^>]*)?>.*</([op]:)?record>", text, re.DOTALL)
        stated = re.search(r"identifier>([^<]*)<", text)
        assert (unescape(stated[1]) if stated else "") == span.identifier


@pytest.mark.parametrize("encoding", [b"TF-8", b"x-unknown", b"rot13", b"utf-16", b"gb2312", b"undefined", b"idna"])
def test_a_page_that_names_an_encoding_nobody_can_read_is_read_as_utf_8(encoding: bytes) -> None:
    page = SAMPLES[0].replace(b"UTF-8", encoding, 1)
    reading = oai_records.read(page)
    assert reading.fault
    assert [span.identifier for span in reading.spans] == ["a", "b", "c"]
    pages = harvest(Recorded("mutated", 200, "ListRecords", page))
    assert "page_not_well_formed" in {issue.code for part in pages for issue in part.issues}


WASTERS = [
    b"<!--", b"<![CDATA[", b"<?", b"<record><header>", b"<a:record ", b"<record>" + b" " * 50, b"<OAI-PMH ", b"&",
    b"<x>",
]  # fmt: skip


@pytest.mark.timeout(20)
@pytest.mark.parametrize("head", [b"", list_records([record("a")])[:200]], ids=["bare", "in a page"])
@pytest.mark.parametrize("piece", WASTERS)
def test_a_page_made_to_waste_time_does_not(head: bytes, piece: bytes) -> None:
    reading = oai_records.read(head + piece * (400_000 // len(piece)))
    assert reading.fault
    assert not reading.spans
