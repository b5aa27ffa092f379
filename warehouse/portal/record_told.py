"""A record as the plain API tells it: as in `records.jsonl`, but each text with its language and direction."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from normalizers.model import Box, Date, Link, Provenance, Term
from warehouse.portal.store import Published
from warehouse.portal.texts import UNKNOWN, LocalText, direction, local_texts


class RightsTold(Struct, frozen=True, kw_only=True):
    """Terms of reuse: the words, the licence's URI, and how much of the record is published (`because` of what)."""

    statement: list[LocalText]
    licence: str | None
    share: str
    because: str
    labels: tuple[str, ...]
    access: str | None
    embargo: str | None


class RecordTold(Struct, frozen=True, kw_only=True):
    """A record. `schema` is a common format of the CBD, `government` ISO 3166-1 alpha-2 in lower case.

    Texts are in the languages that their site gave; none is filled from another. `updated` is when this index changed
    the record last; terms have the words of the site that led there (`verbatim`) and how (`by`).
    """

    identifier: str
    source: str
    source_identifier: str
    schema: str
    government: str | None
    origin: str
    updated: str
    title: list[LocalText]
    summary: list[LocalText]
    description: list[LocalText]
    body: list[LocalText]
    publisher: list[LocalText]
    keywords: list[LocalText]
    languages: tuple[str, ...]
    types: tuple[str, ...]
    countries: tuple[Term, ...]
    regions: tuple[Term, ...]
    subjects: tuple[Term, ...]
    gbf_targets: tuple[Term, ...]
    aichi_targets: tuple[Term, ...]
    gbf_goals: tuple[Term, ...]
    gbf_indicators: tuple[Term, ...]
    sdg_goals: tuple[Term, ...]
    articles: tuple[Term, ...]
    kinds: tuple[Term, ...]
    authors: tuple[str, ...]
    dates: tuple[Date, ...]
    links: tuple[Link, ...]
    rights: RightsTold
    coordinates: tuple[Box, ...]
    source_page: str | None
    place: str | None
    organizer: str | None
    provenance: Provenance


_TEXTS = ("title", "summary", "description", "body", "publisher")
_SAME = tuple(name for name in RecordTold.__struct_fields__ if name not in (*_TEXTS, "keywords", "rights", "updated"))


def told(record: Published, stamp: str) -> RecordTold:
    """The record, which this index changed last at `stamp`."""
    values: dict[str, Any] = {name: getattr(record, name) for name in _SAME}
    values |= {name: local_texts(getattr(record, name)) for name in _TEXTS}
    keywords = [LocalText(word.value, word.language or UNKNOWN, direction(word.language)) for word in record.keywords]
    rights = {**msgspec.structs.asdict(record.rights), "statement": local_texts(record.rights.statement)}
    return RecordTold(**values, keywords=keywords, rights=RightsTold(**rights), updated=stamp)
