"""What normalising costs: `python -m tests.bench.normalize --records 100000` prints two tables.

Kept raw pages of oai_dc in six languages, no text twice, become common records (`ours`); beside that, in turns, a
mapper that parses as safely and only copies fields (`copying`). The share of each step of ours is sampled in a run of
its own: a profiler that hooks calls would make small functions look dear.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from statistics import median
from types import FrameType

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from harvesters.model import RawRecord
from harvesters.source import Source
from normalizers.common_formats import judged
from normalizers.normalize import normalize
from normalizers.record_xml import local_name, parse_record
from tests.bench.__main__ import serving
from tests.bench.arms import ours as harvesting
from tests.bench.measure import add_up
from tests.bench.pages import render
from warehouse import raw
from warehouse.mapping.terms import open_terms

ARMS = ("ours", "copying")
SOURCE = Source.model_validate({
    "id": "xx_bench", "name": "Bench", "government": "CA", "protocol": "oai_pmh", "url": "https://bench.example/oai",
    "licence": "https://creativecommons.org/licenses/by/4.0/", "languages": ["en", "fr", "es", "ru", "ar", "zh"],
})  # fmt: skip
_ENDS = re.compile(r"(?=</dc:(?:title|description|identifier)>)")
_LETTERS = str.maketrans("0123456789", "abcdefghij")  # a number might be taken for a telephone's
_EVERY = 0.001  # CPU seconds between two samples, or a tick of the system's clock where that is longer
_CONDUCTORS = ("normalize.normalize", "normalize.outcome", "__init__.judged")  # which do nothing but call the steps
_ROOM = f"{os.sep}normalizers{os.sep}"

Mapper = Callable[[RawRecord], str]  # gives the first title, so that arms which saw different records are found out


class Cost(Struct, frozen=True, kw_only=True):
    """What one arm cost: CPU in seconds, peak resident memory in MB, and samples by step where it was sampled."""

    arm: str
    records: int
    checksum: str
    cpu: float
    peak: float
    steps: dict[str, int] = {}


def gather(records: int, folder: Path) -> Path:
    """Harvest so many records, of which no two have a text in common, and return the folder of their raw pages."""
    pages = folder / "pages"
    pages.mkdir(parents=True)
    render(pages, records)
    numbers = count()
    for path in pages.glob("[0-9]*.xml"):
        unlike = _ENDS.sub(lambda _: f"-{str(next(numbers)).translate(_LETTERS)}", path.read_text("utf-8"))
        path.write_text(unlike, "utf-8")
    with serving(pages) as url:
        harvesting.run(url, folder)
    return folder / "raw"


def ours() -> Mapper:
    """Everything on."""
    terms = open_terms(None)

    def mapper(record: RawRecord) -> str:
        outcome = judged(normalize(record, SOURCE, terms))
        title = getattr(outcome.record, "title", {"": ""})
        return str(next(iter(title.values())))

    return mapper


def copying() -> Mapper:
    """A dictionary of lists, as a script has it that somebody wrote in an afternoon."""

    def mapper(record: RawRecord) -> str:
        if record.deleted:
            return ""
        copied: dict[str, list[str]] = {}
        for element in parse_record(record)[0].iter("{http://purl.org/dc/elements/1.1/}*"):
            copied.setdefault(local_name(element.tag), []).append(element.text or "")
        return copied["title"][0]

    return mapper


def here(arm: str, folder: Path, *, sampled: bool = False) -> Cost:
    """Measure an arm in this process; a few records go before, for what is made once a process."""
    mapper = {"ours": ours, "copying": copying}[arm]()
    for record, _ in zip(_records(folder), range(100), strict=False):
        mapper(record)
    steps: Counter[str] = Counter()
    if sampled:
        signal.signal(signal.SIGPROF, lambda _, frame: steps.update([_step(frame)]))
        signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)
    begun = time.process_time()
    found = add_up((record.identifier, mapper(record)) for record in _records(folder))
    cpu = time.process_time() - begun
    signal.setitimer(signal.ITIMER_PROF, 0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in KiB
    return Cost(arm=arm, records=found[0], checksum=found[1], cpu=cpu, peak=peak, steps=dict(steps))


def in_own_process(arm: str, folder: Path, *, sampled: bool = False) -> Cost:
    """Measure an arm in a fresh interpreter; a failure there is raised here, with its own words."""
    command = [sys.executable, "-m", "tests.bench.normalize", "--here", arm, str(folder), *(["--sampled"] * sampled)]
    answer = subprocess.run(command, capture_output=True, check=False)
    if answer.returncode:
        raise RuntimeError(f"The arm {arm} failed:\n{answer.stderr.decode(errors='replace')}")
    return msgspec.json.decode(answer.stdout, type=Cost)


def speeds(costs: Sequence[Cost]) -> Table:
    """Records per CPU second of each arm and number of records, by the median of its rounds; and its most memory."""
    shown = Table(title="Raw oai_dc to common records: median of the rounds")
    for heading in ("arm", "records", "records per CPU second", "micro-seconds each", "peak MB"):
        shown.add_column(heading, justify="left" if heading == "arm" else "right")
    for arm, records in dict.fromkeys((cost.arm, cost.records) for cost in costs):
        own = [cost for cost in costs if (cost.arm, cost.records) == (arm, records)]
        cpu = median(cost.cpu for cost in own)
        each = f"{cpu / records * 1e6:,.1f}"
        shown.add_row(arm, f"{records:,}", f"{records / cpu:,.0f}", each, f"{max(cost.peak for cost in own):,.0f}")
    return shown


def steps(cost: Cost) -> Table:
    """The share of each step in a sampled run, the dearest first."""
    shown = Table(title=f"Steps of {cost.arm}, sampled {sum(cost.steps.values()):,} times")
    for heading in ("step", "share", "micro-seconds a record"):
        shown.add_column(heading, justify="left" if heading == "step" else "right")
    for name, samples in Counter(cost.steps).most_common():
        share = samples / sum(cost.steps.values())
        shown.add_row(name, f"{share:.1%}", f"{share * cost.cpu / cost.records * 1e6:,.1f}")
    return shown


def _records(folder: Path) -> Iterator[RawRecord]:
    for _, page in raw.read(folder):
        yield from page.records


def _step(frame: FrameType | None) -> str:
    """Where a sample fell: what `normalize` was calling, and what that called in turn; else reading the raw pages."""
    inside: list[str] = []
    while frame:
        code = frame.f_code
        if _ROOM in code.co_filename:
            inside.append(f"{Path(code.co_filename).stem}.{code.co_qualname.rpartition('.')[2]}")
        frame = frame.f_back
    ways = [
        name for name in reversed(inside) if name not in ("normalize.normalize", "normalize.outcome", "__init__.judged")
    ]
    if not inside:
        return "reading raw pages"
    return ways[0] if ways else "normalize itself"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.normalize", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000, help="how many (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each arm (default: %(default)s)")
    parser.add_argument("--here", nargs=2, metavar=("ARM", "FOLDER"), help="measure an arm in this process, as JSON")
    parser.add_argument("--sampled", action="store_true", help="with --here: sample its steps")
    return parser


def main() -> None:
    wishes = _parser().parse_args()
    if wishes.here:
        arm, folder = wishes.here
        sys.stdout.buffer.write(msgspec.json.encode(here(arm, Path(folder), sampled=wishes.sampled)))
        return
    costs = []
    with tempfile.TemporaryDirectory(prefix="chm-normalize-") as name:
        for records in (wishes.records // 10, wishes.records):
            folder = gather(records, Path(name) / str(records))
            costs += [in_own_process(arm, folder) for _ in range(wishes.rounds) for arm in ARMS]
        sampled = in_own_process("ours", folder, sampled=True)
    Console().print(speeds(costs), steps(sampled))


if __name__ == "__main__":
    main()
