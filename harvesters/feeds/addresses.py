"""Addresses as feeds write them: made absolute, and freed of what follows readers and changes at every visit.

The names of parameters are those that the tools document: Google (utm_*, gclid ...), Meta, Microsoft, Yandex,
Mailchimp, HubSpot and Matomo for tracking; PHP, Java, ASP and ColdFusion for sessions.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote_plus, urljoin, urlsplit

from w3lib.url import url_query_cleaner

Follows = Literal["tracking", "session"]

_TRACKING = re.compile(
    r"utm_\w+|(?:mtm|pk|piwik|matomo)_\w+|_?hs(?:enc|mi|ctatracking)|mc_[ce]id|_g[al]|_openstat|igshid|[gw]braid|"
    r"(?:[dgy]|fb|tt|tw|ms)clid",
    re.IGNORECASE,
)
_SESSION = re.compile(
    r"php_?sessid|jsessionid|aspsessionid\w*|asp\.net_sessionid|cf(?:id|token)|session_?id", re.IGNORECASE
)
_MAYBE = re.compile(
    r"sid|s|sess", re.IGNORECASE
)  # a session only where the value is long enough to be no number of a page
_TOKEN = re.compile(r"(?=.*\d)[0-9a-z,-]{20,}", re.IGNORECASE)
_IN_PATH = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)  # Java Servlet specification, 7.1.3
_IN_PROSE = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)


def absolute(base: str, address: str) -> str:
    """The address seen from `base` (RFC 3986, 5); as it is where it is none, for whoever reads it to refuse."""
    try:
        return urljoin(base, address)
    except ValueError:  # brackets that are no IPv6 address
        return address


def host(address: str) -> str | None:
    """The host's name; None where the address has none, or is none."""
    try:
        return urlsplit(address).hostname
    except ValueError:  # brackets that are no IPv6 address
        return None


@lru_cache(maxsize=8192)
def untracked(address: str) -> tuple[str, tuple[Follows, ...]]:
    """The address without tracking parameters and session ids, and which of the two it had; else as it is."""
    if "?" not in address and ";" not in address:
        return address, ()
    clean, in_path = _IN_PATH.subn("", address)
    found: dict[Follows, None] = {"session": None} if in_path else {}
    names = []
    for pair in clean.partition("#")[0].partition("?")[2].split("&"):
        name, _, value = pair.partition("=")
        kind = _follows(unquote_plus(name), value)
        if kind:
            names.append(name)
            found[kind] = None
    if names:
        clean = url_query_cleaner(clean, names, remove=True, unique=False, keep_fragments=True)
    return clean, tuple(found)


def untracked_text(text: str) -> str:
    """A text whose addresses are all `untracked`."""
    return _IN_PROSE.sub(lambda address: untracked(address[0])[0], text) if "://" in text else text


def _follows(name: str, value: str) -> Follows | None:
    if _TRACKING.fullmatch(name):
        return "tracking"
    if _SESSION.fullmatch(name) or (_MAYBE.fullmatch(name) and _TOKEN.fullmatch(value)):
        return "session"
    return None
