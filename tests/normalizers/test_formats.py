"""Where values stand in each format in XML, rule by rule; whole records are compared in the golden files."""

import pytest

from normalizers.model import Box, Link, Subject, Text
from normalizers.profiles import Unreadable, load
from tests.normalizers.making import whole

RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#" '
    'xmlns:dct="http://purl.org/dc/terms/" xmlns:locn="http://www.w3.org/ns/locn#">'
    '<dcat:Dataset rdf:about="urn:x:1">%s</dcat:Dataset></rdf:RDF>'
)
ROOTS = {
    "oai_dc": "<dc>%s</dc>",
    "qdc": '<qualifieddc xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">%s</qualifieddc>',
    "datacite": "<resource>%s</resource>",
    "mods": '<mods xmlns:xlink="http://www.w3.org/1999/xlink">%s</mods>',
    "marcxml": "<record>%s</record>",
    "iso19139": '<MI_Metadata xmlns:xlink="http://www.w3.org/1999/xlink">%s</MI_Metadata>',
    "eml": "<eml>%s</eml>",
    "dcat": RDF,
}
ENVELOPE = "<OAI-PMH><GetRecord><record><header/><metadata>%s</metadata></record></GetRecord></OAI-PMH>"


def draft_of(profile, elements):
    return load(profile).extract(whole((ENVELOPE % (ROOTS[profile] % elements)).encode(), profile))


def marc(tag, indicators="  ", **subfields):
    inside = "".join(f'<subfield code="{code.strip("_")}">{value}</subfield>' for code, value in subfields.items())
    return f'<datafield tag="{tag}" ind1="{indicators[0]}" ind2="{indicators[1]}">{inside}</datafield>'


def inside(path, elements):
    """The elements within a nest of these names."""
    names = path.split("/")
    return "".join(f"<{name}>" for name in names) + elements + "".join(f"</{name}>" for name in reversed(names))


def constraints(elements):
    return inside("identificationInfo/MD_DataIdentification/resourceConstraints/MD_LegalConstraints", elements)


def party(role):
    return inside(
        "identificationInfo/MD_DataIdentification/pointOfContact/CI_ResponsibleParty",
        inside("individualName/CharacterString", "P")
        + inside("organisationName/CharacterString", "O")
        + f'<role><CI_RoleCode codeListValue="{role}"/></role>',
    )


