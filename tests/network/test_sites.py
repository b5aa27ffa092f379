"""Each site behaves like its platform, and changes from the first day to the second as it should."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import Any

import feedparser
import pytest
import requests
from lxml import etree

from tests.network import bioland_site, library, portal, wordpress_site
from tests.network.ask import OAI, ask, headers, oai, records
from tests.network.days import moment, stamp
from tests.network.network import Network


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
        assert nothing.xpath("//*[@code]/@code") == ["noRecordsMatch"]

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


class TestBioland:
    PAGE = (
        "ar/jsonapi/node/content?jsonapi_include=1&include=field_type_placement,field_attachments.field_media_document"
    )

    def listed(self, network: Network, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        address: str | None = network.homes["eg_demo"] + path
        while address:
            page = requests.get(address, timeout=30).json()
            found += page["data"]
            address = page["links"].get("next", {}).get("href")
        assert len(found) == page["meta"]["count"]
        return found

    def test_a_page_has_at_most_50_nodes_and_what_is_included_stands_in_its_place(self, network: Network) -> None:
        page = ask(network, "eg_demo", f"{self.PAGE}&page[limit]=200")
        assert page.headers["Content-Type"] == "application/vnd.api+json"
        assert len(page.json()["data"]) == 50
        found = self.listed(network, self.PAGE)
        assert len({node["id"] for node in found}) == bioland_site.FIRST_DAY
        assert {node["field_type_placement"]["name"] for node in found} <= set(bioland_site.TYPES.values())
        files = [each["field_media_document"] for node in found for each in node.get("field_attachments", [])]
        assert files
        assert all(file["uri"]["url"].endswith(".pdf") for file in files)

    def test_every_locale_has_every_node_and_most_of_them_as_placeholders(self, network: Network) -> None:
        for locale in bioland_site.LOCALES:
            found = self.listed(network, f"{locale}/jsonapi/node/content")
            assert {node["attributes"]["langcode"] for node in found} == {locale}
            outdated = [node["attributes"]["content_translation_outdated"] for node in found]
            assert 0 < outdated.count(True) <= len(found)

    def test_a_filter_looks_at_every_language(self, network: Network) -> None:
        network.day = 2
        since = int((moment(2) - timedelta(hours=12)).timestamp())
        condition = (
            f"filter[s][condition][path]=changed&filter[s][condition][operator]=>=&filter[s][condition][value]={since}"
        )
        found = self.listed(network, f"ar/jsonapi/node/content?{condition}")
        assert len(found) == bioland_site.ADDED + 3
        translated = bioland_site.nodes(2)[bioland_site.TRANSLATED]
        assert translated.uuid in {node["id"] for node in found}
        assert translated.versions["ar"].changed.timestamp() < since, "its Spanish is what changed"

    def test_the_second_day_lacks_a_node_of_which_nobody_tells(self, network: Network) -> None:
        before = {node["id"] for node in self.listed(network, "ar/jsonapi/node/content")}
        network.day = 2
        after = {node["id"] for node in self.listed(network, "ar/jsonapi/node/content")}
        assert before - after == {bioland_site.nodes(2)[bioland_site.UNPUBLISHED].uuid}
        assert len(after - before) == bioland_site.ADDED

    def test_robots_txt_lets_everybody_in_and_the_sitemap_has_the_home_page_alone(self, network: Network) -> None:
        assert "Allow: /" in ask(network, "eg_demo", "robots.txt").text
        assert ask(network, "eg_demo", "ar/sitemap.xml").text.count("<loc>") == 1

    def test_a_question_that_is_not_allowed_is_a_400(self, network: Network) -> None:
        assert ask(network, "eg_demo", "ar/jsonapi/node/content?filter[mail]=x").status_code == 400
        assert ask(network, "eg_demo", "xx/jsonapi/node/content").status_code == 404
