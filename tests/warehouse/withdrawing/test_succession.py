"""A site moves to another platform, under another address: its records are not lost, and none is there twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from msgspec.structs import replace

from normalizers.model import Date, Link, Provenance
from tests.harvesters.servers import Site, reply
from tests.warehouse.conftest import Chm
from tests.warehouse.making import common, write_batch
from tests.warehouse.world import World
from warehouse import overlays, pipeline, release
from warehouse.files import write_json
from warehouse.layout import Layout
from warehouse.model import Pointer
from warehouse.runs import Refused
from warehouse.withdrawing import succession

BY = ("--by", "Ana", "--why", "the site moved to Bioland")


def current(layout: Layout, source: str, records: list[dict[str, Any]]) -> None:
    made = [
        replace(common(each["name"]), identifier=f"{source}-{each['name']}", source=source, **_fields(each))
        for each in records
    ]
    write_batch(layout.snapshot(source, "R"), made)
    write_json(layout.pointer(source), Pointer(snapshot="R", run="R", name=source, government="BE"))


def _fields(told: dict[str, Any]) -> dict[str, Any]:
    page, document, day = told.get("page"), told.get("document"), told.get("day")
    return {
        "source_identifier": told.get("id", told["name"]),
        "title": {"en": told["title"]} if "title" in told else {},
        "source_page": page,
        "links": (Link(url=document, rel="document", name=None, language=None, media_type=None),) if document else (),
        "dates": (Date(kind="published", value=day, verbatim=day),) if day else (),
        "provenance": Provenance(profile="rss_item", url="https://x.example/", item=0, received="2026-03-01T06:00:00Z"),
    }


@pytest.mark.parametrize(
    ("by", "old", "new"),
    [
        ("identifier", {"id": "oai:be:1"}, {"id": "oai:be:1"}),
        ("address", {"page": "http://www.be.example/a"}, {"page": "https://be.example/a/"}),
        ("address", {"document": "https://be.example/nbsap.pdf"}, {"document": "https://be.example/nbsap.pdf"}),
        ("doi", {"document": "https://doi.org/10.1/AB"}, {"document": "https://doi.org/10.1/ab"}),
        (
            "alias",
            {"page": "https://be.ptk.example/en/news/red-list.html"},
            {"page": "https://be.example/news/Red-List"},
        ),
        ("title", {"title": "The red list", "day": "2026-01-02"}, {"title": "The Red List", "day": "2026-01-02"}),
    ],
)
def test_records_pair_by_what_they_have_in_common(
    by: str, old: dict[str, Any], new: dict[str, Any], tmp_path: Path
) -> None:
    layout = Layout(tmp_path)
    current(layout, "old", [{"name": "a", **old}, {"name": "z"}])
    current(layout, "new", [{"name": "b", **new}, {"name": "y"}])
    told = succession.pair(layout, "old", "new")
    assert [(pair.old, pair.new, pair.by) for pair in told.pairs] == [("old-a", "new-b", by)]
    assert (told.left, told.fresh) == (1, 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"page": "https://be.ptk.example/node/12"}, {"page": "https://be.example/node/12"}),
        ({"page": "https://be.ptk.example/about"}, {"page": "https://be.example/about"}),
        ({"page": "https://be.example/"}, {"page": "https://be.example"}),
        ({"title": "Annual report", "day": "2025-01-01"}, {"title": "Annual report", "day": "2026-01-01"}),
        ({"title": "Undated"}, {"title": "Undated"}),
    ],
)
def test_what_only_looks_alike_pairs_nobody(old: dict[str, Any], new: dict[str, Any], tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    current(layout, "old", [{"name": "a", **old}])
    current(layout, "new", [{"name": "b", **new}])
    assert succession.pair(layout, "old", "new").pairs == ()


def test_the_surest_thing_decides_and_what_several_have_pairs_none_of_them(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    same = {"title": "News", "day": "2026-01-02"}
    page = {"page": "https://be.example/x"}
    current(layout, "old", [{"name": "a", **page, **same}, {"name": "b", **same}, {"name": "c", **same}])
    current(layout, "new", [{"name": "d", **same}, {"name": "e", **page}])
    told = succession.pair(layout, "old", "new")
    assert [(pair.old, pair.new, pair.by) for pair in told.pairs] == [("old-a", "new-e", "address")]
    assert (told.left, told.fresh) == (2, 1)


def test_a_source_that_was_never_loaded_takes_nothing_over(tmp_path: Path) -> None:
    current(Layout(tmp_path), "old", [])
    with pytest.raises(Refused, match=r"new was never loaded\. Run `chm run new` first"):
        succession.pair(Layout(tmp_path), "old", "new")
    with pytest.raises(Refused, match="cannot take over from itself"):
        succession.pair(Layout(tmp_path), "old", "old")


# The story: a Portal Tool Kit's feed, and the feed of the Bioland site that took over.


def feed(*entries: tuple[str, str, str]) -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>{link}</link><guid>{link}</guid><pubDate>{day}</pubDate></item>"
        for title, link, day in entries
    )
    return f"<rss version='2.0'><channel><title>T</title><link>x</link>{items}</channel></rss>".encode()


MONDAY, TUESDAY = "Mon, 05 Jan 2026 06:00:00 GMT", "Tue, 06 Jan 2026 06:00:00 GMT"
PTK = feed(
    ("National strategy", "https://be.ptk.example/documents/national-strategy", MONDAY),
    ("Red list of birds", "https://be.ptk.example/news/7", TUESDAY),
    ("Training in Namur", "https://be.ptk.example/news/8", MONDAY),
)
BIOLAND = feed(
    ("The national strategy", "https://be.bioland.example/en/documents/national-strategy", TUESDAY),
    ("Red list of birds", "https://be.bioland.example/en/news/red-list-of-all-birds", TUESDAY),
    ("Welcome", "https://be.bioland.example/en/welcome", TUESDAY),
)


@pytest.fixture
def moved(world: World) -> Iterator[World]:
    with (
        Site({"/old": reply(200, PTK, content_type="application/rss+xml")}) as old,
        Site({"/new": reply(200, BIOLAND, content_type="application/rss+xml")}) as new,
    ):
        told = {"protocol": "feed", "name": "Belgium", "expect": {"min_records": 2}}
        world.write_source("be_ptk", url=old.url("/old"), **told)
        world.write_source("be_bioland", url=new.url("/new"), **told)
        world.run(source="be_ptk")
        world.publish()
        world.later()
        world.run(source="be_bioland")
        yield world


def index(world: World) -> tuple[set[tuple[str, str]], dict[str, tuple[str, str | None]]]:
    """Publish; source and title of every record, and reason and successor's title of every tombstone, by identifier."""
    world.clock.sleep(1)
    manifest, folder = world.publish()
    assert release.verify(world.layout, manifest).faults == ()
    with duckdb.connect() as connection:
        records = connection.sql(f"SELECT source, title['en'] FROM '{folder}/records.parquet'").fetchall()
        stones = connection.sql(
            f"SELECT stone.source_identifier, reason, title['en'] FROM '{folder}/tombstones.parquet' AS stone "
            f"LEFT JOIN '{folder}/records.parquet' AS record ON record.identifier = stone.successor"
        ).fetchall()
    return set(records), {name: (reason, title) for name, reason, title in stones}


