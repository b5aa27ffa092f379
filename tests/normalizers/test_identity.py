"""Identifiers that last, and the fingerprint that tells a change of meaning from a change of form."""

import uuid
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.identity import fingerprint, record_id
from normalizers.model import CommonRecord
from normalizers.normalize import normalize
from normalizers.terms import terms_of
from tests.normalizers.making import oai_dc, source
from tests.warehouse.making import COMMON_RECORDS
from vocabularies.skos import load_all

BASE = (
    '<dc:title xml:lang="en">Frogs</dc:title><dc:title xml:lang="fr">Grenouilles</dc:title><dc:creator>A</dc:creator>'
    "<dc:creator>B</dc:creator><dc:subject>pond</dc:subject><dc:subject>marsh</dc:subject><dc:date>2024</dc:date>"
)


@pytest.mark.parametrize(
    ("source_id", "identifier", "guid"),
    [
        ("be_chm", "oai:x:1", "8BB95B6F-2735-5BEF-AC60-268D7A4BC571"),
        ("be_chm", "узел/17", "BEC4BD8D-5A46-5C6C-A3E3-79CF715C9D54"),
    ],
)
def test_an_identifier_is_the_same_for_ever(source_id, identifier, guid):
    assert record_id(source_id, identifier) == guid


@given(st.text(), st.text())
def test_an_identifier_is_an_upper_case_guid_of_version_5(source_id, identifier):
    guid = record_id(source_id, identifier)
    assert str(uuid.UUID(guid)).upper() == guid
    assert uuid.UUID(guid).version == 5
    assert uuid.UUID(guid).variant == uuid.RFC_4122


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_two_records_share_an_identifier_only_where_both_parts_are_equal(one, other):
    assert (record_id(*one) == record_id(*other)) == (one == other)


def test_parts_that_join_to_the_same_text_are_told_apart():
    assert len({record_id("a", "b:c"), record_id("a:b", "c"), record_id("", "a:b:c"), record_id("1:a", "b:c")}) == 4


def meaning(elements, terms):
    return normalize(oai_dc(elements), source(), terms).record.fingerprint


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (">Frogs<", ">\n  <i>Frogs</i> <"),
        (">Frogs<", ">&#70;rogs<"),
        ('<dc:title xml:lang="en">Frogs</dc:title>', "<dc:title  xml:lang='en' >Frogs</dc:title>"),
        (
            '<dc:title xml:lang="en">Frogs</dc:title><dc:title xml:lang="fr">Grenouilles</dc:title>',
            '<dc:title xml:lang="fr">Grenouilles</dc:title><dc:title xml:lang="en">Frogs</dc:title>',
        ),
        (
            "<dc:subject>pond</dc:subject><dc:subject>marsh</dc:subject>",
            "<dc:subject>marsh</dc:subject><dc:subject>pond</dc:subject>",
        ),
    ],
)
def test_markup_and_order_are_no_change(before, after, terms):
    assert BASE.replace(before, after) != BASE
    assert meaning(BASE.replace(before, after), terms) == meaning(BASE, terms)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Frogs", "Toads"),
        ('xml:lang="en"', 'xml:lang="nl"'),
        (
            "<dc:creator>A</dc:creator><dc:creator>B</dc:creator>",
            "<dc:creator>B</dc:creator><dc:creator>A</dc:creator>",
        ),
        ("2024", "2025"),
        ("pond", "lake"),
    ],
)
def test_another_meaning_is_a_change(before, after, terms):
    assert meaning(BASE.replace(before, after), terms) != meaning(BASE, terms)


def test_how_a_description_is_marked_up_is_no_change_and_its_words_are(terms):
    said = BASE + "<dc:description>&lt;p&gt;They &lt;b&gt;sing&lt;/b&gt;.&lt;/p&gt;</dc:description>"
    record = normalize(oai_dc(said), source(), terms).record
    assert list(record.body.values()) == ["<p>They <b>sing</b>.</p>"]
    for tag in ("em", "i", "span"):
        assert meaning(said.replace("b&gt;", f"{tag}&gt;"), terms) == record.fingerprint
    assert meaning(said.replace("sing", "croak"), terms) != record.fingerprint


def test_where_and_when_a_record_was_fetched_is_no_change(terms):
    record = normalize(oai_dc(BASE), source(), terms).record
    elsewhere = msgspec.structs.replace(
        record.provenance, url="https://mirror.example", item=9, received="2030-01-01", first_seen="2029-12-31"
    )
    assert fingerprint(msgspec.structs.replace(record, provenance=elsewhere)) == record.fingerprint


SETS = ["languages", "types", "countries", "regions", "subjects", "gbf_targets", "aichi_targets", "keywords", "links"]
SEQUENCES = ["authors", "dates"]
MEANING = [name for name in CommonRecord.__struct_fields__ if name not in ("body", "provenance", "fingerprint")]


def shuffled(record, seed, names):
    """The record with the values of these fields, and the languages of every text, in another order."""
    random = Random(seed)
    fields = {name: getattr(record, name) for name in MEANING}
    lists = {name: tuple(random.sample(fields[name], len(fields[name]))) for name in names}
    texts = {name: dict(reversed(value.items())) for name, value in fields.items() if isinstance(value, dict)}
    return msgspec.structs.replace(record, **lists, **texts)


@given(COMMON_RECORDS, st.integers(), COMMON_RECORDS)
def test_no_order_of_a_set_and_no_provenance_changes_what_a_record_means(record, seed, other):
    again = msgspec.structs.replace(shuffled(record, seed, SETS), provenance=other.provenance, fingerprint="old")
    assert fingerprint(again) == fingerprint(record)


@given(COMMON_RECORDS, st.integers())
def test_the_order_of_authors_and_dates_is_meant(record, seed):
    again = shuffled(record, seed, SEQUENCES)
    assert (fingerprint(again) == fingerprint(record)) == (again == record)


@given(COMMON_RECORDS, COMMON_RECORDS, st.sampled_from(MEANING))
def test_every_other_field_counts(record, other, name):
    again = msgspec.structs.replace(record, **{name: getattr(other, name)})
    if name not in SETS:
        assert (fingerprint(again) == fingerprint(record)) == (again == record)
    elif fingerprint(again) == fingerprint(record):
        assert sorted(map(repr, getattr(again, name))) == sorted(map(repr, getattr(record, name)))


TERMS = st.just(terms_of(load_all()))
ELEMENTS = BASE.replace("><dc:", ">\x1e<dc:").split("\x1e")
GAPS = st.text(" \n\t", max_size=3)


@given(
    st.permutations(BASE.replace("><dc:", ">\x1e<dc:").split("\x1e")), GAPS, st.sampled_from(["i", "p", "span"]), TERMS
)
def test_markup_white_space_and_the_order_of_elements_are_no_change_whatever_they_are(parts, gap, tag, terms):
    authors = [part for part in parts if "creator" in part]
    ordered = iter(sorted(authors))
    parts = [next(ordered) if part in authors else part for part in parts]
    written = gap.join(part.replace(">Frogs<", f">{gap}&lt;{tag}&gt;Frogs&lt;/{tag}&gt;<") for part in parts)
    assert meaning(written, terms) == meaning(BASE, terms)
