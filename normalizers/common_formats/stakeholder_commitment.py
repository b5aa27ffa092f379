"""Commitment of a stakeholder. Source: the CBD's documentation, `components/stakeholderCommitment`.

Names of persons are never filled; the organization that commits itself is.
"""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import (
    BOOLEAN,
    DATE_TIME,
    LINKS,
    LSTRING,
    LSTRINGS,
    REFERENCE,
    REFERENCES,
    STRING,
    term,
    terms,
)

FORMAT = Format(
    "stakeholderCommitment",
    "Stakeholder Commitment",
    (
        Field("firstName", STRING, required=True),
        Field("lastName", STRING, required=True),
        Field("designation", LSTRING, required=True),
        Field("department", LSTRING, required=True),
        Field("organization", LSTRING, of.office, required=True),
        Field("organizationAcronym", LSTRING),
        Field("organizationType", term("ort-nr-organization-types"), required=True),
        Field("jurisdiction", term("ort-nr-geographical-scope"), required=True),
        Field("jurisdictionCountries", terms("countries"), of.countries, required=True),
        Field("jurisdictionRegions", terms("regions"), of.regions, required=True),
        Field("title", LSTRING, of.title, required=True),
        Field("description", LSTRING, of.text, required=True),
        Field("timelineStartDate", DATE_TIME, of.start, required=True),
        Field("timelineEndDate", DATE_TIME, of.end, required=True),
        Field("isOpenEnded", BOOLEAN, required=True),
        Field("nextStepsInformation", LSTRING, required=True),
        Field("performanceInformation", LSTRING),
        Field("endorsementsInformation", LSTRING),
        Field("primaryGlobalAlignment", term("GBF-TARGETS"), of.stated_gbf_target, required=True),
        Field("primaryNationalTarget", REFERENCE, required=True),
        Field("otherGlobalAlignments", terms("GBF-TARGETS")),
        Field("otherNationalTargets", REFERENCES),
        Field("alignmentInformation", LSTRING),
        Field("indicators", terms("GBF-HEADLINE-INDICATORS")),
        Field("implementingConsiderations", terms("GBF-TARGETS-CONSIDERATIONS")),
        Field("coverageCountries", terms("countries")),
        Field("coverageRegions", terms("regions")),
        Field("coverageOther", LSTRINGS),
        Field("fundingSource", LSTRING),
        Field("isFundingSufficient", BOOLEAN, required=True),
        Field("internationalFrameworks", LSTRING),
        Field("partners", LSTRING),
        Field("isLinkedToNbsap", BOOLEAN),
        Field("linkedToNbsapCountries", terms("countries")),
        Field("isReportingOnTarget15", BOOLEAN, required=True),
        Field("target15Information", LSTRING, required=True),
        Field("isProgressTracked", BOOLEAN, required=True),
        Field("progressInformation", LSTRING, required=True),
        Field("progressTrackingUrl", LSTRING),
        Field("implementationStrategies", LSTRING),
        Field("additionalInformation", LSTRING),
        Field("additionalDocuments", LINKS, of.related),
        Field("linkedAttachments", LINKS, of.links),
        Field("notes", STRING),
    ),
)
