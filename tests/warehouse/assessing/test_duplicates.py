"""Which records are one document, and which only look like it; a person's word on either holds for ever."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from normalizers.model import CommonRecord, Date, Link, Rights, Term
from tests.warehouse.conftest import Chm
from tests.warehouse.making import common, write_batch
from tests.warehouse.world import ID, World
from warehouse import pipeline
from warehouse.assessing import duplicate_decisions, duplicates
from warehouse.assessing.clusters import Union
from warehouse.assessing.findings import Duplicates, TieDecision
from warehouse.files import Damaged, write_json
from warehouse.layout import Layout
from warehouse.model import Pointer

FROGS = "Tree frogs of the Semois valley"
DOI = "https://doi.org/10.5555/semois.2019"
PAGE = "https://x.example/frogs"
HOME = "https://x.example/en/index.html"
PAPER = "https://x.example/frogs.pdf"


def record(source: str, title: str = FROGS, *links: str, language: str = "en", **keys: Any) -> CommonRecord:
    """A record of `source` published in 2019, with these links: to its page, or to its document if that is a file."""
    made = tuple(Link(url=url, rel="document" if ".pdf" in url or "doi" in url else "source") for url in links)
    published = (Date(kind="published", value="2019-05-01", verbatim="1.5.2019"),)
    name = keys.pop("name", "1")
    given = {"dates": published, "source": source, "links": made, "title": {language: title} if title else {}}
    return replace(common(f"{source}-{name}"), **{**given, **keys})


def doi(*numbers: str) -> Link:
    return Link(url=f"https://doi.org/10.5555/{'.'.join(numbers)}", rel="document")


def found_among(folder: Path, *records: CommonRecord) -> Duplicates:
    """The duplicates among records, each in its source's snapshot."""
    layout = Layout(folder)
    for source in {one.source for one in records}:
        write_batch(layout.snapshot(source, "R"), [one for one in records if one.source == source])
        write_json(layout.pointer(source), Pointer(snapshot="R", run="R", name=source, government=None))
    return duplicates.find(layout)


def ties(found: Duplicates) -> list[tuple[str, ...]]:
    return [tie.records for cluster in found.clusters for tie in cluster.ties]


@pytest.mark.parametrize(("title", "language"), [(FROGS, "en"), ("Rainettes", "fr")])
def test_a_copy_of_a_central_record_is_one_document_with_it_and_the_central_one_is_preferred(
    tmp_path: Path, title: str, language: str
) -> None:
    url = "https://chm.cbd.int/database/record?documentID=241234"
    central = record("chm", FROGS, url, origin="central")
    copy = record("be_chm", title, PAGE, language=language)
    copy = replace(copy, links=(*copy.links, Link(url=f"{url}#top", rel="central")))
    (cluster,) = found_among(tmp_path, central, copy).clusters
    assert cluster.preferred == central.identifier
    assert [route.source for route in cluster.routes] == ["chm", "be_chm"]


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (
            "doi",
            record("be", FROGS, DOI),
            record("fr", FROGS, DOI.upper().replace("HTTPS://DOI.ORG", "https://doi.org")),
        ),
        ("doi", record("be", FROGS, DOI), record("fr", "Rainettes de la Semois", DOI, language="fr")),
        ("doi", record("be", FROGS, DOI), record("fr", f"{FROGS} (2nd printing)", DOI)),
        (
            "isbn",
            record("be", FROGS, "urn:isbn:9780306406157"),
            record("fr", FROGS, "urn:isbn:9780306406157", dates=()),
        ),
        (
            "handle",
            record("be", FROGS, "https://hdl.handle.net/20.500.12345/7"),
            record("fr", FROGS, "http://hdl.handle.net/20.500.12345/7"),
        ),
        (
            "document",
            record("be", FROGS, "http://www.x.example/frogs.pdf"),
            record("fr", "Rainettes", "https://x.example/frogs.pdf#page=2", language="fr"),
        ),
        (
            "page",
            record("be", FROGS, "https://x.example/frogs/"),
            record("fr", FROGS, "https://x.example/frogs", dates=()),
        ),
        ("title", record("be", FROGS), record("fr", "TREE FROGS of the Sémois Valley.")),
        (
            "title",
            record("cn", "秦岭大熊猫栖息地森林恢复", language="zh"),
            record("hk", "秦岭大熊猫栖息地森林恢复", language="zh"),
        ),
    ],
)
def test_one_document_by_two_routes_is_a_cluster_that_says_why(
    kind: str, one: CommonRecord, other: CommonRecord, tmp_path: Path
) -> None:
    found = found_among(tmp_path, one, other)
    (cluster,) = found.clusters
    assert {route.identifier for route in cluster.routes} == {one.identifier, other.identifier}
    assert kind in [tie.by for tie in cluster.ties]
    assert all(tie.records == tuple(sorted((one.identifier, other.identifier))) for tie in cluster.ties)


