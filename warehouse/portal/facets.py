"""How many of the documents that were found have which values: facets of fields, of queries, of fields in fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyroaring import BitMap, FrozenBitMap

from harvesters.model import Json
from warehouse.portal.analysis import is_text
from warehouse.portal.asked import MOST_FACET_VALUES, OF_FACETS, Asked, names
from warehouse.portal.questions import Question, QuestionError, known_field, local_params
from warehouse.portal.searching import Searcher
from warehouse.portal.values import value_of

_NONE: frozenset[str] = frozenset()


def hits(searcher: Searcher, asked: Asked, without: frozenset[str] = _NONE) -> FrozenBitMap:
    """The documents that the query and its filters mean, less the filters that have a tag of `without`."""
    return searcher.hits(asked.question, _filters(asked, without))


def counts(searcher: Searcher, asked: Asked) -> dict[str, Json]:
    """Solr's `facet_counts`: the values of a field and their counts by turns in one array."""
    fields, queries, pivots = {}, {}, {}
    for value in asked.several("facet.field"):
        local, field = local_params(value, OF_FACETS)
        found = _counted(searcher, asked, _counted_field(field), names(local.get("ex", "")))
        fields[local.get("key", field)] = [part for pair in found for part in pair]
    for value in asked.several("facet.query"):
        local, query = local_params(value, OF_FACETS)
        meant = searcher.matching(asked.parsed(query))
        queries[local.get("key", value)] = _without(searcher, asked, local).intersection_cardinality(meant)
    for value in asked.several("facet.pivot"):
        local, together = local_params(value, OF_FACETS)
        several = [_counted_field(name.strip()) for name in together.split(",")]
        pivots[local.get("key", together)] = _pivot(searcher, asked, several, _without(searcher, asked, local))
    made: dict[str, Json] = {"facet_queries": queries, "facet_fields": fields}
    return made | ({"facet_pivot": pivots} if pivots else {})


def _without(searcher: Searcher, asked: Asked, local: Mapping[str, str]) -> FrozenBitMap:
    """The hits for a facet that leaves out the filters of `ex`."""
    return hits(searcher, asked, names(local.get("ex", "")))


def _counted_field(name: str) -> str:
    if is_text(known_field(name)):
        raise QuestionError(f"The words of {name} are not counted; count a field whose name ends with _s or _ss.")
    return name


def _filters(asked: Asked, without: frozenset[str]) -> frozenset[Question]:
    return frozenset(one.question for one in asked.filters if not one.tags & without)


def _counted(searcher: Searcher, asked: Asked, field: str, without: frozenset[str]) -> list[tuple[Json, int]]:
    """The values of a field with how many of the hits have them, the most frequent first."""
    least, most = asked.number("facet.mincount", MOST_FACET_VALUES), asked.number("facet.limit", MOST_FACET_VALUES)
    counts = searcher.counts(field, asked.question, _filters(asked, without))
    several = zip(searcher.values(field), counts, strict=True)
    counted = [(value, count) for (value, _), count in several if count >= least]
    if asked.text("facet.sort") != "index":
        counted.sort(key=lambda pair: -pair[1])  # stable: of equal counts, by value
    return [(value_of(field, value), count) for value, count in counted[:most]]


def _pivot(searcher: Searcher, asked: Asked, fields: Sequence[str], found: FrozenBitMap) -> list[dict[str, Json]]:
    field, *others = fields
    least = max(1, asked.number("facet.pivot.mincount", MOST_FACET_VALUES))
    made: list[dict[str, Json]] = []
    for value, docs in searcher.values(field):
        inside = FrozenBitMap(BitMap(found) & docs)
        if len(inside) >= least:
            entry: dict[str, Json] = {"field": field, "value": value_of(field, value), "count": len(inside)}
            made.append(entry | ({"pivot": _pivot(searcher, asked, others, inside)} if others else {}))
    return sorted(made, key=lambda entry: -entry["count"])[: asked.number("facet.limit", MOST_FACET_VALUES)]
