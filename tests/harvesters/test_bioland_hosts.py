"""A list of hosts becomes source files: the same list, the same files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from harvesters import bioland_hosts, registry
from harvesters.errors import SourceError
from warehouse.cli import app

BOTH: dict[str, Any] = {
    "siteCode": "xa",
    "country": "no",
    "name": "Norway (the)",
    "bioland1_host": "www.xa.example",
    "bioland1_environment": "production",
    "default_locale": "nb",
    "locales": ["en", "nb", "se"],
    "bioland2_host": "xa.bl2.example",
    "redirectTo": None,
}
ALONE: dict[str, Any] = {"siteCode": "fj", "country": "fj", "name": "Fiji", "bioland2_host": "fj.bl2.example"}
TRAINING: dict[str, Any] = {"siteCode": "training", "bioland1_host": "training.example"}


def listed(folder: Path, *sites: dict[str, Any]) -> Path:
    path = folder / "hosts.json"
    path.write_text(json.dumps(sites))
    return path


def files(folder: Path, *sites: dict[str, Any]) -> dict[str, str]:
    return bioland_hosts.source_files(bioland_hosts.read(listed(folder, *sites)))


def test_a_country_with_two_hosts_has_two_sources_of_which_the_living_one_takes_over(tmp_path: Path) -> None:
    heading = "# Written by `chm sources import`. Nobody has asked this site yet: `chm probe` tells what it answers.\n"
    assert files(tmp_path, BOTH) == {
        "xa_bioland": f"""{heading}name: 'Norway (the): clearing-house (Bioland 2)'
government: 'NO'
status: unverified
platform: bioland
page: https://xa.bl2.example/
superseded_by: xa_bioland1

protocol: bioland
url: https://xa.bl2.example/
languages: [nb, en, se]

server: bl2.chm-cbd.net
""",
        "xa_bioland1": f"""{heading}name: 'Norway (the): clearing-house (Bioland 1)'
government: 'NO'
status: unverified
platform: bioland1
page: https://www.xa.example/

protocol: drupal_jsonapi
url: https://www.xa.example/
languages: [nb, en, se]

options:
  bundles: [document, national_target, event, project]
""",
    }


def test_where_bioland_1_is_a_test_alone_bioland_2_takes_over(tmp_path: Path) -> None:
    found = files(tmp_path, {**BOTH, "bioland1_environment": "test"})
    assert "superseded_by" not in found["xa_bioland"]
    assert "superseded_by: xa_bioland\n" in found["xa_bioland1"]


def test_sites_of_no_country_are_left_out_and_unknown_locales_are_english(tmp_path: Path) -> None:
    found = files(tmp_path, ALONE, TRAINING)
    assert list(found) == ["fj_bioland"]
    assert "languages: [en]\n" in found["fj_bioland"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{}", "Expected `array`, got `object`"),
        ('[{"siteCode": "be", "locales": "en"}]', r"Expected `array \| null`, got `str` - at `\$\[0\].locales`"),
        ('[{"country": "be"}]', r"missing required field `siteCode` - at `\$\[0\]`"),
        ("[", "truncated"),
    ],
)
def test_what_is_no_such_list_is_told_with_its_place(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "hosts.json").write_text(content)
    with pytest.raises(SourceError, match=told):
        bioland_hosts.read(tmp_path / "hosts.json")


def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere.json: No such file"):
        bioland_hosts.read(tmp_path / "nowhere.json")


def test_the_command_writes_files_that_load_and_says_what_is_new_and_what_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()

    def told(*sites: dict[str, Any]) -> str:
        command = ["sources", "import", str(listed(tmp_path, *sites)), "--into", str(folder)]
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 0, done.output
        return done.output.replace(str(folder), "FOLDER")

    assert told(BOTH, ALONE) == "3 source files in FOLDER: 3 new, 0 changed, 0 as they were.\n"
    assert told(BOTH, ALONE) == "3 source files in FOLDER: 0 new, 0 changed, 3 as they were.\n"
    assert told({**BOTH, "name": "Norway"}) == (
        "2 source files in FOLDER: 0 new, 2 changed, 0 as they were.\n"
        "No longer in the list, and yours to remove: fj_bioland.\n"
    )
    sources, errors = registry.load_sources([folder])
    assert ([source.id for source in sources], errors) == (["fj_bioland", "xa_bioland", "xa_bioland1"], [])
