"""National Indicator. Sources: ENationalIndicator; the CHM's form `national-indicator`."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import LINKS, LSTRING, REFERENCES, term

FORMAT = Format(
    "nationalIndicator",
    "National Indicator",
    (
        Field("government", term("countries"), of.government, required=True),
        Field("title", LSTRING, of.title, required=True),
        Field("description", LSTRING, of.text, required=True),
        Field("strategicPlanIndicators", REFERENCES),
        Field("documentInfo", LSTRING),
        Field("relevantInformation", LSTRING),
        Field("relevantDocuments", LINKS, of.links_and_related),
    ),
)
