"""Legislative, Administrative or Policy Measure. Source: the CBD's documentation, `components/msr`."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import BOOLEAN, DATE, LINKS, LSTRING, OBJECT, REFERENCES, term, terms

FORMAT = Format(
    "measure",
    "Legislative, Administrative or Policy Measure",
    (
        Field("government", term("countries"), of.government, required=True),
        Field("libraries", terms("cbdLibraries")),
        Field("title", LSTRING, of.title, required=True),
        Field("description", LSTRING, of.summary),
        Field("type", term("144CF550-7629-43F3-817E-CACDED34837E"), required=True),
        Field("otherTypeName", LSTRING),
        Field("jurisdiction", term("7A56954F-7430-4B8B-B733-54B8A5E7FF40"), required=True),
        Field("jurisdictionRegions", terms()),
        Field("jurisdictionName", LSTRING),
        Field("documents", LINKS, of.links, required=True),
        Field("documentTranslations", LINKS),
        Field("status", term("ED7CDBD8-7762-4A84-82DD-30C01458A799")),
        Field("adoption", DATE),
        Field("entryIntoForce", DATE),
        Field("retired", DATE),
        Field("limitedApplication", DATE),
        Field("isAmendment", BOOLEAN, required=True),
        Field("amendedMeasures", REFERENCES),
        Field("amendmentsDescription", LSTRING),
        Field("linkedMeasures", REFERENCES),
        Field("linkedMeasuresDescription", LSTRING),
        Field("authorities", REFERENCES, required=True),
        Field("absMeasures", OBJECT, required=True),
        Field("absMesasureNotApplicable", BOOLEAN),  # the CBD's spelling
        Field("otherAbsMeasure", LSTRING),
        Field("isModelContractualClause", BOOLEAN),
        Field("modelContractualClauseDescription", LSTRING),
        Field("otherInformation", LSTRING),
        Field("otherDocuments", LINKS),
        Field("relevantInformation", LSTRING),
        Field("relevantDocuments", LINKS, of.related),
    ),
)
