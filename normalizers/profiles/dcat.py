"""DCAT in RDF/XML: one dataset, service or catalogue a record (W3C DCAT 3; DCAT-AP 3, which says what is found where).

RDF/XML writes one graph in many ways, so rdflib reads it. It is handed what lxml read safely before, written anew:
no DTD, no entity and nothing to fetch is left in it, and no more of it than the caps below allow.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias
from xml.sax import SAXException

from lxml import etree
from msgspec import Struct
from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.exceptions import Error
from rdflib.term import Node

from harvesters.model import RawRecord
from normalizers.boxes import shape_box
from normalizers.fields.links import looks_like_link
from normalizers.model import DateKind, Draft, Link, Subject, Text
from normalizers.profiles import Unreadable
from normalizers.reading import Format, Reading

logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # odd addresses become issues of their record

_MOST_ELEMENTS = 10_000  # about half a second's reading
_MOST_BYTES = 2_000_000
_ADMS, _LOCN, _VCARD = (
    Namespace(address)
    for address in ("http://www.w3.org/ns/adms#", "http://www.w3.org/ns/locn#", "http://www.w3.org/2006/vcard/ns#")
)
_RESOURCES = tuple(
    URIRef(f"{DCAT}{kind}") for kind in ("Dataset", "DatasetSeries", "DataService", "Resource", "Catalog")
)
_DATATYPE = f"{{{RDF}}}datatype"
_LABELS = (SKOS.prefLabel, RDFS.label, FOAF.name, _VCARD.fn, _VCARD["organization-name"], DCTERMS.title)
_SHAPES = (DCAT.bbox, _LOCN.geometry, DCAT.centroid)
_FORMAT = Format(
    name="DCAT",
    profile="dcat",
    roots=frozenset(("rdf", "dataset", "datasetseries", "dataservice", "resource", "catalog")),
)


class _Described(Struct):
    """What a record describes, its graph, and the draft so far."""

    reading: Reading
    draft: Draft
    graph: Graph
    node: Node


_Rule: TypeAlias = Callable[[_Described, Node], bool]  # with one value; whether it was used


def extract(raw: RawRecord) -> Draft:
    """Where the values of one record stand. Raises `Unreadable`, with `record_too_large` too."""
    root, _, reading = _FORMAT.open(raw, {})
    describe(reading, _graph(root, raw.answer.url), raw.identifier)
    return reading.draft


def describe(reading: Reading, graph: Graph, identifier: str) -> None:
    """Read the dataset of that name (else the first) out of a graph. Raises `Unreadable` where there is none."""
    described = _Described(reading, reading.draft, graph, _node(graph, identifier))
    if isinstance(described.node, URIRef) and looks_like_link(described.node):
        rel = "related" if (described.node, DCAT.landingPage, None) in graph else "source"
        reading.draft.links.append(Link(url=str(described.node), rel=rel))
    for predicate, value in graph.predicate_objects(described.node):
        put = _TABLE.get(predicate)
        if put is None or not put(described, value):
            reading.leave(_called(predicate, graph))


def _called(predicate: Node, graph: Graph) -> str:
    """The predicate as the document writes it, `dct:title`; as it is where it is no address (`http:<//x`)."""
    try:
        return graph.namespace_manager.normalizeUri(str(predicate))
    except ValueError:
        return str(predicate)


def _graph(root: etree._Element, url: str) -> Graph:
    """The graph, of plain literals: rdflib would turn typed ones into Python's values, which nobody here asks for."""
    etree.strip_tags(root, etree.Entity)
    for element in root.iter():
        element.attrib.pop(_DATATYPE, "")
    data = etree.tostring(root)
    if len(data) > _MOST_BYTES or sum(1 for _ in root.iter()) > _MOST_ELEMENTS:
        raise Unreadable(
            "record_too_large",
            f"Its {len(data):,} bytes of RDF are more than one dataset needs.",
            "Ask the site for a record per dataset.",
        )
    graph = Graph(bind_namespaces="none")
    try:
        graph.parse(data=data, format="xml", publicID=url)
    except (Error, SAXException, ValueError) as error:
        raise Unreadable(
            "unreadable_record", f"Its RDF cannot be read: {error}.", "Ask the site to mend its export."
        ) from error
    return graph


def _node(graph: Graph, identifier: str) -> Node:
    """The dataset that the record is named after; else the first, and what is no dataset only where none is."""
    found = [node for kind in _RESOURCES for node in graph.subjects(RDF.type, kind)]
    for node in found:
        if str(node) == identifier or (node, DCTERMS.identifier, Literal(identifier)) in graph:
            return node
    if not found:
        raise Unreadable(
            "unreadable_record", "It describes no dataset, service or catalogue.", "Ask the site what it means by it."
        )
    return found[0]


def _literals(nodes: Iterable[Node]) -> list[Text]:
    found = [(str(node).strip(), node.language) for node in nodes if isinstance(node, Literal)]
    return [Text(text, language) for text, language in found if text]


def _texts(graph: Graph, value: Node) -> list[Text]:
    """A literal, or what the node that stands for it is called, in every language; else its address."""
    if isinstance(value, Literal):
        return _literals([value])
    for label in _LABELS:
        if found := _literals(graph.objects(value, label)):  # literals alone: a node may be called by itself
            return found
    return [] if isinstance(value, BNode) else [Text(str(value))]


