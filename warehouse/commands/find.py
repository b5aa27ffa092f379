"""`chm find`: why is our document not in the index?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from warehouse import show
from warehouse.console import AsJson, open_warehouse, out, print_json
from warehouse.finding import tracing
from warehouse.finding.whereabouts import Found, Step, Whereabouts
from warehouse.runs import Refused

app = typer.Typer()
_MARKS = {True: "yes", False: "NO ", None: "   "}


@app.command()
def find(
    document: Annotated[
        str, typer.Argument(metavar="URL|TITLE|IDENTIFIER", help="An address, a title, or an identifier of any kind.")
    ],
    as_json: AsJson = False,
) -> None:
    """Follow a document along the street, and say why it is not in the index or since when it is."""
    if not document.strip():
        raise Refused("There is nothing to look for.", advice="Give an address, a title or an identifier.")
    found = tracing.find(open_warehouse(), document)
    if as_json:
        print_json(found)
    else:
        out.print(show.plain("\n".join(_lines(found))), soft_wrap=True)


def _lines(found: Found) -> Iterator[str]:
    if found.total > len(found.documents):
        yield f"{found.total} documents answer to that; the first {len(found.documents)} are shown."
    if not found.documents:
        yield f"Not found: {found.query}"
    for number, one in enumerate((*found.documents, *found.sources)):
        yield from [""] if number or not found.documents else []
        yield from _document(one)
    yield from found.advice


def _document(one: Whereabouts) -> Iterator[str]:
    yield one.title or one.source_identifier or one.source
    yield "  " + "  ".join(filter(None, [one.identifier, one.source, one.page]))
    if one.identifier or one.source_identifier:
        answer = one.answer
        yield f"  Not in the index: {answer.says}" if answer else "  In the index."
    for step in one.steps:
        yield from _step(step)


def _step(step: Step) -> Iterator[str]:
    when = f"{step.when:%Y-%m-%d %H:%M}" if step.when else " " * 16
    yield f"    {_MARKS[step.passed]}  {step.station:<10}  {when}  {step.says}"
    if step.next:
        yield f"{' ' * 39}{step.next}"
