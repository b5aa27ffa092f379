"""Whole records, from the bytes of a site to the Convention's terms, compared field by field."""

import json
from pathlib import Path

import msgspec
import pytest

from normalizers.normalize import normalize
from tests.normalizers.making import feed_item, oai_records, source

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.xml")))
def test_a_record_comes_out_as_its_golden_file_says(name, terms):
    body = (GOLDEN / f"{name}.xml").read_bytes()
    raw = oai_records(body)[0] if name == "oai_dc" else feed_item(body)
    outcome = normalize(raw, source(languages=("fr", "en")), terms)
    assert json.loads(msgspec.json.encode(outcome)) == json.loads((GOLDEN / f"{name}.json").read_text())
