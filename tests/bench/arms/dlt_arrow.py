"""dlt at its best: Arrow batches from an lxml tree a page, merged into DuckDB by identifier; it copies every value."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"  # before dlt is imported: a bench tells nobody anything

import dlt
import duckdb
import pyarrow as pa
import requests
from lxml import etree

from tests.bench.arms import Fields

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_ELEMENTS = (
    *("title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format"),
    *("identifier", "source", "language", "relation", "coverage", "rights"),
)
_SCHEMA = pa.schema(
    {"identifier": pa.string(), "datestamp": pa.string(), "deleted": pa.bool_()}
    | {f"dc_{name}": pa.string() for name in _ELEMENTS}
)
_BATCH = 10_000  # records


def run(url: str, folder: Path) -> Fields:
    return load(folder, _batches(url))


def load(folder: Path, rows: Iterable[Any]) -> Fields:
    """Run a pipeline of dlt that merges rows, or tables of rows, into a DuckDB file."""
    database = folder / "dlt.duckdb"
    pipeline = dlt.pipeline(
        "bench", pipelines_dir=str(folder / "pipelines"), destination=dlt.destinations.duckdb(str(database))
    )
    resource = dlt.resource(rows, name="records", write_disposition="merge", primary_key="identifier")
    pipeline.run(resource, dataset_name="bench", loader_file_format="parquet")
    return lambda: _fields(database)


def _batches(url: str) -> Iterator[pa.Table]:
    rows: list[tuple[Any, ...]] = []
    wish = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    with requests.Session() as session:
        while True:
            page = etree.fromstring(session.get(url, params=wish).content)
            rows += map(_row, page.iter(f"{_OAI}record"))
            token = page.findtext(f"{_OAI}ListRecords/{_OAI}resumptionToken")
            if len(rows) >= _BATCH or not token:
                yield pa.table([*map(pa.array, zip(*rows, strict=True))], names=_SCHEMA.names).cast(_SCHEMA)
                rows.clear()
            if not token:
                return
            wish = {"verb": "ListRecords", "resumptionToken": token}


def _row(record: etree._Element) -> tuple[Any, ...]:
    header = record.find(f"{_OAI}header")
    assert header is not None
    texts: dict[str, list[str]] = {}
    for element in record.iterfind(f"{_OAI}metadata/*/*"):
        texts.setdefault(str(element.tag).removeprefix(_DC), []).append(element.text or "")
    said = ("\n".join(texts[name]) if name in texts else None for name in _ELEMENTS)
    is_deleted = header.get("status") == "deleted"
    return header.findtext(f"{_OAI}identifier"), header.findtext(f"{_OAI}datestamp"), is_deleted, *said


def _fields(database: Path) -> Iterator[tuple[str, str]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        for identifier, titles in connection.sql("SELECT identifier, dc_title FROM bench.records").fetchall():
            yield identifier, (titles or "").partition("\n")[0]
