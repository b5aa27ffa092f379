"""Whole records, from the bytes of a site to the Convention's terms, compared field by field.

A golden file is named for its profile and, after an underscore, for what it is for. Its XML says where it comes from;
what an API lists as JSON lies in `items`, or in `pages` where a record is not whole without its page, since the results
are JSON too; of a recorded one the project has the expected result alone.
"""

import json
from pathlib import Path

import msgspec
import pytest

from harvesters.listings.reading import document, items
from harvesters.model import RawRecord
from normalizers import profiles
from normalizers.normalize import normalize
from tests.normalizers.making import answer, feed_item, oai_records, source, whole
from tests.normalizers.recorded import api_answer, recorded

GOLDEN = Path(__file__).parent / "golden"
FEEDS = ("atom", "ptk_event", "rss_wordpress")
APIS = {
    "chm_index": "https://api.example.org/api/v2013/index/select?q=*:*",
    "ckan": "https://data.example.be/api/3/action/package_search?start=0",
    "gbif_dataset": "https://api.example.org/v1/dataset?country=MZ",
    "gbif_literature": "https://api.example.org/v1/literature/search?countriesOfCoverage=ET",
    "informea_contact": "https://www.example.org/informea.svc/Contacts?$top=100",
    "informea_decision": "https://www.example.org/informea.svc/Decisions?$top=100",
    "plone": "https://chm.example.be/@search",
    "wordpress": "https://chm.example.be/wp-json/wp/v2/posts",
}
RECORDED = {
    "oai_dc_recorded": "dara_gesis/raw/*.xml",
    "qdc_recorded": "../demo/*/euro-argo-oai_dc/SET_1/xml/12315a55*.xml",
    "datacite_recorded": "pangaea/raw/7c0209b8*.xml",
    "iso19139_recorded": "deims/raw/8ed4ea14*.xml",
}


PAGES = {
    "bioland_event": ("https://chm.example.be/en/jsonapi/node/content?page%5Blimit%5D=50", ("en", "data")),
    "drupal_node_bioland_1": ("https://chm.example.be/jsonapi/node/document", ("data",)),
}


def expected(name):
    return json.loads((GOLDEN / f"{name}.json").read_text())


def profile_of(name):
    return max((profile for profile in profiles.names() if name.startswith(profile)), key=len)


def outcome_of(raw, terms, **keys):
    return json.loads(msgspec.json.encode(normalize(raw, source(languages=("fr", "en"), **keys), terms)))


def first_item(body, profile, url, path):
    page = answer(body, url)
    first = items(page, document(page), path)[0]
    return RawRecord(
        identifier=first.value["id"], profile=profile, answer=page, item=0, start=first.start, end=first.end
    )


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.xml")))
def test_a_record_comes_out_as_its_golden_file_says(name, terms):
    body = (GOLDEN / f"{name}.xml").read_bytes()
    if name in FEEDS:
        raw = feed_item(body)
    else:
        raw = oai_records(body)[0] if name == "oai_dc" else whole(body, profile_of(name))
    assert outcome_of(raw, terms) == expected(name)


@pytest.mark.parametrize("name", sorted(path.stem for path in (GOLDEN / "items").glob("*.json")))
def test_an_item_of_an_api_comes_out_as_its_golden_file_says(name, terms):
    body, profile = (GOLDEN / "items" / f"{name}.json").read_bytes(), profile_of(name)
    url = APIS[next(key for key in APIS if name.startswith(key))]
    assert outcome_of(whole(body, profile, url=url), terms) == expected(name)


def test_a_dataset_on_a_page_of_turtle_comes_out_as_its_golden_file_says(terms):
    page = answer((GOLDEN / "pages" / "dcat_page.ttl").read_bytes(), "https://chm.example.be/catalogue")
    name = "https://chm.example.be/dataset/1"
    raw = RawRecord(identifier=name, profile="dcat_page", answer=page, item=0, start=0, end=len(page.body))
    assert outcome_of(raw, terms) == expected("dcat_page")


@pytest.mark.parametrize(
    ("profile", "item", "path"),
    [
        ("ptk_page", 0, "documents/1"),
        ("web_page", 0, "ateliers/zones-humides"),
        ("web_document", 1, "files/nbsap-ar.pdf"),
    ],
)
def test_what_stands_on_a_web_page_comes_out_as_its_golden_file_says(profile, item, path, terms):
    page = answer((GOLDEN / "pages" / f"{profile}.html").read_bytes(), "https://chm.example.be/documents/1")
    name = f"https://chm.example.be/{path}"
    raw = RawRecord(identifier=name, profile=profile, answer=page, item=item, start=0, end=len(page.body))
    assert outcome_of(raw, terms) == expected(profile)


@pytest.mark.parametrize("name", PAGES)
def test_a_record_within_a_page_comes_out_as_its_golden_file_says(name, terms):
    url, path = PAGES[name]
    raw = first_item((GOLDEN / "pages" / f"{name}.json").read_bytes(), profile_of(name), url, path)
    assert outcome_of(raw, terms, platform="bioland") == expected(name)


def test_a_recorded_node_of_drupal_comes_out_as_its_golden_file_says(terms):
    body = api_answer("drupal-jsonapi/recipe-es-include.json")
    raw = first_item(body, "drupal_node", "http://xx.chm.example/es/jsonapi/node/recipe", ("data",))
    assert outcome_of(raw, terms) == expected("drupal_node_recorded")


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_record_comes_out_as_its_golden_file_says(name, terms):
    (path,) = recorded(RECORDED[name])
    assert outcome_of(whole(path.read_bytes(), profile_of(name)), terms) == expected(name)


def test_every_profile_has_a_golden_file():
    assert {profile_of(path.stem) for path in GOLDEN.glob("*.json") if path.stem not in FEEDS} >= {
        name for name in profiles.names() if name != "rss_item"
    }
