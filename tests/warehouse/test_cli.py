"""The command line: what it prints, for people and as JSON, and the exit codes that scripts go by."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
import yaml
from jsonschema import Draft202012Validator

from tests.harvesters.oai_server import ABOUT
from tests.warehouse.conftest import Chm
from tests.warehouse.world import ID, World, change_json, tree
from warehouse import cli, settings, status

COMMANDS = [
    "check",
    "harvest",
    "normalize",
    "load",
    "publish",
    "run",
    "status",
    "settings",
]


def leaves(group: typer.core.TyperGroup, *path: str) -> Iterator[tuple[str, ...]]:
    """Every command by its words, those of topics included."""
    for name, command in group.commands.items():
        if isinstance(command, typer.core.TyperGroup):
            yield from leaves(command, *path, name)
        if not isinstance(command, typer.core.TyperGroup) or command.invoke_without_command:
            yield (*path, name)


EVERY = sorted(leaves(typer.main.get_command(cli.app)))


def test_every_command_that_a_message_names_is_there() -> None:
    rooms = Path(cli.__file__).parents[1]
    files = [
        path
        for room in ("harvesters", "normalizers", "vocabularies", "warehouse")
        for path in (rooms / room).rglob("*.py")
    ]
    named = {
        word
        for path in files
        for word in re.findall(r"""(?:[`"',] ?|: )chm ([a-z]+)""", path.read_text(encoding="utf-8"))
    }
    assert named - {words[0] for words in EVERY} == set()
    assert {"plan", "find", "today", "run"} <= named


def test_help_tells_a_new_operator_the_way(chm: Chm) -> None:
    told = chm("--help")
    assert told.code == 0
    assert "The usual way of one source: check, run, publish." in told.out
    listed = re.findall(r"^  ([a-z]+) ", told.out.partition("Commands:")[2], re.MULTILINE)
    assert listed[: len(COMMANDS)] == COMMANDS, "the verbs first, then the topics"
    assert sorted(set(listed)) == sorted({words[0] for words in EVERY})
    assert chm().code == 2, "asked for nothing"


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_command_and_every_option_has_its_help(words: tuple[str, ...], chm: Chm) -> None:
    told = chm(*words, "--help")
    assert told.code == 0
    assert re.search(r"^\n  [A-Z][^.]+\.$", told.out, re.MULTILINE), "a sentence"
    for option in re.findall(r"^  (--[a-z-]+|SOURCE)(.*(?:\n {6,}.*)*)", told.out, re.MULTILINE):
        assert re.search(r"[a-z]{3,} [a-z]", option[1]), f"{option[0]} has no help"
    assert ("--json" in told.out) is (words != ("serve",)), "what serves has no end, and no report"
    assert "[[" not in told.out


def test_the_usual_way(chm: Chm, world: World) -> None:
    ran = chm("run", ID)
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(r"be_chm: 5 added, 0 changed, 0 removed, 0 unchanged; 5 live, 0 deleted \(run .*Z\)\n", ran.out)
    assert re.fullmatch(r"Published 5 records as release \d{8}T\d{6}Z\n", chm("publish").out)
    assert re.fullmatch(r"Release .*: 5 records, \d+ files, all as published.\n", chm("verify").out)
    told = chm("status").out
    assert re.search(r"be_chm +oai_pmh +done +5 +5 +0 +0 +\d+ +\d+\.\d +5 +0 +\d{4}-\d\d-\d\d \d\d:\d\d", told)
    assert "SELECT government, schema, count(*) FROM records" in told
    assert "\x1b" not in told, "plain lines where there is no terminal"


def test_the_three_verbs_one_by_one(chm: Chm) -> None:
    assert "5 records and 0 deletions on 5 pages" in chm("harvest", ID).out
    assert "5 records and 0 tombstones normalised, 0 unreadable" in chm("normalize", ID).out
    assert "5 added" in chm("load", ID).out
    assert "0 changed" in chm("replay", ID).out


def test_json_goes_by_the_published_schemas(chm: Chm, world: World) -> None:
    world.run("first")
    publication = chm("publish", "--json").json()
    folder = world.layout.release(publication["release"])
    schemas = json.loads((folder / "schemas.json").read_text())
    told = {
        "HarvestReport": chm("harvest", ID, "--json"),
        "NormalizeReport": chm("normalize", ID, "--json"),
        "LoadReport": chm("load", ID, "--json"),
        "Checked": chm("check", ID, "--json"),
        "Verdict": chm("verify", "--json"),
        "PublishReport": chm("publish", "--run-id", publication["run"], "--json"),
    }
    for kind, ended in told.items():
        assert (ended.code, ended.err) == (0, ""), kind
        Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": schemas["$defs"]}).validate(ended.json())
        assert ended.json()["schema_version"] == 1
    every = {"type": "array", "items": {"$ref": "#/$defs/SourceStatus"}, "minItems": 1, "$defs": schemas["$defs"]}
    Draft202012Validator(every).validate(chm("status", "--json").json())
    assert chm("run", ID, "--json").json()["outcome"] == "done"
    assert chm("replay", ID, "--json").json()["counts"]["unchanged"] == 5


def test_sources_lists_them_with_what_is_wrong_with_others(chm: Chm, world: World) -> None:
    assert chm("sources").code == 0
    (world.folder / "sources" / "xx_wrong.yml").write_text("name: X\nprotokoll: feed\n")
    world.write_source("xx_profile", profile="nope")
    told = chm("sources")
    assert told.code == 2
    assert re.search(r"be_chm +BE +active .* oai_pmh .* http://127.0.0.1:\d+/oai", told.out)
    assert "xx_wrong.yml" in told.err
    assert "protokoll" in told.err
    assert "there is no `profile` 'nope'" in told.err
    listed = chm("sources", "--json").json()
    assert [source["id"] for source in listed["sources"]] == [ID]
    assert len(listed["errors"]) == 2
    assert chm("sources", ID, "--json").json()["sources"][0]["protocol"] == "oai_pmh"
    told = chm("status")
    assert (told.code, "xx_wrong.yml" in told.err) == (0, True)


def test_the_schema_of_a_source_file(chm: Chm, world: World) -> None:
    schema = chm("sources", "--json-schema").json()
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(yaml.safe_load((world.folder / "sources" / f"{ID}.yml").read_text()))


def test_check_shows_a_first_page_and_writes_nothing_but_what_politeness_remembers(chm: Chm, world: World) -> None:
    told = chm("check", ID)
    assert told.code == 0
    assert f"{ID}: 3 records and 0 deletions on {world.country.url('/oai')}" in told.out
    assert "<dc:title>Title 0</dc:title>" in told.out
    assert '"en": "Title 0"' in told.out
    assert {path.split("/")[0] for path in tree(world.folder / "data")} == {"servers"}
    assert len(world.country.asked_for()) == ABOUT + 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "be_cmh"], "There is no source `be_cmh`; did you mean `be_chm`? `chm sources` lists them; to add it,"),
        (["check", "zz"], "There is no source `zz`."),
        (["status", "zz"], "There is no source `zz`."),
        (["sources", "zz"], "There is no source `zz`."),
        (["load", ID], "be_chm has no run. Run `chm harvest be_chm` first."),
        (["replay", ID], "be_chm: nothing was loaded yet. Run `chm run be_chm` first."),
        (["verify"], "There is no release yet. Run `chm publish` first."),
        (["verify", "2026"], "There is no release 2026. Run `chm publish` first."),
        (["verify", "current.json"], "There is no release current.json."),
        (["verify", "../../etc"], "There is no release ../../etc."),
        (["harvest", ID, "--since", "yesterday"], "does not match the formats"),
        (["harvest", ID, "--limit", "0"], "Invalid value for '--limit'"),
        (["frobnicate"], "No such command 'frobnicate'"),
    ],
)
def test_asked_wrongly_is_2_and_a_sentence(arguments: list[str], said: str, chm: Chm, world: World) -> None:
    told = chm(*arguments)
    assert (told.code, told.out) == (2, "")
    assert said in " ".join(told.err.split())
    assert "Traceback" not in told.err
    assert world.requests() == 0


@pytest.mark.parametrize(
    ("name", "value", "command"),
    [
        ("CHM_CONTACT", "", "check"),
        ("CHM_CONTACT_PAGE", "", "harvest"),
        ("CHM_KEEP_RELEASES", "0", "run"),
        ("CHM_SOURCES", "/nowhere", "run"),
    ],
)
def test_a_setting_that_is_missing_or_wrong_is_2_and_named(
    name: str, value: str, command: str, chm: Chm, world: World
) -> None:
    world.environment[name] = value
    told = chm(command, ID)
    assert (told.code, told.out, world.requests()) == (2, "", 0)
    assert name in told.err


@pytest.mark.parametrize("command", ["harvest", "run"])
def test_a_failure_is_1_with_cause_and_advice_and_still_json(command: str, chm: Chm, world: World) -> None:
    world.country.answers_left = 0
    world.write_source(timeout=1, daily_requests=1)
    told = chm(command, ID, "--json")
    assert told.code == 1
    assert told.json()["outcome"] == "failed"
    assert told.json()["failure"]["advice"]
    spoken = chm(command, ID)
    assert (spoken.code, spoken.out) == (1, "")
    assert len(spoken.err.split()) > 8


def test_a_held_load_is_3(chm: Chm, world: World) -> None:
    world.write_source(expect={"min_records": 6})
    told = chm("run", ID)
    assert (told.code, told.out) == (3, "")
    assert told.err.startswith("Held, and the last good records stay: be_chm: 5 live records after the load")
    assert chm("run", ID, "--json").code == 3
    assert "expect.min_records" in chm("status").out


def test_a_release_that_was_changed_is_1(chm: Chm, world: World) -> None:
    world.run()
    _, folder = world.publish()
    (folder / "records.parquet").write_bytes(b"")
    told = chm("verify")
    assert (told.code, told.out) == (1, told.out)
    assert "records.parquet has 0 bytes" in told.out
    assert chm("verify", "--json").json()["faults"] == [told.out.strip()]
    (folder / "manifest.json").write_text("{")
    told = chm("verify")
    assert told.code == 1
    assert "manifest.json cannot be read" in told.err
    assert "Traceback" not in told.err


def test_a_disk_that_cannot_be_written_is_1_and_a_sentence(chm: Chm, world: World) -> None:
    (world.folder / "data").write_text("a file, where the warehouse should be")
    told = chm("harvest", ID)
    assert told.code == 1
    assert "Look at the disk and at CHM_WAREHOUSE" in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    "since", ["2026-02-01", "2026-02-01T00:00:00", "2026-02-01T00:00:00Z", "2026-02-01T02:00:00+0200"]
)
def test_since_takes_dates_and_times(since: str, chm: Chm, world: World) -> None:
    assert chm("harvest", ID, "--since", since).code == 0
    assert world.country.since() == ["2026-02-01T00:00:00Z"]


def test_full_limit_and_run_id(chm: Chm, world: World) -> None:
    world.country.page_size = 1
    report = chm("harvest", ID, "--full", "--limit", "2", "--run-id", "a/b", "--json").json()
    assert (report["run"], report["full"], report["limit"], report["records"]) == ("a/b", True, 2, 2)


def test_status_of_one_source_shows_no_other(chm: Chm, world: World) -> None:
    world.write_source("fr_chm", name="France", government="FR")
    world.run()
    world.run(source="fr_chm")
    assert [row["source"] for row in chm("status", ID, "--json").json()] == [ID]
    assert [row["source"] for row in chm("status", "--json").json()] == [ID, "fr_chm"]


def test_settings_tells_each_with_its_origin(chm: Chm, world: World) -> None:
    world.environment["CHM_VOCABULARIES"] = str(world.folder / "[red]terms")
    (world.folder / "[red]terms").mkdir()
    told = chm("settings")
    assert told.code == 0
    for setting in settings.TABLE:
        assert setting.name in told.out
    assert "[red]terms" in "".join(told.out.split())
    found = chm("settings", "--json").json()
    assert found["CHM_KEEP_RELEASES"] == {"value": "14", "origin": "default"}
    assert found["CHM_CONTACT"] == {"value": "operator@example.org", "origin": "environment"}


def test_what_a_site_says_steers_no_terminal(chm: Chm, world: World) -> None:
    run = world.run().run
    failure = {"cause": "be_chm: \x1b[2J\x9bgone :bug: [bold]x[/bold]", "advice": "Look."}
    change_json(world.layout.report(ID, run, "load"), outcome="failed", failure=failure)
    told = chm("status")
    assert "be_chm: �[2J�gone :bug: [bold]x[/bold] Look." in told.out
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", told.out)


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL])
def test_a_harvest_that_is_ended_from_outside_goes_on_with_the_same_command(
    blow: signal.Signals, chm: Chm, world: World
) -> None:
    world.country.page_size = 1
    world.country.answers_left, world.country.silence = ABOUT + 2, threading.Event()
    root = Path(__file__).parents[2]
    others = {name: value for name, value in os.environ.items() if not name.startswith("CHM_")}
    environment = {**others, **world.environment, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", "from warehouse.cli import main; main()", "run", ID]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        waited = threading.Event()
        while len(world.country.asked_for()) < ABOUT + 2 and process.poll() is None:
            waited.wait(0.02)
        waited.wait(0.3)  # the next question is asked and hangs
        process.send_signal(blow)
        out, err = process.communicate(timeout=20)
    world.country.silence.set()
    assert (process.returncode, out) == (130 if blow == signal.SIGINT else -signal.SIGKILL, "")
    assert err == ("Interrupted. The same command goes on where it stopped.\n" if blow == signal.SIGINT else "")
    assert status.of(world.layout, world.warehouse.source(ID)).standing == "interrupted"
    world.country.answers_left = None
    assert "5 added" in chm("run", ID).out
    assert world.live() == world.country.live()
    asked = [tuple(each.items()) for each in world.country.asked_for() if each.get("resumptionToken") != "|2"]
    assert len(asked) == len(set(asked)), "no page before the checkpoint was asked for twice"
