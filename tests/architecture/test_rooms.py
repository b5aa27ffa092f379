"""One street, each room for itself, and Airflow in `dags/` alone."""

from __future__ import annotations

import json
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp  # what import-linter looks through
import pytest

from tests.architecture.rooms import HOUSE, MODULES, ROOMS, imports, name

ABROAD = ("airflow", "pandas", "scrapy", "twisted")  # what a command must not have loaded before it needs it
LOADED = "import json, sys; print(json.dumps([name for name in {names!r} if sys.modules.get(name)]))"
KNOWS = {
    "harvesters": {"harvesters"},
    "vocabularies": {"vocabularies"},
    "normalizers": {"normalizers", "harvesters", "vocabularies"},
    "warehouse": {*ROOMS},
    "dags": {"warehouse", "harvesters"},
}
of_the_rooms = pytest.mark.parametrize("path", [path for path in MODULES if "dags" not in path.parts], ids=name)
of_all = pytest.mark.parametrize("path", MODULES, ids=name)


def python(program: str, blocked: tuple[str, ...] = ()) -> str:
    """What a fresh interpreter prints; the blocked packages are as if they were not installed."""
    lines = ["import sys", *(f"sys.modules[{package!r}] = None" for package in blocked), program]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=HOUSE, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import_linter_keeps_the_one_way_street() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout
    assert "1 kept, 0 broken" in done.stdout


def test_no_import_leads_back_to_where_it_began() -> None:
    graph = grimp.build_graph(*ROOMS)
    needs = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert {*TopologicalSorter(needs).static_order()} == graph.modules, "CycleError names the modules of a circle"


@of_all
def test_a_module_knows_only_the_rooms_up_the_street(path: Path) -> None:
    room = path.relative_to(HOUSE).parts[0]
    assert imports(path) & {*ROOMS, "dags", "tests"} <= KNOWS[room]


@of_the_rooms
def test_airflow_is_imported_in_dags_alone(path: Path) -> None:
    assert "airflow" not in imports(path)


def test_the_house_has_the_rooms_that_the_client_named() -> None:
    packages = {path.parent.name for path in HOUSE.glob("*/__init__.py")}
    assert packages == {*ROOMS, "tests"}
    assert all((HOUSE / each).exists() for each in ("dags", "pyproject.toml", "airflow.cfg"))


def test_the_rooms_and_the_command_work_where_neither_airflow_nor_the_heavy_packages_are_installed() -> None:
    shown = python("sys.argv = ['chm', '--help']\nfrom warehouse.cli import main\nmain()", blocked=ABROAD)
    assert "Commands:" in shown
    assert {"sources", "check", "harvest", "normalize", "load", "publish", "verify"} <= set(shown.split())


def test_importing_every_module_of_the_rooms_loads_nothing_heavy_that_the_street_does_not_need() -> None:
    modules = [
        ".".join(path.relative_to(HOUSE).with_suffix("").parts).removesuffix(".__init__")
        for path in MODULES
        if not {"dags", "spiders"} & set(path.parts)
    ]
    program = f"import {', '.join(modules)}\n{LOADED.format(names=ABROAD)}"
    assert json.loads(python(program)) == []


@pytest.mark.parametrize(
    ("program", "alien"),
    [
        ("import vocabularies.skos", ("duckdb", "pyarrow", "requests", "feedparser", "sickle")),
        ("import harvesters.registry", ("duckdb", "pyarrow", "rdflib", "feedparser", "sickle")),
        ("import normalizers.normalize", ("duckdb", "pyarrow", "rdflib")),
    ],
)
def test_a_room_alone_loads_no_package_of_another(program: str, alien: tuple[str, ...]) -> None:
    assert json.loads(python(f"{program}\n{LOADED.format(names=alien)}")) == []
