"""`catalogue.ttl` and `catalogue.jsonld`: the release as a DCAT-AP 3 catalogue, a dataset a site and one of them all.

Each dataset names its distributions and the licence of its records, where they are all under one; the catalogue names
the services that read them.
"""

from __future__ import annotations

from pathlib import Path

from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from harvesters.source import Source
from warehouse.edition import Edition, Portion
from warehouse.formats import Written
from warehouse.model import SourceState
from warehouse.tally import SourceTally

_MEDIA = "https://www.iana.org/assignments/media-types/"
_FILES = {  # of the whole release: name -> (what it is, media type)
    "records.parquet": ("Every record as Parquet", "application/vnd.apache.parquet"),
    "records.jsonl.zst": ("Every record as JSON Lines", "application/zstd"),
    "records.csv": ("The core of every record as CSV", "text/csv"),
    "solr.jsonl.zst": ("Documents in the names of the CHM's own index", "application/zstd"),
    "chm.duckdb": ("A database for analysts", "application/octet-stream"),
}
_SERVICES = {
    "records": ("Search", "records"),
    "select": ("Search in the dialect of the CHM's own index", "api/v2013/index/select"),
    "oai": ("OAI-PMH 2.0 provider", "oai"),
}
_TITLE = "National biodiversity clearing-houses"
_ABOUT = "What the national clearing-house sites of the Convention on Biological Diversity publish, harvested daily."


