"""The polite client over real sockets: what comes back, what is tried again, where a redirect may lead."""

import re
from contextlib import suppress
from datetime import timedelta
from email.utils import format_datetime
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from requests.adapters import BaseAdapter

from harvesters.errors import AddressRefused, BadStatus, HarvestError, ServerStopped, TooLarge, Unreachable
from harvesters.http import MOVED
from harvesters.robots import AGENT
from tests.harvesters.servers import NOON, FakeClock, Site, client, reply, source


def test_an_answer_has_address_status_lower_case_headers_body_and_time(tmp_path: Path) -> None:
    with Site({"/feed": reply(200, b"<rss/>", ETag='"1"')}) as site, client(site.url(), tmp_path) as http:
        answer = http.get(site.url("/feed"), params={"page": "2"})
    assert (answer.url, answer.status, answer.body) == (site.url("/feed?page=2"), 200, b"<rss/>")
    assert answer.headers["etag"] == '"1"'
    assert answer.received == NOON
    assert MOVED not in answer.headers


def test_every_request_says_who_asks(tmp_path: Path) -> None:
    with Site({}) as site, client(site.url(), tmp_path) as http:
        http.get(site.url(), accept="application/rss+xml")
    robots, page = site.asked
    name = f"chm-aggregator/{version('chm-aggregator')} (+https://chm.example.org/about; mailto:chm@example.org)"
    for asked in (robots, page):
        assert asked.headers["user-agent"] == name
        assert asked.headers["from"] == "chm@example.org"
        assert asked.headers["accept-encoding"] == "gzip, deflate"
    assert page.headers["accept"] == "application/rss+xml"


def test_proxies_and_passwords_of_the_environment_are_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with Site({"/": reply()}) as site, client(site.url(), tmp_path) as http:
        assert http.get(site.url()).status == 200
    assert "authorization" not in site.asked[-1].headers


@pytest.mark.parametrize("status", [200, 204, 300, 304, 400, 401, 403, 404, 410, 422])
def test_a_final_status_is_for_the_protocol_to_judge(status: int, tmp_path: Path) -> None:
    answer = b"HTTP/1.1 %d Said\r\n\r\n" % status if status in (204, 304) else reply(status, b"said")
    with Site({"/": answer}) as site, client(site.url(), tmp_path) as http:
        assert http.get(site.url()).status == status
    assert site.paths() == ["/"]


def test_validators_make_the_request_conditional_and_304_has_no_body(tmp_path: Path) -> None:
    validators = {"etag": 'W/"7"', "last_modified": "Sun, 01 Mar 2026 11:00:00 GMT"}
    unchanged = b"HTTP/1.1 304 Not Modified\r\nContent-Length: 999999999\r\nContent-Encoding: gzip\r\n\r\n"
    with Site({"/": unchanged}) as site, client(site.url(), tmp_path) as http:
        answer = http.get(site.url(), validators=validators)
    assert (answer.status, answer.body) == (304, b"")
    assert site.asked[-1].headers["if-none-match"] == 'W/"7"'
    assert site.asked[-1].headers["if-modified-since"] == "Sun, 01 Mar 2026 11:00:00 GMT"


def test_a_form_is_posted_with_the_same_manners(tmp_path: Path) -> None:
    routes = {"/oai": reply(307, location="/new"), "/new": reply(200, b"list"), "/see": reply(303, location="/new")}
    clock = FakeClock()
    with Site(routes, clock=clock) as site, client(source(site.url(), pace=2), tmp_path, clock=clock) as http:
        assert http.post(site.url("/oai"), {"verb": "Identify"}).body == b"list"
        assert http.post(site.url("/see"), {"verb": "Identify"}).body == b"list"
    bodies = [each.body for each in site.asked if each.path != "/robots.txt"]
    assert bodies == [b"verb=Identify", b"verb=Identify", b"verb=Identify", b""]  # 307 repeats the form, 303 drops it
    assert [each.began for each in site.asked] == [NOON + timedelta(seconds=2 * n) for n in range(5)]


