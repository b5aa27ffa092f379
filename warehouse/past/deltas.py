"""What a reader of one release must do to have another: the records that came, changed and went, a line each.

Every release holds the delta from the one before it; between any two that are kept `chm delta` writes one. Whoever
missed some follows the chain of `previous`, or takes the whole where it is broken. What was withdrawn since the release
before is named as removed though that has it no more: it may have been rewritten after somebody read it. So is what a
site named as deleted before it was ever published: deltas, tombstones and OAI-PMH tell of the same.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from harvesters.model import Json
from warehouse.comparison import difference
from warehouse.duck import connect
from warehouse.edition import Edition, Portion
from warehouse.files import Damaged, read_json, write_json
from warehouse.formats import Written
from warehouse.index_documents import document_id
from warehouse.jsonl import Lines, read_lines
from warehouse.layout import Layout
from warehouse.model import SCHEMA_VERSION, Release
from warehouse.records import RECORDS

_ROWS = 2_500  # in memory at once
_NAME, _LINES = "delta.json", "delta.jsonl.zst"
_DOCUMENTS, _DELETES = "delta-solr.jsonl.zst", "delta-solr-delete.json"
_COUNTS = "SELECT kind, count(*) FROM difference GROUP BY kind"
# What changed in markup alone has changed too, for a reader who shows it.
_CAME = """
SELECT records.*, if(kind = 'add', 'added', 'changed') AS change, fields AS changed_fields
FROM difference JOIN new_records AS records USING (identifier)
WHERE kind <> 'remove' ORDER BY records.source, identifier
"""
_WENT = """
SELECT identifier, source, reason, counterpart AS successor FROM difference WHERE kind = 'remove'
UNION
SELECT identifier, source, reason, successor FROM new_tombstones
WHERE identifier NOT IN (SELECT identifier FROM old_tombstones) OR (reason = 'withdrawn' AND buried >= ?)
ORDER BY source, identifier
"""


class Delta(Struct, frozen=True, kw_only=True):
    """`delta.json`: from which release to which, and how many records were added, changed and removed.

    `previous` is None in a first release, or where none before it is kept unharmed: then take the whole. `is_empty`
    says that there is nothing to do. `made_with` digests what documents are made with besides their records; where that
    changed, `solr_whole` says so: documents differ whose records do not, so take `solr.jsonl.zst` as a whole.
    """

    release: str
    previous: str | None
    is_empty: bool
    added: int = 0
    changed: int = 0
    removed: int = 0
    made_with: str = ""
    solr_whole: bool = False
    schema_version: int = SCHEMA_VERSION


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of `delta.jsonl.zst`: `record` as in `records.jsonl.zst`, `fields` those that changed.

    Of what was removed there are `reason` (see the tombstones) and `successor`, if a record took over.
    """

    change: Literal["added", "changed", "removed"]
    identifier: str
    source: str
    fields: tuple[str, ...] = ()
    record: Json = None
    reason: str | None = None
    successor: str | None = None


def write(edition: Edition, folder: Path, scratch: Path) -> list[Written]:
    """Write the delta from the release before into the folder of the release that is being made."""
    return [Written(path) for path in between(edition, folder, folder, scratch)[1]]


def between(edition: Edition, new: Path, into: Path, scratch: Path) -> tuple[Delta, list[Path]]:
    """Write the delta from `edition.previous` to the release in the folder `new` into another folder, or the same.

    Returns what `delta.json` says, and the files.

    Where there is anything before, `delta.jsonl.zst` has the records, and
    `delta-solr.jsonl.zst` and `delta-solr-delete.json` what Solr is to add and to delete, as its update handlers take
    it (Solr Reference Guide, "Indexing with Update Handlers").
    """
    before = read_json(edition.previous / "manifest.json", Release) if edition.previous else None
    made_with = _made_with(edition)
    if edition.previous is None or before is None:
        delta = Delta(release=edition.release.release, previous=None, is_empty=False, made_with=made_with)
        write_json(into / _NAME, delta)
        return delta, [into / _NAME]
    with connect(scratch) as connection:
        difference(connection, edition.previous, new)
        files = _Files(into, edition)
        for batch in connection.sql(_CAME).to_arrow_reader(_ROWS):
            files.add(batch)
        removed = connection.execute(_WENT, [before.published.date().isoformat()]).fetchall()
        files.remove(removed)
        counts = dict(connection.sql(_COUNTS).fetchall())
    last = read(edition.previous)
    delta = Delta(
        release=edition.release.release,
        previous=before.release,
        is_empty=not (counts or removed),
        added=counts.get("add", 0),
        changed=counts.get("change", 0) + counts.get("cosmetic", 0),
        removed=len(removed),
        made_with=made_with,
        solr_whole=last is None or last.made_with != made_with,
    )
    write_json(into / _NAME, delta)
    return delta, [into / _NAME, *files.close()]


