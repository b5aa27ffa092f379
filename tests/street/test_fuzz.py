"""Whatever a server sends: records, issues or an error in words; never a crash, a hang, or a look elsewhere.

`make torture` looks for new examples, for as long as it is let.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from harvesters.errors import HarvestError, RobotsDisallowed, TooLarge
from harvesters.model import HarvestTask, Page, RawRecord, State
from harvesters.protocols import feed, oai_pmh
from harvesters.robots import LONGEST_DELAY, Robots
from harvesters.source import Source
from harvesters.wire import BrokenBody, read_body
from normalizers import profiles
from normalizers.fields.dates import read_date
from normalizers.fields.detection import detect
from normalizers.model import Terms
from normalizers.normalize import normalize
from tests.harvesters.oai_server import OAI_DC, error, identify, list_sets
from tests.harvesters.replay import Asked, Replay, answer, source
from tests.harvesters.servers import FakeClock
from tests.street.caging import SECRET, Trap, caged
from tests.street.mutating import broken, feeds, golden, oai_pages
from warehouse.mapping.terms import open_terms

TERMS: Terms = open_terms(None)
# The packages' own data of languages and months are read at the first use: that opening is none of a stranger's.
LOADED = (detect("Wetlands are what this sentence is about."), read_date("3 mars 2024"))
OAI = source(max_pages=20)
FEED = source(protocol="feed", url="http://site.test/feed", max_pages=20)
ROBOTS = (
    b"User-agent: *\nDisallow: /admin/\nCrawl-delay: 10\nSitemap: https://site.test/sitemap.xml\n",
    b"\xef\xbb\xbfUser-agent: chm-aggregator\nAllow: /*.xml$\nDisallow: /\nRequest-rate: 1/10s\n\nUser-agent: *\n",
)
BODIES = tuple(b"<a>%b</a>" % (b"some text " * size) for size in (0, 1, 100, 10_000))
WAYS = (
    b"<!DOCTYPE x SYSTEM '%b'>",
    b"<!DOCTYPE x [<!ENTITY e SYSTEM '%b'>]>",
    b"<!DOCTYPE x [<!ENTITY %% p SYSTEM '%b'> %%p;]>",
    b"<?xml-stylesheet type='text/xsl' href='%b'?>",
)
AT_ONCE = {"seconds": 5.0, "megabytes": 150.0}  # what one example may take: some hundred times what it should


@pytest.fixture(scope="module", autouse=True)
def trap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trap]:
    with Trap(tmp_path_factory.mktemp("trap")) as trap:
        yield trap


def _every_way(pages: list[Page], asked: Source) -> None:
    """Pages go through JSON as the warehouse keeps them, and every record becomes an outcome."""
    for page in pages:
        msgspec.json.encode([page.issues, page.facts, page.resume])
        for record in page.records:
            msgspec.json.encode([record.identifier, record.datestamp, record.sets])
            assert 0 <= record.start <= record.end <= len(page.answer.body)
            msgspec.json.encode(normalize(record, asked, TERMS))


def _harvest_oai(**answers: bytes) -> list[Page]:
    """What comes of a repository that answers each verb so; tokens lead to nothing."""

    def reply(asked: Asked) -> bytes:
        if "resumptionToken" in asked.params:
            return error("noRecordsMatch")
        return answers.get(asked.params["verb"], answers["Else"])

    return list(oai_pmh.harvest(HarvestTask(source=OAI), Replay(reply), State()))


def _harvest_oai_list(body: bytes) -> list[Page]:
    return _harvest_oai(Identify=identify(), ListMetadataFormats=OAI_DC, ListSets=error("noSetHierarchy"), Else=body)


def _harvest_feed(body: bytes) -> list[Page]:
    return list(feed.harvest(HarvestTask(source=FEED), Replay(lambda asked: answer(body, url=asked.url)), State()))


@given(body=broken(oai_pages()))
def test_a_list_that_is_broken(body: bytes) -> None:
    with caged(**AT_ONCE), suppress(HarvestError):
        _every_way(_harvest_oai_list(body), OAI)


@given(body=broken([identify(), OAI_DC, list_sets("a", "a:b")]))
def test_what_a_repository_says_of_itself_that_is_broken(body: bytes) -> None:
    with caged(**AT_ONCE), suppress(HarvestError):
        _every_way(_harvest_oai(Identify=body, Else=error("noRecordsMatch")), OAI)
    with caged(**AT_ONCE), suppress(HarvestError):
        _every_way(_harvest_oai(Identify=identify(), Else=body), OAI)


@given(body=broken(feeds()))
def test_a_feed_that_is_broken(body: bytes) -> None:
    with caged(**AT_ONCE), suppress(HarvestError):
        _every_way(_harvest_feed(body), FEED)


@given(body=broken((*oai_pages(), *golden())), profile=st.sampled_from(sorted(profiles.names())), data=st.data())
def test_a_record_that_is_broken_in_any_format(body: bytes, profile: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)) | st.just(0))
    record = RawRecord(
        identifier="x",
        profile=profile,
        answer=answer(body),
        item=0,
        start=start,
        end=data.draw(st.integers(start, len(body))),
    )
    with caged(**AT_ONCE):
        msgspec.json.encode(normalize(record, OAI, TERMS))


@given(body=broken(ROBOTS))
def test_a_robots_txt_that_is_broken(body: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    robots = Robots(lambda url: answer(body, url=url), clock=FakeClock(), folder=tmp_path_factory.mktemp("robots"))
    with suppress(RobotsDisallowed):
        assert 0 <= robots.check("https://site.test/oai") <= LONGEST_DELAY


@given(body=broken([gzip.compress(body, mtime=0) for body in BODIES]), most=st.sampled_from([10, 1_000, 10**6]))
def test_a_compressed_body_that_is_broken(body: bytes, most: int) -> None:
    response = requests.Response()
    response.url, response.raw = "https://site.test/", BytesIO(body)
    response.headers["Content-Encoding"] = "gzip"
    with caged(**AT_ONCE), suppress(BrokenBody, TooLarge):
        assert len(read_body(response, most=most, cut=False, count=lambda _: None)) <= most


def test_nothing_was_read_that_an_answer_named(trap: Trap) -> None:
    """Each way of XML to name another place, in each format, as it is and within what is broken otherwise."""
    for name in trap.addresses:
        for way in WAYS:
            for seed in (*oai_pages()[:3], *golden()):
                head, _, rest = seed.partition(b"?>")
                body = b"%b?>%b%b" % (head, way % name, rest.replace(b"title>", b"title>&e;", 1))
                _read_in_every_format(body)
    assert trap.sprung() == []


def _read_in_every_format(body: bytes) -> None:
    said = []
    with caged(**AT_ONCE):
        for protocol in (_harvest_oai_list, _harvest_feed):
            with suppress(HarvestError):
                said.append(repr([(page.records, page.issues) for page in protocol(body)]))
        for profile in profiles.names():
            whole = RawRecord(identifier="x", profile=profile, answer=answer(body), item=0, start=0, end=len(body))
            said.append(repr(normalize(whole, OAI, TERMS)))
    assert SECRET.decode() not in "".join(said)


def test_the_cage_and_the_trap_hear_what_they_are_for(trap: Trap, tmp_path: Path) -> None:
    """A check that cannot fail would be none: lxml as it must not be used springs the trap."""
    path = trap.addresses[0]
    reckless = etree.XMLParser(resolve_entities=True, load_dtd=True, no_network=False)
    etree.fromstring(b"<!DOCTYPE x SYSTEM '%b'><x>&e;</x>" % path, reckless)
    assert trap.sprung() != []
    with pytest.raises(AssertionError, match="opened"), caged(**AT_ONCE):
        (tmp_path / "x").write_text("x")
    with pytest.raises(AssertionError, match="MB more"), caged(seconds=5, megabytes=10):
        assert b"x" * (50 * 2**20)
    with pytest.raises(AssertionError, match="CPU time"), caged(seconds=0, megabytes=10):
        assert sorted(range(10**5))
