"""The catalogue is DCAT-AP 3, by the shapes of its own makers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import DCAT, DCTERMS, SH, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from normalizers.model import Date, Rights
from tests.warehouse.formats.editions import write
from tests.warehouse.making import common

BY = "https://creativecommons.org/licenses/by/4.0/"
PUBLISHED = Date(kind="published", value="2019-05", verbatim="May 2019")
DATASET = URIRef("https://chm.example.org/datasets/be_chm")
SEARCH = URIRef("https://chm.example.org/datasets/be_chm/search")


def catalogue(folder: Path, *licences: str | None) -> Graph:
    """The catalogue of a record a licence."""
    records = [
        common(str(number), dates=(PUBLISHED,), rights=Rights(licence=licence))
        for number, licence in enumerate(licences)
    ]
    write("catalogue", folder, records)
    return Graph().parse(folder / "catalogue.ttl")


@pytest.mark.skipif("CHM_SHAPES" not in os.environ, reason="CHM_SHAPES names no folder with the shapes of DCAT-AP")
@pytest.mark.parametrize("licences", [(), (BY, BY), (BY, None)], ids=["empty", "one licence", "several"])
def test_it_conforms_to_dcat_ap(tmp_path: Path, licences: tuple[str | None, ...]) -> None:
    shapes = Graph().parse(Path(os.environ["CHM_SHAPES"]) / "dcat-ap-SHACL.ttl")
    for shape, _, rule in list(shapes.triples((None, SH.property, None))):
        if (rule, SH.path, None) not in shapes:  # two rules on services are named there and stand nowhere
            shapes.remove((shape, SH.property, rule))
    conforms, _, report = validate(catalogue(tmp_path / "release", *licences), shacl_graph=shapes)
    assert conforms, report


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own parser of JSON-LD uses it
def test_both_syntaxes_say_the_same(tmp_path: Path) -> None:
    turtle = catalogue(tmp_path / "release", BY)
    assert isomorphic(turtle, Graph().parse(tmp_path / "release" / "catalogue.jsonld"))


def test_a_site_is_a_dataset_of_the_whole(tmp_path: Path) -> None:
    found = catalogue(tmp_path / "release", BY, BY)
    (whole,) = found.subjects(DCTERMS.hasPart, DATASET)
    assert {found.value(one, DCTERMS.title) for one in found.objects(None, DCAT.dataset)} == {
        Literal("Belgium", lang="en"),
        Literal("National biodiversity clearing-houses: all records", lang="en"),
    }
    assert len(list(found.objects(whole, DCAT.distribution))) == 5
    period = found.value(DATASET, DCTERMS.temporal)
    assert [str(found.value(period, name)) for name in (DCAT.startDate, DCAT.endDate)] == ["2019", "2019"]


@pytest.mark.parametrize(
    ("licences", "licence", "rights"),
    [((BY, BY), URIRef(BY), False), ((BY, None), None, True), ((None,), None, True), ((), None, True)],
)
def test_a_licence_is_told_where_all_records_are_under_it(
    tmp_path: Path, licences: tuple[str | None, ...], licence: URIRef | None, rights: bool
) -> None:
    found = catalogue(tmp_path / "release", *licences)
    assert found.value(SEARCH, DCTERMS.license) == licence
    assert bool(found.value(SEARCH, DCTERMS.rights)) == rights
