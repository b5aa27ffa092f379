"""Ecological Metadata Language, 2.0 to 2.2, as GBIF's and DataONE's repositories send it (EML 2.2.0, eml-resource).

Titles and other texts may hold translations as `value` elements within (i18nNonEmptyStringType); texts may be
paragraphs of DocBook or Markdown (eml-text).
"""

from __future__ import annotations

from lxml import etree

from harvesters.model import RawRecord
from normalizers.crosswalk import Crosswalk, Rule, date, text, value
from normalizers.model import Draft, Link, Subject, Text
from normalizers.reading import Format, Reading
from normalizers.record_xml import child, content, content_at, language_of

_NO_MAKERS = frozenset((
    "contact", "custodiansteward", "custodian steward", "distributor", "funder", "host", "metadataprovider", "owner",
    "pointofcontact", "point of contact", "programmer", "publisher", "sponsor", "user",
))  # fmt: skip
_SIDES = ("west", "south", "east", "north")
_RELS = {"download": "document", "information": "source"}


def extract(raw: RawRecord) -> Draft:
    """Where the values of one record stand. Raises `Unreadable`."""
    return _CROSSWALK.extract(raw)


def _opening(reading: Reading, root: etree._Element) -> str | None:
    """The package's identifier; what it describes is its type: dataset, citation, software or protocol."""
    if package := root.get("packageId"):
        reading.draft.identifiers.append(package)
    for name in ("dataset", "citation", "software", "protocol"):
        if child(root, name) is not None:
            reading.draft.types.append(Text(name))
    return None


def _texts(element: etree._Element, language: str | None) -> list[Text]:
    """The element's own text, and its translations, which stand anywhere within it as `value`."""
    values = [Text(content(one), language_of(one) or language) for one in element.iter("{*}value")]
    if values:
        etree.strip_elements(element, "{*}value", with_tail=False)
    return [text for text in (Text(content(element), language), *values) if text.value]


def _translated(name: str) -> Rule:
    """To a list of texts: the element's own, and its translations."""

    def put(reading: Reading, element: etree._Element, language: str | None) -> bool:
        getattr(reading.draft, name).extend(_texts(element, language))
        return True

    return put


def _name(party: etree._Element) -> str:
    """A person's name, family first; else the organization's, else the position's."""
    etree.strip_elements(party, "{*}value", with_tail=False)
    family = content_at(party, "individualName", "surName")
    given = [content(one) for one in party.iterfind("{*}individualName/{*}givenName")]
    person = ", ".join(filter(None, (family, " ".join(filter(None, given)))))
    return person or content_at(party, "organizationName") or content_at(party, "positionName")


def _party(name: str) -> Rule:
    def put(reading: Reading, element: etree._Element, language: str | None) -> bool:
        if found := _name(element):
            getattr(reading.draft, name).append(Text(found, language))
        return bool(found) or not len(element)

    return put


def _associated(reading: Reading, element: etree._Element, language: str | None) -> bool:
    """Who made it in another role; who pays, keeps it or answers letters did not."""
    role = content_at(element, "role").lower()
    if role == "author":
        return _party("authors")(reading, element, language)
    return role not in _NO_MAKERS and _party("contributors")(reading, element, language)


def _keywords(reading: Reading, element: etree._Element, language: str | None) -> bool:
    """Subjects with their thesaurus; those that are places are coverage."""
    thesaurus = content_at(element, "keywordThesaurus") or None
    for keyword in element.iterchildren("{*}keyword"):
        texts = _texts(keyword, language_of(keyword) or language)
        if keyword.get("keywordType") == "place":
            reading.draft.coverage += texts
        elif thesaurus:
            reading.draft.subjects += [Subject(text.value, text.language, thesaurus) for text in texts]
        else:
            reading.draft.subjects += texts
    return True


def _box(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    reading.locate([content_at(element, f"{side}BoundingCoordinate") for side in _SIDES])
    return True


def _address(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    if url := content(element):
        reading.draft.links.append(Link(url=url, rel=_RELS.get(element.get("function", ""), "related")))
    return True


def _rights(reading: Reading, element: etree._Element, language: str | None) -> bool:
    """The statement, and the addresses of the licences that it links to."""
    if found := content(element):
        reading.draft.rights.append(Text(found, language))
    addresses = (link.get("url", "").strip() for link in element.iterfind(".//{*}ulink"))
    reading.draft.rights += [Text(address) for address in dict.fromkeys(addresses) if address]
    return True


_CROSSWALK = Crosswalk(
    Format(name="EML", profile="eml", roots=frozenset(("eml",))),
    {
        f"*/{path}": rule
        for path, rule in {
            "alternateIdentifier": value("identifiers"),
            "title": _translated("titles"),
            "creator": _party("authors"),
            "associatedParty": _associated,
            "publisher": _party("publishers"),
            "pubDate": date("published"),
            "language": value("languages"),
            "abstract": _translated("summaries"),
            "purpose": _translated("descriptions"),
            "additionalInfo": _translated("descriptions"),
            "keywordSet": _keywords,
            "intellectualRights": _rights,
            "licensed/licenseName": text("rights"),
            "licensed/url": text("rights"),
            "distribution/online/url": _address,
            "coverage/geographicCoverage/geographicDescription": _translated("coverage"),
            "coverage/geographicCoverage/boundingCoordinates": _box,
        }.items()
    },
    _opening,
)
