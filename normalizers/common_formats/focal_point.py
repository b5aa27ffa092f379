"""National Focal Point. Source: the CBD's documentation, `components/nfp`.

Only what concerns the office is filled: its government, its name and its pages. A record's title is as a rule the name
of a person, and stays out with everything else that is one's own.
"""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import LINKS, LSTRING, STRING, STRINGS, term

FORMAT = Format(
    "focalPoint",
    "National Focal Point",
    (
        Field("government", term("countries"), of.government),
        Field("categories", STRINGS),
        Field("description", STRING),
        Field("title", LSTRING),
        Field("firstName", STRING),
        Field("middleName", STRING),
        Field("lastName", STRING),
        Field("gender", term("Genders")),
        Field("organization", LSTRING, of.office),
        Field("organizationAcronym", LSTRING),
        Field("organizationType", term("Organization Types")),
        Field("designation", LSTRING),
        Field("department", LSTRING),
        Field("addressLine1", LSTRING),
        Field("addressLine2", LSTRING),
        Field("city", LSTRING),
        Field("state", LSTRING),
        Field("postalCode", LSTRING),
        Field("country", term("countries"), of.country),
        Field("phones", STRINGS),
        Field("mobiles", STRINGS),
        Field("faxes", STRINGS),
        Field("emails", STRINGS),
        Field("websites", LINKS, of.pages),
    ),
)
