"""Whatever a harvester sends is answered in XML, and a list in any order of pages and releases is whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.portal.conftest import Portal
from warehouse.portal.oai import requests
from warehouse.portal.oai.errors import Refused
from warehouse.portal.oai.provider import Provider
from warehouse.portal.oai.tokens import Position, read_token, write_token
from warehouse.portal.oai.xml import clean

VERBS = ("Identify", "ListMetadataFormats", "ListSets", "GetRecord", "ListIdentifiers", "ListRecords")
NAMES = st.sampled_from(("verb", "identifier", "metadataPrefix", "from", "until", "set", "resumptionToken")) | st.text()
VALUES = st.sampled_from((*VERBS, "oai_dc", "chm", "2026-03-02", "2026-03-02T06:00:00Z", "country.be")) | st.text()
POSITIONS = st.builds(
    Position,
    verb=st.sampled_from(VERBS),
    prefix=st.sampled_from(("oai_dc", "chm")) | st.text(),
    first=st.text(),
    last=st.text(),
    group=st.text(),
    stamp=st.text(),
    identifier=st.text(),
    told=st.integers(0, 10**12),
    size=st.integers(0, 10**12),
)


def provider(resting: Portal) -> Provider:
    with resting.app_.state.shelf.reading() as reading:
        return Provider(reading, "https://index.example/oai", "operator@example.org", resting.world.clock.now())


@given(pairs=st.lists(st.tuples(NAMES, VALUES), max_size=5))
def test_every_request_is_answered_in_well_formed_xml(resting: Portal, pairs: Sequence[tuple[str, str]]) -> None:
    tree = etree.fromstring(provider(resting).answer(pairs))
    assert [etree.QName(child).localname for child in tree][:2] == ["responseDate", "request"]
    assert etree.QName(tree[2]).localname in {"error", *VERBS}


@given(position=POSITIONS)
def test_a_token_that_somebody_made_up_does_no_harm(resting: Portal, position: Position) -> None:
    pairs = [("verb", position.verb), ("resumptionToken", write_token(position))]
    assert etree.fromstring(provider(resting).answer(pairs)) is not None


@given(position=POSITIONS)
def test_a_token_says_where_a_list_stands(position: Position) -> None:
    assert read_token(write_token(position), position.verb) == position


@given(token=st.text())
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(Refused) as refused:
        read_token(token, "ListRecords")
    assert refused.value.code == "badResumptionToken"


@given(text=st.text(st.characters()))
def test_any_text_stands_in_xml_less_what_xml_cannot_say(text: str) -> None:
    element = etree.Element("x")
    element.text = clean(text)
    assert (etree.fromstring(etree.tostring(element, encoding="UTF-8")).text or "") == clean(text)


@given(day=st.dates(date(1900, 1, 1)).map(date.isoformat))
def test_a_day_means_all_of_it(day: str) -> None:
    asked = requests.read([("verb", "ListRecords"), ("metadataPrefix", "x"), ("from", day), ("until", day)])
    assert asked.position is not None
    assert (asked.position.first, asked.position.last) == (f"{day}T00:00:00Z", f"{day}T23:59:59Z")