OPEN = "info:eu-repo/semantics/openAccess"
HERE = Box(west=2, south=1, east=4, north=3)
FIELDS = [
    ("oai_dc", f"<rights>{OPEN}</rights>", "access", [Text(OPEN)]),
    ("oai_dc", "<date>info:eu-repo/date/embargoEnd/2030-01-01</date>", "embargoes", ["2030-01-01"]),
    ("oai_dc", "<relation>info:eu-repo/semantics/altIdentifier/isbn/978-2</relation>", "identifiers", ["isbn 978-2"]),
    ("oai_dc", "<coverage>North 3, South 1, East 4, West 2</coverage>", "coordinates", [HERE]),
    ("oai_dc", "<rights>otherRestrictions</rights>", "rights", []),
    ("qdc", "<available>2030</available>", "embargoes", ["2030"]),
    ("qdc", "<accessRights>closed</accessRights>", "access", [Text("closed")]),
    ("qdc", '<subject xsi:type="dcterms:LCSH">S</subject>', "subjects", [Subject("S", None, "dcterms:LCSH")]),
    (
        "qdc",
        '<spatial xsi:type="dcterms:Point">east=4.5; north=50.5; name=X</spatial>',
        "coordinates",
        [Box(west=4.5, south=50.5, east=4.5, north=50.5)],
    ),
    (
        "qdc",
        "<BoundingBox><LowerCorner>6 -1</LowerCorner><UpperCorner>-8 7</UpperCorner></BoundingBox>",
        "coordinates",
        [Box(west=-8, south=-1, east=6, north=7)],
    ),
    (
        "qdc",
        '<URI protocol="image/png" name="N">https://x.org/1</URI>',
        "links",
        [Link(url="https://x.org/1", name="N", media_type="image/png")],
    ),
    ("datacite", "<rights>CC0</rights>", "rights", [Text("CC0")]),
    ("datacite", '<titles><title titleType="AlternativeTitle">A</title></titles>', "titles", []),
    (
        "datacite",
        '<resourceType resourceTypeGeneral="Text">Report</resourceType>',
        "types",
        [Text("Text"), Text("Report")],
    ),
    (
        "datacite",
        inside(
            "geoLocations/geoLocation/geoLocationPoint",
            "<pointLatitude>1</pointLatitude><pointLongitude>2</pointLongitude>",
        ),
        "coordinates",
        [Box(west=2, south=1, east=2, north=1)],
    ),
    (
        "datacite",
        inside("geoLocations/geoLocation/geoLocationBox", "westlimit=2; southlimit=1; eastlimit=4; northlimit=3"),
        "coordinates",
        [HERE],
    ),
    ("mods", "<name><namePart>N</namePart></name>", "authors", [Text("N")]),
    ("mods", "<name><namePart>N</namePart><role>editor</role></name>", "contributors", [Text("N")]),
    ("mods", "<name><namePart>N</namePart><role><roleTerm>pbl</roleTerm></role></name>", "publishers", [Text("N")]),
    ("mods", '<titleInfo type="alternative"><title>T</title></titleInfo>', "titles", []),
    ("mods", '<relatedItem xlink:href="https://x.org/1"/>', "links", [Link(url="https://x.org/1")]),
    ("marcxml", marc("245", a="T :", b="sub /", c="who"), "titles", [Text("T: sub")]),
    ("marcxml", marc("242", a="T.", y="eng"), "titles", [Text("T.", "eng")]),
    ("marcxml", marc("100", a="Lambert, Anne,", d="1971-"), "authors", [Text("Lambert, Anne")]),
    ("marcxml", marc("700", a="Peeters, Jan,", e="editor."), "contributors", [Text("Peeters, Jan")]),
    ("marcxml", marc("700", a="Other,", t="Work"), "contributors", []),
    ("marcxml", marc("710", a="Fund.", _4="fnd"), "contributors", []),
    ("marcxml", marc("710", a="Press.", _4="pbl"), "publishers", [Text("Press")]),
    ("marcxml", marc("264", " 4", c="©2020"), "dates", []),
    ("marcxml", marc("264", " 1", b="P,", c="[2020]"), "dates", [("published", "2020")]),
    ("marcxml", marc("041", a="engfre"), "languages", ["eng", "fre"]),
    ("marcxml", marc("041", " 7", a="zh-Hans"), "languages", ["zh-Hans"]),
    ("marcxml", marc("650", " 2", a="Bogs.", z="Belgium"), "subjects", [Subject("Bogs", None, "mesh")]),
    ("marcxml", marc("650", " 2", a="Bogs.", z="Belgium."), "coverage", [Text("Belgium")]),
    ("marcxml", marc("651", a="Ardennes (Belgium).", x="Bogs."), "coverage", [Text("Ardennes (Belgium)")]),
    ("marcxml", marc("651", a="U.S.", x="Bogs."), "coverage", [Text("U.S.")]),
    ("marcxml", marc("034", d="2", e="4", f="3", g="1"), "coordinates", [HERE]),
    ("marcxml", marc("024", "7 ", a="1/2", _2="hdl"), "identifiers", ["https://hdl.handle.net/1/2"]),
    ("marcxml", marc("020", a="978-2"), "identifiers", ["ISBN 978-2"]),
    ("marcxml", marc("506", a="Closed."), "access", [Text("Closed.")]),
    (
        "marcxml",
        marc("856", "42", u="https://x.org/1", y="N", q="text/html"),
        "links",
        [Link(url="https://x.org/1", name="N", media_type="text/html")],
    ),
    (
        "marcxml",
        marc("034", d="W0060000", e="E0063000", f="N0503000", g="+050.25"),
        "coordinates",
        [Box(west=-6, south=50.25, east=6.5, north=50.5)],
    ),
    (
        "iso19139",
        constraints(
            "<accessConstraints><c codeListValue='restricted'/></accessConstraints>"
            "<otherConstraints><CharacterString>R</CharacterString></otherConstraints>"
        ),
        "access",
        [Text("restricted"), Text("R")],
    ),
    (
        "iso19139",
        constraints(
            "<accessConstraints><c codeListValue='otherRestrictions'/></accessConstraints>"
            "<useConstraints><c codeListValue='license'/></useConstraints>"
            "<otherConstraints><Anchor xlink:href='https://x.org/l'>L</Anchor></otherConstraints>"
        ),
        "rights",
        [Text("license"), Text("L"), Text("https://x.org/l")],
    ),
    ("iso19139", constraints(inside("useLimitation/CharacterString", "U")), "rights", [Text("U")]),
    (
        "iso19139",
        inside(
            "identificationInfo/SV_ServiceIdentification/resourceConstraints/MD_SecurityConstraints",
            '<classification><MD_ClassificationCode codeListValue="secret"/></classification>',
        ),
        "access",
        [Text("secret")],
    ),
    ("iso19139", party("author"), "authors", [Text("P")]),
    ("iso19139", party("publisher"), "publishers", [Text("O")]),
    ("iso19139", party("pointOfContact"), "authors", []),
    (
        "iso19139",
        "<language><LanguageCode codeListValue='http://x.org/list'>eng; USA</LanguageCode></language>"
        + inside("identificationInfo/MD_DataIdentification/abstract/CharacterString", "A"),
        "summaries",
        [Text("A", "eng")],
    ),
    ("eml", "<dataset><creator><organizationName>O</organizationName></creator></dataset>", "authors", [Text("O")]),
    (
        "eml",
        "<dataset><associatedParty><positionName>P</positionName><role>author</role></associatedParty></dataset>",
        "authors",
        [Text("P")],
    ),
    (
        "eml",
        "<dataset><licensed><licenseName>L</licenseName><url>https://x.org/l</url></licensed></dataset>",
        "rights",
        [Text("L"), Text("https://x.org/l")],
    ),
    ("eml", "<citation><title>T</title></citation>", "types", [Text("citation")]),
    (
        "eml",
        '<dataset><title xml:lang="es"><value xml:lang="en">E</value>S</title></dataset>',
        "titles",
        [Text("S", "es"), Text("E", "en")],
    ),
    (
        "eml",
        '<dataset><abstract><para>A <value xml:lang="es">B</value> C</para></abstract></dataset>',
        "summaries",
        [Text("<p>A  C</p>"), Text("B", "es")],
    ),
    (
        "eml",
        inside("dataset/keywordSet/keyword", 'giant kelp<value xml:lang="es">kelp gigante</value>'),
        "subjects",
        [Text("giant kelp"), Text("kelp gigante", "es")],
    ),
    (
        "eml",
        inside("dataset/creator/individualName", '<surName><value xml:lang="en">Reed</value>Reed</surName>'),
        "authors",
        [Text("Reed")],
    ),
    ("dcat", '<dct:publisher rdf:resource="urn:x:1"/>', "publishers", [Text("urn:x:1")]),
    (
        "dcat",
        '<dct:publisher><dct:Agent rdf:about="urn:x:2"><dct:title rdf:resource="urn:x:2"/></dct:Agent></dct:publisher>',
        "publishers",
        [Text("urn:x:2")],
    ),
    ("dcat", '<dcat:theme rdf:resource="http://eurovoc.europa.eu/100142"/>', "subjects", []),
    (
        "dcat",
        "<dcat:landingPage>https://x.org/1</dcat:landingPage>",
        "links",
        [Link(url="https://x.org/1", rel="source")],
    ),
    ("dcat", "<dct:publisher><x:y xmlns:x='urn:x'/></dct:publisher>", "publishers", []),
    (
        "dcat",
        '<dct:subject rdf:resource="http://x.org/list#bogs"/>',
        "subjects",
        [Subject("bogs", None, "http://x.org/list#")],
    ),
    (
        "dcat",
        "<dct:spatial rdf:parseType='Resource'><locn:geometry>ENVELOPE(2, 4, 3, 1)</locn:geometry></dct:spatial>",
        "coordinates",
        [HERE],
    ),
    (
        "dcat",
        "<dct:issued rdf:datatype='http://www.w3.org/2001/XMLSchema#gYear'>2024</dct:issued>",
        "dates",
        [("published", "2024")],
    ),
]


