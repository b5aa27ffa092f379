"""A site that offers nothing but pages, crawled by a real process over real sockets."""

from __future__ import annotations

import gzip
import os
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from time import sleep
from typing import Any

import msgspec
import psutil
import pytest

from harvesters.clock import SystemClock
from harvesters.errors import HarvestError, LimitReached, ProtocolError, RobotsDisallowed
from harvesters.model import HarvestTask, Page, State
from harvesters.protocols import crawl
from tests.harvesters.servers import FakeClock, Route, Site, client, reply, source

NIGHT = datetime(2026, 3, 1, 1, tzinfo=UTC)
PROSE = "Les zones humides du pays abritent des oiseaux, des poissons et des plantes que peu de gens connaissent. " * 4


def page(title: str, *links: str, head: str = "", text: str = PROSE) -> bytes:
    menu = "".join(f'<a href="{link}">{link}</a> ' for link in links)
    body = f"<html lang='fr'><head><title>{title}</title>{head}</head><body><nav>{menu}</nav>"
    return f"{body}<main><h1>{title}</h1><p>{title}. {text}</p></main></body></html>".encode()


def html(body: bytes, **headers: str) -> bytes:
    return reply(200, body, content_type="text/html; charset=utf-8", **headers)


def site(**pages: bytes) -> dict[str, Route]:
    """A start that leads to every page; each page leads back."""
    routes: dict[str, Route] = {f"/{name}": html(body) for name, body in pages.items()}
    routes["/"] = html(page("Accueil", *(f"/{name}" for name in pages), text=""))
    return routes


def crawled(
    served: Site, folder: Path, state: State | None = None, *, full: bool = False, limit: int | None = None, **keys: Any
) -> tuple[list[Page], State]:
    given = source(served.url(), protocol="crawl", **{"options": {"hours": None}, **keys})
    state = state or State()
    with client(given, folder, clock=FakeClock(NIGHT + timedelta(seconds=len(served.asked)))) as http:
        return list(crawl.harvest(HarvestTask(source=given, full=full, limit=limit), http, state)), state


def names(pages: list[Page], *, deleted: bool = False) -> list[str]:
    return sorted(
        record.identifier.partition("//")[2].partition("/")[2]
        for one in pages for record in one.records if record.deleted is deleted
    )  # fmt: skip


def codes(pages: list[Page]) -> Counter[str]:
    return Counter(issue.code for one in pages for issue in one.issues)


def loaded(state: State) -> State:
    return State(loaded=msgspec.json.decode(msgspec.json.encode(state.kept)))


