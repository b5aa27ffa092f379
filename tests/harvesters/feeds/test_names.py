"""Which identifiers entries have, today and tomorrow, whatever a site does to its guids and links."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.feeds.names import KEY, Name, Names
from harvesters.model import State

FEED = "http://site.test/feed/"
SESSION = "5f4dcc3b5aa765d61d8327deb882cf99"


def entry(number: int, **keys: str) -> dict[str, str]:
    return {"id": f"guid-{number}", "link": f"http://site.test/{number}", "title": f"Title {number}"} | keys


class Site:
    """One feed, asked day after day; every answer's state is what the next day loads."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def asked(self, *entries: dict[str, str], first_page: bool = True) -> list[Name]:
        state = State(loaded=self._loaded)
        names = Names(FEED, state).of(entries, first_page=first_page)
        self._loaded = msgspec.json.decode(msgspec.json.encode(state.kept))
        return names

    def kept(self) -> int:
        """Bytes that the next run reads."""
        return len(msgspec.json.encode(self._loaded))


def identifiers(names: list[Name]) -> list[str]:
    return [name.identifier for name in names]


def codes(names: list[Name]) -> list[str]:
    return [issue.code for name in names for issue in name.issues]


def test_a_guid_names_an_entry_whatever_else_changes() -> None:
    site = Site()
    assert identifiers(site.asked(entry(1), entry(2))) == ["guid-1", "guid-2"]
    again = site.asked(entry(1, title="Edited"), entry(2, link="http://new.test/2"), entry(3))
    assert identifiers(again) == ["guid-1", "guid-2", "guid-3"]
    assert codes(again) == []


@pytest.mark.parametrize("guid", ["", "http://site.test/", "the only one"])
def test_one_guid_on_all_items_names_none_of_them_then_or_ever_after(guid: str) -> None:
    site = Site()
    names = site.asked(entry(1, id=guid), entry(2, id=guid))
    assert identifiers(names) == ["http://site.test/1", "http://site.test/2"]
    assert codes(names) == ["guid_not_unique"] * 2 * bool(guid)
    assert identifiers(site.asked(entry(2, id=guid))) == ["http://site.test/2"], "alone on the page, and no other"


def test_one_link_on_all_items_names_none_of_them_either() -> None:
    site = Site()
    items = [entry(n, id="", link="http://site.test/") for n in (1, 2)]
    first, second = identifiers(site.asked(*items))
    assert first.startswith("digest:")
    assert first != second
    assert identifiers(site.asked(items[1])) == [second]


def test_a_guid_that_stands_twice_on_the_same_thing_still_names_it() -> None:
    assert identifiers(Site().asked(entry(1), entry(1, title="Its second version"))) == ["guid-1"] * 2


def test_an_entry_whose_guid_changed_while_link_and_title_stayed_keeps_its_name() -> None:
    site = Site()
    site.asked(entry(1), entry(2), entry(3))
    names = site.asked(entry(1, id="other"), entry(2), entry(3))
    assert identifiers(names) == ["guid-1", "guid-2", "guid-3"]
    assert codes(names) == ["guid_changed"]
    later = site.asked(entry(1, id="other"), entry(4, id="guid-4"))
    assert (identifiers(later), codes(later)) == (["guid-1", "guid-4"], []), "which lasts, as other guids do"


def test_another_thing_under_the_same_link_is_another_entry() -> None:
    site = Site()
    site.asked(entry(1, link="http://site.test/weekly", title="Week 1"))
    assert identifiers(site.asked(entry(2, link="http://site.test/weekly", title="Week 2"))) == ["guid-2"]


def test_where_guids_change_every_time_links_name_entries_and_the_first_names_last() -> None:
    site = Site()
    site.asked(*(entry(n, id=f"day 1, {n}") for n in range(4)))
    for day in (2, 3):
        names = site.asked(*(entry(n, id=f"day {day}, {n}") for n in range(5)))
        assert identifiers(names) == [*(f"day 1, {n}" for n in range(4)), "http://site.test/4"]
        assert codes(names) == ["guid_changed"] * (4 if day == 2 else 5)
    edited = site.asked(entry(2, id="day 4, 2", title="Edited"))
    assert identifiers(edited) == ["day 1, 2"]


def test_a_guid_that_passed_to_another_entry_takes_its_name_along() -> None:
    site = Site()
    site.asked(entry(1))
    assert identifiers(site.asked(entry(1, id="new"), entry(2, id="guid-1"))) == ["new", "guid-1"]


@pytest.mark.parametrize(
    ("hung_on", "code"),
    [("?utm_source=rss", "tracking_in_address"), (f"?PHPSESSID={SESSION}", "session_in_address")],
)
@pytest.mark.parametrize("key", ["id", "link"])
def test_names_depend_on_no_tracking_and_no_session(key: str, hung_on: str, code: str) -> None:
    plain = {"id": "http://site.test/1" if key == "id" else "", "link": "http://site.test/1", "title": "x"}
    names = Site().asked({**plain, key: plain[key] + hung_on})
    assert (identifiers(names), codes(names)) == (["http://site.test/1"], [code])


def test_a_digest_of_what_an_entry_says_depends_on_no_session_either() -> None:
    said = [{"title": "x", "summary": f"<a href='http://site.test/?sid={SESSION[::step]}'>"} for step in (1, -1)]
    one, other = (identifiers(Site().asked(each)) for each in said)
    assert one == other


def test_many_guids_that_name_nothing_are_all_passed_over_on_their_page() -> None:
    names = Site().asked(*(entry(n, id=f"shared {n // 2}") for n in range(400)))
    assert identifiers(names) == [f"http://site.test/{n}" for n in range(400)]


def test_what_is_remembered_of_a_feed_has_a_bound() -> None:
    site = Site()
    sizes = []
    for day in range(6):
        shared = [entry(n, id=f"shared {day} {n // 2}") for n in range(120)]
        site.asked(*(entry(n + 1000 * day) for n in range(120)), *shared)
        sizes.append(site.kept())
    assert max(sizes) < 20_000
    assert max(sizes[2:]) - min(sizes[2:]) < 500


entries = st.lists(
    st.fixed_dictionaries(
        {
            key: st.sampled_from(["", "a", "b", "http://site.test/1", "http://site.test/2?utm_id=1"])
            for key in ("id", "link", "title")
        }
    ),
    max_size=6,
)


@given(st.lists(entries, max_size=4))
def test_an_unchanged_feed_keeps_its_names(days: list[list[dict[str, str]]]) -> None:
    """Whatever was there before: what comes twice in a row is named alike, and each entry has a name."""
    site = Site()
    for day in days:
        site.asked(*day)
        names = site.asked(*day)
        assert identifiers(site.asked(*day)) == identifiers(names)
        assert all(identifiers(names))


def test_other_feeds_of_a_source_are_remembered_beside() -> None:
    state = State(loaded={KEY: {"http://other.test/": {"changing": True}}})
    Names(FEED, state).of([entry(1)], first_page=True)
    assert set(state.kept[KEY]) == {FEED, "http://other.test/"}
