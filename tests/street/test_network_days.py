"""Three days of the demonstration network: what the warehouse holds is what the sites say, counted by somebody else.

The counts come from `tests.network.count`, which asks the servers with plain requests and imports nothing of ours; what
the documents say comes from lxml over plain answers, or from the facts that the network was made of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import zstandard
from jsonschema import Draft202012Validator
from lxml import etree
from msgspec import Struct

from normalizers import common_formats
from normalizers.model import CommonRecord
from tests.network import (
    bioland_site,
    catalogue_site,
    library,
    plain_site,
    portal,
    structured_site,
    wordpress_rest_site,
)
from tests.network.ask import headers, records
from tests.network.count import Count, count, must_hold
from tests.network.days import moment, stamp
from tests.network.network import SITES, Network
from tests.network.text import UN_LANGUAGES
from tests.street.walking import (
    StreetClock,
    Walked,
    current,
    digests,
    environment,
    open_warehouse,
    publish,
    published,
    walk_all,
)
from warehouse import show, status
from warehouse.context import Warehouse, read_sources
from warehouse.counts import Counts
from warehouse.model import Release
from warehouse.release import verify

DAYS = (1, 2, 3)
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DC = "{http://purl.org/dc/elements/1.1/}"


class Day(Struct, frozen=True, kw_only=True):
    """One day: what the sites showed to somebody else, what the verbs said, and what stood in the warehouse."""

    shown: dict[str, Count | None]
    walked: dict[str, Walked]
    held: dict[str, Count]
    release: Release


class Street(Struct, frozen=True, kw_only=True):
    """The network on its third day, the warehouse, and what happened until then."""

    network: Network
    warehouse: Warehouse
    days: dict[int, Day]


pytestmark = pytest.mark.timeout(300)  # three days of nine sites are walked before the first test


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with Network() as network:
        warehouse = open_warehouse(environment(network, tmp_path_factory.mktemp("street")))
        days = {}
        for day in DAYS:
            days[day] = _live_through(day, network, warehouse)
        yield Street(network=network, warehouse=warehouse, days=days)


def _live_through(day: int, network: Network, warehouse: Warehouse) -> Day:
    clock = warehouse.clock
    assert isinstance(clock, StreetClock)
    network.day = day
    clock.set(moment(day))
    walked = walk_all(warehouse)
    held = {
        site: Count(*(_identifiers(current(warehouse, site, name)) for name in ("records", "tombstones")))
        for site in SITES
    }
    return Day(shown=count(network.urls), walked=walked, held=held, release=publish(warehouse))


def _identifiers(found: list[dict[str, Any]]) -> frozenset[str]:
    assert len({row["source_identifier"] for row in found}) == len(found)
    return frozenset(row["source_identifier"] for row in found)


@pytest.fixture(scope="module")
def canadian(street: Street) -> dict[str, etree._Element]:
    """Source identifier -> Dublin Core of every live document of the Canadian site, as lxml reads it."""
    found = headers(records(street.network))
    return {
        name: header.getparent().find(".//{*}dc") for name, header in found.items() if header.get("status") != "deleted"
    }


@pytest.fixture(scope="module")
def common(street: Street) -> dict[str, dict[str, Any]]:
    """Source identifier -> record of the third day's release."""
    return {str(row["source_identifier"]): row for row in published(street.warehouse)}


