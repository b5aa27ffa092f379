"""A site map names addresses; what is wrong with it is told, and what can be read of it is read."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.spiders.sitemaps import read
from tests.network.bends import LAUGHS, WEB_PAGE

URL = "https://chm.example/sitemap.xml"
MOST = 100_000
ENTRIES = (
    "<url><loc>https://chm.example/a</loc><lastmod>2026-03-01</lastmod></url>"
    "<url><loc> https://chm.example/b </loc><link rel='alternate' hreflang='ar' href='https://chm.example/ar/b'/></url>"
)
WHOLE = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{ENTRIES}</urlset>".encode()


def locations(body: bytes) -> list[str]:
    return [entry["loc"] for entry in read(URL, body, MOST).entries]


@pytest.mark.parametrize("body", [WHOLE, gzip.compress(WHOLE), b"\xef\xbb\xbf" + WHOLE], ids=["plain", "gzip", "BOM"])
def test_addresses_come_with_their_day_and_their_translations(body: bytes) -> None:
    site_map = read(URL, body, MOST)
    first, second = site_map.entries
    assert (first["loc"], first["lastmod"]) == ("https://chm.example/a", "2026-03-01")
    assert (second["loc"], second["alternate"]) == ("https://chm.example/b", ["https://chm.example/ar/b"])
    assert (site_map.is_index, site_map.issues) == (False, ())


def test_an_index_names_other_site_maps() -> None:
    site_map = read(URL, b"<sitemapindex><sitemap><loc>https://chm.example/1.xml</loc></sitemap></sitemapindex>", MOST)
    assert (site_map.is_index, [entry["loc"] for entry in site_map.entries]) == (True, ["https://chm.example/1.xml"])


@pytest.mark.parametrize(
    ("body", "code", "severity"),
    [
        pytest.param(gzip.compress(b" " * 10 * MOST), "sitemap_not_readable", "error", id="a bomb"),
        pytest.param(b"\x1f\x8b\x08nonsense", "sitemap_not_readable", "error", id="broken gzip"),
        pytest.param(b"404: no such file", "sitemap_not_readable", "error", id="a sentence"),
        pytest.param(WHOLE[:-20], "sitemap_not_well_formed", "warning", id="cut off"),
        pytest.param(
            WHOLE.replace(b"/a<", b"/a?x=1&y=2<"), "sitemap_not_well_formed", "warning", id="a bare ampersand"
        ),
    ],
)
def test_what_is_wrong_with_it_is_told(body: bytes, code: str, severity: str) -> None:
    (issue,) = read(URL, body, MOST).issues
    assert (issue.code, issue.severity, issue.value) == (code, severity, URL)
    assert URL in issue.message


@pytest.mark.parametrize("body", [b"", b"\n", WEB_PAGE, b"<html><p>Not here"])
def test_a_page_or_nothing_in_its_place_is_no_fault(body: bytes) -> None:
    assert (locations(body), read(URL, body, MOST).issues) == ([], ())


def test_what_stands_before_the_damage_is_read() -> None:
    assert locations(WHOLE[:-20])[:1] == ["https://chm.example/a"]


def test_entities_are_not_expanded() -> None:
    body = LAUGHS.encode() + WHOLE.replace(b"/a<", b"/&m;<")
    assert all("haha" not in location for location in locations(body))


@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from([*ENTRIES.split("<"), "&", "<![CDATA["])).map(lambda found: "<".join(found).encode())
)
def test_any_bytes_are_read_as_something(body: bytes) -> None:
    assert all("loc" in entry for entry in read(URL, body, MOST).entries)
