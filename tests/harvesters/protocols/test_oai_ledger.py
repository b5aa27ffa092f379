"""Whatever befalls some requests: a window that is done was read whole, and filling the gaps brings the rest."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from harvesters.errors import HarvestError
from harvesters.model import Answer, HarvestTask, Page, State, Window
from harvesters.protocols import oai_pmh
from tests.harvesters.oai_server import ABOUT, RESPONSE_DATE, envelope, error, get_record, list_records, record
from tests.harvesters.oai_walking import THREE_PAGES
from tests.harvesters.replay import Asked, Replay, answer, killed_after, ledger, source

ANSWERS: dict[str, bytes | Answer] = {
    "web page": b"<html>oops</html>",
    "status": answer(b"<html>oops</html>", status=404),
    "nothing": b"",
}
DENIALS = {"token denied": error("badResumptionToken"), "noRecordsMatch to a token": error("noRecordsMatch")}
FAULTS = [*ANSWERS, *DENIALS, "cut", "token again", "down"]
END = datetime.fromisoformat(RESPONSE_DATE)
PAGE = 3

stamps = st.integers(0, 90 * 24).map(lambda hours: END - timedelta(hours=hours))
libraries = st.lists(stamps, max_size=14).map(lambda found: {f"r{number}": stamp for number, stamp in enumerate(found)})
faults = st.dictionaries(st.integers(1, 40), st.sampled_from(FAULTS), max_size=8)


class Library:
    """A repository of records by datestamp, in pages of three; `faults` befall its requests by their numbers."""

    def __init__(self, stamped: Mapping[str, datetime], faults: Mapping[int, str]) -> None:
        self._stamped = stamped
        self._faults = faults
        self._number = 0

    def __call__(self, asked: Asked) -> bytes | Answer:
        verb = asked.params["verb"]
        if verb not in ("ListRecords", "ListIdentifiers", "GetRecord"):
            return THREE_PAGES(asked)
        self._number += 1
        fault = self._faults.get(self._number, "")
        token = asked.params.get("resumptionToken")
        if fault == "down":
            raise HarvestError("It is down.", advice="Wait.")
        if fault in ANSWERS:
            return ANSWERS[fault]
        if fault in DENIALS and token:
            return DENIALS[fault]
        return self._bent(self._good(asked.params), fault, token)

    @staticmethod
    def _bent(page: bytes, fault: str, token: str | None) -> bytes:
        if fault == "cut" and b"</record>" in page:
            return page[: page.rindex(b"</record>")]
        if fault == "token again" and token:
            return page.replace(b"</List", f"<resumptionToken>{token}</resumptionToken></List".encode())
        return page

    def _good(self, asked: Mapping[str, str]) -> bytes:
        if asked["verb"] == "GetRecord":
            return get_record(self._record(asked["identifier"]))
        since, until, start = asked.get("from", ""), asked.get("until", ""), 0
        if "resumptionToken" in asked:
            since, until, at = asked["resumptionToken"].split("|")
            start = int(at)
        names = [name for name, stamp in self._stamped.items() if since <= _text(stamp) <= until]
        if not names:
            return error("noRecordsMatch")
        some = names[start : start + PAGE]
        rest = f"{since}|{until}|{start + PAGE}" if start + PAGE < len(names) else ""
        if asked["verb"] == "ListRecords":
            return list_records([self._record(name) for name in some], rest, size=len(names))
        headers = "".join(
            f"<header><identifier>{name}</identifier><datestamp>{_text(self._stamped[name])}</datestamp></header>"
            for name in some
        )
        end = f'<resumptionToken completeListSize="{len(names)}">{rest}</resumptionToken>'
        return envelope(f"<ListIdentifiers>{headers}{end}</ListIdentifiers>")

    def _record(self, name: str) -> str:
        return record(name).replace("2026-02-01T00:00:00Z", _text(self._stamped[name]))


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def walked(library: Library, state: State, task: HarvestTask) -> list[Page]:
    """The pages that came before the end, or before the server went down."""
    pages: list[Page] = []
    with suppress(HarvestError):
        pages.extend(oai_pmh.harvest(task, Replay(library), state))
    return pages


def names(pages: list[Page]) -> set[str]:
    return {record.identifier for page in pages for record in page.records}


def asked_for(stamped: Mapping[str, datetime], windows: list[Window]) -> set[str]:
    return {
        name
        for name, stamp in stamped.items()
        for window in windows
        if (window.since is None or window.since <= stamp) and stamp <= window.until
    }


@example({f"r{n}": END - timedelta(days=n) for n in range(9)}, dict.fromkeys(range(2, 40), "web page"), None)
@example({f"r{n}": END - timedelta(hours=n) for n in range(9)}, dict.fromkeys(range(2, 9), "cut"), 7)
@given(libraries, faults, st.none() | st.integers(1, 60))
def test_done_windows_were_read_whole_and_a_good_day_fills_the_rest(
    stamped: Mapping[str, datetime], faults: Mapping[int, str], days: int | None
) -> None:
    options = {"window_days": days} if days else {}
    task = HarvestTask(source=source(options=options), since=END - timedelta(days=100))
    library = Library(stamped, faults)
    pages = walked(library, State(), task)
    while (rows := ledger(pages)) and any(row.status == "pending" for row in rows):
        pages += walked(library, killed_after(pages), task)
    lost = {each.identifier for page in pages for each in page.quarantine}
    done = [row for row in rows if row.status == "done"]
    assert asked_for(stamped, done) <= names(pages) | lost
    assert pages[-1].last == (len(done) == len(rows))
    gaps = tuple(row for row in rows if row.status != "done")
    filled = walked(Library(stamped, {}), State(), HarvestTask(source=task.source, windows=gaps, gaps_only=True))
    assert names(pages) | names(filled) | lost == set(stamped)
    assert all(row.status == "done" for row in ledger(filled))
    assert len(pages) < ABOUT + 400
