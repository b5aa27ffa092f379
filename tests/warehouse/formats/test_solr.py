"""What came from the CHM's own index is not given back to it, unless somebody wants it so."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.warehouse.formats.editions import write
from tests.warehouse.making import common
from tests.warehouse.world import World
from warehouse import edition, formats, release, verification

ALL = ["records_csv", "records_jsonl", "records_parquet", "records_sqlite", "common_formats", "search_index"]


@pytest.mark.parametrize(("solr_central", "records", "left_out"), [(False, 1, 1), (True, 2, 0)])
def test_central_records_are_left_out_by_default(
    tmp_path: Path, solr_central: bool, records: int, left_out: int
) -> None:
    ours, central = common("1"), common("2")
    central = replace(central, provenance=replace(central.provenance, profile="chm_index"))
    (written,) = write("solr_jsonl", tmp_path / "release", [ours, central], solr_central=solr_central)
    assert (written.records, written.left_out) == (records, left_out)
    reader = formats.identifiers("solr_jsonl")
    assert reader
    assert sorted(reader(tmp_path / "release")) == ["ID-1", "ID-2"][:records]


def test_the_manifest_counts_them_and_every_other_file_has_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (edition, verification):
        monkeypatch.setattr(module, "OF_THE_CHM", {"oai_dc"})
    world.run()
    manifest, folder = world.publish()
    (solr,) = (file for file in manifest.files if file.format == "solr_jsonl")
    assert (solr.records, solr.left_out) == (0, 5)
    for name in ALL:
        reader = formats.identifiers(name)
        assert reader
        assert len(list(reader(folder))) == 5, name
    assert release.verify(world.layout, manifest).faults == ()
    monkeypatch.setattr(verification, "OF_THE_CHM", set())
    said = "solr.jsonl.zst does not hold the same records as records.parquet."
    assert release.verify(world.layout, manifest).faults == (said,)
