"""CKAN, DCAT, the CHM's index, GBIF and InforMEA: what is asked, what a record is called, and what is no record."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from harvesters.errors import ProtocolError
from harvesters.model import Answer, HarvestTask, Page, RawRecord, State
from harvesters.protocols import chm_index, ckan, dcat, gbif, informea
from normalizers import profiles
from tests.harvesters.replay import Asked, Replay, answer, source

SINCE = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
HOME = "http://site.test/api/"
Wrap = Callable[[int, list[Any]], Any]


def counted(
    items: list[Any], wrap: Callable[[int, list[Any]], Any], start: str, rows: str
) -> Callable[[Asked], Answer]:
    """A list of JSON that knows where to start."""

    def reply(asked: Asked) -> Answer:
        at = int(asked.params[start])
        page = items[at : at + int(asked.params[rows])]
        return answer(json.dumps(wrap(len(items), page)).encode(), url=asked.url)

    return reply


SHAPES: dict[str, tuple[ModuleType, Wrap, str, str]] = {
    "ckan": (ckan, lambda n, page: {"success": True, "result": {"count": n, "results": page}}, "start", "rows"),
    "chm_index": (chm_index, lambda n, page: {"response": {"numFound": n, "docs": page}}, "start", "rows"),
    "gbif": (gbif, lambda n, page: {"count": n, "results": page}, "offset", "limit"),
    "informea": (informea, lambda _, page: {"value": page}, "$skip", "$top"),
}


def harvested(name: str, items: list[Any], since: datetime | None = None, **options: Any) -> tuple[list[Page], Replay]:
    module, wrap, start, rows = SHAPES[name]
    http = Replay(counted(items, wrap, start, rows))
    given = source(protocol=name, url=HOME, options=options)
    return list(module.harvest(HarvestTask(source=given, since=since, full=since is None), http, State())), http


def names(pages: list[Page]) -> list[str]:
    return [record.identifier for page in pages for record in page.records]


@pytest.mark.parametrize(
    ("name", "item", "options", "lists"),
    [
        ("ckan", {"id": 0}, {}, 1),
        ("chm_index", {"identifier_s": 0}, {}, 1),
        ("gbif", {"key": 0}, {"lists": ["dataset", "literature"]}, 2),
        ("informea", {"id": 0}, {"sets": ["Decisions", "Meetings"]}, 2),
    ],
)
def test_every_list_comes_to_its_end(name: str, item: dict[str, Any], options: dict[str, Any], lists: int) -> None:
    items = [dict.fromkeys(item, f"r{number}") for number in range(5)]
    pages, _ = harvested(name, items, page_size=2, **options)
    assert names(pages) == [f"r{number}" for number in range(5)] * lists
    assert pages[-1].last
    assert not [issue for page in pages for issue in page.issues]


@pytest.mark.parametrize(
    ("name", "parameter", "said"),
    [
        ("ckan", "fq", "(metadata_modified:[2026-02-03T04:05:06Z TO *])"),
        ("chm_index", "fq", "updatedDate_dt:[2026-02-03T04:05:06Z TO *]"),
        ("informea", "$filter", "updated ge datetime'2026-02-03T04:05:06'"),
    ],
)
def test_an_increment_asks_for_what_is_new(name: str, parameter: str, said: str) -> None:
    _, http = harvested(name, [], SINCE)
    wished = http.asked[0].params[parameter]
    assert said in (wished if isinstance(wished, list) else [wished])
    _, http = harvested(name, [])
    assert said not in str(http.asked[0].params.get(parameter, ""))


def test_what_is_not_public_is_no_record_of_ckan() -> None:
    items = [
        {"id": "a", "metadata_modified": "2026-01-02T03:04:05.6", "organization": {"name": "ministry"}},
        {"id": "b", "private": True},
        {"id": "c", "state": "deleted"},
        {"id": "d", "type": "harvest"},
    ]
    pages, _ = harvested("ckan", items)
    assert [(one.identifier, one.datestamp, one.sets) for one in pages[0].records] == [
        ("a", "2026-01-02T03:04:05.6Z", ("ministry",))
    ]


def test_the_chms_index_is_asked_for_public_versions_and_for_no_person() -> None:
    _, http = harvested("chm_index", [], realms=["chm", "abs"], schemas=["nbsap", "measure"])
    params = http.asked[0].params
    assert params["fq"] == [
        "(*:* NOT version_s:*)", "_state_s:public", "realm_ss:(chm abs)", "schema_s:(nbsap measure)",
    ]  # fmt: skip
    assert not [name for name in params["fl"].split(",") if "By" in name or "owner" in name or "contributor" in name]
    pages, _ = harvested("chm_index", [{"identifier_s": "A", "version_s": "draft"}, {"id": "B", "schema_s": "nbsap"}])
    assert [(one.identifier, one.sets) for one in pages[0].records] == [("B", ("nbsap",))]


def test_gbif_is_asked_for_the_sources_country_as_each_list_calls_it() -> None:
    _, http = harvested("gbif", [], lists=["dataset", "literature"])
    assert [asked.params.get("country") or asked.params.get("countriesOfCoverage") for asked in http.asked] == [
        "BE"
    ] * 2
    _, http = harvested("gbif", [], filters={"country": "NL"})
    assert http.asked[0].params["country"] == "NL"
    pages, _ = harvested("gbif", [{"key": "a", "deleted": "2026-01-01T00:00:00"}])
    assert [record.deleted for record in pages[0].records] == [True]


@pytest.mark.parametrize(("version", "wrap"), [(1, lambda v: {"d": v}), (2, lambda v: {"d": {"results": v}})])
def test_older_odata_has_its_list_elsewhere(version: int, wrap: Callable[[Any], Any]) -> None:
    http = Replay(counted([{"id": "a"}], lambda _, page: wrap(page), "$skip", "$top"))
    given = source(protocol="informea", url=HOME, options={"odata": version, "sets": ["Decisions"]})
    pages = list(informea.harvest(HarvestTask(source=given, full=True), http, State()))
    assert names(pages) == ["a"]
    assert pages[-1].last


PREFIXES = (
    "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . "
    "@prefix hydra: <http://www.w3.org/ns/hydra/core#> . "
)
FIRST = PREFIXES + (
    '<d/1> a dcat:Dataset ; dct:title "Wetlands"@en ; dct:modified "2026-01-02" . '
    '[] a dcat:Dataset ; dct:identifier "blank" ; dct:title "Eaux"@fr . '
    "<c> a dcat:Catalog . <?page=1> hydra:next <?page=2> ; hydra:totalItems 3 ."
)
SECOND = {
    "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"},
    "@id": "d/2",
    "@type": "dcat:Dataset",
    "dct:title": "Forests",
}


def catalogue(asked: Asked) -> Answer:
    if asked.url.endswith("?page=2"):
        return answer(json.dumps(SECOND).encode(), url=asked.url, content_type="application/ld+json")
    return answer(FIRST.encode(), url=asked.url, content_type="text/turtle; charset=utf-8")


def walked(reply: Callable[[Asked], Answer], **options: Any) -> list[Page]:
    given = source(protocol="dcat", url="http://site.test/catalogue", options=options)
    return list(dcat.harvest(HarvestTask(source=given, full=True), Replay(reply), State()))


def titles(record: RawRecord) -> list[tuple[str, str | None]]:
    return [(text.value, text.language) for text in profiles.load(record.profile).extract(record).titles]


def test_a_catalogue_is_read_over_its_pages_and_syntaxes() -> None:
    pages = walked(catalogue)
    found = {record.identifier: (record.datestamp, titles(record)) for page in pages for record in page.records}
    assert found == {
        "blank": (None, [("Eaux", "fr")]),
        "http://site.test/d/1": ("2026-01-02", [("Wetlands", "en")]),
        "http://site.test/d/2": (None, [("Forests", None)]),
    }
    assert pages[-1].last
    assert "http://site.test/c" in names(walked(catalogue, classes=["Catalog"]))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"@context": "https://elsewhere.test/context.jsonld", "@id": "a"}', "nothing is fetched"),
        (b'{"@graph": [{"@context": {"@import": "https://elsewhere.test/x"}}]}', "nothing is fetched"),
        (b'{"@context": [["https://elsewhere.test/x"]], "@graph": [{"@id": "a"}]}', "nothing is fetched"),
        (b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa">]><rdf:RDF/>', "document type"),
        (b"<html><p>Catalogue</p></html>", "a web page came"),
        (b"", "an empty answer came"),
        (b"<d/1> a <http://www.w3.org/ns/dcat#Dataset> ; ", "cannot be read"),
        (b"<?xml version='1.0'?><rdf:RDF>", "cannot be read"),
        (b"[" * 50_000, "cannot be read"),
    ],
)
def test_what_is_no_rdf_or_wants_something_fetched_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(ProtocolError, match=said):
        walked(lambda asked: answer(body, url=asked.url))


def test_a_dataset_without_a_name_is_quarantined() -> None:
    pages = walked(lambda asked: answer(f'{PREFIXES} [] a dcat:Dataset ; dct:title "X" .'.encode(), url=asked.url))
    assert [issue.code for issue in pages[0].issues] == ["item_without_identifier"]
    assert len(pages[0].quarantine) == 1
