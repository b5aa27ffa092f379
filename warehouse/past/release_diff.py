"""What two releases differ in: the question of whoever read the first and now holds the second."""

from __future__ import annotations

from pathlib import Path

import duckdb
import msgspec
from msgspec import Struct

from harvesters.model import Json
from warehouse import release
from warehouse.changes import CHANGES
from warehouse.comparison import difference
from warehouse.duck import connect, to_parquet
from warehouse.layout import Layout
from warehouse.model import SCHEMA_VERSION, Release
from warehouse.runs import Refused

KINDS = ("add", "change", "cosmetic", "remove")
_COUNTS = "SELECT source, kind, count(*) FROM difference GROUP BY ALL ORDER BY ALL"
_SAMPLES = """
SELECT identifier, source, source_identifier, kind, fields, was, became, reason, counterpart
FROM (SELECT *, row_number() OVER (PARTITION BY kind ORDER BY hash(identifier)) AS place FROM difference)
WHERE place <= ? ORDER BY kind, place
"""


class RecordDiff(Struct, frozen=True, kw_only=True):
    """How one record differs: `before` and `after` hold the fields that do; all of them, where it is removed."""

    identifier: str
    source: str
    source_identifier: str
    kind: str
    fields: tuple[str, ...]
    before: Json
    after: Json
    reason: str | None
    successor: str | None


class ReleaseDiff(Struct, frozen=True, kw_only=True):
    """What one release has that an earlier one had not: counts by source and kind, and some records of each kind."""

    old: str
    new: str
    added: int
    changed: int
    cosmetic: int
    removed: int
    sources: dict[str, dict[str, int]]
    samples: tuple[RecordDiff, ...]
    schema_version: int = SCHEMA_VERSION


def diff(layout: Layout, old: str, new: str, *, samples: int = 10, parquet: Path | None = None) -> ReleaseDiff:
    """Compare two kept releases; `parquet` names a file for every record that differs (columns of `CHANGES`).

    Raises:
        Refused: there is no such release, or no longer.
    """
    before, after = kept(layout, old), kept(layout, new)
    with connect(layout.scratch()) as connection:
        difference(connection, layout.release(before.release), layout.release(after.release))
        sources: dict[str, dict[str, int]] = {}
        for source, kind, count in connection.sql(_COUNTS).fetchall():
            sources.setdefault(source, {})[kind] = count
        found = _samples(connection, samples)
        if parquet:
            to_parquet(connection, f"SELECT {', '.join(CHANGES.names)} FROM difference", parquet, CHANGES)
    totals = {kind: sum(counts.get(kind, 0) for counts in sources.values()) for kind in KINDS}
    return ReleaseDiff(
        old=before.release,
        new=after.release,
        added=totals["add"],
        changed=totals["change"],
        cosmetic=totals["cosmetic"],
        removed=totals["remove"],
        sources=sources,
        samples=found,
    )


def two_releases(layout: Layout, old: str | None, new: str | None) -> tuple[str, str]:
    """The releases that are meant: by default the current one, and the one before that.

    Raises:
        Refused: there are no two.
    """
    kept = layout.releases()
    current = release.read(layout)
    last = new or (current.release if current else None)
    if last is None:
        raise Refused("Nothing is published yet.", advice="Run `chm publish`.")
    before = [name for name in kept if name < last]
    if old is None and not before:
        raise Refused(f"No release before {last} is kept.", advice=f"There are {', '.join(kept)}; name one as --from.")
    return old or before[-1], last


def _samples(connection: duckdb.DuckDBPyConnection, most: int) -> tuple[RecordDiff, ...]:
    rows = connection.execute(_SAMPLES, [most]).fetchall()
    return tuple(
        RecordDiff(
            identifier=identifier,
            source=source,
            source_identifier=source_identifier,
            kind=kind,
            fields=tuple(fields),
            before=before and msgspec.json.decode(before),
            after=after and msgspec.json.decode(after),
            reason=reason,
            successor=successor,
        )
        for identifier, source, source_identifier, kind, fields, before, after, reason, successor in rows
    )


def kept(layout: Layout, name: str) -> Release:
    """The manifest of a release; raises Refused where there is none, or no longer."""
    found = release.read(layout, name)
    if found is None:
        kept = layout.releases()
        advice = f"There are {', '.join(kept)}." if kept else "Nothing is published yet."
        raise Refused(f"There is no release {name}, or no longer.", advice=advice)
    return found
