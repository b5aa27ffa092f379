"""A record's history as W3C PROV-O (https://www.w3.org/TR/prov-o/): versions, their loads, and the raw page."""

from __future__ import annotations

from importlib.metadata import version
from urllib.parse import quote

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, PROV, RDF, XSD

from warehouse.past.history import RecordHistory, Version

_GONE = "remove"


def graph(history: RecordHistory) -> Graph:
    """Each version is a `prov:Entity` that a load (`prov:Activity`) generated and that the one before was revised into.

    The first comes from the page as received, by its address; removals invalidate the version that they end.
    """
    made = Graph()
    made.bind("prov", PROV)
    made.bind("dcterms", DCTERMS)
    record = URIRef(f"urn:uuid:{history.identifier.lower()}")
    agent = URIRef("urn:chm-aggregator:" + version("chm-aggregator"))
    made.add((agent, RDF.type, PROV.SoftwareAgent))
    made.add((record, RDF.type, PROV.Entity))
    made.add((record, DCTERMS.identifier, Literal(history.source_identifier)))
    for language, text in history.title.items():
        made.add((record, DCTERMS.title, Literal(text, lang=None if language == "und" else language)))
    before: URIRef | None = None
    for number, one in enumerate(history.versions, 1):
        load = _load(made, history.source, one, agent)
        if one.kind == _GONE and before is not None:
            made.add((before, PROV.wasInvalidatedBy, load))
            continue
        entity = URIRef(f"{record}#{number}")
        made.add((entity, RDF.type, PROV.Entity))
        made.add((entity, PROV.specializationOf, record))
        made.add((entity, PROV.wasGeneratedBy, load))
        made.add((entity, PROV.generatedAtTime, Literal(one.loaded.isoformat(), datatype=XSD.dateTime)))
        if before is not None:
            made.add((entity, PROV.wasRevisionOf, before))
        before = entity
    if history.came and before is not None:
        page = URIRef(quote(history.came.url, safe=":/?#[]@!$&'()*+,;=%~"))
        made.add((page, RDF.type, PROV.Entity))
        made.add((page, PROV.generatedAtTime, Literal(history.came.received, datatype=XSD.dateTime)))
        made.add((before, PROV.wasDerivedFrom, page))
        made.add((before, PROV.hadPrimarySource, page))
    return made


def _load(made: Graph, source: str, one: Version, agent: URIRef) -> URIRef:
    load = URIRef(f"urn:chm-aggregator:{quote(source)}:{quote(one.run, safe='')}")
    made.add((load, RDF.type, PROV.Activity))
    made.add((load, PROV.endedAtTime, Literal(one.loaded.isoformat(), datatype=XSD.dateTime)))
    made.add((load, PROV.wasAssociatedWith, agent))
    return load
