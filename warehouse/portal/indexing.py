"""The search index of a release, built once from its documents: a folder that is never changed.

`index.sqlite` has `postings(field, value, docs)`: for every value of an exact field, and every word of an analysed one,
the numbers of the documents that have it, as a serialised roaring bitmap (of 430,000 numbers two intersect in
microseconds); the value "" of a field holds all that have one. `docs(number, body)` holds each document as zstd JSON.
Numbers count from the newest document (`updatedDate_dt`, then `id`), so that the usual order needs no sorting.
`words/` is a tantivy index of the analysed fields with positions, for relevance and phrases; its documents are known
by the order in which they came, and `numbers.npy` leads from that to the number.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TypeAlias

import msgspec
import numpy as np
import tantivy
import zstandard
from pyroaring import BitMap

from harvesters.model import Json
from warehouse.index_documents import Document
from warehouse.portal.analysis import is_text, slot_of, words

LONGEST = 500  # characters of a value that is found as a whole
_CHUNK = 20_000  # documents whose postings are in memory at once
_HEAP = 128 * 2**20  # bytes that tantivy's writer may take
_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE docs(number INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE postings(field TEXT, value TEXT, docs BLOB NOT NULL, PRIMARY KEY(field, value)) WITHOUT ROWID;
CREATE TABLE came(place INTEGER PRIMARY KEY, updated TEXT, id TEXT, body BLOB);
CREATE TABLE chunk(field TEXT, value TEXT, places BLOB);
"""
_NUMBERED = """
INSERT INTO docs
SELECT row_number() OVER (ORDER BY updated DESC, id) - 1, body FROM came
"""
_SWEPT = "DROP TABLE came; DROP TABLE chunk; VACUUM;"

Values: TypeAlias = dict[tuple[str, str], list[int]]


def schema() -> tantivy.Schema:
    """The words of every analysed field under its name, and the place at which the document came."""
    builder = tantivy.SchemaBuilder()
    builder.add_json_field("words", stored=False, tokenizer_name="whitespace", index_option="position")
    builder.add_unsigned_field("place", stored=False, indexed=False, fast=True)
    return builder.build()


class Builder:
    """Takes documents in any order, each once; `close` finishes the index in the folder, which must be empty."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = sqlite3.connect(folder / "index.sqlite")
        self._index.executescript(_TABLES)
        (folder / "words").mkdir()
        self._words = tantivy.Index(schema(), path=str(folder / "words"))
        self._writer = self._words.writer(heap_size=_HEAP, num_threads=1)
        self._compressor = zstandard.ZstdCompressor(level=3)
        self._values: Values = defaultdict(list)
        self._place = 0

    def add(self, document: Document) -> None:
        """Take the next document."""
        place, analysed = self._place, {}
        for field, value in document.items():
            if is_text(field):
                found = [words(text, slot_of(field)) for text in (value if isinstance(value, list) else [value])]
                analysed[field] = " ".join(word for text in found for word in text)
                keys = {word for text in found for word in text}
            else:
                keys = set(exact_values(value))
            for key in (*keys, ""):
                self._values[field, key].append(place)
        searched = tantivy.Document()
        searched.add_json("words", analysed)
        searched.add_unsigned("place", place)
        self._writer.add_document(searched)
        body = self._compressor.compress(msgspec.json.encode(document))
        row = (place, document.get("updatedDate_dt", ""), document["id"], body)
        self._index.execute("INSERT INTO came VALUES (?, ?, ?, ?)", row)
        self._place += 1
        if self._place % _CHUNK == 0:
            self._spill()

    def close(self) -> list[Path]:
        """Finish; returns the files that were written."""
        self._spill()
        places = self._index.execute("SELECT place FROM came ORDER BY updated DESC, id")
        numbers = np.empty(self._place, dtype=np.uint32)
        numbers[np.fromiter((place for (place,) in places), dtype=np.int64, count=self._place)] = np.arange(
            self._place, dtype=np.uint32
        )
        np.save(self._folder / "numbers.npy", numbers)
        self._index.execute(_NUMBERED)
        self._index.executemany("INSERT INTO postings VALUES (?, ?, ?)", self._postings(numbers))
        self._index.commit()
        self._index.executescript(_SWEPT)
        self._index.close()
        self._writer.commit()
        self._writer.wait_merging_threads()
        for lock in self._folder.rglob(".*.lock"):
            lock.unlink()  # of the writer, which is done
        return sorted(path for path in self._folder.rglob("*") if path.is_file())

    def _spill(self) -> None:
        rows = ((field, value, BitMap(places).serialize()) for (field, value), places in self._values.items())
        self._index.executemany("INSERT INTO chunk VALUES (?, ?, ?)", rows)
        self._values.clear()

    def _postings(self, numbers: np.ndarray) -> Iterator[tuple[str, str, bytes]]:
        rows = self._index.execute("SELECT field, value, places FROM chunk ORDER BY field, value")
        for (field, value), same in groupby(rows, key=itemgetter(0, 1)):
            places = BitMap.union(*(BitMap.deserialize(row[2]) for row in same))
            docs = BitMap(numbers[np.asarray(places.to_array())])
            docs.run_optimize()
            yield field, value, docs.serialize()


def exact_values(value: Json) -> list[str]:
    """The values of an exact field as they are looked up and sorted: numbers padded, truths as words; none too long."""
    several = value if isinstance(value, list) else [value]
    return [key for one in several if len(key := exact_value(one)) <= LONGEST and key]


def exact_value(value: Json) -> str:
    """One value as text that sorts as the value does."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value + 10**15:017.3f}"  # from -10^15 on
    return str(value)
