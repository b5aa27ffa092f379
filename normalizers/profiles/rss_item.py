"""One item of a feed: RSS 0.9x to 2.0 and Atom as feedparser reads them, and JSON Feed in the same shape.

Sources: RSS 2.0 specification; RSS 1.0 modules Dublin Core, Content and Event; RFC 4287; Media RSS 1.5.1; GeoRSS Simple
and GML, W3C Basic Geo; JSON Feed 1.1. feedparser keeps the last of
a repeated Dublin Core element only, so those that repeat are read once more from the feed's XML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import isfinite
from typing import Any, TypeAlias

from lxml import etree

from harvesters.errors import ProtocolError
from harvesters.feeds.addresses import untracked
from harvesters.feeds.dates import dates_ahead
from harvesters.feeds.entries import parse
from harvesters.model import RawRecord
from normalizers.fields.links import looks_like_link
from normalizers.model import Box, DateKind, Draft, Link, Text
from normalizers.profiles import Unreadable
from normalizers.record_xml import local_name, parse_page

Entry: TypeAlias = Mapping[str, Any]  # feedparser's dictionary of an item

_DC = "{http://purl.org/dc/elements/1.1/}"
_REPEATED = {
    f"{_DC}{name}": f"dc_{name}"
    for name in ("coverage", "identifier", "language", "publisher", "relation", "rights", "source", "type")
}
_DATES: dict[str, DateKind] = {
    "published": "published", "created": "created", "ev_startdate": "start", "ev_enddate": "end",
}  # fmt: skip
_RELS = {"alternate": "source", "enclosure": "document", "related": "related", "via": "related"}
_USED = frozenset((
    "authors", "author", "content", "contributors", "created", "dc_coverage", "dc_identifier", "dc_relation",
    "dc_source", "dc_type", "ev_enddate", "ev_location", "ev_organizer", "ev_startdate", "ev_type", "geo_lat",
    "geo_long", "geo_point", "guidislink", "id", "language", "link", "links", "media_content", "media_keywords",
    "media_thumbnail", "published", "publisher", "rights", "summary", "tags", "title", "updated", "where",
))  # fmt: skip
_DERIVED = ("_detail", "_parsed")  # feedparser's own readings of a field that is there as well


def extract(raw: RawRecord) -> Draft:
    """Where the values of item number `raw.item` of the feed stand. Raises `Unreadable` where there is no such item."""
    try:
        feed = parse(raw.answer)
    except ProtocolError as error:
        raise Unreadable("unreadable_record", error.cause, error.advice) from error
    if raw.item >= len(feed.entries):
        raise Unreadable(
            "unreadable_record", f"The feed has no item {raw.item}.", "Harvest the source again, and in full."
        )
    entry: Entry = feed.entries[raw.item]
    repeated = _repeated(raw.answer.body, len(feed.entries)).get(raw.item, {})
    draft = Draft(schema="news")
    language = _said(entry, "language") or _said(feed.feed, "language")
    _read_texts(draft, entry, language)
    _read_terms(draft, entry, repeated)
    draft.publishers += [Text(value, language) for value in _values(entry, repeated, "publisher")]
    draft.rights += [Text(value, language) for value in _values(entry, repeated, "rights")]
    _read_links(draft, entry, repeated)
    people = [*entry.get("authors", ()), *entry.get("contributors", ())]
    draft.authors += [Text(person["name"]) for person in people if person.get("name")]
    draft.languages += _values(entry, repeated, "language") or [language or ""]
    ahead = dates_ahead(entry, raw.answer)  # of which the harvest told
    draft.dates += [(kind, date) for key, kind in _DATES.items() if key not in ahead and (date := _said(entry, key))]
    if "updated" not in ahead and (date := _said(entry, "updated")):
        is_dc_date = feed.version.startswith("rss") and "published" not in entry  # which says when it appeared
        draft.dates.append(("published" if is_dc_date else "modified", date))
    draft.coordinates += _places(draft, entry)
    draft.languages = [declared for declared in draft.languages if declared]
    draft.place = _said(entry, "ev_location")
    draft.organizer = _said(entry, "ev_organizer")
    draft.unused |= {key: 1 for key in entry if key not in _USED and not key.endswith(_DERIVED)}
    return draft


def _places(draft: Draft, entry: Entry) -> list[Box]:
    """The box around the item's point, line, polygon or box (feedparser gives GeoJSON: longitude first)."""
    try:
        points = list(_points((entry.get("where") or {}).get("coordinates", ())))
        latitude, longitude = _said(entry, "geo_lat"), _said(entry, "geo_long")
        if not points and latitude and longitude:
            points = [(float(longitude), float(latitude))]
    except ValueError:
        points = []
    if not points or not all(isfinite(number) for point in points for number in point):
        draft.unused |= {key: 1 for key in ("where", "geo_lat", "geo_long") if entry.get(key)}
        return []
    longitudes, latitudes = zip(*points, strict=True)
    return [Box(west=min(longitudes), south=min(latitudes), east=max(longitudes), north=max(latitudes))]


