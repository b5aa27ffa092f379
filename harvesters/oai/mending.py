"""A page that is nearly well-formed, mended byte for byte: what stands in it stays where it stands.

Every fault is overwritten with as many bytes of the same kind, so that the places found in the mended page are places
in the page as it was received, which alone is kept. Faults that cannot be mended in place are left to the salvage.
"""

from __future__ import annotations

import codecs
import re

from msgspec import Struct

from harvesters.safe_xml import can_read

_ROOT_BEGINS = re.compile(
    rb"(?:<\?xml\s[^<>]*\?>\s*)?(?:<\?xml-stylesheet\s[^<>]*\?>\s*)?<(?:[\w.-]+:)?OAI-PMH(?=[\s>])"
)
_ROOT_ENDS = re.compile(rb"</(?:[\w.-]+:)?OAI-PMH\s*>")
_DECLARATION = re.compile(rb"<\?xml\s[^<>]*\?>")
_ENCODING = re.compile(rb"""\s*(?:\xef\xbb\xbf)?<\?xml\s[^<>?]*\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_REFERENCE = re.compile(rb"&#(?:x(?P<hex>[0-9a-fA-F]{1,8})|(?P<decimal>[0-9]{1,10}));")
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_BLANKED = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")

# Python's names of the encodings that expat lacks and in which `<` and `>` are never part of another character; each
# with the one to read it by (what calls itself GB 2312 is GBK as a rule, and GB 18030 holds both).
_MULTI_BYTE = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030",
    "big5": "big5hkscs", "big5hkscs": "big5hkscs", "cp950": "cp950",
    "shift_jis": "cp932", "cp932": "cp932", "euc_jp": "euc_jp", "euc_kr": "cp949", "cp949": "cp949",
}  # fmt: skip


class Mended(Struct, frozen=True):
    """A page of the same length without the faults that can be mended in place.

    `faults` says what was mended and how often. `encoding` overrides the declared one, where that was a lie.
    """

    page: bytes
    faults: dict[str, int]
    encoding: str | None = None


def declared_encoding(page: bytes) -> str | None:
    """The encoding that a page's XML declaration names, as it is spelt there."""
    found = _ENCODING.match(page)
    return found[1].decode("ascii") if found else None


def multi_byte_codec(encoding: str | None) -> str | None:
    """Python's codec for a page in a multi-byte encoding that expat lacks; None for every other encoding."""
    try:
        return _MULTI_BYTE.get(codecs.lookup(encoding).name) if encoding else None
    except LookupError:
        return None


def is_bare(page: bytes) -> bool:
    """Whether nothing of OAI-PMH stands in a page: a web page that it was not put into."""
    return _ROOT_BEGINS.search(page) is None


def _without_surroundings(page: bytes) -> tuple[bytes, int]:
    """The page with what stands before its XML and behind it blanked out, and how many bytes that were.

    A notice of PHP, or a web page around the answer. White space is none.
    """
    begins = _ROOT_BEGINS.search(page)
    if begins is None:
        return page, 0
    end = max((found.end() for found in _ROOT_ENDS.finditer(page, begins.end())), default=len(page))
    before, behind = page[: begins.start()], page[end:]
    inside = page[begins.start() : end]
    odd = len(before.removeprefix(codecs.BOM_UTF8).split()) + len(behind.split())
    if not odd:
        return page, 0
    return b" " * len(before) + inside + b" " * len(behind), len(before.strip()) + len(behind.strip())


def mend(page: bytes) -> Mended:
    """Mend what can be mended in place: see `faults`, which is empty where nothing was found to mend."""
    if page[:2] in _WIDE_MARKS:
        return Mended(page, {})
    faults: dict[str, int] = {}
    whole, around = _without_surroundings(page)
    _count(faults, "bytes around the XML", around)
    controls = len(whole) - len(whole.translate(None, _CONTROLS))
    _count(faults, "control characters", controls)
    mended = whole.translate(_BLANKED) if controls else whole
    mended = _without_declarations(mended, faults)
    mended = _REFERENCE.sub(lambda found: _legal(found, faults), mended)
    encoding = declared_encoding(mended.lstrip())
    if encoding is None or encoding.lower() == "utf-8":
        return _in_utf8(mended, faults)
    if not can_read(encoding) and is_utf8(mended):
        _count(faults, "encodings that exist not or are others", 1)
        return Mended(mended, faults, "utf-8")
    return Mended(mended, faults)


def _count(faults: dict[str, int], what: str, number: int) -> None:
    if number:
        faults[what] = faults.get(what, 0) + number


def _without_declarations(page: bytes, faults: dict[str, int]) -> bytes:
    """Blank out XML declarations within the page, as when a stored file is put into a record whole."""
    head = len(page) - len(page.lstrip().removeprefix(codecs.BOM_UTF8))

    def blank(declaration: re.Match[bytes]) -> bytes:
        if declaration.start() == head:
            return declaration[0]
        _count(faults, "XML declarations inside", 1)
        return b" " * len(declaration[0])

    return _DECLARATION.sub(blank, page)


def _legal(reference: re.Match[bytes], faults: dict[str, int]) -> bytes:
    """The reference, or as many spaces where XML has no such character (XML 1.0, 2.2)."""
    number = int(reference["hex"], 16) if reference["hex"] else int(reference["decimal"])
    if number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0xFFFF < number <= 0x10FFFF:
        return reference[0]
    _count(faults, "references to characters that XML has not", 1)
    return b" " * len(reference[0])


def _in_utf8(page: bytes, faults: dict[str, int]) -> Mended:
    """The page in UTF-8; where nothing of it is, it is a single-byte encoding under a false name."""
    if is_utf8(page):
        return Mended(page, faults)
    clean = page.decode(errors="chm_blank").encode()
    _count(faults, "bytes that are no UTF-8", sum(one != other for one, other in zip(page, clean, strict=True)))
    return Mended(page, faults, "iso-8859-1") if clean.isascii() else Mended(clean, faults)


def is_utf8(page: bytes) -> bool:
    """Whether a page can be read as UTF-8."""
    try:
        page.decode()
    except UnicodeDecodeError:
        return False
    return True


def _blank(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "?" * (error.end - error.start), error.end


codecs.register_error("chm_blank", _blank)
