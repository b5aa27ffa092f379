"""HTML as found to HTML that is safe to show: paragraphs, lists, headings, tables, emphasis and links to the web.

What people read in one line is `text.clean`'s; this keeps the structure of a text that has one. Nothing in it runs,
loads or styles anything, and nobody's e-mail address or telephone number stands in it.
"""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

import nh3

from normalizers.care import masked
from normalizers.fields.links import RESOLVED, absolute_url
from normalizers.fields.text import CDATA, INVISIBLE, mended

TAGS = frozenset((
    "a", "b", "blockquote", "br", "caption", "dd", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
    "li", "ol", "p", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
"""The tags that are kept; the one attribute is `href`, of links."""
_REL = "noopener noreferrer nofollow"
_HIDDEN = {"script", "style", "iframe", "object", "svg", "math", "template", "noscript", "title", "textarea", "select"}
_MARKED = re.compile(rf"<(?:{'|'.join(sorted(TAGS))})\b", re.IGNORECASE)
_INLINE = re.compile(r"</?(?:a|b|em|i|strong|sub|sup)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_NO_LINK = re.compile(rf'<a rel="{_REL}">(.*?)</a>')
_LONGEST = 200_000  # characters, as a description's
_MOST_TAGS = 5_000  # the parser's time grows with the square of tags that nest, or are left open
_PASSES = 4


def safe_html(text: str, page: str | None, country: str | None) -> str | None:
    """`text` as safe HTML on one line; "" where it has no structure, so that its plain text says all.

    Links are absolute, seen from `page`, the address of the record on its site, and without it those that were
    relative are no links. None where the text cannot be shown safely: it is too long or nests too deep, does not
    settle, or still names somebody (by national telephone numbers of `country`, ISO 3166-1 alpha-2, too) in pieces
    that the masks do not see. Applied to its own result it changes nothing.
    """
    if "<" not in text and "&lt;" not in text:
        return ""
    text = mended(text)
    if not _MARKED.search(text):  # feeds escape twice
        text = html.unescape(text)
        if not _MARKED.search(text):
            return ""
    if _is_too_much(text):
        return None
    cleaner = _cleaner(page if page and not page.startswith(RESOLVED) else "", country)
    for _ in range(_PASSES):
        before, text = text, _cleaned(text, cleaner, country)
        if text == before:
            return _settled(text, country)
    return None


def _settled(text: str, country: str | None) -> str | None:
    if not _MARKED.search(text.removeprefix("<p>")):  # one paragraph, or nothing at all
        return ""
    if _is_too_much(text):
        return None
    plain = html.unescape(_TAG.sub(" ", _INLINE.sub("", text)))
    return text if masked(plain, country) == plain else None


def _is_too_much(text: str) -> bool:
    return len(text) > _LONGEST or text.count("<") > _MOST_TAGS


def _cleaned(text: str, cleaner: nh3.Cleaner, country: str | None) -> str:
    shown = cleaner.clean(CDATA.sub("", text)).replace("&nbsp;", " ")
    shown = _NO_LINK.sub(r"\1", " ".join(INVISIBLE.sub("", shown).split()))
    return masked(shown, country)


def _cleaner(page: str, country: str | None) -> nh3.Cleaner:
    def link(_tag: str, attribute: str, value: str) -> str | None:
        """The absolute address; None, and with it no link, where it is not of the web or names somebody."""
        if attribute != "href":  # our own `rel`
            return value
        url = absolute_url(value, page)
        if url is None or not url.startswith("http"):
            return None
        read = unquote(url)
        return url if masked(read, country) == read else None

    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=_HIDDEN,
        attributes={"a": {"href"}},
        attribute_filter=link,
        link_rel=_REL,
        url_schemes={"http", "https"},
    )
