"""The registry beside the lists of national websites: what is new, moved or gone, and which Parties nobody covers.

A website is known by its host. Which source stands for which entry of a list is remembered from look to look: an entry
that has another host than its source is a move, and one that its list has no longer is gone. Without that memory both
would be a new website.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Literal

from msgspec import Struct

from harvesters.model import Issue, Json
from harvesters.politeness import registrable_domain
from harvesters.source import Source
from warehouse.discovering.coverage import Country
from warehouse.discovering.lists import Listed, Website, host
from warehouse.model import SCHEMA_VERSION
from warehouse.probing.verifying import rehosted

Kind = Literal["new", "moved", "gone"]


class Ties(Struct, frozen=True):
    """What is remembered of the last looks: list -> entry -> the source that stands for it."""

    sources: dict[str, dict[str, str]] = {}
    schema_version: int = SCHEMA_VERSION


class Change(Struct, frozen=True, kw_only=True):
    """One difference: `keys` are what accepting it writes into the source's file, a new one's whole file.

    `url` is the address that the list has now, `before` the one that the source asks.
    """

    kind: Kind
    source: str
    country: str | None
    title: str
    told_by: str
    url: str | None = None
    before: str | None = None
    keys: Mapping[str, Json] = {}


class Discovery(Struct, frozen=True, kw_only=True):
    """What the lists have that the registry has not, and the other way round. `known` counts entries with a source."""

    lists: tuple[str, ...]
    known: int
    changes: tuple[Change, ...]
    uncovered: tuple[Country, ...]
    issues: tuple[Issue, ...] = ()
    schema_version: int = SCHEMA_VERSION


class _Registry:
    """The sources by the hosts that they ask or show to people."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.by_id = {source.id: source for source in sources}
        self._central = {registrable_domain(each.addresses[0]) for each in sources if each.origin == "central"}
        self._hosts: dict[str, str] = {}
        self._ids = set(self.by_id)
        for source in sorted(sources, key=lambda source: bool(source.superseded_by)):  # the living one stands for both
            for url in (*source.addresses, *([source.page] if source.page else [])):
                self._hosts.setdefault(host(url), source.id)

    def standing_for(self, website: Website) -> str | None:
        """The source of that host."""
        return self._hosts.get(host(website.url))

    def free_id(self, website: Website) -> str:
        """An id for a source of it, `fr_inpn` of France's https://inpn.mnhn.fr/, that no other has; asked once each."""
        name = host(website.url).partition(".")[0]
        words = re.sub(r"[^a-z0-9]+", "_", name).strip("_") or "site"
        ids = (f"{website.country.lower()}_{words}{'' if number == 1 else f'_{number}'}" for number in count(1))
        free = next(each for each in ids if each not in self._ids)
        self._ids.add(free)
        return free

    def is_central(self, website: Website) -> bool:
        """Whether it is a page of the Convention's own."""
        return registrable_domain(website.url) in self._central


def compare(
    sources: Sequence[Source], listed: Listed, ties: Ties, uncovered: tuple[Country, ...]
) -> tuple[Discovery, Ties]:
    """What differs, and what to remember; entries of lists that were not read are remembered as they were."""
    known = _Registry(sources)
    websites = [website for website in listed.websites if not known.is_central(website)]
    remembered = {name: dict(entries) for name, entries in ties.sources.items()}
    new: dict[str, Change] = {}  # by host
    moved: dict[str, Change] = {}  # by source
    tied = 0
    for website in sorted(websites, key=lambda website: (website.country, host(website.url), website.told_by)):
        mine = remembered.setdefault(website.list, {})
        before = known.by_id.get(mine.get(website.key, ""))
        if standing := known.standing_for(website):
            mine[website.key] = standing
            tied += 1
        elif before and before.status != "retired":
            moved[before.id] = _moved(before, website)
        elif host(website.url) not in new:
            new[host(website.url)] = _new(website, known.free_id(website))
    told = {(website.list, website.key) for website in websites}
    gone = [change for change in _gone(known, listed.names, remembered, told) if change.source not in moved]
    discovery = Discovery(
        lists=listed.names,
        known=tied,
        changes=tuple(
            change
            for kind in (new.values(), moved.values(), gone)
            for change in sorted(kind, key=lambda change: (change.country or "", change.source))
        ),
        uncovered=uncovered,
        issues=listed.issues,
    )
    return discovery, Ties(remembered)


def _gone(
    known: _Registry, read: Iterable[str], remembered: Mapping[str, dict[str, str]], told: set[tuple[str, str]]
) -> Iterator[Change]:
    """Sources all of whose entries have left the lists that were read."""
    entries: dict[str, list[tuple[str, str]]] = {}
    for name, keys in remembered.items():
        for key, standing in keys.items():
            entries.setdefault(standing, []).append((name, key))
    for source_id, mine in entries.items():
        source = known.by_id.get(source_id)
        if source is None or source.status == "retired":
            continue
        if all(name in read and (name, key) not in told for name, key in mine):
            name, key = mine[0]
            yield Change(
                kind="gone",
                source=source_id,
                country=source.government,
                title=source.name,
                told_by=f"{name}, {key}",
                before=source.addresses[0],
                keys={"status": "retired"},
            )


def _moved(source: Source, website: Website) -> Change:
    """The source on the new host, with the paths that it asked on the old one; nobody has looked at it yet."""
    keys: dict[str, Json] = {"status": "unverified", "page": website.url}
    if source.url:
        keys["url"] = rehosted(source.url, website.url)
    else:
        keys["urls"] = [rehosted(url, website.url) for url in source.urls]
    if source.server:
        keys["server"] = None
    return Change(
        kind="moved",
        source=source.id,
        country=source.government,
        title=source.name,
        told_by=website.told_by,
        url=website.url,
        before=source.addresses[0],
        keys=keys,
    )


def _new(website: Website, source_id: str) -> Change:
    """A source for it; `feed` is a guess that a page does not bear out, so that a probe looks for what there is."""
    return Change(
        kind="new",
        source=source_id,
        country=website.country,
        title=website.title,
        told_by=website.told_by,
        url=website.url,
        keys={
            "name": website.title,
            "government": website.country,
            "status": "unverified",
            "page": website.url,
            "protocol": "feed",
            "url": website.url,
        },
    )
