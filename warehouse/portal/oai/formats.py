"""The metadata formats of the provider: unqualified Dublin Core, and the common formats of the CBD."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree
from msgspec import Struct

from harvesters.model import Json
from normalizers import common_formats
from normalizers.format_definition import Field
from normalizers.format_types import LSTRING
from warehouse.portal.oai import xml
from warehouse.portal.store import Published
from warehouse.portal.texts import UNKNOWN

_DC = "http://purl.org/dc/elements/1.1/"
_DC_DATES = ("published", "modified", "created", "start", "end")
_NAME = re.compile(r"[A-Za-z_][\w.-]*")

_CHM_SCHEMA = """<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{namespace}" elementFormDefault="qualified">
  <xs:element name="document">
    <xs:complexType>
      <xs:sequence><xs:any namespace="##targetNamespace" processContents="skip" maxOccurs="unbounded"/></xs:sequence>
      <xs:attribute name="schema" type="xs:NCName" use="required"/>
    </xs:complexType>
  </xs:element>
</xs:schema>
"""


class MetadataFormat(Struct, frozen=True):
    """A format: its prefix, namespace, the address of its XML Schema, and what writes a record in it."""

    prefix: str
    namespace: str
    schema: str
    write: Callable[[Published, str], etree._Element]


def dublin_core(record: Published, schema: str) -> etree._Element:
    """The record as `oai_dc` (OAI-PMH 2.0, 5.1): each text says in which language it is."""
    made = etree.Element(
        "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc",
        nsmap={"oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/", "dc": _DC, "xsi": xml.XSI},
    )
    made.set(f"{{{xml.XSI}}}schemaLocation", f"http://www.openarchives.org/OAI/2.0/oai_dc/ {schema}")
    for name, text, language in _dublin_core(record):
        element = xml.add(made, f"{{{_DC}}}{name}", text)
        if language and language != UNKNOWN:
            element.set(xml.LANG, language)
    return made


def _dublin_core(record: Published) -> Iterator[tuple[str, str, str | None]]:
    texts = (("title", record.title), ("description", record.summary), ("description", record.description))
    for name, values in (*texts, ("publisher", record.publisher), ("rights", record.rights.statement)):
        yield from ((name, text, language) for language, text in values.items())
    yield from (("creator", author, None) for author in record.authors)
    yield from (("subject", word.value, word.language) for word in record.keywords)
    terms = (*record.subjects, *record.gbf_targets, *record.aichi_targets, *record.sdg_goals)
    yield from (("subject", term.identifier, None) for term in terms)
    yield from (("coverage", term.identifier, None) for term in (*record.countries, *record.regions))
    dates = {date.kind: date.value for date in record.dates}
    yield from (("date", dates[kind], None) for kind in _DC_DATES if kind in dates)
    yield from (("language", language, None) for language in record.languages)
    yield "type", record.schema, None
    yield from (("type", kind, None) for kind in record.types if kind != record.schema)
    yield from (("identifier", url, None) for url in dict.fromkeys(_addresses(record)))
    if record.rights.licence:
        yield "rights", record.rights.licence, None


def _addresses(record: Published) -> Iterator[str]:
    if record.source_page:
        yield record.source_page
    yield from (link.url for link in record.links if link.rel in ("source", "document"))


def common_format(record: Published, schema: str) -> etree._Element:
    """The record as the CBD's common format of its schema, field by field; a text of a language has `xml:lang`.

    A field that has several values stands several times. The JSON of the CHM's API says the same.
    """
    made = xml.root(schema.removesuffix(".xsd"), "document", schema)
    made.set("schema", record.schema)
    types = {field.name: field for field in common_formats.load(record.schema).fields}
    for name, value in common_formats.document(record).items():
        _add(made, name, value, types.get(name))
    return made


def _add(parent: etree._Element, name: str, value: Json, field: Field | None) -> None:
    if isinstance(value, list):
        for one in value:
            _add(parent, name, one, field)
    elif isinstance(value, dict) and field and field.type.name.removesuffix("[]") == LSTRING.name:
        for language, text in value.items():
            xml.add(parent, name, str(text)).set(xml.LANG, language)
    elif isinstance(value, dict):
        within = {each.name: each for each in field.type.fields} if field else {}
        made = xml.add(parent, name)
        for key, one in value.items():
            if _NAME.fullmatch(key):
                _add(made, key, one, within.get(key))
    else:
        xml.add(parent, name, str(value).lower() if isinstance(value, bool) else str(value))


def formats(base: str) -> dict[str, MetadataFormat]:
    """The formats by prefix. `base` is the address of the provider, under which the CHM's format has its name."""
    dc = "http://www.openarchives.org/OAI/2.0/oai_dc"
    return {
        "oai_dc": MetadataFormat("oai_dc", f"{dc}/", f"{dc}.xsd", dublin_core),
        "chm": MetadataFormat("chm", f"{base}/chm", f"{base}/chm.xsd", common_format),
    }


def chm_schema(base: str) -> bytes:
    """The XML Schema of the CHM's format: the fields are the CBD's, which adds to them when it likes."""
    return _CHM_SCHEMA.format(namespace=f"{base}/chm").encode()
