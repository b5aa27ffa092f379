"""What every verb needs: settings, time, who is told how far it is, and how the outside world is reached."""

from __future__ import annotations

from collections.abc import Callable

from harvesters.http import Http
from harvesters.registry import load_source
from msgspec import Struct
from requests.adapters import BaseAdapter

from harvesters.clock import Clock
from harvesters.source import Source
from warehouse.layout import Layout
from warehouse.settings import Settings

Watch = Callable[[str, int], None]  # told the verb and how many records it has done


def _unwatched(verb: str, records: int) -> None:
    """Nobody looks on."""


class Warehouse(Struct, frozen=True, kw_only=True):
    """What every verb needs. `transport` is for tests: an adapter below all that the polite client does."""

    settings: Settings
    clock: Clock
    watch: Watch = _unwatched
    transport: BaseAdapter | None = None

    @property
    def layout(self) -> Layout:
        """Where the files lie."""
        return Layout(self.settings.warehouse)

    def source(self, source_id: str) -> Source:
        """A source by its id; raises SourceError where it is unknown or its file is wrong."""
        return load_source(source_id, self.settings.sources)

    def http(self, source: Source) -> Http:
        """The polite client for one run of a source."""
        return Http(
            source,
            contact=self.settings.contact,
            clock=self.clock,
            folder=self.layout.servers(),
            allow_private=self.settings.allow_private,
            transport=self.transport,
        )
