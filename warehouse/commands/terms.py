"""`chm terms`: what the sources say that no vocabulary knows, and what people decide that it means."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec.structs import replace
from rich.table import Table

from vocabularies.folding import fold
from vocabularies.model import Concept
from warehouse import show
from warehouse.console import AsJson, open_warehouse, out, print_json
from warehouse.context import Warehouse
from warehouse.mapping import decisions
from warehouse.mapping.term_lists import Accepted, UnmatchedTerms
from warehouse.mapping.terms import open_vocabularies
from warehouse.mapping.unmatched import FIELDS, Suggester, carrying, unmatched
from warehouse.runs import Refused

app = typer.Typer(name="terms", help="List the keywords that name no concept, and decide what they mean.")

Term = Annotated[str, typer.Argument(help="The term as the list shows it; spelling in case and accents is free.")]
Identifier = Annotated[str, typer.Argument(help="Identifier of the concept that it means, such as CBD-SUBJECT-FOR.")]
By = Annotated[str, typer.Option("--by", help="Who decides it: your name.")]
Why = Annotated[str, typer.Option("--why", help="The reason, for those who come after.")]


@app.callback(invoke_without_command=True)
def terms(
    context: typer.Context,
    source: Annotated[str | None, typer.Option("--source", help="Only what this source says.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many terms are shown, with suggestions.")] = 30,
    as_json: AsJson = False,
) -> None:
    """List the keywords that name no concept, those on most records first, and what they may mean."""
    if context.invoked_subcommand:
        return
    warehouse = open_warehouse()
    sources = None if source is None else (warehouse.source(source).id,)
    found = unmatched(warehouse.layout, warehouse.terms, sources)
    suggester = Suggester(warehouse.terms, open_vocabularies(warehouse.settings.vocabularies))
    first = (replace(term, suggestions=suggester.suggest(term.term)) for term in found.terms[:limit])
    shown = replace(found, terms=tuple(first))
    if as_json:
        print_json(shown)
    else:
        out.print(_table(shown))
        out.print(f"{len(shown.terms)} of {shown.total} terms without a concept, on {shown.records} records.")


@app.command()
def accept(term: Term, identifier: Identifier, by: By, why: Why = "", as_json: AsJson = False) -> None:
    """Decide that a term means a concept; `chm replay` applies it."""
    warehouse = open_warehouse()
    field, concept = _concept(warehouse, identifier)
    match = getattr(warehouse.terms, field).match(term)
    if match is not None and match.concept.notation == concept.notation:
        raise Refused(f"{term!r} finds {identifier} already ({match.by}).", advice="There is nothing to decide.")
    _decide(warehouse, _decision(warehouse, term, concept, by, why), concept, as_json)


@app.command()
def withdraw(term: Term, identifier: Identifier, by: By, why: Why = "", as_json: AsJson = False) -> None:
    """Take a mapping back; the file keeps both decisions, and `chm replay` applies the last."""
    warehouse = open_warehouse()
    _, concept = _concept(warehouse, identifier)
    if concept.uri not in warehouse.terms.mapped.get(fold(term), ()):
        raise Refused(f"{term!r} is not mapped to {identifier}.", advice="`chm terms decided` lists what is.")
    decision = replace(_decision(warehouse, term, concept, by, why), withdrawn=True)
    _decide(warehouse, decision, concept, as_json)


@app.command()
def decided(as_json: AsJson = False) -> None:
    """List every decision, oldest first: term, concept, who, when and why."""
    found = decisions.read(open_warehouse().layout.mappings())
    if as_json:
        print_json(found)
        return
    table = Table("term", "concept", "by", "when", "why")
    for one in found:
        concept = one.uri.rpartition("/")[2] + (" (withdrawn)" if one.withdrawn else "")
        table.add_row(*map(show.plain, (one.term, concept, one.by, f"{one.when:%Y-%m-%d %H:%M}", one.why)))
    out.print(table)


def _concept(warehouse: Warehouse, identifier: str) -> tuple[str, Concept]:
    """The field and concept of an identifier that a keyword may mean."""
    for field in FIELDS:
        concept = getattr(warehouse.terms, field).concepts.get(identifier)
        if concept is not None:
            return field, concept
    raise Refused(
        f"There is no concept {identifier!r} that a keyword may mean.",
        advice="`chm terms` suggests some; identifiers are taken verbatim.",
    )


def _decision(warehouse: Warehouse, term: str, concept: Concept, by: str, why: str) -> decisions.Decision:
    if not fold(term) or not by.strip():
        raise Refused("A decision needs a term of letters or numbers, and who decides.", advice="Give both.")
    when = warehouse.clock.now()
    return decisions.Decision(term=term.strip(), uri=concept.uri, by=by.strip(), when=when, why=why.strip())


def _decide(warehouse: Warehouse, decision: decisions.Decision, concept: Concept, as_json: bool) -> None:
    decisions.add(warehouse.layout, decision)
    sources, records = carrying(warehouse.layout, decision.term)
    report = Accepted(
        term=decision.term,
        identifier=concept.notation,
        label=concept.labels.get("en") or next(iter(concept.labels.values())),
        withdrawn=decision.withdrawn,
        sources=sources,
        records=records,
    )
    if as_json:
        print_json(report)
        return
    means = "no longer means" if decision.withdrawn else "means"
    out.print(show.plain(f"{report.term!r} {means} {report.identifier}, {report.label}."), soft_wrap=True)
    for source in report.sources:
        out.print(f"  chm replay {source}")


def _table(found: UnmatchedTerms) -> Table:
    table = Table("term", "language", "records", "sources", "may mean")
    for term in found.terms:
        means = "\n".join(f"{each.identifier}  {each.score:g}  {each.because}" for each in term.suggestions)
        cells = (term.term, ", ".join(term.languages), str(term.records), ", ".join(term.sources), means)
        table.add_row(*map(show.plain, cells))
    return table
