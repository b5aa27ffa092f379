"""What the sites answered, kept untouched: two append-only files a run.

`pages.zst` holds one zstd frame per page (`zstdcat` prints the answers one after the other); `pages.jsonl` holds one
line per page: where its frame lies, what was asked, which records stand where in it and which cannot be read, the
protocol's issues, the rows of the ledger of windows that changed, and the value with which the harvest resumes. The
line is the commit: it is written after its frame, and what stands in `pages.zst` beyond the last whole line is cut off
when the run is resumed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec
import zstandard
from msgspec import Struct

from harvesters.model import Answer, Issue, Json, News, Page, Quarantined, RawRecord, Window
from warehouse.files import Damaged

_SYNC_EVERY = 1.0  # seconds of the machine's clock: a power cut costs that much, a kill costs nothing
_KEPT_HEADERS = ("content-type", "content-language", "content-location", "date", "etag", "last-modified", "link")


class _Place(Struct, frozen=True, omit_defaults=True):
    """A `RawRecord` less its answer."""

    identifier: str
    profile: str
    item: int
    start: int
    end: int
    datestamp: str | None = None
    deleted: bool = False
    sets: tuple[str, ...] = ()
    first_seen: str | None = None


class _Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of `pages.jsonl`."""

    page: int
    offset: int
    length: int
    bytes: int
    digest: str
    url: str
    status: int
    received: datetime
    headers: Mapping[str, str]
    records: tuple[_Place, ...] = ()
    issues: tuple[Issue, ...] = ()
    facts: Mapping[str, Json] = {}
    resume: Json = None
    news: News = News()
    last: bool = False
    windows: tuple[Window, ...] = ()
    quarantine: tuple[Quarantined, ...] = ()


class Kept(Struct, frozen=True, kw_only=True):
    """What the finished pages of a run add up to; `windows` is the ledger, by the numbers of its rows."""

    pages: int = 0
    records: int = 0
    deleted: int = 0
    bytes: int = 0
    resume: Json = None
    kept: Mapping[str, Json] = {}
    last: bool = False
    facts: Mapping[str, Json] = {}
    issues: Mapping[str, int] = {}
    notes: Mapping[str, int] = {}
    errors: int = 0
    windows: Mapping[int, Window] = {}
    quarantined: int = 0


