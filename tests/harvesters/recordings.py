"""Answers of real repositories, recorded: what a harvester must take as it is.

The folder is named by CHM_RECORDINGS; tests that read it skip where it is unset.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import yaml
from lxml import etree
from msgspec import Struct

_ENVELOPE = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    b"<responseDate>2026-03-01T12:00:00Z</responseDate>"
    b'<request verb="ListRecords" metadataPrefix="oai_dc">http://site.test/oai</request><ListRecords>\n%b\n'
    b"</ListRecords></OAI-PMH>"
)
_RECORD_ROOT = re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*)?(<(?:\w+:)?record[\s>].*)", re.DOTALL)
_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]*\?>\s*")


class Recorded(Struct, frozen=True):
    """One recorded answer: where it comes from, its HTTP status, the verb it answers ("" where none) and its bytes."""

    name: str
    status: int
    verb: str
    body: bytes


def folder() -> Path | None:
    """Where the OAI-PMH recordings are, or None."""
    root = os.environ.get("CHM_RECORDINGS")
    return Path(root) / "oai-pmh" if root else None


def recorded_pages() -> Iterator[Recorded]:
    """Every recorded OAI-PMH answer, good and broken, in a fixed order.

    Single records (b2find, and the answers of GetRecord) come as a list of one, in an envelope of ours or with the
    verb's element renamed: the record's own bytes are untouched.
    """
    root = folder()
    if root is None:
        return
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.suffix == ".yaml":
            yield from _cassette(name, path)
        elif path.suffix == ".xml" and name.startswith("b2find/"):
            single = _RECORD_ROOT.match(path.read_bytes())
            if single:
                yield Recorded(name, 200, "ListRecords", _ENVELOPE % single[1])
            elif b"OAI-PMH" in path.read_bytes()[:400]:
                yield _whole(name, 200, path.read_bytes())
        elif path.suffix == ".xml":
            yield _whole(name, 200, path.read_bytes())


def _cassette(name: str, path: Path) -> Iterator[Recorded]:
    cassette = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    for number, interaction in enumerate(cassette["interactions"]):
        response = interaction["response"]
        body = str(response["body"].get("content") or response["body"].get("string") or "").encode()
        verb = parse_qs(urlsplit(interaction["request"]["uri"]).query).get("verb", [""])[0]
        yield _whole(f"{name}#{number}", response["status"], body, verb)


def _whole(name: str, status: int, body: bytes, asked: str = "") -> Recorded:
    body = re.sub(rb"(</?(?:\w+:)?)GetRecord(?=[\s>])", rb"\1ListRecords", body)
    found = re.search(rb"<(?:\w+:)?(ListRecords|ListIdentifiers|ListSets|ListMetadataFormats|Identify)[\s>]", body)
    return Recorded(name, status, found[1].decode() if found else asked, body)


def found_by_lxml(body: bytes) -> list[tuple[str, str]]:
    """Identifier and status of each record, by another parser, which mends what is broken."""
    root = etree.fromstring(body, etree.XMLParser(recover=True, resolve_entities=False, huge_tree=True))
    oai = "{http://www.openarchives.org/OAI/2.0/}"
    headers = [record.find(f"{oai}header") for record in root.iterfind(f"{oai}ListRecords/{oai}record")]
    return [
        ((header.findtext(f"{oai}identifier") or "").strip(), header.get("status", ""))
        if header is not None
        else ("", "")
        for header in headers
    ]
