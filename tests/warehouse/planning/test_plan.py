"""What a load does to a source's records: how each is judged, and that the last word of a batch wins."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from normalizers.model import CommonRecord, Tombstone
from tests.warehouse.making import common, tombstone, write_batch
from warehouse import changes
from warehouse.counts import Counts
from warehouse.duck import connect
from warehouse.planning import plan
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
        self.today = date(2026, 3, 1)
        self.current: Path | None = None

    def load(self, *said: CommonRecord | Tombstone, sweep: bool = False, replay: bool = False, days: int = 1) -> Loaded:
        """One more batch, so many days after the one before it."""
        self.number += 1
        self.today += timedelta(days=days)
        run = f"R{self.number}"
        occasion = plan.Occasion(run=run, today=self.today, grace_days=14, sweep=sweep, replay=replay)
        batch = write_batch(self.folder / "normalized" / run, said, run)
        snapshot = self.folder / "records" / run
        snapshot.mkdir(parents=True)
        with connect(self.folder / "scratch") as connection:
            counts = plan.draw(connection, self.current, batch, occasion)
            alters = plan.alters(connection)
            changes.write_snapshot(connection, self.current, snapshot)
            changes.write_changes(connection, self.folder / "changes" / f"{run}.parquet")
        self.current = snapshot
        return Loaded(counts, alters, snapshot)

    def rows(self, name: str) -> list[dict[str, Any]]:
        return pq.read_table(self.current / f"{name}.parquet").to_pylist() if self.current else []

    def live(self) -> dict[str, str]:
        return {row["source_identifier"]: dict(row["title"])["en"] for row in self.rows("records")}

    def dead(self) -> dict[str, str | None]:
        return {row["source_identifier"]: row["datestamp"] for row in self.rows("tombstones")}

    def stones(self) -> dict[str, tuple[str, str | None, str]]:
        """Reason, successor and our day of every tombstone."""
        return {
            row["source_identifier"]: (row["reason"], row["successor"], row["buried"])
            for row in self.rows("tombstones")
        }

    def absent(self) -> dict[str, str]:
        return {row["identifier"].removeprefix("ID-"): row["since"] for row in self.rows("absences")}

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
    assert loaded.counts == Counts(seen=1, added=1, returned=1, live=1)
    assert (series.live(), series.dead()) == ({"a": "A title"}, {})
    assert series.changes() == {"a": ("flap", None, None, "A title")}


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


def test_absence_is_noted_after_a_sweep_only_and_takes_nothing_away(series: Series) -> None:
    series.load(common("a", "A"), common("b", "B"), common("c", "C"))
    assert series.load(common("a", "A")).counts.absent == 0
    swept = series.load(common("a", "A"), sweep=True)
    assert swept.counts == Counts(seen=1, unchanged=1, absent=2, live_before=3, live=3)
    assert (series.live().keys(), series.absent()) == ({"a", "b", "c"}, {"b": "2026-03-04", "c": "2026-03-04"})
    again = series.load(common("a", "A"), sweep=True)
    assert (again.alters, series.absent()) == (False, {"b": "2026-03-04", "c": "2026-03-04"})
    assert series.load(common("b", "B")).alters
    assert series.absent() == {"c": "2026-03-04"}


@pytest.mark.parametrize(("days", "kept"), [(13, True), (14, False), (40, False)])
def test_a_sweep_buries_what_is_still_absent_when_its_grace_is_over(days: int, kept: bool, series: Series) -> None:
    series.load(common("a", "A"), common("b", "B"))
    series.load(common("a", "A"), sweep=True)
    assert series.load(common("a", "A"), days=100).counts.removed == 0, "no sweep: it says nothing of b"
    series.today -= timedelta(days=100)
    counts = series.load(common("a", "A"), sweep=True, days=days).counts
    assert (counts.absent, counts.removed, "b" in series.live()) == (kept, not kept, kept)
    assert series.stones() == ({} if kept else {"b": ("absent", None, series.today.isoformat())})
    assert series.absent() == ({"b": "2026-03-03"} if kept else {})


def test_what_was_buried_as_absent_comes_back_when_the_site_shows_it_again(series: Series) -> None:
    series.load(common("a", "A"), common("b", "B"))
    for _ in range(2):
        series.load(common("a", "A"), sweep=True, days=20)
    assert series.stones().keys() == {"b"}
    counts = series.load(common("b", "B")).counts
    assert (counts.added, counts.returned, series.stones(), series.absent()) == (1, 1, {}, {})


def test_a_deletion_needs_no_grace_and_a_later_one_tells_why_the_absent_is_gone(series: Series) -> None:
    series.load(common("a", "A"), common("b", "B"))
    series.load(common("a", "A"), sweep=True)
    series.load(tombstone("b"))
    assert series.stones() == {"b": ("deleted_at_source", None, "2026-03-04")}
    assert series.absent() == {}
    series.load(common("c", "C"))
    for _ in range(2):
        series.load(common("a", "A"), sweep=True, days=20)
    assert series.stones()["c"][0] == "absent"
    series.load(tombstone("c", None))
    assert series.stones()["c"][0] == "deleted_at_source"


def test_other_markup_alone_is_cosmetic_and_is_taken_over(series: Series) -> None:
    series.load(common("a", body={"en": "<p>It"}))
    loaded = series.load(common("a", body={"en": "<div>It"}))
    assert loaded.counts == Counts(seen=1, cosmetic=1, live_before=1, live=1)
    assert series.changes() == {"a": ("cosmetic", ["body"], "A title", "A title")}
    assert [dict(row["body"]) for row in series.rows("records")] == [{"en": "<div>It"}]


def rekeyed(*names: str) -> list[CommonRecord]:
    """The same documents under identifiers, and with addresses, of another site."""
    return [
        common(f"new/{name}", f"Title {name}", source_page=f"https://new.example/{name}", fingerprint=f"new/{name}")
        for name in names
    ]


def documents(*names: str) -> list[CommonRecord]:
    return [
        common(name, f"Title {name}", source_page=f"https://old.example/{name}", fingerprint=f"old/{name}")
        for name in names
    ]


@pytest.mark.parametrize("told", [True, False], ids=["deleted", "absent"])
def test_a_record_that_goes_on_under_another_identifier_has_moved(told: bool, series: Series) -> None:
    series.load(*documents("a", "b"))
    gone = [tombstone("a")] if told else []
    loaded = series.load(*gone, *rekeyed("a"), *documents("b"), sweep=not told)
    assert loaded.counts == Counts(
        seen=3 if told else 2, added=1, rekeyed=1, removed=1, moved=1, unchanged=1, live_before=2, live=2, deleted=1
    )
    assert series.live().keys() == {"b", "new/a"}
    assert series.stones() == {"a": ("moved", "ID-new/a", "2026-03-03")}
    assert {name: kind for name, (kind, *_) in series.changes().items()} == {"a": "remove", "new/a": "re_key"}


def test_a_deletion_that_is_told_again_forgets_no_successor(series: Series) -> None:
    series.load(*documents("a"))
    series.load(*rekeyed("a"), sweep=True)
    for stamp in ("2026-03-01", "2026-03-01", "2026-04-01"):
        series.load(tombstone("a", stamp))
        assert series.stones()["a"][:2] == ("moved", "ID-new/a")


def test_an_increment_that_does_not_name_the_old_record_leaves_it_there(series: Series) -> None:
    series.load(*documents("a", "b"))
    loaded = series.load(*rekeyed("a"))
    assert (loaded.counts.rekeyed, loaded.counts.removed, loaded.counts.absent) == (1, 0, 0)
    assert series.live().keys() == {"a", "b", "new/a"}


@pytest.mark.parametrize(
    "said",
    [
        [common("x", "Title a", description={"en": "Another"}), *documents("b")],
        [common("x", "Title a"), common("y", "Title a"), *documents("b")],
        [common("x", "Title a"), *documents("a", "b")],
        [common("x", title="", fingerprint="x"), *documents("b")],
    ],
    ids=["tells something else", "two that tell it", "the old one is there too", "tells nothing"],
)
def test_a_new_record_is_no_re_key(said: list[CommonRecord], series: Series) -> None:
    series.load(*documents("a", "b"))
    assert series.load(*said, sweep=True).counts.rekeyed == 0


def test_a_replay_wakes_nobody_whom_a_rule_of_ours_has_buried(series: Series) -> None:
    series.load(*documents("a", "b"), common("c", "C"))
    for _ in range(2):
        series.load(*rekeyed("a"), *documents("b"), sweep=True, days=20)
    assert series.stones().keys() == {"a", "c"}
    replayed = series.load(*documents("a", "b"), common("c", "C"), *rekeyed("a"), replay=True)
    assert (replayed.alters, replayed.counts.unchanged) == (False, 4)
    assert series.stones().keys() == {"a", "c"}


FILLED = {"title": 1.0, "languages": 1 / 2, "source_page": 1 / 4, "publisher": 0.0}


def test_how_well_fields_are_filled_is_told_of_the_records_after_the_load(tmp_path: Path) -> None:
    said = [
        common("a", languages=("en",), source_page="https://x.example/"),
        common("b", languages=("fr",), source_page=""),
        common("c"),
        common("d"),
        tombstone("e"),
    ]
    occasion = plan.Occasion(run="R", today=date(2026, 3, 1), grace_days=14)
    with connect(tmp_path / "scratch") as connection:
        plan.draw(connection, None, write_batch(tmp_path / "batch", said), occasion)
        assert plan.fill(connection, tuple(FILLED)) == FILLED
        assert plan.fill(connection, ()) == {}
    with connect(tmp_path / "scratch") as connection:
        plan.draw(connection, None, write_batch(tmp_path / "empty", []), occasion)
        assert plan.fill(connection, ("title",)) == {"title": 1.0}


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
            pairs = dict.fromkeys(("returned", "rekeyed", "moved"), 0)  # titles are few here: many are alike
            assert replace(loaded.counts, **pairs) == Counts(
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
