"""News. The CBD documents no such format: the fields are those of its index."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import DATE, LINKS, LSTRING, LSTRINGS, term, terms

FORMAT = Format(
    "news",
    "News",
    (
        Field("title", LSTRING, of.title, required=True),
        Field("summary", LSTRING, of.summary),
        Field("description", LSTRING, of.description),
        Field("date", DATE, of.published, required=True),
        Field("government", term("countries"), of.government),
        Field("countryRegions", terms(), of.countries_and_regions),
        Field("cbdSubjects", terms("CBD-SUBJECTS"), of.subjects),
        Field("gbfTargets", terms("GBF-TARGETS"), of.gbf_targets),
        Field("aichiTargets", terms("AICHI-TARGETS"), of.aichi_targets),
        Field("keywords", LSTRINGS, of.keywords),
        Field("urls", LINKS, of.pages, required=True),
        Field("documentLinks", LINKS, of.documents),
        Field("covers", LINKS, of.images),
        Field("relevantDocuments", LINKS, of.related),
    ),
    provisional=True,
)