def test_a_site_moves_from_ptk_to_bioland(chm: Chm, moved: World) -> None:
    shown = chm("sources", "succeed", "be_ptk", "be_bioland", "--dry-run", *BY).out
    assert "2 records of be_ptk are records of be_bioland:\n  by alias: 1\n    National strategy: " in shown
    assert "  by title: 1\n    Red list of birds: " in shown
    assert "1 records of be_ptk have no successor and would stay published as they are." in shown
    assert "1 records of be_bioland are new." in shown
    assert len(moved.rows(source="be_ptk")) == 3, "nothing was changed"

    done = chm("sources", "succeed", "be_ptk", "be_bioland", *BY)
    assert done.code == 0
    assert "be_bioland took over 2 records from be_ptk, which is retired; 1 others stay published" in done.out
    records, stones = index(moved)
    assert records == {
        ("be_ptk", "Training in Namur"),
        ("be_bioland", "The national strategy"),
        ("be_bioland", "Red list of birds"),
        ("be_bioland", "Welcome"),
    }
    assert stones == {
        "https://be.ptk.example/documents/national-strategy": ("moved", "The national strategy"),
        "https://be.ptk.example/news/7": ("moved", "Red list of birds"),
    }
    source = moved.warehouse.source("be_ptk")
    assert (source.status, source.superseded_by, source.expect.min_records) == ("retired", "be_bioland", 2)
    assert "be_ptk is retired" in chm("harvest", "be_ptk").err
    (line,) = moved.layout.successions().read_text().splitlines()
    assert '"by":"Ana","why":"the site moved to Bioland"' in line

    moved.clock.sleep(1)
    assert pipeline.replay(moved.warehouse, "be_ptk").outcome == "done"
    assert index(moved)[0] == records, "what was received long ago brings no moved record back"


def test_what_has_no_successor_goes_where_a_person_gives_it_up(chm: Chm, moved: World) -> None:
    assert chm("sources", "succeed", "be_ptk", "be_bioland", "--give-up", *BY).code == 0
    records, stones = index(moved)
    assert {source for source, _ in records} == {"be_bioland"}
    assert stones["https://be.ptk.example/news/8"] == ("source_retired", None)


def test_a_succession_that_nobody_signs_changes_nothing(chm: Chm, moved: World) -> None:
    refused = chm("sources", "succeed", "be_ptk", "be_bioland", "--by", "", "--why", "x")
    assert (refused.code, moved.layout.successions().exists()) == (2, False)
    assert moved.warehouse.source("be_ptk").status == "active"


def test_an_overlay_keeps_its_comments_and_its_other_keys(chm: Chm, moved: World) -> None:
    path = moved.folder / "sources" / "be_ptk.yml"
    before = path.read_text()
    path.write_text(f"# Ask Jan before changing this.\n{before}")
    assert chm("sources", "succeed", "be_ptk", "be_bioland", *BY).code == 0
    after = path.read_text()
    assert after.startswith("# Ask Jan before changing this.\n")
    known = yaml.safe_load(before)
    assert yaml.safe_load(after) == {**known, "status": "retired", "superseded_by": "be_bioland"}


def test_without_a_folder_of_ones_own_there_is_nowhere_to_retire_a_source_in(moved: World) -> None:
    settings = moved.warehouse.settings
    bare = type(settings)(**{name: getattr(settings, name) for name in settings.__struct_fields__} | {"sources": ()})
    with pytest.raises(Refused, match="CHM_SOURCES names no folder"):
        overlays.path_of(bare, "be_ptk")
