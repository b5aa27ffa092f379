"""Where a record came from, for harvesters that pass it on: the provenance container of `about`.

https://www.openarchives.org/OAI/2.0/guidelines-provenance.htm
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from lxml import etree

from warehouse.formats.records_sqlite import stamp_of
from warehouse.portal.oai import xml
from warehouse.portal.oai.uris import as_uri
from warehouse.portal.store import Published

_NAMESPACE = "http://www.openarchives.org/OAI/2.0/provenance"
_SCHEMA = f"{_NAMESPACE}.xsd"
_UTC = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?")
_OF_PROFILES = {  # what came in another format has no namespace to name
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "qdc": "http://purl.org/dc/terms/",
    "mods": "http://www.loc.gov/mods/v3",
    "marcxml": "http://www.loc.gov/MARC21/slim",
    "iso19139": "http://www.isotc211.org/2005/gmd",
    "dcat": "http://www.w3.org/ns/dcat#",
}


def provenance(record: Published) -> etree._Element:
    """The container: asked where and when, called what there, and altered, since we normalise."""
    origin = record.provenance
    received = stamp_of(datetime.fromisoformat(origin.received).astimezone(UTC))
    datestamp = origin.datestamp if origin.datestamp and _UTC.fullmatch(origin.datestamp) else received
    made = xml.root(_NAMESPACE, "provenance", _SCHEMA)
    described = xml.add(made, "originDescription", harvestDate=received, altered="true")
    base, _, query = origin.url.partition("?")
    xml.add(described, "baseURL", as_uri(base if "verb=" in query else origin.url))
    xml.add(described, "identifier", as_uri(record.source_identifier))
    xml.add(described, "datestamp", datestamp)
    xml.add(described, "metadataNamespace", _OF_PROFILES.get(origin.profile, ""))
    return made
