"""Pages with faults that can be mended in place: all records come, verbatim, from where they stand; and it is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.oai import records as oai_records
from harvesters.oai.mending import mend
from harvesters.oai.spans import Reading
from tests.harvesters.oai_server import list_records, record

TEXT = "<x xmlns='m'>{}</x>"
PAGE = list_records([record("a"), record("b", metadata=TEXT.format("@@")), record("c")], "t1")

FAULTS = {  # what is done to the page, and how it is counted
    "control characters": (PAGE.replace(b"@@", b"\x00\x0b"), {"control characters": 2}),
    "references": (PAGE.replace(b"@@", b"&#0;&#xB;&#xD800;"), {"references to characters that XML has not": 3}),
    "a declaration in a record": (
        PAGE.replace(b"<x xmlns='m'>@@", b"<?xml version='1.0' encoding='utf-16'?><x xmlns='m'>"),
        {"XML declarations inside": 1},
    ),
    "a notice of PHP before": (b"<br />\n<b>Notice</b>: x in y.php\n" + PAGE, {"bytes around the XML": 32}),
    "a notice of PHP behind": (PAGE + b"<b>Warning</b>", {"bytes around the XML": 14}),
    "a web page around": (
        b"<!DOCTYPE html><html><body>" + PAGE + b"</body></html>",
        {"bytes around the XML": 41},
    ),
    "Latin-1 as UTF-8": (PAGE.decode().encode("latin-1"), {"bytes that are no UTF-8": 2}),
    "some Latin-1 in UTF-8": (PAGE.replace(b"@@", b"\xe9"), {"bytes that are no UTF-8": 1}),
    "an encoding that does not exist": (
        PAGE.replace(b"UTF-8", b"TF-8", 1),
        {"encodings that exist not or are others": 1},
    ),
    "UTF-8 as GB 2312": (PAGE.replace(b"UTF-8", b"gb2312", 1), {"encodings that exist not or are others": 1}),
    "two at once": (
        b"PHP " + PAGE.replace(b"@@", b"\x08"),
        {"bytes around the XML": 3, "control characters": 1},
    ),
}


def names(reading: Reading, page: bytes) -> list[str]:
    """The identifiers, each found in the record's own bytes."""
    for span in reading.spans:
        assert page[span.start : span.end].startswith(b"<record><header>")
        assert page[span.start : span.end].endswith(b"</record>")
        assert f"<identifier>{span.identifier}<".encode() in page[span.start : span.end]
    return [span.identifier for span in reading.spans]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_can_be_mended_in_place_costs_no_record_and_is_counted(fault: str) -> None:
    page, counted = FAULTS[fault]
    reading = oai_records.read(page)
    assert names(reading, page) == ["a", "b", "c"]
    assert reading.fault
    assert (reading.mended, reading.lost) == (counted, ())


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gb2312", "生物多样性"), ("GBK", "生物多樣性"), ("gb18030", "𠀀生物é"), ("big5", "生物多樣性功"),
        ("Shift_JIS", "生物多様性ソ表"), ("EUC-JP", "生物多様性"), ("euc-kr", "생물다양성"),
    ],
)  # fmt: skip
def test_encodings_of_east_asia_are_read_and_their_bytes_kept(encoding: str, text: str) -> None:
    whole = PAGE.decode().replace("é", "x").replace("@@", text).replace("UTF-8", encoding, 1)
    page = whole.encode(encoding)
    reading = oai_records.read(page)
    assert reading.fault is None
    assert names(reading, page) == ["a", "b", "c"]
    assert text.encode(encoding) in page[reading.spans[1].start : reading.spans[1].end]


def test_a_bad_record_beside_a_fault_that_can_be_mended_costs_itself() -> None:
    page = PAGE.replace(b"@@", b"\x0b<open>")
    reading = oai_records.read(page)
    assert names(reading, page) == ["a", "c"]
    assert [span.identifier for span in reading.lost] == ["b"]


@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60))
def test_mending_never_moves_a_byte(before: bytes, within: bytes, behind: bytes) -> None:
    page = before + PAGE.replace(b"@@", within) + behind
    assert len(mend(page).page) == len(page)
