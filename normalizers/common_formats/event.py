"""Event. The CBD documents no such format: the fields are those of its index."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import BOOLEAN, DATE_TIME, LINKS, LSTRING, LSTRINGS, term, terms

FORMAT = Format(
    "event",
    "Event",
    (
        Field("title", LSTRING, of.title, required=True),
        Field("summary", LSTRING, of.summary),
        Field("description", LSTRING, of.description),
        Field("startDate", DATE_TIME, of.start, required=True),
        Field("endDate", DATE_TIME, of.end),
        Field("onlineEvent", BOOLEAN),
        Field("eventVenue", LSTRING, of.place),
        Field("eventCity", LSTRING),
        Field("eventCountry", term("countries")),
        Field("organizer", LSTRING, of.organizer),
        Field("hostGovernments", terms("countries")),
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
