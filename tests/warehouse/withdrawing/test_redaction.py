"""A page without one of its records: none of its bytes are left, and every other record reads as it did."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.feeds.entries import read
from harvesters.model import Answer, Issue, Page, Quarantined, RawRecord
from normalizers.identity import record_id
from warehouse.withdrawing.redaction import Everything, redacted

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TITLES = ("One", "Secret", "Three")
RSS = "<rss version='2.0'><channel><title>T</title>{}</channel></rss>"
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title>{}</feed>"
RDF = (
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
    "<channel><title>T</title><items><rdf:Seq/></items></channel>{}</rdf:RDF>"
)


def items(tag: str) -> str:
    return "".join(f"<{tag} a='b'>\n<title><![CDATA[{title}]]></title></{tag}>" for title in TITLES)


FEEDS = {
    "RSS 2.0": RSS.format(items("item")),
    "RSS 1.0": RDF.format(items("item")),
    "Atom": ATOM.format(items("entry")),
    "JSON Feed": json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": t, "title": t} for t in TITLES]}
    ),
}


def page(body: bytes, *places: tuple[int, int]) -> Page:
    answer = Answer(url="https://x.example/", status=200, headers={}, body=body, received=NOW)
    records = tuple(
        RawRecord(identifier=f"r{item}", profile="rss_item", answer=answer, item=item, start=start, end=end)
        for item, (start, end) in enumerate(places)
    )
    return Page(answer=answer, records=records)


def ids(*names: str) -> frozenset[str]:
    return frozenset(record_id("be_chm", name) for name in names)


@pytest.mark.parametrize("kind", FEEDS)
def test_an_item_of_a_feed_is_emptied_and_the_others_keep_their_numbers(kind: str) -> None:
    body = FEEDS[kind].encode()
    found = redacted(page(body, *[(0, len(body))] * 3), "be_chm", ids("r1"))
    assert b"Secret" not in found.answer.body
    assert [record.item for record in found.records] == [0, 2]
    entries = read(found.answer).entries
    assert [entries[record.item].title for record in found.records] == ["One", "Three"]
    assert all(record.body == found.answer.body for record in found.records)
    (issue,) = found.issues
    assert (issue.code, issue.severity) == ("erased", "note")


@given(st.lists(st.binary(min_size=1, max_size=9), min_size=1, max_size=6), st.sets(st.integers(0, 5)))
def test_records_that_are_cut_out_of_a_page_leave_all_others_where_they_are(
    bodies: list[bytes], erased: set[int]
) -> None:
    places, at = [], 1
    for body in bodies:
        places.append((at, at + len(body)))
        at += len(body) + 1
    whole = page(b"|" + b"|".join(bodies) + b"|", *places)
    found = redacted(whole, "be_chm", ids(*(f"r{number}" for number in erased)))
    kept = [number for number in range(len(bodies)) if number not in erased]
    assert [record.body for record in found.records] == [bodies[number] for number in kept]
    if len(kept) == len(bodies):
        assert found is whole
    elif kept:
        assert len(found.answer.body) == len(whole.answer.body)
        for start, end in (places[number] for number in range(len(bodies)) if number in erased):
            assert not found.answer.body[start:end].strip(b" ")
    else:
        assert found.answer.body == b""


@pytest.mark.parametrize(
    "body",
    [b"Secret in no format that we know", b'{"a": [{}, {}], "b": [{}, {"t": "Secret"}]}', b"{Secret", b'["Secret", 1]'],
)
def test_where_a_record_cannot_be_told_from_others_the_page_goes_and_says_so(body: bytes) -> None:
    found = redacted(page(body, (0, len(body)), (0, len(body))), "be_chm", ids("r1"))
    assert (found.answer.body, found.records) == (b"", ())
    (issue,) = found.issues
    assert issue.severity == "error", "the harvest is not complete"
    assert "1 others went with them; a full sweep brings these back" in issue.message


def test_what_is_said_of_a_record_goes_with_it_and_a_quarantined_one_too() -> None:
    whole = page(b"<a>One</a><a>Secret", (0, 10))
    of_both = tuple(Issue(code="odd", message="odd", record=name) for name in ("r0", "torn", None))
    lost = Quarantined(start=10, end=19, identifier="torn")
    whole = Page(answer=whole.answer, records=whole.records, issues=of_both, quarantine=(lost,))
    found = redacted(whole, "be_chm", ids("torn"))
    assert found.answer.body == b"<a>One</a>" + b" " * 9
    assert found.quarantine == ()
    assert [issue.record for issue in found.issues] == ["r0", None, None]


def test_everything_is_erased_of_a_withdrawn_source() -> None:
    body = FEEDS["Atom"].encode()
    found = redacted(page(body, *[(0, len(body))] * 3), "be_chm", Everything())
    assert (found.answer.body, found.records) == (b"", ())
