"""A release that is open for readers."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from warehouse.files import read_json
from warehouse.model import Release
from warehouse.portal.store import Entry, Span, Store
from warehouse.portal.suppression import Suppressed
from warehouse.portal.terms import read_terms


class OpenedRelease:
    """`release` is the manifest, `store` its records by identifier; `close` lets go of its files."""

    def __init__(self, folder: Path) -> None:
        """Open the finished release in a folder.

        Raises:
            FileNotFoundError: there is none.
            Damaged: a file there is not what was written.
        """
        manifest = read_json(folder / "manifest.json", Release)
        if manifest is None:
            raise FileNotFoundError(f"{folder} is no finished release.")
        self.folder = folder
        self.release = manifest
        self.store = Store(folder / "records.sqlite")
        self.vocabularies = read_terms(folder / "chm.duckdb")
        self.hidden = lru_cache(maxsize=1)(self._hidden)

    def _hidden(self, suppressed: Suppressed) -> list[Entry]:
        """The entries that are withdrawn, as they stand; worked out once for each state of the list."""
        known = [entry for name in suppressed.records if (entry := self.store.entry(name))]
        for source in suppressed.sources:
            known += self.store.listed(Span(by="source", value=source), -1)
        return [suppressed.applied(entry) for entry in {entry.identifier: entry for entry in known}.values()]

    def close(self) -> None:
        """Let go of the files."""
        self.store.close()
