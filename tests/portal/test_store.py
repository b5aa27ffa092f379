"""Lists of entries are those that a look at each would give, and are sought, not walked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.formats import records_sqlite
from warehouse.portal import store
from warehouse.portal.store import Span, Store

ROWS = [
    (
        f"ID-{number:03}",
        f"s{number % 3}",
        ("be", None, "fr")[number % 3],
        ("event", "nbsap")[number % 2],
        f"2026-03-0{number % 4 + 1}T00:00:00Z",
        "digest",
        number if number % 5 else None,
        None,
        None,
    )
    for number in range(60)
]
STAMPS = st.sampled_from(["", "~", "2026-03-01T23:59:59Z", *sorted({row[4] for row in ROWS})])
SPANS = st.builds(
    Span,
    first=STAMPS,
    last=STAMPS,
    after=st.tuples(STAMPS, st.sampled_from(["", "ID-030", "ID-999"])),
)
SETS = st.sampled_from([(None, ""), ("source", "s1"), ("government", "be"), ("schema", "nbsap"), ("schema", "none")])


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "records.sqlite"
    with closing(sqlite3.connect(path)) as file:
        file.executescript(records_sqlite._TABLES)
        file.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", ROWS)
        file.commit()
        file.executescript(records_sqlite._INDEXES)
    return path


@pytest.fixture(scope="module")
def opened(path: Path) -> Iterator[Store]:
    opened = Store(path)
    yield opened
    opened.close()


@given(span=SPANS, of=SETS, most=st.integers(1, 70))
def test_a_list_has_what_a_look_at_each_entry_would_give(
    opened: Store, span: Span, of: tuple[str, str], most: int
) -> None:
    by, value = of
    span = Span(first=span.first, last=span.last, after=span.after, by=by, value=value)
    place = {"source": 1, "government": 2, "schema": 3}
    wanted = [
        row[0]
        for row in sorted(ROWS, key=lambda row: (row[4], row[0]))
        if span.first <= row[4] <= span.last
        and (row[4], row[0]) > span.after
        and (by is None or row[place[by]] == value)
    ]
    assert [entry.identifier for entry in opened.listed(span, most)] == list(islice(wanted, most))
    assert opened.count(span) == len(wanted)


@pytest.mark.parametrize("by", [None, "source", "government", "schema"])
def test_a_page_is_sought_in_an_index_that_has_all_it_tells(path: Path, by: str | None) -> None:
    where, values = store._where(Span(by=by, value="x"))
    with closing(sqlite3.connect(path)) as file:
        query = f"EXPLAIN QUERY PLAN SELECT {store._COVERED} FROM entries {where} ORDER BY stamp, identifier"
        steps = [row[3] for row in file.execute(query, values)]
    assert len(steps) == 1, "it is sorted already"
    assert f"USING COVERING INDEX by_{by or 'stamp'}" in steps[0]
    assert "(stamp,identifier)>(?,?)" in steps[0]


def test_the_sets_that_there_are(opened: Store) -> None:
    assert opened.values("source") == ["s0", "s1", "s2"]
    assert opened.values("government") == ["be", "fr"]
    assert opened.first_stamp() == "2026-03-01T00:00:00Z"
