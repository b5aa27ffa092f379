"""The demonstration network as a whole: what it says, that it is the same at every asking of a day, how it is run."""

from __future__ import annotations

import ast
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import requests
import yaml

from tests.network import (
    bioland_site,
    catalogue_site,
    library,
    oai_site,
    plain_site,
    portal,
    structured_site,
    wordpress_rest_site,
    wordpress_site,
)
from tests.network.ask import ask, records
from tests.network.count import Count, count, must_hold
from tests.network.network import SITES, SOURCES, Network
from tests.network.text import UN_LANGUAGES, facts, table, tell, templates

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DESCRIPTION = "{http://purl.org/dc/elements/1.1/}description"
ROOMS = {"harvesters", "normalizers", "vocabularies", "warehouse", "airflow"}


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
        told += [post.telling.description for post in wordpress_rest_site.posts(2)]
        told += [
            one.description
            for country in ("co", "ke")
            for d in catalogue_site.datasets(country, 2)
            for one in d.tellings
        ]
        told += [
            version.body.removeprefix("<p>").removesuffix("</p>")
            for node in bioland_site.nodes(2)
            for version in node.versions.values()
            if not version.outdated
        ]
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


class TestNetwork:
    def test_a_days_answers_are_the_same_byte_for_byte_whoever_serves_them(self, network: Network) -> None:
        paths = {"ca_demo": "oai?verb=ListRecords&metadataPrefix=oai_dc", "be_demo": "localchannels_rdf"}
        with Network() as other:
            paths |= {"pe_demo": "feed/", "eg_demo": "ar/jsonapi/node/content", "cm_demo": "wp-json/wp/v2/posts"}
            paths |= {"co_demo": "api/3/action/package_search", "ke_demo": "catalog.ttl"}
            for site, path in paths.items():
                one, two = (
                    (ask(each, site, path).content.replace(each.homes[site].encode(), b"")) for each in (network, other)
                )
                assert one == two

    def test_days_change_on_the_same_ports(self, network: Network) -> None:
        before = network.urls
        network.day = 2
        assert network.urls == before
        alive = {site: server.alive for site, server in network.servers.items()}
        assert [site for site, is_alive in alive.items() if not is_alive] == ["pe_demo"]

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

    def test_the_page_that_our_user_agent_names_is_served_where_it_is_shipped(
        self, network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(oai_site, "ABOUT_HARVESTER", tmp_path / "about.html")
        assert ask(network, "ca_demo", "harvester.html").status_code == 404
        (tmp_path / "about.html").write_text("who asks, and why")
        assert ask(network, "ca_demo", "harvester.html").text == "who asks, and why"

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
        assert numbers["eg_demo"] == (bioland_site.FIRST_DAY, 0)
        assert second["eg_demo"] == Count(
            frozenset(node.uuid for node in bioland_site.nodes(2) if node.status), whole=True
        )
        assert [first["cm_demo"], second["cm_demo"]] == [
            Count(frozenset(post.guid for post in wordpress_rest_site.posts(day))) for day in (1, 2)
        ]
        for day, shown_then in ((1, first), (2, second)):
            packages, datasets = (catalogue_site.datasets(country, day) for country in ("co", "ke"))
            assert shown_then["co_demo"] == Count(frozenset(one.identifier for one in packages))
            assert shown_then["ke_demo"] == Count(frozenset(one.address for one in datasets))
            morocco, costa_rica = (network.homes[site].removesuffix("/") for site in ("ma_demo", "cr_demo"))
            told = [
                one for tag in plain_site.PATHS for one in (*plain_site.news(tag, day), *plain_site.documents(tag, day))
            ]
            paths = {*(one.path for one in told), *(paths["about"] for paths in plain_site.PATHS.values())}
            assert shown_then["ma_demo"] == Count(frozenset(morocco + path for path in paths), whole=True)
            pages = structured_site.items(day)
            assert shown_then["cr_demo"] == Count(frozenset(costa_rica + one.path for one in pages), whole=True)
        assert second["pe_demo"] is None

    def test_what_was_seen_in_a_feed_lives_on_and_a_tombstone_ends_a_record(self) -> None:
        days: list[dict[str, Count | None]] = [
            {
                "feed": Count(frozenset("ab")),
                "list": Count(frozenset("ab"), frozenset("c")),
                "dead": Count(frozenset("x")),
                "census": Count(frozenset("ab"), whole=True),
            },
            {
                "feed": Count(frozenset("bc")),
                "list": Count(frozenset("bcd"), frozenset("a")),
                "dead": None,
                "census": Count(frozenset("bc"), whole=True),
            },
        ]
        assert must_hold(days) == {
            "feed": Count(frozenset("abc")),
            "list": Count(frozenset("bcd"), frozenset("a")),
            "dead": Count(frozenset("x")),
            "census": Count(frozenset("bc"), frozenset("a")),
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
        assert (
            "no such site: xx_demo; there are ca_demo, be_demo, pe_demo, eg_demo, cm_demo, co_demo, ke_demo, ma_demo, "
            "cr_demo, thesaurus" in done.stderr
        )
