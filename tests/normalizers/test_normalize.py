"""What the values of a record mean: one rule of `normalize` a test."""

import msgspec
import pytest

from harvesters.model import RawRecord
from normalizers import profiles
from normalizers.model import Date, Link, Term, Text, Tombstone
from normalizers.normalize import normalize
from normalizers.terms import terms_of
from tests.normalizers.making import answer, feed_item, oai_dc, source

TITLE = "<dc:title>T</dc:title>"


@pytest.fixture
def read(terms):
    """The outcome of one oai_dc record that has a title."""

    def outcome(elements="", **keys):
        return normalize(oai_dc(TITLE + elements), source(**keys), terms)

    return outcome


def codes(outcome):
    return [issue.code for issue in outcome.issues]


# Records as a whole


def test_a_deleted_record_becomes_a_tombstone_with_the_same_identifier(terms):
    alive = oai_dc(TITLE)
    dead = RawRecord(
        identifier=alive.identifier, profile="oai_dc", answer=answer(b""), item=0, start=0, end=0, deleted=True,
        datestamp="2026-02-02",
    )  # fmt: skip
    tomb = normalize(dead, source(), terms).record
    assert tomb == Tombstone(
        identifier=normalize(alive, source(), terms).record.identifier,
        source="be_chm",
        source_identifier="oai:x:1",
        datestamp="2026-02-02",
    )


def test_a_record_that_cannot_be_read_is_named_in_an_error(terms):
    raw = RawRecord(identifier="x:1", profile="oai_dc", answer=answer(b"<mods/>"), item=0, start=0, end=7)
    outcome = normalize(raw, source(), terms)
    assert outcome.record is None
    (issue,) = outcome.issues
    assert (issue.code, issue.severity, issue.record) == ("format_mismatch", "error", "x:1")
    assert issue.message.startswith("be_chm, record x:1: Its metadata is <mods>, not Dublin Core.")


def test_mended_xml_is_an_issue_and_the_record_lives(terms):
    outcome = normalize(oai_dc("<dc:title>A &nbsp; B</dc:title>"), source(), terms)
    assert outcome.record.title == {"und": "A B"}
    assert codes(outcome) == ["xml_mended"]


def test_a_record_without_a_title_lives(terms):
    outcome = normalize(oai_dc("<dc:title>  </dc:title>"), source(), terms)
    assert outcome.record.title == {}
    assert codes(outcome) == ["no_title"]
    assert outcome.issues[0].message.startswith("be_chm, record oai:x:1: title is missing. Ask the site")


def test_the_profile_of_the_source_overrides_that_of_the_protocol(terms):
    raw = feed_item("<rss><channel><item><title>T</title></item></channel></rss>")
    outcome = normalize(raw, source(profile="oai_dc"), terms)
    assert codes(outcome) == ["format_mismatch"]
    with pytest.raises(profiles.ProfileError):
        normalize(raw, source(profile="marc"), terms)


def test_the_day_of_first_sight_is_provenance_and_no_date_of_the_record(terms):
    raw = feed_item("<rss><channel><item><title>T</title></item></channel></rss>")
    record = normalize(msgspec.structs.replace(raw, first_seen="2026-02-01"), source(), terms).record
    assert (record.provenance.first_seen, record.dates) == ("2026-02-01", ())


def test_provenance_leads_back_to_the_raw_bytes(read):
    provenance = read().record.provenance
    assert (provenance.profile, provenance.item, provenance.datestamp) == ("oai_dc", 0, "2026-02-01")
    assert provenance.url == "https://chm.example.be/oai?verb=ListRecords"
    assert provenance.received == "2026-03-01T12:00:00+00:00"


def test_what_the_profile_did_not_use_is_counted(read):
    outcome = read("<dc:format>x</dc:format><dc:format>y</dc:format><dc:identifier>ISBN 1</dc:identifier>")
    assert outcome.unused == {"dc:format": 2, "identifier": 1}


# Languages


@pytest.mark.parametrize(
    ("keys", "language"),
    [
        ({}, "und"),
        ({"languages": ("fr",)}, "fr"),
        ({"languages": ("fr", "nl")}, "und"),
        ({"languages": ("fr", "nl"), "defaults": {"language": "nl"}}, "nl"),
    ],
)
def test_untagged_text_is_in_the_default_or_the_only_language_of_the_source(read, keys, language):
    assert read(**keys).record.title == {language: "T"}