@pytest.mark.parametrize(
    ("reason", "records"),
    [
        ("generic", [record("be", "Annual report 2019"), record("fr", "Annual Report 2019")]),
        ("generic", [record("be", "Rapport national sur la biodiversité", language="fr"),
                     record("fr", "Rapport national sur la biodiversité", language="fr")]),
        ("generic", [record("cn", "国家生物多样性战略与行动计划", language="zh"),
                     record("hk", "国家生物多样性战略与行动计划", language="zh")]),
        ("shared", [record("be", FROGS), record("be", FROGS, name="2"), record("fr", FROGS)]),
        ("shared", [record("be", FROGS, DOI), record("be", "Toads", DOI, name="2"), record("fr", "Frogs", DOI)]),
        ("contradicted", [record("be", FROGS, DOI), record("fr", "A reply to critics of amphibian counts", DOI)]),
        ("contradicted", [record("be", FROGS, PAGE), record("fr", "COP 16 agenda", PAGE)]),
        ("contradicted", [record("be", FROGS, PAGE), record("fr", "Grenouilles", PAGE, language="fr")]),
        ("contradicted", [record("be", links=(doi("1"),)), record("fr", links=(doi("2"),))]),
        ("contradicted", [record("be", countries=(Term(identifier="be", verbatim="Belgium", by="prefLabel"),)),
                          record("fr", countries=(Term(identifier="fr", verbatim="France", by="prefLabel"),))]),
    ],
)  # fmt: skip
def test_what_they_have_in_common_misleads(reason: str, records: list[CommonRecord], tmp_path: Path) -> None:
    found = found_among(tmp_path, *records)
    assert found.clusters == ()
    assert found.ignored == {reason: 1}


@pytest.mark.parametrize(
    "records",
    [
        [record("be", FROGS, DOI), record("be", FROGS, DOI, name="2")],
        [record("be"), record("fr", language="fr")],
        [record("be"), record("fr", dates=(Date(kind="published", value="2020", verbatim="2020"),))],
        [record("be", dates=()), record("fr", dates=())],
        [record("be", ""), record("fr", "")],
        [record("be", "", "https://x.example/"), record("fr", "", "https://x.example/")],
        [record("be", FROGS, HOME, dates=()), record("fr", FROGS, HOME)],
        [record("be", FROGS, dates=(), links=(Link(url=DOI),)), record("fr", FROGS, DOI)],
        [],
    ],
    ids=["one source", "other language", "other year", "no year", "no title", "home", "English", "cited", "nothing"],
)  # fmt: skip
def test_they_have_nothing_in_common(records: list[CommonRecord], tmp_path: Path) -> None:
    found = found_among(tmp_path, *records)
    assert (found.clusters, found.ignored, found.records) == ((), {}, len(records))


def test_a_country_that_only_its_source_implies_tells_nothing_apart(tmp_path: Path) -> None:
    implied = [(Term(identifier=code, verbatim=code, by="default"),) for code in ("be", "fr")]
    found = found_among(tmp_path, record("be", countries=implied[0]), record("fr", countries=implied[1]))
    assert len(found.clusters) == 1


def test_a_placeholder_that_too_many_have_ties_nothing(tmp_path: Path) -> None:
    found = found_among(tmp_path, *(record(f"s{number:02}") for number in range(51)))
    assert (found.clusters, found.ignored) == ((), {"crowded": 1})


def test_more_sources_than_there_are_fit_into_the_memory(tmp_path: Path) -> None:
    found = found_among(tmp_path, *(record(f"s{number:03}") for number in range(400)))
    assert (found.records, found.ignored) == (400, {"crowded": 1})


