"""What the head of a web page states of it; nothing of a page is fetched or run.

Dublin Core in HTML: https://www.dublincore.org/specifications/dublin-core/dc-html/ (names such as `DC.title`).
"""

from __future__ import annotations

import re
from contextlib import suppress
from email.message import Message

from lxml import etree, html
from msgspec import Struct

from harvesters.listings.reading import bad_status
from harvesters.model import Answer

_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)


class Meta(Struct, frozen=True):
    """One `meta` element: name or property in lower case (`dc.` for `dcterms.`), what it says, in which language."""

    name: str
    content: str
    language: str | None = None


class Head(Struct, frozen=True):
    """Title ("" where there is none) and language of a page, and its `meta` elements in their order."""

    title: str = ""
    language: str | None = None
    metas: tuple[Meta, ...] = ()

    def values(self, name: str) -> list[Meta]:
        """Every `meta` of that name."""
        return [meta for meta in self.metas if meta.name == name]


def head(answer: Answer) -> Head:
    """The head of a page; an empty one where what came is no web page.

    Raises:
        BadStatus: the status is not 200.
    """
    if answer.status != 200:
        raise bad_status(answer)
    root = tree(answer.body)
    return Head() if root is None else head_in(root)


def head_in(root: html.HtmlElement) -> Head:
    """The head of a page that `tree` gave."""
    metas = (_meta(element) for element in root.iterfind("head/meta"))
    return Head(
        title=" ".join((root.findtext("head/title") or "").split()),
        language=root.get("lang"),
        metas=tuple(meta for meta in metas if meta.name and meta.content),
    )


def tree(body: bytes, content_type: str = "") -> html.HtmlElement | None:
    """The elements of a page; None where there are none. To be read only, since whoever asks again may get the same.

    Its encoding is UTF-8 where the bytes are that, else what `content_type` says, else what the page itself declares.
    A page that claims to be UTF-8 and is not is that with some bytes damaged, or Windows-1252 (as browsers read
    ISO-8859-1: https://encoding.spec.whatwg.org/#names-and-labels).
    """
    text, encoding = _decoded(body, content_type)
    try:
        root = etree.fromstring(text, _parser(encoding))
    except (etree.XMLSyntaxError, etree.ParserError):  # nothing, or nothing but comments
        return None
    return root if isinstance(root, html.HtmlElement) and root.tag == "html" else None


def _decoded(body: bytes, content_type: str) -> tuple[bytes, str | None]:
    """The page and the name of its encoding; None where the page's own word is left to the parser."""
    with suppress(UnicodeDecodeError):
        body.decode()
        return body, "utf-8"
    message = Message()
    message["content-type"] = content_type
    charset = message.get_content_charset()
    own = _CHARSET.search(body[:1_024])
    if (charset or (own[1].decode() if own else "")).lower() not in ("utf-8", "utf8"):
        return body, charset
    text = body.decode("utf-8", "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    is_damaged = 2 * text.count("\ufffd") < beyond_ascii
    return (text.encode(), "utf-8") if is_damaged else (body, "windows-1252")


def _parser(encoding: str | None) -> html.HTMLParser:
    try:
        return html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, encoding=encoding)
    except LookupError:  # a name that nobody knows
        return _parser(None)


def _meta(element: etree._Element) -> Meta:
    name = (element.get("name") or element.get("property") or "").strip().lower().replace("dcterms.", "dc.")
    return Meta(name, element.get("content", "").strip(), element.get("lang"))
