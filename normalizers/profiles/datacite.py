"""DataCite's metadata, kernels 2 to 4, bare or in the wrapper `oai_datacite`.

Sources: DataCite Metadata Schema 2.2, 3.1 and 4.6 (in kernel 2 rights are no list; points and boxes are numbers in one
text, latitude first, before kernel 4); info:eu-repo words of the OpenAIRE Guidelines for Data Archives.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from harvesters.model import RawRecord
from normalizers.boxes import named_box
from normalizers.crosswalk import Crosswalk, date, identifier, related, subject, text, value
from normalizers.model import DateKind, Draft, Text
from normalizers.reading import Format, Reading
from normalizers.record_xml import content, content_at

_ACCESS = "info:eu-repo/semantics/"
_KINDS: dict[str, DateKind] = {
    "issued": "published", "created": "created", "collected": "created",
    "updated": "modified",
}  # fmt: skip
_MAKERS = frozenset((
    "datacollector", "datacurator", "editor", "other", "producer", "projectleader", "projectmanager", "projectmember",
    "relatedperson", "researcher", "researchgroup", "translator", "workpackageleader", "",
))  # fmt: skip


def extract(raw: RawRecord) -> Draft:
    """Where the values of one record stand. Raises `Unreadable`."""
    return _CROSSWALK.extract(raw)


def _title(reading: Reading, element: etree._Element, language: str | None) -> bool:
    """The title and its translations; a subtitle or an alternative is neither."""
    if element.get("titleType", "TranslatedTitle") != "TranslatedTitle":
        return not content(element)
    return text("titles")(reading, element, language)


def _contributor(reading: Reading, element: etree._Element, language: str | None) -> bool:
    """Who made it contributes and who distributes it publishes; who hosts, pays or answers letters does neither."""
    role = element.get("contributorType", "").lower()
    name = content_at(element, "contributorName")
    if role == "distributor" and name:
        reading.draft.publishers.append(Text(name, language))
    elif role in _MAKERS and name:
        reading.draft.contributors.append(Text(name, language))
    else:
        return not name
    return True


def _date(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    """By its kind; when it becomes available is no date of its own, but until then nobody may see it."""
    kind = element.get("dateType", "").lower()
    found = content(element)
    if kind == "available":
        reading.draft.embargoes += filter(None, [found.partition("/")[0].strip()])
        return True
    if kind in _KINDS and found:
        reading.draft.dates.append((_KINDS[kind], found))
    return kind in _KINDS or not found


def _type(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    found = (element.get("resourceTypeGeneral", ""), content(element))
    reading.draft.types += [Text(word) for word in dict.fromkeys(found) if word]
    return True


def _rights(reading: Reading, element: etree._Element, language: str | None) -> bool:
    """A statement and an address, either of which may be missing; or, in OpenAIRE's words, who may see it."""
    statement, address = content(element), element.get("rightsURI", "").strip()
    if address.startswith(_ACCESS) or statement.startswith(_ACCESS):
        reading.draft.access += [Text(found, language) for found in (address, statement) if found]
    else:
        reading.draft.rights += [Text(statement, language)] if statement else []
        reading.draft.rights += [Text(address)] if address and address not in statement else []
    return True


def _description(reading: Reading, element: etree._Element, language: str | None) -> bool:
    kind = element.get("descriptionType", "")
    if kind == "SeriesInformation":
        return not content(element)
    return text("summaries" if kind == "Abstract" else "descriptions")(reading, element, language)


def _point(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    where = _numbers(element, ("pointLongitude", "pointLatitude"), (1, 0))
    reading.locate((*where, *where))
    return True


def _box(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    """Four elements, or, before kernel 4, four numbers in one text; some write DCMI Box into it."""
    names = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")
    if (named := named_box(content(element))) is not None:
        reading.draft.coordinates.append(named)
        return True
    reading.locate(_numbers(element, names, (1, 0, 3, 2)))
    return True


def _numbers(element: etree._Element, names: Sequence[str], places: Sequence[int]) -> list[str]:
    """The children of these names, or, before kernel 4, the words at these places of one text."""
    if len(element):
        return [content_at(element, name) for name in names]
    words = content(element).split()
    return [words[place] for place in places] if len(words) == len(places) else words


_CROSSWALK = Crosswalk(
    Format(
        name="DataCite",
        profile="datacite",
        roots=frozenset(("resource",)),
        wrappers=frozenset(("oai_datacite", "payload")),
    ),
    {
        "identifier": identifier("identifierType"),
        "creators/creator/creatorName": text("authors"),
        "titles/title": _title,
        "publisher": text("publishers"),
        "publicationYear": date("published"),
        "subjects/subject": subject("subjectScheme", "schemeURI"),
        "contributors/contributor": _contributor,
        "dates/date": _date,
        "language": value("languages"),
        "resourceType": _type,
        "alternateIdentifiers/alternateIdentifier": identifier("alternateIdentifierType"),
        "relatedIdentifiers/relatedIdentifier": related("relatedIdentifierType"),
        "relatedIdentifier": related("relatedIdentifierType"),
        "rightsList/rights": _rights,
        "rights": _rights,
        "descriptions/description": _description,
        "geoLocations/geoLocation/geoLocationPlace": text("coverage"),
        "geoLocations/geoLocation/geoLocationPoint": _point,
        "geoLocations/geoLocation/geoLocationBox": _box,
    },
)
