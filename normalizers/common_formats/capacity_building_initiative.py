"""Capacity Development Initiative, such as a project or training. Source: the CBD's documentation, `components/cdi`."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import (
    BOOLEAN,
    DATE_TIME,
    INTEGER,
    LINKS,
    LSTRING,
    LSTRINGS,
    REFERENCES,
    STRING,
    STRINGS,
    term,
    terms,
)

FORMAT = Format(
    "capacityBuildingInitiative",
    "Capacity Development Initiative",
    (
        Field("libraries", terms("cbdLibraries")),
        Field("title", LSTRING, of.title, required=True),
        Field("projectNumber", LSTRING),
        Field("projectDocument", LINKS, of.links),
        Field("contacts", REFERENCES, required=True),
        Field("geographicScope", term("4D4413D8-36F9-4CD2-8CC1-4F3C866DDE5A"), required=True),
        Field("countryRegions", terms(), of.countries_and_regions),
        Field("status", term("4E7731C7-791E-46E9-A579-7272AF261FED"), required=True),
        Field("startDate", DATE_TIME, of.start, required=True),
        Field("endDate", DATE_TIME, of.end, required=True),
        Field("durationPeriod", INTEGER, required=True),
        Field("durationText", STRING, required=True),
        Field("activityScope", term("5CA7AACE-CB79-4146-BF12-B3B1955AFF17")),
        Field("isProjectProgramme", BOOLEAN, required=True),
        Field("projectProgrammeName", LSTRING),
        Field("broaderProjects", REFERENCES),
        Field("isImplementedByAgencies", BOOLEAN),
        Field("implementingAgencies", REFERENCES),
        Field("isExecutededByAgencies", BOOLEAN),  # the CBD's spelling, as is the next
        Field("executingAgencies", REFERENCES),
        Field("isCollaboratededByPartners", BOOLEAN),
        Field("collaboratingPartners", REFERENCES),
        Field("description", LSTRING, of.text),
        Field("categories", terms("579F448B-ECA8-4258-B130-3EAA68056D1F")),
        Field("targetGroups", terms("AFB155C4-93A6-402C-B812-CFC7488ED651")),
        Field("cbdSubjects", terms("CBD-SUBJECTS"), of.subjects),
        Field("gbfTargets", terms("GBF-TARGETS"), of.gbf_targets),
        Field("aichiTargets", terms("AICHI-TARGETS"), of.aichi_targets),
        Field("absKeyAreas", terms("2B2A5166-F949-4B1E-888F-A7976E76320B")),
        Field("cpbThematicAreas", terms("043C7F0D-2226-4E54-A56F-EE0B74CCC984")),
        Field("fundingSourceTypes", terms("Capacity Building Project Funding Types")),
        Field("coreFundingSources", REFERENCES),
        Field("coFinancingSources", REFERENCES),
        Field("totalBudget", STRING),
        Field("resultsAchievements", LSTRING),
        Field("resultsOutputs", LINKS),
        Field("resultsReference", REFERENCES),
        Field("bestPractices", LSTRING),
        Field("tags", LSTRINGS, of.keywords),
        Field("adminTags", STRINGS),
        Field("relevantInformation", LSTRING),
        Field("relevantDocuments", LINKS, of.related),
    ),
)
