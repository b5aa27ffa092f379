"""The OpenAPI of the read API: FastAPI's, with the schemas of the structs that the routes answer with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from warehouse.portal.problems import MEDIA_TYPE, Problem


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of an app, made once."""
    if app.openapi_schema:
        return app.openapi_schema
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    places = list(_places(made))
    kinds = [place["x-struct"] for place in places]
    schemas, components = msgspec.json.schema_components([*kinds, Problem], ref_template="#/components/schemas/{name}")
    for place, schema in zip(places, schemas, strict=False):
        place.clear()
        place.update(schema)
    made.setdefault("components", {})["schemas"] = components
    refused = {"description": "A problem (RFC 9457).", "content": {MEDIA_TYPE: {"schema": schemas[-1]}}}
    for path in made["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)  # a wrong parameter is a 400 here
            operation["responses"]["default"] = refused
    app.openapi_schema = made
    return made


def _places(value: Any) -> Iterator[dict[str, Any]]:
    """The schemas that only name a struct."""
    if isinstance(value, dict):
        if "x-struct" in value:
            yield value
        for part in value.values():
            yield from _places(part)
    elif isinstance(value, list):
        for part in value:
            yield from _places(part)
