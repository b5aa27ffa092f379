"""What a replay would change, before anything is loaded: which fields of which records, and in which countries.

Each source's replay is drawn up as a plan against its current records. What it would do goes into a Parquet file of the
scratch folder, a row a record and field, and from these files the report is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa
from msgspec import Struct

from warehouse.duck import connect, to_parquet
from warehouse.model import SCHEMA_VERSION, Failure
from warehouse.records import RECORDS

Effect = Literal["add", "re_key", "change", "cosmetic", "remove"]

EFFECTS = pa.schema(
    [
        (name, pa.string())
        for name in ("source", "identifier", "country", "title", "page", "kind", "field", "before", "after")
    ]
)
"""A row a record and field that would change, values as JSON; a record that would come or go has one, less field."""

_SAMPLES = 10
_TOLD_APART = ("identifier", "source", "source_identifier", "provenance", "fingerprint", "run", "page", "rights")
_FIELDS = [name for name in RECORDS.names if name not in _TOLD_APART]
_FIELDS += [f"rights.{part.name}" for part in RECORDS.field("rights").type]
_DIFFERENCES = ",\n".join(
    f"CASE WHEN live.{name} IS DISTINCT FROM said.{name} THEN "
    f"{{field: '{name}', before: to_json(live.{name}), after: to_json(said.{name})}} END"
    for name in _FIELDS
)


def _row(record: str, difference: str) -> str:
    """SQL of one row of `EFFECTS`; records of no country stand under their origin."""
    return (
        f"{record}.source, {record}.identifier, coalesce({record}.government, {record}.origin) AS country, "
        f"map_values({record}.title)[1] AS title, {record}.source_page AS page, plan.kind, {difference}"
    )


_SAID = "JOIN batch_records AS said ON said.identifier = plan.identifier AND said.sequence = plan.sequence"
_LIVE = "JOIN current_records AS live ON live.identifier = plan.identifier"
_NO_FIELD = "NULL AS field, NULL AS before, NULL AS after"
_EFFECTS = f"""
SELECT * EXCLUDE (difference), difference.field, CAST(difference.before AS VARCHAR) AS before,
    CAST(difference.after AS VARCHAR) AS after
FROM (
    SELECT {_row("said", f"unnest(list_filter([{_DIFFERENCES}], lambda each: each IS NOT NULL)) AS difference")}
    FROM plan {_SAID} {_LIVE} WHERE plan.kind IN ('change', 'cosmetic')
)
UNION ALL
SELECT {_row("said", _NO_FIELD)} FROM plan {_SAID} WHERE plan.kind IN ('add', 're_key')
UNION ALL
SELECT {_row("live", _NO_FIELD)} FROM plan {_LIVE} WHERE plan.kind = 'remove'
ORDER BY identifier, field
"""
_UNTOLD = "SELECT count(*) FROM current_records ANTI JOIN plan USING (identifier)"
_BY_FIELD = """
SELECT field, country, count(*) FROM effects WHERE field IS NOT NULL GROUP BY ALL ORDER BY ALL
"""
_BY_COUNTRY = "SELECT country, count(DISTINCT identifier) FROM effects GROUP BY ALL ORDER BY 2 DESC, 1"
_SAMPLED = ("source", "identifier", "country", "title", "page", "kind")
_SAMPLE = f"""
SELECT source, identifier, any_value(country), any_value(title), any_value(page), any_value(kind),
    list({{field: field, before: before, after: after}} ORDER BY field) FILTER (field IS NOT NULL)
FROM effects
GROUP BY source, identifier
ORDER BY row_number() OVER (PARTITION BY source ORDER BY identifier), source  -- of every source one, then the next
LIMIT {_SAMPLES}
"""


class SourceImpact(Struct, frozen=True, kw_only=True):
    """What the replay of one source would do to its `live` records.

    `cosmetic` are changes of markup alone; `untold` are records that the kept raw pages no longer give: they stay as
    they are. `held` says why `expect` would hold the load; after a `failure` nothing else is known.
    """

    source: str
    live: int = 0
    added: int = 0
    changed: int = 0
    cosmetic: int = 0
    removed: int = 0
    unchanged: int = 0
    untold: int = 0
    held: tuple[str, ...] = ()
    failure: Failure | None = None


class FieldImpact(Struct, frozen=True, kw_only=True):
    """How many records would change in one field (`subjects`, `rights.licence` ...), in all and by country."""

    field: str
    records: int
    countries: dict[str, int]


class Difference(Struct, frozen=True, kw_only=True):
    """One field of a record before and after, as JSON."""

    field: str
    before: str | None
    after: str | None


class AffectedRecord(Struct, frozen=True, kw_only=True):
    """A record that would change, come or go."""

    source: str
    identifier: str
    country: str
    title: str | None
    page: str | None
    kind: Effect
    differences: tuple[Difference, ...]


class Impact(Struct, frozen=True, kw_only=True):
    """What `chm replay --dry-run` finds: by source, by field (most records first), by country, and ten samples."""

    sources: tuple[SourceImpact, ...]
    fields: tuple[FieldImpact, ...]
    countries: dict[str, int]
    samples: tuple[AffectedRecord, ...]
    schema_version: int = SCHEMA_VERSION


def write_effects(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write what the plan that was drawn on this connection would do; returns how many records it does not speak of."""
    path.parent.mkdir(parents=True, exist_ok=True)
    to_parquet(connection, _EFFECTS, path, EFFECTS)
    return int(connection.sql(_UNTOLD).fetchall()[0][0])


def report(scratch: Path, files: Sequence[Path], sources: Sequence[SourceImpact]) -> Impact:
    """Add up the sources' files of effects."""
    with connect(scratch) as connection:
        _open(connection, files)
        fields: dict[str, dict[str, int]] = {}
        for field, country, count in connection.sql(_BY_FIELD).fetchall():
            fields.setdefault(field, {})[country] = count
        countries = dict(connection.sql(_BY_COUNTRY).fetchall())
        samples = tuple(_sample(row) for row in connection.sql(_SAMPLE).fetchall())
    by_field = [
        FieldImpact(field=field, records=sum(counts.values()), countries=counts) for field, counts in fields.items()
    ]
    by_field.sort(key=lambda each: (-each.records, each.field))
    return Impact(sources=tuple(sources), fields=tuple(by_field), countries=countries, samples=samples)


def write(scratch: Path, files: Sequence[Path], path: Path) -> None:
    """Put all effects into one Parquet file."""
    with connect(scratch) as connection:
        _open(connection, files)
        to_parquet(connection, "FROM effects", path, EFFECTS)


def _open(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    if files:
        relation = connection.read_parquet([str(path) for path in files], hive_partitioning=False)
        relation.create_view("effects")
    else:
        connection.register("effects", EFFECTS.empty_table())


def _sample(row: Sequence[Any]) -> AffectedRecord:
    *about, found = row
    differences = tuple(Difference(**each) for each in found or ())
    return AffectedRecord(**dict(zip(_SAMPLED, about, strict=True)), differences=differences)
