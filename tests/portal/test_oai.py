"""The OAI-PMH provider keeps to the rules of the specification (the numbers are its sections)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from tests.portal.conftest import BASE, Portal
from tests.portal.test_record import identifier, withdraw
from tests.warehouse.world import ID, World
from warehouse.portal.oai import lists

NS = {
    "o": "http://www.openarchives.org/OAI/2.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "p": "http://www.openarchives.org/OAI/2.0/provenance",
}


SCHEMA = etree.RelaxNG(file=Path(__file__).with_name("oai_pmh.rng"))


class Answer:
    """An answer that is as the specification says."""

    def __init__(self, body: bytes) -> None:
        self.tree = etree.fromstring(body)
        SCHEMA.assertValid(self.tree)

    def texts(self, path: str) -> list[str]:
        return [each if isinstance(each, str) else each.text or "" for each in self.tree.xpath(path, namespaces=NS)]

    @property
    def error(self) -> str | None:
        return next(iter(self.texts("/o:OAI-PMH/o:error/@code")), None)

    @property
    def token(self) -> str:
        return next(iter(self.texts("//o:resumptionToken")), "")

    def live(self) -> list[str]:
        return self.texts("//o:header[not(@status)]/o:identifier")

    def deleted(self) -> list[str]:
        return self.texts("//o:header[@status='deleted']/o:identifier")


def ask(portal: Portal, **arguments: str) -> Answer:
    answer = portal.get("/oai", params={name.rstrip("_"): value for name, value in arguments.items()})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    return Answer(answer.content)


def pages(portal: Portal, **arguments: str) -> Iterator[Answer]:
    page = ask(portal, **arguments)
    yield page
    while token := page.token:
        page = ask(portal, verb=arguments["verb"], resumptionToken=token)
        yield page


def test_identify(resting: Portal) -> None:
    told = ask(resting, verb="Identify")
    assert told.texts("//o:Identify/*") == [
        "CHM aggregator",
        f"{BASE}/oai",
        "2.0",
        "operator@example.org",
        "2026-03-02T06:00:00Z",
        "persistent",
        "YYYY-MM-DDThh:mm:ssZ",
        "gzip",
    ]
    assert told.texts("//o:responseDate") == [f"{resting.world.clock.now():%Y-%m-%dT%H:%M:%SZ}"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"),  # 3.6
        ("verb=Nonsense", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&from=2026-01-01", "badArgument"),
        ("verb=GetRecord&identifier=x", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=x", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=a&identifier=b", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        ("verb=ListRecords&metadataPrefix=marc21", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=yesterday", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01T00:00:00", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-01-02T00:00:00Z", "badArgument"),  # 2.7.1
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-02&until=2026-01-01", "badArgument"),  # 2.7.1
        ("verb=ListRecords&metadataPrefix=oai_dc&until=1999-01-01", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2099-01-01", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=country.fr", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=nonsense", "noRecordsMatch"),
        ("verb=ListRecords&resumptionToken=nonsense", "badResumptionToken"),
        ("verb=ListSets&resumptionToken=nonsense", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=nonsense&metadataPrefix=oai_dc", "badArgument"),  # exclusive, 3.5
        ("verb=ListMetadataFormats&identifier=urn:uuid:none", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=invalid%22id", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=", "idDoesNotExist"),
        ("verb=ListRecords&metadataPrefix=oai%20dc", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=country.be:", "noRecordsMatch"),
    ],
)
def test_what_is_asked_wrongly_is_answered_with_the_protocols_own_error(resting: Portal, query: str, code: str) -> None:
    answer = resting.get(f"/oai?{query}")
    assert (answer.status_code, Answer(answer.content).error) == (200, code)
    assert resting.post("/oai", content=query).status_code == 200  # 3.1.1: both methods


@pytest.mark.parametrize("code", ["badVerb", "badArgument"])
def test_the_request_is_repeated_unless_it_makes_no_sense(resting: Portal, code: str) -> None:  # 3.2
    wrong = {"badVerb": {"verb": "Nonsense"}, "badArgument": {"verb": "Identify", "x": "y"}}[code]
    request = ask(resting, **wrong).tree.find("o:request", NS)
    assert (request.text, dict(request.attrib)) == (f"{BASE}/oai", {})
    request = ask(resting, verb="Identify").tree.find("o:request", NS)
    assert dict(request.attrib) == {"verb": "Identify"}


def test_the_headers_of_both_lists_agree_and_lie_within_what_was_asked(portal: Portal, world: World) -> None:  # 4.3
    world.later()
    world.country.put("r0", "Another title")
    world.country.delete("r1")
    world.run()
    world.publish()
    portal.look()
    last = f"{world.clock.now():%Y-%m-%dT%H:%M:%SZ}"
    for bounds, length in (({}, 5), ({"from_": last}, 2), ({"until": "2026-03-02"}, 3), ({"set": "country.be"}, 5)):
        lists = [ask(portal, verb=verb, metadataPrefix="chm", **bounds) for verb in ("ListIdentifiers", "ListRecords")]
        heads = [[etree.tostring(head) for head in told.tree.iterfind(".//o:header", NS)] for told in lists]
        assert heads[0] == heads[1]
        assert len(heads[0]) == length


def test_a_request_of_many_arguments_is_a_bad_one(resting: Portal) -> None:
    answer = resting.get("/oai?verb=ListRecords" + "".join(f"&a{number}=1" for number in range(500)))
    assert Answer(answer.content).error == "badArgument"


def test_post_and_get_answer_alike(resting: Portal) -> None:
    arguments = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    posted = resting.post("/oai", data=arguments)
    assert posted.content == resting.get("/oai", params=arguments).content


def test_formats_and_their_schemas(resting: Portal) -> None:
    told = ask(resting, verb="ListMetadataFormats")
    assert told.texts("//o:metadataPrefix") == ["oai_dc", "chm"]
    path = told.texts("//o:schema")[1].removeprefix(BASE)
    etree.XMLSchema(etree.fromstring(resting.get(path).content))


def test_sets_by_country_source_and_schema(resting: Portal) -> None:
    specs = ask(resting, verb="ListSets").texts("//o:setSpec")
    assert specs == ["country.be", f"source.{ID}", "schema.resource"]
    for spec in specs:
        listed = ask(resting, verb="ListIdentifiers", metadataPrefix="oai_dc", set=spec)
        assert len(listed.live()) == 5
        assert set(listed.texts("//o:setSpec")) == set(specs)


@pytest.mark.parametrize("prefix", ["oai_dc", "chm"])
def test_a_record_and_where_it_came_from(resting: Portal, prefix: str) -> None:
    name = f"urn:uuid:{identifier(resting.world)}"
    told = ask(resting, verb="GetRecord", metadataPrefix=prefix, identifier=name)
    assert told.live() == [name]
    assert told.texts("//o:metadata//*[local-name() = 'title']") == ["Title 0"]
    assert told.texts("//o:metadata//*[local-name() = 'title']/@xml:lang") == ["en"]
    assert told.texts("//p:identifier") == ["r0"]
    assert told.texts("//p:baseURL") == [resting.world.country.url("/oai")]
    assert told.texts("//p:metadataNamespace") == ["http://www.openarchives.org/OAI/2.0/oai_dc/"]
    if prefix == "chm":
        schema = etree.XMLSchema(etree.fromstring(resting.get("/oai/chm.xsd").content))
        assert schema.validate(told.tree.xpath("//o:metadata/*", namespaces=NS)[0])


def test_deletions_are_remembered_for_ever(portal: Portal, world: World) -> None:  # 2.5.1: persistent
    name = f"urn:uuid:{identifier(world)}"
    world.country.delete("r0")
    for _ in range(3):
        world.later()
        world.run()
        world.publish()
    portal.look()
    told = ask(portal, verb="ListRecords", metadataPrefix="oai_dc")
    assert told.deleted() == [name]
    assert len(told.live()) == 4
    assert told.texts("//o:record[o:header/@status]/o:metadata") == []
    stamp = told.texts("//o:header[@status]/o:datestamp")
    assert stamp == ["2026-03-03T06:00:00Z"]  # the release that said so first
    assert ask(portal, verb="GetRecord", metadataPrefix="chm", identifier=name).deleted() == [name]


def test_from_and_until_are_both_included_and_select_by_the_release_that_changed_a_record(
    portal: Portal, world: World
) -> None:  # 2.7.1
    world.later()
    world.country.put("r1", "Another title")
    world.run()
    world.publish()
    portal.look()
    stamp = f"{world.clock.now():%Y-%m-%dT%H:%M:%SZ}"
    for bounds in ({"from_": stamp}, {"from_": stamp[:10]}, {"from_": stamp, "until": stamp}):
        told = ask(portal, verb="ListRecords", metadataPrefix="oai_dc", **bounds)
        assert told.texts("//dc:title") == ["Another title"]
    assert len(ask(portal, verb="ListIdentifiers", metadataPrefix="oai_dc", until="2026-03-02").live()) == 4


def test_a_list_of_several_pages_is_whole_and_counts_itself(
    resting: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:  # 3.5
    monkeypatch.setattr(lists, "PAGE", 2)
    read = list(pages(resting, verb="ListRecords", metadataPrefix="oai_dc"))
    assert [len(page.live()) for page in read] == [2, 2, 1]
    assert len({name for page in read for name in page.live()}) == 5
    assert [page.texts("//o:resumptionToken/@cursor") for page in read] == [["0"], ["2"], ["4"]]
    assert {size for page in read for size in page.texts("//o:resumptionToken/@completeListSize")} == {"5"}
    assert read[-1].token == ""
    again = ask(resting, verb="ListRecords", resumptionToken=read[0].token)
    assert again.live() == read[1].live()  # a token may be used again


def test_a_list_that_is_read_while_a_release_is_published_misses_nothing(
    portal: Portal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    first = ask(portal, verb="ListRecords", metadataPrefix="oai_dc")
    world.later()
    world.country.put("r0", "Changed meanwhile")
    world.country.put("r9", "New meanwhile")
    world.country.delete("r1")
    world.run()
    world.publish()
    portal.look()
    rest = [ask(portal, verb="ListRecords", resumptionToken=first.token)]
    while token := rest[-1].token:
        rest.append(ask(portal, verb="ListRecords", resumptionToken=token))
    told = {
        name: title
        for page in (first, *rest)
        for name, title in zip(page.live(), page.texts("//dc:title"), strict=True)
    }
    for page in rest:
        for name in page.deleted():
            told.pop(name, None)
    rows = {f"urn:uuid:{row['identifier']}": dict(row["title"])["en"] for row in world.rows()}
    assert told == rows


def test_a_withdrawal_is_a_deletion_of_the_moment(portal: Portal, world: World) -> None:
    world.later()
    withdraw(world, identifier(world))
    name = f"urn:uuid:{identifier(world)}"
    stamp = f"{world.clock.now():%Y-%m-%dT%H:%M:%SZ}"
    told = ask(portal, verb="ListRecords", metadataPrefix="oai_dc", from_=stamp)
    assert (told.live(), told.deleted()) == ([], [name])
    whole = ask(portal, verb="ListRecords", metadataPrefix="oai_dc", set="country.be")
    assert (len(whole.live()), whole.deleted()) == (4, [name])
    world.publish()
    portal.look()
    assert ask(portal, verb="ListRecords", metadataPrefix="oai_dc", from_=stamp).deleted() == [name]
