"""`chm vocabularies`: which there are, what is wrong with them, and where newer ones come from."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from normalizers.terms import FIELD_OF
from vocabularies.checks import check as check_files
from vocabularies.skos import DATA, files, load
from vocabularies.thesaurus import API
from warehouse import show
from warehouse.console import AsJson, err, open_warehouse, out, print_json
from warehouse.mapping import vocabulary_files
from warehouse.mapping.term_lists import Findings, Schemes, SchemeState
from warehouse.runs import Refused

app = typer.Typer(name="vocabularies", help="List, check and renew the controlled vocabularies.")


@app.callback(invoke_without_command=True)
def vocabularies(context: typer.Context, as_json: AsJson = False) -> None:
    """List the vocabularies in force; those of CHM_VOCABULARIES win over the package's."""
    if context.invoked_subcommand:
        return
    found = Schemes(schemes=tuple(map(_state, _files().values())))
    if as_json:
        print_json(found)
        return
    table = Table("scheme", "title", "concepts", "languages", "field of a record", "file")
    for one in found.schemes:
        file = "the package's" if Path(one.file).parent == DATA else one.file
        cells = (one.scheme, one.title, str(one.concepts), " ".join(one.languages), one.field or "-", file)
        table.add_row(*map(show.plain, cells))
    out.print(table)


@app.command()
def refresh(
    api: Annotated[str, typer.Option("--api", help="Address of the thesaurus, less `/domains/...`.")] = API,
    as_json: AsJson = False,
) -> None:
    """Bring the CBD's vocabularies up to its thesaurus, into CHM_VOCABULARIES, and show what changed.

    A scheme that the thesaurus does not give stays as it is and is named; exit code 1 where it gave none.
    """
    found = vocabulary_files.refresh(open_warehouse(), api)
    if as_json:
        print_json(found)
    else:
        for scheme in found.schemes:
            told = (
                f"{len(scheme.added)} added, {len(scheme.changed)} changed, {len(scheme.unlisted)} not listed and kept"
            )
            line = scheme.failure or f"{scheme.listed} terms; {told}"
            out.print(show.plain(f"{scheme.scheme}: {line}"), style="red" if scheme.failure else "", soft_wrap=True)
            for complaint in scheme.complaints:
                err.print(show.plain(f"{scheme.scheme}: {complaint}; it was left out."), style="red")
            if scheme.diff:
                out.print(show.plain(scheme.diff), soft_wrap=True)
    if found.schemes and all(scheme.failure for scheme in found.schemes):
        raise typer.Exit(1)


@app.command()
def add(
    origin: Annotated[str, typer.Argument(metavar="FILE|ADDRESS", help="SKOS as Turtle or RDF/XML.")],
    name: Annotated[str, typer.Option("--name", help="Name of the scheme, such as gemet.")],
    as_json: AsJson = False,
) -> None:
    """Take in somebody else's vocabulary: what it calls an exactMatch counts, what it calls close is suggested."""
    if not re.fullmatch("[a-z][a-z0-9-]*", name):
        raise Refused(f"{name!r} is no name of a scheme.", advice="Use small letters, digits and hyphens.")
    found = vocabulary_files.add(open_warehouse(), origin, name)
    if as_json:
        print_json(found)
        return
    told = f"{found.scheme}, {found.title}: {found.concepts} concepts, {found.exact} the same as one of the CBD's."
    out.print(show.plain(told), soft_wrap=True)


@app.command()
def check(as_json: AsJson = False) -> None:
    """Check every vocabulary in force: notations, labels, what is broader, mappings, languages."""
    found = Findings(findings=tuple(check_files(_files())))
    counts = Counter(finding.severity for finding in found.findings)
    if as_json:
        print_json(found)
    else:
        for finding in found.findings:
            style = "red" if finding.severity == "error" else ""
            line = f"{finding.severity}: {finding.scheme}: {finding.message}"
            out.print(show.plain(line), style=style, soft_wrap=True)
        out.print(f"{counts['error']} errors, {counts['warning']} warnings, {counts['note']} notes.")
    if counts["error"]:
        raise typer.Exit(1)


def _files() -> dict[str, Path]:
    folder = open_warehouse().settings.vocabularies
    return files((DATA, folder) if folder else (DATA,))


def _state(path: Path) -> SchemeState:
    vocabulary = load(path)
    languages = {language for concept in vocabulary.concepts.values() for language in concept.labels}
    return SchemeState(
        scheme=vocabulary.scheme,
        title=vocabulary.title,
        concepts=len(vocabulary.concepts),
        languages=tuple(sorted(languages)),
        field=FIELD_OF.get(vocabulary.scheme),
        file=str(path),
    )
