"""Which type of which system becomes which common format; the systems' own lists of types, and where each arrives."""

from typing import get_args

import pytest

from harvesters.source import Schema
from normalizers.record_types import SYSTEMS, is_legal, key, schema_of

# As the systems list them; a line a list.
THEIRS = {
    "cbd": [
        *("news", "notification", "new", "meeting", "statement", "pressRelease", "meetingDocument", "decision"),
        *("focalPoint", "authority", "measure", "absProcedure", "absNationalModelContractualClause", "absPermit"),
        *("database", "absCheckpoint", "absCheckpointCommunique", "absNationalReport1", "absNationalReport"),
        *("resource", "organization", "capacityBuildingInitiative", "modelContractualClause", "communityProtocol"),
        *("contact", "supplementaryAuthority", "biosafetyLaw", "biosafetyDecision", "nationalRiskAssessment"),
        *("cpbNationalReport5", "cpbNationalReport4", "cpbNationalReport3", "cpbNationalReport2"),
        *("cpbNationalReport1", "cpbNationalReportInterim", "biosafetyExpert", "countryProfile"),
        *("laboratoryDetection", "modifiedOrganism", "dnaSequence", "organism", "independentRiskAssessment"),
        *("submission", "biosafetyNews", "action", "nationalReport6", "nationalTarget", "nationalAssessment"),
        *("nationalReport", "nationalIndicator", "implementationActivity", "nationalSupportTool"),
        *("resourceMobilisation", "resourceMobilisation2020", "aichiTarget", "lwEvent", "lwProject", "lwDonor"),
        *("lwCampaign", "undbPartner", "undbAction", "undbActor", "undbParty", "undbBizBioPledge"),
        *("bbiOpportunity", "bbiProfile", "bbiRequest", "bbiContact", "event", "marineEbsa", "caseStudy"),
        *("strategicPlanIndicator", "capacityBuildingResource", "recommendation"),
    ],
    "bioland_2": [
        # terms of the vocabulary `tags`: identifiers, names, machine names; those from 44 on are of biosafety sites
        *("2", "3", "4", "5", "6", "8", "9", "10", "11", "12", "13", "15", "16", "43", "54"),
        *("44", "45", "46", "47", "48", "49", "50", "55"),
        *("News", "Event", "Learning Resource", "Project", "Basic Page", "Government Ministry or Institute"),
        *("Ecosystem", "Protected Area", "Biodiversity Data", "Document", "Related Website", "Other"),
        *("Image or Video", "FAQ", "Article", "National Information", "Status of LMO", "Field Trial"),
        *("National Mainstreaming Strategy", "Capacity Building", "Announcement", "Contact", "Other Resource"),
        *("ecosystem", "project", "biodiversity-data", "event", "protected-area", "web-page", "learning-resource"),
        *("news", "government-ministry-or-institute", "document", "image-or-video", "image", "video", "remote_video"),
        # document types
        *(f"doc-{number}" for number in range(1, 21)),
        *("Agenda", "Statement", "Terms of Reference", "Training material", "Working Document", "Agreement"),
        *("Assessment", "Communication", "Concept note", "Factsheet", "List of participants", "Magazine"),
        *("Meeting report", "National Biodiversity Strategies and Action Plans (NBSAPs)", "National Report"),
        *("Notification", "Presentation", "Promotional material", "Publication", "Report"),
    ],
    "bioland_1": ["document", "national_target", "project", "event"],
    "ptk": [
        *("Naaya News", "Naaya Story", "Naaya Event", "Naaya Document", "Naaya File", "Naaya Extended File"),
        *("Naaya Blob File", "Naaya Localized Blob File", "Naaya Media File", "Naaya URL", "Naaya Pointer"),
        *("Naaya Folder", "Naaya Photo Folder", "Naaya Photo Gallery", "Naaya Contact", "Naaya Survey"),
        *("Naaya Educational Product", "Naaya GeoPoint", "Text", "Event"),
    ],
    "wordpress": ["post", "page", "attachment", "revision", "nav_menu_item", "wp_block", "tribe_events"],
    "plone": ["Document", "News Item", "Event", "File", "Image", "Link", "Folder", "Collection", "LRF"],
    "dcat": [
        f"{prefix}{name}"
        for prefix in ("", "dcat:", "http://www.w3.org/ns/dcat#")
        for name in ("Catalog", "CatalogRecord", "Dataset", "DatasetSeries", "DataService", "Distribution", "Resource")
    ],
    "gbif": [
        *("DATASET", "ORGANIZATION", "NODE", "INSTALLATION", "NETWORK"),
        *("OCCURRENCE", "CHECKLIST", "SAMPLING_EVENT", "METADATA", "TAXONOMIC_AUTHORITY", "SPECIMEN", "OBSERVATION"),
    ],
    "informea": ["Decisions", "Meetings", "Contacts", "CountryReports", "CountryProfiles", "Sites", "NationalPlans"],
    "oai": [
        # DCMI Type Vocabulary
        *("Collection", "Dataset", "Event", "Image", "InteractiveResource", "MovingImage", "PhysicalObject"),
        *("Service", "Software", "Sound", "StillImage", "Text", "http://purl.org/dc/dcmitype/Text", "dcmitype:Text"),
        # DataCite's resourceTypeGeneral, 4.6
        *("Audiovisual", "Award", "Book", "BookChapter", "Collection", "ComputationalNotebook", "ConferencePaper"),
        *("ConferenceProceeding", "DataPaper", "Dissertation", "Instrument", "Journal", "JournalArticle", "Model"),
        *("OutputManagementPlan", "PeerReview", "Poster", "Preprint", "Presentation", "Project", "Report"),
        *("Standard", "StudyRegistration", "Workflow", "Other"),
        # info:eu-repo
        *("info:eu-repo/semantics/article", "info:eu-repo/semantics/bachelorThesis"),
        *("info:eu-repo/semantics/masterThesis", "info:eu-repo/semantics/doctoralThesis"),
        *("info:eu-repo/semantics/book", "info:eu-repo/semantics/bookPart", "info:eu-repo/semantics/review"),
        *("info:eu-repo/semantics/conferenceObject", "info:eu-repo/semantics/conferencePaper"),
        *("info:eu-repo/semantics/conferenceProceedings", "info:eu-repo/semantics/lecture"),
        *("info:eu-repo/semantics/workingPaper", "info:eu-repo/semantics/preprint", "info:eu-repo/semantics/report"),
        *("info:eu-repo/semantics/technicalDocumentation", "info:eu-repo/semantics/other"),
        # as recorded repositories write
        *("Working Paper", "dataset", "Thesis", "Technical Report", "series", "text", "doc-type:article"),
        *("Book chapter", "doc-type:ResearchData", "survey data"),
    ],
}  # fmt: skip


