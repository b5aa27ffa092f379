"""What a site may offer: one file a protocol, of the protocol's name, that recognises it on a stranger's site.

A file of this drawer has `SIGNS`, words that the pages of such sites have in them (those whose signs are seen are asked
first, since a look may take only so many requests), and `offers(site) -> Iterator[Offer]`. A protocol that nobody could
recognise on a site, since it is of one service in the world, has none.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Literal, cast
from typing import Protocol as Shape

from msgspec import Struct

from harvesters.model import Json
from harvesters.site import Site

Deletions = Literal["told", "compared", "swept", "unseen"]
Detail = Literal["full", "summary", "guessed"]

_WEIGHTS: tuple[tuple[str, int], ...] = (
    ("lists all that there is", 8),
    ("gives whole records", 4),
    ("gives summaries", 2),
    ("is asked for what is new alone", 2),
    ("tells of deletions", 2),
    ("shows deletions by comparing lists", 1),
    ("tells how many records there are", 1),
    ("tells its languages", 1),
)


class Offer(Struct, frozen=True, kw_only=True):
    """One way to harvest a site: the keys of a source file, and how good it is.

    `keys` are those beside `protocol`, `platform` and `url`. `whole` says that it lists all that there is, and not
    only the newest; `deletions` whether they are told by the site, found by comparing what every harvest lists or by
    full sweeps alone, or never seen; `detail` how much a record says; `records` how many there are and `languages` in
    which, where the interface tells; `seconds` how long the answer took by which it was recognised; `crawl_delay` what
    robots.txt wishes between two.
    """

    protocol: str
    url: str
    evidence: str
    platform: str | None = None
    name: str = ""
    keys: Mapping[str, Json] = {}
    languages: tuple[str, ...] = ()
    whole: bool = True
    incremental: bool = False
    deletions: Deletions = "swept"
    detail: Detail = "full"
    records: int | None = None
    seconds: float = 0.0
    crawl_delay: float = 0.0

    @property
    def merits(self) -> dict[str, int]:
        """What speaks for it, each with its weight; their sum is its rank."""
        true = {
            "lists all that there is": self.whole,
            "gives whole records": self.detail == "full",
            "gives summaries": self.detail == "summary",
            "is asked for what is new alone": self.incremental,
            "tells of deletions": self.deletions == "told",
            "shows deletions by comparing lists": self.deletions == "compared",
            "tells how many records there are": self.records is not None,
            "tells its languages": bool(self.languages),
        }
        return {words: weight for words, weight in _WEIGHTS if true[words]}

    @property
    def score(self) -> int:
        """The sum of its merits; no offer without records has any."""
        return 0 if self.records == 0 else sum(self.merits.values())


class Detector(Shape):
    """What a module of this drawer offers."""

    SIGNS: tuple[str, ...]

    def offers(self, site: Site) -> Iterator[Offer]:
        """The ways in which a site speaks the protocol; none where it does not. Raises as `Site.look` does."""
        ...


def names() -> list[str]:
    """The protocols that can be recognised, by file name, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(name: str) -> Detector:
    """The detector of that file name, which `names` lists."""
    return cast("Detector", import_module(f"{__name__}.{name}"))


def likeliest_first(site: Site) -> list[str]:
    """The names of all detectors: first those whose signs the site shows."""
    return sorted(names(), key=lambda name: (not site.shows(*load(name).SIGNS), name))
