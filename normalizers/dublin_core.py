"""The elements of Dublin Core and the properties of DCMI Metadata Terms, wherever a repository puts them.

Sources: DCMES 1.1; DCMI Metadata Terms; DCMI Box and Point; OpenAIRE Guidelines for Literature Repositories 3.0 (the
`info:eu-repo` words in rights, dates and relations); OGC 07-006r1 (`ows:BoundingBox` of a catalogue's records).
Elements are told by their local names: repositories in the wild mix DC 1.0, DC 1.1 and dcterms in one record.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from normalizers.boxes import named_box, number
from normalizers.crosswalk import Rule, date, subject, text, value
from normalizers.fields.links import looks_like_link
from normalizers.identifier_schemes import in_scheme
from normalizers.model import Link, Text
from normalizers.reading import Reading
from normalizers.record_xml import content, content_at

_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_EU_REPO = "info:eu-repo/"
_ACCESS = f"{_EU_REPO}semantics/"
_ALTERNATIVE = f"{_EU_REPO}semantics/altIdentifier/"
_EMBARGO = f"{_EU_REPO}date/embargoEnd/"
_SAYS_NOTHING = "otherRestrictions"  # ISO 19115 for "see the words beside it", which catalogues leave behind
_LOCATED = ("point", "box")


def _rights(reading: Reading, element: etree._Element, language: str | None) -> bool:
    """What may be done with it, or, in OpenAIRE's words, who may see it."""
    if found := content(element):
        if found == _SAYS_NOTHING:
            return False
        if found.startswith(_ACCESS):
            reading.draft.access.append(Text(found))
        else:
            reading.draft.rights.append(Text(found, language))
    return True


def _date(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    if found := content(element):
        if found.startswith(_EMBARGO):
            reading.draft.embargoes.append(found.removeprefix(_EMBARGO))
        else:
            reading.draft.dates.append(("published", found))
    return True


def _available(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    """When it became available, or will: until then nobody may see it."""
    if found := content(element):
        reading.draft.dates.append(("published", found))
        reading.draft.embargoes.append(found)
    return True


def _relation(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    found = content(element)
    if found.startswith(_ALTERNATIVE):
        scheme, _, bare = found.removeprefix(_ALTERNATIVE).partition("/")
        reading.draft.identifiers.append(in_scheme(bare, scheme))
    elif looks_like_link(found):
        reading.draft.links.append(Link(url=found))
    elif found:
        return False
    return True


def _coverage(reading: Reading, element: etree._Element, language: str | None) -> bool:
    """A place by its name, or its box, where the sides are named or an encoding scheme says that it is one."""
    found = content(element)
    if not found:
        return True
    box = named_box(found)
    if box is not None:
        reading.draft.coordinates.append(box)
    elif element.keys() and element.get(_XSI_TYPE, "").lower().endswith(_LOCATED):
        reading.misplace(found)
    else:
        reading.draft.coverage.append(Text(found, language))
    return True


def _bounding_box(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    """Corners as longitude and latitude. GeoNetwork sends the east as the lower corner, so their order says nothing."""
    corners = [content_at(element, name).split() for name in ("LowerCorner", "UpperCorner")]
    if all(len(corner) == 2 for corner in corners):
        (first, south), (second, north) = corners
        west, east = sorted((first, second), key=lambda side: number(side) or 0)
        reading.locate((west, south, east, north))
    else:
        reading.misplace(" ".join(part for corner in corners for part in corner))
    return True


def _address(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    """GeoNetwork's `dc:URI`; its protocol is a media type for images and files."""
    if url := content(element):
        protocol = element.get("protocol", "")
        media = protocol if "/" in protocol and "://" not in protocol else None
        reading.draft.links.append(Link(url=url, name=element.get("name"), media_type=media))
    return True


ELEMENTS: Mapping[str, Rule] = {
    "title": text("titles"),
    "abstract": text("summaries"),
    "description": text("descriptions"),
    "tableOfContents": text("descriptions"),
    "type": text("types"),
    "subject": subject(_XSI_TYPE, "scheme"),
    "coverage": _coverage,
    "spatial": _coverage,
    "BoundingBox": _bounding_box,
    "WGS84BoundingBox": _bounding_box,
    "creator": text("authors"),
    "contributor": text("contributors"),
    "publisher": text("publishers"),
    "rights": _rights,
    "license": text("rights"),
    "accessRights": text("access"),
    "language": value("languages"),
    "identifier": value("identifiers"),
    "date": _date,
    "issued": date("published"),
    "available": _available,
    "created": date("created"),
    "modified": date("modified"),
    "URI": _address,
} | dict.fromkeys(
    (
        "relation", "source", "isPartOf", "hasPart", "isVersionOf", "hasVersion", "isFormatOf", "hasFormat",
        "references", "isReferencedBy", "replaces", "isReplacedBy", "requires", "isRequiredBy", "conformsTo",
    ),
    _relation,
)  # fmt: skip
