"""Unqualified Dublin Core as OAI-PMH carries it (OAI-PMH 2.0, Implementation Guidelines), dcterms tolerated."""

from __future__ import annotations

from harvesters.model import RawRecord
from normalizers.crosswalk import Crosswalk
from normalizers.dublin_core import ELEMENTS
from normalizers.model import Draft
from normalizers.reading import Format

_FORMAT = Format(name="Dublin Core", profile="oai_dc", roots=frozenset(("dc", "qualifieddc")))
_CROSSWALK = Crosswalk(_FORMAT, ELEMENTS)


def extract(raw: RawRecord) -> Draft:
    """Where the values of one `oai_dc` record stand; its root may be left out. Raises `Unreadable`."""
    return _CROSSWALK.extract(raw)
