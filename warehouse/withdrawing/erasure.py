"""Erasing what was withdrawn: every file of the warehouse that holds it is written anew without it.

Raw pages, normalised batches, changes and snapshots first, then every release, rebuilt from its own snapshots. Each
folder or file is replaced in one step, so that an erasure that was interrupted goes on with the same command.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from harvesters.model import News
from normalizers.identity import record_id
from warehouse import raw, work
from warehouse.context import Warehouse
from warehouse.files import new_folder, read_json, sync_file, write_json
from warehouse.mending import seals
from warehouse.model import Task
from warehouse.records import TOMBSTONES
from warehouse.runs import alone
from warehouse.withdrawing import redaction
from warehouse.withdrawing.redaction import Everything
from warehouse.withdrawing.withdrawals import Erasure, Withdrawal, tombstone

_ROWS = 10_000  # per record batch


def erase(warehouse: Warehouse, word: Withdrawal) -> Erasure:
    """Take every byte of what `word` withdraws out of the warehouse; its identifier stays, as a tombstone.

    Releases keep their names; their checksums are new, and their manifests say when they were rewritten. One whose
    snapshots are gone cannot be rebuilt, and is removed. The receipt lies under `reports/`.

    Raises:
        Refused: another process works on the source, or publishes.
        Damaged: a raw page cannot be read, so that nobody knows what is in it.
    """
    layout = warehouse.layout
    with alone(layout, word.source), alone(layout, "the release"):
        runs = sum(_rewrite_raw(folder, word) for folder in layout.kept("raw", word.source))
        tables = sum(_rewrite_batch(folder, word) for folder in layout.kept("normalized", word.source))
        tables += sum(_rewrite_changes(path, word) for path in layout.kept("changes", word.source))
        tables += sum(_rewrite_snapshot(folder, word) for folder in layout.kept("records", word.source))
        became = {name: work.rebuild(warehouse, name, word.source) for name in layout.releases()}
    ended = warehouse.clock.now()
    receipt = Erasure(
        record=word.record,
        source=word.source,
        raw=runs,
        tables=tables,
        releases=tuple(name for name, how in became.items() if how == "rebuilt"),
        removed=tuple(name for name, how in became.items() if how == "removed"),
        ended=ended,
    )
    write_json(layout.erasure(f"{ended:%Y%m%dT%H%M%S.%fZ}"), receipt)
    return receipt


def _rewrite_raw(folder: Path, word: Withdrawal) -> bool:
    """Write a run's pages anew without the record; whether it was there."""
    erased = frozenset((word.record,)) if word.record else Everything()
    if all(redaction.redacted(page, word.source, erased) is page for _, page in raw.read(folder)):
        return False
    news, task = News(raw.add_up(folder).kept), read_json(folder / "task.json", Task)
    with new_folder(folder) as fresh:
        if task:
            write_json(fresh / "task.json", task)
        with raw.Writer(fresh) as writer:
            for _, page in raw.read(folder):
                writer.append(redaction.redacted(page, word.source, erased), news)
                news = News()  # all of it stands with the first page
    return True


def _rewrite_batch(folder: Path, word: Withdrawal) -> bool:
    if not any(_said(path, word) for path in folder.glob("*.parquet")):
        return False
    with new_folder(folder) as fresh:
        for path in folder.glob("*.parquet"):
            _copy(path, fresh / path.name, word)
        seals.seal(fresh)
    return True


def _rewrite_changes(path: Path, word: Withdrawal) -> bool:
    if not _said(path, word):
        return False
    beside = path.with_name(f".{path.name}")
    _copy(path, beside, word)
    sync_file(beside)
    beside.replace(path)
    return True


def _rewrite_snapshot(folder: Path, word: Withdrawal) -> bool:
    """Write a snapshot anew, with a tombstone for each record that was in it."""
    gone = _said(folder / "records.parquet", word) | _said(folder / "tombstones.parquet", word)
    if not gone:
        return False
    with new_folder(folder) as fresh:
        for path in folder.glob("*.parquet"):
            _copy(path, fresh / path.name, word)
        stones = fresh / "tombstones.parquet"
        rows = [tombstone({"identifier": each, "source": word.source}, word) for each in gone]
        table = pa.concat_tables([pq.read_table(stones, partitioning=None), pa.Table.from_pylist(rows, TOMBSTONES)])
        pq.write_table(table.sort_by("identifier"), stones, compression="zstd")
        seals.seal(fresh)
    return True


def _said(path: Path, word: Withdrawal) -> set[str]:
    """The names of the records that `word` is about in a table, as that table names them."""
    with pq.ParquetFile(path) as file:
        column = _column(file.schema_arrow)
        batches = file.iter_batches(batch_size=_ROWS, columns=[column])
        return {name for batch in batches for name in _about(batch.column(0).to_pylist(), word) if name}


def _copy(path: Path, to: Path, word: Withdrawal) -> None:
    """Copy a table without the rows about the records that `word` is about."""
    with pq.ParquetFile(path) as file, pq.ParquetWriter(to, file.schema_arrow, compression="zstd") as writer:
        column = _column(file.schema_arrow)
        for batch in file.iter_batches(batch_size=_ROWS):
            about = pa.array(_about(batch.column(column).to_pylist(), word), pa.string())
            writer.write_batch(batch.filter(pc.invert(pc.is_in(batch.column(column), value_set=about))))


def _column(schema: pa.Schema) -> str:
    """Where a table says which record a row is about: by our identifier, but issues by the source's own."""
    return "identifier" if "identifier" in schema.names else "record"


def _about(names: Iterable[str | None], word: Withdrawal) -> list[str | None]:
    if word.record is None:
        return list(names)
    return [name for name in names if name and word.record in (name, record_id(word.source, name))]
