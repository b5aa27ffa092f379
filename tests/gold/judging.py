"""Gold sets, and how well a reader does on one: what it says and should, over what it says, and over what it should."""

from pathlib import Path

from msgspec import Struct

_HERE = Path(__file__).parent


class Figures(Struct):
    """Of one set: lines, and identifiers said rightly, said wrongly and missed; `faults` are the lines of those."""

    lines: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0
    faults: list[str] = []

    @property
    def precision(self):
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self):
        return self.right / max(self.right + self.missed, 1)


def lines(name):
    """The fields of every line of a set; `#` begins a heading, `|` parts fields."""
    text = (_HERE / f"{name}.psv").read_text(encoding="utf-8")
    return [line.split("|") for line in text.splitlines() if line.strip() and not line.startswith("#")]


def judge(rows, read):
    """Figures over (fields, expected identifiers), where `read(*fields)` gives the identifiers that were understood."""
    figures = Figures()
    for fields, expected in rows:
        said = set(read(*fields))
        figures.lines += 1
        figures.right += len(said & expected)
        figures.wrong += len(said - expected)
        figures.missed += len(expected - said)
        if said != expected:
            figures.faults.append(f"{fields} is {sorted(expected)}, read as {sorted(said)}")
    return figures
