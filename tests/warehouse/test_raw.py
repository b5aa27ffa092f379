"""What the sites answered is kept byte for byte, survives a cut at any byte, and tells when it was changed."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.model import Answer, Issue, News, Page, RawRecord
from warehouse import raw
from warehouse.files import Damaged

START = datetime(2026, 3, 1, 6, tzinfo=UTC)
BODIES = [b"<a>\r\n\xff\x00</a>", b"", "<b>été 中文</b>".encode(), bytes(range(256)) * 40]


def page(number: int, body: bytes | None = None, **keys: object) -> Page:
    body = BODIES[number % len(BODIES)] if body is None else body
    answer = Answer(
        url=f"https://x.example/{number}",
        status=200,
        headers={"content-type": "text/xml", "etag": f'"{number}"'},
        body=body,
        received=START + timedelta(seconds=number),
    )
    records = tuple(
        RawRecord(
            identifier=f"{number}/{item}",
            profile="oai_dc",
            answer=answer,
            item=item,
            start=item,
            end=len(body),
            datestamp="2026-02-01" if item else None,
            deleted=item == 2,
            sets=("é",) * item,
            first_seen="2026-02-01" if item else None,
        )
        for item in range(3)
    )
    given: dict[str, object] = {
        "answer": answer,
        "records": records,
        "issues": (Issue(code="odd", message="Odd.", value="\u2028"),),
        "facts": {"server_time": START.isoformat(), "n": number},
        "resume": {"page": number},
    }
    return Page(**{**given, **keys})  # type: ignore[arg-type]


def write(folder: Path, pages: list[Page]) -> raw.Kept:
    with raw.Writer(folder) as writer:
        for one in pages:
            writer.append(one, News({"seen": one.facts["n"]}))
        return writer.so_far


def pages_of(folder: Path) -> list[Page]:
    return [page for _, page in raw.read(folder)]


def test_pages_come_back_as_they_were_in_their_order(tmp_path: Path) -> None:
    given = [page(number) for number in range(6)]
    write(tmp_path, given)
    assert pages_of(tmp_path) == given
    assert [number for number, _ in raw.read(tmp_path)] == list(range(6))
    assert [record.body for page in pages_of(tmp_path) for record in page.records] == [
        record.body for page in given for record in page.records
    ]


def test_only_the_headers_that_say_something_of_the_answer_are_kept(tmp_path: Path) -> None:
    told = page(0)
    answer = Answer(url="u", status=200, headers={"set-cookie": "secret", "date": "today"}, body=b"", received=START)
    write(tmp_path, [Page(answer=answer, facts=told.facts)])
    assert pages_of(tmp_path)[0].answer.headers == {"date": "today"}


def test_what_pages_add_up_to(tmp_path: Path) -> None:
    kept = write(
        tmp_path,
        [
            page(0),
            page(1, issues=(Issue(code="odd", message="."), Issue(code="bad", message=".", severity="error"))),
            page(2, facts={"n": 2, "server_time": "later", "window": True}, last=True),
        ],
    )
    assert kept == raw.Kept(
        pages=3,
        records=6,
        deleted=3,
        bytes=sum(map(len, BODIES[:3])),
        resume={"page": 2},
        kept={"seen": 2},
        last=True,
        facts={"server_time": START.isoformat(), "n": 0, "window": True},
        issues={"odd": 3, "bad": 1},
        errors=1,
    )
    assert raw.add_up(tmp_path) == kept


def test_a_run_without_pages_adds_up_to_nothing(tmp_path: Path) -> None:
    assert raw.add_up(tmp_path / "none") == raw.Kept()
    write(tmp_path, [])
    assert raw.add_up(tmp_path) == raw.Kept()
    assert pages_of(tmp_path) == []


@settings(max_examples=30)
@given(st.sampled_from(["pages.jsonl", "pages.zst"]), st.floats(0, 1))
def test_a_cut_at_any_byte_costs_the_pages_behind_it_and_no_more(name: str, where: float) -> None:
    given = [page(number) for number in range(4)]
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        write(folder, given)
        whole = {path.name: path.read_bytes() for path in folder.iterdir()}
        kept = whole[name][: int(where * len(whole[name]))]
        (folder / name).write_bytes(kept)
        if name == "pages.jsonl":
            left = kept.count(b"\n")
        else:
            frames = [line.offset + line.length for line, _ in raw._lines(folder / "pages.jsonl")]
            left = sum(end <= len(kept) for end in frames)
        assert raw.add_up(folder).pages == left
        with raw.Writer(folder) as writer:
            assert writer.so_far.resume == ({"page": left - 1} if left else None)
            for one in given[left:]:
                writer.append(one, News({"seen": one.facts["n"]}))
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == whole


def test_zeros_that_a_power_cut_left_at_the_end_are_cut_off(tmp_path: Path) -> None:
    write(tmp_path, [page(0)])
    for name in ("pages.jsonl", "pages.zst"):
        with (tmp_path / name).open("ab") as file:
            file.write(b"\0" * 512)
    write(tmp_path, [page(1)])
    assert pages_of(tmp_path) == [page(0), page(1)]


def changed(folder: Path, name: str) -> Iterator[int]:
    """Change each byte of a file in turn, and put it back."""
    path = folder / name
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        yield place
    path.write_bytes(whole)


def test_any_changed_byte_of_the_answers_is_named_with_its_page(tmp_path: Path) -> None:
    given = [page(0), page(1), page(2)]
    write(tmp_path, given)
    named = ignored = 0
    ends = [line.offset + line.length for line, _ in raw._lines(tmp_path / "pages.jsonl")]
    for place in changed(tmp_path, "pages.zst"):
        number = sum(end <= place for end in ends)
        try:
            assert pages_of(tmp_path) == given, "a byte that zstd ignores"
        except Damaged as error:
            named += f"pages.zst: page {number} " in str(error)
        else:
            ignored += 1
    assert named + ignored == ends[-1]
    assert named > 5 * ignored


def test_a_changed_size_never_asks_for_that_much_memory(tmp_path: Path) -> None:
    write(tmp_path, [page(3)])
    frame = zstandard.ZstdCompressor(write_content_size=True).compress(b"x" * 70_000)
    assert frame[4] & 0xC0 == 0x80, "four bytes of content size"
    huge = frame[:5] + b"\xff\xff\xff\x7f" + frame[9:]
    (tmp_path / "pages.zst").write_bytes(huge[: (tmp_path / "pages.zst").stat().st_size].ljust(400, b"\0"))
    with pytest.raises(Damaged, match="page 0"):
        pages_of(tmp_path)


@pytest.mark.parametrize("line", [b"{}\n", b"not json\n", b'{"page": "x"}\n', b"\xff\xfe\n", b"\n"])
def test_a_line_of_the_journal_that_is_none_is_named(line: bytes, tmp_path: Path) -> None:
    write(tmp_path, [page(0), page(1)])
    journal = tmp_path / "pages.jsonl"
    first, second = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(first + line + second)
    for reader in (pages_of, raw.add_up, raw.Writer):
        with pytest.raises(Damaged, match=rf"pages\.jsonl: the line that ends at byte {len(first + line)} "):
            reader(tmp_path)


def test_other_tools_read_the_answers_as_one_standard_stream(tmp_path: Path) -> None:
    write(tmp_path, [page(number) for number in range(4)])
    packed = io.BytesIO((tmp_path / "pages.zst").read_bytes())
    with zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True) as stream:
        assert stream.read() == b"".join(BODIES)


def test_other_tools_read_the_journal(tmp_path: Path) -> None:
    write(tmp_path, [page(number) for number in range(4)])
    rows = duckdb.sql(
        f"SELECT page, url, len(records), records[2].identifier FROM read_json('{tmp_path}/pages.jsonl') ORDER BY page"
    ).fetchall()
    assert rows == [(n, f"https://x.example/{n}", 3, f"{n}/1") for n in range(4)]
