"""Where values stand in oai_dc, in good and in broken XML."""

import os
from pathlib import Path

import pytest

from harvesters.model import RawRecord
from normalizers.model import Link, Text
from normalizers.profiles import Unreadable
from normalizers.profiles.oai_dc import extract
from tests.normalizers.making import answer, oai_dc, oai_records

ISO_8859_1 = '<?xml version="1.0" encoding="ISO-8859-1"?>'


def test_every_element_of_dublin_core_finds_its_place():
    draft = extract(
        oai_dc(
            "<dc:title>T</dc:title><dc:contributor>C2</dc:contributor><dc:creator>C1</dc:creator><dc:subject>S</dc:subject>"
            "<dc:description>D</dc:description><dc:publisher>P</dc:publisher><dc:date>2024</dc:date><dc:type>Y</dc:type>"
            "<dc:identifier>I</dc:identifier><dc:language>L</dc:language><dc:coverage>V</dc:coverage><dc:rights>R</dc:rights>"
            "<dc:relation>https://x.org/1</dc:relation><dc:source>https://x.org/2</dc:source><dc:format>F</dc:format>"
        )
    )
    assert draft.titles == [Text("T")]
    assert draft.authors == [Text("C1")]
    assert draft.contributors == [Text("C2")]
    assert draft.subjects == [Text("S")]
    assert draft.descriptions == [Text("D")]
    assert draft.publishers == [Text("P")]
    assert draft.dates == [("published", "2024")]
    assert draft.types == [Text("Y")]
    assert draft.identifiers == ["I"]
    assert draft.languages == ["L"]
    assert draft.coverage == [Text("V")]
    assert draft.rights == [Text("R")]
    assert draft.links == [Link(url="https://x.org/1"), Link(url="https://x.org/2")]
    assert draft.unused == {"dc:format": 1}


def test_terms_of_qualified_dublin_core_are_understood_in_passing():
    draft = extract(
        oai_dc(
            "<dcterms:abstract>A</dcterms:abstract><dcterms:issued>2024</dcterms:issued><dcterms:spatial>S</dcterms:spatial>"
            "<dcterms:modified>2025</dcterms:modified><dcterms:license>L</dcterms:license><dcterms:medium>M</dcterms:medium>"
        )
    )
    assert draft.summaries == [Text("A")]
    assert draft.dates == [("published", "2024"), ("modified", "2025")]
    assert draft.coverage == [Text("S")]
    assert draft.rights == [Text("L")]
    assert draft.unused == {"dcterms:medium": 1}


def test_elements_are_told_by_name_in_whatever_namespace():
    draft = extract(oai_dc('<Title xmlns="http://purl.org/dc/elements/1.0/">T</Title><subject xmlns="">S</subject>'))
    assert (draft.titles, draft.subjects) == ([Text("T")], [Text("S")])


@pytest.mark.parametrize(
    ("elements", "language"),
    [
        ('<dc:title xml:lang="fr">T</dc:title>', "fr"),
        ('<dc:title lang="fr">T</dc:title>', "fr"),
        ('<dc:title xml:lang="">T</dc:title>', None),
        ("<dc:title>T</dc:title>", None),
    ],
)
def test_a_declared_language_is_kept(elements, language):
    assert extract(oai_dc(elements)).titles == [Text("T", language)]


def test_a_language_declared_further_up_holds_for_what_is_below():
    body = oai_dc("<dc:title>T</dc:title>").answer.body.replace(b"<oai_dc:dc>", b'<oai_dc:dc xml:lang="ru">')
    assert extract(oai_records(body)[0]).titles == [Text("T", "ru")]


def test_markup_inside_an_element_is_given_on_as_markup():
    draft = extract(oai_dc("<dc:description>a <p>b <i>c</i> d</p><!-- e --> f &lt;g&gt;</dc:description>"))
    assert draft.descriptions == [Text("a <p>b <i>c</i> d</p> f <g>")]


def test_empty_elements_are_no_values():
    draft = extract(oai_dc("<dc:title/><dc:title> \n </dc:title><dc:format/>"))
    assert (draft.titles, draft.unused) == ([], {})


@pytest.mark.parametrize(
    ("declaration", "encoding"),
    [
        ('<?xml version="1.0" encoding="UTF-8"?>', "utf-8"),
        ("", "utf-8"),
        ("", "utf-8-sig"),
        (ISO_8859_1, "iso-8859-1"),
        ('<?xml version="1.0" encoding="windows-1252"?>', "cp1252"),
    ],
)
def test_a_record_is_read_in_the_encoding_of_its_page(declaration, encoding):
    draft = extract(oai_dc("<dc:title>Forêt</dc:title>", declaration, encoding))
    assert draft.titles == [Text("Forêt")]
    assert draft.issues == []


