"""Ways to misbehave: small functions from which the tables of faults are put together.

A `Bend` sees the site and the request and says what goes onto the wire, or None to let the site behave well.
"""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from tests.harvesters.servers import reply
from tests.network.days import http_date, stamp
from tests.network.hostile_site import Bend, Call, HostileSite, Pieces

WEB_PAGE = b"<!DOCTYPE html>\n<html><head><title>Page not found</title></head><body><h1>Oops</h1></body></html>"
SCRIPT = "&lt;script&gt;x()&lt;/script&gt;"
ALWAYS = 10**6


def on_page(number: int, bend: Bend, times: int = ALWAYS) -> Bend:
    """Misbehave on that page of a list only, and only the first so many times that it is asked."""
    return lambda site, call: bend(site, call) if call.page == number and call.time <= times else None


def on_lists(bend: Bend) -> Bend:
    """Misbehave on every page of every list."""
    return lambda site, call: bend(site, call) if call.page else None


def on_verb(verb: str, bend: Bend) -> Bend:
    """Misbehave on one verb of OAI-PMH."""
    return lambda site, call: bend(site, call) if call.arguments.get("verb") == verb else None


def on_robots(bend: Bend) -> Bend:
    """Misbehave on robots.txt alone."""
    return lambda site, call: bend(site, call) if call.path == "/robots.txt" else None


def both(one: Bend, other: Bend) -> Bend:
    """The first that has something to say."""

    def bend(site: HostileSite, call: Call) -> Pieces:
        said = one(site, call)
        return other(site, call) if said is None else said

    return bend


def says(status: int, body: bytes = b"", **headers: str) -> Bend:
    """Always this answer."""
    return lambda site, _: reply(status, body, date=http_date(site.now), **headers)


def later(status: int, seconds: float) -> Bend:
    """An answer with a Retry-After in HTTP's own words for a date."""
    return lambda site, _: reply(status, b"", retry_after=http_date(site.now + timedelta(seconds=seconds)))


def redirect(location: str, status: int = 302) -> Bend:
    """Elsewhere; a location that begins with `/` is on this site and keeps the query."""

    def bend(site: HostileSite, call: Call) -> Pieces:
        target = site.url(f"{location}?{call.query}") if location.startswith("/") else location
        return reply(status, b"moved", location=target, date=http_date(site.now))

    return bend


def moved(site: HostileSite, call: Call) -> Pieces:
    """301 from every address but below /new, where all is well."""
    known = call.path.startswith("/new") or call.path == "/robots.txt"
    return None if known else redirect(f"/new{call.path}", 301)(site, call)


def changed(change: Callable[[bytes], bytes], **headers: str) -> Bend:
    """The good body, changed."""
    return lambda site, call: site.ok(change(site.body(call)), **headers)


def replaced(old: str, new: str, times: int = -1) -> Bend:
    """The good body with one text for another."""
    return changed(lambda body: body.replace(old.encode(), new.encode(), times))


def rewritten(pattern: str, by: str | Callable[[re.Match[str]], str]) -> Bend:
    """The good body with everything that matches rewritten."""
    return changed(lambda body: re.sub(pattern, by, body.decode()).encode())


def compressed(body: bytes) -> bytes:
    """A body as gzip."""
    return gzip.compress(body, mtime=0)


def squeezed(change: Callable[[bytes], bytes], **headers: str) -> Bend:
    """The good body as gzip, changed on the way; the length stated is that of what is sent."""
    return lambda site, call: site.ok(change(compressed(site.body(call))), **headers)


def bomb(site: HostileSite, call: Call) -> Pieces:
    """A few kilobytes that unpack to 64 MiB."""
    return site.ok(compressed(b" " * 2**26), content_encoding="gzip")