def test_a_connection_is_kept_open_between_requests(tmp_path: Path) -> None:
    with Site({"/": reply(200, b"x")}) as site, client(site.url(), tmp_path) as http:
        for _ in range(3):
            http.get(site.url())
    assert len(site.open) == 1


def test_the_page_that_the_user_agent_names_is_shipped_and_needs_nothing_else() -> None:
    page = resources.files("harvesters").joinpath("about.html").read_text(encoding="utf-8")
    assert f"User-agent: {AGENT}\nDisallow: /" in page
    assert "<script" not in page
    assert re.findall(r"(?:src|href)=\"([^\"]*)\"", page) == ["https://www.cbd.int/"]


# Trying again


def test_a_server_error_is_tried_four_times_with_growing_rests(tmp_path: Path) -> None:
    clock = FakeClock()
    with (
        Site({"/": reply(500, b"oops")}) as site,
        client(site.url(), tmp_path, clock=clock) as http,
        pytest.raises(BadStatus, match="answers 500 in each of 4 tries") as error,
    ):
        http.get(site.url())
    assert error.value.answer.body == b"oops"
    assert site.paths() == ["/"] * 4
    assert [each for each in clock.slept if each] == [5, 10, 20]


def test_what_mends_itself_is_no_error(tmp_path: Path) -> None:
    routes = {"/": [reply(503), reply(429), reply(200, b"well")]}
    with Site(routes) as site, client(site.url(), tmp_path) as http:
        assert http.get(site.url()).body == b"well"


LATER = format_datetime(NOON + timedelta(seconds=90), usegmt=True)


