"""What is gone is told alike, for whatever reason it went: by tombstones, deltas, OAI-PMH, and under its address."""

from __future__ import annotations

import json
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.portal.conftest import BASE, Portal
from tests.portal.test_oai import ask
from tests.portal.test_record import identifier, withdraw
from tests.portal.test_releases import lines
from tests.warehouse.world import World
from warehouse import pipeline, release
from warehouse.index_documents import document_id
from warehouse.planning.approvals import Signature
from warehouse.withdrawing import takeover


@pytest.fixture
def gone(world: World) -> Portal:
    """A day on which records of three sites go: deleted, withdrawn, moved to another site, shared no longer.

    One is named as deleted that nobody ever saw.
    """
    for source in ("fr_chm", "pt_chm"):
        world.write_source(source)
        world.run(source=source)
    world.later()
    world.publish()
    world.later()
    world.country.delete("r1")
    world.country.delete("long ago")
    world.run()
    withdraw(world, identifier(world, "r2"))
    takeover.succeed(world.warehouse, "fr_chm", "be_chm", Signature(by="Ana", why="one site now"))
    world.write_source("pt_chm", share="none")
    pipeline.replay(world.warehouse, "pt_chm")
    manifest, _ = world.publish()
    assert release.verify(world.layout, manifest).faults == ()
    return Portal(world)


def stones(world: World) -> dict[str, dict[str, Any]]:
    path = world.layout.release(world.layout.releases()[-1]) / "tombstones.parquet"
    return {row["identifier"]: row for row in pq.read_table(path).to_pylist()}


def deleted(portal: Portal, **arguments: str) -> set[str]:
    told = ask(portal, verb="ListIdentifiers", metadataPrefix="oai_dc", **arguments)
    return {name.removeprefix("urn:uuid:") for name in told.deleted()}


def test_tombstones_deltas_and_oai_name_the_same_for_the_same_reasons(gone: Portal) -> None:
    buried = stones(gone.world)
    removed = {each["identifier"]: each for each in lines(gone, "/releases/current/delta") if "record" not in each}
    assert {name: row["reason"] for name, row in buried.items()} == {
        name: each["reason"] for name, each in removed.items()
    }
    assert {name: row["successor"] for name, row in buried.items()} == {
        name: each.get("successor") for name, each in removed.items()
    }
    today = f"{gone.world.clock.now():%Y-%m-%dT%H:%M:%SZ}"
    assert deleted(gone) == deleted(gone, from_=today) == buried.keys()
    reasons = [row["reason"] for row in buried.values()]
    counted = {reason: reasons.count(reason) for reason in sorted(set(reasons))}
    assert counted == {"deleted_at_source": 2, "moved": 4, "no_longer_shared": 5, "withdrawn": 1}
    commands = json.loads(
        (gone.world.layout.release(gone.world.layout.releases()[-1]) / "delta-solr-delete.json").read_text()
    )
    assert commands["delete"] == sorted(map(document_id, buried))


def test_they_are_told_of_the_next_day_as_before(gone: Portal) -> None:
    before, then = stones(gone.world), gone.world.clock.now()
    gone.world.later()
    gone.world.publish()
    gone.look()
    assert stones(gone.world).keys() == before.keys()
    assert deleted(gone, until=f"{then:%Y-%m-%dT%H:%M:%SZ}") == before.keys()


def test_under_its_address_is_its_tombstone_or_the_way_to_its_successor(gone: Portal) -> None:
    for name, row in stones(gone.world).items():
        answer = gone.get(f"/records/{name}")
        if row["successor"]:
            assert (answer.status_code, answer.headers["location"]) == (301, f"{BASE}/records/{row['successor']}")
        else:
            assert (answer.status_code, answer.json()["tombstone"]["reason"]) == (410, row["reason"])


def test_what_was_never_shared_is_named_nowhere(gone: Portal) -> None:
    gone.world.country.put("r7", "A secret from the first day")
    gone.world.later()
    gone.world.run(source="pt_chm")
    gone.world.publish()
    gone.look()
    secret = next(row["identifier"] for row in gone.world.rows(source="pt_chm") if row["source_identifier"] == "r7")
    assert secret not in stones(gone.world)
    assert secret not in deleted(gone)
    assert gone.get(f"/records/{secret}").status_code == 404
