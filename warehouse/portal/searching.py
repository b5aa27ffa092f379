"""Which documents a question means, and in which order; everything is a set of document numbers, newest first."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import tantivy
import zstandard
from pyroaring import BitMap, FrozenBitMap

from harvesters.model import Json
from warehouse.index_documents import Document
from warehouse.portal.analysis import is_text, slot_of, words
from warehouse.portal.indexing import exact_value
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

_NUMBERS = ("_i", "_is", "_d")
_MOST_VALUES = 50_000  # of one pattern or range over a field of short values; more of them is a question too wide
_PEEK = 200  # documents that relevance is asked for at first; ten times more each time that they are too few
_END = "\U0010ffff"


class Searcher:
    """A finished index, read only; any number of threads may ask it at once."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "index.sqlite"
        self._local = threading.local()
        self._words = tantivy.Index.open(str(folder / "words"))
        self._schema = self._words.schema
        self._numbers = np.load(folder / "numbers.npy", mmap_mode="r")
        self.count = len(self._numbers)
        self.all = FrozenBitMap(range(self.count))
        self.fields = frozenset(field for (field,) in self._rows("SELECT field FROM postings WHERE value = ''"))
        # One memo an index: it is dropped with it when a new release takes over.
        self.posting = lru_cache(maxsize=20_000)(self._posting)
        self.values = lru_cache(maxsize=200)(self._values)
        self.ranks = lru_cache(maxsize=20)(self._ranks)
        self.matching = lru_cache(maxsize=2_000)(self._matching)

    def documents(self, numbers: Sequence[int]) -> list[Document]:
        """The documents of these numbers, in this order."""
        reader = zstandard.ZstdDecompressor()
        found = []
        for number in numbers:
            ((body,),) = self._rows("SELECT body FROM docs WHERE number = ?", number)
            found.append(msgspec.json.decode(reader.decompress(body)))
        return found

    def ordered(self, question: Question, within: FrozenBitMap, most: int) -> list[int]:
        """The first `most` of the documents `within` by relevance to the question, else newest first."""
        asked = self._relevance(question)
        if asked is None:
            return [int(number) for number in within[:most]]
        ranked: list[int] = []
        limit = _PEEK + most
        while True:
            result = self._words.searcher().search(asked, limit=limit, count=False)
            addresses = [address for _, address in result.hits]
            places = self._words.searcher().fast_field_values("place", addresses)
            numbers = self._numbers[np.asarray(places, dtype=np.int64)].tolist() if places else []
            ranked = [number for number in numbers if number in within][:most]
            if len(ranked) >= most or len(addresses) < limit:
                break
            limit *= 10
        rest = BitMap(within) - BitMap(ranked)
        return (ranked + [int(number) for number in rest[: most - len(ranked)]])[:most]

    def _matching(self, question: Question) -> FrozenBitMap:  # noqa: PLR0911 - one line for each kind there is
        """The documents that a question means."""
        match question:
            case All():
                return self.all
            case Exists(field):
                return self.posting(field, "")
            case Boosted(part, _):
                return self.matching(part)
            case Word(field, text):
                return self._word(field, text)
            case Pattern(field, text):
                return self._union(field, self._alike(field, text))
            case Phrase(field, text, slop):
                return self._phrase(field, text, slop)
            case Range():
                return self._union(question.field, self._between(question))
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
            return self.posting(field, _as_stored(field, text))
        asked = words(text, slot_of(field))
        if not asked:
            return FrozenBitMap()
        return self.posting(field, asked[0]) if len(asked) == 1 else self._phrase(field, text, 0)

    def _phrase(self, field: str, text: str, slop: int) -> FrozenBitMap:
        if not is_text(field):
            return self.posting(field, _as_stored(field, text))
        asked = words(text, slot_of(field))
        if len(asked) < 2:
            return self.posting(field, asked[0]) if asked else FrozenBitMap()
        candidates = BitMap.intersection(*(BitMap(self.posting(field, word)) for word in set(asked)))
        if not candidates:
            return FrozenBitMap()
        query = tantivy.Query.phrase_query(self._schema, f"words.{field}", [*asked], slop=slop)
        found = self._words.searcher().search(query, limit=self.count or 1, count=False)
        places = self._words.searcher().fast_field_values("place", [address for _, address in found.hits])
        return FrozenBitMap(self._numbers[np.asarray(places, dtype=np.int64)]) if places else FrozenBitMap()

    def _alike(self, field: str, pattern: str) -> Iterator[str]:
        """The values that a pattern means: of a text its words, unstemmed as patterns are in Solr."""
        wild = _glob(pattern.casefold() if is_text(field) else pattern)
        start = re.split(r"[*?\\]", pattern, maxsplit=1)[0]
        start = start.casefold() if is_text(field) else start
        query = "SELECT value FROM postings WHERE field = ? AND value > '' AND value >= ? AND value < ? ORDER BY value"
        return (value for (value,) in self._rows(query, field, start, start + _END) if wild.fullmatch(value))

    def _between(self, asked: Range) -> Iterator[str]:
        low, high = (end and _as_stored(asked.field, end) for end in (asked.low, asked.high))
        query = "SELECT value FROM postings WHERE field = ? AND value > '' AND value >= ? AND value <= ? ORDER BY value"
        for (value,) in self._rows(query, asked.field, low or "", high or _END):
            if (asked.with_low or value != low) and (asked.with_high or value != high):
                yield value

    def _union(self, field: str, values: Iterator[str]) -> FrozenBitMap:
        found = BitMap()
        for number, value in enumerate(values):
            if number >= _MOST_VALUES and len(field) and is_text(field):
                raise QuestionError(
                    f"The pattern on {field} means more than {_MOST_VALUES} words; give it more letters."
                )
            found |= self._posting(field, value)
        return FrozenBitMap(found)

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

    def _posting(self, field: str, value: str) -> FrozenBitMap:
        for (docs,) in self._rows("SELECT docs FROM postings WHERE field = ? AND value = ?", field, value):
            return FrozenBitMap.deserialize(docs)
        return FrozenBitMap()

    def _values(self, field: str) -> tuple[tuple[str, FrozenBitMap], ...]:
        """Every value of a field with its documents, by value."""
        query = "SELECT value, docs FROM postings WHERE field = ? AND value > '' ORDER BY value"
        return tuple((value, FrozenBitMap.deserialize(docs)) for value, docs in self._rows(query, field))

    def _ranks(self, field: str) -> np.ndarray:
        """For each document the place of its value among all values of the field, from 1; 0 where it has none."""
        ranks = np.zeros(self.count, dtype=np.uint32)
        query = "SELECT docs FROM postings WHERE field = ? AND value > '' ORDER BY value"
        for rank, (docs,) in enumerate(self._rows(query, field), 1):
            ranks[np.asarray(BitMap.deserialize(docs).to_array())] = rank
        return ranks

    def _rows(self, query: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"{self._path.as_uri()}?immutable=1", uri=True)
            self._local.connection = connection
        return connection.execute(query, values)


def shown(field: str, value: str) -> Json:
    """A value of the index as the documents have it."""
    if field.endswith(_NUMBERS):
        number = float(value) - 10**15
        return int(number) if number.is_integer() else number
    return value == "true" if field.endswith("_b") else value


def _as_stored(field: str, text: str) -> str:
    """A value as somebody asks for it, in the form in which the index has it."""
    if field.endswith(_NUMBERS):
        try:
            return exact_value(float(text))
        except ValueError as error:
            raise QuestionError(f"{field}: {text!r} is no number.") from error
    return text


@lru_cache(maxsize=1000)
def _glob(pattern: str) -> re.Pattern[str]:
    """Lucene's pattern: `*` and `?`, and a backslash that takes their meaning."""
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(part) or re.escape(part[-1]) for part in parts), re.DOTALL)
