"""MODS, versions 3.0 to 3.8 (Library of Congress, MODS User Guidelines)."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from harvesters.model import RawRecord
from normalizers.crosswalk import Crosswalk, Rule, identifier, subject, text, value
from normalizers.fields.links import looks_like_link
from normalizers.identifier_schemes import in_scheme
from normalizers.model import DateKind, Draft, Link, Text
from normalizers.reading import Format, Reading
from normalizers.record_xml import content, content_at

_HREF = "{http://www.w3.org/1999/xlink}href"
_AUTHORS = frozenset(("aut", "author", "cre", "creator", "dis", "dissertant"))
_PUBLISHERS = frozenset(("pbl", "publisher", "dst", "distributor"))
_NO_MAKERS = frozenset((
    "fnd", "funder", "spn", "sponsor", "own", "owner", "dnr", "donor", "ths", "thesis advisor", "his",
    "host institution", "degree granting institution", "dgg", "depositor", "dpt", "contact", "sbj", "subject",
))  # fmt: skip
_RELS = {"preview": "image", "raw object": "document"}


def extract(raw: RawRecord) -> Draft:
    """Where the values of one record stand. Raises `Unreadable`."""
    return _CROSSWALK.extract(raw)


def _title(reading: Reading, element: etree._Element, language: str | None) -> bool:
    """The title and its translations, put together of their parts; an abbreviation or an alternative is neither."""
    if element.get("type", "translated") != "translated":
        return False
    parts = {name: content_at(element, name) for name in ("nonSort", "title", "subTitle", "partNumber", "partName")}
    title = " ".join(filter(None, (parts["nonSort"], parts["title"])))
    title = ": ".join(filter(None, (title, parts["subTitle"])))
    title = ". ".join(filter(None, (title, parts["partNumber"], parts["partName"])))
    if title:
        reading.draft.titles.append(Text(title, language))
    return True


def _name(reading: Reading, element: etree._Element, language: str | None) -> bool:
    """Author, publisher or contributor by the role; without one, the author."""
    name = ", ".join(_parts(element)) or content_at(element, "displayForm")
    if not name:
        return True
    roles = {content(term).lower() for term in element.iterfind("{*}role/{*}roleTerm")} | {
        content(role).lower() for role in element.iterchildren("{*}role") if not len(role)
    }
    if not roles or roles & _AUTHORS:
        reading.draft.authors.append(Text(name, language))
    elif roles & _PUBLISHERS:
        reading.draft.publishers.append(Text(name, language))
    elif roles & _NO_MAKERS:
        return False
    else:
        reading.draft.contributors.append(Text(name, language))
    return True


def _parts(name: etree._Element) -> Iterator[str]:
    """Whole names, or family and given name in this order; neither titles of honour nor dates of life."""
    parts = [(part.get("type"), content(part)) for part in name.iterchildren("{*}namePart")]
    for kind in (None, "family", "given"):
        yield from (found for stated, found in parts if stated == kind and found)


def _date(kind: DateKind) -> Rule:
    def put(reading: Reading, element: etree._Element, _language: str | None) -> bool:
        """Of a span, its start; the end is counted."""
        found = content(element)
        if element.get("point") == "end":
            return not found
        if found:
            reading.draft.dates.append((kind, found))
        return True

    return put


def _identifier(reading: Reading, element: etree._Element, language: str | None) -> bool:
    if element.get("invalid") == "yes":
        return False
    return identifier("type")(reading, element, language)


def _address(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    """The record's own page, a file, or a preview of it."""
    if url := content(element):
        rel = _RELS.get(element.get("access", ""), "source")
        reading.draft.links.append(Link(url=url, rel=rel, name=element.get("displayLabel")))
    return True


def _relative(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    """Where a related item is found; what it is called is not this record's."""
    found = [element.get(_HREF) or ""]
    found += [in_scheme(content(one), one.get("type")) for one in element.iterchildren("{*}identifier")]
    found += [content(url) for url in element.iterfind("{*}location/{*}url")]
    links = [Link(url=url) for url in dict.fromkeys(found) if looks_like_link(url)]
    reading.draft.links += links
    return bool(links)


def _access(reading: Reading, element: etree._Element, language: str | None) -> bool:
    """What may be done with it, or who may see it."""
    texts = [Text(content(element), language), Text((element.get(_HREF) or "").strip())]
    found = [each for each in texts if each.value]
    if element.get("type", "").startswith("restriction"):
        reading.draft.access += found
    else:
        reading.draft.rights += found
    return True


def _note(reading: Reading, element: etree._Element, language: str | None) -> bool:
    """A note without a type tells of the thing; those with one tell of its description."""
    return not element.get("type") and text("descriptions")(reading, element, language)


def _place_code(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    """ISO 3166 alone: MARC's codes of countries look alike and mean others."""
    if not element.get("authority", "").startswith("iso3166"):
        return False
    reading.draft.coverage.append(Text(content(element)))
    return True


_CROSSWALK = Crosswalk(
    Format(name="MODS", profile="mods", roots=frozenset(("mods",)), wrappers=frozenset(("modscollection",))),
    {
        "titleInfo": _title,
        "name": _name,
        "typeOfResource": text("types"),
        "genre": text("types"),
        "originInfo/publisher": text("publishers"),
        "originInfo/dateIssued": _date("published"),
        "originInfo/dateCreated": _date("created"),
        "originInfo/dateModified": _date("modified"),
        "language/languageTerm": value("languages"),
        "abstract": text("summaries"),
        "tableOfContents": text("descriptions"),
        "note": _note,
        "subject/topic": subject("authority", "authorityURI"),
        "subject/geographic": text("coverage"),
        "subject/geographicCode": _place_code,
        "subject/hierarchicalGeographic/country": text("coverage"),
        "identifier": _identifier,
        "location/url": _address,
        "relatedItem": _relative,
        "accessCondition": _access,
    },
)
