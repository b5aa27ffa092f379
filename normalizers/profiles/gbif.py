"""An entry of GBIF's registry (dataset, node, organization), a hit of its dataset search, or a piece of literature.

https://techdocs.gbif.org/en/openapi/ ; what differs tells them apart: literature has an `id` and a `literatureType`,
all else a `key`. Of people the names of those who made it are read; addresses and telephone numbers are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvesters.listings.reading import text_at
from harvesters.model import Json, RawRecord
from normalizers.boxes import box
from normalizers.model import DateKind, Draft, Link, Text
from normalizers.record_json import count_unused, objects, read_item

_SITE = "https://www.gbif.org"
_MAKERS = frozenset(("ORIGINATOR", "METADATA_AUTHOR", "AUTHOR", "CREATOR"))
_DATES: tuple[tuple[DateKind, str], ...] = (
    ("published", "pubDate"), ("published", "published"), ("created", "created"), ("modified", "modified"),
)  # fmt: skip
_NUMBER = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]+)?")
_OPEN = "http://purl.org/coar/access_right/c_abf2"
_USED = frozenset((
    "abstract", "authors", "category", "citation", "citationType", "comments", "contacts", "contactsCitation",
    "continent", "countriesOfCoverage", "country", "countryCoverage", "created", "createdBy", "datasetKey", "day",
    "deleted", "description", "discovered", "doi", "added", "email", "endpoints", "geographicCoverages", "homepage",
    "hostingOrganizationTitle", "id", "identifiers", "installationKey", "key", "keywordCollections", "keywords",
    "language", "license", "literatureType", "logoUrl", "machineTags", "modified", "modifiedBy", "month", "openAccess",
    "participantTitle", "phone", "pubDate", "published", "publisher", "publishingCountry", "publishingOrganizationKey",
    "publishingOrganizationTitle", "rights", "source", "subtype", "tags", "title", "topics", "type", "websites", "year",
))  # fmt: skip


def extract(raw: RawRecord) -> Draft:
    """Where the values of an entry stand. Raises `Unreadable`."""
    item = read_item(raw)
    literature = bool(text_at(item, "literatureType")) or "authors" in item
    draft = Draft(schema="resource")
    language = (text_at(item, "language") or None) if literature else None  # the registry's is that of the data
    draft.titles += [Text(title, language) for key in ("title",) if (title := text_at(item, key))]
    draft.descriptions += [
        Text(value, language) for key in ("description", "abstract") if (value := text_at(item, key))
    ]
    draft.types += [Text(kind) for kind in _kinds(item, raw.answer.url, literature=literature)]
    draft.subjects += [Text(word) for word in _keywords(item)]
    draft.coverage += [Text(place) for place in _places(item)]
    draft.authors += [Text(name) for name in dict.fromkeys(_makers(item))]
    names = (text_at(item, key) for key in ("publishingOrganizationTitle", "publisher", "source", "participantTitle"))
    draft.publishers += [Text(name) for name in list(filter(None, names))[:1]]
    draft.rights += [Text(value) for key in ("license", "rights") if (value := text_at(item, key))]
    if item.get("openAccess") is True:
        draft.access.append(Text(_OPEN))
    draft.dates += list(_dates(item))
    draft.links += _links(item, raw.identifier, literature=literature)
    draft.identifiers += [value for value in (text_at(item, "doi"), text_at(item, "identifiers", "doi")) if value]
    _locate(draft, item)
    count_unused(draft, item, _USED)
    return draft


def _kinds(item: Json, asked: str, *, literature: bool) -> Iterator[str]:
    """What it is in GBIF's own words; a node's `type` says of what it is a node, which no record is."""
    if literature:
        yield text_at(item, "literatureType") or "article"
    elif "/node" in asked or "participationStatus" in item:
        yield "NODE"
    elif "/organization" in asked or "endorsementStatus" in item:
        yield "ORGANIZATION"
    else:
        yield from filter(None, (text_at(item, "type"), text_at(item, "subtype")))


def _keywords(item: Json) -> Iterator[str]:
    for key in ("keywords", "topics"):
        value = item.get(key)
        yield from (word for word in (value if isinstance(value, list) else ()) if isinstance(word, str))
    for collection in objects(item.get("keywordCollections")):
        value = collection.get("keywords")
        yield from (word for word in (value if isinstance(value, list) else ()) if isinstance(word, str))


def _places(item: Json) -> Iterator[str]:
    for key in ("countryCoverage", "countriesOfCoverage", "country"):
        value = item.get(key)
        yield from (code for code in (value if isinstance(value, list) else [value]) if isinstance(code, str) and code)


def _makers(item: Json) -> Iterator[str]:
    """The names of those who made it, in order."""
    for one in objects(item.get("authors")):
        yield from filter(None, (_name(one),))
    for one in objects(item.get("contactsCitation")) or objects(item.get("contacts")):
        roles = one.get("roles") or [one.get("type")]
        if isinstance(roles, list) and _MAKERS.intersection(role for role in roles if isinstance(role, str)):
            yield from filter(None, (_name(one),))


def _name(person: Json) -> str:
    last, first = text_at(person, "lastName"), text_at(person, "firstName")
    return ", ".join(filter(None, (last, first)))


def _dates(item: Json) -> Iterator[tuple[DateKind, str]]:
    """A piece of literature is as old as its year, month and day say, which may be fewer than `published` pretends."""
    year = text_at(item, "year")
    if year and "published" in item:
        parts = (text_at(item, "month").zfill(2), text_at(item, "day").zfill(2))
        known = [year]
        for part in parts:
            if part.strip("0"):
                known.append(part)
            else:
                break
        yield "published", "-".join(known)
        return
    for kind, key in _DATES:
        if value := text_at(item, key):
            yield kind, value


def _links(item: Json, identifier: str, *, literature: bool) -> Iterator[Link]:
    """Its page at GBIF, or a publication's own; then its home page and the addresses of its data."""
    websites = item.get("websites")
    pages = [url for url in (websites if isinstance(websites, list) else ()) if isinstance(url, str) and url]
    if literature:
        for number, url in enumerate(pages):
            yield Link(url=url, rel="source" if number == 0 else "related")
        return
    kind = "publisher" if "endorsementStatus" in item else "node" if "participationStatus" in item else "dataset"
    if kind != "node":
        yield Link(url=f"{_SITE}/{kind}/{identifier}", rel="source")
    value = item.get("homepage")
    for url in value if isinstance(value, list) else [value]:
        if isinstance(url, str) and url:
            yield Link(url=url)
    for one in objects(item.get("endpoints")):
        if url := text_at(one, "url"):
            yield Link(url=url, rel="document", name=text_at(one, "type") or None)


def _locate(draft: Draft, item: Json) -> None:
    for coverage in objects(item.get("geographicCoverages")):
        sides = coverage.get("boundingBox")
        names = ("minLongitude", "minLatitude", "maxLongitude", "maxLatitude")
        numbers = [float(text) for name in names if (text := text_at(sides, name)) and _NUMBER.fullmatch(text)]
        if len(numbers) == len(names):
            found = box(*numbers)
            draft.coordinates += [found] if found else []
        elif place := text_at(coverage, "description"):
            draft.coverage.append(Text(place))
