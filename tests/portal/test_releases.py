"""Releases, their files and their deltas; a client of twenty lines, the README's, follows them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.portal.conftest import Portal
from tests.portal.listening import listening
from tests.portal.test_record import identifier, withdraw
from tests.portal.test_round_trip import await_release
from tests.warehouse.world import World

README = Path(__file__).parents[2] / "README.md"


def lines(portal: Portal, path: str, **params: str) -> list[dict[str, Any]]:
    answer = portal.get(path, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/jsonl"
    return [json.loads(line) for line in answer.text.splitlines()]


def change(world: World) -> str:
    """A day on which one record changes, one comes and one goes; returns the release's id."""
    world.later()
    world.country.put("r0", "Another title")
    world.country.put("r5", "A new one")
    world.country.delete("r1")
    world.run()
    return world.publish()[0].release


def test_a_delta_says_what_to_do_to_have_the_release(portal: Portal, world: World) -> None:
    first = world.layout.releases()[0]
    held = {line["identifier"]: line for line in lines(portal, "/releases/current/records")}
    second = change(world)
    portal.look()
    told = lines(portal, f"/releases/{second}/delta")
    assert told == lines(portal, "/releases/current/delta", since=first)
    assert sorted(line["change"] for line in told) == ["added", "changed", "removed"]
    for line in told:
        if line["change"] == "removed":
            del held[line["identifier"]]
        else:
            held[line["identifier"]] = line["record"]
    assert held == {line["identifier"]: line for line in lines(portal, "/releases/current/records")}


def test_who_missed_some_follows_the_chain_and_who_is_up_to_date_has_nothing_to_do(
    portal: Portal, world: World
) -> None:
    first = world.layout.releases()[0]
    change(world)
    world.later()
    world.country.put("r6", "A newer one")
    world.run()
    last, _ = world.publish()
    portal.look()
    told = lines(portal, "/releases/current/delta", since=first)
    assert sorted(line["change"] for line in told) == ["added", "added", "changed", "removed"]
    assert lines(portal, "/releases/current/delta", since=last.release) == []
    assert portal.get("/releases/current/delta?since=nonsense").status_code == 410
    assert portal.get(f"/releases/{first}/delta").status_code == 410  # there is none before it


def test_what_was_withdrawn_since_is_in_no_delta_but_as_removed(portal: Portal, world: World) -> None:
    change(world)
    portal.look()
    name = identifier(world)
    withdraw(world, name)
    told = {line["identifier"]: line for line in lines(portal, "/releases/current/delta")}
    assert (told[name]["change"], told[name]["reason"]) == ("removed", "withdrawn")
    assert "Another title" not in portal.get("/releases/current/delta").text


def test_files_are_served_as_the_manifest_names_them_until_something_is_withdrawn(portal: Portal, world: World) -> None:
    told = portal.get("/releases/current").json()
    folder = world.layout.release(told["release"])
    for name in ("manifest.json", *told["files"]):
        answer = portal.get(f"/releases/{told['release']}/{name}", headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, name
        assert answer.content == (folder / name).read_bytes()
    part = portal.get(f"/releases/{told['release']}/records.csv", headers={"Range": "bytes=3-12"})
    assert (part.status_code, part.content) == (206, (folder / "records.csv").read_bytes()[3:13])
    again = portal.get(f"/releases/{told['release']}/records.csv", headers={"If-None-Match": part.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", part.headers["etag"])
    stale = {"Range": "bytes=3-12", "If-Range": '"another"'}
    assert portal.get(f"/releases/{told['release']}/records.csv", headers=stale).status_code == 200
    assert portal.get("/releases/current/../current.json").status_code == 404
    assert portal.get(f"/releases/{told['release']}/..%2Fcurrent.json").status_code == 404
    world.later()
    withdraw(world, identifier(world))
    assert portal.get(f"/releases/{told['release']}/records.csv").status_code == 410
    later, _ = world.publish()
    portal.look()
    assert portal.get(f"/releases/{later.release}/records.csv").status_code == 200


def test_the_client_of_the_readme_follows_the_releases(world: World, tmp_path: Path) -> None:
    (code,) = (block for block in re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL) if "delta" in block)
    assert len(code.strip().splitlines()) <= 20
    mirror = tmp_path / "mirror.json"
    with listening(world) as url:
        program = code.replace("http://127.0.0.1:8000", url)

        def follow() -> dict[str, Any]:
            subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, timeout=60)
            return json.loads(mirror.read_text())

        first = follow()
        assert (first["release"], len(first["records"])) == (world.layout.releases()[0], 5)
        second = change(world)
        await_release(url, second)
        titles = sorted(record["title"]["en"] for record in follow()["records"].values())
        assert titles == sorted(world.live().values())
        assert follow()["release"] == second
        mirror.write_text(json.dumps({"release": "long gone", "records": {"x": {}}}))
        assert sorted(follow()["records"]) == sorted(row["identifier"] for row in world.rows())
