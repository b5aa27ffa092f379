"""The search in plain parameters: words in any language, filters, pages through a publication, three forms."""

from __future__ import annotations

import csv
import io

import feedparser
import pytest

from tests.portal.conftest import BASE, Portal
from tests.portal.test_record import identifier, withdraw
from tests.warehouse.world import ID, World

PLANTED = {
    "en": ("Wetlands of the northern coast and their birds", "wetlands"),
    "fr": ("Les zones humides du littoral et leurs oiseaux d'eau", "humide"),
    "es": ("Los humedales de la costa norte y sus aves acuáticas", "humedales"),
    "ru": ("Водно-болотные угодья северного побережья и их птицы", "побережья"),
    "ar": ("الأراضي الرطبة في الساحل الشمالي وطيورها المهاجرة", "الرطبة"),
    "zh": ("北部海岸的湿地及其鸟类的保护与可持续利用", "湿地"),
    "pt": ("As zonas úmidas do litoral norte e as suas aves aquáticas", "litoral"),
    "vi": ("Các vùng đất ngập nước ven biển phía bắc và các loài chim", "ngập nước"),
    "th": ("พื้นที่ชุ่มน้ำชายฝั่งทางตอนเหนือและนกของพื้นที่เหล่านั้น", "ชุ่มน้ำ"),
}


def titles(portal: Portal, **params: object) -> list[str]:
    answer = portal.get("/records", params=params)
    assert answer.status_code == 200, answer.text
    return [record["title"][0]["value"] for record in answer.json()["records"]]


def test_words_are_found_in_whatever_language_they_are(world: World) -> None:
    for name, (title, _) in PLANTED.items():
        world.country.put(name, title)
    world.later()
    world.run()
    world.publish()
    portal = Portal(world)
    for title, word in PLANTED.values():
        assert title in titles(portal, q=word, limit=1000), word
    assert titles(portal, q='"zones humides du littoral"') == [PLANTED["fr"][0]]
    assert titles(portal, q="humide costa") == []


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({}, 5),
        ({"government": "be"}, 5),
        ({"government": ["be", "fr"]}, 5),
        ({"government": "fr"}, 0),
        ({"source": ID}, 5),
        ({"schema": "resource"}, 5),
        ({"schema": "event"}, 0),
        ({"q": "title", "source": ID}, 5),
        ({"q": "title 3"}, 1),
        ({"q": "title AND ("}, 0),  # no operators: three words, of which one is none
        ({"q": '( " *:*'}, 5),
    ],
)
def test_filters(resting: Portal, params: dict[str, object], count: int) -> None:
    answer = resting.get("/records", params=params).json()
    assert (answer["total"], len(answer["records"])) == (count, count)


@pytest.mark.parametrize(
    "wrong", [{"nonsense": "1"}, {"limit": 0}, {"cursor": "x"}, {"format": "pdf"}, {"q": "x" * 1001}]
)
def test_what_cannot_be_asked_is_a_problem(resting: Portal, wrong: dict[str, object]) -> None:
    answer = resting.get("/records", params=wrong)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


def test_pages_hold_through_a_publication_and_a_withdrawal(portal: Portal, world: World) -> None:
    page = portal.get("/records", params={"limit": 2}).json()
    seen = [record["identifier"] for record in page["records"]]
    whole = [record["identifier"] for record in portal.get("/records").json()["records"]]
    for number in range(5):
        world.country.put(f"new{number}", f"New {number}")
    world.later()
    world.run()
    world.publish()
    portal.look()
    withdraw(world, whole[3])
    while page["next"]:
        page = portal.get(page["next"]).json()
        seen += [record["identifier"] for record in page["records"]]
        assert page["total"] == 4
    assert seen == [*whole[:3], whole[4]]
    assert portal.get("/records").json()["total"] == 9


def test_a_search_whose_release_is_gone_is_to_begin_again(portal: Portal, world: World) -> None:
    following = portal.get("/records", params={"limit": 2}).json()["next"]
    for _ in range(4):
        world.later()
        world.publish()
        portal.look()
    assert portal.get(following).status_code == 410


def test_a_search_as_a_feed(resting: Portal) -> None:
    answer = resting.get("/records?limit=2", headers={"Accept": "application/atom+xml"})
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert feed.feed.id == f"{BASE}/records?limit=2"
    assert [link.rel for link in feed.feed.links] == ["self", "next"]
    assert {entry.title for entry in feed.entries} <= {f"Title {number}" for number in range(5)}
    assert {entry.title_detail.language for entry in feed.entries} == {"en"}
    following = feedparser.parse(
        resting.get(feed.feed.links[1].href, headers={"Accept": "application/atom+xml"}).content
    )
    assert {entry.id for entry in following.entries}.isdisjoint(entry.id for entry in feed.entries)


def test_a_search_as_a_table_runs_nothing_in_a_spreadsheet(world: World) -> None:
    world.country.put("r0", '=HYPERLINK("http://evil.example")')
    world.later()
    world.run()
    world.publish()
    answer = Portal(world).get("/records", params={"format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = {row["identifier"]: row for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))}
    assert len(rows) == 5
    assert rows[identifier(world)]["title"] == '\'=HYPERLINK("http://evil.example")'
