"""What becomes of a harvest when a site misbehaves: `python -m tests.street.faults` prints the table.

Each row is played through the real pipeline over a real socket: a good first day, the fault on the second, and a good
third day, after which the warehouse must hold what one that never met the fault holds.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from tests.harvesters.servers import FakeClock
from tests.network.hostile_pages import HOME
from tests.network.hostile_site import PAGE, SET, Bend, HostileSite, moment
from tests.street.walking import CONTACT, current, walk
from warehouse import pipeline, reports
from warehouse.context import Warehouse
from warehouse.model import Batch, HarvestReport, LoadReport, NormalizeReport, Request
from warehouse.settings import read

ID = "xx_hostile"
PROTOCOLS: dict[str, dict[str, Any]] = {
    "oai_pmh": {"protocol": "oai_pmh", "sets": [SET], "languages": ["en"]},
    "feed": {"protocol": "feed", "options": {"paged": True}, "languages": ["en"]},
    "wordpress": {"protocol": "wordpress", "options": {"page_size": PAGE}},
    "plone": {"protocol": "plone", "options": {"page_size": PAGE}},
    "ckan": {"protocol": "ckan", "options": {"page_size": PAGE}},
    "chm_index": {"protocol": "chm_index", "options": {"page_size": PAGE}},
    "dcat": {"protocol": "dcat"},
    "crawl": {"protocol": "crawl", "options": {"hours": None}},
    "bioland": {"protocol": "bioland", "languages": ["en", "fr"], "options": {"published": True}},
}
ADDRESSES = {
    "oai_pmh": "/oai", "feed": "/feed", "wordpress": "/wp-json", "plone": "/", "bioland": "/", "ckan": "/api/3/action",
    "chm_index": "/api/v2013/index/select", "dcat": "/catalog.ttl", "crawl": HOME,
}  # fmt: skip
Healed = Literal["by the next run", "by the next full sweep", "never"]
NEXT_RUN: Healed = "by the next run"
NEXT_SWEEP: Healed = "by the next full sweep"
NEVER: Healed = "never"
State = dict[str, str | None]
"""Identifier -> fingerprint, None where deleted; or title -> how many records bear it."""

Look = Callable[[Warehouse], State]


class Row(Struct, frozen=True):
    """A fault and what must become of it.

    `kept` counts the news of the second day that are loaded in spite of it, as a good site would have told them (nine,
    or eight by what does not speak of what is deleted; None: all). `says` are codes of issues and words of the
    failure, between commas, each of which must be reported. `silent` is the reason why a loss cannot be told from a
    good day. `keys` are the source file's own; `full` asks for a full sweep. What is no mishap but a `habit` of the
    site is so on all three days, and items are known by their titles then.
    """

    protocol: str
    fault: str
    bend: Bend
    kept: int | None = None
    says: str = ""
    silent: str = ""
    keys: Mapping[str, Any] = {}
    full: bool = False
    habit: bool = False
    healed: Healed = NEXT_RUN


class Played(Struct, frozen=True, kw_only=True):
    """What became of it.

    `codes` are those of issues that an undisturbed day does not have. `unhurt`: nothing of the first day was lost, and
    nothing came that was not asked for.
    """

    failed: bool
    complete: bool
    news: int
    kept: int
    unhurt: bool
    absent: int
    codes: frozenset[str]
    cause: str
    healed: Healed

    @property
    def told(self) -> str:
        """What was reported, as a person would see it."""
        absent = [f"{self.absent} absent"] if self.absent else []
        partial = [] if self.failed or self.complete else ["(partial)"]
        return " ".join([self.cause, ", ".join([*sorted(self.codes), *absent]), *partial]).strip()

    def differs(self, row: Row) -> list[str]:
        """In what it is not what it must be: sentences, none where all is well."""
        kept = self.news if row.kept is None else row.kept
        unsaid = [word for word in row.says.split(", ") if word not in self.told]
        checks = {
            f"{self.kept} of {self.news} news are kept instead of {kept}": self.kept == kept,
            "something old was hurt, or a stranger came": self.unhurt,
            f"{unsaid} is not in what was reported: {self.told}": not unsaid,
            "something is missing, and it looks like a good day": self.kept == self.news or self.told or row.silent,
            f"it is healed {self.healed} instead of {row.healed}": self.healed == row.healed,
        }
        return [sentence for sentence, holds in checks.items() if not holds]


class Stage:
    """The site, and for each protocol a warehouse as it is after the first day and what it must hold later."""

    def __init__(self, folder: Path, protocols: Iterable[str]) -> None:
        self.site = HostileSite()
        self._folder = folder
        self._protocols = frozenset(protocols)

    def __enter__(self) -> Self:
        self.site.__enter__()
        self.expected: dict[tuple[Look, str, int], State] = {}
        self._usual: dict[str, frozenset[str]] = {}
        for protocol in self._protocols:
            undisturbed = self.warehouse(protocol, self._folder / protocol)
            for day in (1, 2, 3):
                self._live(undisturbed, day)
                if day == 1:
                    shutil.copytree(undisturbed.settings.warehouse, self._folder / f"{protocol}-first")
                self.expected |= {(look, protocol, day): look(undisturbed) for look in (meanings, titles)}
            self._usual[protocol] = codes(undisturbed, 2)
        return self

    def __exit__(self, *error: object) -> None:
        self.site.__exit__(*error)

    def warehouse(self, protocol: str, folder: Path, keys: Mapping[str, Any] = {}) -> Warehouse:
        """A warehouse in a folder whose only source is the site."""
        sources = folder / "sources"
        sources.mkdir(parents=True)
        known = {"name": "Hostile", "origin": "partner", "url": self.site.url(ADDRESSES[protocol]), "pace": 0}
        known |= {"overlap": 1, "max_bytes": 200_000, **PROTOCOLS[protocol], **keys}
        (sources / f"{ID}.yml").write_text(yaml.safe_dump(known))
        settings = {
            **CONTACT,
            "CHM_WAREHOUSE": str(folder / "warehouse"),
            "CHM_REGISTRY": "none",
            "CHM_SOURCES": str(sources),
        }
        return Warehouse(settings=read({**settings, "CHM_ALLOW_PRIVATE": "yes"}), clock=FakeClock(moment(1)))

    def play(self, row: Row, folder: Path) -> Played:
        """Live through the second and the third day with a fault on the second."""
        if not row.habit:
            shutil.copytree(self._folder / f"{row.protocol}-first", folder / "warehouse")
        warehouse = self.warehouse(row.protocol, folder, row.keys)
        look = titles if row.habit else meanings
        if row.habit:
            self._live(warehouse, 1, row.bend)
        self._live(warehouse, 2, row.bend, full=row.full)
        batch = Batch(ID, "day-2")
        harvest = reports.read(warehouse.layout, batch, HarvestReport)
        loaded = reports.read(warehouse.layout, batch, LoadReport)
        assert harvest
        before, good = (self.expected[look, row.protocol, day] for day in (1, 2))
        held = look(warehouse)
        news = {name for name in good if good[name] != before.get(name, "")}
        return Played(
            failed=harvest.outcome != "done",
            complete=harvest.complete,
            news=len(news),
            kept=sum(name in held and held[name] == good[name] for name in news),
            unhurt=held.keys() <= before.keys() | good.keys()
            and not [name for name in before if held.get(name, "") not in (before[name], good.get(name, ""))],
            absent=loaded.counts.absent if loaded else 0,
            codes=codes(warehouse, 2) - self._usual[row.protocol],
            cause=harvest.failure.cause if harvest.failure else "",
            healed=self._heal(warehouse, row, look),
        )

    def _heal(self, warehouse: Warehouse, row: Row, look: Look) -> Healed:
        bend, expected = row.bend if row.habit else None, self.expected[look, row.protocol, 3]
        self._live(warehouse, 3, bend)
        if look(warehouse) == expected:
            return NEXT_RUN
        self._live(warehouse, 4, bend, full=True)
        return NEXT_SWEEP if look(warehouse) == expected else NEVER

    def _live(self, warehouse: Warehouse, day: int, bend: Bend | None = None, *, full: bool = False) -> None:
        """A day: what was left open is finished first, and then comes the day's own run."""
        self.site.begin(day, bend)
        assert isinstance(warehouse.clock, FakeClock)
        warehouse.clock.set(moment(day))
        if reports.open_run(warehouse.layout, ID):
            walk(warehouse, ID)
        if full:
            pipeline.harvest(warehouse, ID, f"day-{day}", Request(full=True))
        walk(warehouse, ID, f"day-{day}")


