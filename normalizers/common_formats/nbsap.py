"""National Biodiversity Strategy and Action Plan. Source: the CBD's documentation, `components/nbsap`."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import BOOLEAN, DATE, DATE_TIME, LINKS, LSTRING, STRING, term

FORMAT = Format(
    "nbsap",
    "National Biodiversity Strategy and Action Plan",
    (
        Field("government", term("countries"), of.government, required=True),
        Field("title", LSTRING, of.title, required=True),
        Field("summary", LSTRING, of.summary),
        Field("jurisdiction", term("50AC1489-92B8-4D99-965A-AAE97A80F38E"), required=True),
        Field("jurisdictionInfo", LSTRING),
        Field("isGbfAligned", BOOLEAN, required=True),
        Field("startDate", DATE_TIME, of.start, required=True),
        Field("endDate", DATE_TIME, of.end, required=True),
        Field("status", term("7F0D898A-6BF1-4CE6-AA77-7FEAED3429C6"), required=True),
        Field("completionYear", STRING),
        Field("adoptionDate", DATE),
        Field("approvedStatus", term("E27760AB-4F87-4FBB-A8EA-927BDE375B48")),
        Field("approvingBody", term("F1A5BFF1-F555-40D1-A24C-BBE1BE8E82BF")),
        Field("approvingBodyInfo", LSTRING),
        Field("documentText", LSTRING),
        Field("documentLinks", LINKS, of.links, required=True),
        Field("relevantInformation", LSTRING),
        Field("relevantDocuments", LINKS, of.related),
    ),
)