class Writer:
    """Appends pages to a run's folder; opens it where an earlier process stopped."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.so_far, end, journal_end = _add_up(folder)
        self._compressor = zstandard.ZstdCompressor(level=3, write_checksum=True, write_content_size=True)
        self._encoder = msgspec.json.Encoder()
        self._pages = _open_at(folder / "pages.zst", end)
        self._journal = _open_at(folder / "pages.jsonl", journal_end)
        self._offset = end
        self._synced: datetime | None = None

    def append(self, page: Page, news: News) -> Kept:
        """Keep a page and what it changed in the protocol's state; returns what the run adds up to now."""
        answer = page.answer
        frame = self._compressor.compress(answer.body)
        self._pages.write(frame)
        self._pages.flush()
        line = _Line(
            page=self.so_far.pages,
            offset=self._offset,
            length=len(frame),
            bytes=len(answer.body),
            digest=_digest(answer.body),
            url=answer.url,
            status=answer.status,
            received=answer.received,
            headers={name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers},
            records=tuple(_place(record) for record in page.records),
            issues=page.issues,
            facts=page.facts,
            resume=page.resume,
            news=news,
            last=page.last,
            windows=page.windows,
            quarantine=page.quarantine,
        )
        self._journal.write(self._encoder.encode(line) + b"\n")
        self._journal.flush()
        if self._synced is None or abs((answer.received - self._synced).total_seconds()) >= _SYNC_EVERY:
            self._sync()
            self._synced = answer.received
        self._offset += len(frame)
        self.so_far = _plus(self.so_far, line)
        return self.so_far

    def _sync(self) -> None:
        for file in (self._pages, self._journal):
            os.fsync(file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._sync()
        self._pages.close()
        self._journal.close()


def read(folder: Path) -> Iterator[tuple[int, Page]]:
    """The pages of a run with their numbers, in order, one at a time in memory.

    Raises:
        Damaged: a page's bytes are not those that were received, or a line of the journal is none.
    """
    decompressor = zstandard.ZstdDecompressor()
    with (folder / "pages.zst").open("rb") as pages:
        for line, _ in _lines(folder / "pages.jsonl"):
            pages.seek(line.offset)
            yield line.page, _page(line, _body(decompressor, pages.read(line.length), line, folder))


def place(folder: Path, number: int) -> tuple[Page, int, int] | None:
    """The page of a run with that number, and offset and length of its frame; None where it is not kept.

    Raises `Damaged` as `read` does.
    """
    for line, _ in _lines(folder / "pages.jsonl"):
        if line.page == number:
            with (folder / "pages.zst").open("rb") as pages:
                pages.seek(line.offset)
                body = _body(zstandard.ZstdDecompressor(), pages.read(line.length), line, folder)
            return _page(line, body), line.offset, line.length
    return None


def add_up(folder: Path) -> Kept:
    """What the whole pages of a run add up to; zeros where it has none."""
    return _add_up(folder)[0]


def quarantine(folder: Path) -> Iterator[tuple[int, Quarantined]]:
    """The records of a run that came and cannot be read, each with the number of its page."""
    for line, _ in _lines(folder / "pages.jsonl"):
        for record in line.quarantine:
            yield line.page, record


def seen(folder: Path, identifier: str) -> Iterator[tuple[int, datetime, bool]]:
    """Where a run met a record of the source's identifier: page, when it was received, and whether it can be read."""
    for line, _ in _lines(folder / "pages.jsonl"):
        if any(record.identifier == identifier for record in line.records):
            yield line.page, line.received, True
        elif any(record.identifier == identifier for record in line.quarantine):
            yield line.page, line.received, False


def _body(decompressor: zstandard.ZstdDecompressor, frame: bytes, line: _Line, folder: Path) -> bytes:
    try:
        whole = zstandard.frame_content_size(frame) == line.bytes  # before a changed size asks for that much memory
        body = decompressor.decompress(frame) if whole else None
    except zstandard.ZstdError as error:
        raise _damaged(f"{folder / 'pages.zst'}: page {line.page} cannot be read ({error}).") from error
    if body is None or _digest(body) != line.digest:
        raise _damaged(f"{folder / 'pages.zst'}: page {line.page} is not what was received.")
    return body


def _damaged(cause: str) -> Damaged:
    return Damaged(cause, advice="Put the file back from a backup, or harvest again with a new `--run-id`.")


def _page(line: _Line, body: bytes) -> Page:
    answer = Answer(url=line.url, status=line.status, headers=line.headers, body=body, received=line.received)
    return Page(
        answer=answer,
        records=tuple(_record(place, answer) for place in line.records),
        issues=line.issues,
        facts=line.facts,
        resume=line.resume,
        last=line.last,
        windows=line.windows,
        quarantine=line.quarantine,
    )


def _place(record: RawRecord) -> _Place:
    return _Place(
        record.identifier,
        record.profile,
        record.item,
        record.start,
        record.end,
        record.datestamp,
        record.deleted,
        record.sets,
        record.first_seen,
    )


def _record(place: _Place, answer: Answer) -> RawRecord:
    return RawRecord(
        identifier=place.identifier,
        profile=place.profile,
        answer=answer,
        item=place.item,
        start=place.start,
        end=place.end,
        datestamp=place.datestamp,
        deleted=place.deleted,
        sets=place.sets,
        first_seen=place.first_seen,
    )


def _lines(journal: Path) -> Iterator[tuple[_Line, int]]:
    """The whole lines of a journal, each with the offset behind it; a torn last line is left out."""
    if not journal.exists():
        return
    decoder = msgspec.json.Decoder(_Line)
    end = 0
    with journal.open("rb") as file:
        for text in file:
            if not text.endswith(b"\n"):
                return
            end += len(text)
            try:
                line = decoder.decode(text)
            except ValueError as error:  # msgspec's own, and Python's for what is not UTF-8
                raise _damaged(f"{journal}: the line that ends at byte {end} cannot be read ({error}).") from error
            yield line, end


def _add_up(folder: Path) -> tuple[Kept, int, int]:
    """What the whole pages add up to, and where the next frame and the next line begin."""
    so_far, pages_end, journal_end = Kept(), 0, 0
    pages = folder / "pages.zst"
    size = pages.stat().st_size if pages.exists() else 0
    for line, end in _lines(folder / "pages.jsonl"):
        if line.offset + line.length > size:
            break  # a power cut kept the line but lost its frame
        so_far = _plus(so_far, line)
        pages_end, journal_end = line.offset + line.length, end
    return so_far, pages_end, journal_end


def _plus(so_far: Kept, line: _Line) -> Kept:
    issues = Counter(so_far.issues) + Counter(issue.code for issue in line.issues)
    notes = Counter(so_far.notes) + Counter(issue.code for issue in line.issues if issue.severity == "note")
    deleted = sum(record.deleted for record in line.records)
    return Kept(
        pages=so_far.pages + 1,
        records=so_far.records + len(line.records) - deleted,
        deleted=so_far.deleted + deleted,
        bytes=so_far.bytes + line.bytes,
        resume=line.resume,
        kept=line.news.onto(so_far.kept),
        last=line.last,
        facts={**line.facts, **so_far.facts},  # the first page's server_time is the start
        issues=dict(issues),
        notes=dict(notes),
        errors=so_far.errors + sum(issue.severity == "error" for issue in line.issues),
        windows={**so_far.windows, **{row.number: row for row in line.windows}} if line.windows else so_far.windows,
        quarantined=so_far.quarantined + len(line.quarantine),
    )


def _open_at(path: Path, end: int) -> IO[bytes]:
    file = path.open("ab")
    if file.tell() != end:
        file.truncate(end)
    return file


def _digest(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()
