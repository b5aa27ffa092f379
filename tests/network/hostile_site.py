"""One site on a raw socket that serves the same items by every protocol, and misbehaves when told.

`bend` is asked first about every request: what it answers goes onto the wire byte for byte, and where it answers None
the site behaves well. On the first day the site shows ten items; by the second six came, two were revised and one was
deleted; on the third two more are there, one of which came a minute after the second day's harvest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.sax.saxutils import escape

from tests.harvesters.oai_server import envelope, error
from tests.harvesters.servers import Site, reply
from tests.network import hostile_api, hostile_pages
from tests.network.days import http_date, stamp

PAGE = 3  # items
SET = "nature"  # the one that is asked for; `nature:birds` is below it, `geology` is not
DAY_ONE = datetime(2026, 3, 1, 6, tzinfo=UTC)
TITLES = (
    ("ru", "Водно-болотные угодья"),
    ("ar", "الأراضي الرطبة في الجنوب"),
    ("zh", "湿地保护报告"),
    ("fr", "Les zones humides protégées"),
    ("es", "Los humedales y su fauna"),
    ("en", "Wetlands & their birds"),
)
_OAI_DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    '<dc:title xml:lang="{0}">{1}</dc:title><dc:type>Report</dc:type><dc:identifier>{2}</dc:identifier></oai_dc:dc>'
)
_RSS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Hostile</title>'
    "<link>https://hostile.example/</link><description>A site that misbehaves</description>{}</channel></rss>"
)
_FORMAT = (
    "<ListMetadataFormats><metadataFormat><metadataPrefix>oai_dc</metadataPrefix>"
    "<schema>http://www.openarchives.org/OAI/2.0/oai_dc.xsd</schema>"
    "<metadataNamespace>http://www.openarchives.org/OAI/2.0/oai_dc/</metadataNamespace></metadataFormat>"
    "</ListMetadataFormats>"
)
_SETS = "".join(
    f"<set><setSpec>{name}</setSpec><setName>{name}</setName></set>" for name in (SET, "nature:birds", "geology")
)


class Item(NamedTuple):
    """One item as it is on a day."""

    name: str
    title: str
    language: str
    since: datetime
    collection: str
    deleted: bool = False

    @property
    def url(self) -> str:
        """Its own page, which is its guid too."""
        return f"https://hostile.example/items/{self.name}"


class Wish(NamedTuple):
    """What a list request asks for; a resumption token says the same, so `at` is the first item of its page."""

    since: str = ""
    until: str = ""
    collection: str = ""
    at: int = 0

    @property
    def token(self) -> str:
        """Itself as a resumption token."""
        return urlencode(self._asdict())


class Call(NamedTuple):
    """A request. `page` counts the pages of its list from 1 and is 0 elsewhere; `query` is as it was sent.

    `time` is how often this very request was made, `lists` how often a list was begun.
    """

    path: str
    arguments: Mapping[str, str]
    headers: Mapping[str, str]
    page: int
    time: int
    lists: int
    query: str = ""

    @property
    def wish(self) -> Wish:
        """What a request for an OAI-PMH list means."""
        asked = self.arguments
        if "resumptionToken" in asked:
            told = dict(parse_qsl(asked["resumptionToken"], keep_blank_values=True))
            return Wish(told["since"], told["until"], told["collection"], int(told["at"]))
        return Wish(asked.get("from", ""), asked.get("until", ""), asked.get("set", ""))


Pieces = bytes | Iterable[bytes] | None
Bend = Callable[["HostileSite", Call], Pieces]


def moment(day: int) -> datetime:
    """When a day's harvest begins: thirty hours after the one before, so that no copy of robots.txt is fresh."""
    return DAY_ONE + timedelta(hours=30 * (day - 1))


