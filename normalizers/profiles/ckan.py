"""A dataset of a CKAN catalogue, as its action API shows it (`package_show`, `package_search`).

https://docs.ckan.org/en/latest/api/ ; texts are Markdown or plain. `title_translated` and `notes_translated` are those
of ckanext-fluent: language -> text. `extras` are pairs of the site's own, of which those are read that DCAT and the
spatial extension put there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from harvesters.listings.reading import at, text_at
from harvesters.model import Json, RawRecord
from normalizers.boxes import box
from normalizers.model import Box, DateKind, Draft, Link, Text
from normalizers.record_json import count_unused, objects, read_item

_API = "/api/"
_DATES: tuple[tuple[DateKind, str], ...] = (
    ("published", "issued"), ("modified", "modified"), ("modified", "metadata_modified"),
    ("created", "metadata_created"),
)  # fmt: skip
_USED = frozenset((
    "author", "extras", "groups", "id", "isopen", "issued", "language", "license_id", "license_title", "license_url",
    "metadata_created", "metadata_modified", "modified", "name", "notes", "notes_translated", "num_resources",
    "num_tags", "organization", "owner_org", "private", "resources", "spatial", "state", "tags", "title",
    "title_translated", "type", "url", "creator_user_id", "maintainer", "maintainer_email", "author_email", "theme",
))  # fmt: skip
_EXTRAS = frozenset((
    "spatial", "language", "issued", "modified", "theme", "spatial-text", "guid", "identifier", "uri",
))  # fmt: skip


def extract(raw: RawRecord) -> Draft:
    """Where the values of a dataset stand. Raises `Unreadable`."""
    item = read_item(raw)
    extras = {text_at(one, "key"): text_at(one, "value") for one in objects(item.get("extras"))}
    draft = Draft(schema="resource", types=[Text("Dataset")])
    draft.languages += _listed(item.get("language") or extras.get("language"))
    language = draft.languages[0] if len(draft.languages) == 1 else None
    draft.titles += _texts(item, "title", language)
    draft.descriptions += _texts(item, "notes", language)
    draft.subjects += [Text(name) for name in _subjects(item, extras)]
    if owner := text_at(item, "organization", "title") or text_at(item, "organization", "name"):
        draft.publishers.append(Text(owner))
    draft.authors += [Text(name) for name in text_at(item, "author").split(";") if name.strip()]
    licences = (text_at(item, key) for key in ("license_url", "license_title", "license_id"))
    draft.rights += [Text(value) for value in list(filter(None, licences))[:1]]
    draft.dates += _dates(item, extras)
    draft.links += _links(item, raw.answer.url)
    draft.identifiers += [value for key in ("identifier", "guid", "uri") if (value := extras.get(key, ""))]
    draft.coverage += [Text(value) for value in [extras.get("spatial-text", "")] if value]
    draft.coordinates += _boxes(draft, extras.get("spatial") or text_at(item, "spatial"))
    count_unused(draft, item, _USED)
    draft.unused |= {f"extras.{key}": 1 for key, value in extras.items() if key not in _EXTRAS and value}
    return draft


def _texts(item: Json, key: str, language: str | None) -> list[Text]:
    translated = item.get(f"{key}_translated")
    if isinstance(translated, dict):
        found = [Text(text, tag) for tag in translated if (text := text_at(translated, tag))]
        if found:
            return found
    value = text_at(item, key) or (text_at(item, "name") if key == "title" else "")
    return [Text(value, language)] if value else []


def _subjects(item: Json, extras: dict[str, str]) -> Iterator[str]:
    for key in ("tags", "groups"):
        for one in objects(item.get(key)):
            if name := text_at(one, "display_name") or text_at(one, "title") or text_at(one, "name"):
                yield name
    yield from _listed(item.get("theme") or extras.get("theme"))


def _listed(value: Json) -> list[str]:
    """A list, or a text that is one in JSON or has one value."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    found = value if isinstance(value, list) else [value]
    return [one.strip() for one in found if isinstance(one, str) and one.strip()]


def _dates(item: Json, extras: dict[str, str]) -> Iterator[tuple[DateKind, str]]:
    """The dataset's own dates, or else those of its entry, which are in UTC."""
    told: set[DateKind] = set()
    for kind, key in _DATES:
        value = text_at(item, key) or extras.get(key, "")
        if value and kind not in told:
            told.add(kind)
            is_utc = key.startswith("metadata_") and "T" in value and not value.endswith("Z")
            yield kind, f"{value}Z" if is_utc else value


def _links(item: Json, asked: str) -> Iterator[Link]:
    """Its page, made as CKAN makes it; what it is about; its files."""
    parts = urlsplit(asked)
    home = f"{parts.scheme}://{parts.netloc}{parts.path.partition(_API)[0]}/"
    yield Link(url=urljoin(home, f"dataset/{text_at(item, 'name') or text_at(item, 'id')}"), rel="source")
    if page := text_at(item, "url"):
        yield Link(url=page)
    for resource in objects(item.get("resources")):
        url = text_at(resource, "url")
        if url and text_at(resource, "state") in ("", "active"):
            yield Link(
                url=url,
                rel="document",
                name=text_at(resource, "name") or None,
                language=next(iter(_listed(resource.get("language"))), None),
                media_type=text_at(resource, "mimetype") or None,
            )


def _boxes(draft: Draft, spatial: str) -> Iterator[Box]:
    """The box around a GeoJSON geometry (RFC 7946: longitude first)."""
    if not spatial.lstrip().startswith("{"):
        if spatial:
            draft.coverage.append(Text(spatial))
        return
    try:
        pairs = list(_pairs(at(json.loads(spatial), ("coordinates",))))
    except (ValueError, RecursionError):
        pairs = []
    found = box(*_sides(pairs)) if pairs else None
    if found:
        yield found
    else:
        draft.unused["spatial"] = 1


def _pairs(value: Json) -> Iterator[tuple[float, float]]:
    if isinstance(value, list) and len(value) >= 2 and all(isinstance(one, int | float) for one in value):
        yield float(value[0]), float(value[1])
    elif isinstance(value, list):
        for inner in value:
            yield from _pairs(inner)


def _sides(pairs: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    longitudes, latitudes = zip(*pairs, strict=True)
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)