@pytest.mark.parametrize(("profile", "elements", "field", "values"), FIELDS)
def test_a_value_is_found_where_the_format_has_it(profile, elements, field, values):
    assert getattr(draft_of(profile, elements), field) == values


@pytest.mark.parametrize(
    ("profile", "elements", "unused"),
    [
        ("qdc", "<extent>1 p.</extent><extent>2 p.</extent><medium/>", {"extent": 2}),
        ("datacite", "<sizes><size>1</size><size>2</size></sizes>", {"sizes": 1}),
        ("datacite", "<titles>T</titles>", {"titles": 1}),
        ("mods", "<originInfo><place><placeTerm>P</placeTerm></place></originInfo>", {"originInfo/place": 1}),
        ("marcxml", marc("245", a="T", c="who", _6="880-01") + marc("300", a="1 p."), {"245$c": 1, "300": 1}),
        (
            "iso19139",
            party("owner"),
            {"identificationInfo/MD_DataIdentification/pointOfContact/CI_ResponsibleParty": 1},
        ),
        ("eml", "<dataset><contact><surName>S</surName></contact></dataset>", {"dataset/contact": 1}),
        ("dcat", "<dct:accrualPeriodicity>P1Y</dct:accrualPeriodicity>", {"dct:accrualPeriodicity": 1}),
    ],
)
def test_what_is_not_used_is_counted_where_it_stands(profile, elements, unused):
    assert draft_of(profile, elements).unused == unused


