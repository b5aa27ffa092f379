"""Every setting: its default, what it takes, and what it says to a value that it cannot take."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harvesters.http import Contact
from harvesters.registry import SOURCES
from warehouse.portal.serving import Serving
from warehouse.settings import TABLE, SettingError, read

NAMES = [setting.name for setting in TABLE]


def test_defaults() -> None:
    found = read({})
    assert found.warehouse == Path.cwd() / "warehouse-data"
    assert found.sources == ()
    assert found.vocabularies is None
    assert found.contact == Contact("", "")
    assert not found.allow_private
    assert found.publish_min_interval == 60
    assert found.publish_at_least == "30 5 * * *"
    assert found.keep_releases == 14
    assert (found.realm, found.serving.realms_of_chm, found.solr_central) == ("chm-national", ("chm-national",), False)
    assert found.public_url == "http://127.0.0.1:8000"
    assert found.serving == Serving()
    assert found.notify is None
    assert found.origins == {setting.name: (setting.default, "default") for setting in TABLE}
    assert all(setting.meaning for setting in TABLE)


def test_values_and_their_origin(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    given = {
        "CHM_WAREHOUSE": str(tmp_path / "not there yet"),
        "CHM_REGISTRY": str(other),
        "CHM_SOURCES": f"{one}{os.pathsep}{other}{os.pathsep}",
        "CHM_VOCABULARIES": str(one),
        "CHM_CONTACT": "a@example.org",
        "CHM_CONTACT_PAGE": "https://example.org/",
        "CHM_ALLOW_PRIVATE": "Yes",
        "CHM_PUBLISH_MIN_INTERVAL": "0.5",
        "CHM_PUBLISH_AT_LEAST": "0 */6 * * 1-5",
        "CHM_KEEP_RELEASES": "3",
        "CHM_KEEP_SNAPSHOTS": "9",
        "CHM_REALM": "chm-test",
        "CHM_REALMS_OF_CHM": "chm-test, chm-national,",
        "CHM_SOLR_CENTRAL": "yes",
        "CHM_PUBLIC_URL": "https://chm.example.org/index/",
        "CHM_SERVE": "[::1]:9000",
        "CHM_SERVE_CORS": "https://portal.example, https://other.example",
        "CHM_SERVE_RATE": "0",
        "CHM_SERVE_SECONDS": "2.5",
        "CHM_SERVE_BYTES": "1000",
        "CHM_SERVE_PROXIES": "10.0.0.1",
        "CHM_NOTIFY": "mailto:ops@example.org?via=smtp://mail.example.org:25",
    }
    assert list(given) == NAMES
    found = read({**given, "PATH": "/bin"})
    assert found.warehouse == tmp_path / "not there yet"
    assert found.sources == (one, other)
    assert found.source_folders == (other, one, other)
    assert found.vocabularies == one
    assert found.contact == Contact("a@example.org", "https://example.org/")
    assert found.allow_private
    assert (found.publish_min_interval, found.publish_at_least, found.keep_releases) == (0.5, "0 */6 * * 1-5", 3)
    assert found.keep_snapshots == 9
    assert (found.realm, found.serving.realms_of_chm, found.solr_central) == (
        "chm-test",
        ("chm-test", "chm-national"),
        True,
    )
    assert found.public_url == "https://chm.example.org/index"
    assert found.origins == {name: (value, "environment") for name, value in given.items()}


@pytest.mark.parametrize(("value", "registry"), [("", SOURCES), ("package", SOURCES), ("none", None)])
def test_the_registry_is_the_programs_own_or_none(value: str, registry: Path | None, tmp_path: Path) -> None:
    found = read({"CHM_REGISTRY": value, "CHM_SOURCES": str(tmp_path)})
    assert found.registry == registry
    assert found.source_folders == (*([registry] if registry else []), tmp_path)


def test_an_empty_variable_is_none() -> None:
    assert read(dict.fromkeys(NAMES, "")) == read({})


def test_paths_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sources").mkdir()
    monkeypatch.chdir(tmp_path)
    found = read({"CHM_WAREHOUSE": "w", "CHM_SOURCES": "sources"})
    assert (found.warehouse, found.sources) == (tmp_path / "w", (tmp_path / "sources",))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CHM_SOURCES", "/nowhere", "there is no folder /nowhere. Make it"),
        ("CHM_SOURCES", f"/{os.pathsep}/nowhere", "there is no folder /nowhere"),
        ("CHM_SOURCES", __file__, "there is no folder"),
        ("CHM_VOCABULARIES", "/nowhere", "there is no folder /nowhere"),
        ("CHM_ALLOW_PRIVATE", "maybe", "'maybe' is neither yes nor no"),
        ("CHM_PUBLISH_MIN_INTERVAL", "an hour", "is not a number of zero or more"),
        ("CHM_PUBLISH_MIN_INTERVAL", "-1", "is not a number of zero or more"),
        ("CHM_PUBLISH_MIN_INTERVAL", "nan", "is not a number of zero or more"),
        ("CHM_PUBLISH_MIN_INTERVAL", "inf", "is not a number of zero or more"),
        ("CHM_CONTACT", "somebody", "is no mailbox"),
        ("CHM_CONTACT_PAGE", "example.org", "is no address of a web page"),
        ("CHM_PUBLISH_AT_LEAST", "daily", "must be a cron line of five fields"),
        ("CHM_PUBLISH_AT_LEAST", "@daily", "must be a cron line of five fields"),
        ("CHM_PUBLISH_AT_LEAST", "0 30 5 * * *", "must be a cron line of five fields"),
        ("CHM_PUBLISH_AT_LEAST", "99 5 * * *", "must be a cron line of five fields"),
        ("CHM_KEEP_RELEASES", "0", "is not a whole number of one or more"),
        ("CHM_KEEP_RELEASES", "2.5", "is not a whole number of one or more"),
        ("CHM_KEEP_RELEASES", "-3", "is not a whole number of one or more"),
        ("CHM_KEEP_RELEASES", "inf", "is not a whole number of one or more"),
        ("CHM_KEEP_RELEASES", "9" * 5000, "is not a whole number of one or more"),
        ("CHM_KEEP_RELEASES", "٣", "is not a whole number of one or more"),
    ],
)
def test_a_wrong_value_names_its_setting_and_what_is_allowed(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingError) as raised:
        read({name: value})
    assert str(raised.value).startswith(f"{name}: ")
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("CHM_SOURCE", "CHM_SOURCES"),
        ("CHM_KEEP_RELEASE", "CHM_KEEP_RELEASES"),
        ("CHM_WAREHUOSE", "CHM_WAREHOUSE"),
        ("CHM_CONTACTPAGE", "CHM_CONTACT_PAGE"),
    ],
)
def test_a_mistyped_setting_is_not_passed_over(typed: str, meant: str) -> None:
    with pytest.raises(SettingError, match=f"{typed} is not a setting; did you mean {meant}"):
        read({typed: "x"})


def test_variables_of_others_are_left_alone() -> None:
    others = ["CHM_RECORDINGS", "CHM_SHAPES", "CHM_FEED_CORPUS", "CHM_SERVICE_HOST", "CHM_SERVICE_PORT", "CHM_PORT"]
    assert read(dict.fromkeys([*others, "CHM_PORT_80_TCP_ADDR", "XCHM_SOURCES"], "x")) == read({})
