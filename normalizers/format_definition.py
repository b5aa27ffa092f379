"""How a common format of the CBD is written down: a table of fields, from which document and JSON Schemas come.

A field has the name and the type of the CBD's documentation, whether the CBD insists on it, and where its value stands
in a `CommonRecord`; without such an origin we never have it, and it stands there because others may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from msgspec import Struct

from harvesters.model import Json
from normalizers.model import CommonRecord

Origin: TypeAlias = Callable[[CommonRecord], Json]


class Type(Struct, frozen=True):
    """A type of the CBD's documentation: its name there, what it looks like, and what says more than nothing.

    `shape` and `filled` are JSON Schema; a section has the `fields` of which it is made.
    """

    name: str
    shape: dict[str, Json]
    filled: dict[str, Json] = {}
    fields: tuple[Field, ...] = ()


class Field(Struct, frozen=True):
    """One line of a format's table; `origin` gives the value, or None or an empty one where the record has none."""

    name: str
    type: Type
    origin: Origin | None = None
    required: bool = False


class Format(Struct, frozen=True):
    """A common format: the schema in the header of its documents, its title for people, its fields in order.

    A provisional one has no definition of the CBD's own: it is made of the fields that the CBD's index has of such
    records.
    """

    schema: str
    title: str
    fields: tuple[Field, ...]
    provisional: bool = False

    @property
    def required(self) -> tuple[Field, ...]:
        """The fields that the CBD insists on."""
        return tuple(field for field in self.fields if field.required)


def build(fmt: Format, record: CommonRecord) -> dict[str, Json]:
    """The document body that the CHM's API takes: a header, and each field of which the record has something."""
    body: dict[str, Json] = {
        "header": {"identifier": record.identifier, "schema": fmt.schema, "languages": _languages(record)}
    }
    for field in fmt.fields:
        if field.origin is not None:
            value = field.origin(record)
            if not _is_empty(value):
                body[field.name] = value
    return body


def missing(required: Iterable[Field], record: CommonRecord) -> tuple[str, ...]:
    """The fields that the CBD insists on and of which the record has nothing; what `complete` would complain of."""
    return tuple(field.name for field in required if field.origin is None or _is_empty(field.origin(record)))


def _is_empty(value: Json) -> bool:
    """Whether a value says nothing; `False` and 0 say something."""
    return value is None or (isinstance(value, str | list | dict) and not value)


def properties(fields: tuple[Field, ...], *, complete: bool) -> dict[str, Json]:
    """`properties`, and where `complete` the `required`, of an object that is made of these fields."""
    schema: dict[str, Json] = {"properties": {field.name: _property(field, complete=complete) for field in fields}}
    required = [field.name for field in fields if field.required]
    return schema | {"required": required} if complete and required else schema


def _property(field: Field, *, complete: bool) -> dict[str, Json]:
    shape = dict(field.type.shape)
    if complete and field.required:
        shape |= field.type.filled
    return shape | properties(field.type.fields, complete=complete) if field.type.fields else shape


def _languages(record: CommonRecord) -> list[str]:
    """The languages in which the record has text, else those that it declares."""
    texts = (record.title, record.summary, record.description)
    found = dict.fromkeys(language for text in texts for language in text if language != "und")
    return list(found) or list(record.languages)
