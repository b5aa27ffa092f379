"""Records in the order of their identifiers, as a stream: a million take little more memory than a few."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import ipc

from warehouse.duck import ROWS

_SPILL = ipc.IpcWriteOptions(compression="lz4")


def without(path: Path, gone: pa.Array, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows of a Parquet file, in its order, whose `identifier` is not among `gone`.

    Row group by row group: `iter_batches` of a file keeps growing, by 180 MB over a million records.
    """
    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            for batch in file.read_row_group(number).to_batches(max_chunksize=ROWS):
                kept = batch.filter(pc.invert(pc.is_in(batch.column("identifier"), value_set=gone)))
                if kept.num_rows:
                    yield kept.cast(schema)


def in_order(rows: Iterator[pa.RecordBatch], folder: Path) -> Iterator[pa.RecordBatch]:
    """The rows sorted by `identifier`, by way of a file in `folder` for each of its first letters.

    DuckDB's own sort of rows this wide wants more than a gigabyte for a million of them.
    """
    with TemporaryDirectory(dir=folder) as spilled:
        names: dict[str, Path] = {}
        with ExitStack() as files:
            writers: dict[str, ipc.RecordBatchStreamWriter] = {}
            for batch in rows:
                letters = pc.utf8_slice_codeunits(batch.column("identifier"), 0, 1)
                for letter in pc.unique(letters).to_pylist():
                    if letter not in writers:
                        names[letter] = Path(spilled) / str(len(names))
                        writer = ipc.new_stream(names[letter], batch.schema, options=_SPILL)
                        writers[letter] = files.enter_context(writer)
                    writers[letter].write_batch(batch.filter(pc.equal(letters, letter)))
        for letter in sorted(names):
            with ipc.open_stream(names[letter].read_bytes()) as stream:
                yield from stream.read_all().sort_by("identifier").to_batches(max_chunksize=ROWS)


def merged(one: Iterator[pa.RecordBatch], other: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """All rows of both streams, sorted by `identifier`, as each of them is; no batch may be empty."""
    waiting = next(other, None)
    for batch in one:
        pieces, last = [batch], batch.column("identifier")[-1]
        while waiting is not None:
            fitting = pc.sum(pc.less_equal(waiting.column("identifier"), last)).as_py()
            if fitting:
                pieces.append(waiting.slice(0, fitting))
            if fitting < waiting.num_rows:
                waiting = waiting.slice(fitting)
                break
            waiting = next(other, None)
        yield from pieces if len(pieces) == 1 else pa.Table.from_batches(pieces).sort_by("identifier").to_batches()
    if waiting is not None:
        yield waiting
    yield from other
