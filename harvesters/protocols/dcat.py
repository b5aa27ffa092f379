"""DCAT catalogues in RDF (https://www.w3.org/TR/vocab-dcat-3/), in any of its syntaxes, paged by Hydra or whole.

A record is a dataset, its identifier the address that the catalogue gives it (of a blank node, its dct:identifier).
RDF has no order and no pieces, so a record's bytes are those of its page, in which it is known by its identifier.
Pages: `hydra:next` of a view, `hydra:nextPage` of a paged collection (https://www.hydra-cg.com/spec/latest/core/).

Catalogues know no time from which to ask: every harvest asks for all. What is withdrawn is found by full sweeps only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal as OneOf

from pydantic import BaseModel, ConfigDict, Field
from rdflib import DCAT, DCTERMS, RDF, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from harvesters import rdf_pages
from harvesters.http import Http
from harvesters.listings.pagers import Ask, NextLink, Turn
from harvesters.listings.reading import Item, text_at
from harvesters.listings.walk import Found, Listing, walk
from harvesters.model import Answer, HarvestTask, Json, Page, State

_HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
Class = OneOf["Dataset", "DatasetSeries", "DataService", "Catalog"]


class Options(BaseModel):
    """What a source's `options` may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    classes: tuple[Class, ...] = Field(
        ("Dataset", "DatasetSeries"), min_length=1, description="DCAT's classes that are records"
    )


def harvest(task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
    """Yield every page of every address. Raises as `listings.walk` does."""
    options = Options.model_validate(task.source.options)

    def read(answer: Answer) -> tuple[Graph, list[Item]]:
        graph = rdf_pages.graph(answer)
        return graph, [Item(value, 0, len(answer.body)) for value in _records(graph, options.classes)]

    listings = [
        Listing(
            ask=Ask(address),
            pager=NextLink(_next),
            profile="dcat_page",
            record=_record,
            read=read,
            total=_total,
            accept=rdf_pages.ACCEPT,
        )
        for address in task.source.addresses
    ]
    yield from walk(task, http, state, listings)


def _records(graph: Graph, classes: tuple[Class, ...]) -> list[dict[str, str]]:
    """Name and day of each record, in the order of the names: a graph has none."""
    nodes = {node for kind in classes for node in graph.subjects(RDF.type, URIRef(f"{DCAT}{kind}"))}
    found = [{"name": _name(graph, node), "modified": _text(graph, node, DCTERMS.modified)} for node in nodes]
    return sorted(found, key=lambda one: one["name"])


def count(graph: Graph, classes: tuple[Class, ...]) -> int:
    """How many records a graph has."""
    return len(_records(graph, classes))


def _name(graph: Graph, node: Node) -> str:
    return str(node) if isinstance(node, URIRef) else _text(graph, node, DCTERMS.identifier)


def _text(graph: Graph, node: Node, predicate: Node) -> str:
    return min(
        (str(value).strip() for value in graph.objects(node, predicate) if isinstance(value, Literal)), default=""
    )


def _record(item: Json) -> Found:
    return Found(identifier=text_at(item, "name"), datestamp=text_at(item, "modified") or None)


def _next(graph: Json) -> str | None:
    found = sorted(str(page) for key in (_HYDRA.next, _HYDRA.nextPage) for page in graph.objects(None, key))
    return found[0] if found else None


def _total(turn: Turn) -> int | None:
    told = {str(value) for value in turn.document.objects(None, _HYDRA.totalItems)}
    value = told.pop() if len(told) == 1 else ""
    return int(value[:18]) if value.isascii() and value.isdigit() else None
