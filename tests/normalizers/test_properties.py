"""What holds for any input at all."""

import unicodedata
from types import SimpleNamespace
from typing import get_args
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from harvesters.model import RawRecord
from harvesters.source import Schema
from normalizers import common_formats, profiles
from normalizers.care import masked
from normalizers.fields.dates import Span, read_date
from normalizers.fields.detection import detect, fits
from normalizers.fields.language import language_tag
from normalizers.fields.links import absolute_url
from normalizers.fields.people import person_name
from normalizers.fields.place_names import COUNTRIES, REGIONS
from normalizers.fields.places import place
from normalizers.fields.rights import licence_uri
from normalizers.fields.text import clean
from normalizers.model import Box, CommonRecord, Draft, Link, Text
from normalizers.normalize import normalize
from normalizers.terms import RECORD_FIELDS, terms_of
from tests.normalizers.making import answer, oai_dc, source
from vocabularies.skos import load_all

TERMS = terms_of(load_all())
SOURCES = [
    source(),
    source(languages=("fr",), licence="https://creativecommons.org/licenses/by/4.0/"),
    source(
        government=None, origin="partner", lookups={"subjects": {"a": "CBD-SUBJECT-FOR"}}, reading={"date_order": "dmy"}
    ),
]
SHAPES = {
    name: Draft202012Validator(common_formats.json_schema(name, complete=False)) for name in common_formats.names()
}
BASE = "https://chm.example.be/feed"

# Text as hostile sites would send it: markup, entities, invisible characters, and what the rules look for.
pieces = st.sampled_from([
    "<b>", "</p>", "<script>", "<!--", "-->", "<![CDATA[", "]]>", "&amp;", "&lt;", "&#60;", "&#x0;", "&#xD800;",
    "&", "<", ">", ";", "#", "amp", "lt;", "\u202e", "\u200f", "\x00", "\ud800", "\ufeff", "\u0338", "\u037e",
    "\u200d", "é", "e\u0301", "Belgium", "Target 3", "be", "2024-01-01", "2020/2022", "03/04/2024", "en", "fre",
    "https://x.org/a.pdf", "10.1234/x", "a@x.org", "(", ")", ",", "; ", " ", "\n", "\u00a0",
    "Tel. 02 627 42 11", "+32 2 627 42 11", "CC BY 4.0", "Creative Commons ", "Attribution", "Kenya", " et ", " and ",
    "5", " mai ", "2024", "年", "月", "du ", " au ", "رمضان", "١", "ISBN 978-92-9225-700-2", "hdl:1.2/x",
    "?utm_source=x&", "Ã©",
    "TK Attribution", "restricted access", "info:eu-repo/date/embargoEnd/2027-01-01", "République", "of ", "the ",
    "creativecommons.org/licenses/by/4.0", "java", "script:", "//",
])  # fmt: skip
dirty = st.one_of(st.lists(pieces, max_size=12).map("".join), st.text(st.characters(codec=None), max_size=30))
texts = st.lists(
    st.builds(Text, dirty, st.none() | st.sampled_from(["en", "fr", "zz", "", "zh-hans"]) | dirty), max_size=3
)


@given(dirty)
def test_cleaning_what_is_clean_changes_nothing(found):
    assert clean(clean(found)) == clean(found)
    assert person_name(person_name(found)) == person_name(found)


