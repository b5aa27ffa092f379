"""What a list that goes wrong costs: another try, a smaller part, a record or, in the end, a window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from harvesters.errors import BadStatus
from harvesters.model import Answer, HarvestTask, State, Window
from harvesters.protocols import oai_pmh
from tests.harvesters.oai_server import (
    ABOUT,
    Repository,
    error,
    get_record,
    identify,
    list_records,
    record,
)
from tests.harvesters.oai_walking import THREE_PAGES, identifiers, issues, walk
from tests.harvesters.replay import Asked, Replay, answer, killed_after, ledger, source

ONE_DAY = {"since": datetime(2026, 1, 31, 12, tzinfo=UTC), "until": datetime(2026, 2, 1, 11, tzinfo=UTC)}
"""A window with the tests' records in it that is too short to be cut in halves."""
GAP = Window(**ONE_DAY, status="failed", attempts=1, error="it broke")


def test_an_expired_token_begins_its_list_again_once_and_from_its_start() -> None:
    repository = Repository(list_records([record("a")], "t1"), {"t1": lambda: next(answers)})
    answers = iter([error("badResumptionToken"), list_records([record("b")])])
    pages, _ = walk(repository)
    assert identifiers(pages) == ["a", "a", "b"]
    assert "token_expired" in issues(pages)
    assert [page.last for page in pages][-2:] == [False, True]


def test_a_token_refused_again_costs_its_window() -> None:
    pages, _ = walk(Repository(list_records([record("a")], "t1")), **ONE_DAY)
    assert identifiers(pages) == ["a", "a"]
    assert issues(pages)["token_expired"].severity == "error"
    assert [(row.status, row.attempts, row.error) for row in ledger(pages)] == [
        ("failed", 1, "the repository no longer knew its own token")
    ]
    assert not any(page.last for page in pages)


@pytest.mark.parametrize(
    ("answers", "came"),
    [
        ({"t1": list_records([record("b")])}, ["a", "b"]),
        ({"t1": list_records([record("b")], "t2"), "t2": list_records([])}, ["a", "b"]),
    ],
    ids=["one too few", "an empty end"],
)
def test_a_list_that_ends_before_all_that_it_announced_came_is_cut(answers: dict[str, bytes], came: list[str]) -> None:
    short = Repository(list_records([record("a")], "t1", size=3), answers)
    pages, _ = walk(short)
    assert identifiers(pages) == came
    assert issues(pages)["list_cut"].severity == "error"
    assert not any(page.last for page in pages)
    pages, _ = walk(short, source=source(options={"trust_list_size": False}))
    assert issues(pages)["list_size_disagrees"].severity == "warning"
    assert pages[-1].last


def test_no_records_match_to_a_token_is_no_end() -> None:
    repository = Repository(list_records([record("a")], "t1"), {"t1": lambda: next(answers)})
    answers = iter([error("noRecordsMatch"), list_records([record("b")])])
    pages, _ = walk(repository)
    assert identifiers(pages) == ["a", "a", "b"]
    assert issues(pages)["list_cut"].severity == "warning"
    assert pages[-1].last


def test_the_number_that_a_repository_announces_last_is_the_one_that_counts() -> None:
    answers = {"t1": list_records([record("b")], "", size=2)}
    pages, _ = walk(Repository(list_records([record("a")], "t1", size=3), answers))
    assert pages[-1].last
    assert "list_cut" not in issues(pages)


@pytest.mark.parametrize(
    ("tokens", "code", "asked"),
    [
        ({"t1": list_records([record("b")], "t1")}, "token_repeated", 2),
        ({"t1": list_records([record("b")], "t2"), "t2": list_records([record("b")], "t3")}, "page_repeated", 3),
        ({f"t{n}": list_records([], f"t{n + 1}") for n in range(1, 9)}, "empty_pages", 5),
    ],
)
def test_a_list_without_end_is_left_with_an_issue(tokens: dict[str, bytes], code: str, asked: int) -> None:
    pages, http = walk(Repository(list_records([record("a")], "t1"), tokens), **ONE_DAY)
    assert [(issue.code, issue.severity) for page in pages for issue in page.issues] == [(code, "error")]
    assert len(http.asked) == ABOUT + asked
    assert not pages[-1].last


def test_a_few_empty_pages_with_tokens_are_walked_through() -> None:
    tokens = {"t1": list_records([], "t2"), "t2": list_records([], "t3"), "t3": list_records([record("b")], "\n  ")}
    pages, _ = walk(Repository(list_records([record("a")], " t1 "), tokens))
    assert identifiers(pages) == ["a", "b"]
    assert pages[-1].last


