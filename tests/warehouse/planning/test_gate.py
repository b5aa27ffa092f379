"""What `expect` holds, what it warns of, and what it lets through whatever happens: growth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from harvesters.source import Source
from warehouse.counts import Counts
from warehouse.planning.gate import Baseline, Verdict, judge


def expecting(**expect: Any) -> Source:
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


def judged(
    counts: Counts,
    baseline: Baseline | None = None,
    *,
    replay: bool = False,
    fill: Mapping[str, float] | None = None,
    **expect: Any,
) -> Verdict:
    """The verdict on a load of `be_chm`, whose `expect.fill` asks for nine tenths of each field in `fill`."""
    fill = fill or {}
    return judge(expecting(fill=dict.fromkeys(fill, 0.9), **expect), counts, fill, baseline, replay=replay)


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
    reasons = judged(counts, max_vanish=share).held
    assert bool(reasons) == held
    assert all(f"be_chm: {removed} of {before} records would vanish" in reason for reason in reasons)


@pytest.mark.parametrize(("live", "least", "held"), [(9, 10, True), (10, 10, False), (0, 0, False), (0, 1, True)])
def test_fewer_than_the_least_live_records_are_held(live: int, least: int, held: bool) -> None:
    reasons = judged(Counts(live=live), min_records=least).held
    assert bool(reasons) == held
    assert all("lower the key in its source file" in reason for reason in reasons)


def test_growth_never_holds_and_two_reasons_are_both_told() -> None:
    assert judged(Counts(added=10**6, live_before=1, live=10**6 + 1)) == Verdict()
    both = judged(Counts(live_before=10, removed=10), min_records=5)
    assert len(both.held) == 2


@pytest.mark.parametrize(
    ("key", "words", "counts"),
    [
        ("max_vanish", "would vanish", lambda n: Counts(live_before=10, removed=n, live=10 - n)),
        ("max_rekey", "would change their identifiers", lambda n: Counts(live_before=10, added=n, rekeyed=n, live=10)),
        ("max_change", "would change", lambda n: Counts(live_before=10, changed=n, live=10)),
    ],
)
def test_a_share_is_passed_then_warned_of_then_held(key: str, words: str, counts: Callable[[int], Counts]) -> None:
    found = [judged(counts(number), **{key: 0.6}) for number in (0, 1, 3, 4, 6, 7)]
    assert [(bool(verdict.warned), bool(verdict.held)) for verdict in found] == [
        *[(False, False)] * 3,
        *[(True, False)] * 2,
        (False, True),
    ]
    assert found[4].warned == (f"be_chm: 6 of 10 records {words}; `expect.{key}` (0.6) allows 6.",)
    assert f"be_chm: 7 of 10 records {words}, more than the 6 that `expect.{key}` (0.6) allows." in found[5].held[0]
    assert '`chm approve be_chm --by "YOUR NAME" --why "..."`, else `chm reject be_chm --by' in found[5].held[0]


def test_what_moves_does_not_vanish() -> None:
    moved = Counts(live_before=10, added=10, rekeyed=10, removed=10, moved=10, live=10)
    assert judged(moved, max_rekey=1) == Verdict(warned=judged(moved, max_rekey=1).warned)
    assert len(judged(moved).held) == 1


def test_a_replay_may_change_everything_but_take_nothing_away() -> None:
    counts = Counts(live_before=10, changed=10, live=10)
    assert judged(counts).held
    assert judged(counts, replay=True) == Verdict()
    assert judged(Counts(live_before=10, removed=10), replay=True).held


def test_half_a_list_is_warned_of_before_its_grace_is_over() -> None:
    (told,) = judged(Counts(live_before=10, absent=5, live=10)).warned
    assert told.startswith("be_chm: 5 of 10 records are absent. They stay live for 14 days")


@pytest.mark.parametrize(("share", "held"), [(0.89, True), (0.9, False), (1.0, False)])
def test_a_field_that_is_filled_too_seldom_holds(share: float, held: bool) -> None:
    reasons = judged(Counts(live=10), fill={"title": share}).held
    assert bool(reasons) == held
    assert all("only 89.0% of the records would have a title" in reason for reason in reasons)


def test_a_baseline_takes_the_place_of_what_was_expected_until_it_is_undercut_too() -> None:
    baseline = Baseline(live=10, fill={"title": 0.5})
    for live, share, held in ((10, 0.5, 0), (7, 0.9, 0), (6, 0.5, 1), (6, 0.4, 2), (200, 0.4, 1)):
        found = judged(Counts(live=live), baseline, min_records=100, fill={"title": share})
        assert len(found.held) == held, (live, share)
    assert judged(Counts(live=8), Baseline(live=10), min_records=9).held, "a key that asks for less stays as it is"
