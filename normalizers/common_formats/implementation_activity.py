"""Implementation Activity. Sources: EImplementationActivity; the CHM's form `implementation-activity`."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import LINKS, LSTRING, REFERENCES, STRINGS, term, terms

FORMAT = Format(
    "implementationActivity",
    "Implementation Activity",
    (
        Field("government", term("countries"), of.government, required=True),
        Field("title", LSTRING, of.title, required=True),
        Field("description", LSTRING, of.text, required=True),
        Field("status", term("Capacity Building Project Status"), required=True),
        Field("jurisdiction", term("50AC1489-92B8-4D99-965A-AAE97A80F38E"), required=True),
        Field("jurisdictionInfo", LSTRING, required=True),
        Field("partners", REFERENCES),
        Field("aichiTargets", terms("AICHI-TARGETS"), of.aichi_targets, required=True),
        Field("nationalTargets", REFERENCES),
        Field("nationalIndicators", REFERENCES),
        Field("documentText", LSTRING),
        Field("documentLinks", LINKS, of.links),
        Field("relevantInformation", LSTRING),
        Field("relevantDocuments", LINKS, of.related),
        Field("notes", STRINGS),
    ),
)
