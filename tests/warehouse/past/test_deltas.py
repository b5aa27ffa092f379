"""Whoever has one release and applies the delta has the next; or is told to take the whole."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import zstandard
from msgspec.structs import replace

from tests.warehouse.conftest import Chm
from tests.warehouse.world import ID, World
from warehouse import release
from warehouse.formats import Written
from warehouse.model import Release
from warehouse.past import deltas
from warehouse.withdrawing import withdrawals
from warehouse.withdrawing.withdrawals import Withdrawal

FILES = {"delta.json", "delta.jsonl.zst", "delta-solr.jsonl.zst", "delta-solr-delete.json"}


def lines(path: Path) -> list[dict[str, Any]]:
    with zstandard.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def records(folder: Path) -> dict[str, dict[str, Any]]:
    return {line["identifier"]: line for line in lines(folder / "records.jsonl.zst")}


def applied(held: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What a reader has, who held these records and follows the delta of a folder."""
    found = dict(held)
    for line in lines(folder / "delta.jsonl.zst"):
        if line["change"] == "removed":
            found.pop(line["identifier"], None)
        else:
            found[line["identifier"]] = line["record"]
    return found


def in_solr(held: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What Solr has, which held these documents and is given the commands of a folder."""
    gone = set(json.loads((folder / "delta-solr-delete.json").read_text())["delete"])
    came = {document["id"]: document for document in lines(folder / "delta-solr.jsonl.zst")}
    return {name: document for name, document in held.items() if name not in gone} | came


def solr(folder: Path) -> dict[str, Any]:
    return {document["id"]: document for document in lines(folder / "solr.jsonl.zst")}


@pytest.fixture
def three(world: World) -> tuple[World, list[tuple[Release, Path]]]:
    """Three releases: of five records; with one changed, one new and one deleted; and with one more."""
    made = []
    world.run()
    made.append(world.publish())
    world.later()
    world.country.put("r0", "Changed")
    world.country.put("r8", "New")
    world.country.delete("r4")
    world.run()
    made.append(world.publish())
    world.later()
    world.country.put("r9", "Newest")
    world.run()
    made.append(world.publish())
    return world, made


def test_a_first_release_tells_to_take_the_whole(three: tuple[World, list[tuple[Release, Path]]]) -> None:
    _, [(first, folder), *_] = three
    delta = deltas.read(folder)
    assert delta
    assert (delta.release, delta.previous, delta.is_empty) == (first.release, None, False)
    assert FILES & {file.name for file in first.files} == {"delta.json"}


def test_a_delta_leads_from_the_release_before(three: tuple[World, list[tuple[Release, Path]]]) -> None:
    world, [(first, one), (second, two), (_, last)] = three
    delta = deltas.read(two)
    assert delta
    assert (delta.previous, delta.release, delta.is_empty) == (first.release, second.release, False)
    assert (delta.added, delta.changed, delta.removed, delta.solr_whole) == (1, 1, 1, False)
    told = {line["change"]: line for line in lines(two / "delta.jsonl.zst")}
    assert told["added"]["record"]["title"] == {"en": "New"}
    assert told["changed"]["fields"] == ["title"]
    assert {name: told["removed"].get(name) for name in ("reason", "record", "successor")} == {
        "reason": "deleted_at_source",
        "record": None,
        "successor": None,
    }
    assert applied(records(one), two) == records(two)
    assert applied(applied(records(one), two), last) == records(last)
    assert in_solr(in_solr(solr(one), two), last) == solr(last)
    assert deltas.chain(world.layout, first.release, second.release) == (second.release,)


def test_an_empty_delta_is_announced(three: tuple[World, list[tuple[Release, Path]]]) -> None:
    world, _ = three
    manifest, folder = world.publish("again")
    delta = deltas.read(folder)
    assert delta
    assert (delta.is_empty, delta.added, delta.changed, delta.removed) == (True, 0, 0, 0)
    assert lines(folder / "delta.jsonl.zst") == []
    assert json.loads((folder / "delta-solr-delete.json").read_text()) == {"delete": []}
    assert release.verify(world.layout, manifest).faults == ()


def test_whoever_missed_some_finds_the_chain(three: tuple[World, list[tuple[Release, Path]]]) -> None:
    world, made = three
    one, two, last = (manifest.release for manifest, _ in made)
    assert deltas.chain(world.layout, one, last) == (two, last)
    assert deltas.chain(world.layout, last, last) == ()
    assert deltas.chain(world.layout, "20200101T000000Z", last) is None
    for path in world.layout.release(two).rglob("*.*"):
        path.unlink()
    assert deltas.chain(world.layout, one, last) is None


def test_any_two_that_are_kept_have_one_on_request(
    three: tuple[World, list[tuple[Release, Path]]], chm: Chm, tmp_path: Path
) -> None:
    _, [(first, one), _, (last, three_)] = three
    into = tmp_path / "into"
    told = chm("delta", "--from", first.release, "--into", str(into), "--json").json()
    assert (told["previous"], told["release"], told["added"]) == (first.release, last.release, 2)
    assert {path.name for path in into.iterdir()} == FILES
    assert applied(records(one), into) == records(three_)
    assert in_solr(solr(one), into) == solr(three_)
    back = tmp_path / "back"
    shown = chm("delta", "--from", last.release, "--to", first.release, "--into", str(back)).out
    assert f"From {last.release} to {first.release}: 1 added, 1 changed, 2 removed" in shown
    assert applied(records(three_), back) == records(one)


def test_a_withdrawal_is_told_though_the_release_before_was_rewritten(
    three: tuple[World, list[tuple[Release, Path]]],
) -> None:
    world, [*_, (_, before)] = three
    held = records(before)
    identifier = next(name for name, record in held.items() if record["source_identifier"] == "r1")
    word = {"source": ID, "record": identifier, "by": "Ann", "why": "personal data", "at": world.clock.now()}
    withdrawals.add(world.layout, Withdrawal(verdict="withdraw", **word))
    manifest, folder = world.publish("after")
    (removed,) = lines(folder / "delta.jsonl.zst")
    assert (removed["change"], removed["identifier"], removed["reason"]) == ("removed", identifier, "withdrawn")
    assert applied(held, folder) == records(folder)
    assert release.verify(world.layout, manifest).faults == ()
    _, again = world.publish("again")
    assert [line["identifier"] for line in lines(again / "delta.jsonl.zst")] == [identifier]
    world.later()
    world.publish("a day later")
    delta = deltas.read(world.publish("once more")[1])
    assert delta
    assert delta.is_empty


def stamps(folder: Path) -> dict[str, str]:
    """When each record became what it is, by the identifier of its source."""
    names = {identifier: record["source_identifier"] for identifier, record in records(folder).items()}
    with closing(sqlite3.connect(folder / "records.sqlite")) as file:
        rows = file.execute("SELECT identifier, stamp FROM entries WHERE number IS NOT NULL").fetchall()
    return {names[identifier]: stamp for identifier, stamp in rows}


def test_a_release_that_a_disk_has_damaged_is_passed_over(three: tuple[World, list[tuple[Release, Path]]]) -> None:
    world, made = three
    expected = stamps(made[1][1])
    for name in ("records.parquet", "tombstones.parquet", "records.sqlite", "delta.json", "manifest.json"):
        *_, (good, held), (_, damaged) = made
        whole = (damaged / name).read_bytes()
        (damaged / name).write_bytes(b"?" + whole[1:])
        manifest, folder = world.publish(f"after damage to {name}")
        delta = deltas.read(folder)
        assert delta
        assert delta.previous == good.release, name
        assert deltas.chain(world.layout, good.release, manifest.release) == (manifest.release,)
        assert deltas.chain(world.layout, damaged.name, manifest.release) is None
        assert applied(records(held), folder) == records(folder)
        assert expected.items() <= stamps(folder).items()
        assert release.verify(world.layout, manifest).faults == ()
        (damaged / name).write_bytes(whole)
        made.append((manifest, folder))


def test_no_delta_is_made_of_what_is_damaged(
    three: tuple[World, list[tuple[Release, Path]]], chm: Chm, tmp_path: Path
) -> None:
    _, [(first, one), *_] = three
    (one / "records.parquet").write_bytes(b"PAR1 no more")
    told = chm("delta", "--from", first.release, "--into", str(tmp_path / "into"))
    assert told.code == 1
    assert f"{first.release} is not as it was published. `chm verify {first.release}` says why." in " ".join(
        told.err.split()
    )


def test_solr_takes_the_whole_where_labels_changed(three: tuple[World, list[tuple[Release, Path]]]) -> None:
    world, _ = three
    world.environment["CHM_REALM"] = "chm-test"
    _, folder = world.publish("another realm")
    delta = deltas.read(folder)
    assert delta
    assert (delta.is_empty, delta.solr_whole) == (True, True)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("delta.jsonl.zst", "delta.jsonl.zst holds 2 changes, delta.json says otherwise."),
        ("delta-solr.jsonl.zst", "delta-solr.jsonl.zst and delta-solr-delete.json do not tell of the same records"),
    ],
)
def test_verify_notices_a_delta_of_other_records(
    three: tuple[World, list[tuple[Release, Path]]], name: str, said: str
) -> None:
    world, [_, (manifest, folder), _] = three
    *rest, _ = (json.dumps(line).encode() + b"\n" for line in lines(folder / name))
    (folder / name).write_bytes(zstandard.ZstdCompressor().compress(b"".join(rest)))
    files = tuple(
        release._describe(folder, Written(folder / file.name, file.records, file.left_out), file.format)
        for file in manifest.files
    )
    faults = release.verify(world.layout, replace(manifest, files=files)).faults
    assert any(fault.startswith(said) for fault in faults), faults
    assert ID in {source.id for source in manifest.sources}
