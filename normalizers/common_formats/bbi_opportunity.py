"""Opportunity that the Bio-Bridge Initiative offers. Source: the CBD's form `edit-bbi-opportunity`."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import DATE_TIME, LINKS, LSTRING, REFERENCE, REFERENCES, terms

FORMAT = Format(
    "bbiOpportunity",
    "BBI Opportunity Offer",
    (
        Field("primaryOrganization", REFERENCE, required=True),
        Field("contact", REFERENCE, required=True),
        Field("organizations", REFERENCES, required=True),
        Field("title", LSTRING, of.title, required=True),
        Field("description", LSTRING, of.text, required=True),
        Field("areasBenifited", terms(), of.countries_and_regions, required=True),  # the CBD's spelling
        Field("assistanceTypes", terms("441381DA-856A-4E89-8568-9EBE7145FA50"), required=True),
        Field("relevantInfo", LSTRING),
        Field("relevantDocuments", LINKS, of.links_and_related),
        Field("primaryBeneficiary", LSTRING, required=True),
        Field("primaryBeneficiaries", LSTRING, required=True),
        Field("potentialOutcomes", LSTRING, required=True),
        Field("eligibility", LSTRING, required=True),
        Field("applicationDeadline", DATE_TIME),
        Field("startDate", DATE_TIME, of.start),
        Field("endDate", DATE_TIME, of.end),
        Field("applicationProcess", LSTRING, required=True),
        Field("applicationDocuments", LINKS),
        Field("cbdSubjects", terms("CBD-SUBJECTS"), of.subjects),
        Field("aichiTargets", terms("AICHI-TARGETS"), of.aichi_targets, required=True),
        Field("websites", LINKS),
    ),
)
