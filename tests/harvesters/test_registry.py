"""A source file becomes a source, or complaints that a person can act on."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from harvesters import protocols
from harvesters.errors import SourceError
from harvesters.registry import ids, json_schema, load_source, load_sources, stated

GOOD = """\
name: CHM Belgium
government: BE
status: active
protocol: spoken
url: https://be.chm-cbd.net/feed
"""

TEXT = "; allowed: text; put it in quotes if it is meant as such."
CODE = "; allowed: a country's two capital letters (ISO 3166-1), such as 'BE'."
CRON = "`schedule` must be a cron line of five fields, such as '17 3 * * *'; found"

SPOKEN = """\
from pydantic import BaseModel, ConfigDict, Field

class Nested(BaseModel):
    depth: int = 1

class Options(BaseModel):
    model_config = ConfigDict(extra="forbid")
    page_size: int = Field(100, ge=1, le=1000, description="records of one page")
    nested: Nested = Nested()

def harvest(task, http, state):
    yield
"""


@pytest.fixture(autouse=True)
def drawer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three modules among the protocols: one with options, one without, and one that is no protocol."""
    folder = tmp_path / "protocols"
    folder.mkdir()
    (folder / "spoken.py").write_text(SPOKEN)
    (folder / "bare.py").write_text("def harvest(task, http, state):\n    yield\n")
    (folder / "helper.py").write_text("")
    monkeypatch.setattr(protocols, "__path__", [str(folder)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sources").mkdir()
    return tmp_path / "sources"


@pytest.fixture
def package_folder(tmp_path: Path) -> Path:
    """A folder below the others, as the package's own is."""
    (tmp_path / "package").mkdir()
    return tmp_path / "package"


def complaint(folder: Path, text: str | bytes, name: str = "be_chm.yml") -> str:
    """The error's cause about a file, less its path."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SourceError) as error:
        load_source(path.stem, [folder])
    assert error.value.advice == "Mend it, then run `chm sources`."
    assert all(line.startswith(f"{path}: ") for line in error.value.cause.splitlines())
    return error.value.cause.replace(f"{path}: ", "")


def test_the_file_name_is_the_id_and_defaults_fill_the_rest(folder: Path) -> None:
    (folder / "be_chm.yml").write_text(GOOD)
    source = load_source("be_chm", [folder])
    assert (source.id, source.government, source.pace, source.daily_requests) == ("be_chm", "BE", 2.0, 20_000)
    assert source.addresses == ("https://be.chm-cbd.net/feed",)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ("statuss: active", "`statuss` is not a known key; did you mean `status`?"),
        ("zzz: 1", "`zzz` is not a known key; known: name, government, origin, "),
        ("id: be_chm", "`id` is the file's name and is not written inside."),
        ("name: 7", "`name` is 7" + TEXT),
        ("name: ''", "`name` is ''; allowed: at least 1 character(s)."),
        ("government: no", "`government` is 'no'" + CODE + " Write 'NO'."),
        ("government: BEL", "`government` is 'BEL'" + CODE),
        ("government: false", "`government` is false" + TEXT),
        ("government:", "`government` is a country's code, or absent with `origin: regional, central or partner`."),
        ("status: on", "`status` is 'on'; allowed: 'unverified', 'active', 'paused' or 'retired'."),
        ("protocol: spokken", "`protocol` is 'spokken', which nobody speaks; did you mean `spoken`?"),
        ("protocol: zzz", "`protocol` is 'zzz', which nobody speaks; known: bare, helper, spoken."),
        ("protocol: helper", "`protocol` is 'helper', which nobody speaks; known: bare, spoken."),
        ("protocol: OAI-PMH", "`protocol` is 'OAI-PMH', which nobody speaks; known: bare, helper, spoken."),
        ("platform: WordPress 6", "`platform` is 'WordPress 6'; allowed: a name of lower-case letters, digits and un"),
        ("url: www.biodiv.be", "`url` must be an absolute http or https address; found 'www.biodiv.be'."),
        ("url: file:///etc/passwd", "`url` must be an absolute http or https address; found 'file:///etc/passwd'."),
        ("url: https://me:secret@a.org/", "`url` must carry no user name: source files are no place for secrets; found 'https://me:secret@a.org/'."),
        ("url: http://a.org:99999/", "`url` must be an absolute http or https address; found 'http://a.org:99999/'."),
        ("url:", "needs `url` (one address) or `urls` (several), not both."),
        ("urls: https://a.org/", "`urls` is 'https://a.org/'; allowed: a list, even of one: [ ... ]."),
        ("urls: [https://a.org/, 3]", "`urls[1]` is 3" + TEXT),
        ("languages: [french]", "`languages[0]` must be a BCP 47 tag of a language, such as fr or pt-BR; found"),
        ("defaults: {schema: nonsense}", "`defaults.schema` is 'nonsense'; allowed: 'bbiOpportunity'"),
        ("schedule: daily", CRON + " 'daily'."),
        ("schedule: 0 0 30 2 *", "`schedule` must name a day that comes, unlike 30 February; found '0 0 30 2 *'."),
        ("schedule: 0 0 3 * * *", CRON + " '0 0 3 * * *'."),
        ("pace: fast", "`pace` is 'fast'; allowed: a number."),
        ("pace: -1", "`pace` is -1; allowed: 0 or more."),
        ("pace: .inf", "`pace` is inf; allowed: a finite number."),
        ("timeout: 0", "`timeout` is 0; allowed: more than 0."),
        ("max_pages: 1.5", "`max_pages` is 1.5; allowed: a whole number."),
        ("verify_tls: maybe", "`verify_tls` is 'maybe'; allowed: true or false."),
        ("expect: 5", "`expect` is 5; allowed: lines of `key: value`."),
        ("expect: {min_record: 5}", "`expect.min_record` is not a known key; did you mean `min_records`?"),
        ("expect: {max_vanish: 30}", "`expect.max_vanish` is 30; allowed: 1 or less."),
        ("defaults: {shema: news}", "`defaults.shema` is not a known key; did you mean `schema`?"),
        ("lookups: {type: {a: b}}", "the key 'type' of `lookups`; allowed: 'types', 'subjects', 'countries', "),
        ("lookups: {types: {1: b}}", "the key 1 of `lookups.types`" + TEXT),
        ("lookups: {types: {a: 1}}", "`lookups.types.a` is 1" + TEXT),
        ("reading: {coordinates: exact}", "`coordinates: exact` needs `why`."),
        ("options: {page_sise: 5}", "`options.page_sise` is not a known key; did you mean `page_size`?"),
        ("options: {page_size: 5000}", "`options.page_size` is 5000; allowed: 1000 or less."),
        ("options: {nested: {depth: deep}}", "`options.nested.depth` is 'deep'; allowed: a whole number."),
        ("options: []", "`options` is []; allowed: lines of `key: value`."),
    ],
)  # fmt: skip
def test_a_complaint_names_the_key_what_was_found_and_what_is_allowed(changed: str, says: str, folder: Path) -> None:
    key = changed.partition(":")[0]
    kept = [line for line in GOOD.splitlines() if not line.startswith(f"{key}:")]
    kept = [line for line in kept if not (key == "urls" and line.startswith("url:"))]
    assert complaint(folder, "\n".join([*kept, changed])).startswith(says)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file is empty."),
        ("# nothing yet\n", "the file is empty."),
        ("- a\n- b\n", "the file is ['a', 'b'], not lines of `key: value`."),
        ("just words", "the file is 'just words', not lines of `key: value`."),
        ("name: a\nname: b\n", "line 2, column 1: `name` stands twice."),
        ("expect:\n  min_records: 1\n  min_records: 2\n", "line 3, column 3: `min_records` stands twice."),
        ("expect:\n\tmin_records: 1\n", "line 2, column 1: there is a tab; YAML indents with blanks."),
        ("name: [a\n", "line 2, column 1: expected ',' or ']', but got '<stream end>'."),
        ("name: !!python/object:os.system {}\n", "line 1, column 7: could not determine a constructor"),
        ("1: a\n", "the key 1 is not a word."),
        (b"name: Belgi\xeb\n", "it is not UTF-8 (byte 11); save it as UTF-8."),
        ("name: a\x01b\n", "it is not YAML: "),
    ],
)
def test_a_text_that_is_no_mapping_is_told_by_line(text: str | bytes, says: str, folder: Path) -> None:
    assert complaint(folder, text).startswith(says)


@pytest.mark.parametrize("key", ["name", "protocol"])
def test_a_key_that_must_be_there_is_missed(key: str, folder: Path) -> None:
    kept = [line for line in GOOD.splitlines() if not line.startswith(key)]
    assert complaint(folder, "\n".join(kept)) == f"`{key}` is missing."


def test_options_for_a_protocol_that_has_none_are_told(folder: Path) -> None:
    text = GOOD.replace("spoken", "bare")
    assert complaint(folder, f"{text}options: {{a: 1}}\n") == "protocol `bare` takes no `options`."


def test_all_complaints_about_a_file_come_at_once(folder: Path) -> None:
    said = complaint(folder, "name: 7\nprotocol: zzz\nurl: x\npace: fast\nzzz: 1\n").splitlines()
    assert len(said) == 5


@pytest.mark.parametrize("name", ["BE_chm.yml", "be-chm.yml", "1.yml", "be.chm.yml"])
def test_a_file_name_that_is_no_id_is_told(name: str, folder: Path) -> None:
    assert complaint(folder, GOOD, name).startswith(f"`id` is '{name.removesuffix('.yml')}'; allowed: a name of")


@pytest.mark.parametrize("written", ["NO", "'NO'", '"NO"'])
def test_norway_is_a_country(written: str, folder: Path) -> None:
    (folder / "no_chm.yaml").write_text(GOOD.replace("BE", written) + "languages: [no]\npermission: 2024-05-01\n")
    source = load_source("no_chm", [folder])
    assert (source.government, source.languages, source.permission) == ("NO", ("no",), "2024-05-01")


@pytest.mark.parametrize(("written", "meant"), [("true", True), ("False", False), ("no", False), ("on", True)])
def test_yes_and_no_still_work_where_a_truth_is_expected(written: str, meant: bool, folder: Path) -> None:
    (folder / "be_chm.yml").write_text(f"{GOOD}verify_tls: {written}\n")
    assert load_source("be_chm", [folder]).verify_tls is meant


def test_a_file_that_nobody_wants_is_not_read(folder: Path) -> None:
    (folder / "be_chm.yml").write_text(GOOD)
    (folder / "fr_chm.yml").write_text("broken: [")
    sources, errors = load_sources([folder], wanted="be_chm".__eq__)
    assert ([source.id for source in sources], errors) == (["be_chm"], [])


def test_one_broken_file_never_hides_the_others(folder: Path, tmp_path: Path) -> None:
    for name in ("aa", "bb", "dd"):
        (folder / f"{name}.yml").write_text(GOOD)
    (folder / "cc.yml").write_text("name: [")
    (folder / "readme.txt").write_text("no source")
    sources, errors = load_sources([folder, tmp_path / "missing"])
    assert [source.id for source in sources] == ["aa", "bb", "dd"]
    assert [error.cause.partition(": ")[0] for error in errors] == [
        f"{tmp_path / 'missing'} is not a folder.",
        str(folder / "cc.yml"),
    ]


def test_an_unknown_source_is_told_with_the_nearest_one(folder: Path) -> None:
    (folder / "be_chm.yml").write_text(GOOD)
    with pytest.raises(SourceError, match="There is no source `be_chn`; did you mean `be_chm`") as error:
        load_source("be_chn", [folder])
    assert "be_chn.yml" in error.value.advice


def test_yml_and_yaml_side_by_side_are_one_too_many(folder: Path) -> None:
    (folder / "be_chm.yml").write_text(GOOD)
    (folder / "be_chm.yaml").write_text(GOOD)
    with pytest.raises(SourceError, match=re.escape("be_chm.yaml: there is a be_chm.yml beside it.")):
        load_source("be_chm", [folder])


# Overlays


def test_an_overlays_keys_win_and_mappings_are_merged_at_every_depth(package_folder: Path, folder: Path) -> None:
    below = f"{GOOD}sets: [a, b]\nexpect: {{min_records: 5, max_vanish: 0.1}}\nlookups: {{types: {{a: x, b: y}}}}\n"
    (package_folder / "be_chm.yml").write_text(below)
    (folder / "be_chm.yaml").write_text(
        "status: paused\nsets: [c]\nexpect: {min_records: 9}\nlookups: {types: {b: z}, subjects: {s: t}}\n"
    )
    source = load_source("be_chm", [package_folder, folder])
    assert (source.name, source.status, source.sets) == ("CHM Belgium", "paused", ("c",))
    assert (source.expect.min_records, source.expect.max_vanish) == (9, 0.1)
    assert source.lookups == {"types": {"a": "x", "b": "z"}, "subjects": {"s": "t"}}


def test_an_overlay_may_swap_url_for_urls(package_folder: Path, folder: Path) -> None:
    (package_folder / "be_chm.yml").write_text(GOOD)
    (folder / "be_chm.yml").write_text("url: null\nurls: [https://a.org/, https://b.org/]\n")
    assert load_source("be_chm", [package_folder, folder]).addresses == ("https://a.org/", "https://b.org/")


def test_options_belong_to_the_protocol_that_they_were_written_for(package_folder: Path, folder: Path) -> None:
    (package_folder / "be_chm.yml").write_text(f"{GOOD}options: {{page_size: 5}}\n")
    (folder / "be_chm.yml").write_text("options: {nested: {depth: 2}}\n")
    assert load_source("be_chm", [package_folder, folder]).options == {"page_size": 5, "nested": {"depth": 2}}
    (folder / "be_chm.yml").write_text("protocol: bare\n")
    assert load_source("be_chm", [package_folder, folder]).options == {}


def test_what_the_files_state_is_told_with_the_file_that_has_the_last_word(package_folder: Path, folder: Path) -> None:
    (package_folder / "be_chm.yml").write_text(f"{GOOD}sets: [a]\nexpect: {{min_records: 5, max_vanish: 0.1}}\n")
    (folder / "be_chm.yml").write_text("sets: []\nexpect: {min_records: 6}\nlookups: {types: {a: b}}\n")
    told = {each.key: (each.value, each.path) for each in stated("be_chm", [package_folder, folder])}
    below, above = package_folder / "be_chm.yml", folder / "be_chm.yml"
    assert told["expect.min_records"] == (6, above)
    assert told["expect.max_vanish"] == (0.1, below)
    assert told["lookups.types.a"] == ("b", above)
    assert told["sets"] == ([], above)
    assert ids([package_folder, folder]) == ["be_chm"]


def test_the_whole_is_checked_after_merging_and_the_file_with_the_last_word_is_named(
    package_folder: Path, folder: Path
) -> None:
    (package_folder / "be_chm.yml").write_text(f"{GOOD}timeout: 0\n")
    (folder / "be_chm.yml").write_text("pace: fast\n")
    with pytest.raises(SourceError) as error:
        load_source("be_chm", [package_folder, folder])
    assert error.value.cause.splitlines() == [
        f"{package_folder / 'be_chm.yml'}: `timeout` is 0; allowed: more than 0.",
        f"{folder / 'be_chm.yml'}: `pace` is 'fast'; allowed: a number.",
    ]


# Schedules


def test_the_default_schedule_is_daily_the_same_everywhere_and_spread(folder: Path) -> None:
    for number in range(150):
        (folder / f"site_{number}.yml").write_text(GOOD)
    crons = {source.id: source.cron or "" for source in load_sources([folder])[0]}
    assert crons["site_0"] == "28 17 * * *"  # a digest, so the same on every machine and in every year
    assert all(re.fullmatch(r"[0-5]?\d ([01]?\d|2[0-3]) \* \* \*", cron) for cron in crons.values())
    hours = Counter(cron.split()[1] for cron in crons.values())
    assert len(hours) == 24
    assert max(Counter(crons.values()).values()) <= 3
    assert max(hours.values()) <= 15


@pytest.mark.parametrize(("status", "cron"), [("active", "5 4 * * 1"), ("paused", None), ("unverified", None)])
def test_only_an_active_source_has_a_schedule(status: str, cron: str | None, folder: Path) -> None:
    (folder / "be_chm.yml").write_text(f"{GOOD}schedule: 5 4 * * 1\n".replace("active", status))
    assert load_source("be_chm", [folder]).cron == cron


# The schema for editors


def test_the_json_schema_has_every_key_with_a_description_or_a_plain_type() -> None:
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "id" not in schema["properties"]
    assert set(schema["required"]) == {"name", "protocol"}
    assert schema["properties"]["protocol"]["enum"] == ["bare", "helper", "spoken"]
    assert schema["additionalProperties"] is False
    assert json.loads(json.dumps(schema)) == schema


def test_the_json_schema_judges_files_as_the_registry_does(folder: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema judges the schema")
    judge = jsonschema.Draft202012Validator(json_schema())
    judge.check_schema(json_schema())
    good = yaml.safe_load(GOOD)
    for keys in ({}, {"options": {"page_size": 5, "nested": {"depth": 2}}}, {"defaults": {"schema": "news"}}):
        assert judge.is_valid({**good, **keys})
    for keys in ({"zzz": 1}, {"options": {"page_size": 0}}, {"pace": "fast"}, {"protocol": "zzz"}):
        assert not judge.is_valid({**good, **keys})
