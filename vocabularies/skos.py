"""SKOS Turtle to `Vocabulary`, through rdflib, checked (SKOS Reference, W3C 2009, sections 4 to 8).

A file is one concept scheme, and its name without `.ttl` is the scheme's. `skos:notation` without a datatype is the
concept's identifier; with one it is a further code, named by the last part of the datatype (`urn:chm:code:iso3`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal as OneOf
from typing import TypeAlias
from xml.sax import SAXException

from rdflib import DCTERMS, RDF, SKOS, XSD, Graph, URIRef
from rdflib.exceptions import Error as RdfError
from rdflib.plugins.parsers.notation3 import BadSyntax
from rdflib.term import Literal, Node

from vocabularies.model import Concept, Vocabulary

DATA = Path(__file__).parent / "data"

_Statements: TypeAlias = dict[Node, list[Node]]  # of one subject: predicate -> objects


class VocabularyError(Exception):
    """A Turtle file is no vocabulary: names the file, the concept and what is wrong."""

    def __init__(self, path: Path | str, cause: str) -> None:
        super().__init__(f"{path}: {cause}")


def load(path: Path) -> Vocabulary:
    """The vocabulary of one Turtle file, its concepts in order of notation.

    Raises `VocabularyError` where the file is not Turtle, or a concept has no notation, shares it with another, has
    no preferred label or two in one language, or a `skos:broader` that leads nowhere or round in a circle.
    """
    statements = _statements(parse(path))
    nodes = sorted((node for node, about in statements.items() if SKOS.Concept in about.get(RDF.type, ())), key=str)
    notations = {node: _notation(path, node, statements[node]) for node in nodes}
    concepts = [_concept(path, node, statements[node], notations) for node in nodes]
    by_notation = {concept.notation: concept for concept in concepts}
    if len(by_notation) < len(concepts):
        twice = sorted(n for n in by_notation if sum(concept.notation == n for concept in concepts) > 1)
        raise VocabularyError(path, f"several concepts share the notation {', '.join(twice)}; it must be unique.")
    _refuse_circles(path, by_notation)
    uri, title = _about(statements)
    return Vocabulary(path.stem, (by_notation[notation] for notation in sorted(by_notation)), uri=uri, title=title)


def load_all(folders: Iterable[Path] = (DATA,)) -> dict[str, Vocabulary]:
    """Every `*.ttl` of the folders by scheme; a file of a later folder takes the place of one of the same name."""
    return {scheme: load(path) for scheme, path in files(folders).items()}


def files(folders: Iterable[Path] = (DATA,)) -> dict[str, Path]:
    """The file of every scheme, the schemes sorted; that of a later folder wins."""
    paths = {path.stem: path for folder in folders for path in sorted(folder.glob("*.ttl"))}
    return dict(sorted(paths.items()))


def read_others(data: bytes, origin: str, scheme: str) -> Vocabulary:
    """Somebody else's SKOS, Turtle or RDF/XML, as a vocabulary: its concepts under their URIs, with names and mappings.

    Notations and hierarchies of others are left out: their numbers are theirs, and their concepts tag no record.
    Raises `VocabularyError`, which names the origin, where the data are neither, or hold no concept that has a name.
    """
    is_xml = b"<rdf:RDF" in data[:4096] or data.lstrip().startswith(b"<?xml")
    statements = _statements(_graph(data, origin, "xml" if is_xml else "turtle"))
    concepts = []
    for node in statements:
        about = statements[node]
        labels = {language: texts[0] for language, texts in _labels(about, SKOS.prefLabel).items()}
        if isinstance(node, URIRef) and labels and SKOS.Concept in about.get(RDF.type, ()):
            concepts.append(
                Concept(
                    notation=str(node),
                    uri=str(node),
                    labels=labels,
                    alternatives=_labels(about, SKOS.altLabel),
                    hidden=_labels(about, SKOS.hiddenLabel),
                    exact=_uris(about, SKOS.exactMatch),
                    close=_uris(about, SKOS.closeMatch),
                    related=_uris(about, SKOS.relatedMatch),
                )
            )
    if not concepts:
        raise VocabularyError(origin, "holds no skos:Concept that has an address and a skos:prefLabel.")
    uri, title = _about(statements)
    return Vocabulary(
        scheme, sorted(concepts, key=lambda each: each.notation), uri=uri or origin, title=title or scheme
    )


def _about(statements: Mapping[Node, _Statements]) -> tuple[str, str]:
    """URI and title of the scheme; empty where the file does not say."""
    for node in sorted(statements, key=str):
        if SKOS.ConceptScheme in statements[node].get(RDF.type, ()):
            titles = (
                *_labels(statements[node], DCTERMS.title).values(),
                *_labels(statements[node], SKOS.prefLabel).values(),
            )
            return str(node), titles[0][0] if titles else ""
    return "", ""


def parse(path: Path) -> Graph:
    """The statements of a Turtle file. Raises `VocabularyError` where it is none."""
    return _graph(path.read_bytes(), str(path), "turtle")


def _graph(data: bytes, origin: str, syntax: OneOf["turtle", "xml"]) -> Graph:
    graph = Graph()
    try:
        graph.parse(data=data, format=syntax)
    except (BadSyntax, RdfError, SAXException, ValueError) as error:  # ValueError: no UTF-8, or no language tag
        name = {"turtle": "Turtle", "xml": "RDF/XML"}[syntax]
        raise VocabularyError(origin, f"is not {name}: {error}") from error
    return graph


def _statements(graph: Graph) -> dict[Node, _Statements]:
    statements: dict[Node, _Statements] = {}
    for subject, predicate, value in graph:
        statements.setdefault(subject, {}).setdefault(predicate, []).append(value)
    return statements


def _notation(path: Path, node: Node, about: _Statements) -> str:
    plain = [n for n in _literals(about, SKOS.notation) if n.datatype in (None, XSD.string)]
    if len(plain) != 1:
        raise VocabularyError(path, f"<{node}> needs one skos:notation without a datatype; it has {len(plain)}.")
    return str(plain[0])


def _concept(path: Path, itself: Node, about: _Statements, notations: Mapping[Node, str]) -> Concept:
    notation = notations[itself]
    preferred = _labels(about, SKOS.prefLabel)
    crowded = [language for language, labels in preferred.items() if len(labels) > 1]
    if not preferred or crowded:
        what = f"two skos:prefLabel in {crowded[0]!r}" if crowded else "no skos:prefLabel"
        raise VocabularyError(path, f"concept {notation} has {what}; it needs one in English or another language.")
    broader = about.get(SKOS.broader, [])
    for node in broader:
        if node not in notations:
            raise VocabularyError(path, f"concept {notation} has a skos:broader that this file lacks: <{node}>.")
    return Concept(
        notation=notation,
        uri=str(itself),
        definitions={language: texts[0] for language, texts in _labels(about, SKOS.definition).items()},
        labels={language: labels[0] for language, labels in preferred.items()},
        alternatives=_labels(about, SKOS.altLabel),
        hidden=_labels(about, SKOS.hiddenLabel),
        broader=tuple(sorted(notations[node] for node in broader)),
        codes=dict(sorted(_codes(about))),
        exact=_uris(about, SKOS.exactMatch),
        close=_uris(about, SKOS.closeMatch),
        related=_uris(about, SKOS.relatedMatch),
        narrow=_uris(about, SKOS.narrowMatch),
    )


def _codes(about: _Statements) -> Iterator[tuple[str, str]]:
    for code in _literals(about, SKOS.notation):
        if code.datatype not in (None, XSD.string):
            yield str(code.datatype).replace("/", ":").replace("#", ":").rpartition(":")[2], str(code)


def _labels(about: _Statements, kind: Node) -> dict[str, tuple[str, ...]]:
    """Labels by language, both sorted, so that nothing depends on the order of a graph; `und` where untagged."""
    found = sorted((label.language or "und", str(label)) for label in _literals(about, kind))
    labels: dict[str, tuple[str, ...]] = {}
    for language, label in found:
        labels[language] = (*labels.get(language, ()), label)
    return labels


def _uris(about: _Statements, predicate: Node) -> tuple[str, ...]:
    return tuple(sorted(str(node) for node in about.get(predicate, ()) if isinstance(node, URIRef)))


def _literals(about: _Statements, predicate: Node) -> Iterator[Literal]:
    return (value for value in about.get(predicate, ()) if isinstance(value, Literal))


def _refuse_circles(path: Path, concepts: Mapping[str, Concept]) -> None:
    """Depth first without recursion: a chain may be as long as a hostile file wishes."""
    done: set[str] = set()
    for start in concepts:
        trail: list[str] = []
        todo = [(start, False)]
        while todo:
            notation, left = todo.pop()
            if left:
                done.add(trail.pop())
            elif notation in trail:
                circle = " > ".join([*trail[trail.index(notation) :], notation])
                raise VocabularyError(path, f"skos:broader goes round in a circle: {circle}.")
            elif notation not in done:
                trail.append(notation)
                todo += [(notation, True), *((above, False) for above in concepts[notation].broader)]
