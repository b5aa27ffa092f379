"""URIs where the protocol's schema wants one (xs:anyURI): what harvesters and sites write there may be none."""

from __future__ import annotations

import re
from urllib.parse import quote

_PART = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*"
_URI = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:(?://[A-Za-z0-9.-]+(?::\d+)?(?=[/?#]|$)|(?!//)){_PART}(?:#{_PART})?")
_WORD = re.compile(r"(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})*")


def is_uri(text: str) -> bool:
    """Whether a text is a URI beyond doubt, or a word that may stand for one (RFC 3986, 4.1)."""
    return bool(_URI.fullmatch(text) or _WORD.fullmatch(text))


def as_uri(text: str) -> str:
    """The text, with what no URI may have percent-encoded (RFC 3986, 2.1)."""
    return text if is_uri(text) else quote(text, safe="", errors="replace")