@pytest.mark.parametrize(
    ("retry_after", "rest"),
    [("90", 90), (LATER, 90), ("300", 300), ("1", 5), ("soon", 5), ("-3", 5), ("Sun, 01 Mar 2020 00:00:00 GMT", 5)],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed_in_seconds_and_as_a_date(
    status: int, retry_after: str, rest: float, tmp_path: Path
) -> None:
    clock = FakeClock()
    routes = {"/": [reply(status, retry_after=retry_after), reply(200, b"well")]}
    with Site(routes) as site, client(site.url(), tmp_path, clock=clock) as http:
        assert http.get(site.url()).body == b"well"
    assert sum(clock.slept) == rest


@pytest.mark.parametrize("retry_after", ["3600", format_datetime(NOON + timedelta(hours=1), usegmt=True)])
def test_a_retry_after_beyond_five_minutes_ends_the_run_and_says_when_to_come_back(
    retry_after: str, tmp_path: Path
) -> None:
    clock = FakeClock()
    with Site({"/": reply(503, retry_after=retry_after)}) as site:
        for _ in range(2):  # the next run asks nobody either
            with (
                client(site.url(), tmp_path, clock=clock) as http,
                pytest.raises(ServerStopped, match="left alone until 2026-03-01 13:00 UTC"),
            ):
                http.get(site.url())
        assert site.paths() == ["/"]
        site.routes["/"] = reply(200, b"well")
        clock.set(NOON + timedelta(hours=1))
        with client(site.url(), tmp_path, clock=clock) as http:
            assert http.get(site.url()).body == b"well"


def test_five_errors_in_a_row_stop_the_server_until_the_next_run(tmp_path: Path) -> None:
    with Site({"/": reply(500), "/good": reply(200, b"good")}) as site:
        with client(site.url(), tmp_path) as http:
            http.get(site.url("/good"))
            with pytest.raises(BadStatus):
                http.get(site.url())
            with pytest.raises(ServerStopped, match="failed 5 times in a row"):
                http.get(site.url())
            with pytest.raises(ServerStopped):
                http.get(site.url("/good"))
        assert site.paths() == ["/good", *["/"] * 5]
        with client(site.url(), tmp_path) as http:
            assert http.get(site.url("/good")).status == 200


def test_an_answer_between_errors_starts_the_count_again(tmp_path: Path) -> None:
    routes = {"/": [*[reply(500)] * 3, reply(200), *[reply(500)] * 3, reply(200)]}
    with Site(routes) as site, client(site.url(), tmp_path) as http:
        assert [http.get(site.url()).status for _ in range(2)] == [200, 200]


# Redirects


def test_the_answer_of_a_redirect_is_the_one_at_its_end(tmp_path: Path) -> None:
    routes = {"/a": reply(302, b"moved", location="b?x=1#part"), "/b": reply(200, b"here")}
    with Site(routes) as site, client(site.url(), tmp_path) as http:
        answer = http.get(site.url("/a"), params={"gone": "1"})
    assert (answer.url, answer.body) == (site.url("/b?x=1"), b"here")
    assert MOVED not in answer.headers


@pytest.mark.parametrize(
    ("statuses", "moved"), [((301, 308), "/2"), ((301, 302), "/1"), ((302, 301), None), ((307, 303), None)]
)
def test_an_address_that_moved_for_good_is_told(statuses: tuple[int, int], moved: str | None, tmp_path: Path) -> None:
    routes = {f"/{n}": reply(status, location=f"/{n + 1}") for n, status in enumerate(statuses)}
    with Site({**routes, "/2": reply(200)}) as site, client(site.url(), tmp_path) as http:
        answer = http.get(site.url("/0"))
    assert answer.headers.get(MOVED) == (moved and site.url(moved))


def test_ten_hops_are_followed_and_no_eleventh(tmp_path: Path) -> None:
    routes = {f"/{n}": reply(302, location=f"/{n + 1}") for n in range(30)}
    with Site({**routes, "/30": reply(200)}) as site, client(site.url(), tmp_path) as http:
        assert http.get(site.url("/20")).url == site.url("/30")
        with pytest.raises(BadStatus, match="without end"):
            http.get(site.url("/19"))


def test_a_loop_is_noticed_when_it_closes(tmp_path: Path) -> None:
    routes = {"/a": reply(301, location="/b"), "/b": reply(301, location="/a")}
    with (
        Site(routes) as site,
        client(site.url(), tmp_path) as http,
        pytest.raises(BadStatus, match="without end") as error,
    ):
        http.get(site.url("/a"))
    assert error.value.answer.status == 301
    assert site.paths() == ["/a", "/b"]


def test_a_site_that_sets_a_cookie_and_redirects_to_itself_is_no_loop(tmp_path: Path) -> None:
    routes = {"/": [reply(302, location="/", set_cookie="seen=1"), reply(200, b"welcome")]}
    with Site(routes) as site, client(site.url(), tmp_path) as http:
        assert http.get(site.url()).body == b"welcome"


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://example.org/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://2852039166/",
        "//user@example.org/",
        "http://[::1",
        "https://",
    ],
)
def test_a_redirect_that_leads_astray_is_not_followed(location: str, tmp_path: Path) -> None:
    with (
        Site({"/": reply(302, location=location)}) as site,
        client(site.url(), tmp_path) as http,
        pytest.raises(AddressRefused, match=f"^{site.url()} redirects elsewhere: "),
    ):
        http.get(site.url())


class Canned(BaseAdapter):
    """A transport that answers from a table and touches no network."""

    def __init__(self, answers: dict[str, tuple[int, dict[str, str], bytes]]) -> None:
        super().__init__()
        self.answers, self.asked = answers, []

    def send(self, request: requests.PreparedRequest, **_options: object) -> requests.Response:
        self.asked.append(request.url)
        response = requests.Response()
        response.status_code, response.headers, response._content = self.answers.get(request.url, (404, {}, b""))
        response.headers = requests.structures.CaseInsensitiveDict(response.headers)
        response.url, response.request = request.url, request
        return response

    def close(self) -> None:
        pass


