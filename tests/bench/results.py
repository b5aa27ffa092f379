"""What a bench leaves behind: its table as text and a plot of it, in `bench-results/`, which git ignores."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

RESULTS = Path("bench-results")


def keep(name: str, table: Table, bars: Mapping[str, float], unit: str, folder: Path = RESULTS) -> None:
    """Print a table and write it to `NAME.txt`, and its most telling column as bars to `NAME.png`."""
    folder.mkdir(exist_ok=True)
    Console().print(table)
    with (folder / f"{name}.txt").open("w", encoding="utf-8") as file:
        Console(file=file, width=150).print(table)
    figure = Figure(figsize=(8, 1.2 + 0.35 * len(bars)), layout="constrained")
    axes = figure.subplots()
    shown = axes.barh(list(bars), list(bars.values()))
    axes.bar_label(shown, fmt="%.3g", padding=3)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set(title=str(table.title), xlabel=unit)
    figure.savefig(folder / f"{name}.png", dpi=120)
