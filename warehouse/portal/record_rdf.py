"""A record as linked data: a DCAT resource in the terms of Dublin Core, each text with its language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, XSD
from rdflib.term import Node

from normalizers.terms import RECORD_FIELDS
from warehouse.portal.store import Published
from warehouse.portal.terms import Vocabularies
from warehouse.portal.texts import UNKNOWN

_DATES = {"published": DCTERMS.issued, "modified": DCTERMS.modified, "created": DCTERMS.created}
_PRECISION = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_PLACES = frozenset(("countries", "regions"))

Statements = Iterator[tuple[Node, Node]]


def graph(record: Published, base: str, vocabularies: Vocabularies) -> Graph:
    """What is known of a record; `base` is the address of the read API, under which it is named."""
    made = Graph()
    itself = URIRef(f"{base}/records/{record.identifier}")
    made.add((itself, RDF.type, DCAT.Resource))
    for predicate, value in (*_texts(record), *_facts(record, base), *_terms(record, vocabularies)):
        made.add((itself, predicate, value))
    return made


def _texts(record: Published) -> Statements:
    fields = (
        (DCTERMS.title, record.title),
        (DCTERMS.abstract, record.summary),
        (DCTERMS.description, record.description),
    )
    more = ((DCTERMS.publisher, record.publisher), (DCTERMS.rights, record.rights.statement))
    for predicate, texts in (*fields, *more):
        for language, text in texts.items():
            yield predicate, _literal(text, language)
    for keyword in record.keywords:
        yield DCAT.keyword, _literal(keyword.value, keyword.language)


def _facts(record: Published, base: str) -> Statements:
    yield DCTERMS.identifier, Literal(record.identifier)
    yield DCTERMS.type, Literal(record.schema)
    yield DCTERMS.isPartOf, URIRef(f"{base}/sources/{record.source}")
    for author in record.authors:
        yield DCTERMS.creator, Literal(author)
    for language in record.languages:
        yield DCTERMS.language, Literal(language)
    for date in record.dates:
        if date.kind in _DATES:
            yield _DATES[date.kind], Literal(date.value, datatype=_PRECISION.get(len(date.value), XSD.dateTime))
    if record.rights.licence and _ADDRESS.fullmatch(record.rights.licence):
        yield DCTERMS.license, URIRef(record.rights.licence)
    if record.source_page and _ADDRESS.fullmatch(record.source_page):
        yield FOAF.page, URIRef(record.source_page)
    for link in record.links:
        if _ADDRESS.fullmatch(link.url) and link.url != record.source_page:
            yield DCTERMS.relation, URIRef(link.url)


def _terms(record: Published, vocabularies: Vocabularies) -> Statements:
    uris = {term.identifier: term.uri for terms in vocabularies.values() for term in terms.values()}
    for field in RECORD_FIELDS:
        predicate = DCTERMS.spatial if field in _PLACES else DCTERMS.subject
        for term in getattr(record, field):
            uri = uris.get(term.identifier)
            yield predicate, URIRef(uri) if uri and _ADDRESS.fullmatch(uri) else Literal(term.identifier)


def _literal(text: str, language: str | None) -> Literal:
    return Literal(text, lang=None if language in (None, UNKNOWN) else language)
