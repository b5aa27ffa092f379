"""What no harvester can beat that reads its pages in Python: fetch each page and build one lxml tree of it.

The trees go as they come; the bytes stay in memory for the check afterwards, so this arm's peak means nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import requests
from lxml import etree

from tests.bench.arms import Fields

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"


def run(url: str, folder: Path) -> Fields:
    bodies = []
    wish = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    with requests.Session() as session:
        while True:
            bodies.append(session.get(url, params=wish).content)
            token = etree.fromstring(bodies[-1]).findtext(f"{_OAI}ListRecords/{_OAI}resumptionToken")
            if not token:
                return lambda: _fields(bodies)
            wish = {"verb": "ListRecords", "resumptionToken": token}


def _fields(bodies: Sequence[bytes]) -> Iterator[tuple[str, str]]:
    for body in bodies:
        for record in etree.fromstring(body).iter(f"{_OAI}record"):
            title = next(record.iter(_TITLE), None)
            yield record.findtext(f"{_OAI}header/{_OAI}identifier") or "", "" if title is None else str(title.text)
