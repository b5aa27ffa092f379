"""What was found of the sources that nobody had looked at: a line a source, as text, as CSV and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from harvesters.model import Json
from harvesters.source import Source
from warehouse import spreadsheet
from warehouse.files import write_bytes
from warehouse.layout import Layout
from warehouse.probing.model import Probe, Row, Standing, Verification

_TITLES: Mapping[Standing, str] = {"ready": "Ready", "decide": "Needs a decision", "unreachable": "Unreachable"}
_COLUMNS = ("source", "country", "standing", "why", "change", "records", "requests", "asked", "url")


def rows(found: Iterable[tuple[Source, Probe]]) -> Verification:
    """A line a source, in the order of how they stand, then of ids."""
    order = list(_TITLES)
    lines = (_row(source, probe) for source, probe in found)
    return Verification(rows=tuple(sorted(lines, key=lambda row: (order.index(row.standing), row.source))))


def text(table: Verification) -> str:
    """For a person: the counts, then each source under how it stands."""
    counts = Counter(row.standing for row in table.rows)
    lines = ["; ".join(f"{title}: {counts[standing]}" for standing, title in _TITLES.items())]
    for standing, title in _TITLES.items():
        lines += ["", title] if counts[standing] else []
        for row in table.rows:
            if row.standing == standing:
                lines.append(f"  {row.source} ({row.country or 'no country'}): {row.why}")
                lines += [f"      change {key}: {_json(value)}" for key, value in row.change.items()]
    if counts["ready"]:
        lines += [
            "",
            "`chm sources accept --ready` sets those that are ready active; `accept ID` one, with its change.",
        ]
    return "\n".join(lines) + "\n"


def as_csv(table: Verification) -> str:
    """For a spreadsheet, the change as JSON."""
    return spreadsheet.as_csv(_COLUMNS, map(_cells, table.rows))


def keep(layout: Layout, table: Verification) -> None:
    """Write the table into the warehouse, in all three."""
    write_bytes(layout.probe_table("txt"), text(table).encode())
    write_bytes(layout.probe_table("csv"), as_csv(table).encode())
    write_bytes(layout.probe_table("json"), msgspec.json.format(msgspec.json.encode(table), indent=2) + b"\n")


def _row(source: Source, probe: Probe) -> Row:
    errors = [issue.message for issue in probe.issues if issue.severity == "error"]
    others = [issue.message for issue in probe.issues if issue.severity == "warning"]
    why = f"{probe.records} records came in {probe.requests} requests" if probe.samples else ""
    reasons = [why] if probe.standing == "ready" else [*errors, *others, why]
    return Row(
        source=source.id,
        country=source.government,
        standing=probe.standing,
        why=next(filter(None, reasons), "nothing is known against it, and no record came"),
        change=probe.suggested,
        records=probe.records,
        requests=probe.requests,
        asked=probe.asked,
        url=probe.url,
    )


def _json(value: Json) -> str:
    return msgspec.json.encode(value).decode()


def _cells(row: Row) -> tuple[object, ...]:
    change = _json(row.change) if row.change else ""
    told = (row.source, row.country, row.standing, row.why, change)
    return *told, row.records, row.requests, row.asked.isoformat(), row.url
