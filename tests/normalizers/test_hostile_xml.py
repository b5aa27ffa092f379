"""What a hostile or broken repository can do to the profiles in XML: nothing, but for a record that is refused."""

import re
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers import profiles
from normalizers.normalize import normalize
from normalizers.terms import terms_of
from tests.normalizers.making import source, whole
from vocabularies.skos import load_all

TERMS = terms_of(load_all())
GOLDEN = Path(__file__).parent / "golden"
QDC = (GOLDEN / "oai_dc.xml").read_bytes()
SAMPLES = {
    "oai_dc": QDC,
    "qdc": QDC,
    "datacite": (GOLDEN / "datacite_kernel3.xml").read_bytes(),
    "iso19139": (GOLDEN / "iso19139_multilingual.xml").read_bytes(),
} | {name: (GOLDEN / f"{name}.xml").read_bytes() for name in ("dcat", "eml", "marcxml", "mods")}
REPEATED = {
    "oai_dc": b"<dc><subject>s</subject>%b</dc>",
    "qdc": b"<qualifieddc><subject>s</subject>%b</qualifieddc>",
    "datacite": b"<resource><subjects><subject>s</subject></subjects>%b</resource>",
    "iso19139": b"<MD_Metadata>%b</MD_Metadata>",
    "dcat": b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://www.w3.org/ns/dcat#">'
    b'<Dataset rdf:about="http://x/">%b</Dataset></rdf:RDF>',
    "eml": b"<eml><dataset>%b</dataset></eml>",
    "marcxml": b"<record><leader>x</leader>%b</record>",
    "mods": b"<mods>%b</mods>",
}
PARTS = {
    "oai_dc": b"<coverage>north=1</coverage><x>y</x>",
    "qdc": b'<spatial type="box">1 2 3</spatial><x>y</x>',
    "datacite": b"<geoLocations><geoLocation><geoLocationBox>1 2</geoLocationBox></geoLocation></geoLocations><x>y</x>",
    "iso19139": b"<identificationInfo><a><purpose><Anchor>x</Anchor></purpose></a></identificationInfo>",
    "dcat": b"<keyword>k</keyword>",
    "eml": b"<keywordSet><keyword>k</keyword></keywordSet>",
    "marcxml": b'<datafield tag="650"><subfield code="a">s</subfield><subfield code="v">s</subfield></datafield>',
    "mods": b"<name><namePart>n</namePart><role><roleTerm>edt</roleTerm></role></name>",
}
PARTS_OF_XML = re.compile(rb'"[^"]*"|<[^>"]*|[^<"]+')
XML_PROFILES = sorted(SAMPLES)
# What to put into a document: pieces of XML that break, deceive or nest, and values that look like others.
PIECES = st.sampled_from([
    b"<", b">", b"</", b"/>", b"&", b"&amp;", b"&e;", b"&#0;", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x ?>", b"<a>",
    b"</a>", b"<x:y>", b' xml:lang="x"', b' xmlns=""', b' rdf:parseType="Literal"', b' rdf:about="http://[x"', b"\x00",
    b"\xff", b"\xed\xa0\x80", b"NaN", b"1e9", b"-999.5", b"POLYGON((", b"<metadata>", b"<record>", b"<title>t</title>",
    b' xml:base="::"', b' rdf:ID="1"', b' rdf:nodeID="&#9;"', b' codeListValue=""', b' tag=""', b' locale="#"',
])  # fmt: skip


def read(body, profile):
    outcome = normalize(whole(body, profile), source(), TERMS)
    assert outcome.record is not None or outcome.issues[-1].severity == "error"
    return outcome


@pytest.mark.parametrize("profile", XML_PROFILES)
def test_the_samples_are_read_as_they_are(profile):
    assert read(SAMPLES[profile], profile).record.title


def test_a_predicate_that_is_no_address_is_a_field_that_was_not_used():
    body = SAMPLES["dcat"].replace(b"purl.org/dc/terms/", b"&lt;//purl.org/dc/terms/")
    assert "http://<//purl.org/dc/terms/title" in read(body, "dcat").unused


@pytest.mark.parametrize("profile", XML_PROFILES)
@given(data=st.data())
def test_a_document_that_was_cut_or_changed_anywhere_crashes_nothing(profile, data):
    body = SAMPLES[profile]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body)))
        cut = data.draw(st.sampled_from([0, 0, 1, 7, 60, len(body)]))
        body = body[:at] + data.draw(PIECES | st.binary(max_size=8)) + body[at + cut :]
    read(body, profile)


@pytest.mark.parametrize("profile", XML_PROFILES)
@given(data=st.data())
def test_a_document_whose_parts_stand_elsewhere_crashes_nothing(profile, data):
    """Tags, texts and values of attributes take each other's places: what points somewhere may point at itself."""
    parts = PARTS_OF_XML.findall(SAMPLES[profile])
    place = st.integers(0, len(parts) - 1)
    for one, other, length in data.draw(st.lists(st.tuples(place, place, st.integers(0, 12)), min_size=1, max_size=8)):
        if length:
            parts[one : one + length // 4] = parts[other : other + length]
        elif parts[one][:1] == parts[other][:1]:
            parts[one] = parts[other]
    read(b"".join(parts), profile)


@pytest.mark.parametrize("profile", XML_PROFILES)
def test_nothing_that_a_document_names_is_fetched(profile, tmp_path, monkeypatch):
    secret = tmp_path / "secret"
    secret.write_text("password")

    def refused(*_given, **_named):
        raise AssertionError("something was to be fetched")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    dtd = (
        f'<!DOCTYPE OAI-PMH SYSTEM "{secret.as_uri()}" [<!ENTITY e SYSTEM "{secret.as_uri()}"><!ENTITY b "bbbbbbbb">'
        '<!ENTITY % p SYSTEM "http://site.test/p.dtd">%p;<!ENTITY w SYSTEM "http://site.test/w">]>'
    )
    head, _, body = SAMPLES[profile].rpartition(b"?>")
    body = (head + b"?>" if head else b"") + dtd.encode() + body
    for entity in (b"&e;", b"&w;", b"&b;", b"&p;"):
        assert "password" not in str(read(body.replace(b"</", entity + b"</"), profile))


def calls(read_it):
    """How many calls it takes: the same on every machine, unlike time."""
    count = 0

    def counted(*_):
        nonlocal count
        count += 1

    sys.setprofile(counted)
    try:
        read_it()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("profile", XML_PROFILES)
def test_ten_times_as_much_takes_ten_times_as_long(profile):
    extract = profiles.load(profile).extract
    few, many = (whole(REPEATED[profile] % (PARTS[profile] * times), profile) for times in (200, 2000))
    extract(few)
    assert calls(lambda: extract(many)) < 11 * calls(lambda: extract(few))


@pytest.mark.parametrize("profile", XML_PROFILES)
def test_elements_nested_without_end_are_refused_or_read_as_far_as_they_go(profile):
    read(REPEATED[profile] % (b"<title>" * 100_000), profile)
    read(REPEATED[profile] % (b"<title>" * 200 + b"t" + b"</title>" * 200), profile)


def test_a_catalogue_sent_as_one_record_of_dcat_is_refused_before_it_is_read():
    outcome = read(REPEATED["dcat"] % (PARTS["dcat"] * 20_000), "dcat")
    assert [issue.code for issue in outcome.issues] == ["record_too_large"]
