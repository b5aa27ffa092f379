"""Virtual Library Resource: a publication, a dataset, a film. Source: the CBD's documentation, `components/vlr`."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import BOOLEAN, DATE, LINKS, LSTRING, LSTRINGS, REFERENCES, STRINGS, section, terms

FORMAT = Format(
    "resource",
    "Virtual Library Resource",
    (
        Field("title", LSTRING, of.title, required=True),
        Field("resourceTypes", terms("A762DF7E-B8D1-40D6-9DAC-D25E48C65528"), required=True),
        Field("authors", LSTRING, of.authors, required=True),
        Field("organizations", REFERENCES, required=True),
        Field("publisher", LSTRING, of.publisher),
        Field("source", LSTRING),
        Field("publicationDate", DATE, of.published, required=True),  # an lstring in its table, a date in its example
        Field("rights", LSTRING, of.rights),
        Field("resourceLinks", LINKS, of.links, required=True),
        Field("covers", LINKS, of.images),
        Field("summary", LSTRING, of.summary, required=True),
        Field("countryRegions", terms(), of.countries_and_regions),
        Field("gbfTargets", terms("GBF-TARGETS"), of.gbf_targets),
        Field("aichiTargets", terms("AICHI-TARGETS"), of.aichi_targets),
        Field("cbdSubjects", terms("CBD-SUBJECTS"), of.subjects, required=True),
        Field(
            "nagoya",
            section(
                Field("mccKeywords", terms("ABS-A1920-Keywords")),
                Field("subjects", terms("CA9BBEA9-AAA7-4F2F-B3A3-7ED180DE1924")),
                Field("keyAreas", terms("2B2A5166-F949-4B1E-888F-A7976E76320B")),
            ),
        ),
        Field(
            "biosafety",
            section(
                Field("subjects", terms("043C7F0D-2226-4E54-A56F-EE0B74CCC984")),
                Field("addressModifiedOrganisms", BOOLEAN),
                Field("modifiedOrganisms", REFERENCES),
                Field("addressOrganisms", BOOLEAN),
                Field("organisms", REFERENCES),
                Field("addressGenes", BOOLEAN),
                Field("genes", REFERENCES),
            ),
        ),
        Field("tags", LSTRINGS, of.keywords),
        Field("adminTags", STRINGS),
        Field("relevantInformation", LSTRING),
        Field("relevantDocuments", LINKS, of.related),
    ),
)
