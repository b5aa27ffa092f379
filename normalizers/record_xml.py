"""One record's XML, cut out of a page: parsed safely and strictly first, mended second, and said so.

Cut bytes lack the namespaces and the encoding that the page declares, so they are read between the page's own root
tag and its end. No entity, no DTD and no network is ever followed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html.entities import html5

from lxml import etree
from msgspec import Struct

from harvesters.model import RawRecord
from normalizers.profiles import Unreadable


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


_STRICT = _parser(recover=False)
_MENDING = _parser(recover=True)

_START_TAG = re.compile(rb"<(?P<name>[^\s<>/!?\"'=]+)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_DECLARATION = re.compile(rb"\s*<\?xml\s[^>]*\?>")
_ENVELOPE = re.compile(rb"<(?:[\w.-]+:)?OAI-PMH(?=[\s>])")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?P<name>[A-Za-z][A-Za-z0-9]{1,31};)")
_NUMBERED = re.compile(r"&#(?:x(?P<hex>[0-9a-fA-F]+)|(?P<decimal>[0-9]+));?")
# Once libxml2 mends, it drops XML's own entities and loose ampersands; what is written by number it keeps.
_AMPERSAND = re.compile(r"<!\[CDATA\[.*?\]\]>|&(?:(?P<name>amp|lt|gt|quot|apos);|(?!#))", re.DOTALL)
_BY_NUMBER = {"amp": "&#38;", "lt": "&#60;", "gt": "&#62;", "quot": "&#34;", "apos": "&#39;"}
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DOCBOOK = {
    "para": "p", "section": "div", "itemizedlist": "ul", "orderedlist": "ol", "listitem": "li", "emphasis": "em",
    "literallayout": "pre", "markdown": "div", "ulink": "a", "citetitle": "cite",
    "subscript": "sub", "superscript": "sup",
}  # fmt: skip
_UTF_8_MARK = b"\xef\xbb\xbf"


class _Frame(Struct, frozen=True):
    """What stands around every record of a page; `wide` is the encoding of a page in UTF-16."""

    declaration: bytes
    opening: bytes
    closing: bytes
    wide: str | None = None


def parse_record(raw: RawRecord) -> tuple[etree._Element, str | None]:
    """The tree of a record within its page's root element, and the parser's complaint where it had to be mended.

    Raises `Unreadable` where not even mending leads to a tree.
    """
    frame = _frame(raw.answer.body)
    body = raw.body
    if raw.start == 0:  # a page that is one record
        frame, body = _Frame(frame.declaration, b"", b"", frame.wide), _DECLARATION.sub(b"", body, count=1)
    if frame.wide:
        body = body.decode(frame.wide, "replace").encode()
    try:
        return etree.fromstring(b"".join((frame.declaration, frame.opening, body, frame.closing)), _STRICT), None
    except (etree.XMLSyntaxError, LookupError) as error:
        return _mended(b"".join((frame.opening, body, frame.closing))), str(error)


def parse_page(page: bytes) -> etree._Element | None:
    """The tree of a whole page, strictly; None where it is no well-formed XML."""
    try:
        return etree.fromstring(page, _STRICT)
    except (etree.XMLSyntaxError, LookupError):
        return None


@lru_cache(maxsize=1024)
def local_name(tag: str) -> str:
    """The name of an element or attribute without its namespace, in lower case."""
    return tag.rpartition("}")[2].lower()


def language_of(element: etree._Element) -> str | None:
    """`xml:lang`, or the `lang` of MODS and of those who forgot the prefix."""
    if (
        not element.keys()
    ):  # most have no attribute at all, and asking for two that are not there takes five times as long
        return None
    return element.get(_XML_LANG) or element.get("lang")


def label(element: etree._Element) -> str:
    """How an element is called in counts: its prefix in the document and its name."""
    name = element.tag.rpartition("}")[2]  # mended XML may have names that `etree.QName` refuses
    return f"{element.prefix}:{name}" if element.prefix else name


def is_empty(element: etree._Element) -> bool:
    """Whether an element says nothing: neither text nor elements within."""
    return not len(element) and not (element.text or "").strip()


def content(element: etree._Element) -> str:
    """The text of an element, stripped; with elements within, as HTML, DocBook's too: the cleaner takes tags off."""
    return (_markup(element) if len(element) else element.text or "").strip()


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of that local name."""
    return next(element.iterchildren(f"{{*}}{name}"), None)


def content_at(element: etree._Element, *names: str) -> str:
    """The text at the end of a path of first children; "" where it leads nowhere."""
    found: etree._Element | None = element
    for name in names:
        found = None if found is None else child(found, name)
    return "" if found is None else content(found)


def _mended(data: bytes) -> etree._Element:
    try:
        text = data.decode()
    except UnicodeDecodeError:  # the commonest lie: Windows' encoding behind a declaration of UTF-8
        text = data.decode("cp1252", "replace")
    text = _NUMBERED.sub(_legal_reference, _NOT_XML.sub("", text))
    text = _NAMED.sub(lambda name: html5.get(name["name"], name[0]), text)
    text = _AMPERSAND.sub(_by_number, text)
    try:
        tree = etree.fromstring(text.encode(), _MENDING)
    except etree.XMLSyntaxError as error:
        raise _unreadable(str(error)) from None
    if tree is None:
        raise _unreadable("nothing in it is XML")
    return tree


def _legal_reference(reference: re.Match[str]) -> str:
    """The reference, or nothing where its character is none of XML's: libxml2 would let a surrogate through."""
    digits, base = (reference["hex"], 16) if reference["hex"] else (reference["decimal"], 10)
    number = int(digits, base) if len(digits) <= 8 else 0
    return reference[0] if 0 < number <= 0x10FFFF and not _NOT_XML.match(chr(number)) else ""


