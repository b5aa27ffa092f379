"""National Target of the Aichi years. Sources: ENationalTarget; the CHM's form `national-target`.

Its `aichiTargets` are components of the targets, finer than what records carry.
"""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import BOOLEAN, LINKS, LSTRING, STRINGS, term, terms

FORMAT = Format(
    "nationalTarget",
    "National Target",
    (
        Field("government", term("countries"), of.government, required=True),
        Field("isAichiTarget", BOOLEAN, required=True),
        Field("title", LSTRING, of.title, required=True),
        Field("description", LSTRING, of.text, required=True),
        Field("jurisdiction", term("50AC1489-92B8-4D99-965A-AAE97A80F38E"), required=True),
        Field("jurisdictionInfo", LSTRING, required=True),
        Field("aichiTargets", terms("AICHI-TARGETS-COMPONENTS"), required=True),
        Field("otherAichiTargets", terms("AICHI-TARGETS-COMPONENTS")),
        Field("noOtherAichiTargetsDescription", LSTRING),
        Field("relevantInformation", LSTRING),
        Field("relevantDocuments", LINKS, of.links_and_related),
        Field("notes", STRINGS),
    ),
)
