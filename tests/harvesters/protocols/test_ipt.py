"""An IPT's feed: which EML is asked for, what its record is called, and what is left for the next run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from harvesters.errors import BadStatus, ProtocolError
from harvesters.model import Answer, HarvestTask, Page, State
from harvesters.protocols import ipt
from tests.harvesters.replay import Asked, Replay, answer, killed_after, source
from tests.harvesters.servers import FakeClock, Site, reply
from tests.network.days import http_date, moment
from tests.street.walking import CONTACT, current, walk
from warehouse.context import Warehouse
from warehouse.settings import read

RSS = '<?xml version="1.0"?><rss version="2.0" xmlns:ipt="http://ipt.gbif.org/"><channel><title>IPT</title>{}</channel></rss>'
EML = (
    '<eml:eml xmlns:eml="https://eml.ecoinformatics.org/eml-2.2.0" packageId="{0}/v1" system="http://gbif.org">'
    '<dataset><title xml:lang="eng">Frogs of {0}</title><language>eng</language></dataset></eml:eml>'
)
FEED = "http://site.test/ipt/rss.do"


def item(name: str, version: str = "1.0", eml: str = "") -> str:
    return (
        f"<item><title>Frogs of {name}</title><link>http://site.test/ipt/resource?r={name}</link>"
        f"<ipt:eml>{eml or f'/ipt/eml.do?r={name}'}</ipt:eml><guid isPermaLink='false'>{name}/v{version}</guid></item>"
    )


def toolkit(*items: str, broken: str = "") -> Callable[[Asked], bytes | Answer]:
    """An IPT with these items, one of whose EMLs is a web page."""

    def reply_to(asked: Asked) -> bytes | Answer:
        if asked.url == FEED:
            return answer(RSS.format("".join(items)).encode(), url=FEED, content_type="application/rss+xml")
        name = asked.url.rpartition("=")[2]
        return b"<html><body>Oops</body></html>" if name == broken else EML.format(name).encode()

    return reply_to


def harvested(
    reply_to: Callable[[Asked], bytes | Answer], state: State | None = None, **keys: Any
) -> tuple[list[Page], list[str], State]:
    http, state = Replay(reply_to), state or State()
    full = keys.pop("full", False)
    task = HarvestTask(source=source(protocol="ipt", url=FEED, **keys), full=full)
    return list(ipt.harvest(task, http, state)), [asked.url for asked in http.asked], state


def names(pages: list[Page]) -> list[str]:
    return [record.identifier for page in pages for record in page.records]


def test_each_dataset_is_known_by_its_package_less_the_version_and_is_its_eml() -> None:
    pages, asked, _ = harvested(toolkit(item("a"), item("b", "2.7")))
    assert names(pages) == ["a", "b"]
    assert asked == [FEED, "http://site.test/ipt/eml.do?r=a", "http://site.test/ipt/eml.do?r=b"]
    assert [record.body for record in pages[2].records] == [EML.format("b").encode()]
    assert pages[-1].last
    assert all(page.facts["window"] for page in pages)


def test_an_increment_asks_for_new_versions_alone_and_a_full_sweep_for_all() -> None:
    _, _, first = harvested(toolkit(item("a"), item("b")))
    later = toolkit(item("a", "1.1"), item("b"), item("c"))
    assert names(harvested(later, State(loaded=first.kept))[0]) == ["a", "c"]
    assert names(harvested(later, State(loaded=first.kept), full=True)[0]) == ["a", "b", "c"]
    pages, _, _ = harvested(toolkit(item("a"), item("b")), State(loaded=first.kept))
    assert names(pages) == []
    assert pages[-1].last


def test_an_eml_that_cannot_be_had_costs_itself_alone_and_is_asked_for_again() -> None:
    pages, _, state = harvested(toolkit(item("a"), item("b"), broken="a"))
    assert names(pages) == ["b"]
    assert [(issue.code, issue.record) for page in pages for issue in page.issues] == [("page_not_readable", "a")]
    assert not pages[-1].last
    assert names(harvested(toolkit(item("a"), item("b")), State(loaded=state.kept))[0]) == ["a"]


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        (item("a", eml="http://elsewhere.test/eml.do?r=a"), "page_elsewhere"),
        (item("a").replace("a/v1.0", " "), "item_without_identifier"),
    ],
)
def test_what_cannot_be_asked_for_or_known_again_is_left_out_and_told(listed: str, code: str) -> None:
    pages, asked, _ = harvested(toolkit(listed, item("b")))
    assert (names(pages), len(asked)) == (["b"], 2)
    assert [issue.code for page in pages for issue in page.issues] == [code]
    assert not pages[-1].last


def test_a_dataset_that_is_not_published_has_no_eml_and_is_no_record() -> None:
    pages, asked, _ = harvested(toolkit("<item><title>Draft</title><guid>d/v1</guid></item>"))
    assert (names(pages), asked) == ([], [FEED])
    assert pages[-1].last


def test_a_killed_harvest_goes_on_behind_its_last_page() -> None:
    pages, _, _ = harvested(toolkit(item("a"), item("b"), item("c")))
    rest, asked, _ = harvested(toolkit(item("a"), item("b"), item("c")), killed_after(pages[:2]))
    assert (names(rest), len(asked)) == (["b", "c"], 2)
    assert rest[-1].last


def test_a_cap_is_told_and_the_next_run_takes_up_what_was_left() -> None:
    pages, _, state = harvested(toolkit(item("a"), item("b"), item("c")), max_pages=2)
    assert names(pages) == ["a"]
    assert [issue.code for issue in pages[-1].issues] == ["page_cap"]
    assert names(harvested(toolkit(item("a"), item("b"), item("c")), State(loaded=state.kept))[0]) == ["b", "c"]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [(404, b"none", BadStatus), (200, b"<html></html>", ProtocolError), (200, b"", ProtocolError)],
)
def test_a_feed_that_is_none_is_an_error(status: int, body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"rss\.do"):
        harvested(lambda asked: answer(body, url=asked.url, status=status))


def test_over_a_socket_the_datasets_of_an_ipt_are_loaded(tmp_path: Path) -> None:
    listed = "".join(item(name, eml=f"/ipt/{name}.xml") for name in "ab")
    told = {"content_type": "text/xml; charset=utf-8", "date": http_date(moment(1))}
    routes = {"/ipt/rss.do": reply(200, RSS.format(listed).encode(), **told)}
    routes |= {f"/ipt/{name}.xml": reply(200, EML.format(name).encode(), **told) for name in "ab"}
    with Site(routes) as site:
        (tmp_path / "sources").mkdir()
        keys = {"name": "IPT", "origin": "partner", "protocol": "ipt", "url": site.url("/ipt/rss.do"), "pace": 0}
        (tmp_path / "sources" / "xx_ipt.yml").write_text(yaml.safe_dump(keys))
        settings = {
            "CHM_WAREHOUSE": str(tmp_path / "warehouse"),
            "CHM_REGISTRY": "none",
            "CHM_SOURCES": str(tmp_path / "sources"),
        }
        settings |= {**CONTACT, "CHM_ALLOW_PRIVATE": "yes"}
        warehouse = Warehouse(settings=read(settings), clock=FakeClock(moment(1)))
        walked = walk(warehouse, "xx_ipt")
    assert walked.harvest.complete, walked.harvest
    assert {row["source_identifier"]: row["title"] for row in current(warehouse, "xx_ipt")} == {
        "a": {"en": "Frogs of a"},
        "b": {"en": "Frogs of b"},
    }
