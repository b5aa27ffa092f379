"""One request at a time, a pace and a daily budget per server, whoever asks: threads, processes, sources."""

import json
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.clock import SystemClock
from harvesters.errors import BudgetSpent
from harvesters.politeness import Politeness, file_name, registrable_domain
from tests.harvesters.servers import NOON, Asked, FakeClock, Site, client, reply, source


def gaps(asked: list[Asked]) -> list[float]:
    """Seconds from the end of each request to the start of the next."""
    ordered = sorted(asked, key=lambda each: each.began)
    return [(later.began - earlier.ended).total_seconds() for earlier, later in pairwise(ordered)]


def test_150_sources_on_one_server_never_overlap_and_keep_the_pace(tmp_path: Path) -> None:
    clock = FakeClock()

    def harvest(number: int) -> None:
        with client(source(site.url(), id=f"source_{number}", pace=2), tmp_path, clock=clock) as http:
            assert http.get(site.url(f"/{number}")).status == 404

    with Site({}, clock=clock) as site, ThreadPoolExecutor(6) as threads:
        list(threads.map(harvest, range(150)))
    assert Counter(site.paths()) == Counter(f"/{number}" for number in range(150))
    assert site.most_at_once == 1
    assert min(gaps(site.asked)) >= 2
    assert clock.now() - NOON <= timedelta(seconds=2 * len(site.asked))  # and nobody waits longer than it must


ASK = """
import sys
from itertools import pairwise
from pathlib import Path
from harvesters.clock import SystemClock
from tests.harvesters.servers import client, source

url, folder = sys.argv[1:]
with client(source(url, pace=0.1), Path(folder), clock=SystemClock()) as http:
    for _ in range(5):
        http.get(url)
"""


def test_two_processes_share_the_pace(tmp_path: Path) -> None:
    with Site({"/": reply(200, b"x")}, clock=SystemClock()) as site:
        command = [sys.executable, "-c", ASK, site.url(), str(tmp_path)]
        both = [subprocess.Popen(command, cwd=Path(__file__).parents[2]) for _ in range(2)]
        assert [process.wait(60) for process in both] == [0, 0]
    assert site.paths() == ["/"] * 10
    assert site.most_at_once == 1
    assert min(gaps(site.asked)) >= 0.099  # the clock's own grain


def test_servers_do_not_wait_for_each_other(tmp_path: Path) -> None:
    clock = FakeClock()
    with Site({}, clock=clock) as one, Site({}, clock=clock) as other:
        for site in (one, other):
            with client(source(site.url(), pace=60), tmp_path, clock=clock) as http:
                http.get(site.url())
    assert one.asked[0].began == NOON
    assert other.asked[0].began == NOON + timedelta(seconds=60)  # its own robots.txt came at once, after one's page
    assert [each for each in clock.slept if each] == [60, 60]


def test_a_redirect_to_another_server_takes_that_servers_turn(tmp_path: Path) -> None:
    clock = FakeClock()
    with (
        Site({"/": reply(200, b"end")}, clock=clock) as end,
        Site({"/": reply(302, location=end.url())}, clock=clock) as site,
    ):
        with client(source(end.url(), pace=9), tmp_path, clock=clock) as http:
            http.get(end.url())
        with client(source(site.url(), pace=3), tmp_path, clock=clock) as http:
            assert http.get(site.url()).body == b"end"
    assert min(gaps(end.asked)) >= 3


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("https://www.chm.gov.br/feed", "chm.gov.br"),
        ("https://chm-cbd.biodiv.be:8443/", "biodiv.be"),
        ("http://WWW.Biodiv.BE./", "biodiv.be"),
        ("http://gov.br/", "gov.br:80"),
        ("http://localhost/", "localhost:80"),
        ("https://127.0.0.1/", "127.0.0.1:443"),
        ("http://[::1]:8080/", "[::1]:8080"),
    ],
)
def test_a_server_is_a_registrable_domain_or_a_host_with_its_port(url: str, server: str) -> None:
    assert registrable_domain(url) == server


