"""DCAT on a page of a catalogue, in any syntax of RDF: the dataset of the record's name, read as by profile `dcat`."""

from __future__ import annotations

from harvesters import rdf_pages
from harvesters.errors import HarvestError
from harvesters.model import RawRecord
from normalizers.model import Draft
from normalizers.profiles import Unreadable
from normalizers.profiles.dcat import describe
from normalizers.reading import Reading


def extract(raw: RawRecord) -> Draft:
    """Where the values of one record stand. Raises `Unreadable`."""
    try:
        graph = rdf_pages.graph(raw.answer)
    except HarvestError as error:
        raise Unreadable("unreadable_record", error.cause, error.advice) from error
    reading = Reading(Draft(), raw.identifier)
    describe(reading, graph, raw.identifier)
    return reading.draft
