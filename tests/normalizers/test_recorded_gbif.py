"""What GBIF answered when it was recorded: each page goes through protocol and profile, and each entry is a record.

Of each kind the first entry is compared whole with a golden file. Cassettes of Python keep a body as text, those
of R as zlib's bytes in base64.
"""

import base64
import json
import zlib
from functools import cache
from pathlib import Path

import msgspec
import pytest
import yaml

from harvesters.model import HarvestTask, State
from harvesters.protocols import gbif
from normalizers.normalize import normalize
from tests.harvesters.replay import Replay, answer, source
from tests.normalizers.recorded import api_answer

GOLDEN = Path(__file__).parent / "golden"
API = "https://api.gbif.org/v1/"
LISTS = {
    "dataset": ("test_datasets.yaml", "test_datasets_limit.yaml", "test_datasets_type.yaml"),
    "literature": ("test_literature_search.yaml", "test_literature_search_facet.yaml"),
    "node": ("test_nodes.yaml", "test_nodes_limit.yaml"),
    "organization": ("test_organizations.yaml", "test_organizations_limit.yaml"),
}
FIRST = {
    "dataset": ("dataset", "test_datasets.yaml"),
    "literature": ("literature", "test_literature_search.yaml"),
    "node": ("node", "test_nodes.yaml"),
    "organization": ("organization", "test_organizations.yaml"),
    "search": ("dataset", "dataset_search.yml"),
}
SEARCHES = ("dataset_search.yml", "dataset_search_category.yml", "dataset_search_new_params.yml")
CASES = [(kind, name) for kind, names in LISTS.items() for name in names] + [("dataset", name) for name in SEARCHES]


@cache
def pages(name):
    """The bodies of a cassette's lists, each once; what was asked for as figures alone has none."""
    cassette = yaml.load(api_answer(f"gbif/{name}"), Loader=yaml.CSafeLoader)
    bodies = [one["response"]["body"] for one in cassette.get("interactions") or cassette["http_interactions"]]
    whole = [
        zlib.decompress(base64.b64decode(body["raw_gzip"]), zlib.MAX_WBITS | 32)
        if "raw_gzip" in body
        else body["string"].encode()
        for body in bodies
    ]
    return [body for body in dict.fromkeys(whole) if json.loads(body)["results"]]


def harvested(kind, body):
    """The records of a page, of which the list is made out to be all."""
    told = json.loads(body)
    alone = json.dumps({**told, "count": len(told["results"]), "endOfRecords": True}, ensure_ascii=False).encode()
    given = source(protocol="gbif", url=API, options={"lists": [kind], "page_size": 100})
    http = Replay(lambda asked: answer(alone, url=asked.url))
    (page,) = gbif.harvest(HarvestTask(source=given, full=True), http, State())
    assert page.last
    assert page.issues == ()
    return given, page.records


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_each_entry_of_a_recorded_list_is_a_record(kind, name, terms):
    for body in pages(name):
        given, records = harvested(kind, body)
        listed = json.loads(body)["results"]
        assert [raw.identifier for raw in records] == [one.get("key") or one["id"] for one in listed]
        for raw in records:
            outcome = normalize(raw, given, terms)
            assert outcome.record is not None, outcome.issues
            assert [issue for issue in outcome.issues if issue.severity == "error"] == []


@pytest.mark.parametrize("name", FIRST)
def test_the_first_entry_of_a_recorded_list_comes_out_as_its_golden_file_says(name, terms):
    kind, cassette = FIRST[name]
    given, records = harvested(kind, pages(cassette)[0])
    found = json.loads(msgspec.json.encode(normalize(records[0], given, terms)))
    assert found == json.loads((GOLDEN / f"gbif_recorded_{name}.json").read_text())
