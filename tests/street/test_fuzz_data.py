"""Whatever a data catalogue sends: records, issues or an error in words; never a crash or a hang.

Pages are broken by byte, as every format's are, and by value.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.protocols import chm_index, ckan, dcat, gbif, informea
from tests.harvesters.replay import source
from tests.street.bending import bent, in_every_way
from tests.street.mutating import broken

GOLDEN = Path(__file__).parents[1] / "normalizers" / "golden"
LISTS = {"ckan": ckan, "chm_index": chm_index, "gbif": gbif, "informea": informea}
SOURCES = {
    name: source(protocol=name, url="http://site.test/api/", options={"page_size": 2, **more}, max_pages=20)
    for name, more in {"ckan": {}, "chm_index": {}, "gbif": {}, "informea": {"sets": ["Decisions"]}}.items()
}
CATALOGUE = source(protocol="dcat", url="http://site.test/catalogue", max_pages=20)


@cache
def page(name: str) -> tuple[bytes, ...]:
    """A page of the items that the profile's golden files are of."""
    items: list[Any] = [json.loads(path.read_bytes()) for path in sorted((GOLDEN / "items").glob(f"{name}_*"))]
    whole: dict[str, Any] = {
        "ckan": {"success": True, "result": {"count": 1, "results": items}},
        "chm_index": {"response": {"numFound": 1, "docs": items}},
        "gbif": {"count": 2, "offset": 0, "endOfRecords": True, "results": items},
        "informea": {"value": items},
    }
    return (json.dumps(whole[name]).encode(),)


@cache
def catalogue() -> tuple[bytes, ...]:
    """A page of Turtle, RDF/XML and JSON-LD."""
    linked = {
        "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"},
        "@graph": [
            {
                "@id": "d/2", "@type": "dcat:Dataset", "dct:title": {"@value": "Forêts", "@language": "fr"},
                "dcat:theme": [{"@id": "http://site.test/theme/1"}], "dct:modified": "2026-01-02",
                "dcat:distribution": {"dcat:downloadURL": {"@id": "/f.csv"}, "dct:license": "CC BY"},
                "dct:spatial": {"dcat:bbox": "POLYGON((0 0, 1 1, 2 0, 0 0))"},
            }
        ],
    }  # fmt: skip
    return (
        (GOLDEN / "pages" / "dcat_page.ttl").read_bytes(),
        (GOLDEN / "dcat.xml").read_bytes(),
        json.dumps(linked).encode(),
    )


@pytest.mark.parametrize("name", LISTS)
@given(data=st.data())
def test_a_page_of_a_list_that_is_broken(name: str, data: st.DataObject) -> None:
    body = data.draw(broken(page(name)) | bent(page(name)))
    in_every_way(body, SOURCES[name], LISTS[name])


@given(body=broken(catalogue()) | bent(catalogue()[2:]))
def test_a_page_of_a_catalogue_that_is_broken(body: bytes) -> None:
    in_every_way(body, CATALOGUE, dcat)
