"""Which of a repository's metadata formats to ask for: the richest of those that we know for certain.

A format is known by its XML namespace, since prefixes are the repository's own choice (OAI-PMH 2.0, 3.4); `oai_dc`
alone is a name that the protocol gives, and every repository has it.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

FALL_BACK = "oai_dc"

_PROFILES = {  # richest first: the profile that reads a format, and how its namespace begins
    "dcat": ("http://www.w3.org/ns/dcat#",),
    "datacite": ("http://datacite.org/schema/kernel-", "http://schema.datacite.org/oai/oai-1."),
    "iso19139": ("http://www.isotc211.org/2005/gmd",),
    "eml": ("eml://ecoinformatics.org/eml-2", "https://eml.ecoinformatics.org/eml-2"),
    "mods": ("http://www.loc.gov/mods/v3",),
    "marcxml": ("http://www.loc.gov/MARC21/slim",),
    "qdc": ("http://purl.org/dc/terms/", "http://dublincore.org/documents/dcmi-terms/"),
    FALL_BACK: ("http://www.openarchives.org/OAI/2.0/oai_dc/",),
}

KNOWN = tuple(_PROFILES)
"""The profiles, richest format first."""


class Format(Struct, frozen=True):
    """What ListMetadataFormats says of one format."""

    prefix: str
    namespace: str = ""


def profile_of(form: Format) -> str | None:
    """The profile that reads a format, told by its namespace; None for one that we do not know."""
    return next((name for name, begins in _PROFILES.items() if form.namespace.startswith(begins)), None)


def choose(offered: Sequence[Format], order: Sequence[str] = ()) -> tuple[str, str]:
    """The prefix to ask for and the profile that reads it.

    `order` are prefixes or names of profiles, best first, and replaces ours; `oai_dc` where nothing of it is offered.
    """
    for wish in order or KNOWN:
        for form in offered:
            profile = profile_of(form)
            if wish == profile or (order and wish == form.prefix):
                return form.prefix, profile or form.prefix
    return FALL_BACK, FALL_BACK
