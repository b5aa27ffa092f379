"""How feeds are read: one address or several, paged or indexed, changed or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.errors import BadStatus, HarvestError, ProtocolError, TooSlow
from harvesters.feeds.entries import parse
from harvesters.feeds.names import digest
from harvesters.http import MOVED
from harvesters.model import Answer, HarvestTask, Issue, Page, State
from harvesters.protocols import feed
from tests.harvesters.replay import Asked, Replay, answer, source

HOME = "http://site.test/feed/"
RSS = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>T</title>{}</channel></rss>'
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    '<channel rdf:about="http://site.test/c"><title>T</title><link>http://site.test/</link></channel>{}</rdf:RDF>'
)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>f</id>{}</feed>'


def rss(*guids: str) -> bytes:
    items = "".join(
        f"<item><title>About {guid}</title><guid isPermaLink='false'>{guid}</guid></item>" for guid in guids
    )
    return RSS.format(items).encode()


def rdf(*links: str) -> bytes:
    items = "".join(f'<item rdf:about="{link}"><title>About {link}</title><link>{link}</link></item>' for link in links)
    return RDF.format(items).encode()


def walk(replies: Mapping[Any, bytes | Answer], state: State | None = None, **task: Any) -> tuple[list[Page], Replay]:
    """`replies`: what to answer, by address, or by (address, page)."""

    def reply(asked: Asked) -> bytes | Answer:
        key = (asked.url, asked.params["paged"]) if asked.params else asked.url
        found = replies.get(key, answer(b"not found", status=404))
        return answer(found, url=asked.url, content_type="application/xml") if isinstance(found, bytes) else found

    http = Replay(reply)
    task.setdefault("source", feeds(HOME))
    return list(feed.harvest(HarvestTask(**task), http, state or State())), http


def feeds(*urls: str, **keys: Any) -> Any:
    return source(protocol="feed", url=None, urls=list(urls), **keys)


def identifiers(pages: Iterable[Page]) -> list[str]:
    return [record.identifier for page in pages for record in page.records]


def issues(pages: Iterable[Page]) -> dict[str, Issue]:
    return {issue.code: issue for page in pages for issue in page.issues}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rss("a", "b"), ["a", "b"]),
        (rdf("http://site.test/1"), ["http://site.test/1"]),
        (ATOM.format("<entry><id>urn:1</id><title>x</title></entry>").encode(), ["urn:1"]),
        (
            b"<rss version='0.91'><channel><item><link>http://site.test/x</link></item></channel></rss>",
            ["http://site.test/x"],
        ),
        (
            b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1"}, {"url": "http://site.test/2"}]}',
            ["1", "http://site.test/2"],
        ),
        (rss(), []),
    ],
)
def test_every_kind_of_feed_gives_a_record_for_each_entry(body: bytes, expected: list[str]) -> None:
    pages, _ = walk({HOME: body})
    assert identifiers(pages) == expected
    assert [(record.item, record.body, record.profile) for record in pages[0].records] == [
        (item, body, "rss_item") for item in range(len(expected))
    ]
    assert pages[0].last
    assert pages[0].facts == {"window": True, "server_time": "2026-03-01T12:00:00+00:00"}
    assert not issues(pages)


def test_the_source_may_name_a_profile() -> None:
    pages, _ = walk({HOME: rss("a")}, source=feeds(HOME, profile="mine"))
    assert pages[0].records[0].profile == "mine"


def test_an_entry_without_guid_is_known_by_its_link_and_else_by_what_it_says() -> None:
    nameless = "<item><title>{}</title><description>d</description></item>"
    body = RSS.format(
        f"<item><link>http://site.test/1</link></item>{nameless.format('x')}{nameless.format('y')}"
    ).encode()
    first, second, third = identifiers(walk({HOME: body})[0])
    assert first == "http://site.test/1"
    assert second.startswith("digest:")
    assert second != third
    assert identifiers(walk({HOME: RSS.format(nameless.format("y")).encode()})[0]) == [third]


def test_of_two_entries_with_one_identifier_the_first_is_kept_and_the_other_named_across_feeds_too() -> None:
    pages, _ = walk(
        {"http://a.test/": rss("a", "b", "a"), "http://b.test/": rss("b", "c")},
        source=feeds("http://a.test/", "http://b.test/"),
    )
    assert identifiers(pages) == ["a", "b", "c"]
    assert [(issue.code, issue.record) for page in pages for issue in page.issues] == [
        ("duplicate_entry", "a"),
        ("duplicate_entry", "b"),
    ]
    assert [page.last for page in pages] == [False, True]


def test_an_unchanged_feed_is_asked_with_what_the_last_loaded_run_kept_and_costs_nothing() -> None:
    first = State()
    walk(
        {
            HOME: answer(
                rss("a"), etag='"1"', content_type="application/rss+xml", last_modified="Sun, 01 Mar 2026 00:00:00 GMT"
            )
        },
        first,
    )
    second = State(loaded=first.kept)
    pages, http = walk({HOME: answer(b"", status=304)}, second)
    assert http.asked[0].validators == {"etag": '"1"', "last_modified": "Sun, 01 Mar 2026 00:00:00 GMT"}
    assert pages[0].last
    assert not pages[0].records
    assert not pages[0].issues
    assert second.kept == first.kept, "a 304 keeps its validators for the run after it"


def test_a_full_harvest_asks_unconditionally() -> None:
    state = State(loaded={"validators": {HOME: {"etag": '"1"'}}})
    assert walk({HOME: rss("a")}, state, full=True)[1].asked[0].validators == {}


def test_a_feed_cut_short_loses_its_half_entry_only_and_is_asked_for_again_whole() -> None:
    state = State()
    pages, _ = walk({HOME: answer(rss("a", "b")[:-30], etag='"1"')}, state)
    assert identifiers(pages) == ["a"]
    assert list(issues(pages)) == ["feed_not_well_formed", "entry_cut_short"]
    assert state.kept["validators"] == {}
    assert not pages[-1].last  # what stood behind the cut is not known to be there


def test_a_feed_with_the_wrong_label_is_read_all_the_same() -> None:
    pages, _ = walk({HOME: answer(rss("a"), content_type="text/html; charset=utf-8")})
    assert identifiers(pages) == ["a"]
    assert issues(pages)["feed_mislabelled"].severity == "note"


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (answer(b"", status=404), BadStatus, "no feed here"),
        (answer(b"", status=410), BadStatus, "gone for good"),
        (answer(b"", status=403), BadStatus, "HTTP 403"),
        (
            answer(b"", status=304),
            BadStatus,
            "question without a condition",
        ),  # as WordPress does where no post has a date
        (b"<!DOCTYPE html><html><body><h1>Hi</h1></body></html>", ProtocolError, "a web page came"),
        (b"", ProtocolError, "an empty answer"),
        (b"hello", ProtocolError, "broken before its first entry"),
        (b"<sitemap/>", ProtocolError, "neither RSS nor Atom nor JSON Feed"),
        (rss("&#1114112;"), ProtocolError, "cannot be read .feedparser"),
        (b"/etc/passwd", ProtocolError, "broken before its first entry"),
    ],
)
def test_what_is_no_feed_is_refused_in_plain_words(
    reply: bytes | Answer, error: type[HarvestError], words: str
) -> None:
    with pytest.raises(error, match=words):
        walk({HOME: reply})


PAGE = """<!DOCTYPE html><html><head><link rel="alternate" type="application/rss+xml" title="Feed" href="/feed/">
<link rel="alternate" type="application/feed+json" href="feed.json"><link rel="alternate" hreflang="fr" href="/fr/">
<link rel="stylesheet" type="application/rss+xml" href="/x">
<link rel="alternate" type="application/json" href="/wp-json/">
<link rel="Alternate home" type="application/atom+xml; charset=utf-8" href="//other.test/atom"></head><p>Hi</html>"""


def test_of_a_web_page_it_is_told_which_feeds_it_names() -> None:
    with pytest.raises(ProtocolError, match="a web page came") as refused:
        walk({HOME: PAGE.encode()})
    named = "it names 3 of its own: http://site.test/feed/, http://site.test/feed/feed.json, http://other.test/atom"
    assert named in refused.value.cause
    assert refused.value.advice == "Put those that you mean into `url` or `urls`."
    with pytest.raises(ProtocolError, match="and it names none"):
        walk({HOME: b"<!-- x --><html"})


def test_of_several_feeds_one_may_fail_with_an_issue_but_then_nothing_is_last() -> None:
    urls = ("http://a.test/", "http://b.test/", "http://c.test/")
    pages, _ = walk({"http://a.test/": b"<html></html>", "http://c.test/": rss("c")}, source=feeds(*urls))
    assert identifiers(pages) == ["c"]
    assert list(issues(pages)) == ["feed_not_readable", "feed_gone"]
    assert not any(page.last for page in pages)
    with pytest.raises(BadStatus):
        walk({"http://a.test/": b"<html></html>"}, source=feeds(*urls))


def test_a_full_harvest_follows_wordpress_pages_to_their_404_if_asked_to() -> None:
    replies = {HOME: rss("a", "b"), (HOME, "2"): rss("b", "c"), (HOME, "3"): rss("d")}
    pages, http = walk(replies, source=feeds(HOME, options={"paged": True}), full=True)
    assert identifiers(pages) == ["a", "b", "c", "d"]
    assert [asked.params for asked in http.asked] == [{}, {"paged": "2"}, {"paged": "3"}, {"paged": "4"}]
    assert [page.last for page in pages] == [False, False, False, True]
    assert len(walk(replies, full=True)[1].asked) == 1


@pytest.mark.parametrize(("new", "asked"), [(["a"], 1), (["x", "a"], 1), (["x", "y"], 2)])
def test_an_increment_follows_the_pages_back_to_what_the_run_before_had_seen(new: list[str], asked: int) -> None:
    paged = feeds(HOME, options={"paged": True})
    before = State()
    walk({HOME: rss("a", "b"), (HOME, "2"): rss("c")}, before, source=paged, full=True)
    replies = {HOME: rss(*new), (HOME, "2"): rss("a", "b"), (HOME, "3"): rss("c")}
    pages, http = walk(replies, State(before.kept), source=paged)
    assert identifiers(pages) == [*new, *["a", "b"] * (asked - 1)]
    assert len(http.asked) == asked
    assert pages[-1].last


def archived(rel: str, to: str, *names: str) -> bytes:
    """A document of RFC 5005 that points at the one with older entries."""
    entries = "".join(f"<entry><id>urn:{name}</id><title>{name}</title></entry>" for name in names)
    return ATOM.format(f'<link rel="{rel}" href="{to}"/>{entries}').encode()


OLDER, OLDEST = "http://site.test/feed/2026-02", "http://site.test/feed/2026-01"


@pytest.mark.parametrize("rel", ["prev-archive", "next"])
def test_a_full_harvest_follows_archives_back_and_an_increment_to_what_is_known(rel: str) -> None:
    replies = {
        HOME: archived(rel, "2026-02", "e", "d"),
        OLDER: archived(rel, OLDEST, "e", "d"),  # the first archive may hold nothing new
        OLDEST: ATOM.format("<entry><id>urn:a</id></entry>").encode(),
    }
    before = State()
    pages, http = walk(replies, before, full=True)
    assert (identifiers(pages), [page.last for page in pages]) == (["urn:e", "urn:d", "urn:a"], [False, False, True])
    assert [(asked.url, asked.params) for asked in http.asked] == [(HOME, {}), (OLDER, {}), (OLDEST, {})]
    rest, again = walk(replies, State(resume=pages[0].resume), full=True)
    assert (again.asked, rest) == (http.asked[1:], pages[1:])
    replies[HOME] = archived(rel, "2026-02", "f", "e")
    pages, http = walk(replies, State(before.kept))
    assert (identifiers(pages), len(http.asked), pages[-1].last) == (["urn:f", "urn:e"], 1, True)


@pytest.mark.parametrize("fault", ["an error", "a cap"])
def test_what_an_increment_could_not_reach_is_asked_for_by_the_next(fault: str) -> None:
    paged = feeds(HOME, options={"paged": True}, max_pages=1 if fault == "a cap" else 99)
    before = State()
    walk({HOME: answer(rss("a"), etag='"1"', content_type="application/xml")}, before, source=paged)
    replies = {
        HOME: answer(rss("d"), etag='"2"', content_type="application/xml"),
        (HOME, "2"): answer(b"", status=500),
    }
    second = State(before.kept)
    assert not walk(replies, second, source=paged)[0][-1].last
    healed = {**replies, (HOME, "2"): rss("c", "b"), (HOME, "3"): rss("a")}
    pages, http = walk(healed, State(second.kept), source=feeds(HOME, options={"paged": True}))
    assert identifiers(pages) == ["d", "c", "b", "a"]
    assert http.asked[0].validators == {}


def test_the_next_url_of_a_json_feed_is_followed() -> None:
    pages, _ = walk(
        {HOME: b'{"items": [{"id": 1}], "next_url": "?page=2"}', HOME + "?page=2": b'{"items": [{"id": 2}]}'}, full=True
    )
    assert (identifiers(pages), pages[-1].last) == (["1", "2"], True)


@pytest.mark.parametrize(
    ("to", "code"),
    [
        (HOME, "archive_loops"),
        (f"{HOME}?PHPSESSID=1", "archive_loops"),
        ("http://other.test/", "channel_elsewhere"),
        ("file:///etc/passwd", "channel_elsewhere"),
    ],
)
def test_an_archive_that_leads_back_or_away_is_not_followed_and_that_is_told(to: str, code: str) -> None:
    pages, http = walk({HOME: archived("next", to, "a")}, full=True)
    assert (identifiers(pages), len(http.asked), list(issues(pages)), pages[-1].last) == (["urn:a"], 1, [code], True)


def test_an_archive_that_is_not_there_costs_itself_and_is_no_end() -> None:
    pages, _ = walk({HOME: archived("prev-archive", OLDER, "a")}, full=True)
    assert (identifiers(pages), list(issues(pages)), pages[-1].last) == (["urn:a"], ["feed_not_readable"], False)


def test_entries_without_a_date_or_from_the_future_carry_the_day_on_which_they_were_first_seen() -> None:
    item = "<item><guid isPermaLink='false'>{}</guid><pubDate>{}</pubDate></item>".format
    body = RSS.format(item("a", "") + item("b", "2026-02-01") + item("c", "2099-01-01")).encode()
    state = State(loaded={"first_seen": {digest("a"): "2025-12-24"}})
    pages, _ = walk({HOME: body}, state)
    assert [record.first_seen for record in pages[0].records] == ["2025-12-24", None, "2026-03-01"]
    assert state.kept["first_seen"] == {digest("a"): "2025-12-24", digest("c"): "2026-03-01"}
    ahead = issues(pages)["date_ahead"]
    assert (ahead.record, ahead.field, ahead.value) == ("c", "dates", "2099-01-01")


def test_what_is_odd_about_names_is_told_with_the_entry() -> None:
    item = "<item><title>{0}</title><guid>same</guid><link>http://site.test/{0}?utm_source=rss</link></item>".format
    pages, _ = walk({HOME: RSS.format(item(1) + item(2)).encode()})
    assert identifiers(pages) == ["http://site.test/1", "http://site.test/2"]
    assert [issue.code for issue in pages[0].issues] == ["tracking_in_address", "guid_not_unique"] * 2


def test_of_several_feeds_one_that_cannot_be_reached_costs_only_itself() -> None:
    other = "http://site.test/other/"

    def reply(asked: Asked) -> bytes | Answer:
        if asked.url == HOME:
            raise TooSlow("It did not end.", advice="Wait.")
        return rss("b")

    pages = list(feed.harvest(HarvestTask(source=feeds(HOME, other)), Replay(reply), State()))
    assert identifiers(pages) == ["b"]
    assert issues(pages)["feed_not_readable"].severity == "error"
    assert not pages[-1].last


def test_an_address_that_moved_for_good_is_told() -> None:
    pages, _ = walk({HOME: answer(rss("a"), **{MOVED: "https://new.test/feed/"})})
    assert issues(pages)["address_moved"].value == "https://new.test/feed/"


def test_a_site_that_ignores_paging_or_answers_it_with_a_web_page_ends_it() -> None:
    paged = feeds(HOME, options={"paged": True})
    pages, http = walk({HOME: rss("a"), (HOME, "2"): rss("a")}, source=paged, full=True)
    assert (identifiers(pages), len(http.asked), pages[-1].last) == (["a"], 2, False)
    assert "page_repeated" in issues(pages)
    pages, _ = walk({HOME: rss("a"), (HOME, "2"): b"<html></html>"}, source=paged, full=True)
    assert (identifiers(pages), list(issues(pages)), pages[-1].last) == (["a"], ["feed_not_readable"], False)


@pytest.mark.parametrize("second", [answer(b"", status=500), b"<html></html>", rss("d"), rss("c")[:-30]])
def test_a_feed_whose_later_page_failed_is_read_whole_by_the_next_run(second: Any) -> None:
    paged = feeds(HOME, options={"paged": True})
    before = State(loaded={"newest": {HOME: [digest("a")]}, "validators": {HOME: {"etag": '"1"'}}})
    first = answer(rss("d"), url=HOME, etag='"2"')
    pages, _ = walk({HOME: first, (HOME, "2"): second, (HOME, "3"): rss("b", "a")}, before, source=paged)
    assert not pages[-1].last
    assert (before.kept["newest"], before.kept["validators"]) == ({}, {})
    good = {HOME: first, (HOME, "2"): rss("c"), (HOME, "3"): rss("b", "a")}
    again = State(loaded=before.kept)
    pages, _ = walk(good, again, source=paged)
    assert (identifiers(pages), pages[-1].last) == (["d", "c", "b", "a"], True)
    assert (again.kept["newest"], again.kept["validators"]) == ({HOME: [digest("d")]}, {HOME: {"etag": '"2"'}})


INDEX = "http://site.test/localchannels_rdf"
CHANNELS = [
    f"http://site.test/portal_syndication/{name}_rdf" for name in ("latestnews", "latestcomments", "latestevents")
]


def test_an_index_of_channels_leads_to_each_channel_but_comments_and_other_hosts() -> None:
    index = rdf(*CHANNELS, "http://elsewhere.test/x_rdf", CHANNELS[0])
    replies = {INDEX: index, CHANNELS[0]: rdf("http://site.test/1"), CHANNELS[2]: rdf("http://site.test/2")}
    ptk = feeds(INDEX, options={"channels_index": True})
    pages, http = walk(replies, source=ptk)
    assert [asked.url for asked in http.asked] == [INDEX, CHANNELS[0], CHANNELS[2]]
    assert identifiers(pages) == ["http://site.test/1", "http://site.test/2"]
    assert [(page.last, "server_time" in page.facts) for page in pages] == [
        (False, True),
        (False, False),
        (True, False),
    ]
    assert issues(pages)["channel_elsewhere"].value == "http://elsewhere.test/x_rdf"
    rest, again = walk(replies, State(resume=pages[0].resume), source=ptk)
    assert again.asked == http.asked[1:]
    assert [page.records for page in rest] == [page.records for page in pages[1:]]


def test_of_channels_that_an_index_names_no_more_nothing_is_kept() -> None:
    ptk = feeds(INDEX, options={"channels_index": True})
    state = State()
    for day in range(3):
        channel = f"http://site.test/channel_{day}_rdf"
        body = answer(rss("a"), etag=f'"{day}"', content_type="application/xml")
        state = State(state.kept)
        walk({INDEX: rdf(channel), channel: body}, state, source=ptk)
        assert {key: set(state.kept[key]) for key in ("validators", "newest", "guids")} == {
            "validators": {channel}, "newest": {channel}, "guids": {channel},
        }  # fmt: skip


def test_an_index_without_channels_or_without_answer_is_an_error() -> None:
    ptk = feeds(INDEX, options={"channels_index": True})
    with pytest.raises(ProtocolError, match="names no channel"):
        walk({INDEX: rdf(CHANNELS[1])}, source=ptk)
    with pytest.raises(BadStatus):
        walk({}, source=ptk)


@pytest.mark.parametrize("stored", range(1, 6))
def test_a_killed_harvest_goes_on_after_the_last_stored_page(stored: int) -> None:
    second = "http://b.test/"
    replies = {HOME: rss("a", "b"), (HOME, "2"): rss("b", "c"), second: rss("c", "d")}
    both = feeds(HOME, second, options={"paged": True})
    whole, undisturbed = walk(replies, source=both, full=True)
    rest, http = walk(replies, State(resume=whole[stored - 1].resume), source=both, full=True)
    assert len(whole) == 5
    assert http.asked == undisturbed.asked[stored:]
    assert rest == whole[stored:]


def test_a_limit_and_a_cap_on_pages_stop_the_harvest_unfinished() -> None:
    two = {"http://a.test/": rss("a", "b"), "http://b.test/": rss("c")}
    pages, _ = walk(two, source=feeds(*two), limit=1)
    assert (identifiers(pages), pages[-1].last) == (["a", "b"], False)
    pages, _ = walk(two, source=feeds(*two, max_pages=1))
    assert (identifiers(pages), pages[-1].last, list(issues(pages))) == (["a", "b"], False, ["page_cap"])


def test_parsing_reads_the_answer_once_and_never_a_file_or_an_address() -> None:
    one = answer(rss("a"), url=HOME)
    assert parse(one) is parse(one)
    for body in (b"/etc/passwd", b"http://127.0.0.1:1/", b"file:///etc/passwd"):
        assert not parse(answer(body)).entries


def test_links_are_absolute_and_script_is_gone() -> None:
    summary = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;y&lt;/b&gt;"
    item = f"<item><link>/x</link><description>{summary}</description></item>"
    entry = parse(answer(RSS.format(item).encode(), url="http://site.test/feed/")).entries[0]
    assert entry.link == "http://site.test/x"
    assert entry.summary == "<b>y</b>"


@settings(max_examples=150)
@given(
    body=st.sampled_from(
        [
            rss("a", "b"),
            rdf("http://site.test/1"),
            ATOM.format("<entry><id>x</id></entry>").encode(),
            b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "tags": ["x"]}, {"url": "/2"}]}',
            RSS.format("<item xmlns:g='http://www.georss.org/georss'><g:point>45 -71</g:point></item>").encode(),
        ]
    ),
    changes=st.lists(
        st.tuples(
            st.integers(0, 400),
            st.integers(0, 30),
            st.binary(max_size=5)
            | st.sampled_from([b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"<![CDATA[", b"<item>", b"\x00"]),
        ),
        max_size=4,
    ),
)
def test_a_mutated_feed_gives_records_or_an_error_in_words(body: bytes, changes: list[tuple[int, int, bytes]]) -> None:
    for start, length, instead in changes:
        body = body[:start] + instead + body[start + length :]
    pages: list[Page] = []
    expected: list[Any] = []
    with suppress(ProtocolError):
        expected = parse(answer(body, url=HOME, content_type="application/xml")).entries
        pages, _ = walk({HOME: body})
    named = sum(issue.code in {"duplicate_entry", "entry_cut_short"} for page in pages for issue in page.issues)
    assert len(identifiers(pages)) + named == len(expected)
