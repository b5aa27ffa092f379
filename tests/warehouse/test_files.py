"""What a reader finds after a crash: the old file or the new one, never half of one."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import Struct

from tests.warehouse.world import tree
from warehouse import files
from warehouse.files import Damaged, clear, new_folder, read_json, remove_folder, write_bytes, write_json


class Note(Struct):
    text: str


class PowerCut(BaseException):
    """Nobody catches it."""


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_json_is_read_back_and_makes_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "note.json"
    write_json(path, Note("été"))
    assert path.read_text(encoding="utf-8") == '{\n  "text": "été"\n}\n'
    assert read_json(path, Note) == Note("été")
    assert names(path.parent) == ["note.json"]


def test_a_missing_file_is_none_and_so_is_one_below_a_file(tmp_path: Path) -> None:
    assert read_json(tmp_path / "none.json", Note) is None
    (tmp_path / "file").touch()
    assert read_json(tmp_path / "file" / "none.json", Note) is None


@pytest.mark.parametrize("content", [b"", b"{", b'{"text": 1}', b'{"text": "\xff"}', b"\0" * 20, b"null"])
def test_a_damaged_file_is_named_with_what_to_do(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    path.write_bytes(content)
    with pytest.raises(Damaged, match=r"note\.json cannot be read: .* Put it back from a backup"):
        read_json(path, Note)


@pytest.mark.parametrize("step", ["fsync", "open"])
def test_a_write_that_is_cut_short_leaves_the_old_file(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "note.json"
    write_json(path, Note("old"))

    def cut(*_arguments: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(files.os if step == "fsync" else Path, step, cut)
        with pytest.raises(PowerCut):
            write_json(path, Note("new"))
    assert read_json(path, Note) == Note("old")
    write_json(path, Note("new"))
    assert read_json(path, Note) == Note("new")


def test_a_shorter_file_replaces_a_longer_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "data"
    write_bytes(path, b"x" * 1000)
    write_bytes(path, b"y")
    assert path.read_bytes() == b"y"


def fill_half(path: Path) -> None:
    with new_folder(path) as folder:
        (folder / "one").write_text("half")
        raise PowerCut


def fill(folder: Path, content: str) -> None:
    for name in ("one", "two"):
        (folder / name).write_text(content)


def test_a_folder_appears_when_it_is_full(tmp_path: Path) -> None:
    path = tmp_path / "a" / "run=1"
    with new_folder(path) as folder:
        fill(folder, "new")
        assert not path.exists()
    assert tree(tmp_path) == {"a/run=1/one": b"new", "a/run=1/two": b"new"}


@pytest.mark.parametrize("old", [True, False])
def test_a_fault_while_it_is_filled_leaves_what_was_there_and_nothing_else(old: bool, tmp_path: Path) -> None:
    path = tmp_path / "run=1"
    if old:
        with new_folder(path) as folder:
            fill(folder, "old")
    before = tree(tmp_path)
    with pytest.raises(PowerCut):
        fill_half(path)
    assert tree(tmp_path) == before
    assert names(tmp_path) == (["run=1"] if old else [])


def test_what_a_killed_process_left_in_it_is_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".run=1").mkdir()
    (tmp_path / ".run=1" / "half").write_text("half")
    (tmp_path / ".run=1.gone").mkdir()
    with new_folder(tmp_path / "run=1") as folder:
        fill(folder, "new")
    assert tree(tmp_path / "run=1") == {"one": b"new", "two": b"new"}
    assert not (tmp_path / ".run=1").exists()


def test_a_folder_that_is_replaced_or_removed_is_never_seen_half_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run=1"
    with new_folder(path) as folder:
        fill(folder, "old")

    def cut(gone: Path, **_how: object) -> None:
        if gone.exists():
            raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(files.shutil, "rmtree", cut)
        with pytest.raises(PowerCut):
            remove_folder(path)
    assert not path.exists()
    clear(tmp_path)
    assert names(tmp_path) == []


def test_clearing_takes_away_only_what_begins_with_a_dot(tmp_path: Path) -> None:
    for folder in (".half", "whole", ".gone.gone"):
        with new_folder(tmp_path / "made") as made:
            fill(made, folder)
        (tmp_path / "made").rename(tmp_path / folder)
    (tmp_path / ".current.json.123").touch()
    clear(tmp_path)
    clear(tmp_path / "there is none")
    assert names(tmp_path) == ["whole"]
