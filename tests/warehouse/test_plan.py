"""What a load does to a source's records: only explicit deletions remove, and the last word of a batch wins."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.source import Source
from normalizers.model import CommonRecord, Tombstone
from tests.warehouse.making import common, tombstone, write_batch
from warehouse import changes, plan
from warehouse.duck import connect
from warehouse.model import Counts
from warehouse.records import RECORDS, TOMBSTONES

Said = Sequence[CommonRecord | Tombstone]


class Loaded(NamedTuple):
    counts: Counts
    alters: bool
    folder: Path


class Series:
    """Batches loaded one after the other, each on the snapshot that the one before it left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0
        self.current: Path | None = None

    def load(self, *said: CommonRecord | Tombstone, sweep: bool = False) -> Loaded:
        self.number += 1
        run = f"R{self.number}"
        batch = write_batch(self.folder / "normalized" / run, said, run)
        snapshot = self.folder / "records" / run
        snapshot.mkdir(parents=True)
        with connect(self.folder / "scratch") as connection:
            counts = plan.draw(connection, self.current, batch, sweep=sweep)
            alters = plan.alters(connection)
            changes.write_snapshot(connection, snapshot)
            changes.write_changes(connection, self.folder / "changes" / f"{run}.parquet")
        self.current = snapshot
        return Loaded(counts, alters, snapshot)

    def rows(self, name: str) -> list[dict[str, Any]]:
        return pq.read_table(self.current / f"{name}.parquet").to_pylist() if self.current else []

    def live(self) -> dict[str, str]:
        return {row["source_identifier"]: dict(row["title"])["en"] for row in self.rows("records")}

    def dead(self) -> dict[str, str | None]:
        return {row["source_identifier"]: row["datestamp"] for row in self.rows("tombstones")}

    def changes(self) -> dict[str, tuple[str, list[str] | None, str | None, str | None]]:
        path = self.folder / "changes" / f"R{self.number}.parquet"
        return {
            row["source_identifier"]: (row["kind"], row["fields"], row["before"], row["after"])
            for row in pq.read_table(path).to_pylist()
        }


@pytest.fixture
def series(tmp_path: Path) -> Series:
    return Series(tmp_path)


def test_the_first_load_adds_everything(series: Series) -> None:
    loaded = series.load(common("a"), common("b"), tombstone("c"))
    assert loaded.counts == Counts(seen=3, added=2, live=2, deleted=1)
    assert (series.live(), series.dead()) == ({"a": "A title", "b": "A title"}, {"c": "2026-03-01"})
    assert series.changes() == {
        "a": ("add", None, None, "A title"),
        "b": ("add", None, None, "A title"),
        "c": ("bury", None, None, None),
    }


def test_a_record_that_says_the_same_stays_as_it_is_with_its_own_provenance(series: Series) -> None:
    series.load(common("a"), common("b"))
    loaded = series.load(common("a"))
    assert loaded.counts == Counts(seen=1, unchanged=1, live_before=2, live=2)
    assert not loaded.alters
    assert {row["run"] for row in series.rows("records")} == {"R1"}
    assert series.changes() == {}


def test_a_change_names_the_fields_whose_meaning_changed(series: Series) -> None:
    series.load(common("a", "Old", authors=("X",), place="P"), common("b"))
    loaded = series.load(common("a", "New", authors=("Y",), place="P", languages=("en",)))
    assert loaded.counts == Counts(seen=1, changed=1, live_before=2, live=2)
    assert loaded.alters
    assert series.live() == {"a": "New", "b": "A title"}
    assert series.changes() == {"a": ("change", ["title", "languages", "authors"], "Old", "New")}
    assert {row["source_identifier"]: row["run"] for row in series.rows("records")} == {"a": "R2", "b": "R1"}


def test_an_explicit_deletion_removes(series: Series) -> None:
    series.load(common("a"), common("b"))
    loaded = series.load(tombstone("a"))
    assert loaded.counts == Counts(seen=1, removed=1, live_before=2, live=1, deleted=1)
    assert (series.live(), series.dead()) == ({"b": "A title"}, {"a": "2026-03-01"})
    assert series.changes() == {"a": ("remove", None, "A title", None)}


def test_a_deletion_of_a_record_that_was_never_live_is_kept_once(series: Series) -> None:
    assert series.load(tombstone("a")).counts == Counts(seen=1, deleted=1)
    again = series.load(tombstone("a"))
    assert again.counts == Counts(seen=1, unchanged=1, deleted=1)
    assert not again.alters
    later = series.load(tombstone("a", "2026-04-01"))
    assert (later.alters, series.dead()) == (True, {"a": "2026-04-01"})
    assert later.counts == Counts(seen=1, deleted=1)


def test_a_deleted_record_that_returns_loses_its_tombstone(series: Series) -> None:
    series.load(common("a"))
    series.load(tombstone("a"))
    loaded = series.load(common("a"))
    assert loaded.counts == Counts(seen=1, added=1, live=1)
    assert (series.live(), series.dead()) == ({"a": "A title"}, {})


LAST_WORDS: list[tuple[Said, dict[str, str], set[str]]] = [
    ([common("a", "First"), common("a", "Second")], {"a": "Second"}, set()),
    ([tombstone("a"), common("a", "Back")], {"a": "Back"}, set()),
    ([common("a", "Gone"), tombstone("a")], {}, {"a"}),
    ([common("a", "X"), tombstone("a"), common("a", "Y"), tombstone("a")], {}, {"a"}),
]


