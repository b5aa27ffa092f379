"""Progress Assessment. Sources: ENationalAssessment; the CHM's form `national-assessment`, which has no title."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import DATE_TIME, LINKS, LSTRING, REFERENCE, REFERENCES, STRINGS, term

FORMAT = Format(
    "nationalAssessment",
    "Progress Assessment",
    (
        Field("government", term("countries"), of.government, required=True),
        Field("nationalTarget", REFERENCE, required=True),
        Field("aichiTarget", term("AICHI-TARGETS"), of.aichi_target, required=True),
        Field("date", DATE_TIME, of.published_on, required=True),
        Field("assessmentText", LSTRING, of.text),
        Field("progress", term("EF99BEFD-5070-41C4-91F0-C051B338EEA6"), required=True),
        Field("confidence", term("B40C65BE-CFBF-4AA2-B2AA-C65F358C1D8D"), required=True),
        Field("confidenceInfo", LSTRING),
        Field("adequacy", term("23643DAC-74BB-47BC-A603-123D20EAB824")),
        Field("adequacyDescription", LSTRING),
        Field("strategicPlanIndicators", REFERENCES),
        Field("nationalIndicators", REFERENCES),
        Field("implementationActivities", REFERENCES),
        Field("documentText", LSTRING),
        Field("documentLinks", LINKS, of.links),
        Field("relevantInformation", LSTRING),
        Field("relevantDocuments", LINKS, of.related),
        Field("notes", STRINGS),
    ),
)
