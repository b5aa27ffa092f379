"""Guidance and Support Tools. Sources: ENationalSupportTool; the CHM's form `national-support-tool`."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import LINKS, LSTRING, REFERENCES, STRINGS, term, terms

FORMAT = Format(
    "nationalSupportTool",
    "Guidance and Support Tools",
    (
        Field("government", term("countries"), of.government, required=True),
        Field("title", LSTRING, of.title, required=True),
        Field("description", LSTRING, of.text, required=True),
        Field("status", term("B91693BB-648B-4601-9C4E-5B6ABE160D35"), required=True),
        Field("jurisdiction", term("50AC1489-92B8-4D99-965A-AAE97A80F38E"), required=True),
        Field("jurisdictionInfo", LSTRING, required=True),
        Field("nationalTargets", REFERENCES, required=True),
        Field("aichiTargets", terms("AICHI-TARGETS"), of.aichi_targets, required=True),
        Field("otherAichiTargets", terms("AICHI-TARGETS")),
        Field("thematicAreas", terms("CBD-SUBJECTS"), of.subjects),
        Field("supportTools", terms("B63B9640-1CB8-4868-89DA-3D0571638870")),
        Field("documentText", LSTRING),
        Field("documentLinks", LINKS, of.links),
        Field("relevantInformation", LSTRING),
        Field("relevantDocuments", LINKS, of.related),
        Field("notes", STRINGS),
    ),
)
