"""Organization. Source: the CBD's documentation, `components/org`.

Telephone numbers, faxes and e-mail addresses are never filled: a site's are as likely a person's as an office's.
"""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import LINKS, LSTRING, LSTRINGS, MAP_LOCATION, REFERENCES, STRINGS, term, terms

FORMAT = Format(
    "organization",
    "Organization",
    (
        Field("acronym", LSTRING),
        Field("name", LSTRING, of.title, required=True),
        Field("contacts", REFERENCES),
        Field("linkedOrganizations", REFERENCES),
        Field("address", LSTRING),
        Field("city", LSTRING, required=True),
        Field("state", LSTRING),
        Field("postalCode", LSTRING),
        Field("country", term("countries"), of.country, required=True),
        Field("phones", STRINGS, required=True),
        Field("faxes", STRINGS),
        Field("emails", STRINGS, required=True),
        Field("websites", LINKS, of.pages),
        Field("libraries", terms("cbdLibraries")),
        Field("organizationType", term("Organization Types"), required=True),
        Field("thematicAreas", terms("CBD-SUBJECTS"), of.subjects),
        Field("absThematicAreas", terms("CA9BBEA9-AAA7-4F2F-B3A3-7ED180DE1924")),
        Field("areasOfWork", LSTRINGS, of.keywords),
        Field("gbfTargets", terms("GBF-TARGETS"), of.gbf_targets),
        Field("aichiTargets", terms("AICHI-TARGETS"), of.aichi_targets),
        Field("coordinates", MAP_LOCATION),
        Field("establishmentGooglePlaceId", STRINGS),
        Field("operationalLanguages", terms("52AFC0EE-7A02-4EFA-9277-8B6C327CE21F")),
        Field("operationalRegions", terms("regions"), of.regions),
        Field("profile", LSTRING, of.text),
        Field("profileLink", LINKS, of.documents),
        Field("relevantInformation", LSTRING),
        Field("relevantDocuments", LINKS, of.related),
    ),
)