def test_the_source_names_the_server_of_its_own_addresses_only(tmp_path: Path) -> None:
    politeness = Politeness(source("https://be.chm-cbd.net/feed", server="bioland"), clock=FakeClock(), folder=tmp_path)
    assert politeness.server("https://www.chm-cbd.net/") == "bioland"
    assert politeness.server("https://elsewhere.example.org/") == "example.org"


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_server_name_becomes_one_harmless_file_name(one: str, other: str) -> None:
    name = file_name(one)
    assert re.fullmatch(r"_[a-z0-9_.~%A-F-]{0,119}", name)
    assert (file_name(other) == name) == (other.lower() == one.lower())


@pytest.mark.parametrize("server", ["../../etc/passwd", "..", "a/b", "C:\\x", "x" * 300, "nul\0"])
def test_state_files_stay_in_their_folder(server: str, tmp_path: Path) -> None:
    folder = tmp_path / "servers"
    with Politeness(source("https://a.org/"), clock=FakeClock(), folder=folder).turn(server):
        pass
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".lock"]
    assert [path.name for path in tmp_path.iterdir()] == ["servers"]


# The clock


def ask(folder: Path, clock: FakeClock, **keys: object) -> None:
    with Politeness(source("https://a.org/", **keys), clock=clock, folder=folder).turn("a.org") as turn:
        turn.bytes = 1000


@pytest.mark.parametrize(("passed", "wait"), [(0, 10), (4, 6), (10, 0), (3600, 0), (-1, 10), (-86_400 * 365, 10)])
def test_the_wait_is_what_is_left_of_the_pace_even_where_the_clock_was_set_back(
    passed: float, wait: float, tmp_path: Path
) -> None:
    clock = FakeClock()
    ask(tmp_path, clock, pace=10)
    clock.set(NOON + timedelta(seconds=passed))
    ask(tmp_path, clock, pace=10)
    assert clock.slept == [0, wait]


@pytest.mark.parametrize("left", [b"", b"{", b"[]", b'{"ended": "x"}', b"\xff"])
def test_a_broken_state_file_costs_one_pace(left: bytes, tmp_path: Path) -> None:
    clock = FakeClock()
    ask(tmp_path, clock)
    (tmp_path / f"{file_name('a.org')}.json").write_bytes(left)
    ask(tmp_path, clock, pace=10)
    assert clock.slept == [0, 10]


def test_a_request_is_counted_before_it_is_sent(tmp_path: Path) -> None:
    politeness = Politeness(source("https://a.org/"), clock=FakeClock(), folder=tmp_path)
    with politeness.turn("a.org"):  # a process that is killed here has still asked
        state = json.loads((tmp_path / f"{file_name('a.org')}.json").read_bytes())
    assert (state["requests"], state["ended"]) == (1, NOON.timestamp())


# The budget


@pytest.mark.parametrize(
    ("keys", "used"), [({"daily_requests": 2}, "2 of 2 requests"), ({"daily_bytes": 1500}, "2,000 of 1,500 bytes")]
)
def test_a_spent_budget_says_when_it_resumes_and_is_back_the_next_day(
    keys: dict[str, int], used: str, tmp_path: Path
) -> None:
    clock = FakeClock()
    for _ in range(2):
        ask(tmp_path, clock, **keys)
    with pytest.raises(BudgetSpent, match=used) as error:
        ask(tmp_path, clock, **keys)
    assert "after 2026-03-02 00:00 UTC" in error.value.advice
    assert error.value.again == datetime.fromisoformat("2026-03-02T00:00:00+00:00")
    clock.set(datetime.fromisoformat("2026-03-01T23:59:59+00:00"))
    with pytest.raises(BudgetSpent):
        ask(tmp_path, clock, **keys)
    clock.set(datetime.fromisoformat("2026-03-02T00:00:00+00:00"))
    ask(tmp_path, clock, **keys)


def test_bytes_count_as_received_also_those_of_broken_answers_and_of_robots_txt(tmp_path: Path) -> None:
    broken = [b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"x" * 100]
    routes = {"/": lambda: broken, "/robots.txt": reply(404, b"y" * 10)}
    with (
        Site(routes) as site,
        client(source(site.url(), daily_bytes=250), tmp_path) as http,
        pytest.raises(BudgetSpent, match="310 of 250 bytes"),
    ):
        http.get(site.url())
    assert site.paths() == ["/"] * 3
