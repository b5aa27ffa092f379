"""A document's addresses: all, the documents as the JSON text that the portals parse (ELink), images, and a place."""

from __future__ import annotations

import json

from normalizers.model import CommonRecord, Link
from warehouse.index_documents.model import Document

_DOCUMENTS = ("source", "document")


def document(record: CommonRecord) -> Document:
    """Where the record's page, documents and images are; `lat_d` and `lng_d` are the middle of its first box."""
    images = [link.url for link in record.links if link.rel == "image"]
    documents = [_elink(link) for link in record.links if link.rel in _DOCUMENTS]
    addresses = [record.source_page, *(link.url for link in record.links)]
    made: Document = {
        "url_ss": list(dict.fromkeys(filter(None, addresses))),
        "documentLinks_s": json.dumps(documents, ensure_ascii=False) if documents else None,
        "resourceLinksLanguage_ss": list(dict.fromkeys(link.language for link in record.links if link.language)),
        "covers_ss": images,
        "cover_s": images[0] if images else None,
        "thumbnail_s": images[0] if images else None,
    }
    if record.coordinates:
        box = record.coordinates[0]
        made["lat_d"] = (box.south + box.north) / 2
        east = box.east if box.west <= box.east else box.east + 360  # else it lies across the antimeridian
        made["lng_d"] = ((box.west + east) / 2 + 180) % 360 - 180
    return made


def _elink(link: Link) -> dict[str, str]:
    made = {"url": link.url, "name": link.name or link.url}
    return made | {"language": link.language} if link.language else made
