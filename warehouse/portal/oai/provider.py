"""Answers of the OAI-PMH provider, verb by verb."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lxml import etree
from msgspec import Struct

from warehouse.formats.records_sqlite import stamp_of
from warehouse.portal.oai import lists, requests, xml
from warehouse.portal.oai.errors import Refused
from warehouse.portal.oai.formats import MetadataFormat, formats
from warehouse.portal.oai.provenance import provenance
from warehouse.portal.oai.requests import Asked
from warehouse.portal.oai.tokens import Position, write_token
from warehouse.portal.shelf import Reading
from warehouse.portal.store import Entry, Published

_SCHEMA = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
_URN = "urn:uuid:"  # identifiers are URIs (2.4); ours are UUIDs (RFC 9562, 4)
_NOT_REPEATED = ("badVerb", "badArgument")  # errors whose answer does not repeat the arguments (3.2)


class Provider(Struct, frozen=True):
    """The provider over what one request reads; `address` is its base URL, `mail` who answers for it."""

    reading: Reading
    address: str
    mail: str
    now: datetime

    def answer(self, pairs: Sequence[tuple[str, str]]) -> bytes:
        """The XML that answers a request with these arguments, errors of the protocol included."""
        envelope = xml.root(xml.OAI, "OAI-PMH", _SCHEMA)
        xml.add(envelope, "responseDate", stamp_of(self.now))
        request = xml.add(envelope, "request", self.address)
        try:
            asked = requests.read(pairs)
            inside = etree.Element(f"{{{xml.OAI}}}{asked.verb}")
            self._fill(inside, asked)
        except Refused as error:
            inside = etree.Element(f"{{{xml.OAI}}}error", code=error.code)
            inside.text = xml.clean(str(error))
            repeated = error.code not in _NOT_REPEATED
        else:
            repeated = True
        if repeated:
            request.attrib.update({name: xml.clean(value) for name, value in requests.repeatable(pairs).items()})
        envelope.append(inside)
        return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")

    def _fill(self, inside: etree._Element, asked: Asked) -> None:
        match asked.verb:
            case "Identify":
                self._identify(inside)
            case "ListMetadataFormats":
                self._list_formats(inside, asked.arguments.get("identifier"))
            case "ListSets":
                self._list_sets(inside)
            case "GetRecord":
                self._get(inside, asked.arguments["identifier"], self._format(asked.arguments["metadataPrefix"]))
            case _ if asked.position:
                self._list(inside, asked.position)

    def _identify(self, inside: etree._Element) -> None:
        first = self.reading.opened.store.first_stamp()
        xml.add(inside, "repositoryName", "CHM aggregator")
        xml.add(inside, "baseURL", self.address)
        xml.add(inside, "protocolVersion", "2.0")
        xml.add(inside, "adminEmail", self.mail)
        xml.add(inside, "earliestDatestamp", first or stamp_of(self.reading.release.published))
        xml.add(inside, "deletedRecord", "persistent")
        xml.add(inside, "granularity", "YYYY-MM-DDThh:mm:ssZ")
        xml.add(inside, "compression", "gzip")

    def _list_formats(self, inside: etree._Element, identifier: str | None) -> None:
        if identifier is not None:
            self._entry(identifier)
        for form in formats(self.address).values():
            made = xml.add(inside, "metadataFormat")
            xml.add(made, "metadataPrefix", form.prefix)
            xml.add(made, "schema", form.schema)
            xml.add(made, "metadataNamespace", form.namespace)

    def _list_sets(self, inside: etree._Element) -> None:
        names = {source.id: source.name for source in self.reading.release.sources}
        for kind, by in lists.KINDS.items():
            for value in self.reading.opened.store.values(by):
                made = xml.add(inside, "set")
                xml.add(made, "setSpec", lists.spec(kind, value))
                xml.add(made, "setName", f"{kind}: {names.get(value, value) if kind == 'source' else value}")
        if not len(inside):
            raise Refused("noSetHierarchy", "Nothing was published yet that could be in a set.")

    def _get(self, inside: etree._Element, identifier: str, form: MetadataFormat) -> None:
        entry = self._entry(identifier)
        self._record(inside, entry, self.reading.opened.store.records([entry.identifier]).get(entry.identifier), form)

    def _list(self, inside: etree._Element, position: Position) -> None:
        form = self._format(position.prefix)
        page = lists.page(self.reading, position)
        if position.verb == "ListIdentifiers":
            for entry in page.entries:
                _header(inside, entry)
        else:
            records = self.reading.opened.store.records([entry.identifier for entry in page.entries if entry.is_live])
            for entry in page.entries:
                self._record(inside, entry, records.get(entry.identifier), form)
        if page.rest:
            token = write_token(page.rest)
            cursor, size = str(position.told), str(page.rest.size)
            xml.add(inside, "resumptionToken", token, completeListSize=size, cursor=cursor)
        elif position.told:  # the last of several pages says so (3.5)
            size = str(position.told + len(page.entries))
            xml.add(inside, "resumptionToken", completeListSize=size, cursor=str(position.told))

    def _record(self, inside: etree._Element, entry: Entry, record: Published | None, form: MetadataFormat) -> None:
        made = xml.add(inside, "record")
        _header(made, entry)
        if record is not None and entry.is_live:
            xml.add(made, "metadata").append(form.write(record, form.schema))
            xml.add(made, "about").append(provenance(record))

    def _entry(self, identifier: str) -> Entry:
        name = identifier.removeprefix(_URN).upper()
        found = self.reading.opened.store.entry(name) if identifier.startswith(_URN) else None
        if found is None:
            raise Refused("idDoesNotExist", "No record is or was called so.")
        return self.reading.suppressed.applied(found)

    def _format(self, prefix: str) -> MetadataFormat:
        known = formats(self.address)
        if prefix not in known:
            raise Refused("cannotDisseminateFormat", f"There is {', '.join(known)}; ListMetadataFormats says more.")
        return known[prefix]


def _header(inside: etree._Element, entry: Entry) -> None:
    made = xml.add(inside, "header")
    if not entry.is_live:
        made.set("status", "deleted")
    xml.add(made, "identifier", f"{_URN}{entry.identifier}")
    xml.add(made, "datestamp", entry.stamp)
    for spec in lists.specs_of(entry):
        xml.add(made, "setSpec", spec)
