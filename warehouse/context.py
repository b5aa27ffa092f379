"""What every verb needs: settings, time, who is told how far it is, and how the outside world is reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct
from requests.adapters import BaseAdapter

from harvesters.clock import Clock
from harvesters.errors import SourceError
from harvesters.http import Http
from harvesters.registry import load_source, load_sources
from harvesters.source import Source
from harvesters.visit import Visit
from normalizers import profiles
from normalizers.model import Terms
from warehouse import stops
from warehouse.layout import Layout
from warehouse.mapping.terms import open_terms
from warehouse.runs import Refused
from warehouse.settings import Settings

Watch = Callable[[str, int], None]  # told the verb and how many records it has done


def _unwatched(verb: str, records: int) -> None:
    """Nobody looks on."""


class Warehouse(Struct, frozen=True, kw_only=True):
    """What every verb needs. `transport` is for tests: an adapter below all that the polite client does.

    A `visit` bounds what all its runs together may ask, as a probe must; without one a harvest asks what it needs.
    """

    settings: Settings
    clock: Clock
    watch: Watch = _unwatched
    transport: BaseAdapter | None = None
    visit: Visit | None = None

    @property
    def layout(self) -> Layout:
        """Where the files lie."""
        return Layout(self.settings.warehouse)

    @property
    def terms(self) -> Terms:
        """The vocabularies and mappings in force; raises VocabularyError where one of their files is broken."""
        return open_terms(self.settings.vocabularies, self.layout.mappings())

    def source(self, source_id: str) -> Source:
        """A source by its id; raises SourceError where it is unknown or its file is wrong."""
        source = _with_known_profile(load_source(source_id, self.settings.source_folders))
        return _as_decided(source, stops.in_force(self.layout))

    def http(self, source: Source) -> Http:
        """The polite client for one run of a source.

        Raises:
            Refused: nobody is named whom a site's owner could write to.
        """
        self.refuse_anonymity()
        return Http(
            source,
            contact=self.settings.contact,
            clock=self.clock,
            folder=self.layout.servers(),
            allow_private=self.settings.allow_private,
            transport=self.transport,
            visit=self.visit,
        )

    def refuse_anonymity(self) -> None:
        """Raise Refused where nobody is named whom a site's owner could write to."""
        contact = self.settings.contact
        if not (contact.mail and contact.page):
            cause = "CHM_CONTACT or CHM_CONTACT_PAGE is not set, and no site is asked anonymously."
            raise Refused(cause, advice="Set them: a mailbox that is read, and where you show harvesters/about.html.")


def read_sources(
    settings: Settings, wanted: Callable[[str], bool] = lambda _: True
) -> tuple[list[Source], list[SourceError]]:
    """Every source whose id is `wanted`, by id, and a complaint for each one whose file is wrong; none hides others."""
    sources, errors = load_sources(settings.source_folders, wanted)
    stopped = stops.in_force(Layout(settings.warehouse))
    good = []
    for source in sources:
        try:
            good.append(_as_decided(_with_known_profile(source), stopped))
        except SourceError as error:
            errors.append(error)
    return good, errors


def _as_decided(source: Source, stopped: Mapping[str, stops.Stop]) -> Source:
    """The source, paused while a person's word stops it."""
    return source.model_copy(update={"status": "paused"}) if source.id in stopped and source.cron else source


def _with_known_profile(source: Source) -> Source:
    """The source, if its `profile` exists: the registry cannot tell, for harvesters never see normalizers."""
    if source.profile is not None and source.profile not in profiles.names():
        error = SourceError(
            f"{source.id}: there is no `profile` {source.profile!r}.",
            advice=f"It must be one of {', '.join(profiles.names())}, or be left out.",
        )
        error.source = source.id
        raise error
    return source
