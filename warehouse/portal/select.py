"""`select`: the one question of the CHM's index, answered as Solr answers it through the CHM's own API.

The answer is `{responseHeader, response, facet_counts, grouped, highlighting, nonSupportedParams}` (clearing-house
documentation, Solr; the portals' code of 2026). What is not supported is never ignored in silence: parameters that
change nothing are named in `nonSupportedParams`, with their value where only that is not supported; what would find
something else than was meant is refused; and `responseHeader.notes` says where a query was read in another way than
it was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

import numpy as np
from pyroaring import BitMap, FrozenBitMap

from harvesters.model import Json
from warehouse.index_documents import Document
from warehouse.portal import facets, highlights
from warehouse.portal.asked import MOST_ROWS, Asked, Params
from warehouse.portal.fallback import filled
from warehouse.portal.questions import QuestionError, known_field
from warehouse.portal.searching import Searcher
from warehouse.portal.values import is_single, value_of

__all__ = ["Params", "select"]

_LAST = np.iinfo(np.int64).max
_NEWEST = ("updatedDate_dt", True)  # as documents are numbered


def select(searcher: Searcher, params: Params) -> dict[str, Json]:
    """The answer to a question. Raises QuestionError, which says how to write what is meant."""
    asked = Asked(params, searcher.realms_of_chm)
    hits = facets.hits(searcher, asked)
    header: dict[str, Json] = {"status": 0, "params": {name: list(params[name]) for name in params}}
    answer: dict[str, Json] = {"responseHeader": header}
    if asked.is_on("group") and asked.text("group.field"):
        answer["grouped"] = {field: _grouped(searcher, asked, hits, field) for field in asked.several("group.field")}
    else:
        start, rows = asked.number("start", searcher.count), asked.number("rows", MOST_ROWS)
        numbers = _ordered(searcher, asked, hits, start + rows)[start:]
        answer["response"] = {"numFound": len(hits), "start": start, "docs": _documents(searcher, asked, numbers)}
        if asked.is_on("hl"):
            answer["highlighting"] = highlights.of(searcher.documents(numbers), asked)
    if asked.is_on("facet"):
        answer["facet_counts"] = facets.counts(searcher, asked)
    if notes := asked.notes():
        header["notes"] = notes
    return answer | {"nonSupportedParams": asked.unsupported()}


def _ordered(searcher: Searcher, asked: Asked, hits: FrozenBitMap, most: int) -> list[int]:
    keys = sort_keys(asked.text("sort"))
    if not keys or keys[0] == ("score", True):
        return searcher.ordered(asked.question, hits, most)
    if keys == (_NEWEST,):
        return list(hits[:most])
    found: list[int] = _sorted(searcher, hits, keys, most).tolist()
    return found


def _sorted(searcher: Searcher, hits: FrozenBitMap, keys: Sequence[tuple[str, bool]], most: int) -> np.ndarray:
    """The first documents by the values of fields, those without one last; of equals the newest first."""
    numbers = np.asarray(hits.to_array(), dtype=np.int64)
    columns = []
    for field, descending in keys:
        ranks = searcher.ranks(field)[numbers].astype(np.int64)
        columns.append(np.where(ranks == 0, _LAST, -ranks if descending else ranks))
    if 0 < most < len(numbers):  # only what may be among the first need be sorted
        may = columns[0] <= np.partition(columns[0], most - 1)[most - 1]
        numbers, columns = numbers[may], [column[may] for column in columns]
    return numbers[np.lexsort((numbers, *reversed(columns)))[:most]]


@lru_cache(maxsize=1_000)
def sort_keys(sort: str) -> tuple[tuple[str, bool], ...]:
    """Field and whether it descends, of `updatedDate_dt desc, title_s asc`.

    Relevance may stand first, and descending, and decides alone: of equally relevant documents the newest is first.

    Raises:
        QuestionError: there is anything else.
    """
    keys = tuple(_sort_key(part.strip()) for part in sort.split(",") if part.strip())
    if ("score", False) in keys or ("score", True) in keys[1:]:
        raise QuestionError("sort: score can only stand first, as `score desc`.")
    return keys


def _sort_key(part: str) -> tuple[str, bool]:
    field, _, direction = part.partition(" ")
    direction = direction.strip().lower()
    if direction not in ("asc", "desc"):
        raise QuestionError(f"sort: {part!r} must be a field and asc or desc.")
    if field != "score" and not is_single(known_field(field)):
        raise QuestionError(f"sort: a document has several values of {field}, or words; sort by a field of one value.")
    return field, direction == "desc"


def _documents(searcher: Searcher, asked: Asked, numbers: Sequence[int]) -> list[Document]:
    patterns = asked.patterns("fl")
    are_whole = not patterns or "*" in patterns
    if not asked.is_on("lang_fallback"):
        return searcher.documents(numbers, None if are_whole else _wanted(searcher.fields, patterns))
    documents = [filled(document) for document in searcher.documents(numbers)]
    if are_whole:
        return documents
    return [{name: one[name] for name in one if name in _wanted(frozenset(one), patterns)} for one in documents]


@lru_cache(maxsize=1_000)
def _wanted(fields: frozenset[str], patterns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name for name in fields if any(fnmatchcase(name, pattern) for pattern in patterns))


def _grouped(searcher: Searcher, asked: Asked, hits: FrozenBitMap, field: str) -> dict[str, Json]:
    """The documents under each value of a field; groups stand in the order of their first document."""
    order = np.asarray(_ordered(searcher, asked, hits, len(hits)), dtype=np.int64)
    place = np.zeros(searcher.count, dtype=np.int64)
    place[order] = np.arange(len(order))
    groups = [(int(inside.min()), value, inside) for value, inside in _groups(searcher, hits, place, field)]
    groups.sort(key=lambda group: group[0])
    limit, start = asked.number("group.limit", MOST_ROWS), asked.number("start", searcher.count)
    found = [
        {
            "groupValue": value,
            "doclist": {
                "numFound": len(inside),
                "start": 0,
                "docs": _documents(searcher, asked, order[np.sort(inside)[:limit]].tolist()),
            },
        }
        for _, value, inside in groups[start : start + asked.number("rows", MOST_ROWS)]
    ]
    made: dict[str, Json] = {"matches": len(hits), "groups": found}
    return made | ({"ngroups": len(groups)} if asked.is_on("group.ngroups") else {})


def _groups(searcher: Searcher, hits: FrozenBitMap, place: np.ndarray, field: str) -> Iterator[tuple[Json, np.ndarray]]:
    """Every value that a hit has, and none, each with the places in the order of the documents that have it."""
    for value, docs in searcher.values(known_field(field)):
        if inside := BitMap(hits) & docs:
            yield value_of(field, value), place[np.asarray(inside.to_array(), dtype=np.int64)]
    if nowhere := BitMap(hits) - searcher.having(field):
        yield None, place[np.asarray(nowhere.to_array(), dtype=np.int64)]
