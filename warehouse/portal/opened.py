"""A release that is open for readers."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from warehouse.files import read_json
from warehouse.formats.sources_json import PublishedSources
from warehouse.model import Release
from warehouse.portal.searching import Searcher
from warehouse.portal.store import Entry, Span, Store
from warehouse.portal.suppression import Suppressed
from warehouse.portal.terms import read_terms

_NEEDED = ("chm.duckdb", "records.sqlite", "search")


class OpenedRelease:
    """`release` is the manifest, `store` its records by identifier, `searcher` its search index.

    `close` lets go of the files.
    """

    def __init__(self, folder: Path, realms_of_chm: tuple[str, ...] = ()) -> None:
        """Open the finished release in a folder.

        Raises:
            FileNotFoundError: there is none, or an earlier version of this software published it.
            Damaged: a file there is not what was written.
        """
        manifest = read_json(folder / "manifest.json", Release)
        if manifest is None:
            raise FileNotFoundError(f"{folder} is no finished release.")
        sources = read_json(folder / "sources.json", PublishedSources)
        if sources is None or not all((folder / name).exists() for name in _NEEDED):
            raise FileNotFoundError(f"{folder} is of an earlier version of this software; publish again.")
        self.folder = folder
        self.release = manifest
        self.store = Store(folder / "records.sqlite")
        self.sources = sources
        self.vocabularies = read_terms(folder / "chm.duckdb")
        self.searcher = Searcher(folder / "search", realms_of_chm)
        self.withdrawn = lru_cache(maxsize=1)(self._withdrawn)

    def _withdrawn(self, suppressed: Suppressed) -> list[Entry]:
        """The entries that are withdrawn, as the release has them; looked up once for each state of the list."""
        known = [entry for name in suppressed.records if (entry := self.store.entry(name))]
        for source in suppressed.sources:
            known += self.store.listed(Span(by="source", value=source), -1)
        return list({entry.identifier: entry for entry in known}.values())

    def close(self) -> None:
        """Let go of the files."""
        self.store.close()