def test_the_first_title_of_a_language_stands_and_the_further_ones_are_named(read):
    outcome = read('<dc:title xml:lang="fr">A</dc:title><dc:title xml:lang="fre">B</dc:title><dc:title>T</dc:title>')
    assert outcome.record.title == {"und": "T", "fr": "A"}
    assert [(issue.code, issue.value) for issue in outcome.issues] == [("extra_value", "B")]


def test_descriptions_of_one_language_are_joined_each_once(read):
    outcome = read(
        "<dc:description>A.</dc:description><dc:description>B.</dc:description><dc:description>A.</dc:description>"
    )
    assert outcome.record.description == {"und": "A. B."}


@pytest.mark.parametrize(
    ("elements", "languages"),
    [
        ("<dc:language>eng</dc:language><dc:language>fr; zh-hans</dc:language>", ("en", "fr", "zh-Hans")),
        ("<dc:language>français</dc:language>", ("fr",)),
        ("<dc:language>zxx</dc:language>", ()),
        ('<dc:title xml:lang="nl">U</dc:title>', ("nl",)),
        ("", ()),
    ],
)
def test_languages_are_those_declared_or_else_those_of_the_texts(read, elements, languages):
    outcome = read(elements)
    assert outcome.record.languages == languages
    assert not outcome.issues


def test_a_language_that_nobody_knows_is_an_issue_unless_the_source_explains_it(read):
    klingon = "<dc:language>klingon</dc:language>"
    assert codes(read(klingon)) == ["language_not_understood"]
    assert read(klingon, lookups={"languages": {"klingon": "tlh"}}).record.languages == ("tlh",)


# Terms


def test_subjects_types_and_targets_are_sorted_into_their_vocabularies(read):
    record = read(
        "<dc:subject>Target 3</dc:subject><dc:subject>Aichi Target 11</dc:subject><dc:subject>Tourism</dc:subject>"
        "<dc:type>National Reports</dc:type><dc:subject xml:lang='fr'>tourbière</dc:subject><dc:type>Text</dc:type>"
    ).record
    assert record.gbf_targets == (Term(identifier="GBF-TARGET-03", verbatim="Target 3", by="notation"),)
    assert record.aichi_targets == (Term(identifier="AICHI-TARGET-11", verbatim="Aichi Target 11", by="notation"),)
    assert [(term.verbatim, term.by) for term in record.subjects] == [
        ("Tourism", "prefLabel"),
        ("National Reports", "prefLabel"),
    ]
    assert record.types == ("National Reports", "Text")
    assert record.keywords == (Text("tourbière", "fr"),)


@pytest.mark.parametrize(
    ("subject", "subjects", "keywords"),
    [
        ("Tourism; Taxonomy ; bogs", ["Tourism", "Taxonomy"], ["bogs"]),
        ("CBD-SUBJECT-FOR,CBD-SUBJECT-MNT", ["CBD-SUBJECT-FOR", "CBD-SUBJECT-MNT"], []),
        ("Tourism, bogs", ["Tourism"], ["bogs"]),
        ("Traditional Knowledge, Innovations and Practices", ["Traditional Knowledge, Innovations and Practices"], []),
        ("bogs, fens and mires", [], ["bogs, fens and mires"]),
    ],
)
def test_a_list_in_one_string_is_parted_where_that_finds_something(read, subject, subjects, keywords):
    record = read(f"<dc:subject>{subject}</dc:subject>").record
    assert [term.verbatim for term in record.subjects] == subjects
    assert [text.value for text in record.keywords] == keywords


def test_a_lookup_of_the_source_speaks_where_the_vocabulary_is_silent(read):
    lookups = {"subjects": {"Tourism": "CBD-SUBJECT-FOR", "bogs": "CBD-SUBJECT-WTR"}}
    record = read("<dc:subject>Tourism</dc:subject><dc:subject>bogs</dc:subject>", lookups=lookups).record
    assert record.subjects == (
        Term(identifier="CBD-SUBJECT-TOUR", verbatim="Tourism", by="prefLabel"),
        Term(identifier="CBD-SUBJECT-WTR", verbatim="bogs", by="lookup"),
    )


def test_a_lookup_that_leads_nowhere_is_an_issue_and_the_value_a_keyword(read):
    outcome = read("<dc:subject>bogs</dc:subject>", lookups={"subjects": {"bogs": "CBD-SUBJECT-BOG"}})
    assert codes(outcome) == ["lookup_unknown"]
    assert outcome.record.keywords == (Text("bogs"),)