def test_the_preferred_record_is_nearest_to_who_made_the_document_then_the_fullest(tmp_path: Path) -> None:
    partner = record("gbif", origin="partner", summary={"en": "Much"}, description={"en": "More"})
    bare, full = record("fr"), record("be", rights=Rights(), summary={"en": "Much"}, source_page="https://be.example/1")
    (cluster,) = found_among(tmp_path, partner, bare, full).clusters
    assert [route.source for route in cluster.routes] == ["be", "fr", "gbif"]
    assert cluster.preferred == full.identifier
    assert (cluster.routes[0].title, cluster.routes[0].page) == (FROGS, "https://be.example/1")


def test_ties_chain_and_each_says_which_records_it_holds(tmp_path: Path) -> None:
    other = record("de", "Laubfrösche", PAPER, language="de")
    found = found_among(tmp_path, record("be", FROGS, DOI), record("fr", FROGS, DOI, PAPER, dates=()), other)
    assert ties(found) == [("ID-be-1", "ID-fr-1"), ("ID-de-1", "ID-fr-1")]
    assert [tie.by for tie in found.clusters[0].ties] == ["doi", "document"]
    assert duplicates.of_source(found, "de") == found
    assert duplicates.of_source(found, "xx").clusters == ()


@pytest.fixture
def two(world: World) -> World:
    """Two sources that publish the same site."""
    world.write_source("fr_chm", name="France", government="FR")
    for source in (ID, "fr_chm"):
        world.run("R1", source=source)
    return world


def by_title(world: World, source: str) -> dict[str, str]:
    return {dict(row["title"])["en"]: row["identifier"] for row in world.rows(source=source)}


def test_a_person_ties_and_splits_and_every_replay_keeps_that(chm: Chm, two: World) -> None:
    be, fr = by_title(two, ID), by_title(two, "fr_chm")
    assert chm("duplicates", "--json").json()["clusters"] == [], "titles without a year"
    pair = (be["Title 1"], fr["Title 1"])
    because = ("--by", "Ann", "--why", "both are the leaflet")
    assert "Noted: tie" in chm("duplicates", "tie", *pair, *because).out
    for replayed in (False, True):
        if replayed:
            two.later()
            two.country.put("r1", "Title 1, mended")
            for source in (ID, "fr_chm"):
                two.run(source=source)
                assert pipeline.replay(two.warehouse, source).outcome == "done"
        (cluster,) = duplicates.find(two.layout).clusters
        assert {route.identifier for route in cluster.routes} == set(pair)
        assert [(tie.by, tie.value) for tie in cluster.ties] == [("person", "Ann: both are the leaflet")]
    assert chm("duplicates", "split", *reversed(pair), "--by", "Bo", "--why", "other edition", "--json").code == 0
    assert duplicates.find(two.layout).clusters == (), "the last word holds"
    assert len(two.layout.duplicate_decisions().read_bytes().splitlines()) == 2, "and the first is still there"


def test_a_release_has_every_route_with_its_reasons_in_parquet_and_in_duckdb(chm: Chm, two: World) -> None:
    pair = (by_title(two, ID)["Title 1"], by_title(two, "fr_chm")["Title 1"])
    assert chm("duplicates", "tie", *pair, "--by", "Ann", "--why", "so").code == 0
    _, folder = two.publish()
    rows = pq.read_table(folder / "duplicates.parquet").to_pylist()
    assert {row["identifier"] for row in rows} == set(pair)
    assert {row["preferred"] for row in rows} == {min(pair)}
    assert [row["ties"] for row in rows] == [[{"by": "person", "value": "Ann: so"}]] * 2
    with duckdb.connect(str(folder / "chm.duckdb"), read_only=True) as connection:
        query = "SELECT duplicates.source FROM duplicates JOIN records USING (identifier) ORDER BY 1"
        assert connection.sql(query).fetchall() == [(ID,), ("fr_chm",)]
    assert chm("verify").code == 0


def test_what_a_person_split_stays_apart_whatever_ties_it(chm: Chm, tmp_path: Path, world: World) -> None:
    one, two, three = (record(source, FROGS, DOI) for source in ("be", "de", "fr"))
    found_among(world.layout.root, one, two, three)
    assert chm("duplicates", "split", one.identifier, three.identifier, "--by", "Ann", "--why", "not so").code == 0
    (cluster,) = duplicates.find(world.layout).clusters
    assert {route.source for route in cluster.routes} == {"be", "de"}
    assert {tie.records for tie in cluster.ties} == {("ID-be-1", "ID-de-1")}


