"""The script that an analyst would write: sickle's records into a table of pandas, and that into a Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from sickle import Sickle

from tests.bench.arms import Fields


def run(url: str, folder: Path) -> Fields:
    rows = []
    for record in Sickle(url).ListRecords(metadataPrefix="oai_dc"):
        header = record.header
        row = {"oai_identifier": header.identifier, "datestamp": header.datestamp, "deleted": header.deleted}
        rows.append(row if header.deleted else {**row, **record.metadata})
    pd.DataFrame(rows).to_parquet(folder / "records.parquet")
    return lambda: _fields(folder / "records.parquet")


def _fields(path: Path) -> Iterator[tuple[str, str]]:
    table = pd.read_parquet(path, columns=["oai_identifier", "title"])
    for identifier, titles in zip(table["oai_identifier"], table["title"], strict=True):
        yield identifier, "" if titles is None else titles[0]
