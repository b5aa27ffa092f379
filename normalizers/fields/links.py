"""Addresses as found to absolute http and https addresses, and identifiers that are addresses in other clothes."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit, urlunsplit

from normalizers.fields.text import INVISIBLE

_DOI = re.compile(r"(?:doi:\s*|(?:https?://)?(?:dx\.)?doi\.org/)?(?P<doi>10\.\d{4,9}(?:\.\d+)*/\S+)", re.IGNORECASE)
_USUAL = re.compile(r"https?://(?!(?:dx\.)?doi\.org/)[a-z0-9.-]+(?:/[!-~]*)?")
_WEB = re.compile(r"(?:https?:)?//[^\s/?#]", re.IGNORECASE)
_AFTER_PATH = re.compile(r"[?#]")
_BREAKS = re.compile(r"\s*[\t\r\n\v\f]\s*|[^\S ]")
_LONGEST = 4000
_MEDIA_TYPES = {
    "csv": "text/csv", "doc": "application/msword", "epub": "application/epub+zip", "gif": "image/gif",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "htm": "text/html",
    "html": "text/html", "jpeg": "image/jpeg", "jpg": "image/jpeg", "json": "application/json", "mp3": "audio/mpeg",
    "mp4": "video/mp4", "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet", "odt": "application/vnd.oasis.opendocument.text",
    "pdf": "application/pdf", "png": "image/png", "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", "rtf": "application/rtf",
    "svg": "image/svg+xml", "txt": "text/plain", "webp": "image/webp", "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xml": "application/xml",
    "zip": "application/zip",
}  # fmt: skip


def looks_like_link(value: str) -> bool:
    """Whether an identifier is an address or a DOI, rather than a shelf mark or a citation."""
    return bool(_WEB.match(value) or _DOI.fullmatch(value.strip()))


def absolute_url(value: str, base: str) -> str | None:
    """The absolute http or https address of `value` seen from `base` (RFC 3986, 5); a DOI's is `https://doi.org/...`.

    None for other schemes (`javascript:`, `file:`, `mailto:`), for no host, for one with a password in it, and for
    what is no address at all.
    """
    return _absolute_url(value, base) if len(value) <= _LONGEST else None


@lru_cache(maxsize=8192)
def _absolute_url(value: str, base: str) -> str | None:
    if _USUAL.fullmatch(value):
        return value
    value = INVISIBLE.sub("", value).strip()
    doi = _DOI.fullmatch(value)
    try:
        address = f"https://doi.org/{doi['doi']}" if doi else urljoin(base, _BREAKS.sub("", value).replace(" ", "%20"))
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    return urlunsplit(parts)


def media_type(url: str) -> str | None:
    """The media type that the file name's ending tells (IANA's name of it), or None."""
    _, dot, ending = _AFTER_PATH.split(url, maxsplit=1)[0][-6:].rpartition(".")
    return _MEDIA_TYPES.get(ending.lower()) if dot else None