def _coded(graph: Graph, value: Node) -> Iterator[Text]:
    """The same for values of code lists: of an address alone, its last part is the code, and the rest its scheme.

    Numbers, as EuroVoc and GeoNames have them, say nothing to anybody and are left out.
    """
    for text in _texts(graph, value):
        if isinstance(value, URIRef) and text.value == str(value):
            cut = max(text.value.rstrip("/").rfind("/"), text.value.rfind("#")) + 1
            code = text.value[cut:].strip("/")
            if code and not code.isdigit():
                yield Subject(code, None, text.value[:cut])
        else:
            yield text


def _text(name: str) -> _Rule:
    def put(described: _Described, value: Node) -> bool:
        found = _texts(described.graph, value)
        getattr(described.draft, name).extend(found)
        return bool(found) or isinstance(value, Literal)

    return put


def _code(name: str) -> _Rule:
    def put(described: _Described, value: Node) -> bool:
        found = list(_coded(described.graph, value))
        getattr(described.draft, name).extend(found)
        return bool(found)

    return put


def _language(described: _Described, value: Node) -> bool:
    found = [text.value for text in _coded(described.graph, value)]
    described.draft.languages += found
    return bool(found)


def _type(described: _Described, value: Node) -> bool:
    found = [Text(text.value) for text in _coded(described.graph, value)]
    described.draft.types += found
    return bool(found)


def _date(kind: DateKind) -> _Rule:
    def put(described: _Described, value: Node) -> bool:
        if isinstance(value, Literal) and value.strip():
            described.draft.dates.append((kind, str(value).strip()))
        return isinstance(value, Literal)

    return put


def _link(rel: str) -> _Rule:
    def put(described: _Described, value: Node) -> bool:
        url = str(value).strip()
        linked = not isinstance(value, BNode) and looks_like_link(url)
        described.draft.links += [Link(url=url, rel=rel)] if linked else []
        return linked

    return put


def _identifier(described: _Described, value: Node) -> bool:
    """A literal, an address, or the notation of a node (adms:Identifier)."""
    notation = next(described.graph.objects(value, SKOS.notation), value)
    if not isinstance(notation, BNode) and (found := str(notation).strip()):
        described.draft.identifiers.append(found)
    return not isinstance(notation, BNode)


def _distribution(described: _Described, value: Node) -> bool:
    """Its file, else its page; its licence is stated of the files, and so of what is described."""
    graph, draft = described.graph, described.draft
    url = next((str(one) for key in (DCAT.downloadURL, DCAT.accessURL) for one in graph.objects(value, key)), "")
    if url:
        names = _literals(graph.objects(value, DCTERMS.title))
        media = [str(one).rpartition("/media-types/")[2] for one in graph.objects(value, DCAT.mediaType)]
        name = names[0] if names else Text("")
        draft.links.append(
            Link(
                url=url,
                rel="document",
                name=name.value or None,
                language=name.language,
                media_type=media[0] if media and media[0].count("/") == 1 else None,
            )
        )
    licences = (text for one in graph.objects(value, DCTERMS.license) for text in _texts(graph, one))
    draft.rights += [text for text in licences if text not in draft.rights]
    return bool(url)


def _spatial(described: _Described, value: Node) -> bool:
    """Boxes of shapes in WKT or GeoJSON, and the place by its name or its code."""
    graph, draft = described.graph, described.draft
    shapes = [str(one) for key in _SHAPES for one in graph.objects(value, key)]
    boxes = [shape_box(shape) for shape in shapes]
    draft.coordinates += [box for box in dict.fromkeys(boxes) if box and box not in draft.coordinates]
    for shape in shapes if shapes and not any(boxes) else ():
        described.reading.misplace(shape)
    names = list(_coded(graph, value))
    draft.coverage += names
    return bool(names or shapes)


_TABLE: dict[Node, _Rule] = {
    RDF.type: _type,
    DCTERMS.type: _type,
    DCTERMS.title: _text("titles"),
    DCTERMS.abstract: _text("summaries"),
    DCTERMS.description: _text("descriptions"),
    DCTERMS.creator: _text("authors"),
    DCTERMS.contributor: _text("contributors"),
    DCTERMS.publisher: _text("publishers"),
    DCTERMS.issued: _date("published"),
    DCTERMS.created: _date("created"),
    DCTERMS.modified: _date("modified"),
    DCTERMS.language: _language,
    DCTERMS.license: _text("rights"),
    DCTERMS.rights: _text("rights"),
    DCTERMS.accessRights: _text("access"),
    DCTERMS.identifier: _identifier,
    _ADMS.identifier: _identifier,
    DCTERMS.subject: _code("subjects"),
    DCAT.theme: _code("subjects"),
    DCAT.keyword: _text("subjects"),
    DCAT.landingPage: _link("source"),
    FOAF.homepage: _link("source"),
    FOAF.page: _link("related"),
    DCTERMS.relation: _link("related"),
    DCTERMS.source: _link("related"),
    DCTERMS.isReferencedBy: _link("related"),
    DCTERMS.isVersionOf: _link("related"),
    DCTERMS.conformsTo: _link("related"),
    DCAT.distribution: _distribution,
    DCTERMS.spatial: _spatial,
}
