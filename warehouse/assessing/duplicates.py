"""The same document in several sources: which records are one, and why. Nothing is merged; a cluster lists all routes.

What records have in common (an identifier, an address, title and year in one language) is found by a join in DuckDB,
judged against what is known to mislead, and tied by union-find, surest first. A probabilistic linker was tried
(splink 5, trained by its own estimates): on 100,000 records with 100 documents in two sources each it tied none in
4.7 s, where this finds all of them, and nothing else, in 2.7 s; and a reader wants a reason, not a probability.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from duckdb.sqltypes import VARCHAR
from msgspec import Struct
from msgspec.structs import replace
from rapidfuzz import fuzz

from vocabularies.folding import fold
from warehouse import reports
from warehouse.assessing import duplicate_decisions
from warehouse.assessing.clusters import Union
from warehouse.assessing.findings import Cluster, Duplicates, Ignored, Route, Tie, TieKind
from warehouse.assessing.generic_titles import is_generic
from warehouse.duck import connect, select
from warehouse.layout import Layout

DUPLICATES = pa.schema(
    {
        "preferred": pa.string(),
        "identifier": pa.string(),
        "source": pa.string(),
        "page": pa.string(),
        "ties": pa.list_(pa.struct([("by", pa.string()), ("value", pa.string())])),
    }
)
_KINDS: tuple[TieKind, ...] = ("doi", "isbn", "handle", "document", "page", "title")  # surest first
_CROWD = 50  # records; what more of them have in common is a placeholder
_LARGEST = 100  # records in a cluster: about as many as there are sources
_MEMORY = "200MiB"  # of a million records no more; what exceeds it spills
_ALIKE = 60.0  # of 100: similarity of two titles in one language below which they are of different documents

_KEYS = """
CREATE TEMP TABLE titles AS
SELECT identifier, source, entry.key AS language, fold(entry.value) AS words, year
FROM (
    SELECT
        identifier,
        source,
        unnest(map_entries(title)) AS entry,
        list_filter(dates, lambda date: date.kind IN ('published', 'start'))[1].value[1:4] AS year
    FROM records
);
CREATE TEMP TABLE links AS
SELECT identifier, source, rel, regexp_replace(url, '^https?://(www\\.)?|/*(#.*)?$', '', 'g') AS address
FROM (SELECT identifier, source, unnest(links, recursive := true) FROM records)
WHERE rel IN ('source', 'document', 'central');
CREATE TEMP TABLE keys AS
SELECT DISTINCT kind, value, identifier, source
FROM (
    SELECT 'title' AS kind, concat_ws(' ', language, year, words) AS value, identifier, source
    FROM titles WHERE words <> '' AND year IS NOT NULL
    UNION ALL
    SELECT
        CASE
            WHEN address LIKE 'doi.org/10.%' THEN 'doi'
            WHEN address LIKE 'urn:isbn:%' THEN 'isbn'
            WHEN address LIKE 'hdl.handle.net/%/%' THEN 'handle'
            WHEN rel = 'document' THEN 'document'
            ELSE 'page'
        END AS kind,
        CASE WHEN kind IN ('document', 'page') THEN address ELSE lower(address) END,
        identifier,
        source
    FROM links
    WHERE address LIKE 'urn:%' OR NOT regexp_matches(  -- a home page, or one in a language, is no document's address
        address, '^[^/?]*(/[a-z]{2}([-_][a-z]{2,4})?)?(/(index|home|default|accueil|inicio)(\\.\\w+)?)?$'
    )
);
CREATE TEMP TABLE common AS  -- few of them: what follows costs the more memory the more there are
SELECT * FROM keys
SEMI JOIN (SELECT kind, value FROM keys GROUP BY kind, value HAVING min(source) <> max(source)) USING (kind, value);
"""
_COMMON = """
WITH
told AS (
    SELECT titles.* FROM titles
    SEMI JOIN (
        SELECT language, words FROM titles
        SEMI JOIN (SELECT identifier FROM common WHERE kind = 'title') USING (identifier)
    ) USING (language, words)
),
shared AS (  -- a source gives it to documents of different titles, or the title to several of its documents
    SELECT kind, value FROM common JOIN titles USING (identifier)
    GROUP BY kind, value, common.source, language HAVING count(DISTINCT words) > 1
    UNION
    SELECT 'title', concat_ws(' ', told.language, told.year, told.words)
    FROM told
    SEMI JOIN (SELECT language, words FROM told GROUP BY source, language, words HAVING count(*) > 1) AS series
    ON series.language = told.language AND series.words = told.words
)
SELECT kind, value, list(identifier ORDER BY identifier) AS members, bool_or(shared.value IS NOT NULL) AS is_shared
FROM common LEFT JOIN shared USING (kind, value)
GROUP BY kind, value
HAVING count(DISTINCT source) > 1
ORDER BY list_position(?, kind), value
"""
_FACTS = """
SELECT
    identifier,
    source,
    map_from_entries((SELECT list((language, words)) FROM titles WHERE titles.identifier = records.identifier)),
    (SELECT list(value) FROM keys WHERE keys.identifier = records.identifier AND kind IN ('doi', 'isbn')),
    list_transform(list_filter(countries, lambda term: term.by <> 'default'), lambda term: term.identifier),
    list_contains(list_transform(links, lambda link: link.rel), 'central'),
    list_position(['national', 'regional', 'central', 'partner'], origin),
    cardinality(title) + cardinality(summary) + cardinality(description) + len(subjects) + len(dates) + len(links),
    coalesce(map_values(title)[1], ''),
    source_page
