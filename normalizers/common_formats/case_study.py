"""Case Study. Sources: ECaseStudy; the CHM's form `case-study`."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import DATE_TIME, LINKS, LSTRING, REFERENCE, REFERENCES, STRING, term, terms

FORMAT = Format(
    "caseStudy",
    "Case Study",
    (
        Field("title", LSTRING, of.title, required=True),
        Field("subjects", terms("CBD-SUBJECTS"), of.subjects, required=True),
        Field("aichiTargets", terms("AICHI-TARGETS"), of.aichi_targets, required=True),
        Field("regions", terms("regions"), of.regions, required=True),
        Field("countries", terms("countries"), of.countries, required=True),
        Field("languages", terms("ISO639-2"), required=True),
        Field("startDate", DATE_TIME, of.start, required=True),
        Field("endDate", DATE_TIME, of.end, required=True),
        Field("source", LSTRING, required=True),
        Field("organizations", REFERENCES),
        Field("contact", REFERENCE, required=True),
        Field("summary", LSTRING, of.summary, required=True),
        Field("description", LSTRING, of.description),
        Field("scale", term("96FCD864-D388-4148-94DB-28B484047BA5")),
        Field("status", term("Capacity Building Project Status")),
        Field("resources", REFERENCES),
        Field("images", LINKS, of.images),
        Field("relevantInformation", LSTRING),
        Field("relevantDocuments", LINKS, of.links_and_related),
        Field("notes", STRING),
    ),
)
