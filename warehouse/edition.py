"""What a format may tell of a release besides its records, and the forms of the records that several formats need."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa
from msgspec import Struct, field

from harvesters.source import Source
from normalizers.model import CommonRecord
from vocabularies.model import Vocabulary
from warehouse.index_documents import Document, Index
from warehouse.model import Release
from warehouse.tally import Tally

OF_THE_CHM = frozenset(("chm_index",))
"""Profiles of the records that the CHM's own API gives."""

_RECORDS = msgspec.json.Decoder(CommonRecord)


class Edition(Struct, frozen=True, kw_only=True, eq=False):
    """A release that is being made.

    `release` is its manifest so far, without files; `previous` the folder of the release that it goes on from, if any,
    and `stamps` of the one whose stamps it keeps: that, or itself as it was, where it is written anew.
    `sources` are those whose file can be read, by id; `vocabularies` are by scheme, and `vocabulary_files` the Turtle
    that they were read from. `address` is where readers reach the published index, without a slash at its end.
    `solr_central` is `CHM_SOLR_CENTRAL`. `tally` has counted all records when the writers are closed.
    """

    release: Release
    vocabularies: Mapping[str, Vocabulary]
    vocabulary_files: Mapping[str, Path]
    sources: Mapping[str, Source]
    index: Index
    address: str
    previous: Path | None = None
    stamps: Path | None = None
    solr_central: bool = False
    tally: Tally = field(default_factory=Tally)

    def is_for_solr(self, record: CommonRecord) -> bool:
        """Whether the documents for the CHM's own Solr have it: what came from there is there."""
        return self.solr_central or record.provenance.profile not in OF_THE_CHM

    def record_address(self, identifier: str) -> str:
        """Where readers find one record."""
        return f"{self.address}/records/{identifier}"

    def file_address(self, name: str) -> str:
        """Where readers find one file of this release."""
        return f"{self.address}/releases/{self.release.release}/{name}"


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """An empty one, for all portions: to open one costs as much as the JSON of a thousand records."""
    return duckdb.connect()


class Portion:
    """Some records of a release, in the order of all; each form of them is made once, when it is first asked for."""

    def __init__(self, batch: pa.RecordBatch, index: Index) -> None:
        self.batch = batch
        self._index = index

    @cached_property
    def lines(self) -> pa.ChunkedArray:
        """A JSON object and a line feed for each record, keys as in the Parquet schema, maps as objects."""
        with _database().cursor() as duck:  # its to_json writes maps as objects, and faster than Python does
            duck.register("batch", pa.Table.from_batches([self.batch]))
            table = duck.sql("SELECT to_json(batch)::VARCHAR || chr(10) AS line FROM batch").to_arrow_table()
        return table.column("line")

    @property
    def json(self) -> list[pa.Buffer]:
        """The bytes of all `lines`, one after the other: no Python object is made of any."""
        buffers = (chunk.buffers()[2] for chunk in self.lines.chunks)
        return [data for data in buffers if data]

    @cached_property
    def records(self) -> list[CommonRecord]:
        """The records as the normalisers make them."""
        return [record for data in self.json for record in _RECORDS.decode_lines(data)]

    @cached_property
    def documents(self) -> list[Document]:
        """The records as documents of the CHM's own index; they are shared, so do not change them."""
        return [self._index.document(record) for record in self.records]