FROM records
WHERE identifier IN (SELECT unnest(?))
"""


class _Facts(Struct, frozen=True):
    """What judges a record against another: `titles` are folded, by language; `named` its DOIs and ISBNs.

    `is_copy`: it says that it was brought over from the Convention's clearing-house.
    """

    identifier: str
    source: str
    titles: dict[str, str]
    named: frozenset[str]
    countries: frozenset[str]
    is_copy: bool
    origin: int
    filled: int
    title: str
    page: str | None


class _Common(Struct, frozen=True):
    """What records of several sources have in common."""

    kind: TieKind
    value: str
    members: tuple[str, ...]
    is_shared: bool


def find(layout: Layout, files: Sequence[Path] | None = None) -> Duplicates:
    """All clusters over files of records (default: the current ones of every source); people's decisions come first.

    Raises:
        Damaged: the file of decisions cannot be read.
    """
    judged = duplicate_decisions.read(layout)
    with connect(layout.scratch(), _MEMORY) as connection:
        records = _open(connection, _current(layout) if files is None else files)
        common = _common(connection) if records else []
        wanted = {member for group in common for member in group.members} | {one for pair in judged for one in pair}
        facts = _facts(connection, wanted) if records else {}
    union = Union(facts, largest=_LARGEST)
    for pair, decision in judged.items():
        if decision.verdict == "split":
            union.part(*pair)
    for pair, decision in judged.items():
        if decision.verdict == "tie" and facts.keys() >= set(pair):
            union.tie("person", f"{decision.by}: {decision.why}", *pair)
    ignored: Counter[Ignored] = Counter()
    for group in common:
        misled = _misleads(group)
        if misled is None and not _tie(union, group, facts):
            misled = "contradicted"
        ignored.update([misled] if misled else ())
    clusters = sorted((_cluster(members, ties, facts) for members, ties in union.clusters()), key=_largest_first)
    return Duplicates(records=records, clusters=tuple(clusters), ignored=dict(ignored))


def write(layout: Layout, records: Path, path: Path) -> None:
    """Write one row per route to a document that has several, of the records of one Parquet file."""
    found = find(layout, [records])
    rows = [
        {
            "preferred": cluster.preferred,
            "identifier": route.identifier,
            "source": route.source,
            "page": route.page,
            "ties": [{"by": tie.by, "value": tie.value} for tie in cluster.ties if route.identifier in tie.records],
        }
        for cluster in found.clusters
        for route in cluster.routes
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=DUPLICATES), path, compression="zstd")


def of_source(found: Duplicates, source: str) -> Duplicates:
    """The clusters to which a source has a route."""
    mine = tuple(cluster for cluster in found.clusters if any(route.source == source for route in cluster.routes))
    return replace(found, clusters=mine)


def known(layout: Layout, identifiers: Iterable[str]) -> set[str]:
    """Which of these identifiers are of current records."""
    with connect(layout.scratch()) as connection:
        if not _open(connection, _current(layout)):
            return set()
        query = "SELECT identifier FROM records WHERE identifier IN (SELECT unnest(?))"
        return {identifier for (identifier,) in connection.execute(query, [list(identifiers)]).fetchall()}


def _current(layout: Layout) -> list[Path]:
    pointers = ((source, reports.pointer(layout, source)) for source in layout.loaded_sources())
    return [layout.snapshot(source, pointer.snapshot) / "records.parquet" for source, pointer in pointers if pointer]


def _open(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> int:
    """Make the view of all records; returns how many there are."""
    if not files:
        return 0
    connection.execute(f"CREATE TEMP VIEW records AS {select(*files)}")
    (count,) = connection.sql("SELECT count(*) FROM records").fetchall()[0]
    return int(count)


def _common(connection: duckdb.DuckDBPyConnection) -> list[_Common]:
    """Make the tables of titles and keys; returns what records of several sources have in common, surest first."""
    connection.create_function("fold", fold, [VARCHAR], VARCHAR)
    connection.execute(_KEYS)
    rows = connection.execute(_COMMON, [list(_KINDS)]).fetchall()
    return [_Common(kind, value, tuple(members), is_shared) for kind, value, members, is_shared in rows]


def _facts(connection: duckdb.DuckDBPyConnection, identifiers: Iterable[str]) -> dict[str, _Facts]:
    found = {}
    for identifier, source, titles, named, countries, *rest in connection.execute(
        _FACTS, [list(identifiers)]
    ).fetchall():
        facts = _Facts(identifier, source, titles or {}, frozenset(named or ()), frozenset(countries), *rest)
        found[identifier] = facts
    return found


def _misleads(group: _Common) -> Ignored | None:
    """Why what these records have in common says nothing, or None where it may."""
    if group.is_shared:
        return "shared"
    if len(group.members) > _CROWD:
        return "crowded"
    if group.kind == "title" and is_generic(group.value.split(" ", 2)[2]):  # after language and year
        return "generic"
    return None


def _tie(union: Union, group: _Common, facts: Mapping[str, _Facts]) -> bool:
    """Tie the members of different sources that nothing contradicts; whether there were any."""
    tied = False
    for one, other in combinations([facts[member] for member in group.members], 2):
        if one.source != other.source and _agree(group.kind, one, other):
            tied |= union.tie(group.kind, group.value, one.identifier, other.identifier)
    return tied


def _agree(kind: TieKind, one: _Facts, other: _Facts) -> bool:
    """Whether all else lets two records be one document.

    Titles in one language must be alike, for a work that cites another may give its DOI, and a page may hold several
    documents; where no language is common to both, a copy is trusted on the page that it names. The same title may
    stand on two works, which their identifiers or the countries that they state tell.
    """
    if kind == "title":
        return not (_apart(one.named, other.named) or _apart(one.countries, other.countries))
    languages = one.titles.keys() & other.titles.keys()
    alike = [fuzz.token_sort_ratio(one.titles[each], other.titles[each]) >= _ALIKE for each in languages]
    return any(alike) if languages else kind != "page" or one.is_copy or other.is_copy


def _apart(some: frozenset[str], others: frozenset[str]) -> bool:
    return bool(some and others) and some.isdisjoint(others)


def _cluster(members: Iterable[str], ties: Iterable[Tie], facts: Mapping[str, _Facts]) -> Cluster:
    """Preferred is who made the document (national before regional, central, partner), then who tells most of it.

    What says that it is a copy of the central record comes after all that do not.
    """
    found = (facts[member] for member in members)
    ordered = sorted(found, key=lambda one: (one.is_copy, one.origin, -one.filled, one.identifier))
    routes = tuple(
        Route(identifier=one.identifier, source=one.source, title=one.title, page=one.page) for one in ordered
    )
    return Cluster(preferred=routes[0].identifier, routes=routes, ties=tuple(ties))


def _largest_first(cluster: Cluster) -> tuple[int, str]:
    return -len(cluster.routes), cluster.preferred
