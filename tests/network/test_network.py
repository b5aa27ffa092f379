"""The demonstration network: three sites that behave like the real platforms, the same at every asking of a day."""

from __future__ import annotations

import ast
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest
import requests
import yaml
from lxml import etree

from tests.network import library, portal, wordpress_site
from tests.network.count import Count, count, must_hold
from tests.network.days import moment, stamp
from tests.network.network import SITES, SOURCES, Network
from tests.network.text import UN_LANGUAGES, facts, table, tell, templates

OAI = "{http://www.openarchives.org/OAI/2.0/}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DESCRIPTION = "{http://purl.org/dc/elements/1.1/}description"
ROOMS = {"harvesters", "normalizers", "vocabularies", "warehouse", "airflow"}


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with Network() as running:
        yield running


@pytest.fixture(autouse=True)
def on_the_first_day(network: Network) -> None:
    network.day = 1


def ask(network: Network, site: str, path: str = "", **wishes: str | int) -> requests.Response:
    url = network.homes[site] + path if path else network.urls[site]
    return requests.get(url, params=wishes, timeout=30)


def oai(network: Network, **arguments: str) -> etree._Element:
    return etree.fromstring(ask(network, "ca_demo", **arguments).content)


def records(network: Network, **window: str) -> list[etree._Element]:
    """Every record of ListRecords, page after page."""
    found: list[etree._Element] = []
    wishes = {"verb": "ListRecords", "metadataPrefix": "oai_dc"} | window
    while True:
        page = oai(network, **wishes)
        found += page.iter(f"{OAI}record")
        token = page.findtext(f".//{OAI}resumptionToken")
        if not token:
            return found
        wishes = {"verb": "ListRecords", "resumptionToken": token}


def headers(found: list[etree._Element]) -> dict[str, etree._Element]:
    return {record.findtext(f"{OAI}header/{OAI}identifier") or "": record[0] for record in found}


class TestText:
    def test_each_un_language_has_at_least_600_distinct_sentences(self, network: Network) -> None:
        sentences: dict[str, set[str]] = {language: set() for language in UN_LANGUAGES}
        for record in records(network):
            for text in record.iter(DESCRIPTION):
                sentences[text.get(XML_LANG, "")].add(str(text.text))
        assert min(map(len, sentences.values())) >= 600

    def test_no_two_records_of_the_network_have_the_same_description(self) -> None:
        told = [text.description for day in library.documents(2) for text in day.tellings()]
        told += [item.description for item in portal.items(2)]
        told += [post.excerpt for post in wordpress_site.posts()]
        assert len(told) > 4000
        assert [text for text, times in Counter(told).items() if times > 1] == []

    @pytest.mark.parametrize("language", [*UN_LANGUAGES, "nl"])
    def test_every_fact_can_be_told_without_a_gap(self, language: str) -> None:
        for fact in facts():
            if language != "nl" or fact.country == "be":
                told = tell(fact, language)
                assert not re.search(r"[{}]|\(\)|  |None", told.title + told.description), told

    def test_every_language_has_the_same_kinds_and_variants_of_sentences(self) -> None:
        shapes = {
            language: {kind: sorted(v) for kind, v in kinds.items() if kind != "revised"}
            for language, kinds in templates().items()
        }
        assert all(shape == shapes["en"] for shape in shapes.values())

    @pytest.mark.parametrize("name", ["countries", "species", "areas", "laws", "targets", "subjects"])
    def test_every_row_of_a_table_has_as_many_values_as_its_head(self, name: str) -> None:
        assert [row for row in table(name) if None in row or None in row.values()] == []


class TestRepository:
    def test_a_page_has_100_records_and_tells_how_many_there_are(self, network: Network) -> None:
        page = oai(network, verb="ListRecords", metadataPrefix="oai_dc")
        token = page.find(f".//{OAI}resumptionToken")
        assert len(page.findall(f".//{OAI}record")) == 100
        assert token is not None
        assert token.get("completeListSize") == str(library.FIRST_DAY)
        assert len(headers(records(network))) == library.FIRST_DAY

    def test_a_deleted_record_is_a_header_without_metadata_in_every_verb(self, network: Network) -> None:
        found = records(network)
        gone = [record for record in found if record[0].get("status") == "deleted"]
        assert len(gone) == library.GONE
        assert all(len(record) == 1 for record in gone)
        assert all(record.find(f"{OAI}metadata") is not None for record in found if record not in gone)
        name = gone[0].findtext(f"{OAI}header/{OAI}identifier") or ""
        alone = oai(network, verb="GetRecord", metadataPrefix="oai_dc", identifier=name).find(f".//{OAI}record")
        assert alone is not None
        assert [(child.tag, child.get("status")) for child in alone] == [(f"{OAI}header", "deleted")]

    def test_the_clock_is_the_networks_own(self, network: Network) -> None:
        for day, date in ((1, "Sun, 01 Mar 2026 06:00:00 GMT"), (2, "Mon, 02 Mar 2026 06:00:00 GMT")):
            network.day = day
            answer = ask(network, "ca_demo", verb="Identify")
            assert answer.headers["Date"] == date
            assert f"<responseDate>2026-03-0{day}T06:00:00Z</responseDate>" in answer.text
            assert '<request verb="Identify">' in answer.text

    def test_the_second_day_lists_what_happened_since_the_first_and_nothing_else(self, network: Network) -> None:
        before = headers(records(network))
        network.day = 2
        since = headers(records(network, **{"from": stamp(moment(1)), "until": stamp(moment(2))}))
        kinds = Counter(
            ("new" if name not in before else str(before[name].get("status")), str(header.get("status")))
            for name, header in since.items()
        )
        assert kinds == {
            ("new", "None"): library.ADDED,
            ("None", "None"): library.REVISED,
            ("None", "deleted"): library.REMOVED,
            ("deleted", "None"): library.RETURNED,
        }
        stamps = [header.findtext(f"{OAI}datestamp") or "" for header in since.values()]
        assert stamp(moment(1)) < min(stamps)
        assert max(stamps) < stamp(moment(2))

    def test_a_few_records_lie_in_the_hour_before_the_first_answer(self, network: Network) -> None:
        assert len(records(network, **{"from": "2026-03-01T05:00:00Z"})) == 6

    def test_the_third_day_is_like_the_second_but_for_the_clock(self, network: Network) -> None:
        network.day = 2
        second = records(network)
        network.day = 3
        assert list(map(etree.tostring, records(network))) == list(map(etree.tostring, second))
        nothing = oai(network, verb="ListRecords", metadataPrefix="oai_dc", **{"from": stamp(moment(2))})
        assert nothing.find(f"{OAI}error").get("code") == "noRecordsMatch"

    def test_the_parents_set_holds_all_that_its_children_hold(self, network: Network) -> None:
        specs = [spec.text or "" for spec in oai(network, verb="ListSets").iter(f"{OAI}setSpec")]
        children = [spec for spec in specs if spec.startswith("kind:")]
        assert len(children) == 4
        members = [set(headers(records(network, set=spec))) for spec in children]
        assert set(headers(records(network, set="kind"))) == set().union(*members)
        assert sum(map(len, members)) == library.FIRST_DAY

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            ({"verb": "Fetch"}, "badVerb"),
            ({"verb": "ListRecords"}, "badArgument"),
            ({"verb": "ListRecords", "metadataPrefix": "marc21"}, "cannotDisseminateFormat"),
            ({"verb": "ListRecords", "resumptionToken": "nonsense"}, "badResumptionToken"),
            ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "yesterday"}, "badArgument"),
            (
                {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-01-02", "until": "2026-01-01"},
                "badArgument",
            ),
            ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "kind:poem"}, "noRecordsMatch"),
            ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:x:1"}, "idDoesNotExist"),
        ],
    )
    def test_a_wrong_request_gets_the_protocols_error(
        self, network: Network, arguments: dict[str, str], code: str
    ) -> None:
        error = oai(network, **arguments).find(f"{OAI}error")
        assert error is not None
        assert error.get("code") == code

    def test_a_token_does_not_outlive_its_day(self, network: Network) -> None:
        token = oai(network, verb="ListIdentifiers", metadataPrefix="oai_dc").findtext(f".//{OAI}resumptionToken")
        network.day = 2
        error = oai(network, verb="ListIdentifiers", resumptionToken=str(token)).find(f"{OAI}error")
        assert error is not None
        assert error.get("code") == "badResumptionToken"

    def test_robots_txt_is_missing(self, network: Network) -> None:
        assert ask(network, "ca_demo", "robots.txt").status_code == 404


