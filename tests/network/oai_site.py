"""The Canadian site: an OAI-PMH 2.0 repository on `oai-repo`, and the thin layer that adds what it lacks.

oai-repo's are: the six verbs and their errors, arguments, granularity of dates, lists and their pages of 100,
resumption tokens with cursor and completeListSize, and the XML of all of it.

The layer's (`_finish`, and `Library.list_identifiers` where it raises) are:
- `<header status="deleted">` without metadata, in ListRecords, ListIdentifiers and GetRecord: oai-repo drops a record
  that has no metadata though it counts it, so the backend hands it a stand-in that the layer takes out again;
- `responseDate`, on the network's clock instead of the machine's;
- the attribute `verb` of `<request>` (OAI-PMH 2.0, 3.2), which oai-repo forgets;
- badArgument for `from` later than `until` (OAI-PMH 2.0, 2.7.1).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

import oai_repo
from flask import Flask, Response, abort, request
from lxml import etree
from oai_repo.exceptions import OAIErrorBadArgument

from tests.network.days import moment, stamp
from tests.network.library import HOST, Document, documents, dublin_core, set_names

GRANULARITY = "YYYY-MM-DDThh:mm:ssZ"
STAND_IN = "deleted-record"
OAI_DC = oai_repo.MetadataFormat(
    "oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", "http://www.openarchives.org/OAI/2.0/oai_dc/"
)
ABOUT_HARVESTER = Path(__file__).parents[2] / "harvesters" / "about.html"


class Library(oai_repo.DataInterface):
    """The backend that oai-repo asks: one day's documents."""

    limit = 100

    def __init__(self, day: int, base_url: str) -> None:
        self._day = day
        self._documents = documents(day)
        self._by_identifier = {document.identifier: document for document in self._documents}
        self._identify = oai_repo.Identify(
            repository_name="Demonstration: Canada. Library of biodiversity documents",
            base_url=base_url,
            admin_email=[f"library@{HOST}"],
            earliest_datestamp=self._documents[0].datestamp,
            deleted_record="persistent",
            granularity=GRANULARITY,
        )

    def get_identify(self) -> oai_repo.Identify:
        return self._identify

    def is_valid_identifier(self, identifier: str) -> bool:
        return identifier in self._by_identifier

    def get_metadata_formats(self, _identifier: str | None = None) -> list[oai_repo.MetadataFormat]:
        return [OAI_DC]

    def get_record_header(self, identifier: str) -> oai_repo.RecordHeader:
        document = self._by_identifier[identifier]
        return oai_repo.RecordHeader(identifier, document.datestamp, list(document.sets))

    def get_record_metadata(self, identifier: str, _metadataprefix: str) -> etree._Element:
        document = self._by_identifier[identifier]
        return etree.Element(STAND_IN) if document.deleted else etree.fromstring(dublin_core(document))

    def get_record_abouts(self, _identifier: str) -> list[etree._Element]:
        return []

    def list_set_specs(self) -> tuple[list[str], int, None]:
        return list(set_names()), len(set_names()), None

    def get_set(self, setspec: str) -> oai_repo.Set:
        return oai_repo.Set(setspec, set_names()[setspec], [])

    def list_identifiers(
        self,
        _metadataprefix: str,
        filter_from: datetime | None = None,
        filter_until: datetime | None = None,
        filter_set: str | None = None,
        cursor: int = 0,
    ) -> tuple[list[str], int, str]:
        """A page of identifiers, how many there are in all, and a state: a token does not outlive its day."""
        if filter_from and filter_until and filter_from > filter_until:
            raise OAIErrorBadArgument("The argument from must not be later than until.")
        earliest = stamp(filter_from) if filter_from else ""
        latest = stamp(filter_until) if filter_until else "9999"
        found = [
            document.identifier
            for document in self._documents
            if earliest <= document.datestamp <= latest and _in_set(document, filter_set)
        ]
        return found[cursor : cursor + self.limit], len(found), f"day {self._day}"

    def deleted(self, identifier: str) -> bool:
        """Whether the document is deleted on this day."""
        return self._by_identifier[identifier].deleted


def make_app(today: Callable[[], int]) -> Flask:
    """The site; `today` says which day it is. A page is made once a day."""
    app = Flask(__name__, static_folder=None)

    @app.route("/oai", methods=["GET", "POST"])
    def oai() -> Response:
        body = _answer(today(), request.base_url, tuple(request.values.items()))
        return Response(body, content_type="text/xml; charset=utf-8")

    @app.get("/")
    def home() -> str:
        return (
            "<!doctype html><html lang=en><title>Demonstration: Canada</title><h1>Demonstration: Canada</h1>"
            "<p>An invented site of a demonstration network. <a href=/oai?verb=Identify>OAI-PMH</a></html>"
        )

    @app.get("/harvester.html")
    def harvester() -> Response:
        if not ABOUT_HARVESTER.is_file():
            abort(404)
        return Response(ABOUT_HARVESTER.read_bytes(), content_type="text/html; charset=utf-8")

    return app


def _in_set(document: Document, wanted: str | None) -> bool:
    return wanted is None or any(leaf == wanted or leaf.startswith(f"{wanted}:") for leaf in document.sets)


@cache
def _library(day: int, base_url: str) -> Library:
    return Library(day, base_url)


@cache
def _answer(day: int, base_url: str, arguments: tuple[tuple[str, str], ...]) -> bytes:
    library = _library(day, base_url)
    response = oai_repo.OAIRepository(library).process(dict(arguments))
    _finish(response, library, day, dict(arguments).get("verb", ""))
    return bytes(response)


def _finish(response: oai_repo.OAIResponse, library: Library, day: int, verb: str) -> None:
    """What the layer adds to an answer of oai-repo; see the head of this file."""
    root = response.root()
    root.find("responseDate").text = stamp(moment(day))
    if response:
        root.find("request").set("verb", verb)
    for header in root.iter("header"):
        if library.deleted(header.findtext("identifier")):
            header.set("status", "deleted")
            for metadata in header.itersiblings("metadata"):
                metadata.getparent().remove(metadata)