@pytest.mark.parametrize(("encoding", "mark"), [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")])
def test_a_record_of_a_page_in_utf_16_is_read(encoding, mark):
    text = oai_dc("<dc:title>Forêt</dc:title>").answer.body.decode().replace("UTF-8", "UTF-16")
    body = mark + text.encode(encoding)
    start, end = (2 + 2 * at for at in (text.index("<record>"), text.index("</ListRecords>")))
    raw = RawRecord(identifier="1", profile="oai_dc", answer=answer(body), item=0, start=start, end=end)
    assert extract(raw).titles == [Text("Forêt")]


@pytest.mark.parametrize(
    "before",
    [
        "<!-- <not-the-root> -->",
        "<?php echo '<x>' ?>",
        '<!DOCTYPE OAI-PMH [<!ENTITY e "x">]>',
        "<!DOCTYPE OAI-PMH>",
        "<br />\n<b>Notice</b>: Undefined index",
        "\n\n",
    ],
)
def test_the_root_is_found_behind_whatever_comes_before_it(before):
    body = oai_dc("<dc:title>T</dc:title>").answer.body.replace(b"?>", f"?>{before}".encode(), 1)
    assert extract(oai_records(body)[0]).titles == [Text("T")]


@pytest.mark.parametrize(
    ("elements", "declaration", "encoding", "title"),
    [
        ("<dc:title>T & U</dc:title>", "", "utf-8", "T & U"),
        ("<dc:title>T &amp; &lt;U&gt;</dc:title><dc:subject>", "", "utf-8", "T & <U>"),
        ("<dc:title><![CDATA[T & &amp; U]]></dc:title><dc:subject>", "", "utf-8", "T & &amp; U"),
        ("<dc:title>caf&eacute;</dc:title>", "", "utf-8", "café"),
        ("<dc:title>T\x00\x0bU</dc:title>", "", "utf-8", "TU"),
        ("<dc:title>Forêt</dc:title>", "", "cp1252", "Forêt"),
        ("<dc:title>T&#xD800;&#0;&#99999999999;U</dc:title>", "", "utf-8", "TU"),
        ("<dc:title>T</dc:title><x:y>z</x:y>", "", "utf-8", "T"),
        ("<dc:title>T</dc:title><dc:subject>", "", "utf-8", "T"),
    ],
)
def test_broken_xml_is_mended_and_said_to_be(elements, declaration, encoding, title):
    draft = extract(oai_dc(elements, declaration, encoding))
    assert draft.titles[0].value == title
    assert [issue.code for issue in draft.issues] == ["xml_mended"]


def test_entities_of_a_dtd_are_never_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("password")
    dtd = f'<!DOCTYPE OAI-PMH [<!ENTITY e SYSTEM "{secret.as_uri()}"><!ENTITY b "bbbbbbbb">]>'
    body = oai_dc("<dc:title>T &e;&b;</dc:title>").answer.body.replace(b"?>", f"?>{dtd}".encode(), 1)
    assert "password" not in str(extract(oai_records(body)[0]))


@pytest.mark.parametrize(
    ("metadata", "root"),
    [
        ('<record xmlns="http://www.loc.gov/MARC21/slim"><leader>x</leader></record>', "record"),
        ('<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo/></mods>', "mods"),
    ],
)
def test_metadata_in_another_format_is_refused_by_the_name_of_its_root(metadata, root):
    body = b"<OAI-PMH><record><header/><metadata>" + metadata.encode() + b"</metadata></record></OAI-PMH>"
    raw = RawRecord(identifier="1", profile="oai_dc", answer=answer(body), item=0, start=9, end=len(body) - 10)
    with pytest.raises(Unreadable, match=root) as refused:
        extract(raw)
    assert refused.value.code == "format_mismatch"


@pytest.mark.parametrize(
    "body", [b"<record><header/></record>", b"<record><metadata/></record>", b"no xml", b"", b"\xff\xfe"]
)
def test_a_record_without_metadata_is_unreadable(body):
    raw = RawRecord(identifier="1", profile="oai_dc", answer=answer(body), item=0, start=0, end=len(body))
    with pytest.raises(Unreadable) as refused:
        extract(raw)
    assert refused.value.code == "unreadable_record"


def test_recorded_answers_are_read_record_by_record():
    folder = os.environ.get("CHM_RECORDINGS")
    if not folder:
        pytest.skip("CHM_RECORDINGS names no folder of recorded answers")
    deleted, sample = oai_records((Path(folder) / "oai-pmh/sickle/ListRecords.xml").read_bytes())
    assert deleted.deleted
    draft = extract(sample)
    assert [text.value for text in draft.titles] == ["Sample Title"]
    assert [text.value for text in draft.authors] == ["John Doe"] * 4
    assert draft.descriptions[0].language == "eng"
    assert draft.identifiers == ["http://test.example.com/publication/1585322"]
    assert draft.unused == {"dc:source": 1}