def codes(warehouse: Warehouse, day: int) -> frozenset[str]:
    """What a day's run had to say, harvesting and normalising."""
    batch = Batch(ID, f"day-{day}")
    found = [reports.read(warehouse.layout, batch, kind) for kind in (HarvestReport, NormalizeReport)]
    return frozenset(code for report in found if report for code in report.issues)


def meanings(warehouse: Warehouse) -> State:
    """What readers see: every record by its meaning, and every deletion."""
    return {name: row and str(row["fingerprint"]) for name, row in _seen(warehouse).items()}


def titles(warehouse: Warehouse) -> State:
    """What readers see: every title, and how many records bear it."""
    found = Counter(title for row in _seen(warehouse).values() if row for title in row["title"].values())
    return {title: str(times) for title, times in found.items()}


def _seen(warehouse: Warehouse) -> dict[str, dict[str, Any] | None]:
    if reports.pointer(warehouse.layout, ID) is None:
        return {}
    live = {str(row["source_identifier"]): row for row in current(warehouse, ID)}
    return {**live, **{str(row["source_identifier"]): None for row in current(warehouse, ID, "tombstones")}}


def rows() -> tuple[Row, ...]:
    """Every row of the table."""
    from tests.street import cms_faults, crawl_faults, data_faults, drupal_faults, feed_faults, oai_faults  # noqa: PLC0415 - they are made of this module's rows

    return (
        *oai_faults.ROWS,
        *feed_faults.ROWS,
        *cms_faults.ROWS,
        *drupal_faults.ROWS,
        *data_faults.ROWS,
        *crawl_faults.ROWS,
    )


def table(played: Iterable[tuple[Row, Played]]) -> Table:
    """Fault, kept, reported, healed: a line a row."""
    shown = Table(title="What becomes of a harvest when a site misbehaves", show_lines=True)
    for heading in ("protocol", "fault", "kept", "reported", "healed"):
        shown.add_column(heading)
    for row, found in played:
        kept = f"{found.kept} of {found.news} news" + ("" if found.unhurt else ", and the old are HURT")
        shown.add_row(row.protocol, row.fault, kept, found.told or row.silent or "nothing", found.healed)
    return shown


def main(words: list[str]) -> None:
    """Play every row whose fault has one of the words, or all, and print the table."""
    chosen = [row for row in rows() if not words or any(word in f"{row.protocol} {row.fault}" for word in words)]
    with tempfile.TemporaryDirectory(prefix="chm-faults-") as name:
        folder = Path(name)
        with Stage(folder / "stage", {row.protocol for row in chosen}) as stage:
            played = [(row, stage.play(row, folder / str(number))) for number, row in enumerate(chosen)]
    Console(width=None if sys.stdout.isatty() else 180).print(table(played))


if __name__ == "__main__":
    main(sys.argv[1:])
