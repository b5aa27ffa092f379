"""Which addresses are the same, and which are not asked since they lead on for ever."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.crawling.traps import MOST_VIEWS, Traps, plain

TODAY = date(2026, 3, 1)
SITE = "https://chm.example"

ALIKE = [
    ("https://CHM.example:443/a#top", f"{SITE}/a"),
    (f"{SITE}/a;jsessionid=1F3A?x=1", f"{SITE}/a?x=1"),
    (f"{SITE}/a?PHPSESSID=77&x=1", f"{SITE}/a?x=1"),
    (f"{SITE}/a?utm_source=x&fbclid=y", f"{SITE}/a"),
    (f"{SITE}/a?y=2&x=1", f"{SITE}/a?x=1&y=2"),
    (SITE, f"{SITE}/"),
    ("http://chm.example:80/a", "http://chm.example/a"),
]
REFUSED = [
    ("/agenda?mois=2031-09", "calendar"),
    ("/agenda?mois=9&annee=2031", "calendar"),
    ("/fr/calendrier/2099/05", "calendar"),
    ("/events/1871-05-02", "calendar"),
    ("/page?date=2031-09-01", "calendar"),
    ("/documents?sort=title", "sorted_view"),
    ("/documents?f[0]=type:1", "sorted_view"),
    ("/documents?order=desc&page=2", "sorted_view"),
    ("/a/b/a/b/a/b", "growing_path"),
    ("/fr/fr/fr/x", "growing_path"),
    ("/" + "/".join(map(str, range(13))), "growing_path"),
    ("/" + "x" * 1_000, "long_address"),
]
ASKED = [
    "/", "/news?page=3", "/fr/actualites/2024/05/12/titre", "/node/2031", "/events/2025-05-02", "/?p=17",
    "/index.php?option=com_content&id=3", "/archive/2014", "/fr/documents/rapport-2010-2020",
]  # fmt: skip


@pytest.mark.parametrize(("url", "same"), ALIKE)
def test_what_changes_nothing_is_left_out_of_an_address(url: str, same: str) -> None:
    assert plain(url) == plain(same) == same


@given(
    st.from_regex(r"https?://[a-z]{1,5}(:\d{2,4})?(/[a-z%é;=]{0,4}){0,3}(\?[a-z=&%;]{0,9})?(#[a-z]*)?", fullmatch=True)
)
def test_a_plain_address_is_plain(url: str) -> None:
    assert plain(plain(url)) == plain(url)


@pytest.mark.parametrize(("path", "why"), REFUSED)
def test_a_trap_is_named(path: str, why: str) -> None:
    assert Traps(TODAY).objection(plain(SITE + path)) == why


@pytest.mark.parametrize("path", ASKED)
def test_what_holds_content_is_asked(path: str) -> None:
    assert Traps(TODAY).objection(plain(SITE + path)) is None


def test_a_page_may_have_some_views_and_no_more() -> None:
    traps = Traps(TODAY)
    told = [traps.objection(f"{SITE}/list?page={number}") for number in range(MOST_VIEWS + 2)]
    assert told == [None] * MOST_VIEWS + ["many_views"] * 2
    assert traps.objection(f"{SITE}/other?page=1") is None