def test_the_command_shows_every_route_and_every_reason(chm: Chm, world: World) -> None:
    found_among(
        world.layout.root,
        record(ID, FROGS, DOI, source_page="https://be.example/1"),
        record("fr", f"{FROGS}\x1b[2J", DOI, dates=()),
        record("de", "Annual report"),
        record("at", "Annual report"),
    )
    told = chm("duplicates")
    assert told.code == 0
    assert told.out.splitlines()[:5] == [
        "1 documents have several routes: 2 of 4 records.",
        "",
        FROGS,
        "  ID-be_chm-1  be_chm  https://be.example/1",
        "  ID-fr-1  fr",
    ]
    assert "same doi: doi.org/10.5555/semois.2019 (2)" in told.out
    assert "no reason to tie: 1 generic" in told.out
    assert "\x1b" not in told.out
    assert len(chm("duplicates", "--source", ID, "--json").json()["clusters"]) == 1
    assert chm("duplicates", "--source", "zz").code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tie", "ID-be-1", "nothing", "--by", "Ann", "--why", "so"), "There is no record nothing."),
        (("split", "ID-be-1", "ID-be-1", "--by", "Ann", "--why", "so"), "That is one record."),
        (("tie", "ID-be-1", "ID-fr-1", "--by", " ", "--why", "so"), "A decision needs a name and a reason."),
        (("tie", "ID-be-1", "ID-fr-1", "--by", "Ann"), "Missing option '--why'"),
    ],
)
def test_a_decision_that_is_none_is_refused(arguments: tuple[str, ...], said: str, chm: Chm, world: World) -> None:
    found_among(world.layout.root, record("be"), record("fr"))
    told = chm("duplicates", *arguments)
    assert told.code == 2
    assert said in told.err
    assert not world.layout.duplicate_decisions().exists()


def test_a_warehouse_without_records_has_no_duplicates_and_nothing_to_decide(chm: Chm) -> None:
    assert chm("duplicates").out == "0 documents have several routes: 0 of 0 records.\n"
    assert "There is no record a." in chm("duplicates", "tie", "a", "b", "--by", "Ann", "--why", "so").err


def test_a_damaged_decision_is_named_by_its_line(world: World) -> None:
    path = world.layout.duplicate_decisions()
    path.parent.mkdir(parents=True)
    path.write_text('{"verdict": "tie"}\n')
    with pytest.raises(Damaged, match=r"duplicates\.jsonl, line 1 cannot be read: .*records"):
        duplicate_decisions.read(world.layout)


def test_a_last_line_that_an_editor_left_open_is_ended_and_a_broken_file_takes_no_more(world: World) -> None:
    decision = TieDecision(records=("A", "B"), verdict="tie", by="Ann", why="so", at=datetime(2026, 3, 1, tzinfo=UTC))
    duplicate_decisions.add(world.layout, decision)
    path = world.layout.duplicate_decisions()
    path.write_bytes(path.read_bytes().rstrip())
    duplicate_decisions.add(world.layout, replace(decision, records=("A", "C")))
    assert duplicate_decisions.read(world.layout).keys() == {("A", "B"), ("A", "C")}
    path.write_text("oops")
    with pytest.raises(Damaged):
        duplicate_decisions.add(world.layout, decision)
    assert path.read_text() == "oops"


MEMBERS = "abcdefgh"
pairs = st.tuples(st.sampled_from(MEMBERS), st.sampled_from(MEMBERS)).filter(lambda pair: pair[0] != pair[1])


@given(st.lists(pairs, max_size=12), st.lists(pairs, max_size=4), st.integers(2, 8))
def test_no_cluster_holds_what_was_parted_nor_grows_too_large_and_each_tie_is_inside_one(
    tied: list[tuple[str, str]], parted: list[tuple[str, str]], largest: int
) -> None:
    union = Union(MEMBERS, largest=largest)
    for pair in parted:
        union.part(*pair)
    held = [pair for pair in tied if union.tie("doi", "".join(pair), *pair)]
    clusters = [members for members, _ in union.clusters()]
    assert all(2 <= len(members) <= largest for members in clusters)
    assert not any(set(pair) <= members for pair in parted for members in clusters)
    assert all(any(set(pair) <= members for members in clusters) for pair in held)
    assert sum(map(len, clusters)) == len({member for pair in held for member in pair}), "and nothing else is tied"
