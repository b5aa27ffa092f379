"""A real WordPress, as Debian packages it: what `chm` gathers is what the site's own database says."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from msgspec import Struct

from tests.servers.running import Harvester
from tests.servers.wordpress import WordPress, wordpress

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]

POSTS = 34  # four pages of the feed
PUBLISHED = "SELECT guid, post_title FROM wp_posts WHERE post_status = 'publish' AND post_type = 'post'"


class Site(Struct, frozen=True):
    wordpress: WordPress
    posts: list[int]  # ids, the oldest first


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with wordpress(tmp_path_factory.mktemp("wordpress")) as running:
        posts = [
            {
                "post_title": f"Fiche {number}: l’été & la forêt",
                "post_content": f"<p>Le loup nº {number}, <em>Canis lupus</em>.</p>",
                "post_excerpt": f"Un loup, {number}",
                "post_date": f"2024-03-{1 + number % 28:02} 0{number // 28}:30:00",
                "categories": ["Nouvelles", "Aires protégées"],
            }
            for number in range(POSTS)
        ]
        running.write(posts)
        rows = running.query("SELECT ID FROM wp_posts WHERE post_type = 'post' ORDER BY post_date")
        yield Site(running, [int(number) for (number,) in rows])


@pytest.fixture
def harvester(site: Site, tmp_path: Path) -> Harvester:
    feed = f"{site.wordpress.url}/feed/"
    return Harvester(tmp_path, "be_wordpress", protocol="feed", url=feed, options={"paged": True})


def in_its_database(site: Site) -> dict[str, str]:
    return dict(site.wordpress.query(PUBLISHED))


def gathered(harvester: Harvester) -> dict[str, str]:
    """Titles as WordPress keeps them, in HTML; its feed says that they are English."""
    return {guid: escape(dict(row["title"])["en-US"]) for guid, row in harvester.records().items()}


def test_every_day_the_records_are_those_that_the_sites_own_database_has(site: Site, harvester: Harvester) -> None:
    first, loaded = harvester.run()
    assert (first["records"], first["pages"], first["complete"]) == (POSTS, 5, True), (
        "four pages, and the 404 past them"
    )
    assert loaded["counts"]["added"] == POSTS
    assert gathered(harvester) == in_its_database(site)
    texts = {tuple(text for _, text in row["description"]) for row in harvester.records().values()}
    assert texts == {(f"Le loup nº {number}, Canis lupus.",) for number in range(POSTS)}
    assert {row["provenance"]["first_seen"] for row in harvester.records().values()} == {None}, "each has its date"

    second, loaded = harvester.run()
    assert (second["pages"], second["bytes"], second["issues"]) == (1, 0, {}), "a 304, and nothing to do"
    assert loaded["counts"] == {**loaded["counts"], "seen": 0, "live": POSTS}

    site.wordpress.write([{"ID": site.posts[-1], "post_title": "Fiche corrigée"}, {"post_title": "Toute nouvelle"}])
    third, loaded = harvester.run()
    assert (third["pages"], loaded["counts"]["added"], loaded["counts"]["changed"]) == (1, 1, 1)
    assert gathered(harvester) == in_its_database(site)

    site.wordpress.write([{"ID": site.posts[0], "post_title": "La plus ancienne, corrigée"}])
    fourth, loaded = harvester.run("--full")
    assert (fourth["pages"], loaded["counts"]["changed"], loaded["counts"]["live"]) == (5, 1, POSTS + 1)
    assert gathered(harvester) == in_its_database(site)


def test_the_sites_front_page_instead_of_its_feed_is_answered_with_the_feeds_that_it_names(
    site: Site, tmp_path: Path
) -> None:
    harvester = Harvester(tmp_path, "be_wordpress", protocol="feed", url=site.wordpress.url)
    told = harvester.chm("check", "be_wordpress")
    assert told.returncode == 1
    said = " ".join((told.stdout + told.stderr).split())
    assert f"it names 2 of its own: {site.wordpress.url}/feed/, {site.wordpress.url}/comments/feed/" in said


@pytest.mark.parametrize("kind", ["atom", "rdf", "rss2"])
def test_every_kind_of_its_feeds_is_read(site: Site, tmp_path: Path, kind: str) -> None:
    harvester = Harvester(tmp_path, "be_wordpress", protocol="feed", url=f"{site.wordpress.url}/feed/{kind}/")
    harvest, loaded = harvester.run()
    assert (harvest["records"], loaded["counts"]["added"]) == (10, 10)
    titles = {text for row in harvester.records().values() for _, text in row["title"]}
    assert {escape(title) for title in titles} < set(in_its_database(site).values())
