"""The OpenAPI of the read API: FastAPI's, with the schemas of the structs that the routes answer with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from warehouse.portal.problems import MEDIA_TYPE, Problem

_FORM = "application/x-www-form-urlencoded"
REFERENCE = "#/components/schemas/{name}"
COMPONENTS = "x-components"
"""Where a route leaves the definitions that its schemas refer to; they have their place at the document's end."""


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of an app, made once."""
    if app.openapi_schema:
        return app.openapi_schema
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    (refused,), components = msgspec.json.schema_components([Problem], ref_template=REFERENCE)
    for place in list(_places(made)):
        components |= place.pop(COMPONENTS)
    made.setdefault("components", {})["schemas"] = components
    answer = {"description": "A problem (RFC 9457).", "content": {MEDIA_TYPE: {"schema": refused}}}
    for path in made["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)  # a wrong parameter is a 400 here
            operation["responses"]["default"] = answer
    app.openapi_schema = made
    return made


def raw_parameters(single: Iterable[str], several: Iterable[str] = ()) -> dict[str, Any]:
    """`openapi_extra` of a route that reads its query itself: texts that may stand once, or several times."""
    schemas = _schemas(single, several).items()
    return {"parameters": [{"name": name, "in": "query", "schema": schema} for name, schema in schemas]}


def raw_body(single: Iterable[str], several: Iterable[str] = (), *, json: bool = False) -> dict[str, Any]:
    """`openapi_extra` of a route that reads its body itself: the same as a form, and perhaps as JSON."""
    schema = {"schema": {"type": "object", "properties": _schemas(single, several)}}
    content = {_FORM: schema, **({"application/json": schema} if json else {})}
    return {"requestBody": {"content": content}}


def _schemas(single: Iterable[str], several: Iterable[str]) -> dict[str, Any]:
    one = {name: {"type": "string"} for name in single}
    return one | {name: {"type": "array", "items": {"type": "string"}} for name in several}


def _places(value: Any) -> Iterator[dict[str, Any]]:
    """The schemas that bring definitions."""
    if isinstance(value, dict):
        if COMPONENTS in value:
            yield value
        for part in value.values():
            yield from _places(part)
    elif isinstance(value, list):
        for part in value:
            yield from _places(part)