@pytest.mark.parametrize(
    ("coverage", "countries", "regions", "keywords"),
    [
        ("Belgium, Chad", [("be", "prefLabel"), ("td", "prefLabel")], [], []),
        ("FRA", [("fr", "notation")], [], []),
        ("Europe - Western Europe", [], [("Europe - Western Europe", "prefLabel")], []),
        ("Hautes Fagnes", [], [], ["Hautes Fagnes"]),
        ("", [("be", "default")], [], []),
    ],
)
def test_coverage_names_countries_and_regions_and_else_the_country_is_the_sources(
    read, coverage, countries, regions, keywords
):
    record = read(f"<dc:coverage>{coverage}</dc:coverage>").record
    assert [(term.identifier, term.by) for term in record.countries] == countries
    assert [(term.verbatim, term.by) for term in record.regions] == regions
    assert [text.value for text in record.keywords] == keywords


def test_a_source_of_no_country_gives_none_to_its_records(read):
    record = read(government=None, origin="partner").record
    assert (record.government, record.origin, record.countries) == (None, "partner", ())


# Defaults


def test_defaults_fill_only_what_the_source_leaves_open(read):
    defaults = {"publisher": "Ministry", "types": ("Report",), "subjects": ("CBD-SUBJECT-FOR",), "language": "en"}
    empty = read(defaults=defaults).record
    assert empty.publisher == {"en": "Ministry"}
    assert empty.types == ("Report",)
    assert empty.subjects == (Term(identifier="CBD-SUBJECT-FOR", verbatim="CBD-SUBJECT-FOR", by="default"),)
    full = read(
        "<dc:publisher>P</dc:publisher><dc:type>Y</dc:type><dc:subject>s</dc:subject>", defaults=defaults
    ).record
    assert (full.publisher, full.types, full.subjects) == ({"en": "P"}, ("Y",), ())


def test_a_default_that_no_vocabulary_knows_is_an_issue(read):
    assert codes(read(defaults={"subjects": ("bogs",)})) == ["default_unknown"]


@pytest.mark.parametrize(
    ("elements", "default", "schema"),
    [
        ("", None, "resource"),
        ("", "news", "news"),
        ("<dc:type>Event</dc:type>", "news", "event"),
        ("<dc:type>http://purl.org/dc/dcmitype/Event</dc:type>", None, "event"),
        ("<dc:type>Text</dc:type><dc:type>National report</dc:type>", "news", "nationalReport"),
        ("<dc:type>Report</dc:type>", None, "resource"),
        ("<dc:type>Report</dc:type>", "caseStudy", "caseStudy"),
        ("<dc:type>Inaugural address</dc:type>", "caseStudy", "caseStudy"),
        ("<dc:date>2020/2022</dc:date>", None, "resource"),
    ],
)
def test_the_schema_is_what_the_record_says_then_the_default_then_the_formats(read, elements, default, schema):
    assert read(elements, defaults={"schema": default}).record.schema == schema


def test_a_feeds_item_is_news_unless_its_type_or_a_beginning_says_more(terms):
    feed = (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:ev="http://purl.org/rss/1.0/modules/event/"><channel><item><title>T</title>{}</item></channel></rss>'
    )
    said = {
        "": "news",
        "<dc:type>Text</dc:type>": "news",
        "<dc:type>Publication</dc:type>": "resource",
        "<dc:type>Report</dc:type><ev:startdate>2026-03-01</ev:startdate>": "event",
    }
    read = {elements: normalize(feed_item(feed.format(elements)), source(), terms).record for elements in said}
    assert {elements: record.schema for elements, record in read.items()} == said


def test_types_by_default_say_what_records_without_any_are(read):
    assert read(defaults={"types": ("Case study",)}).record.schema == "caseStudy"
    stated = read("<dc:type>Text</dc:type>", defaults={"types": ("Case study",)}).record
    assert (stated.schema, stated.types) == ("resource", ("Text",))


def test_a_word_of_the_sites_own_is_explained_by_its_lookups(read):
    assert read("<dc:type>Stratégie</dc:type>", lookups={"types": {"Stratégie": "nbsap"}}).record.schema == "nbsap"


@pytest.mark.parametrize("legal", ["nbsap", "nationalReport7", "nationalTarget7"])
@pytest.mark.parametrize("default", ["schema", "types"])
def test_no_record_becomes_a_legal_document_by_default(read, legal, default):
    outcome = read(defaults={default: legal if default == "schema" else (legal,)})
    assert outcome.record.schema == "resource"
    assert codes(outcome) == ["legal_default"]
    assert read("<dc:type>Report</dc:type>", defaults={"schema": legal}).record.schema == "resource"