def _by_number(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith("<") else _BY_NUMBER.get(found["name"], "&#38;")


def _unreadable(why: str) -> Unreadable:
    return Unreadable("unreadable_record", f"Its XML cannot be read: {why}.", "Ask the site to mend its export.")


@lru_cache(maxsize=2)
def _frame(page: bytes) -> _Frame:
    """The page's frame, found once a page (bytes remember their hash, so the memo costs nothing per record)."""
    wide = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(page[:2])
    if wide:
        page = _DECLARATION.sub(b"", page[2:].decode(wide, "replace").encode(), count=1)
    declaration = _DECLARATION.match(page.removeprefix(_UTF_8_MARK))
    tag = _START_TAG.match(page, _root(page))
    if tag is None or tag[0].endswith(b"/>"):
        return _Frame(b"", b"<page>", b"</page>", wide)
    return _Frame(declaration[0].lstrip() if declaration else b"", tag[0], b"</" + tag["name"] + b">", wide)


def _root(page: bytes) -> int:
    """Where the root tag begins: OAI-PMH's, whatever a server put before it, or the first that opens an element."""
    envelope = _ENVELOPE.search(page)
    if envelope:
        return envelope.start()
    at = page.find(b"<")
    while at >= 0 and page[at + 1 : at + 2] in (b"?", b"!"):
        if page.startswith(b"<!--", at):
            end = b"-->"
        elif page.startswith(b"<?", at):
            end = b"?>"
        else:
            end = b"]>" if b"[" in page[at : page.find(b">", at)] else b">"
        after = page.find(end, at)
        at = page.find(b"<", after) if after >= 0 else -1
    return max(at, 0)


def _markup(element: etree._Element) -> str:
    parts = [element.text or ""]
    for inner in element.iterchildren("*"):
        name = local_name(inner.tag)
        name = _DOCBOOK.get(name, name)
        parts += (f"<{name}>", _markup(inner), f"</{name}>", inner.tail or "")
    return "".join(parts)
