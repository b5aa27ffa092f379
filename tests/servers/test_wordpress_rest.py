"""A real WordPress over its REST API: what `chm` gathers is what the site's own database says, day after day."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from tests.servers.running import Harvester
from tests.servers.wordpress import WordPress, wordpress

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]

LANGUAGES = {"fr": "La forêt & l’été", "nl": "Het bos", "en": "The forest"}
GROUPS = 60  # posts in each language; with pages and species, 200
KINDS = ("post", "page", "species")
PUBLISHED = f"post_status = 'publish' AND post_type IN {KINDS}"


class Site(Struct, frozen=True):
    wordpress: WordPress
    posts: list[int]  # ids


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with wordpress(tmp_path_factory.mktemp("wordpress")) as running:
        posts = running.write([in_a_language(number, lang) for number in range(GROUPS) for lang in LANGUAGES])
        groups = [dict(zip(LANGUAGES, posts[at : at + 3], strict=True)) for at in range(0, len(posts), 3)]
        running.write([{"ID": number, "translations": group} for group in groups for number in group.values()])
        others = [{"post_type": kind, "post_title": f"{kind} {number}"} for kind in KINDS[1:] for number in range(10)]
        hidden = {"post_title": "Not yet", "post_status": "draft"}
        running.write([*others, {**hidden, "post_status": "private"}, hidden])
        yield Site(running, posts)


def in_a_language(number: int, language: str) -> dict[str, Any]:
    return {
        "post_title": f"{LANGUAGES[language]} {number}",
        "post_content": f"<p>{LANGUAGES[language]}, <em>Canis lupus</em>, {number}.</p>",
        "post_date": f"2024-03-{1 + number % 28:02} 0{number // 28}:30:00",
        "categories": ["Protected areas"],
        "lang": language,
    }


def in_its_database(site: Site) -> dict[str, tuple[str, set[str]]]:
    """Guid -> title, in HTML, and the dates of publication and of the last change."""
    rows = site.wordpress.query(
        f"SELECT guid, post_title, post_date_gmt, post_modified_gmt FROM wp_posts WHERE {PUBLISHED}"
    )
    return {guid.replace("&#038;", "&"): (title, set(dates)) for guid, title, *dates in rows}


def gathered(harvester: Harvester) -> dict[str, tuple[str, set[str]]]:
    found = {}
    for guid, row in harvester.records().items():
        ((_, title),) = row["title"]
        found[guid] = (escape(title), {date["value"].replace("T", " ").removesuffix("Z") for date in row["dates"]})
    return found


@pytest.mark.parametrize("api", ["/wp-json/", "/?rest_route=/"])
def test_every_day_the_records_are_those_that_the_sites_own_database_has(site: Site, tmp_path: Path, api: str) -> None:
    keys = {"protocol": "wordpress", "platform": "wordpress", "url": site.wordpress.url + api, "overlap": 0}
    harvester = Harvester(tmp_path, "be_wordpress", **keys)
    (count,) = site.wordpress.query(f"SELECT COUNT(*) FROM wp_posts WHERE {PUBLISHED}")[0]
    first, loaded = harvester.run()
    assert (first["records"], first["complete"], first["issues"]) == (int(count), True, {})
    assert loaded["counts"]["added"] == int(count) >= 200
    assert gathered(harvester) == in_its_database(site)
    assert {language for row in harvester.records().values() for language, _ in row["title"]} >= set(LANGUAGES)
    (row,) = (row for row in harvester.records().values() if row["title"] == [("nl", "Het bos 7")])
    assert {link["language"] for link in row["links"] if link["language"]} == {"fr", "en"}
    assert [term["identifier"] for term in row["subjects"]] == ["CBD-SUBJECT-PA"]

    later = {"post_title": "Scheduled", "post_status": "future", "post_date": "2099-01-01 00:00:00"}
    changed, gone, *_ = site.posts
    (scheduled, _, _, _) = site.wordpress.write(
        [
            later,
            {"ID": changed, "post_title": f"La forêt, corrigée {api}"},
            {"ID": gone, "post_status": "trash"},
            {"post_title": f"Toute nouvelle {api}"},
        ]
    )
    site.wordpress.query(
        "UPDATE wp_posts SET post_status = 'publish', post_date = NOW(), post_date_gmt = UTC_TIMESTAMP(), "
        f"post_modified = '2024-01-01', post_modified_gmt = '2024-01-01' WHERE ID = {scheduled}"
    )
    second, loaded = harvester.run()
    assert (second["complete"], loaded["counts"]["added"], loaded["counts"]["changed"]) == (True, 2, 1)
    binned = gathered(harvester).keys() - in_its_database(site).keys()
    assert (len(binned), loaded["counts"]["absent"]) == (1, 0), "no increment can tell"

    third, loaded = harvester.run("--full")
    assert (third["complete"], loaded["counts"]["absent"]) == (True, 1)
    found = gathered(harvester)
    assert {guid: found[guid] for guid in found if guid not in binned} == in_its_database(site)
    del site.posts[1]  # the next of these tests bins another one
