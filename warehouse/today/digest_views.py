"""The operator's digest for people: as text, as a page, and as a subject line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.builder import E
from lxml.etree import _Element, tostring

from warehouse.show import plain, unverified
from warehouse.today.digest import Concern, Digest

_SHOWN = 5  # names of sources
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}caption{text-align:start;font-weight:bold;padding:.5rem 0}"
    "th,td{text-align:start;vertical-align:top;padding:.5rem;border-top:1px solid #767676}"
    "code{overflow-wrap:anywhere}"
)


def subject(digest: Digest) -> str:
    """One line: how much there is to see to, and how much of it is new."""
    if not digest.concerns:
        return "CHM aggregator: all is well again" if digest.mended else "CHM aggregator: nothing to see to"
    fresh = sum(concern.is_new for concern in digest.concerns)
    kinds = list(dict.fromkeys(concern.kind for concern in digest.concerns))
    return f"CHM aggregator: {len(digest.concerns)} to see to, {fresh} new ({', '.join(kinds)})"


def text(digest: Digest) -> str:
    """The digest as lines, the worst first; one short line where there is nothing to tell."""
    return plain("\n".join(_lines(digest)))


def _lines(digest: Digest) -> Iterator[str]:
    looked = f" since {digest.since:%Y-%m-%d %H:%M}" if digest.since else ""
    if digest.is_clean:
        yield f"Nothing to see to{looked}."
        yield from _unverified(digest)
        return
    fresh = sum(concern.is_new for concern in digest.concerns)
    yield f"{len(digest.concerns)} to see to, {fresh} new{looked}."
    for concern in digest.concerns:
        yield f"{'*' if concern.is_new else ' '} {_heading(concern)}  {concern.says}"
        if len(concern.sources) > 1:
            yield f"      {_names(concern)}"
        yield f"      {concern.next}"
    for says in digest.mended:
        yield f"  mended  {says}"
    yield from _unverified(digest)


def _unverified(digest: Digest) -> Iterator[str]:
    if digest.unverified:
        yield unverified(digest.unverified)


def _heading(concern: Concern) -> str:
    return f"{concern.kind} {_days(concern)}".rstrip()


def _days(concern: Concern) -> str:
    if concern.days is None:
        return ""
    return "today" if concern.days == 0 else f"{concern.days} day{'s' if concern.days > 1 else ''}"


def _names(concern: Concern) -> str:
    more = len(concern.sources) - _SHOWN
    return ", ".join(concern.sources[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def page(digest: Digest) -> bytes:
    """The digest as a page of its own, well-formed as HTML and as XML, in UTF-8."""
    looked = f"{digest.at:%Y-%m-%d %H:%M} UTC"
    if digest.since:
        looked += f"; the last look was at {digest.since:%Y-%m-%d %H:%M}"
    body = [E.h1("What to see to"), E.p(looked)]
    if digest.is_clean:
        body.append(E.p("Nothing to see to."))
    if digest.concerns:
        body.append(_table(digest))
    if digest.mended:
        body += [E.h2("Mended"), E.ul(*(E.li(_safe(says)) for says in digest.mended))]
    body += map(E.p, _unverified(digest))
    document = E.html(
        E.head(
            E.meta(charset="utf-8"),
            E.meta(name="viewport", content="width=device-width, initial-scale=1"),
            E.title(subject(digest)),
            E.style(_STYLE),
        ),
        E.body(E.main(*body)),
        lang="en",
    )
    whole: bytes = tostring(document, encoding="utf-8", method="xml", pretty_print=True, doctype="<!DOCTYPE html>")
    return whole


def _table(digest: Digest) -> _Element:
    columns = ("What", "For", "Why", "Sources", "Next")
    head = E.thead(E.tr(*(E.th(name, scope="col") for name in columns)))
    table: _Element = E.table(E.caption(subject(digest)), head, E.tbody(*map(_row, digest.concerns)))
    return table


def _row(concern: Concern) -> _Element:
    what = [E.strong("new"), f" {concern.kind}"] if concern.is_new else [concern.kind]
    days = _days(concern)
    since = E.time(days, datetime=concern.since.isoformat()) if concern.since and days else "-"
    row: _Element = E.tr(
        E.th(*what, scope="row"),
        E.td(since),
        E.td(_safe(concern.says)),
        E.td(_safe(", ".join(concern.sources)) or "-"),
        E.td(E.code(_safe(concern.next))),
    )
    return row


def _safe(text: str) -> str:
    """What a site says, without what no XML document may hold; lxml escapes the rest."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", plain(text))