def hang_up(site: HostileSite, call: Call) -> Iterator[bytes]:
    """Half of the answer, and the connection is closed."""
    whole = site.behave(call)
    yield whole[: len(whole) // 2]
    raise ConnectionAbortedError


def drip(site: HostileSite, call: Call) -> Iterator[bytes]:
    """A byte now and then, for a minute at most."""
    for place, byte in enumerate(site.behave(call)[:1200]):
        yield bytes([byte])
        if place > 100:
            time.sleep(0.05)
    raise ConnectionAbortedError


def endless(site: HostileSite, call: Call) -> Iterator[bytes]:
    """A body of no stated length that goes on and on, for 64 MiB at most."""
    yield b"HTTP/1.1 200 Said\r\ncontent-type: text/xml\r\n\r\n" + site.body(call)
    for _ in range(2**10):
        yield b" " * 2**16
    raise ConnectionAbortedError


def babble(site: HostileSite, call: Call) -> Iterator[bytes]:
    """No HTTP at all."""
    yield b"220 mail.hostile.example ESMTP\r\n"
    raise ConnectionAbortedError


def wish(**other: Any) -> Bend:
    """An OAI-PMH list that forgets part of what was asked."""
    return lambda site, call: site.ok(site.list(call.wish._replace(**other)))


def listed(**said: Any) -> Bend:
    """An OAI-PMH list with another size or token than a good one."""
    return lambda site, call: site.ok(site.list(call.wish, **said))


def complains(code: str) -> Bend:
    """An OAI-PMH error."""
    return lambda site, _: site.ok(site.say(f'<error code="{code}">so it is</error>'))


def identifies(hours: float = 0.0, layout: str = "", **facts: str) -> Bend:
    """An Identify with other facts, by a clock that is so many hours wrong and writes as `layout` says."""

    def bend(site: HostileSite, call: Call) -> Pieces:
        now = site.now + timedelta(hours=hours)
        return site.ok(site.identify(now.strftime(layout) if layout else stamp(now), **facts))

    return on_verb("Identify", bend)


def clock(hours: float) -> Bend:
    """A site both of whose clocks are wrong."""

    def bend(site: HostileSite, call: Call) -> Pieces:
        now = site.now + timedelta(hours=hours)
        return site.ok(site.identify(stamp(now)), date=http_date(now))

    return on_verb("Identify", bend)


def once_each(site: HostileSite, call: Call) -> Pieces:
    """Tokens that work once for each list: asked again, the repository has forgotten them."""
    if "resumptionToken" not in call.arguments or call.time <= call.lists:
        return None
    return complains("badResumptionToken")(site, call)


def entity(system: str) -> str:
    """A document type that defines an entity and wants it from elsewhere."""
    return f'<!DOCTYPE x [<!ENTITY e SYSTEM "{system}"> <!ENTITY % p SYSTEM "{system}">]>'


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + "]>"
)


def to_every(pattern: str, more: str) -> Bend:
    """The good body with `more` in place of every match, each of whose groups it may name."""
    return on_lists(rewritten(pattern, more))


def latin_1(body: bytes) -> bytes:
    """ISO-8859-1 where UTF-8 is declared; other alphabets become references."""
    return body.decode().encode("latin-1", "xmlcharrefreplace")


def gb18030(body: bytes) -> bytes:
    """An encoding of several bytes, declared as what it is."""
    return body.decode().replace("UTF-8", "gb18030", 1).encode("gb18030")


def php_notice(body: bytes) -> bytes:
    """A server that shows its errors to everybody."""
    return b"<br />\n<b>Notice</b>: Undefined index: x in <b>/var/www/oai.php</b> on line <b>7</b><br />\n" + body


def tracker(body: bytes) -> bytes:
    """A server that puts its tracking behind every answer."""
    return body + b"<script>track()</script>"


def cut_off(body: bytes) -> bytes:
    """The first two thirds."""
    return body[: len(body) * 2 // 3]


def controls(body: bytes) -> bytes:
    """Characters that XML does not know, in one title."""
    return body.replace(b" 12<", b"\x0b \x0112<")


def unclosed(body: bytes) -> bytes:
    """A tag that nobody closes, in one record."""
    return body.replace(b" 12</dc:title>", b" 12</title>").replace(b" 12</title>", b" 12", 1)


def with_doctype(doctype: str, reference: str) -> Bend:
    """The good body with a document type, and its first title refers to an entity of it."""

    def change(body: bytes) -> bytes:
        head, _, rest = body.decode().partition("?>")
        return re.sub(r"(title[^>]*>)", rf"\1{reference}", f"{head}?>{doctype}{rest}", count=1).encode()

    return changed(change)


def headers(**added: str) -> Bend:
    """The good body with other headers."""
    return lambda site, call: site.ok(site.body(call), **added)
