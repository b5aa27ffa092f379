"""Community protocols, procedures and customary law: a resource with types of its own, edited in the same form.

Source: the CBD's ABS Clearing-House, `edit-communityProtocol` and the form of resources that it stands on.
"""

from __future__ import annotations

from normalizers.common_formats import resource
from normalizers.format_definition import Field, Format
from normalizers.format_types import terms

_OWN = {"resourceTypes": Field("resourceTypes", terms("ED9BE33E-B754-4E31-A513-002316D0D602"), required=True)}

FORMAT = Format(
    "communityProtocol",
    "Community Protocols and Procedures and Customary Law",
    tuple(_OWN.get(field.name, field) for field in resource.FORMAT.fields),
)
