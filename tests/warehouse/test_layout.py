"""Where files lie: names from outside never leave their folder, and are found again as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.files import write_json
from warehouse.layout import Layout
from warehouse.model import CurrentRelease

HOSTILE = [
    "",
    ".",
    "..",
    "../../etc/passwd",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "a\0b",
    ".hidden",
    "run=x",
    "%2E%2E",
    "*",
    "[a]",
    "{a,b}",
    "manual__2026-11-23T06:10:00+00:00",
    "asset_triggered__2026-11-23T06:10:00+00:00_aBc",
    "Ελλάδα été 中文",
]
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def paths(layout: Layout, name: str) -> dict[Path, Path]:
    """Every path that a name makes, with the folder that it must lie in."""
    root = layout.root
    return {
        layout.raw("s", name): root / "raw" / "source=s",
        layout.raw(name, "r"): root / "raw",
        layout.normalized("s", name): root / "normalized" / "source=s",
        layout.pointer(name): root / "records",
        layout.snapshot("s", name): root / "records" / "source=s",
        layout.changes("s", name): root / "changes" / "source=s",
        layout.open_run(name): root / "reports",
        layout.report("s", name, "harvest"): root / "reports" / "source=s",
        layout.publish_report(name): root / "reports" / "publish",
        layout.lock(name): root / "locks",
        layout.lock_owner(name): root / "locks",
    }


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leaves_its_folder(name: str, tmp_path: Path) -> None:
    for path, folder in paths(Layout(tmp_path), name).items():
        assert folder in path.parents
        assert "\0" not in str(path)
        assert path.resolve() == path
        assert path != folder


@given(NAMES, NAMES)
def test_two_names_never_share_a_file(one: str, other: str) -> None:
    layout = Layout(Path("/w"))
    ours, theirs = paths(layout, one), paths(layout, other)
    assert (one == other) == bool(ours.keys() & theirs.keys())


@pytest.mark.parametrize("name", HOSTILE)
def test_runs_and_loaded_sources_give_names_back_as_they_were(name: str, tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    for path in (layout.report("s", name, "harvest"), layout.pointer(name)):
        path.parent.mkdir(parents=True)
        path.touch()
    assert layout.runs("s") == [name]
    assert layout.loaded_sources() == [name]


def test_a_source_that_was_never_harvested_has_no_runs(tmp_path: Path) -> None:
    assert Layout(tmp_path).runs("s") == []
    assert Layout(tmp_path).loaded_sources() == []
    assert Layout(tmp_path).releases() == []


def test_a_release_counts_once_its_manifest_is_there_and_its_folder_has_its_name(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    for name in ("20260301T060000Z-010", "20260301T060000Z", "20260301T060000Z-002", "20250101T000000Z"):
        write_json(layout.release(name) / "manifest.json", CurrentRelease(release=name))
    (tmp_path / "releases" / ".20260401T000000Z").mkdir()
    (tmp_path / "releases" / ".20260401T000000Z" / "manifest.json").touch()
    layout.release("20260501T000000Z").mkdir()
    assert layout.releases() == [
        "20250101T000000Z",
        "20260301T060000Z",
        "20260301T060000Z-002",
        "20260301T060000Z-010",
    ]
