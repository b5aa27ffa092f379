"""`select`: the one question of the CHM's index, answered as Solr answers it through the CHM's own API.

The answer is `{responseHeader, response, facet_counts, grouped, highlighting, nonSupportedParams}` (clearing-house
documentation, Solr; the portals' code of 2026). What is not supported is named in `nonSupportedParams`, never ignored
in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from msgspec import Struct
from pyroaring import BitMap, FrozenBitMap

from harvesters.model import Json
from warehouse.index_documents import Document
from warehouse.portal import highlights
from warehouse.portal.questions import Question, QuestionError, local_params, parse
from warehouse.portal.searching import Searcher, shown

Params: TypeAlias = Mapping[str, Sequence[str]]
"""The parameters of a question, each with all its values in order."""

MOST_ROWS = 10_000
MOST_FACET_VALUES = 999_999
_USUAL = {"rows": 10, "facet.limit": 100, "facet.mincount": 0, "group.limit": 1, "hl.snippets": 1, "hl.fragsize": 100}
_DEFAULT_FIELD = "text_EN_txt"
_KNOWN = frozenset((
    "q", "fq", "df", "q.op", "fl", "sort", "start", "rows", "wt", "indent", "facet", "facet.field", "facet.limit",
    "facet.mincount", "facet.pivot", "facet.query", "facet.sort", "facet.pivot.mincount", "group", "group.field",
    "group.limit", "group.ngroups", "hl", "hl.fl", "hl.snippets", "hl.fragsize", "hl.simple.pre", "hl.simple.post",
    "json.nl",
))  # fmt: skip
_FORMATS = frozenset(("json", ""))


class _Filter(Struct, frozen=True):
    tags: frozenset[str]
    question: Question


class Asked:
    """A question's parameters, read once; raises QuestionError where one of them cannot be."""

    def __init__(self, params: Params) -> None:
        self._params = params
        self.field = self.text("df") or _DEFAULT_FIELD
        self.operator = "AND" if self.text("q.op").upper() == "AND" else "OR"
        self.question = self._parsed(self.text("q") or "*:*")
        self.filters = [
            _Filter(frozenset(local.get("tag", "").split(",")), self._parsed(query))
            for local, query in map(local_params, params.get("fq", ()))
        ]

    def text(self, name: str) -> str:
        """The first value of a parameter, "" where it has none."""
        values = self._params.get(name, ())
        return values[0] if values else ""

    def several(self, name: str) -> list[str]:
        """Every value of a parameter."""
        return list(self._params.get(name, ()))

    def is_on(self, name: str) -> bool:
        """Whether a parameter says `true`."""
        return self.text(name).lower() in ("true", "on", "1")

    def number(self, name: str, most: int) -> int:
        """A whole number of 0 to `most`, Solr's usual one where the parameter is absent; -1 means `most`."""
        value = self.text(name)
        if not value:
            return _USUAL.get(name, 0)
        if not re.fullmatch(r"-?[0-9]{1,9}", value):
            raise QuestionError(f"{name}: {value!r} is no whole number.")
        return most if int(value) < 0 else min(int(value), most)

    def unsupported(self) -> list[str]:
        """The parameters that change nothing here."""
        names = [name for name in self._params if name not in _KNOWN]
        return sorted(names) + ([f"wt={self.text('wt')}"] if self.text("wt") not in _FORMATS else [])

    def parsed(self, query: str) -> Question:
        """A query of its own, such as a facet's."""
        return self._parsed(query)

    def _parsed(self, query: str) -> Question:
        return parse(query, self.field, operator=self.operator)


def select(searcher: Searcher, params: Params) -> dict[str, Json]:
    """The answer to a question. Raises QuestionError, which says how to write what is meant."""
    asked = Asked(params)
    hits = _hits(searcher, asked, frozenset())
    answer: dict[str, Json] = {"responseHeader": {"status": 0, "params": {name: list(params[name]) for name in params}}}
    if asked.is_on("group") and asked.text("group.field"):
        answer["grouped"] = {field: _grouped(searcher, asked, hits, field) for field in asked.several("group.field")}
    else:
        start, rows = asked.number("start", searcher.count), asked.number("rows", MOST_ROWS)
        numbers = _ordered(searcher, asked, hits, start + rows)[start:]
        answer["response"] = {"numFound": len(hits), "start": start, "docs": _documents(searcher, asked, numbers)}
        if asked.is_on("hl"):
            answer["highlighting"] = highlights.of(searcher.documents(numbers), asked)
    if asked.is_on("facet"):
        answer["facet_counts"] = _facets(searcher, asked)
    return answer | {"nonSupportedParams": asked.unsupported()}


def _hits(searcher: Searcher, asked: Asked, without: frozenset[str]) -> FrozenBitMap:
    """The documents that the query and its filters mean, less the filters that have a tag of `without`."""
    found = searcher.matching(asked.question)
    for one in asked.filters:
        if not one.tags & without:
            found = FrozenBitMap(BitMap(found) & searcher.matching(one.question))
    return found