def named(system):
    """Every word that the system's table has, in the form under which types compare."""
    return {key(word) for words in SYSTEMS[system].values() for word in words}


@pytest.mark.parametrize("system", THEIRS)
def test_every_type_of_a_system_arrives_somewhere_or_is_named_as_having_none(system):
    lost = [text for text in THEIRS[system] if not {key(text), key(text).removesuffix("s")} & named(system)]
    assert lost == []


def test_every_system_is_listed_here_and_leads_only_to_common_formats():
    assert SYSTEMS.keys() == THEIRS.keys()
    assert {schema for table in SYSTEMS.values() for schema in table} <= {*get_args(Schema), None}


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_word_stands_twice_in_a_table(system):
    words = [word for called in SYSTEMS[system].values() for word in {key(word) for word in called}]
    assert sorted(words) == sorted(set(words))


def test_two_systems_mean_the_same_by_a_word_but_where_one_has_no_format_for_it():
    meanings = {}
    for table in SYSTEMS.values():
        for schema, called in table.items():
            for word in map(key, called):
                meanings.setdefault(word, set()).add(schema)
    assert {word: found for word, found in meanings.items() if len(found - {None}) > 1} == {}


@pytest.mark.parametrize("schema", get_args(Schema))
def test_the_name_of_a_common_format_names_it(schema):
    assert schema_of([schema]) == schema


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        ("Événements", "event"),
        ("http://purl.org/dc/dcmitype/Event", "event"),
        ("EVENT", "event"),
        ("Noticias", "news"),
        ("события", "event"),
        ("المشروع", None),
        ("مشروع", "capacityBuildingInitiative"),
        ("国家报告", "nationalReport"),
        ("Sixth National Report", "nationalReport6"),
        ("Septième rapport national", "nationalReport7"),
        ("Fifth national report", "nationalReport"),
        ("National Biodiversity Strategies and Action Plans (NBSAPs)", "nbsap"),
        ("Stratégies et plans d’action nationaux pour la biodiversité (NBSAP)", "nbsap"),
        ("national_target", "nationalTarget"),
        ("http://purl.org/coar/resource_type/c_ddb1", "resource"),
        ("http://purl.org/coar/resource_type/ACF7-8YT9", "resource"),
        ("http://purl.org/coar/resource_type/c_e059", "capacityBuildingResource"),
        ("SAMPLING_EVENT", "resource"),
        ("dcat:Catalog", "database"),
        ("Text", None),
        ("Basic Page", None),
        ("Inaugural Address", None),
        ("2", None),
        ("", None),
        ("x" * 100_000, None),
    ],
)
def test_what_a_type_names(text, schema):
    assert schema_of([text]) == schema


@pytest.mark.parametrize(
    ("text", "platform", "schema"),
    [("2", "bioland", "news"), ("doc-14", "bioland", "nbsap"), ("Contacts", "informea", "focalPoint"),
     ("Resource", "ckan", None), ("Text", "ptk", None), ("3", "wordpress", None)],
)  # fmt: skip
def test_a_platforms_own_words_come_first_and_its_numbers_mean_something_there_alone(text, platform, schema):
    assert schema_of([text], platform) == schema


@pytest.mark.parametrize(
    ("types", "schema"),
    [
        (["Document", "National Report"], "nationalReport"),
        (["National Report", "Document"], "nationalReport"),
        (["Text", "Report"], "resource"),
        (["Event", "News"], "event"),
        ([], None),
    ],
)
def test_the_first_type_that_is_more_than_a_resource_wins(types, schema):
    assert schema_of(types) == schema


def test_what_governments_report_in_is_legal():
    legal = {schema for schema in get_args(Schema) if is_legal(schema)}
    assert {"nbsap", "nationalTarget7", "nationalReport7"} <= legal
    assert {schema for schema in legal if not schema.startswith("national")} == {"nbsap"}
