"""The search index of a release, built once from its documents: a folder that is never changed.

`index.sqlite` has `postings(field, value, rank, docs)`: for every value of an exact field, and every word of an
analysed one, the numbers of the documents that have it: one number, or many as a serialised roaring bitmap (of 430,000
numbers two intersect in microseconds); `rank` counts the values of a field in their order, from 1. `fields` has for
every field all documents that have it, how many values there are, and where a document has one at most, `ranks`: for
each document the rank of its value, or 0, by which it is sorted. `docs(place, body)` holds the documents as zstd JSON,
packed with a dictionary. Numbers count from the newest document (`updatedDate_dt`, then `id`), so that the usual order
needs no sorting; places count the documents as they came, and `numbers.npy` leads from the one to the other.
`words/` is a tantivy index of the analysed fields with positions, for relevance and phrases.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TypeAlias

import msgspec
import numpy as np
import tantivy
import zstandard
from msgspec import Struct, field
from pyroaring import BitMap

from harvesters.model import Json
from warehouse.index_documents import Document
from warehouse.portal.analysis import is_text, slot_of, with_characters, words
from warehouse.portal.values import LONGEST, is_single, key_of

LEVEL = 3  # of zstd
_LABEL, _LABELS = 300, 2_000  # characters of a text that may well come back, and how many of a field are remembered
_CHUNK = 20_000  # documents whose postings are in memory at once
_SAMPLE = 64 * 2**10  # bytes of the first documents that serve as dictionary for all
_HEAP = 128 * 2**20  # bytes that tantivy's writer may take
_BETWEEN = "|"  # stands between the values of a field, so that no phrase reaches from one to the next; it is no word
_UNSAFE = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"  # what a crash leaves is thrown away
_TABLES = f"""{_UNSAFE}
CREATE TABLE docs(place INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE dictionary(sample BLOB NOT NULL);
CREATE TABLE fields(
    field INTEGER PRIMARY KEY, name TEXT UNIQUE, count INTEGER NOT NULL, docs BLOB NOT NULL, ranks BLOB
);
CREATE TABLE postings(field INTEGER, value TEXT, rank INTEGER NOT NULL, docs NOT NULL, PRIMARY KEY(field, value))
WITHOUT ROWID;
"""
_CAME = f"""{_UNSAFE}
CREATE TABLE came(place INTEGER PRIMARY KEY, updated TEXT, id TEXT);
CREATE TABLE chunks(field INTEGER, value TEXT, places);
"""

Numbers: TypeAlias = "array[int]"


def schema() -> tantivy.Schema:
    """The words of every analysed field under its name, and the place at which the document came."""
    builder = tantivy.SchemaBuilder()
    builder.add_json_field("words", stored=False, tokenizer_name="whitespace", index_option="position")
    builder.add_unsigned_field("place", stored=False, indexed=True, fast=True)
    return builder.build()


class _Label(Struct):
    """A value of an analysed field: its words in order, those by which it is found, and the places that have it."""

    said: str
    keys: AbstractSet[str]
    places: list[int]


class _Field(Struct):
    """A field that came: which, its language where it is analysed, and the places of its values in this chunk."""

    number: int
    slot: str | None
    is_single: bool
    values: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    labels: dict[str | tuple[str, ...], _Label] = field(default_factory=dict)

    def add(self, value: Json, place: int) -> None:
        """Take the value of an exact field that is not one short text."""
        for one in value if isinstance(value, list) else (value,):
            if one != "":
                self.values[key_of(one)].append(place)

    def say(self, value: str | list[str], place: int) -> str:
        """Take the value of an analysed field; returns its words in order.

        Labels come back in every document: what is short is remembered, and its words are looked through once a chunk.
        """
        key = value if isinstance(value, str) else value[0] if len(value) == 1 else tuple(value)
        label = self.labels.get(key)
        if label:
            label.places.append(place)
            return label.said
        said, keys = _analysed(key, self.slot or "")
        if len(said) <= _LABEL and len(self.labels) < _LABELS:
            self.labels[key] = _Label(said, keys, [place])
        else:
            values = self.values
            for one in keys:
                values[one].append(place)
        return said

    def chunk(self) -> Iterator[tuple[int, str, int | bytes]]:
        """Every value with its places, in their order; none is left behind."""
        for label in self.labels.values():
            for one in label.keys:
                self.values[one] += label.places
        for value, places in self.values.items():
            yield self.number, value, places[0] if len(places) == 1 else array("I", places).tobytes()
        self.labels.clear()
        self.values.clear()


class _Fields(dict[str, _Field]):
    """Every field that came, by its name."""

    def __missing__(self, name: str) -> _Field:
        slot = slot_of(name) if is_text(name) else None
        self[name] = met = _Field(len(self), slot, is_single(name))
        return met


class Builder:
    """Takes documents in any order, each once; `close` finishes the index in the folder, which must be empty."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = sqlite3.connect(folder / "index.sqlite")
        self._index.executescript(_TABLES)
        self._chunks = sqlite3.connect(folder / "chunks.sqlite")
        self._chunks.executescript(_CAME)
        (folder / "words").mkdir()
        self._writer = tantivy.Index(schema(), path=str(folder / "words")).writer(heap_size=_HEAP, num_threads=1)
        self._fields = _Fields()
        self._came: list[tuple[int, str, str]] = []
        self._bodies: list[tuple[int, bytes]] = []
        self._packer: zstandard.ZstdCompressor | None = None
        self._place = 0

    def add(self, document: Document) -> None:
        """Take the next document."""
        place, fields, analysed = self._place, self._fields, {}
        for name, value in document.items():
            met = fields[name]
            if met.slot is not None:
                analysed[name] = met.say(value, place)
            elif type(value) is str and len(value) <= LONGEST:
                met.values[value].append(place)
            else:
                met.add(value, place)
        self._writer.add_json(msgspec.json.encode({"words": analysed, "place": place}).decode())
        self._came.append((place, document.get("updatedDate_dt", ""), document["id"]))
        self._keep(place, msgspec.json.encode(document))
        self._place += 1
        if self._place % _CHUNK == 0:
            self._spill()

    def close(self) -> list[Path]:
        """Finish; returns the files that were written."""
        self._pack()
        self._spill()
        numbers = self._numbers()
        np.save(self._folder / "numbers.npy", np.asarray(numbers, dtype=np.uint32))
        rows = self._chunks.execute("SELECT field, value, places FROM chunks ORDER BY field, value")
        names = {met.number: (name, met.is_single) for name, met in self._fields.items()}
        for number, group in groupby(rows, key=itemgetter(0)):
            merged = _Merged(number, numbers, has_ranks=names[number][1])
            self._index.executemany("INSERT INTO postings VALUES (?, ?, ?, ?)", merged.postings(group))
            told = (number, names[number][0], merged.count, merged.docs.serialize(), merged.packed_ranks())
            self._index.execute("INSERT INTO fields VALUES (?, ?, ?, ?, ?)", told)
        self._chunks.close()
        (self._folder / "chunks.sqlite").unlink()
        self._index.commit()
        self._index.close()
        self._writer.commit()
        self._writer.wait_merging_threads()
        for lock in self._folder.rglob(".*.lock"):
            lock.unlink()  # of the writer, which is done
        return sorted(path for path in self._folder.rglob("*") if path.is_file())

    def _keep(self, place: int, body: bytes) -> None:
        """Pack a document, once the first ones have given a dictionary."""
        if self._packer is None:
            self._bodies.append((place, body))
            if sum(len(waiting) for _, waiting in self._bodies) >= _SAMPLE:
                self._pack()
        else:
            self._bodies.append((place, self._packer.compress(body)))

    def _pack(self) -> None:
        """Make the dictionary of the first documents, and pack them."""
        if self._packer:
            return
        sample = b"".join(body for _, body in self._bodies)[:_SAMPLE]
        self._index.execute("INSERT INTO dictionary VALUES (?)", (sample,))
        self._packer = zstandard.ZstdCompressor(level=LEVEL, dict_data=dictionary(sample))
        self._bodies = [(place, self._packer.compress(body)) for place, body in self._bodies]

    def _spill(self) -> None:
        self._index.executemany("INSERT INTO docs VALUES (?, ?)", self._bodies)
        self._bodies.clear()
        self._chunks.executemany("INSERT INTO came VALUES (?, ?, ?)", self._came)
        self._came.clear()
        for met in self._fields.values():
            self._chunks.executemany("INSERT INTO chunks VALUES (?, ?, ?)", met.chunk())

    def _numbers(self) -> Numbers:
        """For each place the number of the document that came there."""
        numbers = array("I", bytes(4 * self._place))
        places = self._chunks.execute("SELECT place FROM came ORDER BY updated DESC, id")
        for number, (place,) in enumerate(places):
            numbers[place] = number
        return numbers


class _Merged:
    """The postings of one field, of all chunks together; the rest is known when all were taken."""

    def __init__(self, field: int, numbers: Numbers, *, has_ranks: bool) -> None:
        self._field = field
        self._numbers = numbers
        self._by_place = np.frombuffer(numbers, dtype=np.uint32) if numbers else np.empty(0, dtype=np.uint32)
        self._ranks = array("I", bytes(4 * len(numbers))) if has_ranks else None
        self.count = 0
        self.docs = BitMap()

    def postings(self, rows: Iterator[tuple[int, str, int | bytes]]) -> Iterator[tuple[int, str, int, int | bytes]]:
        """The rows of the table for those of the chunks, which come by value."""
        single: list[int] = []
        for value, same in groupby(rows, key=itemgetter(1)):
            self.count += 1
            found = [row[2] for row in same]
            if len(found) == 1 and isinstance(found[0], int):
                number = self._numbers[found[0]]
                single.append(number)
                if self._ranks:
                    self._ranks[number] = self.count
                yield self._field, value, self.count, number
            else:
                yield self._field, value, self.count, self._many(found)
        self.docs |= BitMap(single)

    def packed_ranks(self) -> bytes | None:
        """`ranks` as the table has them."""
        return zstandard.compress(self._ranks.tobytes(), 1) if self._ranks is not None else None

    def _many(self, found: list[int | bytes]) -> bytes:
        places = b"".join(array("I", [one]).tobytes() if isinstance(one, int) else one for one in found)
        numbers = self._by_place[np.frombuffer(places, dtype=np.uint32)]
        if self._ranks:
            np.frombuffer(self._ranks, dtype=np.uint32)[numbers] = self.count
        docs = BitMap(array("I", numbers.tobytes()))
        self.docs |= docs
        docs.run_optimize()
        return docs.serialize()


def dictionary(sample: bytes) -> zstandard.ZstdCompressionDict:
    """The dictionary with which documents are packed."""
    made = zstandard.ZstdCompressionDict(sample, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    made.precompute_compress(level=LEVEL)
    return made


def _analysed(value: str | tuple[str, ...], slot: str) -> tuple[str, AbstractSet[str]]:
    """The words of a field in order, and those by which it is found."""
    if isinstance(value, str):
        return _text(value, slot)
    several = [_text(text, slot) for text in value]
    return f" {_BETWEEN} ".join([said for said, _ in several]), several[0][1].union(*[keys for _, keys in several])


@lru_cache(maxsize=256)
def _text(text: str, slot: str) -> tuple[str, frozenset[str]]:
    """Each text of a document stands in several of its fields."""
    found = words(text, slot)
    return " ".join(found), with_characters(found)