def _ordered(searcher: Searcher, asked: Asked, hits: FrozenBitMap, most: int) -> list[int]:
    keys = list(_sort_keys(asked.text("sort")))
    if not keys or keys[0] == ("score", True):
        return searcher.ordered(asked.question, hits, most)
    numbers = np.asarray(hits.to_array(), dtype=np.int64)
    columns = []
    for field, descending in keys:
        ranks = searcher.ranks(field)[numbers].astype(np.int64)
        columns.append(np.where(ranks == 0, np.iinfo(np.int64).max, -ranks if descending else ranks))
    order = np.lexsort((numbers, *reversed(columns)))
    return [int(number) for number in numbers[order[:most]]]


def _sort_keys(sort: str) -> Iterator[tuple[str, bool]]:
    """Field and whether it descends, of `updatedDate_dt desc, title_s asc`."""
    for part in filter(None, map(str.strip, sort.split(","))):
        field, _, direction = part.partition(" ")
        if direction.strip().lower() not in ("asc", "desc"):
            raise QuestionError(f"sort: {part!r} must end with asc or desc.")
        yield field, direction.strip().lower() == "desc"


def _documents(searcher: Searcher, asked: Asked, numbers: Sequence[int]) -> list[Document]:
    patterns = tuple(pattern for value in asked.several("fl") for pattern in re.split(r"[,\s]+", value) if pattern)
    documents = searcher.documents(numbers)
    if not patterns or "*" in patterns:
        return documents
    return [{name: document[name] for name in document if _is_wanted(name, patterns)} for document in documents]


@lru_cache(maxsize=20_000)
def _is_wanted(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _grouped(searcher: Searcher, asked: Asked, hits: FrozenBitMap, field: str) -> dict[str, Json]:
    """The documents under each value of a field; groups stand in the order of their first document."""
    limit, start = asked.number("group.limit", MOST_ROWS), asked.number("start", searcher.count)
    order = _ordered(searcher, asked, hits, len(hits))
    place = {number: at for at, number in enumerate(order)}
    groups: list[tuple[str | None, BitMap]] = [
        (value, inside) for value, docs in searcher.values(field) if (inside := BitMap(hits) & docs)
    ]
    nowhere = BitMap(hits) - searcher.posting(field, "")
    if nowhere:
        groups.append((None, nowhere))
    groups.sort(key=lambda group: min(place[number] for number in group[1]))
    found = [
        {
            "groupValue": value if value is None else shown(field, value),
            "doclist": {
                "numFound": len(inside),
                "start": 0,
                "docs": _documents(searcher, asked, sorted(inside, key=place.__getitem__)[:limit]),
            },
        }
        for value, inside in groups[start : start + asked.number("rows", MOST_ROWS)]
    ]
    made: dict[str, Json] = {"matches": len(hits), "groups": found}
    return made | ({"ngroups": len(groups)} if asked.is_on("group.ngroups") else {})


def _facets(searcher: Searcher, asked: Asked) -> dict[str, Json]:
    fields, queries, pivots = {}, {}, {}
    for value in asked.several("facet.field"):
        local, field = local_params(value)
        hits = _hits(searcher, asked, _excluded(local))
        fields[local.get("key", field)] = [part for pair in _counts(searcher, asked, field, hits) for part in pair]
    for value in asked.several("facet.query"):
        local, query = local_params(value)
        hits = _hits(searcher, asked, _excluded(local))
        queries[local.get("key", value)] = hits.intersection_cardinality(searcher.matching(asked.parsed(query)))
    for value in asked.several("facet.pivot"):
        local, names = local_params(value)
        hits = _hits(searcher, asked, _excluded(local))
        pivots[names] = _pivot(searcher, asked, [name.strip() for name in names.split(",")], hits)
    made: dict[str, Json] = {"facet_queries": queries, "facet_fields": fields}
    return made | ({"facet_pivot": pivots} if pivots else {})


def _excluded(local: Mapping[str, str]) -> frozenset[str]:
    return frozenset(filter(None, local.get("ex", "").split(",")))


def _counts(searcher: Searcher, asked: Asked, field: str, hits: FrozenBitMap) -> list[tuple[Json, int]]:
    """The values of a field with how many of the hits have them, the most frequent first."""
    least, most = asked.number("facet.mincount", MOST_FACET_VALUES), asked.number("facet.limit", MOST_FACET_VALUES)
    counted = [(value, hits.intersection_cardinality(docs)) for value, docs in searcher.values(field)]
    counted = [pair for pair in counted if pair[1] >= least]
    if asked.text("facet.sort") != "index":
        counted.sort(key=lambda pair: -pair[1])  # stable: of equal counts, by value
    return [(shown(field, value), count) for value, count in counted[:most]]


def _pivot(searcher: Searcher, asked: Asked, fields: Sequence[str], hits: FrozenBitMap) -> list[dict[str, Json]]:
    field, *others = fields
    made: list[dict[str, Json]] = []
    for value, docs in searcher.values(field):
        inside = FrozenBitMap(BitMap(hits) & docs)
        if len(inside) >= max(1, asked.number("facet.pivot.mincount", MOST_FACET_VALUES)):
            entry: dict[str, Json] = {"field": field, "value": shown(field, value), "count": len(inside)}
            made.append(entry | ({"pivot": _pivot(searcher, asked, others, inside)} if others else {}))
    return sorted(made, key=lambda entry: -entry["count"])[: asked.number("facet.limit", MOST_FACET_VALUES)]
