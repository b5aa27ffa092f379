"""sickle as its documentation shows it: iterate over the records and take `.metadata`; nothing is kept on disk."""

from __future__ import annotations

from pathlib import Path

from sickle import Sickle

from tests.bench.arms import Fields


def run(url: str, folder: Path) -> Fields:
    found = [
        (record.header.identifier, "" if record.deleted else record.metadata["title"][0])
        for record in Sickle(url).ListRecords(metadataPrefix="oai_dc")
    ]
    return lambda: iter(found)
