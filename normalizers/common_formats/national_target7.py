"""National Target, since the GBF. Source: the CBD's documentation, `components/nationalTarget`."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import BOOLEAN, INTEGER, LINKS, LSTRING, STRING, sections, term, terms

FORMAT = Format(
    "nationalTarget7",
    "National Target",
    (
        Field("government", term("countries"), of.government, required=True),
        Field("title", LSTRING, of.title, required=True),
        Field("description", LSTRING, of.text),
        Field("sequence", INTEGER),
        Field("globalGoalAlignment", terms("GBF-GOALS")),
        Field("globalTargetAlignment", terms("GBF-TARGETS"), of.stated_gbf_targets, required=True),
        Field("degreeOfAlignmentInfo", LSTRING),
        Field("implementingConsiderations", terms("GBF-TARGETS-CONSIDERATIONS")),
        Field("implementingConsiderationsInfo", LSTRING),
        Field("mainPolicyOfMeasureOrActionInfo", LSTRING),
        Field("headlineIndicators", terms("GBF-HEADLINE-INDICATORS")),
        Field("binaryIndicators", terms("KMGBF-BINARY-INDICATORS")),
        Field("componentIndicators", terms("GBF-COMPONENT-INDICATORS")),
        Field("complementaryIndicators", terms("GBF-COMPLEMENTARY-INDICATORS")),
        Field("otherNationalIndicators", sections(Field("identifier", STRING), Field("value", LSTRING))),
        Field("nonStateActorCommitmentInfo", LSTRING),
        Field("hasNonStateActors", BOOLEAN),
        Field("nonStateActorsInfo", LSTRING),
        Field("additionalImplementation", term(), required=True),
        Field("additionalImplementationInfo", LSTRING),
        Field("additionalInformation", LSTRING),
        Field("additionalDocuments", LINKS, of.links_and_related),
    ),
)