def test_one_bad_record_costs_itself_and_the_harvest_goes_on_by_the_token() -> None:
    bad = record("b", metadata="<x>&nbsp;</x>")
    pages, _ = walk(
        Repository(list_records([record("a"), bad, record("c")], "t1"), {"t1": list_records([record("d")])})
    )
    assert identifiers(pages) == ["a", "c", "d"]
    assert issues(pages)["page_not_well_formed"].severity == "error"
    assert issues(pages)["record_not_readable"].record == "b"
    assert pages[-1].last  # the list ended; that a record was lost is said by an issue


CUT = list_records([record("a"), record("b"), record("c")], "t1")
CUT = CUT[: CUT.index(b"</record>", CUT.index(b"<identifier>c")) - 20]


def test_a_page_cut_short_is_asked_for_again_and_nothing_is_lost() -> None:
    answers = iter([CUT, list_records([record("a"), record("b"), record("c")])])
    pages, _ = walk(
        lambda asked: next(answers) if asked.params["verb"] == "ListRecords" else THREE_PAGES(asked), **ONE_DAY
    )
    assert identifiers(pages) == ["a", "b", "a", "b", "c"]
    assert {issue.severity for page in pages for issue in page.issues} == {"warning"}
    assert not any(page.quarantine for page in pages)
    assert pages[-1].last


def test_a_page_cut_short_each_time_keeps_its_whole_records_and_gets_the_others_singly() -> None:
    lists = {name: get_record(record(name)) for name in "abc"}
    pages, http = walk(Repository(CUT, singly=lists), **ONE_DAY)
    assert identifiers(pages) == ["a", "b", "a", "b", "c"]
    assert [asked.params["identifier"] for asked in http.asked if asked.params["verb"] == "GetRecord"] == ["c"]
    assert pages[-1].last


def test_a_record_that_cannot_be_read_even_alone_is_put_into_quarantine_and_named() -> None:
    bad = get_record(record("b", metadata="<x>&nbsp;</x>"))
    web = b"<html>oops</html>"
    lists = {
        "a": get_record(record("a")),
        "b": bad,
        "c": web,
        "d": error("idDoesNotExist"),
        "e": get_record(record("e")),
    }
    page = answer(b"<html>fatal error</html>", status=404)
    pages, _ = walk(
        lambda asked: page if asked.params["verb"] == "ListRecords" else Repository(b"", singly=lists)(asked),
        windows=(GAP,),
        gaps_only=True,
    )
    assert identifiers(pages) == ["a", "e"]
    held = [(each.identifier, one.answer.body[each.start : each.end]) for one in pages for each in one.quarantine]
    assert held == [("b", record("b", metadata="<x>&nbsp;</x>").encode()), ("c", web)]
    found = [issue for one in pages for issue in one.issues if issue.code.startswith("record_")]
    assert [(issue.code, issue.record, issue.severity) for issue in found] == [
        ("record_not_readable", "b", "error"),
        ("record_not_readable", "c", "error"),
        ("record_gone", "d", "note"),
    ]
    assert pages[-1].last


def test_a_record_without_identifier_is_named_and_its_bytes_stay_with_the_page() -> None:
    nameless = record("").replace("<identifier></identifier>", "")
    pages, _ = walk(Repository(list_records([record("a"), nameless, record(" "), record("c")])))
    assert [(found.identifier, found.item) for found in pages[ABOUT].records] == [("a", 0), ("c", 3)]
    assert [issue.code for issue in pages[ABOUT].issues] == ["record_without_identifier"] * 2
    assert nameless.encode() in pages[ABOUT].answer.body


def test_records_that_were_not_asked_for_are_left_out_and_counted() -> None:
    asked_for = record("a", sets=["x:sub"])
    rest = {"t1": list_records([record("b", sets=["y"]), record("c", sets=["x"]), record("d")])}
    pages, _ = walk(Repository({"x": list_records([asked_for], "t1")}, rest), source=source(sets=["x"]))
    assert identifiers(pages) == ["a", "c", "d"]
    assert issues(pages)["set_ignored"].value == "1"
    assert pages[-1].last
    pages, _ = walk(THREE_PAGES, since=datetime(2026, 2, 2, tzinfo=UTC))
    assert identifiers(pages) == []
    assert issues(pages)["dates_ignored"].value == "5"