class TestCounts:
    @pytest.mark.parametrize("day", DAYS)
    @pytest.mark.parametrize("site", SITES)
    def test_the_warehouse_holds_the_very_records_and_deletions_that_the_sites_show(
        self, street: Street, day: int, site: str
    ) -> None:
        so_far = [street.days[earlier].shown for earlier in DAYS if earlier <= day]
        expected = must_hold(so_far)[site]
        held = street.days[day].held[site]
        assert held.live == expected.live
        assert held.deleted == expected.deleted

    @pytest.mark.parametrize("day", DAYS)
    def test_the_release_publishes_the_same_counts_and_is_whole(self, street: Street, day: int) -> None:
        then = street.days[day]
        expected = must_hold(street.days[earlier].shown for earlier in DAYS if earlier <= day)
        assert {state.id: (state.records, state.deleted) for state in then.release.sources} == {
            site: (len(held.live), len(held.deleted)) for site, held in expected.items()
        }
        assert then.release.records == sum(len(held.live) for held in expected.values())
        assert verify(street.warehouse.layout, then.release).faults == ()

    def test_the_first_day_adds_everything(self, street: Street) -> None:
        walked = street.days[1].walked
        shown = {site: seen for site, seen in street.days[1].shown.items() if seen}
        assert {site: _said(each) for site, each in walked.items()} == {
            site: (len(seen.live), 0, 0) for site, seen in shown.items()
        }
        assert set(shown) == set(SITES)

    def test_the_second_day_adds_changes_and_removes_what_the_sites_say_they_did(self, street: Street) -> None:
        walked = street.days[2].walked
        assert _said(walked["ca_demo"]) == (
            library.ADDED + library.RETURNED,
            library.REVISED,
            library.REMOVED,
        )
        assert _said(walked["be_demo"]) == (portal.ADDED, len(portal.REVISED), 0)
        assert _said(walked["eg_demo"]) == (
            bioland_site.ADDED,
            3,
            1,
        )  # translated, of another type, edited; unpublished
        assert _said(walked["cm_demo"]) == (len(wordpress_rest_site.ADDED) + 1, 1, 0)  # one was scheduled before
        for site, country in (("co_demo", "co"), ("ke_demo", "ke")):
            assert _said(walked[site]) == (catalogue_site.ADDED[country], len(catalogue_site.EDITED[country]), 0)
        assert _said(walked["ma_demo"]) == (6, 2, 4)  # in each language: two items and a document, one, one and another
        assert _said(walked["cr_demo"]) == (2, 2, 2)  # a page in both languages each time

    def test_the_second_day_asks_the_repository_for_no_more_than_what_changed_since_an_hour_before_the_first(
        self, street: Street
    ) -> None:
        gathered = street.days[2].walked["ca_demo"].harvest
        counts = _counts(street.days[2].walked["ca_demo"])
        an_hour_before = stamp(moment(1) - timedelta(hours=1))
        overlap = sum(document.datestamp >= an_hour_before for document in library.documents(1))
        assert not gathered.full
        assert counts.unchanged == overlap == 6
        assert counts.seen == gathered.records + gathered.deleted == 6 + sum(_said(street.days[2].walked["ca_demo"]))

    def test_the_third_day_brings_nothing(self, street: Street) -> None:
        walked = street.days[3].walked
        assert {site: _said(walked[site]) for site in SITES if site != "pe_demo"} == {
            site: (0, 0, 0) for site in SITES if site != "pe_demo"
        }
        before, after = (
            {state.id: (state.snapshot, state.records) for state in street.days[day].release.sources} for day in (2, 3)
        )
        assert before == after

    def test_the_third_day_writes_the_same_files_of_records_as_the_second(self, street: Street) -> None:
        second, third = (
            {name: digest for name, digest in digests(street.days[day].release).items() if not name.startswith("delta")}
            for day in (2, 3)
        )
        assert second == third
        assert {"records.parquet", "records.jsonl.zst"} <= set(second)


class TestCommonFormats:
    def test_every_published_record_is_a_document_of_the_shape_of_its_schema(self, street: Street) -> None:
        folder = street.warehouse.layout.release(street.days[3].release.release)
        with zstandard.open(folder / "records.jsonl.zst", "rt", encoding="utf-8") as lines:
            found = [msgspec.json.decode(line, type=CommonRecord) for line in lines]
        assert len(found) == sum(len(had.live) for had in street.days[3].held.values())
        schemas = {record.schema for record in found}
        shapes = {name: Draft202012Validator(common_formats.json_schema(name, complete=False)) for name in schemas}
        assert schemas == {"resource", "news", "event", "capacityBuildingInitiative"}
        for record in found:
            document = common_formats.document(record)
            assert document["header"]["identifier"] == record.identifier
            assert [error.message for error in shapes[record.schema].iter_errors(document)] == []

    def test_what_the_documents_lack_is_noted_of_every_record_that_lacks_it(self, street: Street) -> None:
        reports = [walked.normalize for walked in street.days[1].walked.values() if walked.normalize]
        noted = {report.source: report.issues.get("incomplete", 0) for report in reports}
        records = {report.source: report.records for report in reports}
        kinds = [node.refers["field_type_placement"] for node in bioland_site.nodes(1)]
        news = sum(kind["attributes"]["name"] == "News" for kind in kinds)
        assert noted == {
            "ca_demo": records["ca_demo"],  # a document without the term of its type, an event without its day
            "be_demo": 0,
            "pe_demo": 0,
            "cm_demo": 0,
            "co_demo": records["co_demo"],  # as of the library's
            "ke_demo": records["ke_demo"],
            "eg_demo": records["eg_demo"] - news,  # as of the library's
            "ma_demo": records["ma_demo"],  # plain pages and files without a type
            "cr_demo": 0,
        }


