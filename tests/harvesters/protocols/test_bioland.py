"""Bioland 2: harvested where it is known to be published, in the languages that it has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from harvesters.errors import HarvestError, ProtocolError, RobotsDisallowed
from harvesters.model import Answer, HarvestTask, Page, State
from harvesters.protocols import bioland
from tests.harvesters.protocols.test_drupal_jsonapi import URL, came, node, site
from tests.harvesters.replay import Asked, Replay, answer, source

OPEN = b"User-agent: *\nAllow: /\nSitemap: http://site.test/en/sitemap.xml\n"
PAGE = b"<!DOCTYPE html><html><title>Home</title></html>"
NODES = [node(number, "en", "fr", bundle="content") for number in range(1, 8)]


def listed(*attributes: Mapping[str, Any]) -> bytes:
    return json.dumps({"data": [{"type": "x", "id": "x", "attributes": each} for each in attributes]}).encode()


LANGUAGES = listed(
    {"drupal_internal__id": "und", "weight": 9},
    {"drupal_internal__id": "fr", "weight": 1},
    {"drupal_internal__id": "en", "weight": 0},
)


def harvested(
    *, robots: bytes | HarvestError = OPEN, record: bytes = b"", told: bytes = b"", **keys: Any
) -> tuple[list[Page], Replay]:
    """What comes of a site with this robots.txt, record of itself, and list of languages; an empty one is refused."""
    own = {"/robots.txt": robots, "/jsonapi/site/site": record}
    own["/jsonapi/configurable_language/configurable_language"] = told

    def reply(asked: Asked) -> Answer:
        found = own.get(asked.url.removeprefix(URL))
        if found is None:
            return site(NODES)(asked)
        if isinstance(found, HarvestError):
            raise found
        return answer(found, url=asked.url, status=200 if found else 403)

    http = Replay(reply)
    given = {"protocol": "bioland", "url": f"{URL}/", "languages": ["en", "fr"]}
    return list(bioland.harvest(HarvestTask(source=source(**(given | keys)), full=True), http, State())), http


def test_all_content_comes_with_its_types_and_attachments_in_place() -> None:
    pages, http = harvested()
    assert came(pages) == [each.uuid for each in NODES]
    assert {record.profile for page in pages for record in page.records} == {"bioland"}
    assert pages[-1].last
    first = http.asked[1]
    assert first.url == f"{URL}/en/jsonapi/node/content"
    assert first.params["jsonapi_include"] == "1"
    assert first.params["include"].split(",")[:2] == ["field_type_placement", "field_attachments.field_media_image"]
    assert len(http.asked) == 1 + 2 + 1, "robots.txt, one page in two languages, and the census of it"


@pytest.mark.parametrize("robots", [b"", PAGE, b"User-agent: *\nDisallow: /admin\n", b"User-agent: x\nAllow: /en\n"])
def test_a_site_that_is_not_known_to_be_published_is_not_harvested(robots: bytes) -> None:
    for record in (
        b"",
        PAGE,
        listed({"published": False}),
        listed({"published": None}),
        b'{"data": []}',
        b'{"data": null}',
    ):
        with pytest.raises(ProtocolError, match=r"not known to be published.*published: true"):
            harvested(robots=robots, record=record)


@pytest.mark.parametrize("record", [listed({"published": True}), b'{"data": {"published": "1"}}'])
def test_its_own_record_or_the_operator_may_say_that_it_is(record: bytes) -> None:
    assert len(came(harvested(robots=b"", record=record)[0])) == len(NODES)
    pages, http = harvested(robots=b"", options={"published": True})
    assert len(came(pages)) == len(NODES)
    assert f"{URL}/robots.txt" not in [asked.url for asked in http.asked]


def test_a_robots_txt_that_keeps_us_out_is_no_news_of_the_records() -> None:
    shut = RobotsDisallowed("stay away", advice="")
    with pytest.raises(RobotsDisallowed):
        harvested(robots=shut)


def test_the_site_is_asked_for_its_languages_where_the_source_names_none() -> None:
    pages, http = harvested(told=LANGUAGES, languages=[])
    assert [asked.url.removeprefix(URL)[1:3] for asked in http.asked[2:]] == ["en", "fr", "en"]
    assert came(pages) == [each.uuid for each in NODES]


@pytest.mark.parametrize("told", [b"", PAGE, b'{"data": []}', listed({"drupal_internal__id": "und"}), b'{"data": "x"}'])
def test_languages_that_a_site_does_not_tell_must_be_named(told: bytes) -> None:
    with pytest.raises(ProtocolError, match="Name them in the source file under `languages`"):
        harvested(told=told, languages=[])
