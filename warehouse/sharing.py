"""What leaves the warehouse: of every record as much as its `rights.share` allows, and nothing of what it keeps back.

All published formats are fed through `shared`; the snapshots and the raw pages keep everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from normalizers.sharing import SUMMARY_WORDS, count_words, first_words

# What a record that is shared as a link alone keeps: who has something of this title, where it is, and on what terms.
_OF_A_LINK = frozenset((
    "identifier", "source", "source_identifier", "schema", "government", "origin", "title", "languages", "rights",
    "source_page", "provenance", "fingerprint", "run", "page",
))  # fmt: skip
_PROSE = ("summary", "description")


def shared(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows and values of `batch`, in its schema, that everybody may see.

    Rows of `share` none are gone; those of `link` keep the fields above and the link to their page; those of
    `metadata` keep at most 300 words of summary and description together in each language, and no `body`.
    """
    batch = public(batch)
    share = _share(batch).to_pylist()
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    if "metadata" in share:
        prose = [columns[name].to_pylist() for name in _PROSE]
        cut = [_shortened(*texts) if kept == "metadata" else texts for kept, *texts in zip(share, *prose, strict=True)]
        columns |= {
            name: pa.array(values, batch.schema.field(name).type)
            for name, values in zip(_PROSE, zip(*cut, strict=True), strict=True)
        }
        is_metadata = pa.array([kept == "metadata" for kept in share])
        columns["body"] = pc.if_else(is_metadata, _nothing(columns["body"].type), columns["body"])
    if "link" in share:
        is_link = pa.array([kept == "link" for kept in share])
        columns |= {
            name: pc.if_else(is_link, _nothing(column.type), column)
            for name, column in columns.items()
            if name not in _OF_A_LINK
        }
    return pa.record_batch(list(columns.values()), schema=batch.schema)


def public(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows of which anything is shared, as they are."""
    return batch.filter(pc.not_equal(_share(batch), "none"))


def count(path: Path) -> int:
    """How many records of a snapshot's file are shared at all."""
    with pq.ParquetFile(path) as file:
        batches = file.iter_batches(columns=["rights.share"])
        return sum(pc.sum(pc.not_equal(_share(batch), "none")).as_py() or 0 for batch in batches)


def _share(batch: pa.RecordBatch) -> pa.Array:
    return batch.column("rights").field("share")


def _nothing(kind: pa.DataType) -> pa.Scalar:
    """The value of a field that says nothing: an empty list or map, else null."""
    return pa.scalar([] if pa.types.is_list(kind) or pa.types.is_map(kind) else None, kind)


_Texts = Sequence[tuple[str, str]]


def _shortened(summary: _Texts, description: _Texts) -> tuple[Any, Any]:
    """The first 300 words of both together, in each language; a description all of which is cut is gone."""
    short = {language: first_words(text, SUMMARY_WORDS) for language, text in summary}
    left = {language: SUMMARY_WORDS - count_words(text) for language, text in short.items()}
    words = ((language, first_words(text, left.get(language, SUMMARY_WORDS))) for language, text in description)
    return list(short.items()), [(language, text) for language, text in words if left.get(language, 1) > 0]
