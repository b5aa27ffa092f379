"""A site that moved to another platform, and is another source since: which of its records is which of the new ones.

Records are paired by the surest thing that they have in common: the source's own identifier, the address of a page or
file, a DOI, the path of a page (its alias, which Drupal sites keep when they move to another host), title and date.
What several records of one side have in common pairs none of them. Identifiers are for ever, so the old record becomes
a tombstone that names its successor; what the new site does not have stays as it is, unless a person gives it up too.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from duckdb.sqltypes import VARCHAR
from msgspec import Struct

from vocabularies.folding import fold
from warehouse import reports
from warehouse.duck import connect, select, to_parquet
from warehouse.files import new_folder
from warehouse.layout import Layout
from warehouse.mending import seals
from warehouse.model import SCHEMA_VERSION
from warehouse.records import ISSUES, RECORDS, TOMBSTONES, with_sequence
from warehouse.runs import Refused

PairedBy = Literal["identifier", "address", "doi", "alias", "title"]
_KINDS: tuple[PairedBy, ...] = ("identifier", "address", "doi", "alias", "title")  # surest first

_ADDRESSES = """
CREATE TEMP TABLE addresses AS
SELECT DISTINCT side, identifier, is_page, regexp_replace(url, '^https?://(www\\.)?|/*(#.*)?$', '', 'g') AS address
FROM (
    SELECT side, identifier, true AS is_page, source_page AS url FROM sides
    UNION ALL
    SELECT side, identifier, rel = 'source', url
    FROM (SELECT side, identifier, unnest(links, recursive := true) FROM sides) WHERE rel IN ('source', 'document')
)
WHERE url IS NOT NULL
"""
_KEYS = """
CREATE TEMP TABLE keys AS
SELECT side, identifier, 'identifier' AS kind, source_identifier AS value FROM sides
UNION
SELECT
    side,
    identifier,
    CASE WHEN address LIKE 'doi.org/10.%' THEN 'doi' ELSE 'address' END,
    CASE WHEN address LIKE 'doi.org/10.%' THEN lower(address) ELSE address END
FROM addresses WHERE contains(address, '/')
UNION
SELECT side, identifier, 'alias', lower(alias)  -- words, not the number of a node: another site counts anew
FROM (
    SELECT side, identifier, regexp_replace(address, '^[^/]*/([a-z]{2}/)?|\\.(html?|php|aspx?)$', '', 'g') AS alias
    FROM addresses WHERE is_page
)
WHERE regexp_matches(alias, '(^|/)[^/]*(\\p{L}{2}|%\\w\\w)[-_][^/]*(\\p{L}{2}|%\\w\\w)[^/]*$')
UNION
SELECT side, identifier, 'title', concat_ws(' ', language, day, words)
FROM (
    SELECT side, identifier, entry.key AS language, fold(entry.value) AS words, day
    FROM (
        SELECT
            side,
            identifier,
            unnest(map_entries(title)) AS entry,
            list_filter(dates, lambda date: date.kind IN ('published', 'start'))[1].value[1:10] AS day
        FROM sides
    )
)
WHERE words <> '' AND day IS NOT NULL
"""
_PAIR = """
INSERT INTO pairs
WITH rest AS (SELECT * FROM keys WHERE kind = $kind AND identifier NOT IN (SELECT unnest([old, new]) FROM pairs)),
told AS (
    SELECT
        value,
        any_value(identifier) FILTER (side = 'old') AS old,
        any_value(identifier) FILTER (side = 'new') AS new
    FROM rest GROUP BY value
    HAVING count(*) FILTER (side = 'old') = 1 AND count(*) FILTER (side = 'new') = 1
),
couples AS (SELECT old, new, min(value) AS value FROM told GROUP BY old, new)
SELECT old, new, $kind, value FROM couples
QUALIFY count(*) OVER (PARTITION BY old) = 1 AND count(*) OVER (PARTITION BY new) = 1
"""
_SHOWN = """
SELECT old, new, kind, value, coalesce(map_values(title)[1], '')
FROM pairs JOIN sides ON sides.identifier = pairs.old ORDER BY list_position(?, kind), old
"""
_STONES = """
SELECT
    identifier,
    source,
    source_identifier,
    provenance.datestamp AS datestamp,
    CASE WHEN new IS NULL THEN 'source_retired' ELSE 'moved' END AS reason,
    new AS successor,
    NULL AS buried,
    $run AS run,
    NULL AS page,
    row_number() OVER (ORDER BY identifier) AS sequence
