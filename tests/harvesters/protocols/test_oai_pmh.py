"""How OAI-PMH is walked: what is asked, what is kept, and when a list has ended."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harvesters.errors import BadStatus, ProtocolError, SourceError
from harvesters.model import HarvestTask, State
from harvesters.protocols import oai_pmh
from tests.harvesters.oai_server import (
    ABOUT,
    Repository,
    envelope,
    error,
    identify,
    list_formats,
    list_records,
    list_sets,
    record,
)
from tests.harvesters.oai_walking import THREE_PAGES, identifiers, issues, list_requests, walk
from tests.harvesters.replay import Asked, Replay, answer, killed_after, ledger, source


def test_a_harvest_begins_with_identify_and_keeps_what_it_says() -> None:
    state = State()
    pages, http = walk(THREE_PAGES, state)
    assert http.asked[0].params == {"verb": "Identify"}
    assert pages[0].facts == {
        "server_time": "2026-03-01T12:00:00+00:00",
        "name": "Test",
        "admin_emails": ["a@site.test", "b@site.test"],
        "granularity": "YYYY-MM-DDThh:mm:ssZ",
        "earliest_datestamp": "2001-01-01",
        "deleted_record": "persistent",
        "base_url": "http://site.test/oai",
        "protocol_version": "2.0",
    }
    assert state.kept["identify"]["name"] == "Test"
    assert not pages[0].records


def test_tokens_lead_from_page_to_page_and_only_the_end_of_the_list_is_last() -> None:
    pages, http = walk(THREE_PAGES)
    assert identifiers(pages) == ["a", "b", "c", "d", "e"]
    assert [page.last for page in pages[ABOUT:]] == [False, False, True]
    assert pages[ABOUT].facts == {"complete_list_size": 5}
    assert not issues(pages)
    assert len(http.asked) == ABOUT + 3


def test_a_record_is_its_own_bytes_with_its_header_read() -> None:
    texts = [record("a", sets=("x", "x:y")), record("b", deleted=True)]
    pages, _ = walk(Repository(list_records(texts)))
    whole, deleted = pages[ABOUT].records
    assert (whole.body, whole.sets, whole.deleted, whole.item) == (texts[0].encode(), ("x", "x:y"), False, 0)
    assert (deleted.body, deleted.deleted, deleted.datestamp) == (texts[1].encode(), True, "2026-02-01T00:00:00Z")
    assert {whole.profile, deleted.profile} == {"oai_dc"}


def test_what_stands_about_a_record_is_kept_with_its_bytes() -> None:
    about = record("a").replace("</record>", "<about><p xmlns='provenance'/></about><about>two</about></record>")
    pages, _ = walk(Repository(list_records([about])))
    assert pages[ABOUT].records[0].body == about.encode()


def test_the_prefix_is_an_option_and_the_profile_follows_it_unless_the_source_names_one() -> None:
    plain = source(options={"metadata_prefix": "qdc"})
    pages, http = walk(Repository(list_records([record("a")])), source=plain)
    assert list_requests(http)[0]["metadataPrefix"] == "qdc"
    assert pages[ABOUT].records[0].profile == "qdc"
    named = source(options={"metadata_prefix": "qdc"}, profile="mine")
    assert walk(Repository(list_records([record("a")])), source=named)[0][ABOUT].records[0].profile == "mine"


@pytest.mark.parametrize(
    ("granularity", "begin", "end"),
    [
        ("YYYY-MM-DDThh:mm:ssZ", "2026-02-03T04:05:06Z", "2026-02-08T09:10:12Z"),
        ("YYYY-MM-DD", "2026-02-03", "2026-02-08"),
        ("YYYY-MM-DDThh:mmZ", "2026-02-03", "2026-02-08"),
    ],
)
def test_a_window_is_asked_in_the_advertised_granularity_and_never_smaller(
    granularity: str, begin: str, end: str
) -> None:
    since = datetime.fromisoformat("2026-02-03T06:05:06.700+02:00")
    until = datetime.fromisoformat("2026-02-08T09:10:11.200Z")
    repository = Repository(list_records([record("a")]), identity=identify(granularity=granularity))
    pages, http = walk(repository, since=since, until=until)
    assert list_requests(http) == [{"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": begin, "until": end}]
    assert ("unknown_granularity" in issues(pages)) == (granularity == "YYYY-MM-DDThh:mmZ")


def test_until_is_the_servers_own_time_and_a_full_harvest_has_no_from() -> None:
    since = datetime(2026, 2, 1, tzinfo=UTC)
    _, http = walk(THREE_PAGES, since=since, full=True)
    assert list_requests(http)[0] == {
        "verb": "ListRecords",
        "metadataPrefix": "oai_dc",
        "until": "2026-03-01T12:00:00Z",
    }


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2026-03-01T11:59:00Z", "2026-03-01T11:59:00+00:00"),
        ("2026-03-01T15:30:00.123456+05:30", "2026-03-01T10:00:00.123456+00:00"),
        ("2026-03-01T13:00:00Z", "2026-03-01T12:00:00+00:00"),
        ("yesterday", "2026-03-01T12:00:00+00:00"),
    ],
)
def test_the_servers_time_is_the_earlier_of_its_two_clocks(said: str, kept: str) -> None:
    pages, _ = walk(Repository(list_records([record("a")]), identity=identify(response_date=said)))
    assert pages[0].facts["server_time"] == kept
    assert ("clocks_disagree" in issues(pages)) == (
        said in {"2026-03-01T15:30:00.123456+05:30", "2026-03-01T13:00:00Z"}
    )


def test_a_server_without_any_clock_is_named_and_ours_is_taken() -> None:
    silent = answer(identify(response_date="?"), date="")
    pages, _ = walk(lambda asked: silent if asked.params["verb"] == "Identify" else list_records([record("a")]))
    assert pages[0].facts["server_time"] == "2026-03-01T12:00:00+00:00"
    assert "no_server_time" in issues(pages)


def test_a_window_that_would_begin_after_it_ends_loses_nothing() -> None:
    pages, http = walk(THREE_PAGES, since=datetime(2027, 1, 1, tzinfo=UTC))
    assert "from" not in list_requests(http)[0]
    assert "window_reversed" in issues(pages)
    assert len(identifiers(pages)) == 5


def test_every_set_is_asked_in_every_window_and_only_the_last_list_ends_the_harvest() -> None:
    repository = Repository({"x": list_records([record("a", sets=["x"])]), "y": error("noRecordsMatch")})
    since = datetime(2026, 1, 30, tzinfo=UTC)
    by_days = source(sets=["x", "y"], options={"window_days": 20})
    pages, http = walk(repository, source=by_days, since=since)
    asked = [(params["set"], params["from"], params["until"]) for params in list_requests(http)]
    assert asked == [
        (name, begin, end)
        for name in ("x", "y")
        for begin, end in [
            ("2026-01-30T00:00:00Z", "2026-02-18T23:59:59Z"),
            ("2026-02-19T00:00:00Z", "2026-03-01T12:00:00Z"),
        ]
    ]
    assert [page.last for page in pages[ABOUT:]] == [False, False, False, True]
    assert identifiers(pages) == ["a"]
    assert [row.status for row in ledger(pages)] == ["done"] * 4


def test_no_records_match_is_a_good_and_empty_end() -> None:
    pages, _ = walk(Repository(error("noRecordsMatch")))
    assert pages[-1].last
    assert not identifiers(pages)
    assert not issues(pages)


def test_no_records_match_with_an_http_error_status_is_the_same() -> None:
    pages, _ = walk(Repository(answer(error("noRecordsMatch"), status=422)))
    assert pages[-1].last


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("badArgument", "sets"),
        ("cannotDisseminateFormat", "metadata_prefix"),
        ("noSetHierarchy", "take `sets` out"),
        ("badVerb", "base URL"),
        ("idDoesNotExist", "administrator"),
        ("", "administrator"),
        ("__name__", "administrator"),
        ("oAIError", "administrator"),
    ],
)
def test_a_protocol_error_names_its_code_the_servers_words_and_what_to_do(code: str, advice: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        walk(Repository(error(code, "words of the server")))
    assert (code or "no code") in caught.value.cause
    assert "words of the server" in caught.value.cause
    assert advice in caught.value.advice


def test_an_error_beside_no_records_match_is_no_good_end() -> None:
    both = envelope('<error code="noRecordsMatch"/><error code="badArgument">set</error>')
    with pytest.raises(ProtocolError, match="badArgument"):
        walk(Repository(both))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html><html><body>Hello</body></html>", "a web page came"),
        (b"\n<!-- x --><HTML lang='en'></HTML>", "a web page came"),
        (b"", "an empty answer"),
        (b" \n", "an empty answer"),
        (b"broken xml", "something else than OAI-PMH"),
        (b"<rss/>", "something else than OAI-PMH"),
        (b"<OAI-PMH/>", "something else than OAI-PMH"),
        (envelope("<ListSets/>"), "neither ListRecords nor an error"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><OAI-PMH/>', "document type"),
        (b'<!DOCTYPE OAI-PMH SYSTEM "http://10.0.0.1/x.dtd"><OAI-PMH/>', "document type"),
    ],
)
def test_an_answer_that_is_no_list_is_refused_in_plain_words(body: bytes, words: str) -> None:
    with pytest.raises(ProtocolError, match=words):
        walk(Repository(body))


def test_an_http_error_without_oai_pmh_keeps_its_status() -> None:
    with pytest.raises(BadStatus, match=r"HTTP 404: .*a web page came") as caught:
        walk(Repository(answer(b"<html></html>", status=404)))
    assert caught.value.answer.status == 404


@pytest.mark.parametrize(
    "body", [error("badVerb", "no"), error("noRecordsMatch"), error("badResumptionToken"), envelope("<x/>")]
)
def test_an_address_that_cannot_identify_itself_is_refused(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        walk(Repository(list_records([record("a")]), identity=body))


def test_several_addresses_are_a_mistake_of_the_source_file() -> None:
    with pytest.raises(SourceError, match="`urls` names 2"):
        walk(THREE_PAGES, source=source(url=None, urls=["http://a.test", "http://b.test"]))


def test_a_repository_that_changed_since_the_last_loaded_run_is_noticed() -> None:
    first = State()
    walk(THREE_PAGES, first)
    changed = Repository(list_records([record("a")]), identity=identify(name="Another"))
    pages, _ = walk(changed, State(loaded=first.kept))
    assert issues(pages)["repository_changed"].field == "name"
    assert "repository_changed" not in issues(walk(THREE_PAGES, State(loaded=first.kept))[0])


@pytest.mark.parametrize("stored", range(1, 7))
def test_a_killed_harvest_goes_on_after_the_last_stored_page_and_asks_for_none_twice(stored: int) -> None:
    repository = Repository(
        {"x": list_records([record("a")], "t1"), "y": list_records([record("c")])}, {"t1": list_records([record("b")])}
    )
    two_sets = source(sets=["x", "y"])
    whole, undisturbed = walk(repository, source=two_sets)
    rest, http = walk(repository, killed_after(whole[:stored]), source=two_sets)
    assert undisturbed.asked[stored:] == http.asked
    assert [(page.records, page.last, page.resume) for page in rest] == [
        (page.records, page.last, page.resume) for page in whole[stored:]
    ]


def test_a_limit_stops_after_the_page_that_reaches_it_and_counts_across_a_resume() -> None:
    pages, http = walk(THREE_PAGES, limit=3)
    assert identifiers(pages) == ["a", "b", "c", "d"]
    assert not pages[-1].last
    verbs = [each.params["verb"] for each in http.asked]
    assert verbs == ["Identify", "ListMetadataFormats", "ListRecords", "ListRecords"], "sets may be thousands"
    assert walk(THREE_PAGES, killed_after(pages[:3]), limit=3)[0] == pages[3:]
    assert walk(THREE_PAGES, limit=5)[0][-1].last


def test_a_cap_on_pages_stops_with_an_issue_but_not_a_list_that_ends_there() -> None:
    pages, http = walk(THREE_PAGES, source=source(max_pages=2))
    assert (len(http.asked), pages[-1].last, list(issues(pages))) == (ABOUT + 2, False, ["page_cap"])
    pages, _ = walk(THREE_PAGES, source=source(max_pages=3))
    assert (pages[-1].last, issues(pages)) == (True, {})


def test_asking_is_lazy_so_that_a_page_is_stored_before_the_next_is_asked_for() -> None:
    http = Replay(THREE_PAGES)
    pages = oai_pmh.harvest(HarvestTask(source=source()), http, State())
    next(pages)
    assert [(asked.url, asked.params) for asked in http.asked] == [("http://site.test/oai", {"verb": "Identify"})]
    next(pages)
    assert len(http.asked) == 2


def test_formats_and_sets_are_kept_and_a_change_of_either_is_told_with_before_and_after() -> None:
    first = State()
    pages, _ = walk(Repository({"": error("noRecordsMatch"), "x": b"", "y": b""}), first)
    assert (pages[1].facts, pages[2].facts) == ({"formats": ["oai_dc"]}, {"sets": ["x", "y"]})
    about = {"ListMetadataFormats": list_formats(oai_dc="x", rdf="y"), "ListSets": list_sets("y", "z")}
    pages, _ = walk(Repository(error("noRecordsMatch"), about=about), State(loaded=first.kept))
    told = {issue.field: issue.message for page in pages for issue in page.issues if issue.code == "repository_changed"}
    assert "gone none, new rdf" in str(told["formats"])
    assert "gone x, new z" in str(told["sets"])


def test_a_set_that_the_repository_does_not_list_is_told_but_one_above_others_is_none_such() -> None:
    lists = Repository({name: error("noRecordsMatch") for name in ("a", "b")}, about={"ListSets": list_sets("b:c")})
    pages, _ = walk(lists, source=source(sets=["a", "b"]))
    assert [issue.value for page in pages for issue in page.issues if issue.code == "set_unknown"] == ["a"]


@pytest.mark.parametrize("verb", ["ListSets", "ListMetadataFormats"])
@pytest.mark.parametrize("fault", [b"<html>oops</html>", error("badVerb"), error("noRecordsMatch"), envelope("<x/>")])
def test_a_repository_that_cannot_list_its_sets_or_formats_is_harvested_all_the_same(verb: str, fault: bytes) -> None:
    pages, _ = walk(Repository(list_records([record("a")]), about={verb: fault}))
    assert identifiers(pages) == ["a"]
    assert pages[-1].last
    assert (
        issues(pages)[{"ListSets": "sets", "ListMetadataFormats": "formats"}[verb] + "_not_listed"].severity == "note"
    )


def test_a_list_of_sets_is_walked_to_its_end_and_very_many_are_kept_as_a_digest() -> None:
    tokens = iter([f"<resumptionToken>{number}</resumptionToken>" for number in range(3)])
    names = (f"s{number}" for number in range(1000))

    def sets(asked: Asked) -> bytes:
        some = "".join(f"<set><setSpec>{next(names)}</setSpec></set>" for _ in range(100))
        return envelope(f"<ListSets>{some}{next(tokens, '')}</ListSets>")

    state = State()
    pages, _ = walk(lambda asked: sets(asked) if asked.params["verb"] == "ListSets" else THREE_PAGES(asked), state)
    assert len([page for page in pages if page.facts.get("sets")]) == 1
    assert len(pages[1 + 4].facts["sets"]) == 400
    assert str(state.kept["sets"]).startswith("['400 names (")


def test_a_list_of_sets_without_end_is_left() -> None:
    again = envelope("<ListSets><set><setSpec>x</setSpec></set><resumptionToken>t</resumptionToken></ListSets>")
    pages, http = walk(Repository(list_records([record("a")]), about={"ListSets": again}))
    assert [asked.params["verb"] for asked in http.asked].count("ListSets") == 2
    assert pages[-1].last


RICH = {
    "ListMetadataFormats": list_formats(
        oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/", m="http://www.loc.gov/mods/v3"
    )
}


def test_the_best_format_is_asked_for_and_stays_until_the_next_full_sweep() -> None:
    empty, state = error("noRecordsMatch"), State()
    pages, http = walk(Repository(list_records([record("a")]), about=RICH), state)
    assert list_requests(http)[0]["metadataPrefix"] == "m"
    assert pages[ABOUT].records[0].profile == "mods"
    before = {"format": ["oai_dc", "oai_dc"]}
    for full, prefix in ((False, "oai_dc"), (True, "m")):
        _, http = walk(Repository(empty, about=RICH), State(loaded=before), full=full)
        assert list_requests(http)[0]["metadataPrefix"] == prefix
    named = source(options={"metadata_prefix": "m"})
    assert (
        walk(Repository(list_records([record("a")]), about=RICH), source=named)[0][ABOUT].records[0].profile == "mods"
    )
    ordered = source(options={"formats": ["oai_dc", "mods"]})
    assert list_requests(walk(Repository(empty, about=RICH), source=ordered)[1])[0]["metadataPrefix"] == "oai_dc"


def test_a_source_may_be_asked_by_forms() -> None:
    pages, http = walk(THREE_PAGES, source=source(options={"method": "post"}))
    assert identifiers(pages) == ["a", "b", "c", "d", "e"]
    assert {asked.accept for asked in http.asked} == {"a form"}
