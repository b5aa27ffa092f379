"""Addresses as found to absolute http and https addresses, and identifiers that are addresses in other clothes.

What a visit leaves in an address, session ids and marks of campaigns, is no part of where it leads, and is taken out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit, urlunsplit

from stdnum import isbn
from stdnum.exceptions import ValidationError

from normalizers.fields.places import official_languages
from normalizers.fields.text import INVISIBLE

RESOLVED = ("https://doi.org/", "https://hdl.handle.net/")  # how identifiers of documents begin that lead somewhere
REGISTERED = (*RESOLVED, "urn:isbn:")

_DOI = re.compile(r"(?:doi:\s*|(?:https?://)?(?:dx\.)?doi\.org/)?(?P<doi>10\.\d{4,9}(?:\.\d+)*/\S+)", re.IGNORECASE)
_HANDLE = re.compile(r"(?:hdl:\s*|(?:hdl:)?https?://hdl\.handle\.net/)(?P<handle>\d[\d.]*/\S+)", re.IGNORECASE)
_ISBN = re.compile(r"(?:urn:)?isbn(?:-1[03])?[:\s]*(?P<isbn>[\dxX][\dxX\s-]{8,20})", re.IGNORECASE)
_VISIT = re.compile(
    r"(?:utm_\w+|mtm_\w+|pk_\w+|hsa_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_ga|_gl|_hsenc|_hsmi|"
    r"phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken|sessionid|session_id)",
    re.IGNORECASE,
)
_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_FILE_LANGUAGE = re.compile(r"[-_](?P<language>[a-z]{2,3})\.[a-z0-9]{2,5}$", re.IGNORECASE)
_LONG_TAGS = {"ara": "ar", "chi": "zh", "eng": "en", "fra": "fr", "fre": "fr", "rus": "ru", "spa": "es", "zho": "zh"}
_WORDS = frozenset(("am", "as", "be", "he", "is", "it", "my", "no", "or", "so", "to"))  # "how-to.pdf" is not in Tongan
_USUAL = re.compile(r"https?://(?!(?:dx\.)?doi\.org/|hdl\.handle\.net/)[a-z0-9.-]+(?:/[!-~]*)?")
_WEB = re.compile(r"(?:https?:)?//[^\s/?#]", re.IGNORECASE)
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
    """Whether an identifier is an address, a DOI, a Handle or an ISBN, rather than a shelf mark or a citation."""
    return bool(_WEB.match(value)) or _registered(value.strip()) is not None


def absolute_url(value: str, base: str) -> str | None:
    """The absolute http or https address of `value` seen from `base` (RFC 3986, 5), without the traces of a visit.

    A DOI's is `https://doi.org/...`, a Handle's `https://hdl.handle.net/...`; an ISBN is `urn:isbn:` and 13 digits.
    None for other schemes (`javascript:`, `file:`, `mailto:`), for no host, for one with a password in it, and for
    what is no address at all.
    """
    return _absolute_url(value, base) if len(value) <= _LONGEST else None


@lru_cache(maxsize=8192)
def _absolute_url(value: str, base: str) -> str | None:
    if _USUAL.fullmatch(value):
        return _without_visit(value)
    value = INVISIBLE.sub("", value).strip()
    registered = _registered(value)
    if registered is not None and registered.startswith("urn:"):
        return registered
    try:
        address = registered or urljoin(base, _BREAKS.sub("", value).replace(" ", "%20"))
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    return _without_visit(urlunsplit(parts))


def _registered(value: str) -> str | None:
    """The address of a DOI, a Handle, or an ISBN whose check digit is right; None where it is neither."""
    doi = _DOI.fullmatch(value)
    if doi:
        return f"https://doi.org/{doi['doi']}"
    handle = _HANDLE.fullmatch(value)
    if handle:
        return f"https://hdl.handle.net/{handle['handle']}"
    book = _ISBN.fullmatch(value)
    if book is None:
        return None
    try:
        return f"urn:isbn:{isbn.validate(book['isbn'], convert=True)}"
    except ValidationError:
        return None


def _without_visit(url: str) -> str:
    """`url` less session ids and campaign marks; all else stays as it is and where it is."""
    if ";" not in url and "?" not in url:
        return url
    page, mark, fragment = url.partition("#")
    path, _, query = _SESSION.sub("", page).partition("?")
    parts = query.split("&")
    kept = [part for part in parts if not _VISIT.fullmatch(part.partition("=")[0])]
    if len(kept) < len(parts):
        path = f"{path}?{'&'.join(kept)}" if any(kept) else path
    elif "?" in page:
        path = f"{path}?{query}"
    return f"{path}{mark}{fragment}"


def language_of_file(url: str) -> str | None:
    """The language that a file's name ends in ("report-fr.pdf", as InforMEA and many sites have it), or None."""
    if media_type(url) in (None, "text/html"):
        return None
    found = _FILE_LANGUAGE.search(_path(url))
    if found is None:
        return None
    tag = found["language"].lower()
    known = len(tag) == 2 and tag in official_languages() and tag not in _WORDS
    return tag if known else _LONG_TAGS.get(tag)


def media_type(url: str) -> str | None:
    """The media type that the file name's ending tells (IANA's name of it), or None."""
    _, dot, ending = _path(url)[-6:].rpartition(".")
    return _MEDIA_TYPES.get(ending.lower()) if dot else None


def _path(url: str) -> str:
    """`url` less its query and fragment."""
    return url.partition("?")[0].partition("#")[0]
