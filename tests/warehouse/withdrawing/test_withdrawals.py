"""What a person takes out of the index is in no release, comes back by a person's word, and can be erased for good."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
import zstandard

from normalizers.identity import record_id
from tests.warehouse.conftest import Chm
from tests.warehouse.test_publish import content
from tests.warehouse.world import ID, World, tree
from warehouse import pipeline, raw, release
from warehouse.files import Damaged
from warehouse.model import Request
from warehouse.runs import alone
from warehouse.withdrawing import withdrawals

BY = ("--by", "Ana", "--why", "the ministry asked")
R0 = record_id(ID, "r0")
SECRET = "The nest of the last eagle"


def published(world: World) -> tuple[dict[str, str], dict[str, str]]:
    """Publish; titles by source identifier, and reasons of tombstones by identifier."""
    world.clock.sleep(1)  # another run than the one before
    manifest, folder = world.publish()
    assert release.verify(world.layout, manifest).faults == ()
    with duckdb.connect() as connection:
        records = connection.sql(f"SELECT source_identifier, title['en'] FROM '{folder}/records.parquet'").fetchall()
        stones = connection.sql(f"SELECT identifier, reason FROM '{folder}/tombstones.parquet'").fetchall()
    return dict(records), dict(stones)


def test_a_withdrawn_record_is_a_tombstone_in_the_next_release(chm: Chm, world: World) -> None:
    world.run()
    assert "r0" in published(world)[0]
    assert chm("withdraw", R0, *BY).code == 0
    assert published(world) == (
        {name: title for name, title in world.country.live().items() if name != "r0"},
        {R0: "withdrawn"},
    )


def test_it_stays_out_though_its_site_changes_it_and_a_replay_meets_it(chm: Chm, world: World) -> None:
    world.run()
    chm("withdraw", "r0", *BY)  # as its source calls it
    world.country.put("r0", "Another title")
    world.later()
    world.run()
    assert "r0" not in published(world)[0]
    pipeline.replay(world.warehouse, ID)
    assert "r0" not in published(world)[0]


def test_restore_brings_back_the_record_of_today_without_asking_the_site(chm: Chm, world: World) -> None:
    world.run()
    chm("withdraw", R0, *BY)
    world.country.put("r0", "Another title")
    world.later()
    world.run()
    asked = world.requests()
    assert "next release has it again" in chm("restore", R0, *BY).out
    assert published(world) == (world.country.live(), {})
    assert published(world)[0]["r0"] == "Another title"
    assert world.requests() == asked


def test_a_record_that_its_source_deletes_while_it_is_withdrawn_has_one_tombstone(chm: Chm, world: World) -> None:
    world.run()
    chm("withdraw", R0, *BY)
    world.country.delete("r0")
    world.later()
    world.run()
    _, stones = published(world)
    assert list(stones) == [R0]


def test_a_withdrawn_source_is_not_asked_and_all_its_records_are_tombstones(chm: Chm, world: World) -> None:
    world.write_source("fr_chm", name="France", government="FR")
    world.run()
    world.run(source="fr_chm")
    assert chm("withdraw", ID, *BY).code == 0
    records, stones = published(world)
    assert records == world.country.live(), "of France"
    assert set(stones) == {record_id(ID, name) for name in world.country.live()}
    asked = world.requests()
    refused = chm("harvest", ID)
    assert refused.code == 2
    assert "was withdrawn by Ana: the ministry asked. `chm restore be_chm` undoes it." in refused.err
    assert world.requests() == asked
    chm("restore", ID, *BY)
    assert len(published(world)[1]) == 0
    assert pipeline.harvest(world.warehouse, ID).outcome == "done"


def test_withdrawals_are_listed_with_who_when_and_why(chm: Chm, world: World) -> None:
    world.run()
    assert chm("withdrawals").out.strip() == "Nothing is withdrawn."
    chm("withdraw", R0, *BY)
    chm("withdraw", ID, "--by", "Bo", "--why", "no permission")
    chm("restore", ID, *BY)
    (word,) = chm("withdrawals", "--json").json()
    assert (word["record"], word["by"], word["why"]) == (R0, "Ana", "the ministry asked")
    assert "the ministry asked" in chm("withdrawals").out
    lines = world.layout.withdrawals().read_bytes().splitlines()
    assert [msgspec.json.decode(line)["verdict"] for line in lines] == ["withdraw", "withdraw", "restore"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("withdraw", "r9", *BY), "There is no source or record r9."),
        (("withdraw", "r0", "--by", " ", "--why", "x"), "A decision needs a name and a reason."),
        (("withdraw", "r1", *BY), "is withdrawn already, by Ana."),
        (("restore", "r0", *BY), "is not withdrawn. `chm withdrawals` lists what is."),
    ],
)
def test_what_cannot_be_decided_is_refused_with_what_to_do(
    command: tuple[str, ...], said: str, chm: Chm, world: World
) -> None:
    world.run()
    chm("withdraw", "r1", *BY)
    before = tree(world.folder / "data")
    refused = chm(*command)
    assert refused.code == 2
    assert said in refused.err
    assert tree(world.folder / "data") == before


def test_a_name_that_two_sources_use_must_be_told_apart(chm: Chm, world: World) -> None:
    world.write_source("fr_chm", name="France", government="FR")
    world.run()
    world.run(source="fr_chm")
    refused = chm("withdraw", "r0", *BY)
    assert refused.code == 2
    for source in (ID, "fr_chm"):
        assert f"{record_id(source, 'r0')} of {source}" in refused.err


def test_a_line_that_a_hand_has_spoilt_is_named_and_nothing_is_published_past_it(world: World) -> None:
    world.run()
    world.layout.withdrawals().parent.mkdir()
    world.layout.withdrawals().write_bytes(b"no\n")
    report = pipeline.publish(world.warehouse)
    assert report.outcome == "failed"
    assert report.failure
    assert "line 1 cannot be read" in report.failure.cause
    with pytest.raises(Damaged):
        withdrawals.in_force(world.layout)


# Erasure.


def where(folder: Path, words: str) -> list[str]:
    """The files below a folder in which `words` stand, also within zstd, Parquet and DuckDB."""
    sought = words.encode()
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.suffix == ".zst":
            frames, data = data, b""
            while frames:
                one = zstandard.ZstdDecompressor().decompressobj()
                data += one.decompress(frames)
                frames = one.unused_data
        elif path.suffix in (".parquet", ".duckdb"):
            data += repr(_tables(path)).encode()
        if sought in data or words.encode("utf-16-le") in data:
            found.append(path.relative_to(folder).as_posix())
    return found


def _tables(path: Path) -> Any:
    if path.suffix == ".duckdb":
        return content(path)
    with duckdb.connect() as connection:
        return connection.sql(f"SELECT * FROM read_parquet('{path}', hive_partitioning = false)").fetchall()


@pytest.fixture
def long_kept(world: World) -> World:
    """A record with a secret that was harvested, changed, swept, replayed and published twice, with others."""
    world.country.put("r0", SECRET)
    world.later()
    world.run()
    world.publish()
    world.country.put("r0", f"{SECRET}, again")
    world.later()
    world.run()
    pipeline.replay(world.warehouse, ID)
    world.publish()
    world.country.put("r0", f"{SECRET}, changed")
    world.later()
    pipeline.harvest(world.warehouse, ID)  # a run that is open
    return world


def test_the_search_finds_what_is_there(long_kept: World) -> None:
    kinds = {path.split("/")[0] for path in where(long_kept.folder / "data", SECRET)}
    assert kinds == {"raw", "normalized", "records", "changes", "releases"}


def test_no_byte_of_an_erased_record_is_left(chm: Chm, long_kept: World) -> None:
    done = chm("withdraw", R0, *BY, "--erase", "--json").json()
    data = long_kept.folder / "data"
    assert where(data, SECRET) == []
    assert (done["raw"], len(done["releases"]), done["removed"]) == (3, 2, [])
    assert msgspec.json.decode(next((data / "reports" / "erasures").iterdir()).read_bytes()) == done
    for name in long_kept.layout.releases():
        found = release.read(long_kept.layout, name)
        assert found
        assert len(found.rewritten) == 1
        assert release.verify(long_kept.layout, found).faults == ()
        assert (found.records, found.deleted) == (4, 1)
    others = {name: title for name, title in long_kept.country.live().items() if name != "r0"}
    assert published(long_kept) == (others, {R0: "withdrawn"})


def test_what_was_erased_is_not_kept_when_it_comes_again_until_it_is_restored(chm: Chm, long_kept: World) -> None:
    chm("withdraw", R0, *BY, "--erase")
    pipeline.load(long_kept.warehouse, ID, pipeline.normalize(long_kept.warehouse, ID).run)
    long_kept.country.put("r0", f"{SECRET}, once more")
    long_kept.later()
    long_kept.run()
    long_kept.later()
    long_kept.run(request=Request(full=True))
    pipeline.replay(long_kept.warehouse, ID)
    published(long_kept)
    assert where(long_kept.folder / "data", SECRET) == []
    assert "comes again when its site gives it" in chm("restore", R0, *BY).out
    assert "r0" not in published(long_kept)[0]
    long_kept.later()
    long_kept.run(request=Request(full=True))
    assert published(long_kept) == (long_kept.country.live(), {})


def test_every_other_byte_is_still_there_and_replays_to_the_same_records(chm: Chm, long_kept: World) -> None:
    before = {name: title for name, title in long_kept.live().items() if name != "r0"}
    chm("withdraw", R0, *BY, "--erase")
    report = pipeline.replay(long_kept.warehouse, ID)
    assert report.outcome == "done"
    assert long_kept.live() == before
    (first, *_) = long_kept.layout.kept("raw", ID)
    bodies = [record.body for _, page in raw.read(first) for record in page.records]
    assert len(bodies) == 4
    assert all(body.startswith(b"<record>") and body.endswith(b"</record>") for body in bodies)


def test_an_erased_source_leaves_nothing_but_tombstones(chm: Chm, long_kept: World) -> None:
    chm("withdraw", ID, *BY, "--erase")
    for title in (SECRET, "Title 1", "Title 4"):
        assert where(long_kept.folder / "data", title) == []
    records, stones = published(long_kept)
    assert records == {}
    assert set(stones.values()) == {"withdrawn"}
    assert len(stones) == 5


def test_an_erasure_that_was_interrupted_goes_on_with_the_same_command(chm: Chm, long_kept: World) -> None:
    with alone(long_kept.layout, ID):
        busy = chm("withdraw", R0, *BY, "--erase")
    assert busy.code == 2
    assert where(long_kept.folder / "data", SECRET)
    assert chm("withdraw", R0, *BY, "--erase").code == 0
    assert where(long_kept.folder / "data", SECRET) == []


def test_a_record_that_was_only_withdrawn_can_be_erased_later(chm: Chm, long_kept: World) -> None:
    chm("withdraw", R0, *BY)
    assert chm("withdraw", R0, *BY, "--erase").code == 0
    assert where(long_kept.folder / "data", SECRET) == []


def test_a_release_whose_snapshots_are_gone_is_removed_and_named(chm: Chm, long_kept: World) -> None:
    first, second = long_kept.layout.releases()
    manifest = release.read(long_kept.layout, first)
    assert manifest
    for path in long_kept.layout.snapshot(ID, manifest.sources[0].snapshot).iterdir():
        path.unlink()
    long_kept.layout.snapshot(ID, manifest.sources[0].snapshot).rmdir()
    assert f"cannot be rebuilt: {first}" in chm("withdraw", R0, *BY, "--erase").out
    assert long_kept.layout.releases() == [second]
