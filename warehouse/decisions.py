"""What people decided of terms: `decisions/mappings.ttl`, SKOS mapping triples with who, when and why.

The file only grows. Each decision is an `rdf:Statement` about one triple; a later one on the same term and concept has
the last word, and one with `owl:deprecated true` takes the mapping back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, Graph, URIRef

from vocabularies import turtle
from vocabularies.folding import fold
from vocabularies.skos import parse
from warehouse.files import write_bytes
from warehouse.layout import Layout
from warehouse.runs import alone

_HEAD = """# Which terms of the sources mean which concepts, as people decided. Lines are added, never changed.
@prefix dct: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix term: <https://api.cbd.int/api/v2013/thesaurus/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_NUMBER = "urn:chm:decision:"


class Decision(Struct, frozen=True, kw_only=True):
    """That `term` means the concept `uri`; or, `withdrawn`, that it does so no longer."""

    term: str
    uri: str
    by: str
    when: datetime
    why: str = ""
    withdrawn: bool = False


def read(path: Path) -> tuple[Decision, ...]:
    """Every decision of the file, oldest first; none where there is no file.

    Raises:
        VocabularyError: the file is not Turtle.
    """
    if not path.exists():
        return ()
    graph = parse(path)
    nodes = sorted(graph.subjects(RDF.type, RDF.Statement), key=lambda node: int(str(node).removeprefix(_NUMBER)))
    return tuple(_decision(graph, URIRef(str(node))) for node in nodes)


def mapped(decisions: Iterable[Decision]) -> Mapping[str, tuple[str, ...]]:
    """The mappings in force: folded term -> URIs of its concepts, in order of decision."""
    found: dict[str, dict[str, None]] = {}
    for decision in decisions:
        uris = found.setdefault(fold(decision.term), {})
        uris.pop(decision.uri, None)
        if not decision.withdrawn:
            uris[decision.uri] = None
    return {term: tuple(uris) for term, uris in found.items() if uris}


def add(layout: Layout, decision: Decision) -> None:
    """Put a decision behind the others.

    Raises:
        Refused: another process is adding one.
        VocabularyError: the file was broken by hand.
    """
    path = layout.mappings()
    with alone(layout, "the mappings"):
        number = len(read(path)) + 1
        text = path.read_text(encoding="utf-8") if path.exists() else _HEAD
        write_bytes(path, f"{text}\n{_written(decision, number)}".encode())


def _written(decision: Decision, number: int) -> str:
    subject, concept = f"<urn:chm:term:{quote(fold(decision.term), safe='')}>", turtle.resource(decision.uri)
    lines = [
        f"<{_NUMBER}{number}> a rdf:Statement",
        f"rdf:subject {subject}",
        "rdf:predicate skos:exactMatch",
        f"rdf:object {concept}",
        f"skos:prefLabel {turtle.literal(decision.term, 'und')}",
        f"dct:creator {turtle.literal(decision.by, 'und')}",
        f'dct:created "{decision.when.isoformat()}"^^xsd:dateTime',
    ]
    if decision.why:
        lines.append(f"rdfs:comment {turtle.literal(decision.why, 'und')}")
    if decision.withdrawn:
        return " ;\n    ".join((*lines, "owl:deprecated true")) + " .\n"
    return f"{subject} skos:exactMatch {concept} .\n" + " ;\n    ".join(lines) + " .\n"


def _decision(graph: Graph, node: URIRef) -> Decision:
    def said(predicate: URIRef) -> str:
        return str(graph.value(node, predicate) or "")

    return Decision(
        term=said(SKOS.prefLabel),
        uri=said(RDF.object),
        by=said(DCTERMS.creator),
        when=datetime.fromisoformat(said(DCTERMS.created)),
        why=said(RDFS.comment),
        withdrawn=graph.value(node, OWL.deprecated) is not None,
    )
