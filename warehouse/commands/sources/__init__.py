"""`chm sources`: which sources there are, and which of them took over from another; further topics lie beside this one.

A topic is a module of this folder with `app`, a `typer.Typer` without a name: its commands stand under `sources`.
"""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Sequence
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from harvesters import bioland_hosts, registry
from warehouse import overlays, show, stops
from warehouse.console import AsJson, By, SourceId, Why, err, open_warehouse, out, print_json
from warehouse.context import read_sources
from warehouse.files import write_bytes
from warehouse.planning.approvals import Signature
from warehouse.withdrawing import succession, takeover
from warehouse.withdrawing.succession import Succession

_SAMPLES = 10  # of each kind
_WIDEST = 80  # columns to which the origins are pushed


class _Topic(TyperGroup):
    """`chm sources` and `chm sources be_chm` mean `chm sources show`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # typer's Context
        """As the group does, with the word left out that goes without saying."""
        named = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else ["show", *args])


app = typer.Typer(name="sources", cls=_Topic, help="List the sources, and put them in force, on trial or to rest.")


@app.command(name="show")
def show_(
    source: Annotated[str | None, typer.Argument(help="Show this one only.")] = None,
    as_json: AsJson = False,
    json_schema: Annotated[bool, typer.Option("--json-schema", help="Print the schema of a source file.")] = False,
) -> None:
    """List the sources and what is wrong with their files; of one, show what each file says."""
    if json_schema:
        print_json(registry.json_schema())
        return
    warehouse = open_warehouse()
    found, errors = ([warehouse.source(source)], []) if source else read_sources(warehouse.settings)
    stated = registry.stated(source, warehouse.settings.source_folders) if source else []
    if as_json:
        print_json(
            {
                "sources": [{"id": one.id, **one.model_dump(mode="json", by_alias=True)} for one in found],
                "errors": [str(error) for error in errors],
                **({"origins": {each.key: str(each.path) for each in stated}} if source else {}),
            }
        )
    elif source:
        out.print(show.plain(_stated(stated)), soft_wrap=True)
        if word := stops.in_force(warehouse.layout).get(source):
            out.print(show.plain(f"It counts as paused: {stops.told(word).cause}"), style="red", soft_wrap=True)
    else:
        empty = not (found or errors)
        out.print("No source yet: name a folder of source files in CHM_SOURCES." if empty else show.sources(found))
        for word in stops.in_force(warehouse.layout).values():
            told = f"{word.source} counts as paused: {stops.told(word).cause}"
            out.print(show.plain(told), style="red", soft_wrap=True)
        for error in errors:
            err.print(show.plain(str(error)), style="red")
    if errors:
        raise typer.Exit(2)


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="JSON: a list of the hosts that the CBD's secretariat runs.")],
    into: Annotated[Path | None, typer.Option(help="Folder to write to; default: the last of CHM_SOURCES.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a source file, unverified, for every site of a list of Bioland hosts; the same list, the same files."""
    files = bioland_hosts.source_files(bioland_hosts.read(file))
    folder = into or overlays.folder(open_warehouse().settings)
    before = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.yml")}
    for source, text in files.items():
        write_bytes(folder / f"{source}.yml", text.encode())
    new = sorted(files.keys() - before.keys())
    changed = sorted(source for source, text in files.items() if before.get(source, text) != text)
    gone = sorted(source for source, text in before.items() if source not in files and bioland_hosts.is_ours(text))
    if as_json:
        print_json({"folder": str(folder), "sources": sorted(files), "new": new, "changed": changed, "gone": gone})
        return
    same = len(files) - len(new) - len(changed)
    told = f"{len(files)} source files in {folder}: {len(new)} new, {len(changed)} changed, {same} as they were."
    out.print(show.plain(told), soft_wrap=True)
    if gone:
        out.print(show.plain(f"No longer in the list, and yours to remove: {', '.join(gone)}."), soft_wrap=True)


@app.command()
def succeed(
    old: SourceId,
    new: SourceId,
    by: By,
    why: Why,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show which records pair, and change nothing.")] = False,
    give_up: Annotated[bool, typer.Option("--give-up", help="Records without a successor go as well.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let NEW take over from OLD: paired records become tombstones that name their successors, and OLD retires."""
    warehouse = open_warehouse()
    if dry_run:
        told = succession.pair(warehouse.layout, warehouse.source(old).id, warehouse.source(new).id)
        if as_json:
            print_json(told)
        else:
            out.print(show.plain(_text(told, give_up=give_up)), soft_wrap=True)
        return
    decision, loaded = takeover.succeed(warehouse, old, new, Signature(by=by, why=why), give_up=give_up)
    if as_json:
        print_json(decision)
    else:
        rest = "went" if give_up else "stay published"
        sentence = (
            f"{new} took over {decision.pairs} records from {old}, which is retired; {decision.left} others {rest}."
        )
        out.print(show.plain(f"{sentence} The next release shows it."), soft_wrap=True)
    if loaded.outcome != "done":
        raise typer.Exit(1)


def _stated(stated: Sequence[registry.Stated]) -> str:
    """The merged file, a line a key, each with the file that has the last word on it."""
    lines = [f"{each.key}: {json.dumps(each.value, ensure_ascii=False)}" for each in stated]
    wide = min(max(map(len, lines)), _WIDEST)
    return "\n".join(f"{line:<{wide}}  # {each.path}" for line, each in zip(lines, stated, strict=True))


def _text(told: Succession, *, give_up: bool) -> str:
    lines = [f"{len(told.pairs)} records of {told.old} are records of {told.new}:"]
    for kind, pairs in groupby(told.pairs, key=lambda pair: pair.by):
        alike = list(pairs)
        lines += [f"  by {kind}: {len(alike)}"]
        lines += [f"    {each.title or each.old}: {each.old} -> {each.new} ({each.value})" for each in alike[:_SAMPLES]]
    rest = "would become tombstones (source_retired)" if give_up else "would stay published as they are"
    lines += [f"{told.left} records of {told.old} have no successor and {rest}."]
    lines += [f"{told.fresh} records of {told.new} are new."]
    return "\n".join(lines)


for topic in sorted(module.name for module in pkgutil.iter_modules(__path__)):
    app.add_typer(import_module(f"{__name__}.{topic}").app)
