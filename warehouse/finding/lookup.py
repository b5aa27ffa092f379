"""Records by what a person has in hand: an address, a title in any language, or an identifier, ours or the source's.

One pass of DuckDB over the Parquet files. Titles are compared as `vocabularies.folding` folds them: those that are
ASCII once their accents are gone are folded in SQL, to the same result and fifty times as fast, the others in Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
from duckdb.sqltypes import VARCHAR
from msgspec import Struct

from vocabularies.folding import fold
from warehouse.duck import connect
from warehouse.layout import Layout

_PREFIX = re.compile(r"^(https?://)?(www\.)?|/*(#.*)?$", re.IGNORECASE)
_DOI = re.compile(r"^(doi:\s*)?(?=10\.\d{4,9}/)", re.IGNORECASE)
_ADDRESS = re.compile(r"^(https?://|www\.|doi:|10\.\d{4,9}/|urn:)\S+$", re.IGNORECASE)
_PLAIN = r"regexp_replace({}, '^https?://(www\.)?|/*(#.*)?$', '', 'g')"

_COLUMNS = """
identifier, source, source_identifier, coalesce(map_values(title)[1], '') AS title, source_page AS page, run,
page AS raw_page, provenance.received AS received, fingerprint, rights, filename AS file
"""
_RECORDS = "FROM read_parquet($files, hive_partitioning = false, union_by_name = true, filename = true)"
_BY_NAME = f"SELECT {_COLUMNS}, true AS exact {_RECORDS} WHERE identifier = upper($name) OR source_identifier = $name"
_BY_ADDRESS = f"""
SELECT {_COLUMNS}, true AS exact {_RECORDS}
WHERE (contains(source_page, $address) AND {_PLAIN.format("source_page")} = $address)
    OR (contains(source_identifier, $address) AND {_PLAIN.format("source_identifier")} = $address)
    OR len(list_filter(links, lambda link:
        contains(link.url, $address) AND {_PLAIN.format("link.url")} = $address)) > 0
"""
_BY_TITLE = f"""
WITH said AS (SELECT identifier, filename, unnest(map_values(title)) AS words {_RECORDS}),
plain AS (SELECT *, strip_accents(lower(words)) AS bare FROM said),
folded AS (
    SELECT identifier, filename, CASE
        WHEN strlen(bare) > length(bare) THEN fold(words)  -- some of its letters take more than a byte
        WHEN contains(bare, $longest) THEN trim(regexp_replace(bare, '[^a-z0-9]+', ' ', 'g'))
    END AS folded
    FROM plain
),
found AS (
    SELECT identifier, filename, bool_or(folded = $title) AS exact
    FROM folded WHERE contains(' ' || folded || ' ', ' ' || $title || ' ') GROUP BY ALL
)
SELECT {_COLUMNS}, exact {_RECORDS} JOIN found USING (identifier, filename) ORDER BY exact DESC, identifier
"""
_TOMBSTONES = f"""
SELECT * EXCLUDE (filename) {_RECORDS}
WHERE identifier IN (SELECT unnest($names)) OR source_identifier IN (SELECT unnest($names))
"""
_HOLDING = f"SELECT filename AS file, fingerprint {_RECORDS} WHERE identifier = $identifier"


class Sighting(Struct, frozen=True, kw_only=True):
    """One row that answers to what was asked: `exact` where all of it does, not a part of its title alone."""

    identifier: str
    source: str
    source_identifier: str
    title: str
    page: str | None
    run: str
    raw_page: int
    received: str
    fingerprint: str
    rights: dict[str, Any]
    file: Path
    exact: bool


def is_address(query: str) -> bool:
    """Whether a query is an address or a DOI rather than a title or another identifier."""
    return bool(_ADDRESS.match(query))


def host(address: str) -> str:
    """The host of an address, without `www.` and in lower case."""
    return re.split(r"[/?:]", _PREFIX.sub("", address), maxsplit=1)[0].lower()


def records(layout: Layout, files: Sequence[Path], query: str) -> list[Sighting]:
    """The rows of files of records that answer to a query, those first that do so exactly."""
    if not files:
        return []
    with connect(layout.scratch()) as connection:
        found = _ask(connection, files, _BY_NAME, name=query)
        if not found and is_address(query):
            found = _ask(connection, files, _BY_ADDRESS, address=_comparable(query))
        title = fold(query)
        if not found and title and not is_address(query):
            connection.create_function("fold", fold, [VARCHAR], VARCHAR)
            found = _ask(connection, files, _BY_TITLE, title=title, longest=max(title.split(), key=len))
    return [Sighting(**{**row, "file": Path(row["file"])}) for row in found]


def tombstones(layout: Layout, files: Sequence[Path], names: Iterable[str]) -> list[dict[str, Any]]:
    """The tombstones with one of these identifiers, ours or the sources', as they stand in their files."""
    if not files:
        return []
    wanted = sorted({*names, *(name.upper() for name in names)})
    with connect(layout.scratch()) as connection:
        return _ask(connection, files, _TOMBSTONES, names=wanted)


def holding(layout: Layout, files: Sequence[Path], identifier: str) -> dict[Path, str]:
    """Those of the files that have a record of our identifier, each with that record's fingerprint."""
    if not files:
        return {}
    with connect(layout.scratch()) as connection:
        found = _ask(connection, files, _HOLDING, identifier=identifier)
    return {Path(row["file"]): row["fingerprint"] for row in found}


def _ask(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Path], query: str, **given: Any
) -> list[dict[str, Any]]:
    found = connection.execute(query, {"files": [str(path) for path in files], **given})
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _comparable(address: str) -> str:
    """An address as the query compares them; a DOI is one of doi.org's."""
    return _PREFIX.sub("", _DOI.sub("doi.org/", address.strip()))