class _Writer:
    def __init__(self, folder: Path, edition: Edition) -> None:
        self._folder = folder
        self._edition = edition
        self._graph = Graph()
        self._graph.bind("dcat", DCAT)
        self._graph.bind("dct", DCTERMS)

    def add(self, portion: Portion) -> None:
        """Nothing: the edition's tally counts."""

    def close(self) -> list[Written]:
        catalogue = URIRef(f"{self._edition.address}/catalogue")
        self._describe(catalogue, DCAT.Catalog, _TITLE, _ABOUT)
        self._say(catalogue, FOAF.homepage, self._page(self._edition.address))
        self._say(catalogue, DCAT.dataset, whole := self._whole())
        for state in self._edition.release.sources:
            dataset = self._of_source(state)
            self._say(catalogue, DCAT.dataset, dataset)
            self._say(whole, DCTERMS.hasPart, dataset)
        for name, (title, path) in _SERVICES.items():
            self._say(catalogue, DCAT.service, self._service(name, title, path, whole))
        return [self._written("catalogue.ttl", "turtle"), self._written("catalogue.jsonld", "json-ld")]

    def _whole(self) -> URIRef:
        """The dataset of all records, with the release's files."""
        dataset = URIRef(f"{self._edition.address}/datasets/all")
        self._describe(dataset, DCAT.Dataset, f"{_TITLE}: all records", _ABOUT)
        for name, (title, media) in _FILES.items():
            distribution = URIRef(self._edition.file_address(name))
            self._distribute(dataset, distribution, title, media)
        return dataset

    def _of_source(self, state: SourceState) -> URIRef:
        """The dataset of one site's records."""
        edition, counted = self._edition, self._edition.tally.of(state.id)
        source = edition.sources.get(state.id)
        dataset = URIRef(f"{edition.address}/datasets/{state.id}")
        about = f"{state.records} records of the clearing-house site {state.name}."
        self._describe(dataset, DCAT.Dataset, state.name, about, issued=False)
        if state.as_of:
            self._say(dataset, DCTERMS.modified, Literal(state.as_of.isoformat(), datatype=XSD.dateTime))
        if source and source.page:
            self._say(dataset, DCAT.landingPage, self._page(str(source.page)))
        self._cover(dataset, counted)
        distribution = URIRef(f"{dataset}/search")
        self._distribute(dataset, distribution, f"{state.name}: search", "application/json")
        self._graph.set((distribution, DCAT.accessURL, URIRef(f"{edition.address}/records?source={state.id}")))
        self._license(distribution, counted, source)
        return dataset

    def _describe(self, node: URIRef, kind: URIRef, title: str, about: str, *, issued: bool = True) -> None:
        self._say(node, RDF.type, kind)
        self._say(node, DCTERMS.title, Literal(title, lang="en"))
        self._say(node, DCTERMS.description, Literal(about, lang="en"))
        self._say(node, DCTERMS.publisher, self._publisher())
        if issued:
            moment = self._edition.release.published.isoformat()
            self._say(node, DCTERMS.modified, Literal(moment, datatype=XSD.dateTime))

    def _publisher(self) -> URIRef:
        agent = URIRef(f"{self._edition.address}/publisher")
        self._say(agent, RDF.type, FOAF.Agent)
        self._say(agent, FOAF.name, Literal("CHM aggregator", lang="en"))
        return agent

    def _distribute(self, dataset: URIRef, distribution: URIRef, title: str, media: str) -> None:
        self._say(dataset, DCAT.distribution, distribution)
        self._say(distribution, RDF.type, DCAT.Distribution)
        self._say(distribution, DCTERMS.title, Literal(title, lang="en"))
        self._say(distribution, DCAT.accessURL, distribution)
        kind = URIRef(_MEDIA + media)
        self._say(kind, RDF.type, DCTERMS.MediaType)
        self._say(distribution, DCAT.mediaType, kind)

    def _license(self, distribution: URIRef, counted: SourceTally, source: Source | None) -> None:
        """The licence that all records are under; else in words that they differ, and what the site itself says."""
        (licence, *others) = counted.licences or (None,)
        if licence and not others:
            document = URIRef(licence)
            self._say(document, RDF.type, DCTERMS.LicenseDocument)
            self._say(distribution, DCTERMS.license, document)
            return
        statement = BNode(f"rights-{len(self._graph)}")
        said = f" The site says: {source.licence}" if source and source.licence else ""
        self._say(statement, RDF.type, DCTERMS.RightsStatement)
        self._say(statement, DCTERMS.description, Literal(f"Each record names its own terms.{said}", lang="en"))
        self._say(distribution, DCTERMS.rights, statement)

    def _cover(self, dataset: URIRef, counted: SourceTally) -> None:
        if counted.first_year and counted.last_year:
            period = BNode(f"period-{len(self._graph)}")
            self._say(period, RDF.type, DCTERMS.PeriodOfTime)
            self._say(period, DCAT.startDate, Literal(f"{counted.first_year:04}", datatype=XSD.gYear))
            self._say(period, DCAT.endDate, Literal(f"{counted.last_year:04}", datatype=XSD.gYear))
            self._say(dataset, DCTERMS.temporal, period)
        for schema in sorted(counted.schemas):
            self._say(dataset, DCAT.keyword, Literal(schema, lang="en"))

    def _service(self, name: str, title: str, path: str, whole: URIRef) -> URIRef:
        service = URIRef(f"{self._edition.address}/services/{name}")
        self._say(service, RDF.type, DCAT.DataService)
        self._say(service, DCTERMS.title, Literal(title, lang="en"))
        self._say(service, DCAT.endpointURL, URIRef(f"{self._edition.address}/{path}"))
        self._say(service, DCAT.servesDataset, whole)
        return service

    def _page(self, address: str) -> URIRef:
        page = URIRef(address)
        self._say(page, RDF.type, FOAF.Document)
        return page

    def _say(self, subject: Node, predicate: Node, value: Node) -> None:
        self._graph.add((subject, predicate, value))

    def _written(self, name: str, syntax: str) -> Written:
        path = self._folder / name
        path.write_text(self._graph.serialize(format=syntax), encoding="utf-8")
        return Written(path)


def open(folder: Path, edition: Edition) -> _Writer:
    """A writer of `catalogue.ttl` and `catalogue.jsonld`."""
    return _Writer(folder, edition)