@given(dirty)
def test_clean_text_has_no_controls_and_no_loose_ends(found):
    for read in (clean(found), person_name(found)):
        assert not [char for char in read if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")]
        assert read == " ".join(read.split()) == unicodedata.normalize("NFC", read)


@given(dirty)
def test_a_language_that_was_read_reads_as_itself(found):
    tag = language_tag(found)
    assert tag is None or language_tag(tag) == tag


@given(dirty)
def test_a_date_that_was_read_reads_as_itself(found):
    span = read_date(found)
    if isinstance(span, Span):
        assert all(read_date(end) == Span(end, None) for end in (span.start, span.end) if end)


@given(st.dates(), st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d %B %Y", "%B %d, %Y", "%a, %d %b %Y", "%Y/%m/%d"]))
def test_every_day_is_read_in_every_form(day, form):
    text = day.strftime(form).replace(day.strftime("%Y"), f"{day.year:04}")
    assert read_date(text) == (Span(day.isoformat(), None) if 1500 <= day.year < 2200 else "date_not_understood")


@given(dirty)
def test_text_that_was_masked_is_masked_and_names_nobody(found):
    shown = masked(clean(found), "BE")
    assert masked(shown, "BE") == shown
    assert "a@x.org" not in shown


@given(dirty)
def test_a_licence_that_was_named_names_itself(found):
    licence = licence_uri(found)
    assert licence is None or licence_uri(licence) == licence


@given(dirty)
def test_a_language_that_was_told_is_one_and_fits_its_text(found):
    tag = detect(found)
    assert tag is None or (language_tag(tag) == tag and fits(tag, found))


@given(dirty)
def test_a_place_that_was_found_is_in_the_vocabulary(found):
    for kind in ("countries", "regions"):
        name = place(kind, found)
        assert name is None or getattr(TERMS, kind).match(name)


@pytest.mark.parametrize("kind", ["countries", "regions"])
def test_every_variant_of_a_place_is_of_a_place_that_the_vocabulary_has(kind):
    names = {"countries": COUNTRIES, "regions": REGIONS}[kind]
    assert [name for name in names if getattr(TERMS, kind).match(name) is None] == []


@given(dirty)
def test_a_link_that_was_read_reads_as_itself_and_is_of_the_web(found):
    url = absolute_url(found, BASE)
    if url is not None:
        assert url.startswith(("http://", "https://", "urn:isbn:"))
        assert absolute_url(url, "https://elsewhere.example/") == url
        assert not any(unicodedata.category(char) in ("Cc", "Cs") or char == " " for char in url)


degrees = st.floats() | st.floats(-90, 90)
drafts = st.builds(
    Draft,
    titles=texts,
    summaries=texts,
    descriptions=texts,
    types=texts | st.lists(st.sampled_from(get_args(Schema)).map(Text), max_size=2),
    subjects=texts,
    coverage=texts,
    authors=texts,
    contributors=texts,
    publishers=texts,
    rights=texts,
    languages=st.lists(dirty, max_size=2),
    identifiers=st.lists(dirty, max_size=3),
    dates=st.lists(st.tuples(st.sampled_from(["published", "modified", "start", "end"]), dirty), max_size=3),
    links=st.lists(
        st.builds(
            Link,
            url=dirty,
            rel=st.sampled_from(["source", "related", "image"]),
            name=st.none() | dirty,
            language=st.none() | dirty,
            media_type=st.none() | dirty,
        ),
        max_size=2,
    ),
    access=texts,
    embargoes=st.lists(dirty, max_size=2),
    coordinates=st.lists(st.builds(Box, west=degrees, south=degrees, east=degrees, north=degrees), max_size=2),
    place=st.none() | dirty,
    organizer=st.none() | dirty,
)


def strings(value):
    """Every string anywhere in a record made of builtins, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for pair in value.items():
            yield from strings(list(pair))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


@given(drafts, st.sampled_from(SOURCES), dirty)
def test_any_draft_becomes_a_record_that_is_clean_and_names_only_what_exists(draft, site, identifier):
    raw = RawRecord(identifier=identifier, profile="drawn", answer=answer(b"", BASE), item=0, start=0, end=0)
    with patch("normalizers.profiles.load", return_value=SimpleNamespace(extract=lambda _: draft)):
        outcome = normalize(raw, site, TERMS)
        assert normalize(raw, site, TERMS) == outcome
    record = outcome.record
    assert isinstance(record, CommonRecord)
    for field in RECORD_FIELDS:
        assert {term.identifier for term in getattr(record, field)} <= set(getattr(TERMS, field).concepts)
    plain = msgspec.to_builtins(record) | {"source_identifier": ""}
    for text in strings(plain):
        assert not [char for char in text if unicodedata.category(char) in ("Cc", "Cs")]
    assert list(SHAPES[record.schema].iter_errors(common_formats.document(record))) == []
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(record), type=CommonRecord) == record
    assert msgspec.json.encode(outcome.issues)


@given(
    st.binary(max_size=200) | dirty.map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from(profiles.names()),
)
def test_no_bytes_crash_a_profile(body, profile):
    raw = RawRecord(identifier="1", profile=profile, answer=answer(body, BASE), item=0, start=0, end=len(body))
    outcome = normalize(raw, SOURCES[0], TERMS)
    assert outcome.record is not None or outcome.issues[0].severity == "error"


@given(dirty.map(lambda text: text.encode("utf-8", "replace").decode()))
def test_no_markup_inside_a_record_crashes_it(inside):
    outcome = normalize(oai_dc(f"<dc:title>{inside}</dc:title><dc:subject>x</dc:subject>"), SOURCES[0], TERMS)
    assert outcome.record is not None or outcome.issues[0].severity == "error"
