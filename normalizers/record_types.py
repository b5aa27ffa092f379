"""Which common format a record is of, by the types that its site states: the one place that says so.

A table a system: schema -> the system's own words for it; under None stand those that have no common format, such as
a page of questions, and such a record is what its source, or else its format, makes it. The words compare without
regard to case, accents, spacing, namespace and plural.

Legal formats, in which governments report, are never a default: only the record itself may say that it is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeAlias, get_args

from harvesters.source import Schema
from vocabularies.folding import fold

Table: TypeAlias = Mapping[str | None, tuple[str, ...]]

# The CBD's own, in its clearing-houses and its index: a format's name names it, and so do some titles.
CBD: Table = {
    **{schema: (schema,) for schema in get_args(Schema)},
    "resource": (
        "resource", "Virtual Library Resource", "notification", "statement", "decision", "recommendation",
        "meetingDocument", "submission", "modelContractualClause",
    ),
    "capacityBuildingInitiative": ("capacityBuildingInitiative", "Capacity Development Initiative", "lwProject"),
    "organization": ("organization", "authority", "supplementaryAuthority", "laboratoryDetection", "undbPartner"),
    "contact": ("contact", "bbiContact"),
    "focalPoint": ("focalPoint", "National Focal Point"),
    "nationalAssessment": ("nationalAssessment", "Progress Assessment"),
    "nationalSupportTool": ("nationalSupportTool", "Guidance and Support Tools"),
    "measure": ("measure", "Legislative, Administrative or Policy Measure"),
    "nationalReport6": (
        "nationalReport6", "Sixth National Report", "6th National Report", "Sixième rapport national",
        "6e rapport national", "Sexto informe nacional", "Шестой национальный доклад", "第六次国家报告",
        "التقرير الوطني السادس",
    ),
    "nationalReport7": (
        "nationalReport7", "Seventh National Report", "7th National Report", "Septième rapport national",
        "7e rapport national", "Séptimo informe nacional", "Седьмой национальный доклад", "第七次国家报告",
        "التقرير الوطني السابع",
    ),
    "nationalReport": (
        "nationalReport", "First National Report", "Second National Report", "Third National Report",
        "Fourth National Report", "Fifth National Report",
    ),
    "news": ("news", "pressRelease", "biosafetyNews", "new", "What's New"),
    "event": ("event", "meeting", "lwEvent"),
    None: (
        "absProcedure", "absNationalModelContractualClause", "absPermit", "absCheckpoint", "absCheckpointCommunique",
        "absNationalReport", "absNationalReport1", "biosafetyLaw", "biosafetyDecision", "nationalRiskAssessment",
        "independentRiskAssessment", "cpbNationalReportInterim", "cpbNationalReport1", "cpbNationalReport2",
        "cpbNationalReport3", "cpbNationalReport4", "cpbNationalReport5", "countryProfile", "modifiedOrganism",
        "dnaSequence", "organism", "action", "resourceMobilisation", "resourceMobilisation2020", "aichiTarget",
        "strategicPlanIndicator", "lwDonor", "lwCampaign", "undbAction", "undbActor", "undbParty", "undbBizBioPledge",
        "bbiProfile", "biosafetyExpert",
    ),
}  # fmt: skip

# Content types (vocabulary `tags`: term id, name, machine name) and document types of Bioland 2, as its pages call
# them in the six UN languages.
BIOLAND_2: Table = {
    "news": ("2", "News", "49", "Announcement", "أخبار", "Noticias", "Nouvelles", "Новости", "消息"),
    "event": ("3", "Event", "الأحداث", "Evento", "Événement", "События", "活动"),
    "capacityBuildingResource": (
        "4", "Learning Resource", "مصدر تعليمي", "Recurso de aprendizaje", "Ressource pédagogique", "Учебный ресурс",
        "学习资源", "doc-4", "Training material", "مواد تدريبية", "Material formativo", "Matériel de formation",
        "Учебный материал", "培训材料",
    ),
    "capacityBuildingInitiative": (
        "5", "Project", "مشروع", "Proyecto", "Projet", "Проект", "项目", "48", "Capacity Building",
    ),
    "organization": (
        "8", "Government Ministry or Institute", "وزارة أو معهد حكومي", "Ministerio o instituto del gobierno",
        "Ministère ou institut du gouvernement", "Государственное министерство или институт", "政府部委或机构",
    ),
    "contact": ("50", "Contact"),
    "nbsap": (
        "doc-14", "National Biodiversity Strategies and Action Plans (NBSAPs)",
        "National Biodiversity Strategy and Action Plan", "National Biodiversity Strategy and Action Plan (NBSAP)",
        "الاستراتيجيات وخطط العمل الوطنية للتنوع البيولوجي (NBSAPs)",
        "Estrategias y planes de acción nacionales sobre biodiversidad (NBSAP)",
        "Stratégies et plans d'action nationaux pour la biodiversité (NBSAP)",
        "Национальные стратегии и планы действий по биоразнообразию (NBSAP)", "国家生物多样性战略和行动计划（NBSAP）",
    ),
    "nationalReport": (
        "doc-15", "National Report", "التقرير الوطني", "Informe Nacional", "Rapport national", "Национальный доклад",
        "国家报告",
    ),
    "resource": (
        "11", "Biodiversity Data", "12", "Document", "13", "Related Website", "16", "Image or Video", "image", "video",
        "remote_video", "47", "National Mainstreaming Strategy", "54", "Article", "55", "Other Resource",
        "doc-1", "Agenda", "doc-2", "Statement", "doc-3", "Terms of Reference", "doc-5", "Working Document", "doc-6",
        "Agreement", "doc-7", "Assessment", "doc-8", "Communication", "doc-9", "Concept note", "doc-10", "Factsheet",
        "doc-11", "List of participants", "doc-12", "Magazine", "doc-13", "Meeting report", "doc-16", "Notification",
        "doc-17", "Presentation", "doc-18", "Promotional material", "doc-19", "Publication", "doc-20", "Report",
    ),
    None: (
        "6", "Basic Page", "web-page", "9", "Ecosystem", "10", "Protected Area", "15", "Other", "43", "FAQ", "44",
        "National Information", "45", "Status of LMO", "46", "Field Trial",
    ),
}  # fmt: skip

# Bundles of Bioland 1, a Drupal 8; its national targets are of the Aichi years.
BIOLAND_1: Table = {
    "resource": ("document",),
    "nationalTarget": ("national_target",),
    "capacityBuildingInitiative": ("project",),
    "event": ("event",),
    "news": ("news",),
    "organization": ("organization",),
    None: ("page", "ecosystem", "protected_area"),
}

# Meta types of Naaya, and the dc:type of its channels, whose `Text` leaves an item what a feed makes it: news.
PTK: Table = {
    "news": ("Naaya News", "Naaya Story", "Story"),
    "event": ("Naaya Event", "Event"),
    "organization": ("Naaya Organisation",),
    "contact": ("Naaya Contact",),
    "capacityBuildingInitiative": ("Naaya Project",),
    "capacityBuildingResource": ("Naaya Educational Product",),
    "resource": (
        "Naaya Document", "Naaya File", "Naaya Extended File", "Naaya Blob File", "Naaya Localized Blob File",
        "Naaya Media File", "Naaya URL", "Naaya Pointer", "Naaya Photo", "Naaya Photo Gallery",
    ),
    None: ("Naaya Folder", "Naaya Photo Folder", "Naaya GeoPoint", "Naaya Survey", "Naaya Consultation",
        "Naaya Expert", "Comment", "Text"),
}  # fmt: skip

# Post types, and those of its most common calendars.
WORDPRESS: Table = {
    "news": ("post",),
    "event": ("tribe_events", "ai1ec_event", "event"),
    "resource": ("attachment",),
    None: ("page", "revision", "nav_menu_item", "wp_block", "wp_template"),
}

# Types of plone.app.contenttypes; a `Document` is a page of the site.
PLONE: Table = {
    "news": ("News Item",),
    "event": ("Event",),
    "resource": ("File", "Image", "Link"),
    None: ("Document", "Collection", "Folder", "LRF"),
}

DCAT: Table = {
    "resource": ("Dataset", "DatasetSeries"),
    "database": ("Catalog", "DataService"),
    None: ("CatalogRecord", "Distribution", "Resource"),
}

# Kinds of entity, of dataset, and of a dataset's subtype.
GBIF: Table = {
    "resource": (
        "DATASET", "OCCURRENCE", "CHECKLIST", "SAMPLING_EVENT", "METADATA", "MATERIAL_ENTITY", "SPECIMEN",
        "OBSERVATION", "TAXONOMIC_AUTHORITY",
    ),
    "organization": ("ORGANIZATION", "NODE"),
    None: ("INSTALLATION", "NETWORK"),
}  # fmt: skip

# Entity sets. Its plans are of any treaty, so they are no NBSAP by name; the CHM keeps them as national reports.
INFORMEA: Table = {
    "resource": ("Decisions",),
    "event": ("Meetings",),
    "focalPoint": ("Contacts",),
    "nationalReport": ("CountryReports", "NationalPlans"),
    None: ("CountryProfiles", "Sites"),
}

# dc:type in the wild: DCMI Type, DataCite's resourceTypeGeneral, info:eu-repo, and the labels of COAR; see `_SCHOLARLY`
# for COAR's addresses. `Text` and the like say nothing of what a thing is for.
OAI: Table = {
    "event": ("Event",),
    "capacityBuildingInitiative": ("Project",),
    "capacityBuildingResource": ("learning object", "http://purl.org/coar/resource_type/c_e059"),
    "resource": (
        "Law", "Legislation", "Regulation",  # the CBD's measures are those on access and benefit-sharing only
        "Collection", "Dataset", "Image", "InteractiveResource", "MovingImage", "PhysicalObject", "Service", "Software",
        "Sound", "StillImage", "Audiovisual", "Award", "Book", "BookChapter", "ComputationalNotebook",
        "ConferencePaper", "ConferenceProceeding", "DataPaper", "Dissertation", "Instrument", "Journal",
        "JournalArticle", "Model", "OutputManagementPlan", "PeerReview", "Poster", "Preprint", "Presentation", "Report",
        "Standard", "StudyRegistration", "Workflow", "article", "bachelorThesis", "masterThesis", "doctoralThesis",
        "studentThesis", "bookPart", "review", "bookReview", "conferenceObject", "conferenceItem",
        "conferenceContribution", "conferencePoster", "lecture", "workingPaper", "annotation",
        "contributionToPeriodical", "patent", "technicalDocumentation", "researchProposal", "ResearchData", "thesis",
        "technical report", "research report", "policy report", "series", "survey data", "map", "cartographic material",
        "video", "website", "periodical", "newspaper article", "editorial", "letter", "manuscript",
        "data management plan",
    ),
    None: ("Text", "Other"),
}  # fmt: skip

SYSTEMS: Mapping[str, Table] = {
    "cbd": CBD,
    "oai": OAI,
    "bioland_2": BIOLAND_2,
    "bioland_1": BIOLAND_1,
    "ptk": PTK,
    "wordpress": WORDPRESS,
    "plone": PLONE,
    "dcat": DCAT,
    "gbif": GBIF,
    "informea": INFORMEA,
}
# A source's `platform` -> the systems whose words come first.
_PLATFORMS = {"bioland": ("bioland_2", "bioland_1"), "ckan": ("dcat",)}

_SCHOLARLY = "purl.org/coar/resource_type/"  # every type of COAR is an output of research
_LONGEST = 300  # characters; what is longer names no type
_NAMESPACE = re.compile(r"^\S*[#/:](?=[^#/:\s]+$)")  # of http://purl.org/dc/dcmitype/Event, dcat:Dataset


def schema_of(types: Iterable[str], platform: str | None = None) -> str | None:
    """The common format that the stated types name, seen from a source's platform; None where they name none.

    The first that is more than a resource wins: a document that is a national report is that.
    """
    found = [schema for text in types if len(text) <= _LONGEST and (schema := _named(text, platform))]
    return next((schema for schema in found if schema != "resource"), found[0] if found else None)


def is_legal(schema: str) -> bool:
    """Whether governments report in this format, so that it is never a default."""
    return schema == "nbsap" or schema.startswith("national")


def key(text: str) -> str:
    """The form under which types compare: words without namespace, case, accents and spacing."""
    return fold(_NAMESPACE.sub("", text)).replace(" ", "")


@lru_cache(maxsize=4096)
def _named(text: str, platform: str | None) -> str | None:
    words = _words(platform)
    found = key(text)
    for word in (found, found.removesuffix("s")):
        if word in words:
            return words[word]
    return "resource" if _SCHOLARLY in text else None


@lru_cache(maxsize=64)
def _words(platform: str | None) -> dict[str, str | None]:
    """Key -> schema: the platform's systems first, then all; bare numbers mean something on their own site only."""
    own = _PLATFORMS.get(platform or "", (platform,))
    words: dict[str, str | None] = {}
    for name in sorted(SYSTEMS, key=lambda system: system not in own):  # stable: the others in their order
        for schema, called in SYSTEMS[name].items():
            for word in map(key, called):
                if name in own or not word.isdecimal():
                    words.setdefault(word, schema)
    return words
