"""What a harvest keeps: every page says only what it changed, and all pages together say all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from harvesters.model import News, State

KEYS, NAMES = st.sampled_from(["a", "b"]), st.sampled_from(["x", "y", "z"])
ENTRIES = st.dictionaries(NAMES, st.none() | st.integers())
KNOWN = st.dictionaries(NAMES, st.integers())
STEPS = st.tuples(st.just("keep"), KEYS, KNOWN) | st.tuples(st.just("note"), KEYS, ENTRIES)


def did(state: State, steps: list[tuple[str, str, dict[str, Any]]]) -> News:
    """The news of a page on which a protocol did this; as a journal gives it back."""
    for verb, key, value in steps:
        getattr(state, verb)(key, value)
    return msgspec.json.decode(msgspec.json.encode(state.news()), type=News)


@given(st.dictionaries(KEYS, KNOWN), st.lists(st.lists(STEPS)))
def test_the_news_of_all_pages_add_up_to_what_is_kept(
    loaded: Mapping[str, dict[str, int]], pages: list[list[tuple[str, str, dict[str, Any]]]]
) -> None:
    state, kept = State(loaded), dict[str, Any]()
    for steps in pages:
        kept = did(state, steps).onto(kept)
        assert kept == state.kept
        assert all(state.get(key) == kept.get(key, loaded.get(key)) for key in ("a", "b"))


@given(st.dictionaries(KEYS, KNOWN), KEYS, ENTRIES)
def test_entries_are_noted_beside_those_of_the_last_loaded_run(
    loaded: Mapping[str, dict[str, int]], key: str, entries: dict[str, Any]
) -> None:
    state = State(loaded)
    state.note(key, entries)
    expected = {**loaded.get(key, {}), **entries}
    assert state.get(key) == {name: value for name, value in expected.items() if value is not None}
    assert state.before(key) == loaded.get(key)


def test_what_was_handed_in_or_told_is_never_changed_later() -> None:
    mine = {"a": 1}
    state = State(kept={"known": mine})
    state.note("known", {"b": 2})
    state.keep("other", mine)
    told = state.news()
    state.note("other", {"a": None})
    assert mine == told.kept["other"] == {"a": 1}
    assert state.kept == {"known": {"a": 1, "b": 2}, "other": {}}


def test_a_page_says_what_it_changed_and_no_more() -> None:
    state = State({"known": dict.fromkeys(map(str, range(10_000)), True)})
    did(state, [("note", "known", {})])
    assert did(state, [("note", "known", {"new": True, "17": None})]) == News({}, {"known": {"new": True, "17": None}})
    assert did(state, []) == News()
