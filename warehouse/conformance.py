"""Whether a release has the form that the schemas beside it promise: its JSON, its documents, its Parquet files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from jsonschema_rs import Draft202012Validator

from harvesters.model import Json
from warehouse.jsonl import read_lines
from warehouse.records import RECORDS, TOMBSTONES

_SCHEMAS = "schemas.json"
_OF_JSON = {  # file -> its definition in `schemas.json`
    "citation.json": "Citation",
    "delta.json": "Delta",
    "dictionary.json": "Dictionary",
    "manifest.json": "Release",
    "sources.json": "PublishedSources",
}
_OF_LINES = {"delta.jsonl.zst": "Line"}
_OF_TABLES = {"records.parquet": RECORDS, "tombstones.parquet": TOMBSTONES}
_RECORDS = "records.jsonl.zst"
_DOCUMENTS = ".jsonl.zst"


def faults(folder: Path) -> Iterator[str]:
    """What has another form than it should, a sentence a file, with the first thing that is wrong there."""
    definitions = msgspec.json.decode((folder / _SCHEMAS).read_bytes())["$defs"]
    for name, kind in (_OF_JSON | _OF_LINES).items():
        if (folder / name).exists() and kind in definitions:
            schema = {"$ref": f"#/$defs/{kind}", "$defs": definitions}
            yield from _first(name, schema, _values(folder / name))
    for path in sorted((folder / "documents").glob(f"*{_DOCUMENTS}")):
        beside = path.with_name(path.name.replace(_DOCUMENTS, ".schema.json"))
        yield from _first(f"documents/{path.name}", msgspec.json.decode(beside.read_bytes()), _values(path))
    for name, known in _OF_TABLES.items():
        yield from _columns(name, pq.read_schema(folder / name), known)
    names = pq.read_schema(folder / "records.parquet").names
    if any(list(line) != names for line in read_lines(folder / _RECORDS, dict[str, msgspec.Raw])):
        yield f"{_RECORDS} has lines of other fields than records.parquet."


def _values(path: Path) -> Iterator[Json]:
    """The one value of a JSON file, or all of its lines."""
    if path.suffix == ".json":
        yield msgspec.json.decode(path.read_bytes())
    else:
        yield from read_lines(path, dict)


def _first(name: str, schema: Json, values: Iterable[Json]) -> Iterator[str]:
    """The first fault of a file's values."""
    validator = Draft202012Validator(schema)
    for value in values:
        if not validator.is_valid(value):
            error = next(iter(validator.iter_errors(value)))
            where = "/".join(map(str, error.instance_path))
            yield f"{name} is not what its schema says, at {where or 'its root'}: {error.message}."
            return


def _columns(name: str, found: pa.Schema, known: pa.Schema) -> Iterator[str]:
    """Columns of another type than ours; what an earlier version published may lack some."""
    other = [
        field.name for field in found if field.name not in known.names or field.type != known.field(field.name).type
    ]
    if other:
        yield f"{name} has columns of another form than it should: {', '.join(other)}."
