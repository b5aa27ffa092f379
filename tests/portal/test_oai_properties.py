"""Whatever a harvester sends is answered in XML, and a list in any order of pages and releases is whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from normalizers.model import CommonRecord, Text
from tests.portal.conftest import Portal
from tests.portal.test_oai import SCHEMA
from tests.warehouse.making import COMMON_RECORDS, TEXT
from warehouse.portal.oai import requests
from warehouse.portal.oai.errors import Refused
from warehouse.portal.oai.formats import dublin_core
from warehouse.portal.oai.provenance import provenance
from warehouse.portal.oai.provider import Provider
from warehouse.portal.oai.tokens import Position, read_token, write_token
from warehouse.portal.oai.uris import as_uri, is_uri
from warehouse.portal.oai.xml import clean
from warehouse.portal.store import Published

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
def test_every_request_is_answered_as_the_specification_says(resting: Portal, pairs: Sequence[tuple[str, str]]) -> None:
    SCHEMA.assertValid(etree.fromstring(provider(resting).answer(pairs)))


@given(record=COMMON_RECORDS, url=TEXT | st.sampled_from(("http://x.example/oai?verb=ListRecords", "http://[")))
def test_every_record_is_told_as_the_specification_says(resting: Portal, record: CommonRecord, url: str) -> None:
    told = {name: getattr(record, name) for name in record.__struct_fields__}
    told |= {
        "keywords": tuple(Text(word.value, "fr") for word in record.keywords),
        "provenance": replace(record.provenance, url=url, received="2026-03-01T06:00:00Z"),
    }
    published = Published(**told, run="r", page=0)
    answer = etree.fromstring(provider(resting).answer([("verb", "ListRecords"), ("metadataPrefix", "oai_dc")]))
    metadata, about = (answer.find(f".//{{*}}{name}") for name in ("metadata", "about"))
    metadata[:] = [dublin_core(published, "http://www.openarchives.org/OAI/2.0/oai_dc.xsd")]
    about[:] = [provenance(published)]
    SCHEMA.assertValid(etree.fromstring(etree.tostring(answer)))


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_has_a_uri(text: str) -> None:
    assert is_uri(as_uri(text))


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
