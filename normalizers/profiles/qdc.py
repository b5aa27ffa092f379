"""Qualified Dublin Core: `qdc` and `dcterms` of repositories, and the records of catalogue services (CSW 2.0.2).

Sources: DCMI Metadata Terms; OGC 07-006r1, 10.2.5 (`csw:Record`, `SummaryRecord`, `BriefRecord`).
"""

from __future__ import annotations

from harvesters.model import RawRecord
from normalizers.crosswalk import Crosswalk
from normalizers.dublin_core import ELEMENTS
from normalizers.model import Draft
from normalizers.reading import Format

_FORMAT = Format(
    name="qualified Dublin Core",
    profile="qdc",
    roots=frozenset(("qualifieddc", "dcterms", "dc", "record", "summaryrecord", "briefrecord")),
    wrappers=frozenset(("getrecordsresponse", "getrecordbyidresponse", "searchresults")),
)
_CROSSWALK = Crosswalk(_FORMAT, ELEMENTS)


def extract(raw: RawRecord) -> Draft:
    """Where the values of one record stand. Raises `Unreadable`."""
    return _CROSSWALK.extract(raw)
