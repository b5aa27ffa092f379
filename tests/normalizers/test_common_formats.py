"""The common formats of the CBD: the drawer, the documents made of records, and the JSON Schemas that judge them."""

from pathlib import Path
from typing import get_args
from urllib.parse import unquote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from harvesters.source import Schema
from normalizers import common_formats, format_values
from normalizers.format_definition import Format
from normalizers.model import Date, Link, Outcome, Rights, Term, Text, Tombstone
from tests.normalizers.making import record
from vocabularies.skos import load_all

SCHEMAS = sorted(get_args(Schema))
FILES = sorted(path.stem for path in Path(common_formats.__file__).parent.glob("*.py") if path.stem != "__init__")
PERSONAL = {"phones", "mobiles", "faxes", "emails", "firstName", "middleName", "lastName", "gender", "prefix"}
each_schema = pytest.mark.parametrize("name", SCHEMAS)


def validator(name, *, complete):
    return Draft202012Validator(common_formats.json_schema(name, complete=complete))


VALIDATORS = {(name, complete): validator(name, complete=complete) for name in SCHEMAS for complete in (False, True)}


def complaints(document, name, *, complete):
    return [error.message for error in VALIDATORS[name, complete].iter_errors(document)]


def body(schema="resource", **keys):
    """The document of a record, less its header."""
    made = common_formats.document(record(schema=schema, **keys))
    assert complaints(made, schema, complete=False) == []
    return {name: value for name, value in made.items() if name != "header"}


# The drawer


def test_every_schema_that_a_source_may_name_has_its_file_and_every_file_its_schema():
    assert sorted(common_formats.names()) == SCHEMAS
    assert [name.replace("_", "").lower() for name in FILES] == [name.lower() for name in SCHEMAS]


@each_schema
def test_a_file_is_a_table_of_fields_each_once_that_says_where_it_comes_from(name):
    fmt = common_formats.load(name)
    assert isinstance(fmt, Format)
    assert fmt.schema == ("organization" if name == "contact" else name)
    fields = [field.name for field in fmt.fields]
    assert len(fields) == len(set(fields)) >= 5
    origins = {field.origin for field in fmt.fields} - {None}
    assert all(origin is getattr(format_values, origin.__name__) for origin in origins)


@each_schema
@pytest.mark.parametrize("complete", [False, True])
def test_its_json_schema_is_one_of_draft_2020_12_whose_every_reference_leads_somewhere(name, complete):
    schema = common_formats.json_schema(name, complete=complete)
    Draft202012Validator.check_schema(schema)
    references = {ref for ref in strings(schema) if ref.startswith("#")}
    assert {ref.removeprefix("#/$defs/") for ref in references} <= set(schema["$defs"])


def test_what_the_cbd_does_not_define_is_marked_as_provisional():
    assert {name for name in SCHEMAS if common_formats.load(name).provisional} == {"event", "news"}
    assert "Provisional" in common_formats.json_schema("news", complete=False)["description"]


@pytest.mark.parametrize("name", ["meeting", "", "../resource", "bbi_request", "__init__"])
def test_an_unknown_schema_is_refused_with_those_there_are(name):
    with pytest.raises(common_formats.SchemaError) as refused:
        common_formats.load(name)
    assert all(schema in str(refused.value) for schema in SCHEMAS)


# Documents


def test_a_document_begins_with_its_header():
    made = common_formats.document(record(title={"fr": "T"}, description={"en": "D", "und": "U"}))
    assert made["header"] == {"identifier": record().identifier, "schema": "resource", "languages": ["fr", "en"]}


def test_where_no_text_says_its_language_the_header_has_those_that_the_record_declares():
    made = common_formats.document(record(title={"und": "T"}, languages=("nl",)))
    assert made["header"]["languages"] == ["nl"]


def test_terms_links_and_government_stand_as_the_api_takes_them():
    made = body(
        "news",
        government="be",
        countries=(Term(identifier="be", verbatim="Belgique", by="prefLabel"),),
        gbf_targets=(Term(identifier="GBF-TARGET-03", verbatim="30x30", by="altLabel"),),
        links=(
            Link(url="https://x.org/1", rel="source", language="fr"),
            Link(url="https://x.org/1.pdf", rel="document", name="Rapport", media_type="application/pdf"),
            Link(url="https://x.org/1.png", rel="image"),
        ),
    )
    assert made["government"] == {"identifier": "be"}
    assert made["countryRegions"] == [{"identifier": "be"}]
    assert made["gbfTargets"] == [{"identifier": "GBF-TARGET-03"}]
    assert made["urls"] == [{"url": "https://x.org/1", "language": "fr"}]
    assert made["documentLinks"] == [{"url": "https://x.org/1.pdf", "name": "Rapport"}]
    assert made["covers"] == [{"url": "https://x.org/1.png"}]


