"""Answers, raw records and sources, made as the harvesters make them; and records, as `normalize` does."""

import re
from datetime import UTC, datetime

from harvesters.model import Answer, RawRecord
from harvesters.source import Source
from normalizers.model import CommonRecord, Provenance, Rights

NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
)


def source(**keys):
    given = {
        "id": "be_chm",
        "name": "Belgium",
        "government": "BE",
        "protocol": "oai_pmh",
        "url": "https://chm.example.be",
    }
    return Source(**(given | keys))


def answer(body, url="https://chm.example.be/oai?verb=ListRecords"):
    received = datetime(2026, 3, 1, 12, tzinfo=UTC)
    return Answer(url=url, status=200, headers={"content-type": "text/xml"}, body=body, received=received)


def oai_records(body):
    """Every `<record>` of a page by its place, whatever its prefix."""
    page = answer(body)
    spans = re.finditer(rb"<(\w+:)?record[ >].*?</(\w+:)?record>", body, re.DOTALL)
    return [
        RawRecord(
            identifier=re.search(rb"identifier>(.*?)</", span[0])[1].decode(),
            profile="oai_dc",
            answer=page,
            item=item,
            start=span.start(),
            end=span.end(),
            datestamp="2026-02-01",
            deleted=b'status="deleted"' in span[0],
        )
        for item, span in enumerate(spans)
    ]


def oai_dc(elements, declaration='<?xml version="1.0" encoding="UTF-8"?>', encoding="utf-8"):
    """One record whose Dublin Core elements are given as XML."""
    page = (
        f'{declaration}<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" {NAMESPACES}><ListRecords><record><header>'
        f"<identifier>oai:x:1</identifier><datestamp>2026-02-01</datestamp></header><metadata><oai_dc:dc>{elements}"
        "</oai_dc:dc></metadata></record></ListRecords></OAI-PMH>"
    )
    return oai_records(page.encode(encoding))[0]


def whole(body, profile, url="https://chm.example.be/oai?verb=GetRecord"):
    """The one record of a page, whatever its format, named as its header says."""
    header = re.search(rb"<header[^>]*>\s*<identifier>(.*?)</identifier>", body)
    return RawRecord(
        identifier=header[1].decode(errors="replace") if header else "1",
        profile=profile,
        answer=answer(body, url),
        item=0,
        start=0,
        end=len(body),
        datestamp="2026-02-01",
    )


def feed_item(body, item=0, url="https://chm.example.be/feed"):
    page = answer(body if isinstance(body, bytes) else body.encode(), url)
    return RawRecord(identifier="1", profile="rss_item", answer=page, item=item, start=0, end=len(page.body))


def record(**keys):
    """A common record that says nothing but who it is."""
    nothing = dict.fromkeys(CommonRecord.__struct_fields__, ())
    nothing |= {key: {} for key in ("title", "summary", "description", "body", "publisher")}
    nothing |= dict.fromkeys(("government", "source_page", "place", "organizer"))
    given = {
        "identifier": "38555401-8018-5255-B396-CB427060D564",
        "source": "be_chm",
        "source_identifier": "oai:x:1",
        "schema": "resource",
        "origin": "national",
        "rights": Rights(),
        "provenance": Provenance(profile="oai_dc", url="https://chm.example.be/oai", item=0, received="2026-03-01"),
        "fingerprint": "",
    }
    return CommonRecord(**(nothing | given | keys))
