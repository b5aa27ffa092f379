"""National Websites or Databases. Source: the CBD's documentation, `components/ndb`."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import LINKS, LSTRING, term

FORMAT = Format(
    "database",
    "National Websites or Databases",
    (
        Field("government", term("countries"), of.government, required=True),
        Field("title", LSTRING, of.title, required=True),
        Field("description", LSTRING, of.text, required=True),
        Field("websites", LINKS, of.pages, required=True),
        Field("relevantInformation", LSTRING),
        Field("relevantDocuments", LINKS, of.related),
    ),
)
