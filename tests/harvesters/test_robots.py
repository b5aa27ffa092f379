"""robots.txt is asked first, per origin, and a site that cannot say what it wishes is not asked at all."""

from datetime import timedelta
from pathlib import Path

import pytest

from harvesters.errors import RobotsDisallowed, RobotsUnknown
from harvesters.robots import remembered
from tests.harvesters.servers import NOON, FakeClock, Route, Site, client, reply, source

HTML = b"<!DOCTYPE html><title>Not found</title><p>User-agent: *<p>Disallow: /"


@pytest.mark.parametrize(
    "robots",
    [
        reply(404),
        reply(403),
        reply(401),
        reply(410),
        reply(200, b""),
        reply(200, HTML, content_type="text/html"),
        reply(200, b"\xef\xbb\xbf \r\n" + HTML, content_type="text/plain"),
        reply(200, b"User-agent: *\nDisallow:"),
        reply(200, b"User-agent: *\nDisallow: /\n\nUser-agent: chm-aggregator\nAllow: /"),
        reply(200, b"User-agent: *\nDisallow: /feed/private"),
        reply(200, b"\x00\xff\xfe nonsense \x80"),
        reply(302, location="/nowhere"),
    ],
)
def test_a_site_that_does_not_object_is_asked(robots: bytes, tmp_path: Path) -> None:
    with Site({"/robots.txt": robots, "/feed": reply(200, b"<rss/>")}) as site, client(site.url(), tmp_path) as http:
        assert http.get(site.url("/feed")).body == b"<rss/>"
    assert site.asked[0].path == "/robots.txt"


@pytest.mark.parametrize(
    "text",
    [
        b"User-agent: *\nDisallow: /",
        b"User-agent: CHM-Aggregator\r\nDisallow: /feed",
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /*.xml$",
        b"User-agent: *\nDisallow: /\n" + b"# filler\n" * 100_000,
    ],
)
def test_a_path_that_is_disallowed_is_not_asked(text: bytes, tmp_path: Path) -> None:
    with (
        Site({"/robots.txt": reply(200, text)}) as site,
        client(site.url(), tmp_path) as http,
        pytest.raises(RobotsDisallowed, match=r"/robots\.txt asks chm-aggregator to stay away from") as error,
    ):
        http.get(site.url("/feed.xml"))
    assert site.paths() == []
    assert "contact" in error.value.advice


def test_only_the_first_500_kib_are_read(tmp_path: Path) -> None:
    text = b"# filler\n" * 57_000 + b"User-agent: *\nDisallow: /"
    assert len(text) > 500 * 1024
    with Site({"/robots.txt": reply(200, text)}) as site, client(source(site.url(), max_bytes=9), tmp_path) as http:
        assert http.get(site.url("/")).status == 404


def silent_end() -> list[bytes]:
    return []


@pytest.mark.parametrize("robots", [reply(500), reply(503), reply(429), silent_end, reply(301, location="/robots.txt")])
def test_a_site_whose_robots_txt_cannot_be_read_is_asked_for_nothing(robots: Route, tmp_path: Path) -> None:
    with (
        Site({"/robots.txt": robots}) as site,
        client(site.url(), tmp_path) as http,
        pytest.raises(RobotsUnknown, match="nothing of the site may be asked"),
    ):
        http.get(site.url("/feed"))
    assert site.paths() == []


def test_robots_txt_may_lie_behind_a_redirect(tmp_path: Path) -> None:
    routes = {"/robots.txt": reply(301, location="/r"), "/r": reply(200, b"User-agent: *\nDisallow: /feed")}
    with Site(routes) as site, client(site.url(), tmp_path) as http, pytest.raises(RobotsDisallowed):
        http.get(site.url("/feed"))


def test_a_redirect_is_followed_only_where_the_robots_txt_of_its_target_allows(tmp_path: Path) -> None:
    with Site({"/robots.txt": reply(200, b"User-agent: *\nDisallow: /here")}) as target:
        routes = {"/": reply(302, location=target.url("/here"))}
        with Site(routes) as site, client(site.url(), tmp_path) as http, pytest.raises(RobotsDisallowed):
            http.get(site.url())
    assert target.paths() == []


@pytest.mark.parametrize(
    ("text", "pace"),
    [
        (b"Crawl-delay: 5", 5),
        (b"Crawl-delay: 1", 2),
        (b"Crawl-delay: 86400", 60),
        (b"Request-rate: 1/10", 10),
        (b"Crawl-delay: soon", 2),
        (b"Crawl-delay: -5", 2),
    ],
)
def test_a_crawl_delay_longer_than_the_pace_wins_up_to_a_minute(text: bytes, pace: float, tmp_path: Path) -> None:
    clock = FakeClock()
    robots = reply(200, b"User-agent: *\n" + text)
    with Site({"/robots.txt": robots}) as site, client(source(site.url(), pace=2), tmp_path, clock=clock) as http:
        http.get(site.url())
    assert clock.slept == [0, pace]


def test_robots_txt_is_asked_once_a_day_however_many_sources_and_runs_there_are(tmp_path: Path) -> None:
    clock = FakeClock()
    with Site({"/robots.txt": [reply(404), reply(200, b"User-agent: *\nDisallow: /")]}) as site:

        def run() -> None:
            with client(site.url(), tmp_path, clock=clock) as http:
                http.get(site.url("/a"))
                http.get(site.url("/b"))

        for hours in (0, 12, 23.9):
            clock.set(NOON + timedelta(hours=hours))
            run()
        assert [each.path for each in site.asked] == ["/robots.txt", *["/a", "/b"] * 3]
        clock.set(NOON + timedelta(hours=24))
        with pytest.raises(RobotsDisallowed):
            run()


def test_a_long_run_notices_that_robots_txt_changed(tmp_path: Path) -> None:
    clock = FakeClock()
    with (
        Site({"/robots.txt": [reply(404), reply(200, b"User-agent: *\nDisallow: /")]}) as site,
        client(site.url(), tmp_path, clock=clock) as http,
    ):
        http.get(site.url())
        clock.sleep(86_400)
        with pytest.raises(RobotsDisallowed):
            http.get(site.url())


def test_a_failure_is_not_remembered_once_the_site_recovers(tmp_path: Path) -> None:
    with Site({"/robots.txt": [*[reply(503)] * 4, reply(404)]}) as site, client(site.url(), tmp_path) as http:
        with pytest.raises(RobotsUnknown):
            http.get(site.url())
        assert http.get(site.url()).status == 404


@pytest.mark.parametrize("left", [b"", b"{", b'{"fetched": 1}', b'{"fetched": 1e18, "text": "User-agent: *"}'])
def test_a_broken_or_future_copy_is_fetched_again(left: bytes, tmp_path: Path) -> None:
    with Site({}) as site:
        for _ in range(2):
            with client(site.url(), tmp_path) as http:
                http.get(site.url())
            (copy,) = tmp_path.glob("*.robots.json")
            copy.write_bytes(left)
    assert [each.path for each in site.asked] == ["/robots.txt", "/"] * 2


def test_what_a_site_allowed_is_remembered_with_its_time(tmp_path: Path) -> None:
    with Site({"/robots.txt": reply(200, b"User-agent: *\nDisallow: /private"), "/feed": reply(200, b"x")}) as site:
        assert remembered(tmp_path, site.url("/feed")) is None
        with client(site.url(), tmp_path) as http:
            http.get(site.url("/feed"))
    assert remembered(tmp_path, site.url("/feed")) == (NOON, True)
    assert remembered(tmp_path, site.url("/private/a")) == (NOON, False)
