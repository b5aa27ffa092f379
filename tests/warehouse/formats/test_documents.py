"""The common formats' documents lie beside the JSON Schemas that they have the form of."""

from __future__ import annotations

import json
from pathlib import Path

import zstandard
from jsonschema import Draft202012Validator

from normalizers import common_formats
from tests.warehouse.formats.editions import write
from tests.warehouse.making import common


def test_each_document_is_in_the_file_of_its_schema(tmp_path: Path) -> None:
    schemas = ["news", "resource", "contact", "news"]
    records = [common(str(number), schema=schema) for number, schema in enumerate(schemas)]
    written = write("common_formats", tmp_path / "release", records)
    counted = {one.path.name: one.records for one in written if one.records is not None}
    assert counted == {"news.jsonl.zst": 2, "resource.jsonl.zst": 1, "contact.jsonl.zst": 1}
    folder = tmp_path / "release" / "documents"
    assert {path.name for path in folder.glob("*.json")} == {f"{name}.schema.json" for name in common_formats.names()}
    for name in counted:
        shape = Draft202012Validator(json.loads((folder / name.replace(".jsonl.zst", ".schema.json")).read_text()))
        with zstandard.open(folder / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                shape.validate(json.loads(line))
