"""What the Belgian portal holds on each day, and which of it each channel shows.

Between the first and the second day eight items come and four that are in the channels get a second edition; what falls
out of a channel's window is still on the site.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from tests.network.days import moment, stamp
from tests.network.text import Fact, country_name, facts, revised, table, tell

HOST = "belgium.demonstration.example"
TITLE = "Demonstration: Belgium"
LANGUAGES = ("fr", "nl", "en")
CHANNELS = {
    "latestuploads_rdf": "Latest uploads",
    "latestnews_rdf": "Latest news",
    "lateststories_rdf": "Latest stories",
    "upcomingevents_rdf": "Upcoming events",
    "pastevents_rdf": "Past events",
    "whatsnew_rdf": "What's new",
    "latestcomments_rdf": "Latest comments",
}
WINDOWS = {"latestuploads_rdf": 60, "latestnews_rdf": 25, "lateststories_rdf": 20, "whatsnew_rdf": 15}
FOLDERS = {
    **dict.fromkeys(("report", "map", "review", "brief"), "news"),
    **dict.fromkeys(("workshop", "visit"), "events"),
    "lesson": "stories",
}
IN_CHANNEL = {"latestuploads_rdf": "documents", "latestnews_rdf": "news", "lateststories_rdf": "stories"}
ADDED, COMMENTS = 8, 6
REVISED = (1, 4, 11, 17)  # counted from the youngest of the first day: all stand in a channel


@dataclass(frozen=True)
class Item:
    """One item of a channel; `extra` are the elements that only its kind has."""

    path: str
    language: str
    title: str
    description: str
    released: datetime
    coverage: str
    subjects: tuple[str, ...]
    extra: tuple[tuple[str, str], ...] = ()
    starts: datetime | None = None

    @property
    def url(self) -> str:
        """The item's address under the site's public name, which does not depend on the port."""
        return f"https://{HOST}/{self.path}"

    @property
    def folder(self) -> str:
        """documents, news, events, stories or comments."""
        return self.path.partition("/")[0]


@cache
def items(day: int) -> tuple[Item, ...]:
    """Everything on the site on that day, the youngest first; nothing happens after the second day."""
    own = [fact for fact in facts() if fact.country == "be"]
    shown = len(own) - ADDED
    found = [_item(number, fact, shown) for number, fact in enumerate(own) if day > 1 or number < shown]
    if day > 1:
        for age in REVISED:
            number = shown - 1 - age
            found[number] = _item(number, own[number], shown, edition=2)
    return tuple(sorted(found, key=lambda item: item.released, reverse=True))


def channel_items(name: str, day: int) -> tuple[Item, ...]:
    """What the channel shows on that day."""
    if name == "latestcomments_rdf":
        return tuple(_comment(item) for item in items(1)[:COMMENTS])
    if name in ("upcomingevents_rdf", "pastevents_rdf"):
        upcoming = name == "upcomingevents_rdf"
        return tuple(item for item in items(day) if item.starts and (item.starts > moment(day)) == upcoming)
    folder = IN_CHANNEL.get(name)
    return tuple(item for item in items(day) if folder in (None, item.folder))[: WINDOWS[name]]


def _item(number: int, fact: Fact, shown: int, *, edition: int = 1) -> Item:
    language = LANGUAGES[number % 3]
    told = tell(fact, language)
    if edition == 2:
        told = revised(told, str(number))
    folder = FOLDERS.get(fact.variant, "documents")
    age = shown - number
    released = moment(1) - timedelta(hours=31 * age) if age > 0 else moment(1) + timedelta(hours=1 - age)
    # Events lie two months after their announcement.
    starts = released.replace(hour=9, minute=0) + timedelta(days=60) if folder == "events" else None
    return Item(
        path=f"{folder}/{fact.kind}-{number:03}",
        language=language,
        title=told.title,
        description=told.description,
        released=released,
        coverage=country_name("be", language),
        subjects=(table("subjects")[fact.target - 1][f"ptk_{language}"], f"GBF {fact.target}"),
        extra=_extra(folder, starts),
        starts=starts,
    )


def _extra(folder: str, starts: datetime | None) -> tuple[tuple[str, str], ...]:
    if starts:
        return (
            ("dc:type", "Event"),
            ("ev:location", "Brussels"),
            ("ev:organizer", TITLE),
            ("ev:type", "workshop"),
            ("ev:startdate", stamp(starts)),
            ("ev:enddate", stamp(starts + timedelta(hours=31))),
        )
    if folder == "news":
        return (
            ("dc:type", "Text"),
            ("dc:format", "text/html"),
            ("dc:source", TITLE),
            ("dc:creator", TITLE),
            ("dc:publisher", TITLE),
        )
    return ()


def _comment(item: Item) -> Item:
    """A reader's remark, which is no record: a harvester skips the channel."""
    number = item.path.rpartition("-")[2]
    return Item(
        path=f"comments/{number}",
        language=item.language,
        title=f"Re: {item.title}",
        description=f"Comment {number}.",
        released=item.released + timedelta(minutes=40),
        coverage="",
        subjects=(),
    )
