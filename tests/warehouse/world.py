"""A warehouse in a folder, a country that it asks, and a clock that only moves when told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Self

import msgspec
import pyarrow.parquet as pq
import yaml

from tests.harvesters.servers import FakeClock
from tests.warehouse.site import Country
from warehouse import pipeline, reports, settings
from warehouse.context import Warehouse
from warehouse.layout import Layout
from warehouse.model import LoadReport, Release, Request

ID = "be_chm"


class World:
    """`country` on a socket, its source file `be_chm.yml`, and the settings to harvest it."""

    def __init__(self, folder: Path, records: int = 5) -> None:
        self.folder = folder
        self.country = Country(records)
        self.clock = FakeClock(self.country.now)
        (folder / "sources").mkdir()
        self.environment = {
            "CHM_WAREHOUSE": str(folder / "data"),
            "CHM_REGISTRY": "none",
            "CHM_SOURCES": str(folder / "sources"),
            "CHM_CONTACT": "operator@example.org",
            "CHM_CONTACT_PAGE": "https://example.org/harvester",
            "CHM_ALLOW_PRIVATE": "yes",
        }
        self.write_source()

    def write_source(self, source: str = ID, /, **keys: Any) -> None:
        given = {
            "name": "Belgium",
            "government": "BE",
            "status": "active",
            "protocol": "oai_pmh",
            "url": self.country.url("/oai"),
            "pace": 0,
            "overlap": 1,
            "languages": ["en"],
            **keys,
        }
        (self.folder / "sources" / f"{source}.yml").write_text(yaml.safe_dump(given), encoding="utf-8")

    @property
    def warehouse(self) -> Warehouse:
        return Warehouse(settings=settings.read(self.environment), clock=self.clock)

    @property
    def layout(self) -> Layout:
        return self.warehouse.layout

    def later(self, **by: float) -> None:
        """Time passes, for us and for the country."""
        self.country.later(**by)
        self.clock.set(self.country.now)

    def run(self, run: str | None = None, request: Request = pipeline.EVERYTHING_NEW, source: str = ID) -> LoadReport:
        """The three verbs, each of which must succeed (a load may be held)."""
        harvested = pipeline.harvest(self.warehouse, source, run, request)
        assert harvested.outcome == "done", harvested.failure
        normalized = pipeline.normalize(self.warehouse, source, harvested.run)
        assert normalized.outcome == "done", normalized.failure
        loaded = pipeline.load(self.warehouse, source, harvested.run)
        assert loaded.outcome in ("done", "held"), loaded.failure
        return loaded

    def publish(self, run: str | None = None) -> tuple[Release, Path]:
        report = pipeline.publish(self.warehouse, run)
        assert report.release, report.failure
        folder = self.layout.release(report.release)
        return release_of(folder), folder

    def rows(self, name: str = "records", source: str = ID) -> list[dict[str, Any]]:
        """What readers see of a source."""
        pointer = reports.pointer(self.layout, source)
        if pointer is None:
            return []
        return pq.read_table(self.layout.snapshot(source, pointer.snapshot) / f"{name}.parquet").to_pylist()

    def live(self) -> dict[str, str]:
        """Live titles by the source's own identifier."""
        return {row["source_identifier"]: dict(row["title"])["en"] for row in self.rows()}

    def dead(self) -> set[str]:
        return {row["source_identifier"] for row in self.rows("tombstones")}

    def requests(self) -> int:
        """How often the country was asked for anything, robots.txt included."""
        return len(self.country.asked)

    def __enter__(self) -> Self:
        self.country.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.country.__exit__(*error)


def release_of(folder: Path) -> Release:
    return msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Release)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def change_json(path: Path, **keys: Any) -> None:
    """Put back what a killed process would have left in a report."""
    path.write_text(json.dumps({**json.loads(path.read_text()), **keys}))