def test_every_language_is_kept_and_names_stand_under_none():
    made = body(
        title={"sr-Latn": "Naslov", "zh-Hans": "标题", "und": "?"},
        authors=("Q. Li", "M. Diop"),
        publisher={"sr": "Министарство"},
        rights=Rights(statement={"en": "CC BY 4.0"}),
        keywords=(Text("Feuchtgebiet", "de"), Text("wetland")),
    )
    assert made["title"] == {"sr-Latn": "Naslov", "zh-Hans": "标题", "und": "?"}
    assert made["authors"] == {"und": "Q. Li; M. Diop"}
    assert made["publisher"] == {"sr": "Министарство"}
    assert made["rights"] == {"en": "CC BY 4.0"}
    assert made["tags"] == [{"de": "Feuchtgebiet"}, {"und": "wetland"}]


def test_what_a_record_does_not_say_is_not_in_its_document():
    assert body("nbsap", title={"fr": "Stratégie"}) == {"title": {"fr": "Stratégie"}}


@pytest.mark.parametrize(
    ("value", "start", "published", "year"),
    [
        ("2024-12-05", "2024-12-05", "2024-12-05", 2024),
        ("2024-12-05T10:00:00Z", "2024-12-05T10:00:00Z", "2024-12-05T10:00:00Z", 2024),
        ("2024-12", None, "2024-12", 2024),
        ("2024", None, "2024", 2024),
    ],
)
def test_a_partial_date_stays_partial_and_where_a_day_is_wanted_none_is_made_up(value, start, published, year):
    dates = tuple(Date(kind=kind, value=value, verbatim=value) for kind in ("published", "start"))
    assert body("event", dates=dates).get("startDate") == start
    assert body("resource", dates=dates)["publicationDate"] == published
    assert body("capacityBuildingResource", dates=dates)["publicationYear"] == year


@pytest.mark.parametrize(("word", "space", "words"), [("mot", " ", 300), ("词语", "", 300), ("وثيقة", " ", 300)])
def test_a_summary_ends_after_300_words(word, space, words):
    short, long = space.join([word] * words), space.join([word] * (words + 1))
    assert body(description={"fr": short})["summary"] == {"fr": short}
    assert body(description={"fr": long})["summary"] == {"fr": f"{short} …"}


def test_a_summary_is_taken_before_a_description_language_by_language():
    made = body(summary={"fr": "Bref"}, description={"fr": "Long", "en": "Long"})
    assert made["summary"] == {"en": "Long", "fr": "Bref"}
    made = body("database", summary={"fr": "Bref", "es": "Breve"}, description={"fr": "Long"})
    assert made["description"] == {"fr": "Long", "es": "Breve"}


def test_one_target_is_the_primary_one_and_several_are_none():
    one, other = (Term(identifier=f"GBF-TARGET-0{n}", verbatim=str(n), by="notation") for n in (3, 4))
    assert body("stakeholderCommitment", gbf_targets=(one,))["primaryGlobalAlignment"] == {"identifier": one.identifier}
    assert "primaryGlobalAlignment" not in body("stakeholderCommitment", gbf_targets=(one, other))


@pytest.mark.parametrize(
    ("by", "inferred"), [("notation", False), ("lookup", False), ("default", True), ("text", True)]
)
def test_what_a_government_commits_itself_to_is_stated_never_inferred(by, inferred):
    target = Term(identifier="GBF-TARGET-03", verbatim="3", by=by)
    assert ("globalTargetAlignment" not in body("nationalTarget7", gbf_targets=(target,))) is inferred
    assert ("primaryGlobalAlignment" not in body("stakeholderCommitment", gbf_targets=(target,))) is inferred


# Personal data


def test_a_contact_is_published_as_an_organization():
    made = common_formats.document(record(schema="contact", title={"en": "Ministry of Environment"}))
    assert made["header"]["schema"] == "organization"
    assert made["name"] == {"en": "Ministry of Environment"}
    assert complaints(made, "organization", complete=False) == []