FROM sides LEFT JOIN pairs ON pairs.old = sides.identifier
WHERE side = 'old' AND (new IS NOT NULL OR $give_up)
ORDER BY identifier
"""


class Pair(Struct, frozen=True, kw_only=True):
    """A record of the old source, the one that took over, and what they have in common; `title` is the old one's."""

    old: str
    new: str
    by: PairedBy
    value: str
    title: str


class Succession(Struct, frozen=True, kw_only=True):
    """The plan of a succession: all pairs, the surest first; how many records of OLD have none (`left`), and of NEW."""

    old: str
    new: str
    pairs: tuple[Pair, ...]
    left: int
    fresh: int
    schema_version: int = SCHEMA_VERSION


class SuccessionDecision(Struct, frozen=True, kw_only=True):
    """A person's word that `new` took over from `old`, with the run that buried the old records.

    `give_up` says that those without a successor were buried as well.
    """

    old: str
    new: str
    run: str
    pairs: int
    left: int
    give_up: bool
    by: str
    why: str
    at: datetime
    schema_version: int = SCHEMA_VERSION


def pair(layout: Layout, old: str, new: str) -> Succession:
    """Which current record of `old` is which of `new`.

    Raises:
        Refused: one of them was never loaded, or they are one.
    """
    with connect(layout.scratch()) as connection:
        return _pair(connection, layout, old, new)


def bury(layout: Layout, told: Succession, run: str, *, give_up: bool) -> None:
    """Write the batch that a load of `old` makes tombstones of: its paired records, and with `give_up` all others."""
    with new_folder(layout.normalized(told.old, run)) as folder, connect(layout.scratch()) as connection:
        _pair(connection, layout, told.old, told.new)
        query = connection.execute(f"CREATE TEMP TABLE stones AS {_STONES}", {"run": run, "give_up": give_up})
        to_parquet(query, "SELECT * FROM stones", folder / "tombstones.parquet", with_sequence(TOMBSTONES))
        _empty(folder / "records.parquet", with_sequence(RECORDS))
        _empty(folder / "issues.parquet", ISSUES)
        seals.seal(folder)


def _pair(connection: duckdb.DuckDBPyConnection, layout: Layout, old: str, new: str) -> Succession:
    if old == new:
        raise Refused(f"{old} cannot take over from itself.", advice="Name two sources.")
    sides = " UNION ALL BY NAME ".join(
        f"SELECT *, '{side}' AS side FROM ({select(_records(layout, source))})"
        for side, source in (("old", old), ("new", new))
    )
    wanted = "side, identifier, source, source_identifier, title, dates, links, source_page, provenance"
    connection.execute(f"CREATE TEMP TABLE sides AS SELECT {wanted} FROM ({sides})")
    connection.create_function("fold", fold, [VARCHAR], VARCHAR)
    connection.execute(_ADDRESSES)
    connection.execute(_KEYS)
    connection.execute("CREATE TEMP TABLE pairs (old VARCHAR, new VARCHAR, kind VARCHAR, value VARCHAR)")
    for kind in _KINDS:
        connection.execute(_PAIR, {"kind": kind})
    rows = connection.execute(_SHOWN, [list(_KINDS)]).fetchall()
    pairs = tuple(
        Pair(old=one, new=other, by=kind, value=value, title=title) for one, other, kind, value, title in rows
    )
    counted = "SELECT count(*) FILTER (side = 'old'), count(*) FILTER (side = 'new') FROM sides"
    before, after = connection.sql(counted).fetchall()[0]
    return Succession(old=old, new=new, pairs=pairs, left=before - len(pairs), fresh=after - len(pairs))


def _records(layout: Layout, source: str) -> Path:
    pointer = reports.pointer(layout, source)
    if pointer is None:
        raise Refused(f"{source} was never loaded.", advice=f"Run `chm run {source}` first.")
    return layout.snapshot(source, pointer.snapshot) / "records.parquet"


def _empty(path: Path, schema: pa.Schema) -> None:
    pq.write_table(schema.empty_table(), path, compression="zstd")