class TestPages:
    def test_every_page_that_a_link_leads_to_is_asked_once_and_is_a_record(self, tmp_path: Path) -> None:
        with Site(site(a=page("Un", "/b", "/a#x"), b=page("Deux", "/a", "http://elsewhere.example/"))) as served:
            pages, _ = crawled(served, tmp_path)
        assert names(pages) == ["a", "b"]
        assert sorted(served.paths()) == ["/", "/a", "/b", "/sitemap.xml"]
        assert [one.last for one in pages] == [*[False] * (len(pages) - 1), True]
        assert {one.facts["window"] for one in pages} == {True}

    def test_site_maps_lead_to_what_no_link_does(self, tmp_path: Path) -> None:
        routes = site(a=page("Un"))
        with Site(routes) as served:
            index = f"<sitemapindex><sitemap><loc>{served.url('/m.xml.gz')}</loc></sitemap></sitemapindex>"
            urls = f"<url><loc>{served.url('/lone')}</loc><link rel='alternate' href='{served.url('/arabe')}'/></url>"
            served.routes |= {
                "/robots.txt": reply(200, f"Sitemap: {served.url('/map')}".encode(), content_type="text/plain"),
                "/map": reply(200, index.encode(), content_type="text/xml"),
                "/m.xml.gz": reply(200, gzip.compress(f"<urlset>{urls}</urlset>".encode())),
                "/lone": html(page("Seule")),
                "/arabe": html(page("Arabe")),
            }  # fmt: skip
            pages, _ = crawled(served, tmp_path)
        assert names(pages) == ["a", "arabe", "lone"]

    def test_feeds_lead_to_pages_too(self, tmp_path: Path) -> None:
        feed = "<link rel='alternate' type='application/rss+xml' href='/feed'>"
        with Site({"/": html(page("Accueil", head=feed, text=""))}) as served:
            item = f"<rss version='2.0'><channel><item><link>{served.url('/new')}</link></item></channel></rss>"
            served.routes |= {"/feed": reply(200, item.encode()), "/new": html(page("Nouvelle"))}
            pages, _ = crawled(served, tmp_path)
        assert names(pages) == ["new"]

    def test_a_page_under_several_addresses_is_one_record(self, tmp_path: Path) -> None:
        with Site({}) as served:
            head = f"<link rel='canonical' href='{served.url('/a')}'>"
            served.routes |= site(a=page("Un", head=head), b=page("Un", head=head))
            pages, _ = crawled(served, tmp_path)
        assert names(pages) == ["a"]

    def test_documents_are_not_downloaded_nor_what_turns_out_to_be_one(self, tmp_path: Path) -> None:
        endless = [b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 9999999999\r\n\r\n%PDF"]
        with Site(site(a=page("Un", "/f.pdf", "/download?id=7"))) as served:
            served.routes["/download"] = lambda: endless
            pages, _ = crawled(served, tmp_path)
        (document,) = (one.answer for one in pages if one.answer.url.endswith("id=7"))
        assert (document.body, document.headers["content-length"]) == (b"", "9999999999")
        assert "/f.pdf" not in served.paths()
        assert (names(pages), codes(pages), pages[-1].last) == (["a"], {}, True)

    def test_a_calendar_without_end_costs_nothing_and_is_told(self, tmp_path: Path) -> None:
        routes = site(a=page("Un", *(f"/agenda?mois=20{year}-01" for year in range(27, 90))))
        with Site(routes) as served:
            pages, _ = crawled(served, tmp_path)
        (issue,) = pages[-1].issues
        assert (issue.code, issue.value, issue.severity) == ("addresses_left_out", "calendar", "note")
        assert issue.message.startswith("63 addresses")
        assert not [path for path in served.paths() if "agenda" in path]


class TestAgain:
    def test_what_is_the_same_brings_no_record_and_is_asked_more_and_more_seldom(self, tmp_path: Path) -> None:
        stamped = page("Un", text=f"{PROSE}</p><p>Visiteurs : 7")
        with Site(site(a=stamped)) as served:
            _, state = crawled(served, tmp_path)
            served.routes["/a"] = html(page("Un", text=f"{PROSE}</p><p>Visiteurs : 9"))
            first = state.kept["pages"][served.url("/a")]
            pages, state = crawled(served, tmp_path, due(loaded(state)))
            second = state.kept["pages"][served.url("/a")]
        assert names(pages) == []
        assert (first["every"], second["every"]) == (7, 14)

    def test_a_page_that_changed_comes_again_and_sooner_the_next_time(self, tmp_path: Path) -> None:
        with Site(site(a=page("Un"))) as served:
            _, state = crawled(served, tmp_path)
            served.routes["/a"] = html(page("Deux"))
            pages, state = crawled(served, tmp_path, due(loaded(state)))
            assert names(pages) == ["a"]
            assert state.kept["pages"][served.url("/a")]["every"] == 3

    def test_validators_are_sent_and_a_304_is_the_same(self, tmp_path: Path) -> None:
        with Site({**site(), "/": html(page("Accueil"), etag='"1"')}) as served:
            _, state = crawled(served, tmp_path)
            served.routes["/"] = reply(304)
            pages, _ = crawled(served, tmp_path, loaded(state))
        assert served.asked[-1].headers["if-none-match"] == '"1"'
        assert (names(pages, deleted=True), pages[-1].last) == ([], True)

    def test_what_is_not_due_is_not_asked_unless_its_site_map_says_that_it_changed(self, tmp_path: Path) -> None:
        with Site(site(a=page("Un"), b=page("Deux"))) as served:
            _, state = crawled(served, tmp_path)
            url = f"<url><loc>{served.url('/a')}</loc><lastmod>2026-03-01T09:00:00Z</lastmod></url>"
            served.routes["/sitemap.xml"] = reply(200, f"<urlset>{url}</urlset>".encode(), content_type="text/xml")
            before = len(served.paths())
            crawled(served, tmp_path, loaded(state))
        assert sorted(served.paths()[before:]) == ["/", "/a", "/sitemap.xml"]

    def test_a_site_map_is_held_to_its_own_earlier_word_whatever_its_clock_says(self, tmp_path: Path) -> None:
        def mapped(served: Site, **modified: str) -> bytes:
            urls = (
                f"<url><loc>{served.url(f'/{n}')}</loc><lastmod>{day}</lastmod></url>" for n, day in modified.items()
            )
            return reply(200, f"<urlset>{''.join(urls)}</urlset>".encode(), content_type="text/xml")

        with Site(site(a=page("Un"), b=page("Deux"))) as served:
            served.routes["/sitemap.xml"] = mapped(served, a="1999-01-01", b="2031-01-01")
            _, state = crawled(served, tmp_path)
            served.routes["/sitemap.xml"] = mapped(served, a="1999-01-02", b="2031-01-01")
            before = len(served.paths())
            crawled(served, tmp_path, loaded(state))
        assert sorted(served.paths()[before:]) == ["/", "/a", "/sitemap.xml"]

    def test_a_site_map_that_calls_everything_new_is_believed_once(self, tmp_path: Path) -> None:
        state, asked = State(), []
        with Site(site(a=page("Un"))) as served:
            for day in "1234":
                url = f"<url><loc>{served.url('/a')}</loc><lastmod>2026-01-0{day}</lastmod></url>"
                served.routes["/sitemap.xml"] = reply(200, f"<urlset>{url}</urlset>".encode(), content_type="text/xml")
                before = len(served.paths())
                _, state = crawled(served, tmp_path, loaded(state))
                asked.append("/a" in served.paths()[before:])
        assert asked == [True, True, False, False]

    def test_pages_that_lead_on_are_asked_every_time_and_so_is_what_is_new_on_them(self, tmp_path: Path) -> None:
        with Site(site(a=page("Un"))) as served:
            _, state = crawled(served, tmp_path)
            served.routes |= site(a=page("Un"), b=page("Deux"))
            before = len(served.paths())
            pages, _ = crawled(served, tmp_path, loaded(state))
        assert names(pages) == ["b"]
        assert sorted(served.paths()[before:]) == ["/", "/b", "/sitemap.xml"]

    def test_a_full_sweep_asks_and_brings_all(self, tmp_path: Path) -> None:
        with Site(site(a=page("Un"), b=page("Deux"))) as served:
            _, state = crawled(served, tmp_path)
            pages, _ = crawled(served, tmp_path, loaded(state), full=True)
        assert names(pages) == ["a", "b"]


def due(state: State) -> State:
    """As if the day had come on which every page is due."""
    pages = {url: {**known, "due": "2026-03-01"} for url, known in state.get("pages").items()}
    return State(loaded={**{key: state.get(key) for key in ("wanted", "lost")}, "pages": pages})


class TestAbsence:
    def test_a_page_that_is_gone_is_a_tombstone_at_the_end_of_a_whole_crawl(self, tmp_path: Path) -> None:
        with Site(site(a=page("Un"), b=page("Deux"), c=page("Trois"))) as served:
            _, state = crawled(served, tmp_path)
            served.routes["/b"] = reply(410, b"gone")
            served.routes["/c"] = html(page("Page introuvable", text="La page demandée est introuvable."))
            pages, state = crawled(served, tmp_path, due(loaded(state)))
            assert (names(pages, deleted=True), names(pages[-1:], deleted=True)) == (["b", "c"], ["b", "c"])
            assert state.kept["lost"] == {}

    def test_what_its_list_names_no_more_is_asked_at_once_and_only_then_found_to_be_gone(self, tmp_path: Path) -> None:
        with Site(site(a=page("Un"), b=page("Deux"), c=page("Trois"))) as served:
            _, state = crawled(served, tmp_path)
            served.routes |= {"/": html(page("Accueil", "/a", text="")), "/b": reply(404, b"none")}
            before = len(served.paths())
            pages, state = crawled(served, tmp_path, loaded(state))
            assert sorted(served.paths()[before:]) == ["/", "/b", "/c", "/sitemap.xml"]
            assert (names(pages, deleted=True), names(pages)) == (["b"], [])
            before = len(served.paths())
            crawled(served, tmp_path, loaded(state))
            assert sorted(served.paths()[before:]) == ["/", "/sitemap.xml"], "/c lives, and waits for its day"

    def test_a_list_that_is_as_it_was_still_names_its_pages(self, tmp_path: Path) -> None:
        with Site(site(a=page("Un"))) as served:
            served.routes["/"] = html(page("Accueil", "/a", text=""), etag='"1"')
            _, state = crawled(served, tmp_path)
            served.routes["/"] = reply(304)
            before = len(served.paths())
            crawled(served, tmp_path, loaded(state))
        assert sorted(served.paths()[before:]) == ["/", "/sitemap.xml"]

    def test_a_crawl_that_met_its_limit_removes_nothing_and_the_next_one_goes_on(self, tmp_path: Path) -> None:
        with Site(site(**{f"p{number}": page(f"Page {number}") for number in range(9)})) as served:
            first, state = crawled(served, tmp_path, max_pages=5)
            assert (first[-1].last, codes(first)) == (False, {"page_cap": 1})
            second, state = crawled(served, tmp_path, loaded(state))
        assert sorted(names(first) + names(second)) == [f"p{number}" for number in range(9)]
        assert second[-1].last
        assert state.kept["wanted"] == {}

    def test_a_page_that_is_no_longer_linked_lives_as_long_as_it_answers(self, tmp_path: Path) -> None:
        with Site(site(a=page("Un"), b=page("Deux"))) as served:
            _, state = crawled(served, tmp_path)
            served.routes["/"] = html(page("Accueil", "/a", text=""))
            pages, _ = crawled(served, tmp_path, due(loaded(state)))
        assert names(pages, deleted=True) == []

    def test_a_page_that_cannot_be_read_is_an_issue_and_is_not_gone(self, tmp_path: Path) -> None:
        with Site(site(a=page("Un"), b=page("Deux"))) as served:
            _, state = crawled(served, tmp_path)
            served.routes["/b"] = html(page("Deux", text=PROSE * 100))
            pages, _ = crawled(served, tmp_path, due(loaded(state)), max_bytes=20_000)
        assert codes(pages) == {"page_not_readable": 1}
        assert names(pages, deleted=True) == []


class TestKilled:
    def test_a_crawl_killed_five_times_ends_with_the_same_pages(self, tmp_path: Path) -> None:
        """The harvest's process loses its crawl, or dies itself: what counts is what was kept with each page."""
        routes = site(**{f"p{n}": page(f"Page {n}", f"/q{n}", f"/p{(n + 1) % 12}") for n in range(12)})
        routes |= {f"/q{n}": html(page(f"Feuille {n}")) for n in range(12)}
        with Site(routes) as served:
            whole, _ = crawled(served, tmp_path)
            asked = len(served.paths())
            came: list[Page] = []
            kept: dict[str, Any] = {}
            for after in (1, 2, 6, 3, 5):
                state = State(kept=kept)
                for one in killed(served, tmp_path, state, after):
                    kept = state.news().onto(kept)
                    came.append(one)
            rest, _ = crawled(served, tmp_path, State(kept=kept))
        assert names(came + rest) == names(whole) == sorted({f"{kind}{n}" for kind in "pq" for n in range(12)})
        assert rest[-1].last
        assert len(served.paths()) - asked <= asked + 5, "at most the page that was under way is asked twice"

    def test_one_that_was_killed_behind_its_last_page_ends_as_if_it_had_not(self, tmp_path: Path) -> None:
        with Site(site(a=page("A", "/a"))) as served:
            whole, _ = crawled(served, tmp_path)
            asked = len(served.paths())
            kept: dict[str, Any] = {}
            state = State(kept=kept)
            for _ in killed(served, tmp_path, state, len(whole) - 1):
                kept = state.news().onto(kept)
            rest, _ = crawled(served, tmp_path, State(kept=kept))
            asked_again = served.paths()[2 * asked :]
        assert [one.last for one in rest] == [True]
        assert [path for path in asked_again if path not in ("/robots.txt", "/sitemap.xml")] == []


def killed(served: Site, folder: Path, state: State, after: int) -> Iterator[Page]:
    """A crawl whose process is killed behind so many pages."""
    given = source(served.url(), protocol="crawl", options={"hours": None})
    with client(given, folder, clock=FakeClock(NIGHT)) as http:
        pages = crawl.harvest(HarvestTask(source=given), http, state)
        for _ in range(after):
            yield next(pages)
        (child,) = psutil.Process().children()
        os.kill(child.pid, signal.SIGKILL)
        with pytest.raises(ProtocolError, match="broke off"):
            yield from pages


class TestManners:
    def test_by_day_the_site_is_left_alone(self, tmp_path: Path) -> None:
        given = source("http://127.0.0.1:9/", protocol="crawl", government="NP")
        with client(given, tmp_path, clock=FakeClock(datetime(2026, 3, 1, 6, 15, tzinfo=UTC))) as http:
            pages = crawl.harvest(HarvestTask(source=given), http, State())
            with pytest.raises(
                LimitReached, match="It is 12:00 in Asia/Kathmandu, and the site is crawled from 20:00"
            ) as error:
                next(pages)
        assert error.value.again == datetime(2026, 3, 1, 14, 15, tzinfo=UTC), "at 20:00 there"

    def test_robots_txt_is_obeyed(self, tmp_path: Path) -> None:
        rules = b"User-agent: *\nDisallow: /private"
        routes = {**site(a=page("Un", "/private/x")), "/robots.txt": reply(200, rules)}
        with Site(routes) as served:
            pages, _ = crawled(served, tmp_path)
        assert "/private/x" not in served.paths()
        assert (codes(pages), pages[-1].last) == ({}, True)

    def test_a_site_that_wants_no_robots_is_not_crawled(self, tmp_path: Path) -> None:
        with (
            Site({"/robots.txt": reply(200, b"User-agent: *\nDisallow: /")}) as served,
            pytest.raises(RobotsDisallowed, match="asks chm-aggregator to stay away"),
        ):
            crawled(served, tmp_path)

    def test_the_crawl_says_who_it_is_and_asks_one_at_a_time(self, tmp_path: Path) -> None:
        with Site(site(a=page("Un"), b=page("Deux"))) as served:
            crawled(served, tmp_path)
        agents = {each.headers["user-agent"] for each in served.asked}
        assert len(agents) == 1
        assert agents.pop().startswith("chm-aggregator/")
        assert served.most_at_once == 1

    def test_a_slow_server_rests_for_as_long_as_its_answers_take(self, tmp_path: Path) -> None:
        def slow(body: bytes) -> Route:
            def pieces() -> Iterator[bytes]:
                sleep(0.4)
                yield html(body)

            return pieces

        with Site({}, clock=SystemClock()) as served:
            served.routes = {path: slow(page(path, "/a", "/b", "/c")) for path in ("/", "/a", "/b", "/c")}
            crawled(served, tmp_path)
        began = [each.began for each in served.asked if each.path in served.routes]
        rests = [(later - earlier).total_seconds() - 0.4 for earlier, later in pairwise(began)]
        assert len(rests) == 3
        assert min(rests) >= 0.35

    @pytest.mark.parametrize(
        ("keys", "limit"),
        [
            ({"options": {"hours": None, "megabytes": 1}}, "byte_cap"),
            ({"options": {"hours": None, "longest": 1e-9}}, "closing_time"),
        ],
    )
    def test_a_limit_ends_it_and_what_is_left_waits(self, keys: dict[str, Any], limit: str, tmp_path: Path) -> None:
        heavy = f"<!-- {'x' * 600_000} -->"
        with Site(site(**{name: page(name, head=heavy) for name in "abcd"})) as served:
            first, state = crawled(served, tmp_path, **keys)
            rest, _ = crawled(served, tmp_path, loaded(state))
        assert (first[-1].last, codes(first)) == (False, {limit: 1})
        assert sorted(names(first) + names(rest)) == list("abcd")

    def test_what_lies_too_deep_is_left_out_and_told(self, tmp_path: Path) -> None:
        routes = {"/": html(page("Accueil", "/a", text=""))}
        routes |= {f"/{name}": html(page(name, f"/{onward}")) for name, onward in pairwise("abcd")}
        with Site(routes) as served:
            pages, _ = crawled(served, tmp_path, options={"hours": None, "depth": 2})
        assert names(pages) == ["a", "b"]
        assert [(issue.code, issue.value) for issue in pages[-1].issues] == [("addresses_left_out", "too_deep")]

    def test_the_budget_of_the_day_ends_it_and_what_is_left_waits(self, tmp_path: Path) -> None:
        with Site(site(a=page("Un"), b=page("Deux"), c=page("Trois"))) as served:
            pages, state = crawled(served, tmp_path, daily_requests=4)
        assert codes(pages) == {"crawl_stopped": 1}
        assert not pages[-1].last
        assert len(state.kept["wanted"]) >= 1

    @pytest.mark.parametrize("answer", [reply(404), reply(403), reply(200, b"{}", content_type="application/json")])
    def test_a_start_that_is_no_page_fails_the_harvest(self, tmp_path: Path, answer: bytes) -> None:
        with Site({"/": answer}) as served, pytest.raises(HarvestError):
            crawled(served, tmp_path)

    def test_its_process_has_ended_when_the_harvest_is_left_in_the_middle(self, tmp_path: Path) -> None:
        with Site(site(a=page("Un"), b=page("Deux"))) as served:
            pages, _ = crawled(served, tmp_path, limit=1)
        assert (len(names(pages)), pages[-1].last) == (1, False)
        assert psutil.Process().children() == []


def test_hours_are_checked_as_options() -> None:
    options = crawl.Options.model_validate({"hours": ["19:30", "05:00"], "timezone": "Asia/Kathmandu"})
    assert options.hours == (time(19, 30), time(5))
    with pytest.raises(ValueError, match="must be a name of the tz database"):
        crawl.Options.model_validate({"timezone": "Nowhere/At_all"})


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://2852039166/",
        "//user@example.org/",
        "http://[::1",
        "https://",
    ],
)
def test_hostile_addresses_are_refused_by_the_client_and_by_the_crawl_alike(location: str, tmp_path: Path) -> None:
    """As links and as redirects: the crawl asks through the very client, so there is one guard."""
    with Site({**site(a=page("Un", location)), "/away": reply(302, location=location)}) as served:
        served.routes["/"] = html(page("Accueil", "/a", "/away", location, text=""))
        pages, _ = crawled(served, tmp_path)
        with client(served.url(), tmp_path) as http, pytest.raises(HarvestError):
            http.get(location if "://" in location else f"http:{location}")
        assert {path for path in served.paths() if path not in ("/", "/a", "/away", "/sitemap.xml")} == set()
    assert names(pages) == ["a"]
    assert pages[-1].last