class TestPortal:
    def test_the_index_leads_to_every_channel_and_each_is_rss_1_0(self, network: Network) -> None:
        index = feedparser.parse(ask(network, "be_demo").content)
        assert [entry.title for entry in index.entries] == list(portal.CHANNELS.values())
        for entry in index.entries:
            channel = feedparser.parse(requests.get(entry.link, timeout=30).content)
            assert (channel.version, channel.bozo) == ("rss10", False)
            assert channel.entries

    def test_events_bear_place_organizer_and_days(self, network: Network) -> None:
        channel = feedparser.parse(ask(network, "be_demo", "portal_syndication/upcomingevents_rdf").content)
        assert len(channel.entries) >= 3
        for entry in channel.entries:
            assert stamp(moment(1)) < entry.ev_startdate < entry.ev_enddate
            assert entry.ev_location
            assert entry.ev_organizer

    def test_an_item_may_stand_in_two_channels_and_is_the_same_in_both(self, network: Network) -> None:
        news, new = (
            dict(re.findall(r'<item rdf:about="([^"]+)">(.*?)</item>', ask(network, "be_demo", path).text))
            for path in ("portal_syndication/latestnews_rdf", "portal_syndication/whatsnew_rdf")
        )
        both = news.keys() & new.keys()
        assert both
        assert all(news[url] == new[url] for url in both)

    def test_the_second_day_adds_and_edits_under_the_same_names(self) -> None:
        first, second = ({item.url: item for item in portal.items(day)} for day in (1, 2))
        shown = {item.url for name in portal.CHANNELS for item in portal.channel_items(name, 2)}
        added = second.keys() - first.keys()
        edited = {url for url in first if first[url] != second[url]}
        assert (len(added), len(edited)) == (portal.ADDED, len(portal.REVISED))
        assert added | edited <= shown
        assert all(first[url].released == second[url].released for url in edited)
        assert portal.items(3) == portal.items(2)

    def test_every_item_has_a_page(self, network: Network) -> None:
        item = portal.items(1)[0]
        page = ask(network, "be_demo", item.path)
        assert page.ok
        assert f'lang="{item.language}"' in page.text


