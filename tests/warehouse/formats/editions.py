"""A release of a test's own records, as formats are fed with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from msgspec.structs import replace

from harvesters.source import Source
from normalizers.model import CommonRecord
from normalizers.terms import terms_of
from tests.warehouse.making import write_batch
from vocabularies.model import Vocabulary
from vocabularies.skos import files, load_all
from warehouse import formats
from warehouse.edition import Edition, Portion
from warehouse.formats import Written
from warehouse.index_documents import Index
from warehouse.model import Release, SourceState
from warehouse.records import RECORDS

PUBLISHED = datetime(2026, 3, 2, 6, tzinfo=UTC)
STATE = SourceState(
    id="be_chm",
    name="Belgium",
    government="BE",
    records=0,
    deleted=1,
    snapshot="S",
    last_success=PUBLISHED,
    as_of=PUBLISHED,
)


@cache
def vocabularies() -> Mapping[str, Vocabulary]:
    return load_all()


@cache
def index() -> Index:
    return Index("chm-national", terms_of(vocabularies()))


def edition(records: Sequence[CommonRecord] = (), **keys: Any) -> Edition:
    """A release of Belgium's records."""
    release = Release(
        release="20260302T060000Z",
        published=PUBLISHED,
        records=len(records),
        deleted=1,
        sources=(replace(STATE, records=len(records)),),
        files=(),
    )
    source = Source(id="be_chm", name="Belgium's site", government="BE", protocol="feed", url="https://be.example/feed")
    given = {
        "release": release,
        "vocabularies": vocabularies(),
        "vocabulary_files": files(),
        "sources": {"be_chm": source},
        "index": index(),
        "address": "https://chm.example.org",
    }
    return Edition(**{**given, **keys})


def portions(folder: Path, records: Sequence[CommonRecord]) -> list[Portion]:
    """The records in two portions, by way of Parquet as in a release."""
    path = write_batch(folder / "batch", records) / "records.parquet"
    rows = pq.read_table(path).select(RECORDS.names).cast(RECORDS)
    batches = rows.to_batches(max_chunksize=max(1, len(records) // 2 + 1))
    return [Portion(batch, index()) for batch in batches]


def write(name: str, folder: Path, records: Sequence[CommonRecord], **keys: Any) -> list[Written]:
    """One format's files of these records, in the folder."""
    folder.mkdir(exist_ok=True)
    made = edition(records, **keys)
    writer = formats.load(name).open(folder, made)
    for portion in portions(folder.parent / f"{folder.name}-{name}", records):
        made.tally.add(portion.records)
        writer.add(portion)
    return writer.close()
