"""Addresses made absolute; what is hung on them to follow their readers, and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.feeds.addresses import absolute, untracked, untracked_text

SESSION = "5f4dcc3b5aa765d61d8327deb882cf99"


@pytest.mark.parametrize(
    ("address", "plain", "follows"),
    [
        ("https://x.test/a?utm_source=rss&utm_medium=rss", "https://x.test/a", ("tracking",)),
        ("https://x.test/a?id=7&fbclid=abc#part", "https://x.test/a?id=7#part", ("tracking",)),
        ("https://x.test/?p=7&UTM_Campaign=x&lang=fr", "https://x.test/?p=7&lang=fr", ("tracking",)),
        ("https://x.test/a?mc_cid=1&gclid=2&pk_campaign=3", "https://x.test/a", ("tracking",)),
        (f"https://x.test/a.php?PHPSESSID={SESSION}&id=7", "https://x.test/a.php?id=7", ("session",)),
        (f"https://x.test/a.do;jsessionid={SESSION}.node1?id=7", "https://x.test/a.do?id=7", ("session",)),
        (f"https://x.test/t?sid={SESSION}", "https://x.test/t", ("session",)),
        (f"https://x.test/t;jsessionid={SESSION}?utm_id=1", "https://x.test/t", ("session", "tracking")),
        ("tag:x.test,2026:1?utm_source=rss", "tag:x.test,2026:1", ("tracking",)),
    ],
)
def test_what_follows_readers_is_left_out_and_named(address: str, plain: str, follows: tuple[str, ...]) -> None:
    assert untracked(address) == (plain, follows)
    assert untracked(plain) == (plain, ())


@pytest.mark.parametrize(
    "address",
    [
        "https://x.test/article.php?sid=42",  # the number of an article, as in PHP-Nuke
        "https://x.test/?s=wolf",  # a search
        "https://x.test/?s=conservation-of-biodiversity",
        "https://x.test/?source=utm_source",
        "https://x.test/a;b=c?x=&y=a%20b&y=é&z",
        "https://x.test/utm_source=1/",
        "?",
        "urn:uuid:1",
        "",
    ],
)
def test_what_says_where_something_lies_is_left_as_it_is(address: str) -> None:
    assert untracked(address) == (address, ())


@pytest.mark.parametrize(
    ("address", "seen"), [("/b?x", "https://x.test/b?x"), ("//y.test", "https://y.test"), ("http://[x", "http://[x")]
)
def test_an_address_is_seen_from_where_it_stands_and_what_is_none_is_left(address: str, seen: str) -> None:
    assert absolute("https://x.test/a/", address) == seen


def test_addresses_within_a_text_are_cleaned_too() -> None:
    text = f'Read <a href="https://x.test/a?sid={SESSION}">this</a> & https://x.test/b?id=7&utm_source=x'
    assert untracked_text(text) == 'Read <a href="https://x.test/a">this</a> & https://x.test/b?id=7'


@given(st.text(max_size=60) | st.text(alphabet="?&=#;:/utm_sid%+", max_size=60))
def test_any_text_is_taken_and_cleaning_twice_is_cleaning_once(text: str) -> None:
    once, _ = untracked(text)
    assert untracked(once) == (once, ())
