from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.warehouse.world import ID, World
from warehouse import loading, pipeline, pointers, reports
from warehouse.files import Damaged, read_json
from warehouse.layout import Layout
from warehouse.model import CurrentRelease
from warehouse.pointers import Overtaken

RACERS = 8
EACH = 20


def at(number: int) -> CurrentRelease:
    return CurrentRelease(release=str(number))


def test_a_pointer_moves_from_where_it_was_seen(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    pointers.move(layout, layout.current_release(), None, at(1))
    pointers.move(layout, layout.current_release(), at(1), at(2))
    assert read_json(layout.current_release(), CurrentRelease) == at(2)


@pytest.mark.parametrize("seen", [None, at(1), at(3)])
def test_a_pointer_that_stands_elsewhere_is_left_there(seen: CurrentRelease | None, tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    pointers.move(layout, layout.current_release(), None, at(2))
    with pytest.raises(Overtaken, match="moved by another process"):
        pointers.move(layout, layout.current_release(), seen, at(9))
    assert read_json(layout.current_release(), CurrentRelease) == at(2)


def test_a_pointer_that_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.current_release().parent.mkdir()
    layout.current_release().write_bytes(b"?")
    with pytest.raises(Damaged):
        pointers.move(layout, layout.current_release(), None, at(1))
    assert layout.current_release().read_bytes() == b"?"


def test_of_many_at_once_each_move_is_one_mover_s(tmp_path: Path) -> None:
    layout, won = Layout(tmp_path), []
    pointers.move(layout, layout.current_release(), None, at(0))

    def race() -> None:
        done = 0
        while done < EACH:
            seen = read_json(layout.current_release(), CurrentRelease)
            assert seen
            try:
                pointers.move(layout, layout.current_release(), seen, at(int(seen.release) + 1))
            except Overtaken:
                continue
            won.append(int(seen.release) + 1)
            done += 1

    racers = [threading.Thread(target=race) for _ in range(RACERS)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(won) == list(range(1, RACERS * EACH + 1)), "no value twice, none left out"
    assert read_json(layout.current_release(), CurrentRelease) == at(RACERS * EACH)


def test_a_load_that_was_overtaken_fails_and_leaves_the_other_s_records(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = world.run()
    world.country.put("r0", "Another title")
    world.later()
    harvested = pipeline.harvest(world.warehouse, ID)
    pipeline.normalize(world.warehouse, ID)
    measure = loading.quality.measure
    elsewhere = reports.pointer(world.layout, ID)
    assert elsewhere
    theirs = type(elsewhere)(snapshot=elsewhere.snapshot, run="theirs", name="Belgium", government="BE")

    def overtaken(*arguments: object) -> None:
        measure(*arguments)  # type: ignore[arg-type]  # as it was called
        pointers.move(world.layout, world.layout.pointer(ID), elsewhere, theirs)

    monkeypatch.setattr(loading.quality, "measure", overtaken)
    report = pipeline.load(world.warehouse, ID, harvested.run)
    assert report.outcome == "failed"
    assert report.failure
    assert "moved by another process" in report.failure.cause
    assert reports.pointer(world.layout, ID) == theirs
    assert first.snapshot == theirs.snapshot