class TestBlog:
    def test_the_feed_is_paged_and_ends_with_404(self, network: Network) -> None:
        pages = [feedparser.parse(ask(network, "pe_demo", paged=page).content) for page in range(1, 10)]
        assert {(page.version, bool(page.bozo)) for page in pages} == {("rss20", False)}
        assert [len(page.entries) for page in pages] == [10] * 8 + [4]
        assert len({entry.id for page in pages for entry in page.entries}) == wordpress_site.POSTS
        assert ask(network, "pe_demo", paged=10).status_code == 404

    @pytest.mark.parametrize("name", ["ETag", "Last-Modified"])
    def test_one_who_has_it_already_gets_304(self, network: Network, name: str) -> None:
        answer = ask(network, "pe_demo")
        condition = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}[name]
        again = requests.get(answer.url, headers={condition: answer.headers[name]}, timeout=30)
        assert (again.status_code, again.content) == (304, b"")

    def test_one_who_has_another_version_gets_it_all(self, network: Network) -> None:
        held = {"If-None-Match": '"another"', "If-Modified-Since": "Mon, 02 Mar 2026 06:00:00 GMT"}
        assert requests.get(network.urls["pe_demo"], headers=held, timeout=30).status_code == 200

    def test_the_home_page_names_the_feed(self, network: Network) -> None:
        assert f'rel="alternate" type="application/rss+xml" title="{wordpress_site.TITLE}' in (
            home := ask(network, "pe_demo", "?").text
        )
        assert network.urls["pe_demo"] in home

    def test_guid_leads_to_the_post(self, network: Network) -> None:
        post = wordpress_site.posts()[0]
        assert post.title in ask(network, "pe_demo", f"?p={post.number}").text

    def test_robots_txt_allows_without_a_delay(self, network: Network) -> None:
        robots = ask(network, "pe_demo", "robots.txt").text
        assert "Disallow: /wp-admin/" in robots
        assert "Crawl-delay" not in robots

    @pytest.mark.parametrize("day", [2, 3])
    def test_it_is_dead_from_the_second_day_on(self, network: Network, day: int) -> None:
        network.day = day
        with pytest.raises(requests.ConnectionError, match="refused"):
            ask(network, "pe_demo", "robots.txt")


