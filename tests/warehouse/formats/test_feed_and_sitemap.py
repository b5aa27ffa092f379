"""What search engines and feed readers take: valid XML, whatever stands in a title."""

from __future__ import annotations

from pathlib import Path

import feedparser
import pytest
from lxml import etree
from msgspec.structs import replace

from normalizers.model import Date
from tests.warehouse.formats.editions import write
from tests.warehouse.making import common
from warehouse.formats import feed, sitemap

HOSTILE = '<script>alert("&amp;")</script> ]]> \ufffe été'
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def changed(day: str) -> tuple[Date, ...]:
    return (Date(kind="modified", value=day, verbatim=day),)


def test_the_feed_has_the_newest_first_and_none_of_the_future(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "_MOST", 3)
    days = ["2026-02-01", "2026-02-05", "2026-02-03", "2027-01-01", "2026-02-04", "2026-02-02"]
    write("feed", tmp_path / "release", [common(day, day, dates=changed(day)) for day in days])
    found = feedparser.parse((tmp_path / "release" / "feed.xml").read_bytes())
    assert not found.bozo
    assert [entry.title for entry in found.entries] == ["2026-02-05", "2026-02-04", "2026-02-03"]
    assert found.feed.updated == "2026-03-02T06:00:00Z"
    (first, *_) = found.entries
    assert (first.id, first.updated) == ("https://chm.example.org/records/ID-2026-02-05", "2026-02-05T00:00:00Z")
    assert first.author == "Belgium's site"


def test_an_entry_says_its_language_and_is_escaped(tmp_path: Path) -> None:
    page = "https://be.example/?a=1&b=<2>"
    one = common("1", summary={"und": "S"}, source_page=page, dates=changed("2026-02-01"))
    write("feed", tmp_path / "release", [replace(one, title={"fr": HOSTILE})])
    (entry,) = etree.parse(tmp_path / "release" / "feed.xml").findall("{*}entry")
    title, summary = entry.find("{*}title"), entry.find("{*}summary")
    assert title is not None
    assert summary is not None
    assert (title.text, dict(title.attrib)) == (
        HOSTILE.replace("\ufffe", ""),
        {"{http://www.w3.org/XML/1998/namespace}lang": "fr"},
    )
    assert (summary.text, dict(summary.attrib)) == ("S", {})
    assert entry.xpath("*[@rel='via']/@href") == [page]


def test_a_small_release_has_one_sitemap(tmp_path: Path) -> None:
    records = [common("1", dates=changed("2026-02-01")), common("2", dates=changed("2026-02"))]
    (written,) = write("sitemap", tmp_path / "release", records)
    root = etree.parse(written.path).getroot()
    assert root.tag == f"{SITEMAP}urlset"
    assert [[str(part.text) for part in url] for url in root] == [
        ["https://chm.example.org/records/ID-1", "2026-02-01T00:00:00Z"],
        ["https://chm.example.org/records/ID-2", "2026-02-01T00:00:00Z"],
    ]


def test_a_full_sitemap_is_no_longer_than_the_protocol_allows(tmp_path: Path) -> None:
    (written,) = write("sitemap", tmp_path / "release", [common("0" * 100, dates=changed("2026-02-01"))])
    assert sitemap._MOST <= 50_000
    assert written.path.stat().st_size * sitemap._MOST < 50 * 2**20


@pytest.mark.parametrize(("records", "lengths"), [(3, []), (4, [3, 1]), (6, [3, 3]), (7, [3, 3, 1])])
def test_a_large_one_has_an_index_of_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, records: int, lengths: list[int]
) -> None:
    monkeypatch.setattr(sitemap, "_MOST", 3)
    whole, *parts = write("sitemap", tmp_path / "release", [common(str(number)) for number in range(records)])
    root = etree.parse(whole.path).getroot()
    assert root.tag == (f"{SITEMAP}sitemapindex" if lengths else f"{SITEMAP}urlset")
    assert [len(etree.parse(part.path).getroot()) for part in parts] == lengths
    if lengths:
        names = [f"sitemaps/{part.path.name}" for part in parts]
        told = [str(loc.text) for loc in root.iter(f"{SITEMAP}loc")]
        assert told == [f"https://chm.example.org/{name}" for name in names]
