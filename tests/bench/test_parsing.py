"""The bench reads every file of DAGs, beside as many bare ones."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from harvesters import registry
from tests.bench.parsing import measure, medians, table


def test_it_reads_all_files_and_as_many_bare_dags_as_there_are_sources() -> None:
    rounds = [measure()]
    found = {one["file"]: one for one in medians(rounds)}
    assert found["bare"]["dags"] == found["harvest_sources"]["dags"] == len(registry.ids([registry.SOURCES]))
    assert found.keys() >= {"publish_index", "approve_held", "notify_operators"}
    assert found["harvest_sources"]["again"] < found["bare"]["again"] * 5, "what a source's own DAG says is cheap"
    console = Console(width=100, file=StringIO())
    with console.capture() as capture:
        console.print(table(rounds))
    assert "harvest_sources" in capture.get()
