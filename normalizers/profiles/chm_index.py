"""A record of the CHM's own index: a flat object whose field names say type and language (`title_FR_t`).

The index fills a language that a record lacks with its English text, and English with Spanish or French: a text that
stands in several slots is therefore taken once, and in no language where it stands in all. Coded fields (`_CEN_s`) are
JSON text: `{"symbol": identifier, "en": label}`. Nothing of who created, owns or contributed to a record is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from harvesters.listings.reading import text_at
from harvesters.model import Json, RawRecord
from normalizers.model import DateKind, Draft, Link, Text
from normalizers.record_json import count_unused, objects, read_item

_LANGUAGES = ("EN", "ES", "FR", "AR", "RU", "ZH")  # in the order in which the index falls back
_DATES: dict[str, DateKind] = {
    "publicationDate_dt": "published", "createdDate_dt": "created", "updatedDate_dt": "modified",
    "startDate_dt": "start", "endDate_dt": "end",
}  # fmt: skip
_SUBJECTS = ("thematicArea_ss", "cbdSubjects_ss", "aichiTargets_ss", "aichiTarget_ss", "gbfTargets_ss", "keywords_ss")
_PLACES = ("government_s", "hostGovernments_ss", "countryRegions_ss")
_TYPES = ("schema_s", "resourceTypes_ss", "reportType_s", "type_ss")
_USED = frozenset((
    *_DATES, *_SUBJECTS, *_PLACES, *_TYPES, "id", "identifier_s", "uniqueIdentifier_s", "realm_ss", "_revision_i",
    "government_CEN_s", "thematicAreas_CEN_ss", "url_ss", "websites_ss", "documentLinks_s", "symbol_s",
    "covers_ss",
    *(f"{text}_{suffix}" for text in ("title", "summary", "description") for suffix in ("s", "t")),
    *(
        f"{text}_{language}_{suffix}"
        for text in ("title", "summary", "description")
        for language in _LANGUAGES
        for suffix in ("s", "t")
    ),
))  # fmt: skip


def extract(raw: RawRecord) -> Draft:
    """Where the values of a record of the index stand. Raises `Unreadable`."""
    item = read_item(raw)
    draft = Draft(schema="resource")
    draft.titles += _texts(item, "title")
    draft.summaries += _texts(item, "summary")
    draft.descriptions += _texts(item, "description")
    draft.types += [Text(value) for key in _TYPES for value in _values(item, key)]
    draft.subjects += [Text(value) for key in _SUBJECTS for value in _values(item, key)]
    draft.subjects += [Text(symbol) for symbol in _coded(item, "thematicAreas_CEN_ss")]
    places = [value for key in _PLACES for value in _values(item, key)]
    draft.coverage += [Text(value) for value in dict.fromkeys(places or _coded(item, "government_CEN_s"))]
    draft.dates += [(kind, value) for key, kind in _DATES.items() for value in _values(item, key)]
    draft.links += _links(item)
    draft.identifiers += [value for key in ("uniqueIdentifier_s", "symbol_s") for value in _values(item, key)]
    count_unused(draft, item, _USED)
    return draft


def _texts(item: Json, name: str) -> list[Text]:
    """Each text once: with the first language that has it, with none where all six have the same."""
    slots = [(language, text) for language in _LANGUAGES if (text := _first(item, f"{name}_{language}"))]
    texts = {text for _, text in slots}
    if len(slots) == len(_LANGUAGES) and len(texts) == 1:
        return [Text(slots[0][1])]
    found: dict[str, str] = {}
    for language, text in slots:
        found.setdefault(text, language.lower())
    if not found and (text := _first(item, name)):
        return [Text(text)]
    return [Text(text, language) for text, language in found.items()]


def _first(item: Json, name: str) -> str:
    return next((value for suffix in ("t", "s") for value in _values(item, f"{name}_{suffix}")), "")


def _values(item: Json, key: str) -> list[str]:
    value = item.get(key)
    several = value if isinstance(value, list) else [value]
    return [one.strip() for one in several if isinstance(one, str) and one.strip()]


def _coded(item: Json, key: str) -> Iterator[str]:
    """The identifiers of coded values."""
    for text in _values(item, key):
        if symbol := text_at(_json(text), "symbol"):
            yield symbol


def _json(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _links(item: Json) -> Iterator[Link]:
    """The record's page, the websites that it is about, the documents (a JSON list of ELinks) and pictures."""
    for number, url in enumerate(_values(item, "url_ss")):
        yield Link(url=url, rel="source" if number == 0 else "related")
    for url in _values(item, "websites_ss"):
        yield Link(url=url, rel="related")
    for text in _values(item, "documentLinks_s"):
        for link in objects(_json(text)):
            if url := text_at(link, "url"):
                name, language = text_at(link, "name") or None, text_at(link, "language") or None
                yield Link(url=url, rel="document", name=name, language=language)
    for url in _values(item, "covers_ss"):
        yield Link(url=url, rel="image")
