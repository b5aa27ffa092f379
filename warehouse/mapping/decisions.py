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
from vocabularies.skos import VocabularyError, parse
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
        VocabularyError: the file is not Turtle, or a decision in it lacks what makes it one.
    """
    return tuple(decision for _, decision in _numbered(path))


def _numbered(path: Path) -> list[tuple[int, Decision]]:
    if not path.exists():
        return []
    graph = parse(path)
    nodes = [URIRef(str(node)) for node in graph.subjects(RDF.type, RDF.Statement)]
    return sorted(((_number(path, node), _decision(path, graph, node)) for node in nodes), key=lambda pair: pair[0])


def _number(path: Path, node: URIRef) -> int:
    number = str(node).removeprefix(_NUMBER)
    if not (number.isascii() and number.isdigit()):
        raise VocabularyError(path, f"<{node}> is no decision: its address must be <{_NUMBER}1>, 2, 3 and so on.")
    return int(number)


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
        last = max((number for number, _ in _numbered(path)), default=0)
        kept = path.read_text(encoding="utf-8") if path.exists() else ""
        write_bytes(path, f"{kept if kept.strip() else _HEAD}\n{_written(decision, last + 1)}".encode())


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


def _decision(path: Path, graph: Graph, node: URIRef) -> Decision:
    def said(predicate: URIRef) -> str:
        values = list(graph.objects(node, predicate))
        if len(values) > 1:  # two decisions under one number: neither may hide the other
            raise VocabularyError(
                path, f"<{node}> says {graph.qname(predicate)} twice; give one of the two a new number."
            )
        return str(values[0]) if values else ""

    decision = {"term": said(SKOS.prefLabel), "uri": said(RDF.object), "by": said(DCTERMS.creator)}
    try:
        when = datetime.fromisoformat(said(DCTERMS.created))
    except ValueError:
        raise VocabularyError(
            path, f"<{node}> has no dct:created that is a time, such as 2026-03-01T06:00:00+00:00."
        ) from None
    if not all(decision.values()):
        raise VocabularyError(
            path, f"<{node}> needs skos:prefLabel (the term), rdf:object (the concept) and dct:creator."
        )
    withdrawn = graph.value(node, OWL.deprecated) is not None
    return Decision(**decision, when=when, why=said(RDFS.comment), withdrawn=withdrawn)
