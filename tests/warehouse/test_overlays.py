"""Keys that commands write into a source's overlay: a line each, and nothing else in the file is touched."""

from __future__ import annotations

import pytest
import yaml

from tests.warehouse.world import World
from warehouse import overlays

BELOW = """# ours
status: unverified  # until somebody looks
languages:
  - en
  - fr
sets:
- a
options: {page_size: 5, types: [x]}

name: Belgium
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ({"status": "active"}, "status: active"),
        ({"languages": ["ar", "zh-Hans"]}, "languages: [ar, zh-Hans]"),
        ({"sets": None}, "sets: null"),
        ({"options": {"paged": True, "types": None}}, "options: {page_size: 5, paged: true, types: null}"),
        ({"expect": {"min_records": 3}}, "expect: {min_records: 3}"),
        ({"name": 'Bénin: "le" CHM'}, "name: 'Bénin: \"le\" CHM'"),
        ({"url": "https://x.example/" + "a" * 200}, "url: https://x.example/" + "a" * 200),
    ],
)
def test_a_key_has_one_line_and_the_rest_stays(keys: dict[str, object], line: str, world: World) -> None:
    path = world.folder / "sources" / "be_new.yml"
    path.write_text(BELOW, encoding="utf-8")
    assert overlays.write(world.warehouse.settings, "be_new", keys) == path
    text = path.read_text(encoding="utf-8")
    assert line in text.splitlines()
    before, after = yaml.safe_load(BELOW), yaml.safe_load(text)
    (key,) = keys
    assert {name: value for name, value in after.items() if name != key} == {
        name: value for name, value in before.items() if name != key
    }
    assert text.startswith("# ours\n")
    overlays.write(world.warehouse.settings, "be_new", keys)
    assert path.read_text(encoding="utf-8") == text, "twice is once"


@pytest.mark.parametrize(("given", "left"), [({}, {}), ({"options": {"paged": True}}, {"paged": True})])
def test_with_another_protocol_go_the_options_of_the_one_before(
    given: dict[str, object], left: dict[str, object], world: World
) -> None:
    path = world.folder / "sources" / "be_new.yml"
    path.write_text(f"protocol: ckan\n{BELOW}", encoding="utf-8")
    overlays.write(world.warehouse.settings, "be_new", {"protocol": "feed", **given})
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert (found["protocol"], found["options"]) == ("feed", left)