@each_schema
def test_no_document_has_what_is_a_persons_own(name):
    personal = [field for field in common_formats.load(name).fields if field.name in PERSONAL]
    assert [field.name for field in personal if field.origin] == []


def test_a_focal_point_is_an_office():
    made = body(
        "focalPoint",
        government="cm",
        title={"fr": "M. Jean Exemple"},
        description={"fr": "Né à Douala"},
        authors=("Jean Exemple",),
        publisher={"fr": "Ministère de l'Environnement"},
        links=(Link(url="https://x.cm/chm", rel="source"),),
    )
    assert made == {
        "government": {"identifier": "cm"},
        "organization": {"fr": "Ministère de l'Environnement"},
        "websites": [{"url": "https://x.cm/chm"}],
    }


# Shape and completeness


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "T"),
        ("title", {"français": "T"}),
        ("title", {"fr": 1}),
        ("gbfTargets", [{"identifier": "GBF-TARGET-3"}]),
        ("gbfTargets", {"identifier": "GBF-TARGET-03"}),
        ("aichiTargets", [{"identifier": "AICHI-TARGET-1"}]),
        ("cbdSubjects", [{"identifier": "Forests"}]),
        ("countryRegions", [{"verbatim": "Belgium"}]),
        ("countryRegions", [{"identifier": ""}]),
        ("resourceLinks", [{"url": "javascript:alert(1)"}]),
        ("resourceLinks", [{"name": "Report"}]),
        ("publicationDate", "05/12/2024"),
        ("organizations", [{"identifier": 7}]),
        ("nagoya", {"subjects": "ABS"}),
        ("biosafety", {"addressGenes": "yes"}),
        ("titel", {"de": "T"}),
        ("header", {"identifier": "X", "schema": "news", "languages": ["en"]}),
        ("header", {"schema": "resource", "languages": ["en"]}),
        ("header", {"identifier": "X", "schema": "resource", "languages": "en"}),
    ],
)
def test_the_shape_refuses_what_the_api_would_not_take(field, value):
    whole = {"header": {"identifier": "X", "schema": "resource", "languages": ["en"]}}
    assert complaints(whole, "resource", complete=False) == []
    assert complaints(whole | {field: value}, "resource", complete=False)


def parts(schema):
    """A JSON Schema and everything inside it that is an object."""
    if isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from parts(inner)


def test_the_shape_takes_every_concept_of_every_scheme_from_which_a_format_takes_terms():
    schemes = {unquote(vocabulary.uri.rpartition("/")[2]): vocabulary for vocabulary in load_all().values()}
    met, refused = set(), []
    for name in SCHEMAS:
        whole = common_formats.json_schema(name, complete=False)
        for part in parts(whole["properties"]):
            domain = str(part.get("description")).removeprefix("Domain: ")
            if domain in schemes and "$ref" in part:
                met.add(schemes[domain].scheme)
                judge = Draft202012Validator(part | {"$defs": whole["$defs"]})
                refused += [
                    (name, concept)
                    for concept in schemes[domain].concepts
                    if not judge.is_valid({"identifier": concept})
                ]
    assert met >= {"countries", "regions", "cbd-subjects", "gbf-targets", "gbf-goals", "organization-types"}
    assert refused == []


def test_the_shape_takes_what_others_write():
    target = {
        "header": {"identifier": "SIMP-1", "schema": "nationalTarget", "languages": ["en"], "legacyIdentifier": "7"},
        "government": {"identifier": "cl"},
        "isAichiTarget": False,
        "title": {"en": "T"},
        "aichiTargets": [{"identifier": "AICHI-TARGET-01-C2"}],
        "relevantDocuments": [{"url": "/api/v2013/documents/X/attachments/Y/z.pdf", "tags": ["map"]}],
    }
    assert complaints(target, "nationalTarget", complete=False) == []
    report = {
        "header": {"identifier": "X", "schema": "nationalReport7", "languages": ["en"]},
        "sectionIII": [{"levelOfProgress": {"identifier": "Y", "customValue": {"en": "Other"}}}],
    }
    assert complaints(report, "nationalReport7", complete=False) == []
    assert complaints(report, "nationalReport7", complete=True)


