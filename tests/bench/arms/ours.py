"""Ours: harvest to raw on disk, through the polite client, synced and ready to be resumed after every page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from harvesters.clock import SystemClock
from harvesters.http import Contact, Http
from harvesters.model import HarvestTask, RawRecord, State
from harvesters.protocols import oai_pmh
from harvesters.source import Source
from tests.bench.arms import Fields
from warehouse import raw

_TITLE = "{http://purl.org/dc/elements/1.1/}title"


def run(url: str, folder: Path) -> Fields:
    keys = {"id": "xx_bench", "name": "Bench", "origin": "partner", "protocol": "oai_pmh", "url": url, "pace": 0}
    source = Source.model_validate(keys)
    contact = Contact(mail="bench@bench.example", page="http://bench.example/")
    client = Http(source, contact=contact, clock=SystemClock(), folder=folder, allow_private=True)
    state = State()
    with client as http, raw.Writer(folder / "raw") as writer:
        for page in oai_pmh.harvest(HarvestTask(source=source), http, state):
            writer.append(page, state.news())
    return lambda: fields(folder / "raw")


def fields(folder: Path) -> Iterator[tuple[str, str]]:
    """Identifier and first title of every record below a folder of raw pages."""
    for _, page in raw.read(folder):
        for record in page.records:
            yield record.identifier, "" if record.deleted else _title(record)


def _title(record: RawRecord) -> str:
    return str(next(etree.fromstring(record.body).iter(_TITLE)).text)