@pytest.mark.parametrize("location", ["http://127.0.0.1/", "http://10.0.0.1/", "http://localhost/", "http://[::1]/"])
def test_a_public_site_cannot_redirect_into_a_private_network(location: str, tmp_path: Path) -> None:
    transport = Canned({"https://chm.example.org/": (302, {"Location": location}, b"")})
    with client("https://chm.example.org/", tmp_path, transport=transport) as http, pytest.raises(AddressRefused):
        http.get("https://chm.example.org/")
    assert transport.asked == ["https://chm.example.org/robots.txt", "https://chm.example.org/"]


def test_manners_guard_and_caps_work_above_any_transport(tmp_path: Path) -> None:
    clock = FakeClock()
    site = source("https://chm.example.org/", pace=2, max_bytes=10)
    transport = Canned(
        {
            "https://chm.example.org/robots.txt": (200, {}, b"User-agent: *\nDisallow: /private/"),
            "https://chm.example.org/moved": (301, {"Location": "https://www.example.org/new"}, b""),
            "https://www.example.org/new": (200, {"X-Odd": "1"}, b"new"),
            "https://chm.example.org/large": (200, {}, b"x" * 11),
            "https://chm.example.org/down": (503, {}, b""),
        }
    )
    with client(site, tmp_path, clock=clock, transport=transport) as http:
        answer = http.get("https://chm.example.org/moved")
        assert (answer.url, answer.body, answer.headers["x-odd"]) == ("https://www.example.org/new", b"new", "1")
        assert [each for each in clock.slept if each] == [2, 2, 2]  # two hosts and their robots.txt, one server
        for path, kind in [("large", TooLarge), ("down", BadStatus), ("private/x", HarvestError)]:
            with pytest.raises(kind):
                http.get(f"https://chm.example.org/{path}")
        with pytest.raises(AddressRefused):
            http.get("http://127.0.0.1/")
    assert transport.asked.count("https://chm.example.org/down") == 4
    assert "https://chm.example.org/private/x" not in transport.asked


@settings(max_examples=60)
@given(
    location=st.one_of(
        st.text(), st.text("htps:/[]@\\%#?.0123456789x \u3002\u00df", max_size=20).map("http://".__add__)
    ),
    retry_after=st.one_of(st.text(), st.integers().map(str), st.datetimes().map(format_datetime)),
    status=st.sampled_from([301, 303, 308, 429, 503]),
)
def test_whatever_a_server_says_ends_in_an_answer_or_in_plain_words(
    location: str, retry_after: str, status: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    headers = {"Location": location, "Retry-After": retry_after}
    transport = Canned({"https://chm.example.org/": (status, headers, b"")})
    folder = tmp_path_factory.mktemp("state")
    with client("https://chm.example.org/", folder, transport=transport) as http, suppress(HarvestError):
        assert http.get("https://chm.example.org/").status < 500
    assert all(urlsplit(url).scheme in ("http", "https") for url in transport.asked)


def test_redirects_from_https_to_http_are_followed_and_shown(tmp_path: Path) -> None:
    routes = {
        "https://chm.example.org/": (302, {"Location": "http://chm.example.org/plain"}, b""),
        "http://chm.example.org/plain": (200, {}, b"plain"),
    }
    with client("https://chm.example.org/", tmp_path, transport=Canned(routes)) as http:
        assert http.get("https://chm.example.org/").url == "http://chm.example.org/plain"


def test_a_location_in_utf_8_is_read_as_such(tmp_path: Path) -> None:
    routes = {"/": reply(302, location="/fôret".encode().decode("latin-1")), "/f%C3%B4ret": reply(200, b"trees")}
    with Site(routes) as site, client(site.url(), tmp_path) as http:
        assert http.get(site.url()).body == b"trees"


def test_nobody_listening_is_unreachable_after_four_tries(tmp_path: Path) -> None:
    clock = FakeClock()
    with Site({}) as site, client(site.url(), tmp_path, clock=clock) as http:
        http.get(site.url())  # knows its robots.txt now
        site.__exit__()
        with pytest.raises(Unreachable, match="nothing listens at that port"):
            http.get(site.url())
    assert [each for each in clock.slept if each] == [5, 10, 20]
