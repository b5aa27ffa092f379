"""Common records, tombstones and batches of a test's own making."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from normalizers.model import Box, CommonRecord, Date, Link, Outcome, Provenance, Rights, Term, Text, Tombstone
from normalizers.terms import RECORD_FIELDS
from warehouse.records import BatchWriter, Place

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
MAYBE = st.none() | TEXT
_DEGREES = st.floats(-90, 90)
_STRINGS = st.lists(TEXT, max_size=3).map(tuple)
_LSTRING = st.dictionaries(st.sampled_from(["en", "fr", "ar", "zh-Hans", "und"]), TEXT, max_size=3)


def _list(item: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(item, max_size=3).map(tuple)


_TERMS = _list(st.builds(Term, identifier=TEXT, verbatim=TEXT, by=st.sampled_from(["notation", "lookup"])))

COMMON_RECORDS = st.builds(
    CommonRecord,
    identifier=TEXT,
    source=TEXT,
    source_identifier=TEXT,
    schema=TEXT,
    government=MAYBE,
    origin=TEXT,
    title=_LSTRING,
    summary=_LSTRING,
    description=_LSTRING,
    body=_LSTRING,
    languages=_STRINGS,
    types=_STRINGS,
    countries=_TERMS,
    regions=_TERMS,
    subjects=_TERMS,
    gbf_targets=_TERMS,
    aichi_targets=_TERMS,
    gbf_goals=_TERMS,
    gbf_indicators=_TERMS,
    sdg_goals=_TERMS,
    articles=_TERMS,
    kinds=_TERMS,
    keywords=_list(st.builds(Text, value=TEXT, language=MAYBE)),
    authors=_STRINGS,
    publisher=_LSTRING,
    dates=_list(st.builds(Date, kind=st.sampled_from(["published", "start"]), value=TEXT, verbatim=TEXT)),
    links=_list(st.builds(Link, url=TEXT, rel=TEXT, name=MAYBE, language=MAYBE, media_type=MAYBE)),
    rights=st.builds(
        Rights,
        statement=_LSTRING,
        licence=MAYBE,
        share=st.sampled_from(["full", "metadata", "link", "none"]),
        because=st.sampled_from(["licence", "source"]),
        labels=_STRINGS,
        access=MAYBE,
        embargo=MAYBE,
    ),
    coordinates=_list(st.builds(Box, west=_DEGREES, south=_DEGREES, east=_DEGREES, north=_DEGREES)),
    source_page=MAYBE,
    place=MAYBE,
    organizer=MAYBE,
    provenance=st.builds(
        Provenance,
        profile=TEXT,
        url=TEXT,
        item=st.integers(0, 2**40),
        received=TEXT,
        datestamp=MAYBE,
        sets=_STRINGS,
        first_seen=MAYBE,
        detected=_STRINGS,
    ),
    fingerprint=TEXT,
)


def common(name: str, title: str = "A title", **keys: Any) -> CommonRecord:
    """A record whose fingerprint is its title, unless `keys` say otherwise."""
    empty: dict[str, Any] = {key: {} for key in ("summary", "description", "body", "publisher")}
    lists = ("languages", "types", "keywords", "authors", "dates", "links", "coordinates")
    empty |= dict.fromkeys((*RECORD_FIELDS, *lists), ())
    given = {
        "identifier": f"ID-{name}",
        "source": "be_chm",
        "source_identifier": name,
        "schema": "resource",
        "government": "be",
        "origin": "national",
        "title": {"en": title},
        "rights": Rights(),
        "source_page": None,
        "place": None,
        "organizer": None,
        "provenance": Provenance(profile="oai_dc", url="https://x.example/", item=0, received="2026-03-01T06:00:00Z"),
        "fingerprint": title,
    }
    return CommonRecord(**{**empty, **given, **keys})


def tombstone(name: str, datestamp: str | None = "2026-03-01") -> Tombstone:
    return Tombstone(identifier=f"ID-{name}", source="be_chm", source_identifier=name, datestamp=datestamp)


def write_batch(folder: Path, said: Sequence[CommonRecord | Tombstone], run: str = "R") -> Path:
    """A normalised batch that says these things in this order."""
    folder.mkdir(parents=True)
    with BatchWriter(folder) as writer:
        for number, record in enumerate(said, start=1):
            writer.add(Outcome(record=record), Place(run, 0, number))
    return folder