@pytest.mark.parametrize(("field", "empty"), [("title", {}), ("resourceLinks", []), ("publicationDate", "")])
def test_what_is_required_and_empty_is_incomplete(field, empty):
    made = common_formats.document(whole_record("resource")) | {
        "resourceTypes": [{"identifier": "X"}],
        "organizations": [{"identifier": "X"}],
    }
    assert complaints(made, "resource", complete=True) == []
    assert complaints(made | {field: empty}, "resource", complete=True)


def whole_record(schema):
    return record(
        schema=schema,
        title={"fr": "T"},
        description={"fr": "D"},
        authors=("A",),
        dates=(Date(kind="published", value="2024", verbatim="2024"),),
        links=(Link(url="https://x.org/1", rel="source"),),
        subjects=(Term(identifier="CBD-SUBJECT-FOR", verbatim="forests", by="prefLabel"),),
    )


def test_what_a_record_lacks_is_a_note_that_names_format_and_fields():
    issue = common_formats.incomplete(record(schema="news", title={"fr": "T"}))
    assert (issue.code, issue.severity, issue.field) == ("incomplete", "note", "schema")
    assert issue.value == "news: date, urls"
    assert issue.message == (
        "be_chm, record oai:x:1: as news it lacks date and urls, on which the CBD insists. Ask the site to state them."
    )
    assert common_formats.incomplete(whole_record("news")) is None


def test_only_a_record_is_judged():
    told = Outcome(record=whole_record("news"))
    assert common_formats.judged(told) == told
    lacking = Outcome(record=record(schema="news"))
    assert [issue.code for issue in common_formats.judged(lacking).issues] == ["incomplete"]
    gone = Outcome(record=Tombstone(identifier="X", source="be_chm", source_identifier="x", datestamp=None))
    assert common_formats.judged(gone) == gone
    assert common_formats.judged(Outcome(record=None)).issues == ()


texts = st.dictionaries(st.sampled_from(["en", "fr", "zh-Hans", "und"]), st.text(min_size=1), max_size=2)


def several(strategy):
    return st.lists(strategy, max_size=2).map(tuple)


def terms(*identifiers):
    return several(st.builds(Term, identifier=st.sampled_from(identifiers), verbatim=st.text(), by=st.just("lookup")))


records = st.builds(
    record,
    schema=st.sampled_from(SCHEMAS),
    government=st.none() | st.just("be"),
    title=texts,
    summary=texts,
    description=texts,
    languages=several(st.sampled_from(["en", "fr"])),
    countries=terms("be", "fr", "eu"),
    regions=terms("CCA4B662-8EF4-418D-B327-0D6F418AA703", "2c311a50-49e2-4d28-b04d-05c3a9b0b3a5"),
    subjects=terms("CBD-SUBJECT-OUT+CEPA", "3FEF79FF-9EA2-4E3A-BEC9-2991CCDD7F3A"),
    gbf_targets=terms("GBF-TARGET-01", "GBF-TARGET-23"),
    aichi_targets=terms("AICHI-TARGET-01", "AICHI-TARGET-20"),
    keywords=several(st.builds(Text, st.text(min_size=1), st.none() | st.just("fr"))),
    authors=several(st.text(min_size=1)),
    publisher=texts,
    dates=several(
        st.builds(
            Date,
            kind=st.sampled_from(["published", "start", "end"]),
            value=st.sampled_from(["2024", "2024-12", "2024-12-05", "2024-12-05T10:00:00+01:00"]),
            verbatim=st.text(),
        )
    ),
    links=several(
        st.builds(
            Link,
            url=st.sampled_from(["https://x.org/1", "https://x.org/1.pdf"]),
            rel=st.sampled_from(["source", "document", "image", "related"]),
            name=st.none() | st.text(),
            language=st.none() | st.just("fr"),
        )
    ),
    place=st.none() | st.text(min_size=1),
    organizer=st.none() | st.text(min_size=1),
)


@given(records)
def test_every_record_has_a_document_of_the_shape_of_its_schema(drawn):
    made = common_formats.document(drawn)
    assert complaints(made, drawn.schema, complete=False) == []
    assert msgspec.json.decode(msgspec.json.encode(made)) == made


@given(records)
def test_what_is_noted_as_lacking_is_what_the_json_schema_refuses(drawn):
    issue = common_formats.incomplete(drawn)
    noted = issue.value.removeprefix(f"{drawn.schema}: ").split(", ") if issue else []
    refused = complaints(common_formats.document(drawn), drawn.schema, complete=True)
    assert sorted(refused) == sorted(f"{field!r} is a required property" for field in noted)


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
