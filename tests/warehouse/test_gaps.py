"""The ledger of windows across runs: a gap stays until what it lacks was read, and is shown until then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from harvesters.model import Window
from tests.warehouse.world import ID, World
from warehouse import cli, gaps, pipeline
from warehouse.model import Request

DAY_ONE = datetime(2026, 3, 1, tzinfo=UTC)
seconds = st.integers(0, 40)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    begin, end = sorted((draw(seconds), draw(seconds)))
    since = None if draw(st.booleans()) and draw(st.booleans()) else DAY_ONE + timedelta(seconds=begin)
    return Window(since=since, until=DAY_ONE + timedelta(seconds=end), set=draw(st.sampled_from([None, "a", "b"])))


def covered(many: list[Window], name: str | None) -> set[int]:
    """The seconds, from one before the first day on, that windows of a set cover."""
    return {
        second
        for second in range(-1, 42)
        for window in many
        if window.set in (None, name)
        and (window.since is None or window.since <= DAY_ONE + timedelta(seconds=second))
        and DAY_ONE + timedelta(seconds=second) <= window.until
    }


@given(st.lists(windows(), max_size=3), st.lists(windows(), max_size=4))
def test_what_is_left_of_gaps_is_what_no_window_covers(before: list[Window], read: list[Window]) -> None:
    left = gaps.without(before, read)
    for name in ("a", "b"):
        of_set = [gap for gap in before if gap.set == name]
        assert covered([gap for gap in left if gap.set == name], name) == covered(of_set, name) - covered(read, name)
    assert all(gap.since is None or gap.since <= gap.until for gap in left)


@pytest.fixture
def holed(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A source whose first list was shorter than it said, and one of whose records has no name."""
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    world.country.announced, world.country.broken = 100, True
    world.run("first")
    world.country.announced, world.country.broken = None, False
    world.later()
    return world


def chm(*arguments: str) -> str:
    ended = CliRunner().invoke(cli.app, list(arguments))
    assert ended.exit_code == 0, ended.output
    return ended.stdout


def test_gaps_are_shown_and_filled_on_the_command_line(holed: World) -> None:
    told = chm("gaps", ID)
    assert "the beginning" in told
    assert "7 records came" in told
    assert f"`chm harvest {ID} --gaps` asks for them again." in told
    assert "In quarantine: a record without identifier (run first, page 3" in told
    assert "Partial" not in chm("harvest", ID, "--gaps")
    chm("normalize", ID)
    assert "Gaps" not in chm("load", ID)
    assert chm("gaps", ID) == f"{ID} has no gaps.\n"


def test_gaps_as_json_go_by_the_published_schema(holed: World, tmp_path: Path) -> None:
    pipeline.publish(holed.warehouse, "release")
    schemas = json.loads(next(holed.layout.root.glob("releases/*/schemas.json")).read_text())
    told = json.loads(chm("gaps", ID, "--json"))
    Draft202012Validator({"$ref": "#/$defs/Gaps", "$defs": schemas["$defs"]}).validate(told)
    assert [(row["status"], row["attempts"]) for row in told["windows"]] == [("failed", 1)]
    assert told["quarantined"][0]["page"] == 3


def test_a_source_that_was_never_loaded_has_no_gaps(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    assert chm("gaps", ID) == f"{ID} has no gaps.\n"


@pytest.mark.parametrize("others", [Request(gaps=True, full=True), Request(gaps=True, since=DAY_ONE)])
def test_gaps_are_asked_for_alone(holed: World, others: Request) -> None:
    with pytest.raises(pipeline.Refused, match="gaps are windows of their own"):
        pipeline.harvest(holed.warehouse, ID, request=others)


def test_a_full_sweep_fills_every_gap(holed: World) -> None:
    assert holed.run("sweep", Request(full=True)).gaps == ()


def test_a_report_says_why_its_batch_is_not_complete(holed: World) -> None:
    report = pipeline.harvest(holed.warehouse, ID, "first")
    assert not report.complete
    assert report.incomplete == (
        "1 of 1 windows could not be read to their ends",
        "2 records cannot be read and are in quarantine",
        "3 issues tell of a loss",
    )
    assert pipeline.harvest(holed.warehouse, ID, "sweep", Request(full=True)).incomplete == ()


def test_a_partial_harvest_says_so_and_its_load_tells_of_the_gaps(holed: World) -> None:
    holed.country.announced = 100
    assert "Partial: 1 of 1 windows could not be read to their ends" in chm("harvest", ID)
    chm("normalize", ID)
    assert f"Gaps left: 1, which `chm gaps {ID}` shows" in chm("load", ID)
