"""Seventh National Report. Source: the CBD's documentation, `components/national-report`."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import (
    BOOLEAN,
    DATE_TIME,
    LINKS,
    LSTRING,
    OBJECT,
    REFERENCE,
    REFERENCES,
    STRING,
    section,
    sections,
    term,
    terms,
)

FORMAT = Format(
    "nationalReport7",
    "Seventh National Report",
    (
        Field("government", term("countries"), of.government, required=True),
        Field("sectionI", section(Field("processUndertaken", LSTRING, required=True)), required=True),
        Field(
            "sectionII",
            section(
                Field("hasRevisedNbsap", STRING),
                Field("anticipatedNbsapDate", DATE_TIME),
                Field("hasStakeholderEngagement", BOOLEAN),
                Field("stakeholders", terms("5C948D98-B7CC-4755-A767-3A4B9607DE52")),
                Field("hasNbsapAdopted", STRING),
                Field("anticipatedNbsapAdoptionDate", DATE_TIME),
                Field("policyInstrument", term("35772D10-DB54-4BF8-954E-F685A05F7FEA")),
            ),
            required=True,
        ),
        Field(
            "sectionIII",  # one for each national target
            sections(
                Field("targetType", STRING),
                Field("target", REFERENCE),
                Field("mainActionsInfo", LSTRING),
                Field("levelOfProgress", term("EF99BEFD-5070-41C4-91F0-C051B338EEA6")),
                Field("progressSummaryInfo", LSTRING),
                Field("data", REFERENCES),
                Field("indicatorData", OBJECT),
                Field("actionEffectivenessInfo", LSTRING),
                Field("sdgRelationInfo", LSTRING),
            ),
            required=True,
        ),
        Field(
            "sectionIV",  # one for each global goal
            sections(
                Field("gbfGoal", term("GBF-GOALS")), Field("summaryOfProgress", LSTRING), Field("indicatorData", OBJECT)
            ),
            required=True,
        ),
        Field("sectionV", section(Field("assessmentSummaryInfo", LSTRING, required=True)), required=True),
        Field("annex", OBJECT),
        Field("additionalInformation", LSTRING),
        Field("additionalDocuments", LINKS, of.related),
        Field("attachments", LINKS, of.links),
    ),
)
