"""The types of the CBD's common formats as JSON Schema (2020-12), and the schema of a whole document.

Source: the CBD's clearing-house documentation, `components/records/custom-types`, and its definitions of lstring,
ETerm, EReference, ELink and EHeader. Identifiers are opaque but where those of a domain have a form of their own.
"""

from __future__ import annotations

from harvesters.model import Json
from normalizers.format_definition import Field, Format, Type, properties

# Identifiers of the thesaurus' domains that have a form; those of the others are GUIDs, slugs and titles. Subjects are
# of two kinds: most have a code, in which a `+` may join two, and some a GUID.
_FORMS = {
    "countries": r"^[a-z]{2}$",
    "AICHI-TARGETS": r"^AICHI-TARGET-\d{2}$",
    "AICHI-TARGETS-COMPONENTS": r"^AICHI-TARGET-\d{2}-C\d+$",
    "CBD-SUBJECTS": r"^(CBD-SUBJECT-[A-Z0-9+-]+|[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12})$",
    "GBF-GOALS": r"^GBF-GOAL-[A-D]$",
    "GBF-TARGETS": r"^GBF-TARGET-\d{2}$",
}
_NOT_NONE = {"minItems": 1}
_TEXT: dict[str, Json] = {"type": "string"}
_DEFINITIONS: dict[str, Json] = {
    "lstring": {
        "description": "Text by language (BCP 47; `und` where nobody says which).",
        "type": "object",
        "propertyNames": {"pattern": "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$"},
        "additionalProperties": _TEXT,
    },
    "term": {
        "description": "A term of the CBD's thesaurus.",
        "type": "object",
        "properties": {"identifier": _TEXT | {"minLength": 1}, "customValue": {"$ref": "#/$defs/lstring"}},
        "required": ["identifier"],
    },
    "reference": {
        "description": "Another record, of which a revision may be pinned: `GUID@2`.",
        "type": "object",
        "properties": {"identifier": _TEXT | {"minLength": 1}},
        "required": ["identifier"],
    },
    "link": {
        "description": "An address on the web, or a file that the CHM keeps.",
        "type": "object",
        "properties": {
            "url": _TEXT | {"pattern": r"^(https?:/)?/\S+$"},
            "name": _TEXT,
            "language": _TEXT,
            "tags": {"type": "array", "items": _TEXT},
        },
        "required": ["url"],
    },
}


def _defined(name: str) -> dict[str, Json]:
    return {"$ref": f"#/$defs/{name}"}


def _several(one: Type) -> Type:
    return Type(f"{one.name}[]", {"type": "array", "items": one.shape}, _NOT_NONE)


def term(domain: str | None = None) -> Type:
    """One term of a domain of the CBD's thesaurus, such as `CBD-SUBJECTS`, or of one that nobody names."""
    shape = _defined("term")
    if domain:
        shape["description"] = f"Domain: {domain}"
    if domain in _FORMS:
        shape["properties"] = {"identifier": {"pattern": _FORMS[domain]}}
    return Type("Term", shape)


def terms(domain: str | None = None) -> Type:
    """Terms of a domain."""
    return _several(term(domain))


def section(*fields: Field) -> Type:
    """An object of its own inside a document."""
    return Type("section", {"type": "object"}, {}, fields)


def sections(*fields: Field) -> Type:
    """Several objects of that kind."""
    items = {"type": "object"} | properties(fields, complete=False)
    return Type("section[]", {"type": "array", "items": items}, _NOT_NONE)


STRING = Type("string", _TEXT, {"minLength": 1})
STRINGS = _several(STRING)
LSTRING = Type("lstring", _defined("lstring"), {"minProperties": 1})
LSTRINGS = _several(LSTRING)
BOOLEAN = Type("bool", {"type": "boolean"})
INTEGER = Type("int", {"type": "integer"})
DATE = Type("date", _TEXT | {"pattern": r"^\d{4}(-\d\d(-\d\d(T\S+)?)?)?$"})  # as partial as the source's
DATE_TIME = Type("DateTime", _TEXT | {"pattern": r"^\d{4}-\d\d-\d\d(T\S+)?$"})  # a day, with or without a time
REFERENCE = Type("Reference", _defined("reference"))
REFERENCES = _several(REFERENCE)
LINK = Type("Link", _defined("link"))
LINKS = _several(LINK)
OBJECT = Type("object", {"type": "object"})  # what the documentation names and does not describe
OBJECTS = _several(OBJECT)
MAP_LOCATION = section(*(Field(name, Type("number", {"type": "number"})) for name in ("lat", "lng", "zoom")))


def json_schema(fmt: Format, *, complete: bool) -> dict[str, Json]:
    """The JSON Schema of a format's documents: their shape, and where `complete` the fields that the CBD insists on."""
    header = (
        Field("identifier", STRING, required=True),
        Field("schema", Type("string", {"const": fmt.schema}), required=True),
        Field("languages", STRINGS),
        Field("legacyIdentifier", STRING),
    )
    fields = properties(fmt.fields, complete=complete)
    words = f"{fmt.title}: {'shape, and every field that the CBD insists on' if complete else 'shape'}."
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": fmt.schema,
        "description": f"{words} Provisional: made of the fields of the CBD's index." if fmt.provisional else words,
        "type": "object",
        "properties": {"header": {"type": "object"} | properties(header, complete=True)} | fields["properties"],
        "required": ["header", *fields.get("required", ())],
        "additionalProperties": False,
        "$defs": _DEFINITIONS,
    }