@pytest.mark.parametrize(
    ("profile", "elements"),
    [
        ("qdc", '<spatial xsi:type="dcterms:POINT">10.6,55.5</spatial>'),
        ("qdc", "<BoundingBox><LowerCorner>6</LowerCorner></BoundingBox>"),
        ("datacite", inside("geoLocations/geoLocation/geoLocationPoint", "91 0")),
        ("marcxml", marc("034", d="W1810000", e="E0063000", f="N0503000", g="N0500000")),
        ("eml", inside("dataset/coverage/geographicCoverage/boundingCoordinates/westBoundingCoordinate", "west")),
        ("dcat", "<dct:spatial rdf:parseType='Resource'><locn:geometry>POINT(1 2 3)</locn:geometry></dct:spatial>"),
    ],
)
def test_coordinates_that_nobody_can_tell_are_an_issue_and_no_box(profile, elements):
    draft = draft_of(profile, elements)
    assert draft.coordinates == []
    (issue,) = draft.issues
    assert (issue.code, issue.field) == ("coordinates_not_understood", "coordinates")
    assert "Ask the site" in issue.message


@pytest.mark.parametrize("profile", ROOTS)
def test_metadata_of_another_format_are_refused_with_what_to_do(profile):
    with pytest.raises(Unreadable, match=f"FGDC|`{profile}`") as refused:
        load(profile).extract(whole((ENVELOPE % "<idinfo><title>T</title></idinfo>").encode(), profile))
    assert refused.value.code == "format_mismatch"


@pytest.mark.parametrize(
    ("profile", "around"),
    [
        ("datacite", "<oai_datacite><schemaVersion>4</schemaVersion><payload>%s</payload></oai_datacite>"),
        ("mods", "<modsCollection>%s</modsCollection>"),
        ("marcxml", "<collection>%s</collection>"),
        ("iso19139", "<GetRecordsResponse><SearchStatus/><SearchResults>%s</SearchResults></GetRecordsResponse>"),
        ("qdc", "<GetRecordByIdResponse>%s</GetRecordByIdResponse>"),
    ],
)
def test_a_wrapper_is_taken_off(profile, around):
    inside = around % (ROOTS[profile] % "")
    for body in (inside, ENVELOPE % inside):
        assert load(profile).extract(whole(body.encode(), profile)).unused == {}


def test_a_root_that_the_repository_forgot_is_not_missed():
    body = b"<OAI-PMH><record><header/><metadata><title>T</title><type>Y</type></metadata></record></OAI-PMH>"
    draft = load("oai_dc").extract(whole(body, "oai_dc"))
    assert (draft.titles, draft.types) == ([Text("T")], [Text("Y")])


@pytest.mark.parametrize(
    ("about", "titles"),
    [("urn:x:2", [Text("second")]), ("id-2", [Text("second")]), ("elsewhere", [Text("first")])],
)
def test_of_several_datasets_the_one_is_read_that_the_record_is_named_after(about, titles):
    second = '<dcat:Dataset rdf:about="urn:x:2"><dct:title>second</dct:title><dct:identifier>id-2</dct:identifier>'
    both = RDF % f"<dct:title>first</dct:title></dcat:Dataset>{second}"
    body = f"<record><header><identifier>{about}</identifier></header><metadata>{both}</metadata></record>"
    assert load("dcat").extract(whole(body.encode(), "dcat")).titles == titles


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        (
            "<dct:title xmlns:dct='http://purl.org/dc/terms/' rdf:resource='http://[x'>T</dct:title>",
            "unreadable_record",
        ),
        ("<x:y xmlns:x='urn:x'/>", "unreadable_record"),
    ],
)
def test_rdf_that_describes_nothing_is_unreadable(inside, code):
    rdf = f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{inside}</rdf:RDF>'
    with pytest.raises(Unreadable) as refused:
        load("dcat").extract(whole((ENVELOPE % rdf).encode(), "dcat"))
    assert refused.value.code == code


def test_odd_addresses_in_rdf_fill_no_log(caplog):
    draft = draft_of("dcat", '<dcat:landingPage rdf:resource="https://x.org/a b"/><dct:issued>never</dct:issued>')
    assert draft.links == [Link(url="https://x.org/a b", rel="source")]
    assert caplog.records == []
