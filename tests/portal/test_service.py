"""What holds for every answer: a release to read, headers, limits, and problems in words."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from tests.portal.conftest import Portal
from tests.portal.test_record import identifier, withdraw
from tests.warehouse.world import World
from warehouse.portal.routes import sources


def test_health_names_the_release_that_is_read(resting: Portal) -> None:
    answer = resting.get("/health")
    assert answer.status_code == 200
    assert answer.json()["release"] == resting.world.layout.releases()[-1]
    assert answer.json()["records"] == 5


def test_every_answer_keeps_browsers_from_harm_and_tells_caches_what_they_may(resting: Portal) -> None:
    for path in ("/sources", "/nothing", "/records?limit=0", "/oai?verb=Identify"):
        headers = resting.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    release = resting.world.layout.releases()[-1]
    headers = resting.get("/sources").headers
    assert release in headers["etag"]
    assert headers["cache-control"] == "public, max-age=60, must-revalidate"
    assert resting.get("/nothing").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/sources", "/records", "/nothing", "/releases/current/records.csv", "/oai?verb=x"])
def test_head_answers_as_get_without_a_body(resting: Portal, path: str) -> None:
    whole, head = resting.get(path), resting.head(path)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    for name in ("content-type", "content-length", "etag", "cache-control"):
        assert head.headers.get(name) == whole.headers.get(name), name


def test_what_a_client_has_is_not_sent_again_until_it_changes(portal: Portal, world: World) -> None:
    tag = portal.get("/sources").headers["etag"]
    again = portal.get("/sources", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert portal.get("/sources", headers={"If-None-Match": tag, "Accept": "text/html"}).status_code == 200
    withdraw(world, identifier(world))
    assert portal.get("/sources", headers={"If-None-Match": tag}).status_code == 200
    tag = portal.get("/sources").headers["etag"]
    world.later()
    world.publish()
    portal.look()
    assert portal.get("/sources", headers={"If-None-Match": tag}).status_code == 200


def test_an_address_may_ask_so_often_a_minute_and_no_more(world: World) -> None:
    portal = Portal(world, rate=3)
    assert [portal.get("/sources").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = portal.get("/sources")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.json()["title"] == "Too Many Requests"
    assert portal.get("/health").status_code == 200  # who watches over us is not counted


def test_a_request_has_so_many_bytes_and_no_more(world: World) -> None:
    portal = Portal(world, request_bytes=500)
    assert portal.get("/records", params={"q": "x" * 600}).status_code == 414
    assert portal.post("/oai", content=b"x" * 600).status_code == 413
    pieces = (b"x" * 100 for _ in range(6))  # without a length that could be believed
    assert portal.post("/oai", content=pieces).status_code == 413
    assert portal.post("/oai", content=b"verb=Identify").status_code == 200


def test_a_request_that_takes_too_long_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    portal = Portal(world, seconds=0.05)
    going_on = threading.Event()
    monkeypatch.setattr(sources, "as_json", lambda _: going_on.wait(20))
    try:
        answer = portal.get("/sources")
    finally:
        going_on.set()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "0.05 seconds" in answer.json()["detail"]


def test_a_fault_of_ours_is_told_without_how_we_are_built(resting: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "as_json", lambda _: 1 / 0)
    answer = resting.get("/sources")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "ZeroDivisionError" not in answer.text
    assert "sources.py" not in answer.text


def test_pages_of_other_origins_ask_where_the_setting_lets_them(world: World) -> None:
    origin = {"Origin": "https://portal.example"}
    assert "access-control-allow-origin" not in Portal(world).get("/sources", headers=origin).headers
    allowed = Portal(world, cors=("https://portal.example",))
    assert allowed.get("/sources", headers=origin).headers["access-control-allow-origin"] == "https://portal.example"
    asked = origin | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    assert allowed.options("/api/v2013/index/select", headers=asked).status_code == 200


def test_where_nothing_is_published_yet_it_says_so_and_begins_when_there_is(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        portal = Portal(world)
        assert portal.get("/health").status_code == 503
        assert portal.get("/records").headers["retry-after"] == "60"
        assert 'chm_requests_total{method="GET",route="/health",status="503"} 1.0' in portal.get("/metrics").text
        world.run()
        world.publish()
        assert portal.get("/health").status_code == 200


def test_metrics_count_by_route_and_not_by_address(portal: Portal, world: World) -> None:
    for name in ("r0", "r1"):
        portal.get(f"/records/{identifier(world, name)}")
    portal.get("/nothing/at/all")
    text = portal.get("/metrics").text
    assert 'chm_requests_total{method="GET",route="/records/{identifier}",status="200"} 2.0' in text
    assert 'chm_requests_total{method="GET",route="none",status="404"} 1.0' in text
    assert "chm_release_records 5.0" in text


def test_a_request_keeps_the_release_with_which_it_began(portal: Portal, world: World) -> None:
    shelf = portal.app_.state.shelf
    name = identifier(world)
    with shelf.reading() as reading:
        for number in range(5):  # beyond those that stay open, and those that are kept
            world.country.put("r0", f"Title {number} again")
            world.later()
            world.run()
            world.publish()
            shelf.look()
        shutil.rmtree(reading.opened.folder)
        assert reading.opened.store.records([name])[name].title == {"en": "Title 0"}
    assert portal.get(f"/records/{name}").json()["title"][0]["value"] == "Title 4 again"


def test_a_release_that_cannot_be_opened_leaves_the_one_before_in_place(portal: Portal, world: World) -> None:
    before = portal.get("/health").json()
    world.later()
    _, folder = world.publish()
    (folder / "records.sqlite").rename(folder / "aside")
    portal.look()
    assert portal.get("/health").json() == before | {"fault": "A newer release cannot be opened; the log says why."}
    assert "chm_release_fault 1.0" in portal.get("/metrics").text
    (folder / "aside").rename(folder / "records.sqlite")
    portal.look()
    assert portal.get("/health").json()["release"] == folder.name
