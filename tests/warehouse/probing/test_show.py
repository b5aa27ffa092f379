"""A record beside what was received: readable in whatever encoding a site has, and harmless to a terminal."""

from __future__ import annotations

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from harvesters.model import Answer, RawRecord
from normalizers.model import CommonRecord
from tests.harvesters.replay import answer
from tests.harvesters.servers import NOON
from tests.warehouse.making import COMMON_RECORDS
from warehouse.probing.model import Probe, Sample
from warehouse.probing.show import lines
from warehouse.show import as_received

ARABIC = "<html><head>{}<title>الوثائق</title>"
META = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">'


def received(page: Answer) -> RawRecord:
    return RawRecord(identifier="x", profile="web_page", answer=page, item=0, start=0, end=len(page.body))


@pytest.mark.parametrize(
    ("page", "is_readable"),
    [
        (answer(ARABIC.format(META).encode("windows-1256")), True),
        (answer(ARABIC.format("").encode("windows-1256"), content_type="text/html; charset=windows-1256"), True),
        (answer(ARABIC.format(META).encode()), True),
        (answer(ARABIC.format("").encode("windows-1256")), False),
        (answer(ARABIC.format('<meta charset="hex">').encode("windows-1256")), False),
    ],
    ids=["as the page declares", "as the header says", "UTF-8 against its own word", "as nobody says", "no encoding"],
)
def test_what_was_received_is_shown_in_its_own_encoding(page: Answer, is_readable: bool) -> None:
    told = as_received(received(page))
    assert told.startswith("<html><head>")
    assert ("الوثائق" in told) is is_readable


@given(COMMON_RECORDS, st.text())
def test_whatever_a_site_says_nothing_of_it_steers_the_terminal(record: CommonRecord, raw: str) -> None:
    found = Probe(
        url="https://x.example/",
        standing="ready",
        asked=NOON,
        requests=1,
        issues=(),
        offers=(),
        suggested={},
        samples=(Sample(raw=raw, record=record),),
    )
    written = io.StringIO()
    console = Console(file=written, width=120, markup=False)
    for piece in lines(found):
        console.print(piece)
    assert not {sign for sign in written.getvalue() if unicodedata.category(sign) == "Cc"} - {"\n", "\t"}
