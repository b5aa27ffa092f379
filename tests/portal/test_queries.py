"""The queries of the CBD's portals find what DuckDB finds in the documents, which knows nothing of our index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.portal import corpus
from warehouse.portal.searching import Searcher
from warehouse.portal.select import select

QUERIES = yaml.safe_load(Path(__file__).with_name("queries.yml").read_text(encoding="utf-8"))
_FIELDS = Path(__file__).parents[1] / "warehouse/index_documents/fields.yml"
FIELDS = yaml.safe_load(_FIELDS.read_text(encoding="utf-8"))
TYPES = {"_ss": "VARCHAR[]", "_txt": "VARCHAR[]", "_is": "BIGINT[]", "_i": "BIGINT", "_d": "DOUBLE", "_b": "BOOLEAN"}
MACROS = """
CREATE MACRO chm(realms) AS list_contains(realms, 'chm') OR list_contains(realms, 'chm-national');
CREATE MACRO said(texts, word) AS list_bool_or(
    list_transform(texts, lambda x: coalesce(regexp_matches(x, '(?i)\\b' || word || '\\b'), false))
);
"""
NAME = itemgetter("name")
NEWEST = "updatedDate_dt DESC NULLS LAST, id"


class Documents:
    """The documents of `solr.jsonl.zst` in DuckDB, and what it answers."""

    def __init__(self, folder: Path) -> None:
        self._duck = duckdb.connect()
        file = folder / "solr.jsonl.zst"
        described = f"SELECT unnest(json_keys(json)) FROM read_ndjson_objects('{file}')"
        names = {name for (name,) in self._duck.execute(described).fetchall()}
        names |= {name for names in FIELDS["not ours"].values() for name in names} | {"ctgList_ss"}
        names.discard("all_Terms_ss")  # to DuckDB the name of its twin, all_terms_ss
        columns = {name: self._type(name) for name in sorted(names)}
        told = ", ".join(f"{name}: '{kind}'" for name, kind in columns.items())
        self._duck.execute(
            f"CREATE TABLE documents AS FROM read_json('{file}', format='newline_delimited', columns={{{told}}})"
        )
        self._duck.execute(MACROS)

    @staticmethod
    def _type(name: str) -> str:
        return TYPES.get("_" + name.rpartition("_")[2], "VARCHAR")

    def ids(self, where: str, order: str) -> list[str]:
        return self._column(f"SELECT id FROM documents WHERE {where} ORDER BY {order}")

    def counts(self, field: str, where: str, least: int, order: str) -> list[tuple[str, int]]:
        """The values of a field with how many of the documents have them."""
        each = f"unnest({field})" if self._type(field).endswith("[]") else field
        values = f"(SELECT DISTINCT {each} AS value FROM documents WHERE {field} IS NOT NULL)"
        held = f"(SELECT {each} AS value FROM documents WHERE ({where}) AND {field} IS NOT NULL)"
        query = f"""
            SELECT value, count(held.value) AS count FROM {values} LEFT JOIN {held} AS held USING (value)
            GROUP BY value HAVING count >= {least} ORDER BY {order}
        """
        return self._duck.execute(query).fetchall()

    def document(self, name: str) -> set[str]:
        """The fields that a document has."""
        row = self._duck.execute("SELECT * FROM documents WHERE id = ?", [name])
        columns = [column[0] for column in row.description or ()]
        return {column for column, value in zip(columns, row.fetchone() or (), strict=True) if value is not None}

    def is_in(self, name: str, where: str) -> bool:
        return bool(self._column(f"SELECT id FROM documents WHERE id = '{name}' AND ({where})"))

    def _column(self, query: str) -> list[str]:
        return [value for (value,) in self._duck.execute(query).fetchall()]


class Served:
    """The same documents in both."""

    def __init__(self, folder: Path) -> None:
        corpus.release(folder)
        self.searcher = Searcher(folder / "search", ("chm-national",))
        self.documents = Documents(folder)

    def answer(self, query: dict[str, Any]) -> dict[str, Any]:
        """What our index answers, asked as over HTTP."""
        several = {name: value if isinstance(value, list) else [value] for name, value in query["ask"].items()}
        texts = {
            name: [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
            for name, values in several.items()
        }
        return select(self.searcher, texts)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    return Served(tmp_path_factory.mktemp("queries") / "release")


def where(query: dict[str, Any], without: tuple[str, ...] = ()) -> str:
    """All that a query means, less the filters of some tags."""
    return " AND ".join(f"coalesce({part}, false)" for tag, part in query["means"].items() if tag not in without)


def excluding(value: str) -> tuple[tuple[str, ...], str]:
    """The tags that a facet leaves out, and its field."""
    found = re.fullmatch(r"(?:\{!ex=([\w,]+)\})?(.+)", value)
    assert found
    return tuple((found.group(1) or "").split(",")), found.group(2)


def facet_fields(query: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    fields = query["ask"].get("facet.field", [])
    yield from map(excluding, fields if isinstance(fields, list) else [fields])


@pytest.mark.parametrize("query", QUERIES, ids=NAME)
def test_a_portals_query_finds_these_documents_in_this_order(served: Served, query: dict[str, Any]) -> None:
    answer = served.answer(query)
    by_relevance = query["order"] == "relevance"
    order = NEWEST if by_relevance else f"{query['order'].replace(',', ' NULLS LAST,')} NULLS LAST, {NEWEST}"
    expected = served.documents.ids(where(query), order)
    assert expected
    assert answer["nonSupportedParams"] == []
    assert ("notes" in answer["responseHeader"]) is query.get("reaches the realms of the harvest", False)
    if "grouped" in answer:
        assert answer["grouped"][query["ask"]["group.field"]]["matches"] == len(expected)
        return
    start, rows = query["ask"].get("start", 0), query["ask"].get("rows", 10)
    found = [document["id"] for document in answer["response"]["docs"]]
    assert answer["response"]["numFound"] == len(expected)
    assert (sorted(found) if by_relevance else found) == (sorted(expected) if by_relevance else expected)[start:][:rows]


@pytest.mark.parametrize("query", QUERIES, ids=NAME)
def test_its_facets_count_what_is_there(served: Served, query: dict[str, Any]) -> None:
    asked, answer = query["ask"], served.answer(query).get("facet_counts", {})
    order = "value" if asked.get("facet.sort") == "index" else "count DESC, value"
    for without, field in facet_fields(query):
        expected = served.documents.counts(field, where(query, without), int(asked.get("facet.mincount", 0)), order)
        flat = answer["facet_fields"][field]
        assert list(zip(flat[::2], flat[1::2], strict=True)) == expected[: asked.get("facet.limit", 100)]
    for name, meant in query.get("facet queries", {}).items():
        both = f"{where(query, tuple(meant['without']))} AND {meant['means']}"
        assert answer["facet_queries"][name] == len(served.documents.ids(both, "id")) > 0
    if "facet.pivot" in asked:
        outer, inner = asked["facet.pivot"].split(", ")
        for entry in answer["facet_pivot"][asked["facet.pivot"]]:
            inside = f"{where(query)} AND {outer} = '{entry['value']}'"
            assert entry["count"] == len(served.documents.ids(inside, "id"))
            counted = [(one["value"], one["count"]) for one in entry["pivot"]]
            assert counted == served.documents.counts(inner, inside, 1, "count DESC, value")


@pytest.mark.parametrize("query", [each for each in QUERIES if "group" in each["ask"]], ids=NAME)
def test_its_groups_stand_in_the_order_of_their_first_document(served: Served, query: dict[str, Any]) -> None:
    asked, field = query["ask"], query["ask"]["group.field"]
    grouped = served.answer(query)["grouped"][field]
    order = f"{query['order'].replace(',', ' NULLS LAST,')} NULLS LAST, {NEWEST}"
    members: dict[str | None, list[str]] = {}
    values = [value for value, _ in served.documents.counts(field, where(query), 1, "value")]
    for value in (*values, None):
        same = f"{field} IS NULL" if value is None else f"{field} = '{value}'"
        members[value] = served.documents.ids(f"{where(query)} AND {same}", order)
    first = served.documents.ids(where(query), order)
    ordered = sorted(filter(members.get, members), key=lambda value: first.index(members[value][0]))
    start, rows = asked.get("start", 0), asked["rows"]
    assert [group["groupValue"] for group in grouped["groups"]] == ordered[start:][:rows]
    for group in grouped["groups"]:
        ids = members[group["groupValue"]]
        assert group["doclist"]["numFound"] == len(ids)
        assert [document["id"] for document in group["doclist"]["docs"]] == ids[: asked["group.limit"]]
    assert grouped.get("ngroups", len(ordered)) == len(ordered)


@pytest.mark.parametrize("query", [each for each in QUERIES if "fl" in each["ask"]], ids=NAME)
def test_a_document_shows_the_fields_that_were_asked_for_and_no_other(served: Served, query: dict[str, Any]) -> None:
    patterns = query["ask"]["fl"].split(",")
    for document in served.answer(query)["response"]["docs"]:
        has = served.documents.document(document["id"])
        assert set(document) == {name for name in has if any(fnmatchcase(name, pattern) for pattern in patterns)}


@pytest.mark.parametrize("query", [each for each in QUERIES if "hl" in each["ask"]], ids=NAME)
def test_what_was_asked_is_marked_where_it_stands(served: Served, query: dict[str, Any]) -> None:
    answer, word = served.answer(query), query["highlights"]
    for name, fields in answer["highlighting"].items():
        is_said = served.documents.is_in(name, f"said({query['ask']['hl.fl']}, '{word}s?')")
        assert set(fields) == ({query["ask"]["hl.fl"]} if is_said else set())
        for snippets in fields.values():
            assert 1 <= len(snippets) <= query["ask"]["hl.snippets"]
            assert all(re.search(rf"<em>{word}s?</em>", snippet, re.IGNORECASE) for snippet in snippets)
