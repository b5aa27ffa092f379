"""What feedparser makes of an answer (and `json_feed` of JSON), and how far that can be trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from itertools import islice

import feedparser
from lxml import etree

from harvesters.errors import ProtocolError
from harvesters.feeds import json_feed
from harvesters.feeds.addresses import absolute
from harvesters.model import Answer, Issue
from harvesters.safe_xml import is_web_page

_HEADERS_THAT_MATTER = ("content-type", "content-language")
# What feedparser 6.0 was seen to raise on mutated feeds: characters out of range, georss and iTunes without values ...
_STUMBLES = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
FEED_TYPES = frozenset((
    "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/rss+xml",
))  # fmt: skip
_ENTRY = re.compile(rb"<(item|entry)\b.*?</\1\s*>", re.DOTALL)
_MOST_NAMED = 10  # feeds of a web page that a message names
_LABELS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)


def parse(answer: Answer) -> feedparser.FeedParserDict:
    """What feedparser makes of an answer's body; HTML in it is sanitised. Read only: the last result is remembered.

    It depends on the answer alone, but for `*_parsed` dates: feedparser completes an ISO date without year, month or
    day from the clock, and reads some through the machine's time zone. Take the dates as they are written. (Were
    chardet installed, feedparser would also ask it about undeclared encodings; the lock has none.)

    Raises:
        ProtocolError: feedparser stumbled, as it does over some broken feeds (never over one that `harvest` yielded).
    """
    headers = {name: answer.headers[name] for name in _HEADERS_THAT_MATTER if name in answer.headers}
    try:
        return _parse(answer.body, tuple({**headers, "content-location": answer.url}.items()))
    except _STUMBLES as error:
        raise ProtocolError(
            f"{answer.url}: the feed cannot be read ({_reader(answer)}: {error!r}).",
            advice="Ask the site's webmaster to check it with a feed validator.",
        ) from error


def _reader(answer: Answer) -> str:
    return "as JSON" if json_feed.looks_like_json(answer.body) else "feedparser"


@lru_cache(maxsize=1)
def _parse(body: bytes, headers: tuple[tuple[str, str], ...]) -> feedparser.FeedParserDict:
    if json_feed.looks_like_json(body):
        return json_feed.parse(body, dict(headers)["content-location"])
    # As a stream: given bytes, feedparser first tries them as the name of a local file.
    return feedparser.parse(
        BytesIO(body), response_headers=dict(headers), sanitize_html=True, resolve_relative_uris=True
    )


def read(answer: Answer) -> feedparser.FeedParserDict:
    """The parsed feed. Raises `ProtocolError` where what came is none; of a web page it names the feeds."""
    found = parse(answer)
    if found.entries or (found.get("version") and not broken(found)):
        return found
    advice = "Open the address in a browser and check `url` or `urls`."
    if is_web_page(answer.body):
        cause = "a web page came where a feed was expected"
        feeds = list(dict.fromkeys(_alternates(answer)))
        if feeds:
            more = ", ..." if len(feeds) > _MOST_NAMED else ""
            cause += f"; it names {len(feeds)} of its own: {', '.join(feeds[:_MOST_NAMED])}{more}"
            advice = "Put those that you mean into `url` or `urls`."
        else:
            cause += ", and it names none"
    elif not answer.body.strip():
        cause = "an empty answer came where a feed was expected"
    elif broken(found):
        cause = f"the feed is broken before its first entry ({found.bozo_exception})"
    else:
        cause = "what came is neither RSS nor Atom nor JSON Feed"
    raise ProtocolError(f"{answer.url}: {cause}.", advice=advice)


def _alternates(answer: Answer) -> Iterator[str]:
    """The feeds that a web page names (RSS autodiscovery: `<link rel="alternate" type=...>`), as absolute addresses."""
    try:
        tree = etree.fromstring(answer.body, etree.HTMLParser(no_network=True, huge_tree=False))
    except etree.XMLSyntaxError:  # nothing but comments
        return
    for link in () if tree is None else tree.iter("link"):
        kind = link.get("type", "").partition(";")[0].strip().lower()
        if kind in FEED_TYPES and "alternate" in link.get("rel", "").lower().split():
            yield absolute(answer.url, link.get("href", "").strip())[:500]


def broken(found: feedparser.FeedParserDict) -> bool:
    """True where the feed is not well-formed; feedparser also complains of labels, which harm nothing."""
    return bool(found.bozo) and not isinstance(found.bozo_exception, _LABELS)


def complaints(found: feedparser.FeedParserDict) -> list[Issue]:
    """What feedparser says against a feed of which entries can be read: nothing, or one issue."""
    if not found.bozo:
        return []
    said = str(found.bozo_exception)
    if not broken(found):
        message = f"The server labels its feed wrongly ({said}); it was read as what it is."
        return [Issue(code="feed_mislabelled", message=message[:1000], severity="note")]
    message = f"The feed is not well-formed ({said}); the entries that can be read are kept. Tell the site's webmaster."
    return [Issue(code="feed_not_well_formed", message=message[:1000])]


def cut_short(found: feedparser.FeedParserDict, body: bytes) -> list[Issue]:
    """Why the last entry is none: the feed broke off within it, so its identifier may be half of one."""
    opened, closed = (max(body.rfind(tag % name) for name in (b"item", b"entry")) for tag in (b"<%b", b"</%b"))
    if not (broken(found) and found.entries and opened > closed):
        return []
    message = "The feed breaks off within its last entry, which was left out; its bytes are kept with the page."
    value = body[opened : opened + 500].decode(errors="replace")
    return [Issue(code="entry_cut_short", message=message, value=value)]


def as_written(body: bytes, number: int) -> bytes:
    """The bytes of a feed's entry of that number, for people to look at; the whole body where tags do not tell."""
    found = next(islice(_ENTRY.finditer(body), number, None), None)
    return found[0] if found else body
