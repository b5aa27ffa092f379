"""`chm schemas`: the common formats of the CBD, and the JSON Schemas of their documents."""

from __future__ import annotations

from typing import Annotated

import typer

from normalizers import common_formats
from warehouse import show
from warehouse.console import AsJson, out, print_json
from warehouse.model import CommonFormat
from warehouse.runs import Refused

app = typer.Typer()


@app.command()
def schemas(
    schema: Annotated[str | None, typer.Argument(help="Print the JSON Schema of this format's documents.")] = None,
    complete: Annotated[bool, typer.Option("--complete", help="With the fields that the CBD insists on.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the common formats of the CBD, or print the JSON Schema of one."""
    if schema is None:
        found = [_about(name) for name in common_formats.names()]
        print_json(found) if as_json else out.print(show.formats(found))
    elif schema in common_formats.names():
        print_json(common_formats.json_schema(schema, complete=complete))
    else:
        raise Refused(f"There is no common format {schema!r}.", advice="`chm schemas` lists them.")


def _about(name: str) -> CommonFormat:
    fmt = common_formats.load(name)
    return CommonFormat(
        schema=name,
        header=fmt.schema,
        title=fmt.title,
        fields=len(fmt.fields),
        required=tuple(field.name for field in fmt.required),
        provisional=fmt.provisional,
    )
