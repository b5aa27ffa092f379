"""The registry beside what the CHM's index and an operator's spreadsheet list: new, moved, gone, uncovered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.harvesters.servers import Site, reply
from tests.warehouse.conftest import Chm
from tests.warehouse.probing.test_troubles import FEED
from tests.warehouse.world import ID, World
from warehouse import console
from warehouse.discovering.lists import host
from warehouse.probing.model import Acceptance

CHM = "https://www.biodiv.example/"


class Index(Site):
    """The CHM's index: `websites` are its `database` records by identifier, as (country, websites)."""

    def __init__(self) -> None:
        super().__init__({})
        self.websites: dict[str, tuple[str, list[str]]] = {}

    def answer(self, path: str) -> Iterator[bytes]:
        documents: list[dict[str, Any]] = [
            {
                "id": name, "identifier_s": name, "schema_s": "database", "government_s": country,
                "title_EN_t": f"Site {name}", "url_ss": ["https://chm.index.example/database/" + name],
                "websites_ss": urls, "updatedDate_dt": "2026-01-01T00:00:00Z",
            }
            for name, (country, urls) in self.websites.items()
        ]  # fmt: skip
        documents.append({"id": "news", "schema_s": "news", "title_EN_t": "News", "url_ss": ["https://other.example/"]})
        answer = {"response": {"numFound": len(documents), "start": 0, "docs": documents}}
        yield reply(200 if "select" in path else 404, json.dumps(answer).encode(), content_type="application/json")


@pytest.fixture(autouse=True)
def own_clock(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "SystemClock", lambda: world.clock)


@pytest.fixture
def index(world: World) -> Iterator[Index]:
    """An index that lists be_chm, whose page is `CHM`, and that was harvested once."""
    world.write_source(page=CHM)
    with Index() as site:
        site.websites["A"] = ("be", [CHM])
        world.write_source(
            "chm_index", government=None, origin="central", protocol="chm_index", url=site.url("/select"),
            expect={"max_vanish": 1, "grace_days": 0},
        )  # fmt: skip
        world.run(source="chm_index")
        yield site


def harvest(world: World) -> None:
    """What the index lists now reaches the warehouse."""
    world.later(days=60)
    world.run(source="chm_index")