class TestTheDeadSite:
    @pytest.mark.parametrize("day", [2, 3])
    def test_its_harvest_fails_in_a_sentence_that_names_source_cause_and_what_to_do(
        self, street: Street, day: int
    ) -> None:
        report = street.days[day].walked["pe_demo"].harvest
        assert report.outcome == "failed"
        assert report.failure
        assert "nothing listens at that port" in report.failure.cause
        assert street.network.homes["pe_demo"] in report.failure.cause
        assert "Check the address" in report.failure.advice
        told = show.receipt(report)
        assert "pe_demo" in told
        assert report.failure.cause in told
        assert report.failure.advice in told

    @pytest.mark.parametrize("day", [2, 3])
    def test_its_records_stay_published_with_their_true_date(self, street: Street, day: int) -> None:
        states = {state.id: state for state in street.days[day].release.sources}
        first = street.days[1]
        assert first.shown["pe_demo"]
        assert states["pe_demo"].records == len(first.shown["pe_demo"].live)
        assert states["pe_demo"].as_of == moment(1)
        assert states["pe_demo"].last_success < moment(2)
        assert states["ca_demo"].as_of == states["be_demo"].as_of == moment(day)

    def test_it_hinders_no_other_source(self, street: Street) -> None:
        for day in (2, 3):
            outcomes = {site: each.load and each.load.outcome for site, each in street.days[day].walked.items()}
            assert outcomes == {**dict.fromkeys(SITES, "done"), "pe_demo": None}

    def test_the_status_shows_it_as_failed_and_the_others_as_done(self, street: Street) -> None:
        sources, errors = read_sources(street.warehouse.settings)
        rows = {row.source: row for row in status.of_all(street.warehouse.layout, sources)}
        assert not errors
        standings = {site: rows[site].standing for site in SITES}
        assert standings == {**dict.fromkeys(SITES, "done"), "pe_demo": "failed"}
        assert any("nothing listens" in reason for reason in rows["pe_demo"].reasons)


