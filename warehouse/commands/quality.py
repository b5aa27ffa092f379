"""`chm quality`: how good each source's records are, and whether they get better."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

import typer
from rich.table import Table

from warehouse import show
from warehouse.assessing import quality
from warehouse.assessing.findings import QualityReport, SourceQuality
from warehouse.console import AsJson, open_warehouse, out, print_json

app = typer.Typer()
_LATEST = 10  # measurements of a trend that are shown


@app.command(name="quality")
def quality_(
    source: Annotated[str | None, typer.Argument(help="Show this one in full.")] = None, as_json: AsJson = False
) -> None:
    """Show how good each source's records are, by a score whose parts are explained."""
    warehouse = open_warehouse()
    loaded = warehouse.layout.loaded_sources()
    if source and source not in loaded:
        source = warehouse.source(source).id  # or a sentence that says what it may have been meant to be
    found = [quality.of(warehouse.layout, one) for one in ([source] if source else loaded)]
    if as_json:
        print_json(found)
    elif not any(one.latest for one in found):
        out.print("Nothing is measured yet: every load does it.")
    elif source:
        out.print(show.plain(_text(found[0])), soft_wrap=True)
    else:
        out.print(_table(found))


def _table(found: Iterable[SourceQuality]) -> Table:
    """A line a source: its score, how that changed since the load before, and the score's parts in per cent."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    rows = [(one.latest, _change(one)) for one in found if one.latest]
    for name in ("source", "records", "score", "change", *(part.name for part in rows[0][0].parts)):
        table.add_column(name, justify="left" if name == "source" else "right", overflow="fold")
    for latest, change in rows:
        parts = (_percent(part.share) for part in latest.parts)
        table.add_row(latest.source, str(latest.records), _score(latest.score), change, *parts)
    return table


def _text(found: SourceQuality) -> str:
    latest = found.latest
    if latest is None:
        return ""
    lines = [f"{latest.source}: {_score(latest.score)} of 100, over {latest.records} records", ""]
    lines += [
        f"  {_percent(part.share):>6}  {part.name} (weighs {part.weight:.2f}): {part.meaning}" for part in latest.parts
    ]
    lines += ["", "Records with a value in", *_shares(latest.filled, latest.records)]
    lines += ["", f"Values that name a term, by what they matched; {latest.unmatched} stayed keywords"]
    lines += _shares(latest.matched, sum(latest.matched.values()) + latest.unmatched)
    lines += ["", "Records in", *_shares(latest.languages, latest.records)]
    lines += ["", "Records that are complete, by common format", *_complete(latest)]
    lines += ["", "Issues", *(f"  {count:>8}  {code}" for code, count in latest.issues.items())]
    lines += ["", "Scores at the latest loads"]
    lines += [
        f"  {_score(point.score):>6}  {point.measured:%Y-%m-%d %H:%M}, {point.records} records (run {point.run})"
        for point in found.trend[-_LATEST:]
    ]
    return "\n".join(lines)


def _shares(counts: Mapping[str, int], of_all: int) -> list[str]:
    return [f"  {_percent(count / of_all if of_all else None):>6}  {name} ({count})" for name, count in counts.items()]


def _complete(report: QualityReport) -> list[str]:
    lines = []
    for one in report.schemas:
        lines.append(f"  {_percent(one.complete / one.records):>6}  {one.schema} ({one.complete} of {one.records})")
        lines += (f"          {field} is lacking in {count}" for field, count in one.lacking.items())
    return lines


def _change(found: SourceQuality) -> str:
    scores = [point.score for point in found.trend[-2:]]
    if len(scores) < 2 or scores[0] is None or scores[1] is None:
        return ""
    return f"{scores[1] - scores[0]:+.1f}"


def _score(score: float | None) -> str:
    return "-" if score is None else f"{score:.1f}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
