"""What a load would do, for a person to look at beforehand: counts, shares, and samples with their differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
from msgspec import Struct

from harvesters.model import Json
from warehouse.counts import Counts
from warehouse.model import SCHEMA_VERSION, Batch
from warehouse.planning.gate import Verdict
from warehouse.records import RECORDS

_SAMPLES = 10  # of each kind
_SHOWN = 160  # characters of a value
_KINDS = ("remove", "re_key", "change", "absent", "flap", "add", "bury", "cosmetic", "unchanged")  # worst first
_COMPARED = [name for name in RECORDS.names if name not in ("identifier", "provenance", "fingerprint", "run", "page")]
_CHOSEN = f"""
CREATE OR REPLACE TEMP TABLE chosen AS
SELECT * FROM plan QUALIFY row_number() OVER (PARTITION BY kind ORDER BY identifier) <= {_SAMPLES}
"""
_TOLD = """
SELECT chosen.*, coalesce(said.source_identifier, live.source_identifier, told.source_identifier) AS source_identifier,
    coalesce(map_values(said.title)[1], map_values(live.title)[1]) AS title,
    coalesce(old.source_identifier, new.source_identifier) AS counterpart_source_identifier
FROM chosen
LEFT JOIN current_records AS live USING (identifier)
LEFT JOIN batch_records AS said USING (identifier, sequence)
LEFT JOIN batch_tombstones AS told USING (identifier, sequence)
LEFT JOIN current_records AS old ON old.identifier = chosen.counterpart
LEFT JOIN (SELECT DISTINCT identifier, source_identifier FROM batch_records) AS new
    ON new.identifier = chosen.counterpart
ORDER BY source_identifier, chosen.identifier
"""
_BOTH = "SELECT {columns} FROM {side} WHERE identifier IN (SELECT identifier FROM chosen WHERE kind IN {kinds})"


class Difference(Struct, frozen=True):
    """A field of a record before and after."""

    field: str
    before: Json
    after: Json


class Sample(Struct, frozen=True, kw_only=True):
    """A record of a plan; see `plan.draw` for `kind`, `counterpart`, `since` and `reason`."""

    identifier: str
    source_identifier: str | None
    title: str | None
    counterpart: str | None = None
    counterpart_source_identifier: str | None = None
    since: str | None = None
    reason: str | None = None
    differences: tuple[Difference, ...] = ()


class KindOfChange(Struct, frozen=True, kw_only=True):
    """How many records are of one kind, their share of the records that are live now, and some of them."""

    kind: str
    records: int
    share: float | None
    samples: tuple[Sample, ...]


class Preview(Struct, frozen=True, kw_only=True):
    """A plan that is not carried out; `held` and `warned` are what `expect` says of it."""

    source: str
    run: str
    counts: Counts
    held: tuple[str, ...]
    warned: tuple[str, ...]
    kinds: tuple[KindOfChange, ...]
    schema_version: int = SCHEMA_VERSION


def look(connection: duckdb.DuckDBPyConnection, batch: Batch, counts: Counts, verdict: Verdict) -> Preview:
    """The plan that was drawn on this connection, worst kinds first."""
    connection.execute(_CHOSEN)
    numbers = dict(connection.sql("SELECT kind, count(*) FROM plan GROUP BY kind").fetchall())
    samples: dict[str, list[Sample]] = {}
    differences = _differences(connection)
    for row in connection.sql(_TOLD).to_arrow_table().to_pylist():
        kind, _ = row.pop("kind"), row.pop("sequence")
        samples.setdefault(kind, []).append(Sample(**row, differences=differences.get(row["identifier"], ())))
    kinds = [
        KindOfChange(
            kind=kind,
            records=numbers[kind],
            share=numbers[kind] / counts.live_before if counts.live_before else None,
            samples=tuple(samples[kind]),
        )
        for kind in _KINDS
        if kind in numbers
    ]
    return Preview(
        source=batch.source,
        run=batch.run,
        counts=counts,
        held=verdict.held,
        warned=verdict.warned,
        kinds=tuple(kinds),
    )


def text(found: Preview) -> str:
    """The same for a person."""
    counts = found.counts
    about = f"{found.source}, run {found.run}: the batch names {counts.seen} records"
    lines = [f"{about}; {counts.live_before} are live now, {counts.live} would be."]
    for kind in found.kinds:
        share = "" if kind.share is None else f"{kind.share:8.1%}"
        lines.append(f"{kind.kind:<10}{kind.records:>9,}{share}")
        if kind.kind != "unchanged":
            lines += [line for sample in kind.samples for line in _lines(sample)]
        if kind.kind != "unchanged" and kind.records > len(kind.samples):
            lines.append(f"    ... and {kind.records - len(kind.samples):,} more")
    lines += [f"Would be held. {reason}" for reason in found.held]
    lines += [f"Warning. {reason}" for reason in found.warned]
    return "\n".join(lines)


def _lines(sample: Sample) -> list[str]:
    lines = [
        f"    {sample.source_identifier or sample.identifier}  {_short(sample.title or '')}{_why(sample)}".rstrip()
    ]
    return lines + [
        f"        {each.field}: {_short(_written(each.before))} -> {_short(_written(each.after))}"
        for each in sample.differences
    ]


def _why(sample: Sample) -> str:
    """In brackets: why a record goes, since when it is absent, and which it was or becomes."""
    said = [sample.reason.replace("_", " ")] if sample.reason else []
    said += [f"since {sample.since}"] if sample.since else []
    if sample.counterpart:
        said.append(f"{'to' if sample.reason else 'was'} {sample.counterpart_source_identifier or sample.counterpart}")
    return f"  ({' '.join(said)})" if said else ""


def _differences(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[Difference, ...]]:
    """Identifier of a chosen record that changes -> what differs in it."""
    columns, kinds = ", ".join(["identifier", *_COMPARED]), "('change', 'cosmetic')"
    now = _by_identifier(connection, _BOTH.format(columns=columns, side="current_records", kinds=kinds))
    said = "(SELECT * FROM batch_records SEMI JOIN chosen USING (identifier, sequence))"
    then = _by_identifier(connection, _BOTH.format(columns=columns, side=said, kinds=kinds))
    return {
        identifier: tuple(
            Difference(field, before[field], after[field]) for field in _COMPARED if before[field] != after[field]
        )
        for identifier, before in now.items()
        if (after := then.get(identifier)) is not None
    }


def _by_identifier(connection: duckdb.DuckDBPyConnection, query: str) -> Mapping[str, Mapping[str, Any]]:
    """The rows of a query, a map of languages as what it is: Arrow gives it as pairs."""
    table = connection.sql(query).to_arrow_table()
    rows = table.to_pylist(maps_as_pydicts="strict")
    return {row["identifier"]: row for row in rows}


def _written(value: Json) -> str:
    return value if isinstance(value, str) else repr(value)


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"
