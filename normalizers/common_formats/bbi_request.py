"""Request for assistance through the Bio-Bridge Initiative. Source: the CBD's form `edit-bbi-assistance`."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import DATE_TIME, LINKS, LSTRING, OBJECT, REFERENCE, term, terms

FORMAT = Format(
    "bbiRequest",
    "BBI Assistance Request",
    (
        Field("organization", REFERENCE, required=True),
        Field("contact", REFERENCE, required=True),
        Field("country", term("countries"), of.government, required=True),
        Field("coverage", terms(), of.countries_and_regions, required=True),
        Field("title", LSTRING, of.title, required=True),
        Field("problem", LSTRING, of.text, required=True),
        Field("assistanceTypes", terms("441381DA-856A-4E89-8568-9EBE7145FA50"), required=True),
        Field("typesDetails", OBJECT),
        Field("addressedPriorities", LSTRING, required=True),
        Field("addressedPrioritiesOther", LSTRING),
        Field("cbdSubjects", terms("CBD-SUBJECTS"), of.subjects, required=True),
        Field("aichiTargets", terms("AICHI-TARGETS"), of.aichi_targets, required=True),
        Field("jurisdiction", term("50AC1489-92B8-4D99-965A-AAE97A80F38E"), required=True),
        Field("beneficiaryTypes", terms("Organization Types")),
        Field("startDate", DATE_TIME, of.start),
        Field("endDate", DATE_TIME, of.end),
        Field("otherGovernments", terms("countries")),
        Field("otherGovernmentsDetails", LSTRING),
        Field("other", LSTRING),
        Field("websites", LINKS, of.links_and_related),
        Field("existingInitiatives", LSTRING),
        Field("sameRequests", LSTRING),
        Field("objectives", LSTRING),
        Field("potentialOOI", LSTRING),  # outputs, outcomes and indicators
        Field("coFinancing", LSTRING),
    ),
)