class TestNetwork:
    def test_a_days_answers_are_the_same_byte_for_byte_whoever_serves_them(self, network: Network) -> None:
        paths = {"ca_demo": "oai?verb=ListRecords&metadataPrefix=oai_dc", "be_demo": "localchannels_rdf"}
        with Network() as other:
            for site, path in {**paths, "pe_demo": "feed/"}.items():
                one, two = (
                    (ask(each, site, path).content.replace(each.homes[site].encode(), b"")) for each in (network, other)
                )
                assert one == two

    def test_days_change_on_the_same_ports(self, network: Network) -> None:
        before = network.urls
        network.day = 2
        assert network.urls == before
        assert [server.alive for server in network.servers.values()] == [True, True, False]

    def test_requests_are_written_down_with_path_and_agent(self, network: Network) -> None:
        url = network.homes["pe_demo"] + "feed/?paged=99"
        requests.get(url, headers={"User-Agent": "a test"}, timeout=30)
        last = network.requests[-1]
        assert (last.site, last.target, last.agent, last.status) == ("pe_demo", "/feed/?paged=99", "a test", 404)
        assert network.asked("pe_demo")[-1] == "/feed/?paged=99"

    def test_a_site_can_fail_after_some_requests(self, network: Network) -> None:
        network.servers["be_demo"].fail_after(1)
        assert [ask(network, "be_demo").status_code for _ in range(3)] == [200, 503, 503]
        network.servers["be_demo"].fail_after(None)
        assert ask(network, "be_demo").ok

    def test_overlays_name_the_actual_addresses_of_every_source_file(self, network: Network, tmp_path: Path) -> None:
        written = {path.stem: yaml.safe_load(path.read_text()) for path in network.write_overlays(tmp_path / "new")}
        assert written.keys() == SITES.keys() == {path.stem for path in SOURCES.glob("*.yml")}
        assert {site: keys["url"] for site, keys in written.items()} == network.urls
        assert all(
            yaml.safe_load((SOURCES / f"{site}.yml").read_text()).keys() > keys.keys() for site, keys in written.items()
        )

    def test_the_page_of_the_harvester_is_the_shipped_one(self, network: Network) -> None:
        about = Path("harvesters/about.html")
        answer = ask(network, "ca_demo", "harvester.html")
        assert answer.content == about.read_bytes() if about.is_file() else answer.status_code == 404

    def test_a_taken_port_is_named(self) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            with pytest.raises(OSError, match=f"port {port} of be_demo is taken"):
                Network(ports={"be_demo": port})

    def test_a_day_before_the_first_is_refused(self) -> None:
        with pytest.raises(ValueError, match="count from 1"):
            Network(day=0)

    def test_nothing_of_it_imports_the_rooms_that_it_tests(self) -> None:
        for module in Path(__file__).parent.glob("*.py"):
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
                assert not {name.partition(".")[0] for name in names} & ROOMS, module


class TestCount:
    def test_it_finds_what_the_sites_hold(self, network: Network) -> None:
        first = count(network.urls)
        network.day = 2
        second = count(network.urls)
        numbers = {site: had and (len(had.live), len(had.deleted)) for site, had in first.items()}
        shown = {i.url for name in portal.CHANNELS for i in portal.channel_items(name, 1) if i.folder != "comments"}
        assert numbers["ca_demo"] == (library.FIRST_DAY - library.GONE, library.GONE)
        assert first["be_demo"] == Count(frozenset(shown))
        assert numbers["pe_demo"] == (wordpress_site.POSTS, 0)
        assert second["pe_demo"] is None

    def test_what_was_seen_in_a_feed_lives_on_and_a_tombstone_ends_a_record(self) -> None:
        days = [
            {
                "feed": Count(frozenset("ab")),
                "list": Count(frozenset("ab"), frozenset("c")),
                "dead": Count(frozenset("x")),
            },
            {"feed": Count(frozenset("bc")), "list": Count(frozenset("bcd"), frozenset("a")), "dead": None},
        ]
        assert must_hold(days) == {
            "feed": Count(frozenset("abc")),
            "list": Count(frozenset("bcd"), frozenset("a")),
            "dead": Count(frozenset("x")),
        }


class TestCommand:
    @pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
    def test_it_serves_until_told_to_end_and_leaves_nothing_behind(self, tmp_path: Path, end: signal.Signals) -> None:
        command = [sys.executable, "-m", "tests.network", "--day", "2", "--overlays", str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            ready = process.stdout.readline()
            urls = dict(pair.split("=", 1) for pair in ready.split()[2:])
            assert ready.startswith("ready day=2 ca_demo=http://127.0.0.1:")
            assert requests.get(urls["be_demo"], timeout=30).ok
            assert {path.name for path in tmp_path.iterdir()} == {f"{site}.yml" for site in SITES}
            process.send_signal(end)
            assert process.wait(timeout=10) == 0
        assert list(tmp_path.iterdir()) == []
        with pytest.raises(requests.ConnectionError):
            requests.get(urls["be_demo"], timeout=30)

    def test_a_site_that_is_not_there_is_refused_with_the_names_of_those_that_are(self) -> None:
        command = [sys.executable, "-m", "tests.network", "--ports", "xx_demo=1"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 2
        assert "no such site: xx_demo; there are ca_demo, be_demo, pe_demo" in done.stderr