def test_a_list_that_cannot_be_read_whole_is_asked_for_in_ever_smaller_parts() -> None:
    broken = "2013-01-01"

    def reply(asked: Asked) -> bytes:
        if asked.params["verb"] != "ListRecords":
            return THREE_PAGES(asked)  # type: ignore[return-value]  # answers with bytes, here
        if asked.params.get("from", "2001") <= broken <= asked.params["until"]:
            return b"<html>500</html>"
        return list_records(
            [record(asked.params.get("from", "the first")).replace("2026-02-01", asked.params["until"][:10])]
        )

    days = identify(granularity="YYYY-MM-DD")
    # the first list must come, else the address is at fault: a list of a day, before the others
    start = Window(until=datetime(2001, 1, 1, tzinfo=UTC))
    whole = Window(until=datetime(2026, 3, 1, tzinfo=UTC))
    pages, _ = walk(
        lambda asked: days if asked.params["verb"] == "Identify" else reply(asked),
        windows=(start, whole),
        gaps_only=True,
    )
    left = [row for row in ledger(pages) if row.status != "done"]
    assert len(left) == 1
    assert left[0].since
    assert left[0].until - left[0].since < timedelta(days=1)
    assert left[0].since <= datetime.fromisoformat(f"{broken}T12:00Z") <= left[0].until + timedelta(days=1)
    assert [issue.severity for page in pages for issue in page.issues if issue.code == "page_failed"].count(
        "error"
    ) == 1
    assert not pages[-1].last


def test_a_server_that_is_down_ends_the_run_where_it_stands() -> None:
    down = answer(b"<html>down</html>", status=404)
    alive = iter([True] * (ABOUT + 1))
    repository = Repository(list_records([record("a")], "t1"), {"t1": list_records([record("b")])})
    harvest = oai_pmh.harvest(
        HarvestTask(source=source()), Replay(lambda asked: repository(asked) if next(alive, False) else down), State()
    )
    stored = list(islice(harvest, ABOUT + 1))
    with pytest.raises(BadStatus):
        next(harvest)
    pages, http = walk(repository, killed_after(stored))
    assert identifiers(pages) == ["b"]
    assert [asked.params.get("resumptionToken") for asked in http.asked] == ["t1"]


def test_a_page_that_cannot_be_read_costs_one_more_try_where_the_server_lives() -> None:
    repository = Repository(list_records([record("a")], "t1"), {"t1": lambda: next(answers)})
    answers = iter([b"<html>oops</html>", list_records([record("b")])])
    pages, _ = walk(repository)
    assert identifiers(pages) == ["a", "a", "b"]
    assert issues(pages)["page_failed"].severity == "warning"
    assert pages[ABOUT + 1].answer.body == b"<html>oops</html>"
    assert pages[-1].last


def test_one_list_that_is_refused_costs_itself() -> None:
    pages, _ = walk(
        Repository({"x": list_records([record("a", sets=["x"])]), "y": error("badArgument")}),
        source=source(sets=["x", "y"]),
    )
    assert identifiers(pages) == ["a"]
    assert [row.status for row in ledger(pages)] == ["done", "failed"]
    assert issues(pages)["page_failed"].severity == "error"


def test_a_size_that_changes_on_the_way_is_noted_and_one_too_small_is_a_warning() -> None:
    pages, _ = walk(
        Repository(list_records([record("a")], "t1", size=3), {"t1": list_records([record("b")], "", size=1)})
    )
    assert issues(pages)["list_size_changed"].severity == "note"
    assert issues(pages)["list_size_disagrees"].severity == "warning"
    assert pages[-1].last


def never_whole(asked: Asked) -> bytes | Answer:
    """A repository of three sets: one is well, one breaks off each time, and one has a record that nobody can read."""
    known = {name: get_record(record(name)) for name in "pq"} | {"r": b"<html>oops</html>"}
    verb, name = asked.params["verb"], asked.params.get("set")
    if name is None and verb != "GetRecord":
        return Repository({"x": b"", "y": b"", "z": b""})(asked)
    if verb != "ListRecords":
        return Repository(b"", singly=known if name != "y" else {})(asked)
    return {"x": list_records([record("a")]), "y": list_records([record("b")], "t"), "z": b"<html>oops</html>"}[
        str(name)
    ]


@pytest.mark.parametrize("stored", range(1, 30))
def test_a_harvest_killed_in_the_midst_of_its_troubles_goes_on_with_the_same_ledger(stored: int) -> None:
    three = source(sets=["x", "y", "z"])
    since = {"since": datetime(2026, 1, 28, tzinfo=UTC)}
    whole, _ = walk(never_whole, source=three, **since)
    rest, _ = walk(never_whole, killed_after(whole[:stored]), source=three, **since)
    assert ledger([*whole[:stored], *rest]) == ledger(whole)
    assert set(identifiers([*whole[:stored], *rest])) == set(identifiers(whole))