class TestWhatTheRecordsSay:
    def test_titles_stand_under_the_languages_that_the_repository_declares(
        self, canadian: dict[str, etree._Element], common: dict[str, dict[str, Any]]
    ) -> None:
        declared = {name: _by_language(record, "title") for name, record in canadian.items()}
        assert {name: common[name]["title"] for name in canadian} == declared

    def test_descriptions_stand_under_the_languages_that_the_repository_declares(
        self, canadian: dict[str, etree._Element], common: dict[str, dict[str, Any]]
    ) -> None:
        declared = {name: _by_language(record, "description") for name, record in canadian.items()}
        assert {name: common[name]["description"] for name in canadian} == declared

    def test_each_of_the_six_un_languages_has_as_many_titles_as_the_repository_gives(
        self, canadian: dict[str, etree._Element], common: dict[str, dict[str, Any]]
    ) -> None:
        expected = Counter(title.get(XML_LANG) for record in canadian.values() for title in record.iter(f"{DC}title"))
        held = Counter(language for name in canadian for language in common[name]["title"])
        assert held == expected
        assert set(held) == set(UN_LANGUAGES)
        assert min(held.values()) >= 600

    def test_three_letter_language_codes_arrive_as_the_two_letter_ones(
        self, canadian: dict[str, etree._Element], common: dict[str, dict[str, Any]]
    ) -> None:
        three = [name for name, record in canadian.items() if len(record.findtext(f"{DC}language") or "") == 3]
        assert len(three) >= 600
        documents = {document.identifier: document for document in library.documents(3)}
        assert {name: tuple(common[name]["languages"]) for name in three} == {
            name: documents[name].languages for name in three
        }

    def test_every_document_names_its_global_target_by_identifier(self, common: dict[str, dict[str, Any]]) -> None:
        live = [document for document in library.documents(3) if not document.deleted]
        named = {
            document.identifier: [target["identifier"] for target in common[document.identifier]["gbf_targets"]]
            for document in live
        }
        assert named == {document.identifier: [f"GBF-TARGET-{document.fact.target:02}"] for document in live}
        assert len({target for (target,) in named.values()}) == 23

    def test_every_document_names_its_country_by_identifier_in_whatever_language_it_is_told(
        self, common: dict[str, dict[str, Any]]
    ) -> None:
        known = [document for document in library.documents(3) if not (document.deleted or _nameless(document))]
        named = {document.identifier: _countries(common[document.identifier]) for document in known}
        assert len(known) > 3000
        assert {name: [country for country, _ in countries] for name, countries in named.items()} == {
            document.identifier: [document.fact.country] for document in known
        }
        assert {by for countries in named.values() for _, by in countries} == {"prefLabel", "altLabel"}

    def test_a_country_by_a_name_that_no_vocabulary_has_is_found_among_the_names_of_all_languages(
        self, common: dict[str, dict[str, Any]]
    ) -> None:
        nameless = [document for document in library.documents(3) if not document.deleted and _nameless(document)]
        assert nameless
        for document in nameless:
            assert _countries(common[document.identifier]) == [(document.fact.country, "variant")]

    def test_every_document_names_a_subject_of_the_convention(
        self, canadian: dict[str, etree._Element], common: dict[str, dict[str, Any]]
    ) -> None:
        unnamed = [name for name in canadian if not common[name]["subjects"]]
        assert unnamed == []

    def test_partial_dates_stay_partial_and_what_is_no_date_is_named_in_an_issue(
        self, street: Street, canadian: dict[str, etree._Element], common: dict[str, dict[str, Any]]
    ) -> None:
        stated = {name: record.findtext(f"{DC}date") or "" for name, record in canadian.items()}
        read = {name: [date["value"] for date in common[name]["dates"]] for name in canadian}
        assert read == {name: [] if date == "s.d." else [date] for name, date in stated.items()}
        assert Counter(map(len, stated.values())).keys() == {4, 7, 10}
        normalized = street.days[1].walked["ca_demo"].normalize
        assert normalized
        assert normalized.issues["date_not_understood"] == 8

    def test_the_portals_events_have_a_place_a_beginning_and_an_end(self, common: dict[str, dict[str, Any]]) -> None:
        shown = {
            item.url: item
            for day in (1, 2)
            for name in ("upcomingevents_rdf", "pastevents_rdf")
            for item in portal.channel_items(name, day)
        }
        assert len(shown) >= 20
        for url, item in shown.items():
            record = common[url]
            dates = {date["kind"]: date["value"] for date in record["dates"]}
            assert record["schema"] == "event"
            assert record["place"] == "Brussels"
            assert item.starts
            assert dates["start"] == item.starts.strftime("%Y-%m-%dT%H:%M:%SZ")
            assert dates["end"] > dates["start"]

    def test_the_translations_of_a_node_are_one_record_and_placeholders_are_none(
        self, common: dict[str, dict[str, Any]]
    ) -> None:
        nodes = [node for node in bioland_site.nodes(3) if node.status]
        told = {
            node.uuid: {name: version.title for name, version in node.versions.items() if not version.outdated}
            for node in nodes
        }
        assert {name: common[name]["title"] for name in told} == told
        assert {len(titles) for titles in told.values()} == {1, 2, 3}
        assert {name: {*common[name]["languages"]} for name in told} == {name: {*told[name]} for name in told}

    def test_tags_are_terms_of_the_thesaurus_and_the_second_days_type_is_a_projects(
        self, common: dict[str, dict[str, Any]]
    ) -> None:
        nodes = {node.uuid: node for node in bioland_site.nodes(3) if node.status}
        for name, node in nodes.items():
            record = common[name]
            found = [term["identifier"] for field in ("subjects", "gbf_targets", "countries") for term in record[field]]
            assert found == node.fields["field_tags"].split(",")
            assert record["keywords"] == []
        retyped = bioland_site.nodes(3)[bioland_site.RETYPED].uuid
        assert [name for name in nodes if common[name]["schema"] == "capacityBuildingInitiative"] == [retyped]

    def test_translations_of_a_post_are_records_that_lead_to_one_another(
        self, common: dict[str, dict[str, Any]]
    ) -> None:
        posts = wordpress_rest_site.posts(3)
        assert {post.guid: common[post.guid]["languages"] for post in posts} == {
            post.guid: [post.telling.language] for post in posts
        }
        for post in posts:
            links = {link["language"] for link in common[post.guid]["links"] if "?p=" in link["url"]}
            assert links == {language for language, number in post.group if number != post.number}

    def test_what_plain_pages_say_in_words_is_read_from_them(
        self, street: Street, common: dict[str, dict[str, Any]]
    ) -> None:
        home = street.network.homes["ma_demo"].removesuffix("/")
        for language in plain_site.PATHS:
            for item in plain_site.news(language, 3):
                row, told = common[home + item.path], item.tellings
                assert row["title"] == {language: told[0].title}
                assert row["description"] == {language: " ".join(telling.description for telling in told)}
                assert row["authors"] == [item.author]
                assert [date["value"] for date in row["dates"]] == [item.published.isoformat()]
                assert row["rights"]["licence"] == "https://creativecommons.org/licenses/by/4.0/"
            for document in plain_site.documents(language, 3):
                row = common[home + document.path]
                assert row["title"] == {language: document.telling.title}
                assert [date["value"] for date in row["dates"]] == [document.published.isoformat()]
                assert row["source_page"] == home + plain_site.PATHS[language]["documents"]

    def test_what_pages_state_for_machines_is_believed_and_said_to_be_of_there(
        self, street: Street, common: dict[str, dict[str, Any]]
    ) -> None:
        home = street.network.homes["cr_demo"].removesuffix("/")
        for item in structured_site.items(3):
            row = common[home + item.path]
            assert row["title"] == {item.telling.language: item.telling.title}
            assert {"title=json-ld", "published=json-ld", "licence=json-ld"} <= set(row["provenance"]["detected"])
            assert {(link["language"], link["url"]) for link in row["links"] if link["rel"] == "related"} == {
                (language, home + path) for language, path in item.others if path != item.path
            }

    @pytest.mark.parametrize("site", SITES)
    def test_every_record_is_of_its_sources_government(
        self, street: Street, common: dict[str, dict[str, Any]], site: str
    ) -> None:
        found = [row for row in common.values() if row["source"] == site]
        assert len(found) == len(street.days[3].held[site].live)
        assert {row["government"] for row in found} == {site[:2]}

    def test_the_way_back_leads_to_the_page_that_was_received(
        self, street: Street, common: dict[str, dict[str, Any]]
    ) -> None:
        asked = {street.network.homes[site][:-1] + path for site in SITES for path in street.network.asked(site)}
        assert {row["provenance"]["url"] for row in common.values()} <= asked


def _counts(walked: Walked) -> Counts:
    assert walked.load
    assert walked.load.outcome == "done"
    return walked.load.counts


def _said(walked: Walked) -> tuple[int, int, int]:
    counts = _counts(walked)
    return counts.added, counts.changed, counts.removed


def _by_language(record: etree._Element, element: str) -> dict[str, str]:
    return {text.get(XML_LANG, ""): text.text or "" for text in record.iter(f"{DC}{element}")}


def _nameless(document: library.Document) -> bool:
    """Whether the document calls its country by a name that the Convention's list does not have."""
    return document.fact.country == "bo" or (document.fact.country, document.languages[0]) == ("br", "es")


def _countries(record: dict[str, Any]) -> list[tuple[str, str]]:
    return [(country["identifier"], country["by"]) for country in record["countries"]]
