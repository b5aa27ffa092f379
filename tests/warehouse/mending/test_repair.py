"""A byte that a disk has flipped is noticed, the last good records serve, and what is kept rebuilds what was lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.conftest import Chm
from tests.warehouse.world import ID, World, tree
from warehouse import pipeline, release, reports
from warehouse.files import Damaged
from warehouse.mending import soundness

DAY = 24 * 3600


@pytest.fixture
def three_days(world: World) -> World:
    """Three loads, on each of which a record changes and one is deleted, and a release."""
    world.run("one")
    for number, run in enumerate(("two", "three")):
        world.country.put("r0", f"Title of {run}")
        world.country.delete(f"r{number + 3}")
        world.later()
        assert world.run(run).outcome == "done"
    world.publish("published")
    return world


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def snapshot(world: World, run: str) -> Path:
    return world.layout.snapshot(ID, run) / "records.parquet"


def test_all_is_well_where_nothing_was_touched(chm: Chm, three_days: World) -> None:
    assert chm("verify", "--deep").code == 0
    before = tree(three_days.folder / "data")
    assert chm("repair").out.startswith("All is as it was written")
    assert tree(three_days.folder / "data") == before


@pytest.mark.parametrize(
    ("what", "where"),
    [
        ("snapshot", "records/source=be_chm/snapshot=three/records.parquet"),
        ("snapshot", "records/source=be_chm/snapshot=three/tombstones.parquet"),
        ("snapshot", "records/source=be_chm/snapshot=three/sums.json"),
        ("pointer", "records/source=be_chm/current.json"),
        ("batch", "normalized/source=be_chm/run=two/records.parquet"),
        ("raw", "raw/source=be_chm/run=two/pages.zst"),
        ("release", "releases/{release}/chm.duckdb"),
        ("release", "releases/{release}/records.parquet"),
        ("release", "releases/{release}/manifest.json"),
        ("release", "releases/current.json"),
    ],
)
def test_a_flipped_bit_is_noticed_wherever_it_is(chm: Chm, three_days: World, what: str, where: str) -> None:
    path = three_days.layout.root / where.format(release=three_days.layout.releases()[-1])
    data = bytearray(path.read_bytes())
    data[len(data) // 2 if path.suffix != ".json" else 0] ^= 1
    path.write_bytes(data)
    told = chm("verify", "--deep", "--json")
    assert told.code == 1
    assert [fault["what"] for fault in told.json()["faults"]] == [what]
    assert "`chm repair` rebuilds what can be." in chm("verify", "--deep").out


def test_the_last_good_snapshot_serves_with_its_own_date(three_days: World) -> None:
    flip(snapshot(three_days, "three"))
    three_days.clock.sleep(1)
    manifest, _ = three_days.publish()
    (state,) = manifest.sources
    assert (state.snapshot, state.records, state.deleted) == ("two", 4, 1)
    assert state.as_of
    assert (three_days.country.now - state.as_of).total_seconds() == DAY
    assert release.verify(three_days.layout, manifest).faults == ()


def test_nothing_is_loaded_on_top_of_what_is_damaged(three_days: World) -> None:
    flip(snapshot(three_days, "three"))
    three_days.later()
    harvested = pipeline.harvest(three_days.warehouse, ID)
    pipeline.normalize(three_days.warehouse, ID)
    report = pipeline.load(three_days.warehouse, ID, harvested.run)
    assert report.outcome == "failed"
    assert report.failure
    assert "has been changed" in report.failure.cause
    assert report.failure.advice == "Run `chm repair be_chm`."


@pytest.mark.parametrize(
    ("broken", "kept"),
    [(("three",), "one"), (("two", "three"), "one"), (("one", "two", "three"), None)],
    ids=["the last", "the last two", "all"],
)
def test_repair_does_the_lost_loads_again_as_on_their_days(
    chm: Chm, three_days: World, broken: tuple[str, ...], kept: str | None
) -> None:
    whole = {run: snapshot(three_days, run).parent for run in ("one", "two", "three")}
    before = {run: tree(folder) for run, folder in whole.items()}
    pointer = reports.pointer(three_days.layout, ID)
    loaded = reports.last_loaded(three_days.layout, ID)
    for run in broken:
        flip(snapshot(three_days, run))
    three_days.clock.sleep(30 * DAY)
    told = chm("repair")
    assert told.code == 0
    assert f"Rebuilt from what is kept: {len(broken)} loads were done again." in told.out
    assert {run: tree(folder) for run, folder in whole.items()} == before, "byte for byte"
    assert reports.pointer(three_days.layout, ID) == pointer
    assert reports.last_loaded(three_days.layout, ID) == loaded
    assert chm("verify", "--deep").code == 0
    assert three_days.live() == three_days.country.live()


def test_a_batch_that_is_damaged_too_is_made_of_the_raw_pages(chm: Chm, three_days: World) -> None:
    flip(snapshot(three_days, "three"))
    flip(three_days.layout.normalized(ID, "three") / "records.parquet")
    told = chm("repair", ID).out
    assert "It was made of the raw pages again." in told
    assert "Rebuilt from what is kept" in told
    assert three_days.live() == three_days.country.live()


def test_where_raw_pages_are_damaged_as_well_the_next_harvest_asks_again(chm: Chm, three_days: World) -> None:
    flip(snapshot(three_days, "three"))
    flip(three_days.layout.normalized(ID, "three") / "records.parquet")
    flip(three_days.layout.raw(ID, "three") / "pages.zst")
    told = chm("repair", ID).out
    assert "`chm harvest be_chm --full` asks for everything again" in told
    assert "Fell back to snapshot two" in told
    assert "The next harvest asks for what came after run two." in told
    assert set(three_days.live()) == {"r0", "r1", "r2", "r4"}
    three_days.later()
    three_days.run()
    assert three_days.live() == three_days.country.live()
    assert three_days.dead() == three_days.country.dead()


def test_a_pointer_that_cannot_be_read_is_rebuilt_and_takes_no_country_away(chm: Chm, three_days: World) -> None:
    path = three_days.layout.pointer(ID)
    before = path.read_bytes()
    path.write_bytes(b"{" + before)
    three_days.clock.sleep(1)
    manifest, _ = three_days.publish()
    assert [(state.name, state.government, state.records) for state in manifest.sources] == [("Belgium", "BE", 3)]
    assert chm("repair", ID).code == 0
    assert path.read_bytes() == before


def test_a_repair_that_was_killed_goes_on_though_the_pointer_is_gone(chm: Chm, three_days: World) -> None:
    flip(snapshot(three_days, "one"))
    three_days.layout.pointer(ID).unlink()
    assert "is missing. Rebuilt from what is kept: 0 loads" in chm("repair", ID).out
    assert three_days.live() == three_days.country.live()


def test_where_nothing_is_good_the_last_release_stays_and_the_fault_is_told(chm: Chm, three_days: World) -> None:
    published = release.read(three_days.layout)
    for run in ("one", "two", "three"):
        flip(snapshot(three_days, run))
        flip(three_days.layout.normalized(ID, run) / "records.parquet")
        flip(three_days.layout.raw(ID, run) / "pages.zst")
    three_days.clock.sleep(1)
    report = pipeline.publish(three_days.warehouse)
    assert report.outcome == "failed"
    assert report.failure
    assert "There is no good snapshot before it. " in f"{report.failure.cause} "
    assert release.read(three_days.layout) == published
    told = chm("repair", ID)
    assert told.code == 1
    assert "No snapshot can be built." in told.err


def test_a_damaged_release_is_published_anew(chm: Chm, three_days: World) -> None:
    (name,) = three_days.layout.releases()
    flip(three_days.layout.release(name) / "records.parquet")
    three_days.clock.sleep(1)
    assert "is published in its place." in chm("repair").out
    found = release.read(three_days.layout)
    assert found
    assert found.release != name
    assert soundness.examine(three_days.layout).faults == ()


def test_a_release_pointer_that_cannot_be_read_is_no_end(chm: Chm, three_days: World) -> None:
    three_days.layout.current_release().write_bytes(b"?")
    with pytest.raises(Damaged):
        release.read(three_days.layout)
    three_days.clock.sleep(1)
    assert chm("repair").code == 0
    assert release.read(three_days.layout)