def read(folder: Path) -> Delta | None:
    """The `delta.json` of a folder; None where there is none."""
    return read_json(folder / _NAME, Delta)


def lines(folder: Path) -> Iterator[Line]:
    """The changes that the delta of a folder lists."""
    return read_lines(folder / _LINES, Line)


def chain(layout: Layout, since: str, until: str) -> tuple[str, ...] | None:
    """The releases whose deltas lead from one release to another, in that order; None means: take the whole."""
    found: list[str] = []
    at = until
    while at != since:
        try:
            delta = read(layout.release(at))
        except Damaged:
            return None
        if delta is None or delta.previous is None or at in found:
            return None
        found.append(at)
        at = delta.previous
    return tuple(reversed(found))


def faults(folder: Path) -> Iterator[str]:
    """What is wrong with the delta of a release, in words: it tells of other records than the release has."""
    delta = read(folder)
    if delta is None or delta.previous is None:
        return
    said = {line.identifier: line.change for line in lines(folder)}
    changes = Counter(said.values())
    if (changes["added"], changes["changed"], changes["removed"]) != (delta.added, delta.changed, delta.removed):
        yield f"{_LINES} holds {changes.total()} changes, {_NAME} says otherwise."
    came = {identifier for identifier, change in said.items() if change != "removed"}
    for batch in pq.ParquetFile(folder / "records.parquet").iter_batches(columns=["identifier"]):
        identifiers = batch.column(0).to_pylist()
        came.difference_update(identifiers)
        if any(said.get(identifier) == "removed" for identifier in identifiers):
            yield f"{_LINES} removes records that records.parquet holds."
            return
    if came:
        yield f"{_LINES} brings records that records.parquet does not hold."
    gone = msgspec.json.decode((folder / _DELETES).read_bytes(), type=_Deletes).delete
    told = [*(document.id for document in read_lines(folder / _DOCUMENTS, _Document)), *gone]
    if sorted(told) != sorted(map(document_id, said)):
        yield f"{_DOCUMENTS} and {_DELETES} do not tell of the same records as {_LINES}."


class _Deletes(Struct):
    delete: list[str]


class _Document(Struct):
    id: str


class _Files:
    """The three files of a delta, as they are being written."""

    def __init__(self, folder: Path, edition: Edition) -> None:
        self._lines = Lines(folder / _LINES)
        self._documents = Lines(folder / _DOCUMENTS)
        self._deletes = folder / _DELETES
        self._edition = edition
        self._gone: list[str] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Records that came or changed: columns of `RECORDS`, how they changed, and in which fields."""
        portion = Portion(batch.select(RECORDS.names).cast(RECORDS), self._edition.index)
        changes, fields = (batch.column(name).to_pylist() for name in ("change", "changed_fields"))
        rows = zip(portion.records, portion.lines.to_pylist(), changes, fields, strict=True)
        self._lines.add(
            Line(
                change=change,
                identifier=record.identifier,
                source=record.source,
                fields=tuple(changed),
                record=msgspec.Raw(line.rstrip("\n").encode()),
            )
            for record, line, change, changed in rows
        )
        wanted = [self._edition.is_for_solr(record) for record in portion.records]
        both = list(zip(portion.documents, wanted, strict=True))
        self._documents.add(document for document, is_wanted in both if is_wanted)
        self._gone += [document["id"] for document, is_wanted in both if not is_wanted]

    def remove(self, rows: list[tuple[str, str, str, str | None]]) -> None:
        """Records that went, each with its source, the reason and a successor."""
        self._lines.add(
            Line(change="removed", identifier=identifier, source=source, reason=reason, successor=successor)
            for identifier, source, reason, successor in rows
        )
        self._gone += [document_id(identifier) for identifier, *_ in rows]

    def close(self) -> list[Path]:
        """Finish; returns the files."""
        self._deletes.write_bytes(msgspec.json.encode({"delete": sorted(self._gone)}) + b"\n")
        return [self._lines.close(), self._documents.close(), self._deletes]


def _made_with(edition: Edition) -> str:
    """A digest of the realm and the vocabularies."""
    digest = hashlib.blake2b(edition.index.realm.encode(), digest_size=16)
    for scheme, path in edition.vocabulary_files.items():
        digest.update(scheme.encode() + path.read_bytes())
    return digest.hexdigest()