def changes(chm: Chm, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = chm("sources", "discover", "--json", *arguments).json()["changes"]
    return found


def test_without_a_list_there_is_nothing_to_compare(chm: Chm) -> None:
    ended = chm("sources", "discover")
    assert (ended.code, ended.out) == (2, "")
    assert "Run `chm run chm_index` first, or give --csv FILE." in ended.err


def test_a_registry_that_has_all_that_is_listed_has_no_change(chm: Chm, index: Index) -> None:
    found = chm("sources", "discover", "--json").json()
    assert (found["lists"], found["known"], found["changes"]) == (["chm_index"], 1, [])
    assert len(found["uncovered"]) == 195, "all Parties but Belgium"
    assert chm("sources", "discover").out.startswith(
        "1 websites of chm_index have a source; 0 changes.\nUncovered: And"
    )


def test_a_new_site_is_accepted_as_an_unverified_file(chm: Chm, world: World, index: Index) -> None:
    index.websites |= {"B": ("fr", ["https://inpn.mnhn.example/x"]), "C": ("fr", ["http://www.inpn.mnhn.example"])}
    harvest(world)
    (found,) = changes(chm)
    assert (found["kind"], found["source"], found["title"]) == ("new", "fr_inpn", "Site B")
    told = chm("sources", "discover", "--accept", "fr_inpn", "--by", "Ana", "--why", "they wrote")
    assert "+ new fr_inpn (FR): https://inpn.mnhn.example/x\n    Site B; chm_index, B\n" in told.out
    path = world.folder / "sources" / "fr_inpn.yml"
    assert told.out.endswith(f"Written: {path}.\n")
    assert path.read_text().startswith("# Listed by chm_index, B. Nobody has asked this site yet: `chm probe` tells")
    source = world.warehouse.source("fr_inpn")
    assert (source.status, source.government, source.page) == ("unverified", "FR", "https://inpn.mnhn.example/x")
    word = msgspec.json.decode(world.layout.acceptances().read_bytes(), type=Acceptance)
    assert (word.source, word.by, word.why) == ("fr_inpn", "Ana", "they wrote")
    assert changes(chm) == []


def test_of_a_new_site_a_probe_finds_what_it_offers(chm: Chm, world: World) -> None:
    page = reply(200, b"<!doctype html><html lang=fr><title>Blog", content_type="text/html")
    with Site({"/feed/": FEED, "/": page}) as site:
        (world.folder / "sites.csv").write_text(f"country,url\nFrance,{site.url()}\n")
        chm("sources", "discover", "--csv", str(world.folder / "sites.csv"), "--accept", "all", "--by", "Ana")
        rows = chm("probe", "--unverified", "--country", "FR", "--json").json()["rows"]
        assert [(row["source"], row["change"].get("url")) for row in rows] == [("fr_127", site.url("/feed/"))]


def test_a_site_that_moved_keeps_its_source_and_the_paths_that_it_asks(chm: Chm, world: World, index: Index) -> None:
    world.write_source(page=CHM, url=f"{CHM}oai?x=1", server="old.example")
    changes(chm)
    index.websites["A"] = ("be", ["https://new.example/home"])
    harvest(world)
    (found,) = changes(chm)
    assert (found["kind"], found["source"], found["before"]) == ("moved", ID, f"{CHM}oai?x=1")
    assert f"~ moved be_chm (BE): {CHM}oai?x=1 -> https://new.example/home" in chm("sources", "discover").out
    chm("sources", "discover", "--accept", ID, "--by", "Ana")
    source = world.warehouse.source(ID)
    assert (source.url, source.page) == ("https://new.example/oai?x=1", "https://new.example/home")
    assert (source.status, source.cron, source.server) == ("unverified", None, None)
    assert changes(chm) == []


def test_a_site_that_its_list_has_no_longer_is_gone_and_may_be_retired(chm: Chm, world: World, index: Index) -> None:
    changes(chm)
    del index.websites["A"]
    harvest(world)
    assert [(one["kind"], one["source"]) for one in changes(chm)] == [("gone", ID)]
    chm("sources", "discover", "--accept", "all", "--by", "Ana")
    assert world.warehouse.source(ID).status == "retired"
    assert changes(chm) == []


def test_json_goes_by_the_published_schemas(chm: Chm, world: World, index: Index) -> None:
    index.websites["B"] = ("fr", ["https://x.example/"])
    harvest(world)
    _, folder = world.publish()
    schemas = Draft202012Validator(json.loads((folder / "schemas.json").read_text()))
    for command in ("discover", "coverage"):
        schemas.validate(chm("sources", command, "--json").json())


def test_what_no_list_ever_had_is_not_gone(chm: Chm, world: World, index: Index) -> None:
    world.write_source("lu_chm", government="LU", url="https://lu.example/oai")
    assert changes(chm) == []


def test_a_list_that_is_not_read_tells_nothing_gone(chm: Chm, world: World, index: Index) -> None:
    path = world.folder / "sites.csv"
    path.write_text("country,url\nBE,https://www.lux.example/\n")
    world.write_source("lu_chm", government="LU", url="https://lux.example/oai")
    assert changes(chm, "--csv", str(path)) == []
    assert changes(chm) == []
    path.write_text("country,url\n")
    assert [(one["kind"], one["source"]) for one in changes(chm, "--csv", str(path))] == [("gone", "lu_chm")]


def test_a_record_of_the_index_that_names_no_country_or_no_site_is_told_and_left_out(
    chm: Chm, world: World, index: Index
) -> None:
    index.websites |= {"B": ("", ["https://x.example/"]), "C": ("fr", ["https://intranet/", "https://y.example/"])}
    harvest(world)
    found = chm("sources", "discover", "--json").json()
    assert [(one["source"], one["told_by"]) for one in found["changes"]] == [("fr_y", "chm_index, C (2)")]
    assert [issue["message"] for issue in found["issues"]] == [
        "chm_index, record B: it names no country; it is left out.",
        "chm_index, record C: 'https://intranet/' is no web address; it is left out.",
    ]


def test_pages_of_the_centre_are_no_national_sites(chm: Chm, world: World, index: Index) -> None:
    index.websites["B"] = ("fr", [index.url("/database/countries/fr")])
    harvest(world)
    assert changes(chm) == []


@pytest.mark.parametrize(
    ("heading", "line", "found"),
    [
        ("country,url", "France,https://x.example/a", ("FR", "https://x.example/a", "https://x.example/a")),
        ("Country;Website;Name", "Côte d’Ivoire;www.x.example;Centre", ("CI", "Centre", "https://www.x.example")),
        ("\ufeffgovernment\ttitle\turl", "be\tChez nous\thttp://x.example", ("BE", "Chez nous", "http://x.example")),
        ("id,iso2,address,more", "7,KE,https://x.example,y", ("KE", "https://x.example", "https://x.example")),
    ],
)
def test_a_spreadsheet_may_be_as_programs_export_it(
    heading: str, line: str, found: tuple[str, str, str], chm: Chm, world: World
) -> None:
    path = world.folder / "sites.csv"
    path.write_text(f"{heading}\n{line}\n\n", encoding="utf-8")
    (change,) = changes(chm, "--csv", str(path))
    assert (change["country"], change["title"], change["url"]) == found


def test_a_line_that_says_nothing_usable_is_told_with_its_number_and_left_out(chm: Chm, world: World) -> None:
    path = world.folder / "sites.csv"
    path.write_text("country,url\nAtlantis,https://x.example/\nBE,none\nBE,ftp://x.example/\nBE,https://[x/\n")
    found = chm("sources", "discover", "--csv", str(path), "--json").json()
    assert found["changes"] == []
    assert [issue["message"].removeprefix(f"{path}, ") for issue in found["issues"]] == [
        "line 2: no country is called 'Atlantis'; it is left out.",
        "line 3: 'none' is no web address; it is left out.",
        "line 4: 'ftp://x.example/' is no web address; it is left out.",
        "line 5: 'https://[x/' is no web address; it is left out.",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name;address\n", "has no column for the country; its heading is name, address. Call one of its columns"),
        (b"country\n", "has no column for the url"),
        (b"", "has no column for the country; its heading is empty."),
        (b"country,url\nC\xf4te,x\n", "cannot be read: 'utf-8' codec"),
    ],
)
def test_a_file_that_is_no_such_list_is_asked_wrongly(content: bytes, said: str, chm: Chm, world: World) -> None:
    path = world.folder / "sites.csv"
    path.write_bytes(content)
    ended = chm("sources", "discover", "--csv", str(path))
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