@cache
def items(day: int) -> tuple[Item, ...]:
    """What the site has on a day, the oldest first."""
    found = {number: _item(number, moment(1) - timedelta(days=60 - number)) for number in range(10)}
    for place, number in enumerate((10, 11, 1, 3, 12, 2, 13, 14, 15)):
        if day > 1:
            item = _item(number, moment(2) - timedelta(hours=20 - 2 * place))
            revised = item._replace(title=f"{item.title}, 2nd edition") if number < 3 else item
            found[number] = revised._replace(deleted=number == 3)
    if day > 2:
        found[16] = _item(16, moment(2) + timedelta(minutes=1))
        found[17] = _item(17, moment(3) - timedelta(hours=1))
    return tuple(sorted(found.values(), key=lambda item: item.since))


@cache
def strangers(day: int) -> tuple[Item, ...]:
    """Items of the set that is not asked for."""
    return tuple(
        Item(f"g{number}", f"Granite {number}", "en", moment(earlier) - timedelta(hours=11, minutes=number), "geology")
        for earlier in range(1, day + 1)
        for number in range(3)
    )


class HostileSite(Site):
    """The site; `begin` sets its day and how it misbehaves from then on, `skew` how far its own clock is wrong."""

    def __init__(self) -> None:
        super().__init__({})
        self.begin(1)

    def begin(self, day: int, bend: Bend | None = None) -> None:
        """It is the morning of `day`."""
        self.day, self.now = day, moment(day)
        self._bend = bend
        self._times: Counter[str] = Counter()
        self._lists = 0

    def answer_to(self, path: str, headers: Mapping[str, str]) -> Iterator[bytes]:
        """What goes onto the wire."""
        self._times[path] += 1
        address = urlsplit(path)
        arguments = dict(parse_qsl(address.query, keep_blank_values=True))
        call = Call(address.path, arguments, headers, 0, self._times[path], self._lists, address.query)
        call = call._replace(page=_page(call))
        self._lists += call.page == 1
        bent = self._bend(self, call) if self._bend else None
        answer = self.behave(call) if bent is None else bent
        yield from [answer] if isinstance(answer, bytes) else answer

    def behave(self, call: Call) -> bytes:
        """The whole answer of a good site."""
        if call.path.endswith("/feed"):
            return self._feed(call)
        if hostile_api.page_of(call) is not None:
            told = hostile_api.tell(call, items(self.day))
            return reply(told.status, told.body, date=http_date(self.now), **told.headers)
        if found := hostile_pages.tell(call.path, items(self.day), self.url("").rstrip("/")):
            return self.ok(found[1], content_type=found[0])
        return self.ok(self.body(call)) if call.path.endswith("/oai") else reply(404, b"none")

    def ok(self, body: bytes, **headers: str) -> bytes:
        """A 200 with the site's date."""
        return reply(200, body, **{"date": http_date(self.now), "content_type": "text/xml; charset=utf-8", **headers})

    def body(self, call: Call) -> bytes:
        """What a good answer says."""
        if hostile_api.page_of(call) is not None:
            return hostile_api.tell(call, items(self.day)).body
        if found := hostile_pages.tell(call.path, items(self.day), self.url("").rstrip("/")):
            return found[1]
        return self.rss(self.shown(call.page)) if call.path.endswith("/feed") else self._oai(call)

    def shown(self, page: int) -> list[Item]:
        """The items on a page of the feed, the youngest first."""
        living = [item for item in reversed(items(self.day)) if not item.deleted]
        return living[PAGE * (page - 1) : PAGE * page]

    def rss(self, shown: Iterable[Item]) -> bytes:
        """A feed of these items."""
        return _RSS.format("".join(map(entry, shown))).encode()

    def identify(self, date: str = "", **facts: str) -> bytes:
        """The Identify answer; `facts` replace what it says."""
        said = {
            "repositoryName": "Hostile",
            "baseURL": self.url("/oai"),
            "protocolVersion": "2.0",
            "adminEmail": "a@hostile.example",
            "earliestDatestamp": "2001-01-01T00:00:00Z",
            "deletedRecord": "persistent",
            "granularity": "YYYY-MM-DDThh:mm:ssZ",
        }
        elements = "".join(f"<{name}>{value}</{name}>" for name, value in {**said, **facts}.items())
        return self.say(f"<Identify>{elements}</Identify>", date)

    def say(self, inside: str, date: str = "") -> bytes:
        """An OAI-PMH answer, at `date` or by the site's clock."""
        return envelope(inside, response_date=date or stamp(self.now))

    def list(self, wish: Wish, size: int | None = None, token: str | None = None, verb: str = "ListRecords") -> bytes:
        """A page of a list; `size` and `token` replace what a good site would say of them."""
        found = self.wanted(wish)
        end = wish.at + PAGE
        told = wish._replace(at=end).token if end < len(found) else ""
        token = told if token is None else token
        size = len(found) if size is None else size
        if not found:
            return self.say('<error code="noRecordsMatch">none</error>')
        tail = f'<resumptionToken completeListSize="{size}" cursor="{wish.at}">{escape(token)}</resumptionToken>'
        render = header if verb == "ListIdentifiers" else record
        return self.say(f"<{verb}>{''.join(map(render, found[wish.at : end]))}{tail}</{verb}>")

    def wanted(self, wish: Wish) -> list[Item]:
        """The items that a list holds, over all its pages."""
        return [
            item
            for item in sorted((*items(self.day), *strangers(self.day)), key=lambda item: item.since)
            if wish.since <= stamp(item.since)
            and (not wish.until or stamp(item.since)[: len(wish.until)] <= wish.until)
            and (not wish.collection or f"{item.collection}:".startswith(f"{wish.collection}:"))
        ]

    def _feed(self, call: Call) -> bytes:
        if not self.shown(call.page):
            return reply(404, b"no such page")
        body = self.body(call)
        etag = f'"{blake2b(self.rss(self.shown(1)), digest_size=8).hexdigest()}"'
        if call.page == 1 and call.headers.get("if-none-match") == etag:
            return reply(304, etag=etag, date=http_date(self.now))
        return self.ok(body, content_type="application/rss+xml; charset=utf-8", etag=etag)

    def _oai(self, call: Call) -> bytes:
        verb = call.arguments.get("verb", "")
        known = {"Identify": self.identify, "ListMetadataFormats": lambda: self.say(_FORMAT)}
        known["ListSets"] = lambda: self.say(f"<ListSets>{_SETS}</ListSets>")
        if verb in known:
            return known[verb]()
        if verb == "GetRecord":
            found = [item for item in items(self.day) if item.name == call.arguments["identifier"]]
            return self.say(f"<GetRecord>{record(found[0])}</GetRecord>") if found else error("idDoesNotExist")
        return self.list(call.wish, verb=verb) if verb.startswith("List") else error("badVerb")


