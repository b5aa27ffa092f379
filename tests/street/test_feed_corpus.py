"""feedparser's own corpus goes down the street: each entry is a record, a named duplicate or a named half; no crash.

The corpus comes with feedparser's source distribution only, which `make test` fetches.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import feedparser
import pytest

from harvesters.errors import ProtocolError
from harvesters.model import HarvestTask, Issue, RawRecord, State
from harvesters.protocols import feed
from normalizers.model import CommonRecord, Terms
from normalizers.normalize import normalize
from tests.harvesters.replay import Replay, answer, source
from warehouse.mapping.terms import open_terms

HOME = "http://site.test/feed/"
SOURCE = source(protocol="feed", url=HOME)
KINDS = {".xml", ".rss", ".rdf", ".atom", ".gz", ".z"}
SHARES = 16  # the corpus in parts: several processes may take them


def corpus() -> list[Path]:
    """Every feed of feedparser's own tests, in a fixed order; none where nobody says where they are."""
    root = os.environ.get("CHM_FEED_CORPUS")
    files = (Path(root) / "tests").rglob("*") if root else ()
    return sorted(path for path in files if path.is_file() and path.suffix in KINDS)


FEEDS = corpus()
pytestmark = pytest.mark.skipif(not FEEDS, reason="CHM_FEED_CORPUS names no unpacked source distribution of feedparser")


@pytest.fixture(scope="module")
def terms() -> Terms:
    return open_terms(None)


def entries_alone(body: bytes) -> int:
    """How many entries feedparser finds when nobody stands between."""
    return len(feedparser.parse(BytesIO(body), response_headers={"content-location": HOME}).entries)


def harvest(body: bytes) -> tuple[list[RawRecord], list[Issue]]:
    """The raw records of a feed and what was said about it; nothing where it is refused as no feed."""
    try:
        pages = list(feed.harvest(HarvestTask(source=SOURCE), Replay(lambda _: answer(body, url=HOME)), State()))
    except ProtocolError:
        return [], []
    return [record for page in pages for record in page.records], [issue for page in pages for issue in page.issues]


@pytest.mark.parametrize("share", range(SHARES))
def test_every_entry_becomes_a_record_or_is_named(share: int, terms: Terms) -> None:
    for path in FEEDS[share::SHARES]:
        body = path.read_bytes()
        raw, issues = harvest(body)
        named = [issue.code for issue in issues if issue.code in ("duplicate_entry", "entry_cut_short")]
        assert len(raw) + len(named) == entries_alone(body), path
        for record in raw:
            outcome = normalize(record, SOURCE, terms)
            assert isinstance(outcome.record, CommonRecord), path
            assert outcome.record.title or "no_title" in {issue.code for issue in outcome.issues}, path


def test_the_corpus_is_whole_and_one_feed_of_it_breaks_off_within_its_entry() -> None:
    assert len(FEEDS) >= 2_100
    cut = [path for path in FEEDS if "incomplete" in path.name and "entry_cut_short" in _codes(path)]
    assert [path.name for path in cut] == ["rss_incomplete_cdata.xml"]


def _codes(path: Path) -> set[str]:
    return {issue.code for issue in harvest(path.read_bytes())[1]}
