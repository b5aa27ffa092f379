"""dlt as its documentation shows it: a generator of sickle's records, merged into DuckDB by identifier."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sickle import Sickle

from tests.bench.arms import Fields
from tests.bench.arms.dlt_arrow import load


def run(url: str, folder: Path) -> Fields:
    return load(folder, _rows(url))


def _rows(url: str) -> Iterator[dict[str, Any]]:
    for record in Sickle(url).ListRecords(metadataPrefix="oai_dc"):
        header = record.header
        row = {"identifier": header.identifier, "datestamp": header.datestamp, "deleted": header.deleted}
        if not header.deleted:
            row |= {f"dc_{name}": "\n".join(filter(None, texts)) for name, texts in record.metadata.items()}
        yield row