def header(item: Item) -> str:
    """An item's OAI-PMH header."""
    status = ' status="deleted"' if item.deleted else ""
    return (
        f"<header{status}><identifier>{item.name}</identifier><datestamp>{stamp(item.since)}</datestamp>"
        f"<setSpec>{item.collection}</setSpec></header>"
    )


def record(item: Item) -> str:
    """An item's OAI-PMH record."""
    metadata = "" if item.deleted else _OAI_DC.format(item.language, escape(item.title), item.url)
    return f"<record>{header(item)}{metadata and f'<metadata>{metadata}</metadata>'}</record>"


def entry(item: Item) -> str:
    """An item as an RSS 2.0 entry."""
    return (
        f'<item><title>{escape(item.title)}</title><link>{item.url}</link><guid isPermaLink="false">{item.name}</guid>'
        f"<pubDate>{http_date(item.since)}</pubDate><description>{escape(item.title)}.</description></item>"
    )


def _item(number: int, since: datetime) -> Item:
    language, title = TITLES[number % len(TITLES)]
    return Item(f"n{number:02}", f"{title} {number}", language, since, (SET, "nature:birds")[number % 2])


def _page(call: Call) -> int:
    if (listed := hostile_api.page_of(call)) is not None:
        return listed
    if call.path == hostile_pages.HOME:
        return 1
    if call.path.endswith("/feed"):
        return int(call.arguments.get("paged", "1"))
    if call.arguments.get("verb") not in ("ListRecords", "ListIdentifiers"):
        return 0
    return call.wish.at // PAGE + 1
