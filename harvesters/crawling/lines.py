"""What a harvest and its crawl say to each other: a job down the crawl's standard input, lines of JSON up its output.

Nothing of Scrapy is imported here, and nothing of the crawl's state is kept by Scrapy: what is still to be asked is
stored with the page that found it, so that a kill at any moment loses no address and asks for none twice. (Scrapy's own
job state forgets the requests that were under way.)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from msgspec import Struct

from harvesters.crawling.reading import Reading
from harvesters.http import Papers
from harvesters.model import Answer, Issue, Json

Kind = Literal["page", "sitemap", "feed"]


class Wanted(Struct, frozen=True, array_like=True):
    """An address still to be asked, as what, and how many links lie between it and a start."""

    kind: Kind = "page"
    depth: int = 0


class Named(Struct, frozen=True, array_like=True):
    """The list or site map that named an address in a crawl, and when that site map says that it changed last."""

    by: str = ""
    modified: str = ""


class Known(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What earlier crawls found at an address.

    `every` is after how many days it is asked again: fewer where it changes, more where it does not, none where it
    leads to others; `due` is the day, `seen` the one on which it was asked last (ISO 8601).
    `records` are the identifiers of those that stood on it, `crawl` the crawl that saw it last, `named` who led there.
    `misled`: its site map said that it had changed, and it had not, so that the map's word counts for nothing until it
    has.
    """

    etag: str = ""
    modified: str = ""
    meaning: str = ""
    every: int = 1
    due: str = ""
    seen: str = ""
    records: tuple[str, ...] = ()
    crawl: str = ""
    named: Named = Named()
    misled: bool = False


class Job(Struct, frozen=True, kw_only=True):
    """What a crawl is to do; `lasts` are the seconds after which it stops."""

    source: Mapping[str, Json]
    papers: Papers
    today: date
    wanted: Mapping[str, Wanted]
    done: frozenset[str] = frozenset()
    known: Mapping[str, Known] = {}
    full: bool = False
    lasts: float


class Failure(Struct, frozen=True):
    """A HarvestError: the name of its class, and its two sentences."""

    kind: str
    cause: str
    advice: str


class Fetched(Struct, frozen=True, kw_only=True, tag="fetched", omit_defaults=True):
    """An address that was asked: what came of it, who named it, and the addresses that it led to and nobody knew.

    `requests` are those of the whole visit until then, with redirects and robots.txt.
    """

    url: str
    requests: int
    named: Named = Named()
    answer: Answer | None = None
    reading: Reading | None = None
    failure: Failure | None = None
    found: Mapping[str, Wanted] = {}
    issues: tuple[Issue, ...] = ()


class Ended(Struct, frozen=True, kw_only=True, tag="ended", omit_defaults=True):
    """The end of a crawl. `why` is `finished` where nothing was left to ask; `refused` counts addresses by reason."""

    why: str
    refused: Mapping[str, int] = {}
    failure: Failure | None = None


Line = Fetched | Ended