@pytest.mark.parametrize(("said", "live", "dead"), LAST_WORDS)
@pytest.mark.parametrize("before", [[], [common("a", "Before")], [tombstone("a", "2025-01-01")]])
def test_the_last_word_of_a_batch_wins(
    before: Said, said: Said, live: dict[str, str], dead: set[str], series: Series
) -> None:
    series.load(*before)
    counts = series.load(*said).counts
    assert counts.seen == 1
    assert (series.live(), set(series.dead())) == (live, dead)
    assert (counts.live, counts.deleted) == (len(live), len(dead))


def test_absence_is_counted_after_a_sweep_only_and_changes_nothing(series: Series) -> None:
    series.load(common("a"), common("b"), common("c"))
    assert series.load(common("a")).counts.absent == 0
    swept = series.load(common("a"), sweep=True)
    assert swept.counts == Counts(seen=1, unchanged=1, absent=2, live_before=3, live=3)
    assert not swept.alters
    assert series.live().keys() == {"a", "b", "c"}


def test_an_empty_batch_changes_nothing(series: Series) -> None:
    series.load(common("a"), tombstone("b"))
    loaded = series.load()
    assert (loaded.counts, loaded.alters) == (Counts(live_before=1, live=1, deleted=1), False)


def test_snapshots_are_sorted_and_have_the_promised_schemas(series: Series) -> None:
    series.load(common("c"), common("a"), tombstone("d"))
    series.load(common("b", title="é"), tombstone("0"))
    assert [row["source_identifier"] for row in series.rows("records")] == ["a", "b", "c"]
    assert [row["source_identifier"] for row in series.rows("tombstones")] == ["0", "d"]
    assert series.current
    assert pq.read_schema(series.current / "records.parquet").equals(RECORDS)
    assert pq.read_schema(series.current / "tombstones.parquet").equals(TOMBSTONES)


def test_a_warehouse_may_lie_in_a_folder_with_any_name(tmp_path: Path) -> None:
    for name in ("it's", "[abc]", "a*b?", "source=x", "été 中文"):
        (tmp_path / name).mkdir()
        series = Series(tmp_path / name)
        series.load(common("a"))
        series.load(common("b"))
        assert series.live().keys() == {"a", "b"}


WORDS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(["one", "two", None])),  # None: deleted
    max_size=6,
)


def told(words: Sequence[tuple[str, str | None]]) -> Iterator[CommonRecord | Tombstone]:
    for name, title in words:
        yield tombstone(name) if title is None else common(name, title)


@settings(max_examples=15)
@given(st.lists(WORDS, min_size=1, max_size=3))
def test_any_series_of_batches_leaves_what_a_dictionary_would(batches: list[list[tuple[str, str | None]]]) -> None:
    live: dict[str, str] = {}
    dead: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        series = Series(Path(folder))
        for words in batches:
            before, buried = dict(live), set(dead)
            last = dict(words)
            for name, title in last.items():
                live.pop(name, None)
                dead.discard(name)
                if title is None:
                    dead.add(name)
                else:
                    live[name] = title
            loaded = series.load(*told(words))
            assert (series.live(), set(series.dead())) == (live, dead)
            assert loaded.counts == Counts(
                seen=len(last),
                added=len(live.keys() - before.keys()),
                changed=sum(before[name] != live[name] for name in live.keys() & before.keys()),
                unchanged=sum(
                    before.get(name) == title if title is not None else name in buried for name, title in last.items()
                ),
                removed=len(before.keys() - live.keys()),
                live_before=len(before),
                live=len(live),
                deleted=len(dead),
            )
            assert loaded.alters == ((live, dead) != (before, buried))


def expecting(**expect: float) -> Source:
    return Source.model_validate(
        {
            "id": "be_chm",
            "name": "B",
            "government": "BE",
            "protocol": "feed",
            "url": "https://x.example",
            "expect": expect,
        }
    )


@pytest.mark.parametrize(
    ("before", "removed", "share", "held"),
    [
        (10, 3, 0.3, False),
        (10, 4, 0.3, True),
        (100, 29, 0.29, False),
        (100, 30, 0.29, True),
        (1, 1, 0.3, False),
        (3, 1, 0.0, False),
        (3, 2, 0.0, True),
        (0, 0, 0.0, False),
        (5, 5, 1.0, False),
    ],
)
def test_more_than_the_bearable_share_must_not_vanish_but_one_record_always_may(
    before: int, removed: int, share: float, held: bool
) -> None:
    counts = Counts(live_before=before, removed=removed, live=before - removed)
    reasons = plan.judge(counts, expecting(max_vanish=share))
    assert bool(reasons) == held
    assert all(f"be_chm: {removed} of {before} records would vanish" in reason for reason in reasons)


@pytest.mark.parametrize(("live", "least", "held"), [(9, 10, True), (10, 10, False), (0, 0, False), (0, 1, True)])
def test_fewer_than_the_least_live_records_are_held(live: int, least: int, held: bool) -> None:
    reasons = plan.judge(Counts(live=live), expecting(min_records=least))
    assert bool(reasons) == held
    assert all("lower the key in its source file" in reason for reason in reasons)


def test_growth_never_holds_and_two_reasons_are_both_told() -> None:
    assert plan.judge(Counts(added=10**6, live_before=1, live=10**6 + 1), expecting()) == ()
    both = plan.judge(Counts(live_before=10, removed=10), expecting(min_records=5))
    assert len(both) == 2
