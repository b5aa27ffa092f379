"""Small modules, small functions, plain names, and a word on everything that is public."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.rooms import HOUSE, MODULES, ROOMS, length, name, public, tree

MOST_LINES = 315  # "about 300"
MOST_LINES_OF_A_FUNCTION = 45  # "about 40"
SAYS_NOTHING = {"common", "core", "utils", "util", "helpers", "helper", "manager", "base", "misc", "lib"}
each_module = pytest.mark.parametrize("path", MODULES, ids=name)


@each_module
def test_a_module_has_at_most_about_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@each_module
def test_a_function_has_at_most_about_40_lines(path: Path) -> None:
    functions = [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [node.name for node in functions if length(node) > MOST_LINES_OF_A_FUNCTION] == []


@each_module
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(tree(path))


@each_module
def test_everything_public_has_a_docstring(path: Path) -> None:
    assert [said for said, node in public(path) if not ast.get_docstring(node)] == []


def test_no_room_drawer_or_module_has_a_name_that_says_nothing() -> None:
    parts = {part for path in MODULES for part in path.relative_to(HOUSE).with_suffix("").parts}
    assert not parts & SAYS_NOTHING
    assert set(ROOMS) <= parts


@each_module
def test_nobody_catches_everything_but_the_rim(path: Path) -> None:
    caught = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
    ]
    assert len(caught) <= (name(path) == "warehouse/runs.py"), "the rim is `runs.receipt`, which reports and raises"


@each_module
def test_normalizers_do_no_input_or_output(path: Path) -> None:
    if path.relative_to(HOUSE).parts[0] != "normalizers":
        return
    called = {
        node.func.id for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    attributes = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    assert not called & {"open", "print", "input"}
    assert not attributes & {
        "read_text",
        "read_bytes",
        "write_text",
        "write_bytes",
        "now",
        "utcnow",
        "today",
        "environ",
    }
