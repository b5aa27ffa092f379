"""`records.csv`: the core of every record, a line each, for spreadsheets.

UTF-8 with a byte order mark, without which Excel reads another encoding. A cell that a spreadsheet would take for a
formula begins with an apostrophe (OWASP, CSV Injection): what sites write must not run on an analyst's machine.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
from pyarrow.csv import CSVWriter

from warehouse.edition import Edition, Portion
from warehouse.formats import Written
from warehouse.records import RECORDS

_NAME = "records.csv"
_TERMS = ("countries", "subjects", "gbf_targets")
_QUERY = f"""
SELECT
    identifier,
    source,
    source_identifier,
    schema,
    government,
    origin,
    coalesce(title['en'], map_values(title)[1]) AS title,
    array_to_string(languages, '; ') AS languages,
    list_filter(dates, lambda date: date.kind = 'published')[1].value AS published,
    {", ".join(f"array_to_string([term.identifier FOR term IN {name}], '; ') AS {name}" for name in _TERMS)},
    array_to_string([keyword.value FOR keyword IN keywords], '; ') AS keywords,
    array_to_string(authors, '; ') AS authors,
    map_values(publisher)[1] AS publisher,
    rights.licence AS licence,
    rights.share AS share,
    source_page
FROM batch
"""
_SAFE = r"SELECT regexp_replace(COLUMNS(*)::VARCHAR, '^\s*[=+\-@]', '''\0') FROM core"


class _Writer:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._duck = duckdb.connect()
        self._file = path.open("wb")
        self._file.write(codecs.BOM_UTF8)
        self._records = 0
        self._lines: CSVWriter | None = None
        self._write(pa.RecordBatch.from_pylist([], RECORDS))  # the names of the columns, even where there is no record

    def add(self, portion: Portion) -> None:
        self._write(portion.batch)
        self._records += portion.batch.num_rows

    def _write(self, batch: pa.RecordBatch) -> None:
        self._duck.register("batch", pa.Table.from_batches([batch]))
        table = self._duck.sql(f"WITH core AS ({_QUERY}) {_SAFE}").to_arrow_table()
        if self._lines is None:
            self._lines = CSVWriter(self._file, table.schema)
        self._lines.write_table(table)

    def close(self) -> list[Written]:
        if self._lines:
            self._lines.close()
        self._file.close()
        self._duck.close()
        return [Written(self._path, self._records)]


def identifiers(folder: Path) -> Iterator[str]:
    """Those of all lines."""
    with (folder / _NAME).open(encoding="utf-8-sig", newline="") as file:
        yield from (row["identifier"] for row in csv.DictReader(file))


def open(folder: Path, edition: Edition) -> _Writer:  # noqa: ARG001 - every format's signature
    """A writer of `records.csv`; the same records give the same bytes, whatever the release is called."""
    return _Writer(folder / _NAME)