def _points(coordinates: Any) -> Iterator[tuple[float, float]]:
    """The pairs in GeoJSON's nested coordinates."""
    if coordinates and isinstance(coordinates[0], int | float):
        yield coordinates[0], coordinates[1]
    else:
        for each in coordinates:
            yield from _points(each)


def _read_texts(draft: Draft, entry: Entry, language: str | None) -> None:
    """Title; the full text as description and the excerpt as summary, or the one text that there is as description."""
    draft.titles += _text(entry.get("title"), entry.get("title_detail"), language)
    summary = _text(entry.get("summary"), entry.get("summary_detail"), language)
    content = [text for part in entry.get("content", ()) for text in _text(part.get("value"), part, language)]
    draft.descriptions += content or summary
    if content and summary[:1] != content[:1]:
        draft.summaries += summary


def _text(value: str | None, detail: Mapping[str, Any] | None, language: str | None) -> list[Text]:
    return [Text(value, (detail or {}).get("language") or language)] if value else []


def _read_terms(draft: Draft, entry: Entry, repeated: Mapping[str, list[str]]) -> None:
    """Untagged, all of them: the language of the item is not that of a code or a keyword."""
    draft.subjects += [Text(tag.get("label") or tag["term"]) for tag in entry.get("tags", ()) if tag.get("term")]
    draft.types += [Text(value) for key in ("type", "ev_type") for value in _values(entry, repeated, key)]
    draft.coverage += [Text(value) for value in _values(entry, repeated, "coverage")]


def _read_links(draft: Draft, entry: Entry, repeated: Mapping[str, list[str]]) -> None:
    """Links as they stand, but for what follows readers: it would make another record of the same at every visit."""
    if entry.get("link"):
        draft.links.append(Link(url=untracked(entry["link"])[0], rel="source"))
    for link in entry.get("links", ()):
        rel, url = link.get("rel", "alternate"), link.get("href")
        if rel == "license" and url:
            draft.rights.append(Text(url))
        elif rel in _RELS and url and url != entry.get("link"):
            draft.links.append(_link(link, url, _RELS[rel]))
    for media in (*entry.get("media_content", ()), *entry.get("media_thumbnail", ())):
        if media.get("url"):
            draft.links.append(_link(media, media["url"], "image" if media.get("medium") == "image" else "related"))
    draft.identifiers += [untracked(value)[0] for value in _values(entry, repeated, "identifier")]
    for key in ("relation", "source"):
        for value in _values(entry, repeated, key):
            if looks_like_link(value):
                draft.links.append(Link(url=untracked(value)[0]))
            else:
                draft.unused[f"dc_{key}"] = draft.unused.get(f"dc_{key}", 0) + 1


def _link(link: Mapping[str, Any], url: str, rel: str) -> Link:
    url = untracked(url)[0]
    return Link(url=url, rel=rel, name=link.get("title"), language=link.get("hreflang"), media_type=link.get("type"))


def _said(entry: Entry, key: str) -> str | None:
    """What stands under a key, where it is text.

    Of an element that it does not know, feedparser keeps the attributes instead, where there are any.
    """
    value = entry[key] if key in entry else None  # noqa: SIM401 - for `updated`, feedparser's `get` finds `published`
    return value if isinstance(value, str) else None


def _values(entry: Entry, repeated: Mapping[str, list[str]], key: str) -> list[str]:
    """Every value of a Dublin Core element, under whichever of its keys feedparser put the last of them."""
    if f"dc_{key}" in repeated:
        return repeated[f"dc_{key}"]
    value = entry.get(f"dc_{key}") or (entry.get(key) if key != "source" else None)
    return [value] if isinstance(value, str) and value else []


@lru_cache(maxsize=2)
def _repeated(body: bytes, items: int) -> dict[int, dict[str, list[str]]]:
    """Item number -> key -> values, for Dublin Core elements that an item repeats.

    Empty where the feed is not well-formed XML, or has another number of items there than feedparser finds: then
    nobody can say which is which.
    """
    tree = parse_page(body)
    found = (
        [] if tree is None else [e for e in tree.iter("{*}item", "{*}entry") if local_name(e.tag) in ("item", "entry")]
    )
    if len(found) != items:
        return {}
    return {number: several for number, item in enumerate(found) if (several := dict(_several(item)))}


def _several(item: etree._Element) -> Iterator[tuple[str, list[str]]]:
    for tag, key in _REPEATED.items():
        values = [element.text.strip() for element in item.iterchildren(tag) if element.text and element.text.strip()]
        if len(values) > 1:
            yield key, values