def test_a_change_that_there_is_not_is_asked_wrongly_and_nothing_is_written(
    chm: Chm, world: World, index: Index
) -> None:
    index.websites["B"] = ("fr", ["https://x.example/"])
    harvest(world)
    before = sorted((world.folder / "sources").iterdir())
    ended = chm("sources", "discover", "--accept", "fr_x", "--accept", "fr_y", "--by", "Ana")
    assert ended.code == 2
    assert ended.err == "There is no change of fr_y. `chm sources discover` lists them.\n"
    assert sorted((world.folder / "sources").iterdir()) == before


def test_an_entry_steers_no_file(chm: Chm, world: World) -> None:
    path: Path = world.folder / "sites.csv"
    path.write_text('country,url,title\nBE,https://x.example/,"a\nstatus: active\n# b: [c"\n')
    chm("sources", "discover", "--csv", str(path), "--accept", "all", "--by", "Ana")
    keys = yaml.safe_load((world.folder / "sources" / "be_x.yml").read_text())
    assert (keys["status"], keys["name"]) == ("unverified", "a\nstatus: active\n# b: [c")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.BIODIV.be/x", "biodiv.be"),
        ("http://biodiv.be:80/", "biodiv.be"),
        ("http://biodiv.be.:8080", "biodiv.be:8080"),
        ("https://localhost/", ""),
        ("//biodiv.be", ""),
        ("https://biodiv.be:x/", ""),
        ("https://me:secret@biodiv.be/", ""),
    ],
)
def test_two_addresses_are_one_site_by_their_hosts(url: str, name: str) -> None:
    assert host(url) == name
