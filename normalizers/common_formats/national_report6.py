"""Sixth National Report. Source: the CHM's form `national-report-6`; it has no title."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import BOOLEAN, LINKS, LSTRING, OBJECT, OBJECTS, REFERENCES, term

FORMAT = Format(
    "nationalReport6",
    "Sixth National Report",
    (
        Field("government", term("countries"), of.government, required=True),
        Field("targetPursued", BOOLEAN),
        Field("notReportingOnNationalTargetsReason", LSTRING),
        Field("nationalTargets", REFERENCES),
        Field("implementationMeasures", OBJECTS),
        Field("progressAssessments", OBJECTS),
        Field("nationalContribution", OBJECT),
        Field("gspcContribution", OBJECT),
        Field("iplcContribution", OBJECT),
        Field("countryProfile", OBJECT),
        Field("relevantDocuments", LINKS, of.links),
    ),
)
