"""Which documents a question means, and in which order; everything is a set of document numbers, newest first."""

from __future__ import annotations

import re
import sqlite3
import threading
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypedDict

import msgspec
import numpy as np
import tantivy
import zstandard
from msgspec import Struct
from pyroaring import BitMap, FrozenBitMap

from warehouse.index_documents import Document
from warehouse.portal.analysis import folded, is_text, slot_of, words
from warehouse.portal.indexing import dictionary
from warehouse.portal.questions import (
    All,
    Boosted,
    Clauses,
    Exists,
    Pattern,
    Phrase,
    Question,
    QuestionError,
    Range,
    Word,
)
from warehouse.portal.values import is_number, is_single, key_asked

_MOST_VALUES = 50_000  # of one pattern, range or facet; more of them is a question too wide
_PEEK = 200  # documents that relevance is asked for at first; ten times more each time that they are too few
_FEW = 1_000  # documents among which relevance is sought directly
_END = "\U0010ffff"


class _Field(Struct, frozen=True):
    """What the index says of a field: its number there, and how many values it has."""

    number: int
    count: int


class Searcher:
    """A finished index, read only; any number of threads may ask it at once.

    `realms_of_chm` are found too where a question says `realm_ss:chm` (`CHM_REALMS_OF_CHM`).
    """

    def __init__(self, folder: Path, realms_of_chm: tuple[str, ...] = ()) -> None:
        self.realms_of_chm = realms_of_chm
        self._path = folder / "index.sqlite"
        self._local = threading.local()
        self._words = tantivy.Index.open(str(folder / "words"))
        self._schema = self._words.schema
        self._numbers = np.load(folder / "numbers.npy")
        self.count = len(self._numbers)
        self._places = np.empty(self.count, dtype=np.int64)
        self._places[self._numbers] = np.arange(self.count)
        self.all = FrozenBitMap(range(self.count))
        known = self._rows("SELECT name, field, count FROM fields")
        self._fields = {name: _Field(number, count) for name, number, count in known}
        self.fields = frozenset(self._fields)
        ((sample,),) = self._rows("SELECT sample FROM dictionary")
        self._dictionary = dictionary(sample)
        # One memo an index: it is dropped with it when a new release takes over.
        self.posting = lru_cache(maxsize=20_000)(self._posting)
        self.having = lru_cache(maxsize=1_000)(self._having)
        self.values = lru_cache(maxsize=200)(self._values)
        self.ranks = lru_cache(maxsize=50)(self._ranks)
        self.matching = lru_cache(maxsize=2_000)(self._matching)
        self.hits = lru_cache(maxsize=1_000)(self._hits)
        self.counts = lru_cache(maxsize=1_000)(self._counts)

    def documents(self, numbers: Sequence[int], names: frozenset[str] | None = None) -> list[Document]:
        """The documents of these numbers, in this order: whole, or their fields of these names."""
        reader = zstandard.ZstdDecompressor(dict_data=self._dictionary)
        decode = _decoder(names).decode
        found = []
        for place in self._places[np.asarray(numbers, dtype=np.int64)].tolist():
            ((body,),) = self._rows("SELECT body FROM docs WHERE place = ?", place)
            found.append(decode(reader.decompress(body)))
        return found

    def ordered(self, question: Question, within: FrozenBitMap, most: int) -> list[int]:
        """The first `most` of the documents `within` by relevance to the question; of equals the newest first."""
        asked = self._relevance(question)
        if asked is None or not most:
            return list(within[:most])
        if len(within) <= _FEW:
            return self._among(asked, within)[:most]
        ranked: list[int] = []
        limit = _PEEK + most
        while True:
            found = self._ranked(asked, limit)
            ranked = [number for number in found if number in within][:most]
            if len(ranked) >= most or len(found) < limit:
                break
            limit *= 10
        rest = BitMap(within) - BitMap(ranked)
        return (ranked + list(rest[: most - len(ranked)]))[:most]

    def _among(self, asked: tantivy.Query, within: FrozenBitMap) -> list[int]:
        """Few documents by relevance: tantivy is told which."""
        places = self._places[np.asarray(within.to_array(), dtype=np.int64)].tolist()
        these = tantivy.Query.const_score_query(tantivy.Query.term_set_query(self._schema, "place", places), 0.0)
        parts = [(tantivy.Occur.Must, these), (tantivy.Occur.Should, asked)]
        return self._ranked(tantivy.Query.boolean_query(parts), len(within) or 1)

    def _ranked(self, asked: tantivy.Query, limit: int) -> list[int]:
        """The numbers of the `limit` most relevant documents; of equals the newest first."""
        searcher = self._words.searcher()
        hits = searcher.search(asked, limit=limit, count=False).hits
        if not hits:
            return []
        places = searcher.fast_field_values("place", [address for _, address in hits])
        numbers = self._numbers[np.asarray(places, dtype=np.int64)]
        order = np.lexsort((numbers, -np.fromiter((score for score, _ in hits), dtype=np.float64, count=len(hits))))
        return [int(number) for number in numbers[order]]

    def _hits(self, question: Question, filters: frozenset[Question]) -> FrozenBitMap:
        """The documents that a question and all filters mean."""
        return self._clauses(Clauses(must=(question, *filters)))

    def _counts(self, field: str, question: Question, filters: frozenset[Question]) -> Sequence[int]:
        """For each of the `values` of a field how many of the hits have it."""
        hits = self.hits(question, filters)
        return array("I", [hits.intersection_cardinality(docs) for _, docs in self.values(field)])

    def _matching(self, question: Question) -> FrozenBitMap:  # noqa: PLR0911 - one line for each kind there is
        """The documents that a question means."""
        match question:
            case All():
                return self.all
            case Exists(field):
                return self.having(field)
            case Boosted(part, _):
                return self.matching(part)
            case Word(field, text):
                return self._word(field, text)
            case Pattern(field, text):
                return self._alike(field, text)
            case Phrase(field, text, slop):
                return self._phrase(field, text, slop)
            case Range():
                return self._between(question)
            case Clauses():
                return self._clauses(question)

    def _clauses(self, question: Clauses) -> FrozenBitMap:
        if question.must:
            found = BitMap.intersection(*(BitMap(self.matching(part)) for part in question.must))
        else:
            found = BitMap.union(BitMap(), *(BitMap(self.matching(part)) for part in question.should))
        for part in question.must_not:
            found -= self.matching(part)
        return FrozenBitMap(found)

    def _word(self, field: str, text: str) -> FrozenBitMap:
        if not is_text(field):
            return self.posting(field, key_asked(field, text))
        asked = words(text, slot_of(field))
        return self.posting(field, asked[0]) if len(asked) == 1 else self._phrase(field, text, 0)

    def _phrase(self, field: str, text: str, slop: int) -> FrozenBitMap:
        if not is_text(field):
            return self.posting(field, key_asked(field, text)) if text else FrozenBitMap()
        asked = words(text, slot_of(field))
        if len(asked) < 2:
            return self.posting(field, asked[0]) if asked else FrozenBitMap()
        candidates = BitMap.intersection(*(BitMap(self.posting(field, word)) for word in set(asked)))
        if not candidates:
            return FrozenBitMap()
        query = tantivy.Query.phrase_query(self._schema, f"words.{field}", [*asked], slop=slop)
        return FrozenBitMap(self._ranked(query, len(candidates)))

    def _alike(self, field: str, pattern: str) -> FrozenBitMap:
        """The documents of the values that a pattern means: of a text its words, unstemmed as patterns are in Solr."""
        if is_number(field):
            raise QuestionError(f"{field}: {pattern!r} is a pattern, which numbers have none; ask for a range.")
        pattern = folded(pattern) if is_text(field) else pattern
        wild, start = glob(pattern), re.split(r"[*?\\]", pattern, maxsplit=1)[0]
        query = "SELECT value, docs FROM postings WHERE field = ? AND value >= ? AND value < ? ORDER BY value"
        rows = self._rows(query, self._number(field), start, start + _END)
        return self._union(f"{field}:{pattern}", (docs for value, docs in rows if wild.fullmatch(value)))

    def _between(self, asked: Range) -> FrozenBitMap:
        field = asked.field
        convert = folded if is_text(field) else partial(key_asked, field)
        low, high = (end if end is None else convert(end) for end in (asked.low, asked.high))
        if is_single(field):
            ranks = self.ranks(field)
            first = 1 if low is None else self._rank(field, low, ">=" if asked.with_low else ">")
            after = len(ranks) + 1 if high is None else self._rank(field, high, ">" if asked.with_high else ">=")
            return FrozenBitMap(_bitmap(np.flatnonzero((ranks >= first) & (ranks < after))))
        clauses = ["field = ?"]
        ends: list[int | str] = [self._number(field)]
        for end, sign in ((low, ">=" if asked.with_low else ">"), (high, "<=" if asked.with_high else "<")):
            if end is not None:
                clauses.append(f"value {sign} ?")
                ends.append(end)
        rows = self._rows(f"SELECT docs FROM postings WHERE {' AND '.join(clauses)}", *ends)
        return self._union(f"{field}:[{low} TO {high}]", (docs for (docs,) in rows))

    def _rank(self, field: str, value: str, sign: str) -> int:
        """The rank of the first value of a field that is at or after another; beyond all where there is none."""
        query = f"SELECT rank FROM postings WHERE field = ? AND value {sign} ? ORDER BY value LIMIT 1"
        return next((rank for (rank,) in self._rows(query, self._number(field), value)), self.count + 1)

    def _union(self, asked: str, several: Iterator[int | bytes]) -> FrozenBitMap:
        found, single = BitMap(), []
        for number, docs in enumerate(several):
            if number >= _MOST_VALUES:
                raise QuestionError(f"{asked} means more than {_MOST_VALUES} values; ask for fewer.")
            if isinstance(docs, int):
                single.append(docs)
            else:
                found |= BitMap.deserialize(docs)
        return FrozenBitMap(found | BitMap(single))

    def _relevance(self, question: Question) -> tantivy.Query | None:
        """The words that a question asks for, weighted, for tantivy; None where it asks for none."""
        match question:
            case Boosted(part, factor):
                inner = self._relevance(part)
                return tantivy.Query.boost_query(inner, factor) if inner else None
            case Word(field, text) if is_text(field):
                return self._scored(field, words(text, slot_of(field)), 0)
            case Phrase(field, text, slop) if is_text(field):
                return self._scored(field, words(text, slot_of(field)), slop)
            case Clauses(must, should, _):
                parts = [inner for part in (*must, *should) if (inner := self._relevance(part))]
                return tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts]) if parts else None
            case _:
                return None

    def _scored(self, field: str, asked: list[str], slop: int) -> tantivy.Query | None:
        path = f"words.{field}"
        if not asked or field not in self.fields:
            return None
        if len(asked) == 1:
            return tantivy.Query.term_query(self._schema, path, asked[0])
        return tantivy.Query.phrase_query(self._schema, path, [*asked], slop=slop)

    def _number(self, field: str) -> int:
        """The number of a field in the index; one that no field has where no document has this one."""
        known = self._fields.get(field)
        return known.number if known else -1

    def _posting(self, field: str, value: str) -> FrozenBitMap:
        """The documents that have a value in a field."""
        query = "SELECT docs FROM postings WHERE field = ? AND value = ?"
        return next((_docs(docs) for (docs,) in self._rows(query, self._number(field), value)), FrozenBitMap())

    def _having(self, field: str) -> FrozenBitMap:
        """The documents that have any value in a field."""
        query = "SELECT docs FROM fields WHERE name = ?"
        return next((FrozenBitMap.deserialize(docs) for (docs,) in self._rows(query, field)), FrozenBitMap())

    def _values(self, field: str) -> tuple[tuple[str, FrozenBitMap], ...]:
        """Every value of a field with its documents, by value. Raises QuestionError where they are too many."""
        known = self._fields.get(field)
        if known and known.count > _MOST_VALUES:
            raise QuestionError(f"{field} has {known.count} values; at most {_MOST_VALUES} are counted or grouped by.")
        query = "SELECT value, docs FROM postings WHERE field = ? ORDER BY value"
        return tuple((value, _docs(docs)) for value, docs in self._rows(query, self._number(field)))

    def _ranks(self, field: str) -> np.ndarray:
        """For each document the place of its value among all values of the field, from 1; 0 where it has none."""
        for (ranks,) in self._rows("SELECT ranks FROM fields WHERE name = ? AND ranks IS NOT NULL", field):
            return np.frombuffer(zstandard.decompress(ranks), dtype=np.uint32)
        return np.zeros(self.count, dtype=np.uint32)

    def _rows(self, query: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"{self._path.as_uri()}?immutable=1", uri=True)
            self._local.connection = connection
        return connection.execute(query, values)


@lru_cache(maxsize=200)
def _decoder(names: frozenset[str] | None) -> msgspec.json.Decoder[Document]:
    """Reads the fields of these names alone: of the others no Python object is made."""
    if names is None:
        return msgspec.json.Decoder(Document)
    made: Any = TypedDict  # whose fields are known only now
    return msgspec.json.Decoder(made("Shown", dict.fromkeys(sorted(names), Any), total=False))


def _docs(docs: int | bytes) -> FrozenBitMap:
    """The documents of a posting."""
    return FrozenBitMap([docs]) if isinstance(docs, int) else FrozenBitMap.deserialize(docs)


def _bitmap(numbers: np.ndarray) -> BitMap:
    return BitMap(array("I", numbers.astype(np.uint32).tobytes()))


@lru_cache(maxsize=1000)
def glob(pattern: str) -> re.Pattern[str]:
    """Lucene's pattern: `*` and `?`, and a backslash that takes their meaning."""
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(part) or re.escape(part[-1]) for part in parts), re.DOTALL)
