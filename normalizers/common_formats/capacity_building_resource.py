"""Capacity-building Resource: what one learns from. Source: the CHM's form `capacity-building-resource`."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import INTEGER, LINKS, LSTRING, REFERENCES, term, terms

FORMAT = Format(
    "capacityBuildingResource",
    "Capacity-building Resource",
    (
        Field("title", LSTRING, of.title, required=True),
        Field("resourceTypes", terms("7E688641-F642-4C46-A024-70ED76D3DF40"), required=True),
        Field("fileFormat", term("D2D97AB3-4D20-41D4-8CBE-B21C33924823"), required=True),
        Field("formatDetails", LSTRING),
        Field("purpose", terms("E712C9CD-437E-454F-BA72-E7D20E4C28ED")),
        Field("targetGroups", terms("AFB155C4-93A6-402C-B812-CFC7488ED651"), required=True),
        Field("expertiseLevel", term("1B57D9C3-F5F8-4875-94DC-93E427F3BFD8")),
        Field("authors", LSTRING, of.authors, required=True),
        Field("organizations", REFERENCES),
        Field("publicationYear", INTEGER, of.year, required=True),
        Field("rights", LSTRING, of.rights),
        Field("source", LSTRING),
        Field("resourceLinks", LINKS, of.links, required=True),
        Field("covers", LINKS, of.images),
        Field("summary", LSTRING, of.summary),
        Field("regions", terms(), of.countries_and_regions, required=True),
        Field("cbdSubjects", terms("CBD-SUBJECTS"), of.subjects),
        Field("gbfTargets", terms("GBF-TARGETS"), of.gbf_targets),
        Field("aichiTargets", terms("AICHI-TARGETS"), of.aichi_targets),
        Field("absKeyAreas", terms("2B2A5166-F949-4B1E-888F-A7976E76320B")),
        Field("bchSubjects", terms("043C7F0D-2226-4E54-A56F-EE0B74CCC984"), required=True),
        Field("relevantInformation", LSTRING),
        Field("relevantDocuments", LINKS, of.related),
    ),
)
