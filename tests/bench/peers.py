"""The same searches in our index, in DuckDB and in SQLite's FTS5.

A search is one word of the text, with the filters that every query of the portals has; its answer is how many
documents there are, the 25 newest, and for each of `FACETS` how many of them have which value.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa
from msgspec import Struct

from warehouse.index_documents import Document
from warehouse.portal.searching import Searcher
from warehouse.portal.select import select

FACETS = ("schema_s", "government_s", "hostGovernments_ss", "thematicArea_ss", "gbfTargets_ss")
_ROWS = 20_000
_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "updatedDate_dt", "_state_s", "realm_s", "said")),
        *((field, pa.list_(pa.string()) if field.endswith("_ss") else pa.string()) for field in FACETS),
    ]
)


class Answer(Struct, frozen=True):
    """What a search found; all arms must find the same."""

    count: int
    newest: tuple[str, ...]
    facets: tuple[dict[str, int], ...]


class Arm(Protocol):
    """One that searches."""

    def search(self, word: str) -> Answer:
        """The answer to a search for a word."""


class Ours:
    """The search index of a release, asked as the portals ask."""

    def __init__(self, folder: Path) -> None:
        self._searcher = Searcher(folder, ("chm-national",))

    def search(self, word: str) -> Answer:
        asked = {
            "q": [f"text_EN_txt:{word}"],
            "fq": ["_state_s:public", "realm_ss:chm", "(*:* NOT version_s:*)"],
            "sort": ["updatedDate_dt desc"],
            "rows": ["25"],
            "fl": ["id"],
            "facet": ["true"],
            "facet.field": list(FACETS),
            "facet.mincount": ["1"],
            "facet.limit": ["999999"],
        }
        answer = select(self._searcher, asked)
        flat = answer["facet_counts"]["facet_fields"].values()
        return Answer(
            answer["response"]["numFound"],
            tuple(document["id"] for document in answer["response"]["docs"]),
            tuple(dict(zip(one[::2], one[1::2], strict=True)) for one in flat),
        )


class Duck:
    """DuckDB over a table whose text is cut into words already."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._duck = duckdb.connect()
        self._duck.register("batches", pa.RecordBatchReader.from_batches(_SCHEMA, _batches(documents)))
        self._duck.execute("CREATE TABLE documents AS FROM batches")

    def search(self, word: str) -> Answer:
        meant = "contains(said, ?) AND _state_s = 'public' AND realm_s = 'chm-national'"
        self._duck.execute(f"CREATE OR REPLACE TEMP TABLE hits AS FROM documents WHERE {meant}", [f" {word} "])
        newest = "SELECT id FROM hits ORDER BY updatedDate_dt DESC, id LIMIT 25"
        return Answer(
            self._rows("SELECT count(*) FROM hits")[0][0],
            tuple(name for (name,) in self._rows(newest)),
            tuple(dict(self._rows(self._facet(field))) for field in FACETS),
        )

    def _facet(self, field: str) -> str:
        value = f"unnest({field})" if field.endswith("_ss") else field
        return f"SELECT value, count(*) FROM (SELECT {value} AS value FROM hits) WHERE value IS NOT NULL GROUP BY ALL"

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._duck.execute(query).fetchall()


class Fts5:
    """SQLite's full-text search, and a table for each facet."""

    def __init__(self, file: Path, documents: Iterable[Document]) -> None:
        self._lite = sqlite3.connect(file)
        self._lite.executescript("""
            PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;
            CREATE VIRTUAL TABLE words USING fts5(said, content='', detail='none');
            CREATE TABLE documents(doc INTEGER PRIMARY KEY, id TEXT, updated TEXT, state TEXT, realm TEXT);
            CREATE TEMP TABLE hits(doc INTEGER PRIMARY KEY);
        """)
        for field in FACETS:
            self._lite.execute(f"CREATE TABLE {field}(doc INTEGER, value TEXT)")
        for number, document in enumerate(documents):
            told = (number, document["id"], document["updatedDate_dt"], document["_state_s"], document["realm_s"])
            self._lite.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?)", told)
            self._lite.execute("INSERT INTO words(rowid, said) VALUES (?, ?)", (number, _said(document)))
            for field in FACETS:
                values = document.get(field) or []
                rows = [(number, value) for value in (values if isinstance(values, list) else [values])]
                self._lite.executemany(f"INSERT INTO {field} VALUES (?, ?)", rows)
        for field in FACETS:
            self._lite.execute(f"CREATE INDEX by_doc_{field} ON {field}(doc, value)")
        self._lite.commit()

    def search(self, word: str) -> Answer:
        self._lite.execute("DELETE FROM hits")
        matching = "SELECT rowid FROM words WHERE words MATCH ?"
        self._lite.execute(
            f"""INSERT INTO hits SELECT doc FROM documents
            WHERE doc IN ({matching}) AND state = 'public' AND realm = 'chm-national'""",
            (word,),
        )
        newest = "SELECT id FROM hits JOIN documents USING (doc) ORDER BY updated DESC, id LIMIT 25"
        facet = "SELECT value, count(*) FROM hits JOIN {} USING (doc) GROUP BY value"
        return Answer(
            self._rows("SELECT count(*) FROM hits")[0][0],
            tuple(name for (name,) in self._rows(newest)),
            tuple(dict(self._rows(facet.format(field))) for field in FACETS),
        )

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._lite.execute(query).fetchall()


def _said(document: Document) -> str:
    """The text, its words between spaces."""
    return f" {' '.join(document['text_EN_txt'])} ".lower()


def _batches(documents: Iterable[Document]) -> Iterator[pa.RecordBatch]:
    rows: list[Document] = []
    for document in documents:
        rows.append({name: document.get(name) for name in _SCHEMA.names} | {"said": _said(document)})
        if len(rows) == _ROWS:
            yield pa.RecordBatch.from_pylist(rows, schema=_SCHEMA)
            rows = []
    yield pa.RecordBatch.from_pylist(rows, schema=_SCHEMA)
