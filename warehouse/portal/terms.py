"""The terms of a release's vocabularies, in memory: some thousands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
from msgspec import Struct

from warehouse.portal.texts import LocalText, direction

_TERMS = """
SELECT scheme, identifier, any_value(uri), list([language, label] ORDER BY language) FILTER (is_genuine)
FROM terms GROUP BY scheme, identifier ORDER BY scheme, identifier
"""
_BROADER = "SELECT scheme, term, list(broader ORDER BY broader) FROM broader WHERE steps = 1 GROUP BY ALL"


class VocabularyTerm(Struct, frozen=True):
    """A term: the CBD's identifier, the concept's URI, its genuine labels, and the terms that it lies in."""

    identifier: str
    scheme: str
    uri: str
    labels: list[LocalText]
    broader: list[str]


Vocabularies = Mapping[str, Mapping[str, VocabularyTerm]]
"""Scheme -> identifier -> term."""


def read_terms(database: Path) -> Vocabularies:
    """Every term of a release's `chm.duckdb`, by scheme and identifier, both sorted."""
    with duckdb.connect(str(database), read_only=True, config={"threads": 1}) as connection:
        broader = {(scheme, term): above for scheme, term, above in connection.sql(_BROADER).fetchall()}
        rows = connection.sql(_TERMS).fetchall()
    found: dict[str, dict[str, VocabularyTerm]] = {}
    for scheme, identifier, uri, labels in rows:
        told = [LocalText(label, language, direction(language)) for language, label in labels or ()]
        term = VocabularyTerm(identifier, scheme, uri, told, broader.get((scheme, identifier), []))
        found.setdefault(scheme, {})[identifier] = term
    return found