# Dates, links, people, rights


def test_dates_keep_their_kind_their_precision_and_their_words(read):
    assert read(
        "<dc:date> 5 Dec 2024</dc:date><dc:date>2020/2022</dc:date><dc:date>2024-12-05</dc:date>"
    ).record.dates == (
        Date(kind="published", value="2024-12-05", verbatim="5 Dec 2024"),
        Date(kind="start", value="2020", verbatim="2020/2022"),
        Date(kind="end", value="2022", verbatim="2020/2022"),
    )


def test_a_date_that_cannot_be_told_is_an_issue_with_its_words(read):
    outcome = read("<dc:date>03/04/2024</dc:date><dc:date>spring</dc:date>")
    assert outcome.record.dates == ()
    assert [(issue.code, issue.value) for issue in outcome.issues] == [
        ("date_ambiguous", "03/04/2024"),
        ("date_not_understood", "spring"),
    ]
    assert read("<dc:date>03/04/2024</dc:date>", reading={"date_order": "dmy"}).record.dates[0].value == "2024-04-03"


def test_identifiers_that_lead_somewhere_become_links_and_the_page_comes_first(read):
    record = read(
        "<dc:identifier>https://doi.org/10.1234/x</dc:identifier><dc:identifier>https://x.org/a.pdf</dc:identifier>"
        "<dc:relation>https://x.org/p.png</dc:relation><dc:identifier>https://x.org/1</dc:identifier>"
        "<dc:relation>https://x.org/1</dc:relation>"
    ).record
    assert record.links == (
        Link(url="https://x.org/1", rel="source"),
        Link(url="https://doi.org/10.1234/x", rel="document"),
        Link(url="https://x.org/a.pdf", rel="document", media_type="application/pdf"),
        Link(url="https://x.org/p.png", rel="image", media_type="image/png"),
    )
    assert record.source_page == "https://x.org/1"


def test_a_record_with_a_doi_alone_has_it_as_its_page(read):
    assert read("<dc:identifier>doi:10.1234/x</dc:identifier>").record.source_page == "https://doi.org/10.1234/x"
    assert read().record.source_page is None


def test_a_link_to_elsewhere_than_the_web_is_refused(terms):
    feed = "<rss><channel><item><title>T</title><link>javascript:alert(1)</link></item></channel></rss>"
    outcome = normalize(feed_item(feed), source(), terms)
    assert outcome.record.links == ()
    assert outcome.record.source_page is None


def test_authors_stay_in_order_and_their_addresses_are_dropped(read):
    elements = "<dc:creator>B (b@x.org)</dc:creator><dc:creator>a@x.org</dc:creator><dc:creator>A</dc:creator>"
    assert read(elements).record.authors == ("B", "A")


def test_rights_are_verbatim_beside_the_licence_that_they_name(read):
    stated = read("<dc:rights xml:lang='fr'>Libre, voir https://creativecommons.org/licenses/by/4.0/</dc:rights>")
    assert stated.record.rights.statement == {"fr": "Libre, voir https://creativecommons.org/licenses/by/4.0/"}
    assert stated.record.rights.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert read("<dc:rights>Ask us</dc:rights>").record.rights.licence is None


def test_the_licence_of_the_source_holds_for_records_that_state_none(read):
    terms_of_reuse = "https://creativecommons.org/licenses/by/4.0/"
    assert read(licence=terms_of_reuse).record.rights.licence == terms_of_reuse
    reserved = read("<dc:rights>All rights reserved</dc:rights>", licence=terms_of_reuse).record.rights
    assert reserved.licence == "http://rightsstatements.org/vocab/InC/1.0/"


def test_a_lookup_explains_a_licence_that_the_rules_do_not_know(read):
    lookups = {"licence": {"House licence": "https://creativecommons.org/licenses/by/4.0/"}}
    rights = read("<dc:rights>House licence</dc:rights>", lookups=lookups).record.rights
    assert (rights.statement, rights.licence) == (
        {"und": "House licence"},
        "https://creativecommons.org/licenses/by/4.0/",
    )


def test_terms_name_the_vocabularies_that_are_missing():
    with pytest.raises(LookupError, match=r"aichi-targets, cbd-articles, cbd-subjects.*aichi-targets\.ttl"):
        terms_of({})
