"""The common formats of the CBD: one file per schema, found by its name; `bbi_request.py` is `bbiRequest`.

A file holds `FORMAT`, a table of fields. From it come the document body that the CHM's API takes, two JSON Schemas
(`shape`: types and identifiers; `complete`: the fields that the CBD insists on too) and the note of what is lacking.
"""

from __future__ import annotations

import pkgutil
from functools import cache, lru_cache
from importlib import import_module
from typing import cast

from msgspec.structs import replace

from harvesters.model import Issue, Json
from normalizers import format_definition, format_types
from normalizers.format_definition import Field, Format
from normalizers.model import CommonRecord, Outcome


class SchemaError(Exception):
    """No file of this drawer has the name of a schema."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no common format {name!r}; there are {', '.join(names())}.")


@cache
def _files() -> dict[str, str]:
    """Schema -> file."""
    files = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {_schema(file): file for file in files}


def _schema(file: str) -> str:
    first, *rest = file.split("_")
    return first + "".join(map(str.capitalize, rest))


def names() -> tuple[str, ...]:
    """Every schema there is, sorted."""
    return tuple(_files())


@cache
def load(name: str) -> Format:
    """The format of that schema. Raises `SchemaError`, which lists those there are."""
    if name not in _files():
        raise SchemaError(name)
    return cast("Format", import_module(f"{__name__}.{_files()[name]}").FORMAT)


@cache
def _required(name: str) -> tuple[Field, ...]:
    return load(name).required


def document(record: CommonRecord) -> dict[str, Json]:
    """The record as the body of a document of its schema, such as the CHM's API takes it: plain JSON values."""
    return format_definition.build(load(record.schema), record)


def json_schema(name: str, *, complete: bool) -> dict[str, Json]:
    """The JSON Schema (2020-12) of a schema's documents: `shape`, or `complete`. Raises `SchemaError`."""
    return format_types.json_schema(load(name), complete=complete)


def judged(outcome: Outcome) -> Outcome:
    """The outcome with one issue more, `incomplete`, where its record lacks what the CBD insists on."""
    note = incomplete(outcome.record) if isinstance(outcome.record, CommonRecord) else None
    return replace(outcome, issues=(*outcome.issues, note)) if note else outcome


def incomplete(record: CommonRecord) -> Issue | None:
    """A note of what the CBD insists on and the record lacks, listed in its `value`; None where all is there.

    `json_schema(record.schema, complete=True)` refuses the record's document for the same fields; this is quicker.
    """
    lacking = format_definition.missing(_required(record.schema), record)
    if not lacking:
        return None
    return Issue(
        code="incomplete",
        message=f"{record.source}, record {record.source_identifier}: {_lacks(record.schema, lacking)}",
        severity="note",
        record=record.source_identifier,
        field="schema",
        value=_listed(record.schema, lacking),
    )


@lru_cache(maxsize=4096)
def _listed(schema: str, lacking: tuple[str, ...]) -> str:
    return f"{schema}: {', '.join(lacking)}"


@lru_cache(maxsize=4096)
def _lacks(schema: str, lacking: tuple[str, ...]) -> str:
    fields = " and ".join(filter(None, (", ".join(lacking[:-1]), lacking[-1])))
    return f"as {schema} it lacks {fields}, on which the CBD insists. Ask the site to state them."
