"""A record as a document of the CHM's own index: its field names and suffixes, so that today's portals read ours.

Suffixes: `_s` and `_ss` are exact texts, one or several; `_t` and `_txt` analysed ones; `_dt` times; `_i` `_d` `_b`
numbers and truths; `_EN_s` ... `_ZH_s` the value in that language; `_CEN_s` the identifier with the label in that
language, as JSON text; `_REL_ss` identifiers with all that is broader (clearing-house documentation, index; the
portals' queries of 2026). A text stands in the slot of its own language, whichever that is, and in no other: what has
no text in English has no `title_EN_t`.

A harvested page is no submission of a Party: `schemaType_s` is never `national`, `realm_ss` is the setting's, and
identifiers begin with a prefix of ours. Two names are absent on purpose, for the portals hide what has them:
`version_s` (a draft) and `virtual_b`.
"""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from normalizers import common_formats
from normalizers.model import CommonRecord, Terms
from warehouse.index_documents import dates, display, links, terms, texts
from warehouse.index_documents.model import Document, coded

__all__ = ["PREFIX", "Document", "Index", "document_id"]

PREFIX = "harvested"


def document_id(identifier: str) -> str:
    """The `id` of a record's document in the index."""
    return f"{PREFIX}-{identifier}"


class Index(Struct, frozen=True, eq=False):
    """What every document of an index shares: the realm that it names, and the vocabularies with their labels."""

    realm: str
    terms: Terms

    def document(self, record: CommonRecord) -> Document:
        """The record as a document; fields that it has no value for are absent."""
        made = {
            **self._standing(record),
            **_schema(record.schema),
            **terms.government(self.terms, record.government),
            **terms.document(self.terms, record),
            **texts.document(record),
            **dates.document(record),
            **links.document(record),
            **display.document(record),
        }
        return {name: value for name, value in made.items() if value or value == 0}

    def _standing(self, record: CommonRecord) -> Document:
        """What it is, whose, and that it was harvested."""
        unique = f"{PREFIX}-{record.source}-{record.identifier}"
        return {
            "id": document_id(record.identifier),
            "identifier_s": record.identifier,
            "uniqueIdentifier_s": unique,
            "uniqueIdentifier_t": unique,
            "harvested_b": True,
            "source_s": record.source,
            "origin_s": record.origin,
            "originalUrl_s": record.source_page or record.provenance.url,
            "realm_ss": [self.realm],
            "realm_s": self.realm,
            "schemaType_s": "reference",
            "_latest_s": "true",
            "_state_s": "public",
            "_revision_i": 1,
            "licence_s": record.rights.licence,
        }


@lru_cache(maxsize=64)
def _schema(schema: str) -> Document:
    title = common_formats.load(schema).title
    return {
        "schema_s": schema,
        "schema_ss": [schema],
        "schema_EN_t": title,
        "schema_EN_s": title,
        "schema_t": title,
        "schema_CEN_s": coded(schema, "en", title),
        "schemaSort_i": common_formats.names().index(schema),
    }
