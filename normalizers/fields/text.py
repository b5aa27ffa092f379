"""Text as found to text as people read it: no markup, no entities, no invisible characters, single spaces, NFC."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from html.entities import html5

import ftfy
import nh3

# Controls but white space, bidirectional overrides and marks, zero-width space, soft hyphen, byte order mark,
# surrogates and non-characters. The joiners U+200C and U+200D stay: Persian and Indic spelling needs them.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_ENTITY = re.compile(r"&(?:#(?P<decimal>\d{1,7})|#[xX](?P<hex>[0-9a-fA-F]{1,6})|(?P<name>[A-Za-z][A-Za-z0-9]{1,31}));")
_AMPERSANDS = re.compile(r"&(?:(?:amp|AMP|#0*38|#[xX]0*26);)+")
_ELEMENTS = (
    "abbr|address|article|aside|audio|a|base|bdi|bdo|big|blockquote|body|br|button|b|caption|center|cite|code|col|"
    "colgroup|dd|del|details|dfn|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|frame|frameset|h[1-6]|"
    "head|header|hr|html|iframe|img|input|ins|i|kbd|label|legend|link|li|main|map|mark|math|meta|nav|noscript|object|ol|"
    "option|o:p|param|picture|pre|p|q|samp|script|section|select|small|source|span|strike|strong|style|sub|summary|sup|"
    "svg|s|table|tbody|td|template|textarea|tfoot|thead|th|time|title|tr|tt|ul|u|var|video|wbr"
)
# A tag is a known element whose attributes have values: "p < 0.05", "a<b and c>d" and "x <y> z" are no markup.
_INSIDE = rf"(?:/?(?:{_ELEMENTS})(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>]+))*\s*/?>|!--)"
_TAG = re.compile(f"<{_INSIDE}", re.IGNORECASE)
_NO_TAG = re.compile(f"<(?!{_INSIDE})", re.IGNORECASE)
CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_PARTING = re.compile(
    r"</?(?:address|article|aside|blockquote|br|caption|dd|div|dl|dt|figcaption|h[1-6]|hr|li|ol|option|pre|p|section|"
    r"table|td|th|tr|ul)\b",
    re.IGNORECASE,
)
_HIDING = re.compile(r"<(?:/?(?:script|style)\b|!--)", re.IGNORECASE)
_PLAIN = nh3.Cleaner(tags=set(), attributes={}, clean_content_tags={"script", "style"})
_LAYERS = 8
_SHORT = 100  # characters of a text worth remembering: the same few words come again and again
# UTF-8 read as Latin-1 or windows-1252, and written again: the first byte of a letter, then one that continues it.
_AFTER = "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
# One set of first bytes, then what they ask for: `re` skips to a set, but tries alternatives letter by letter.
_TWICE = re.compile(f"[\u00c2-\u00ef][{_AFTER}](?:(?<=[\u00c2-\u00df].)|[{_AFTER}])")


def clean(text: str) -> str:
    """`text` as a person would read it, on one line; applied to its own result it changes nothing.

    Markup is taken off in layers, since feeds escape twice. Text that still changes after eight layers was made to
    deceive and loses the characters that markup is made of.
    """
    return _remembered(text) if len(text) <= _SHORT else _remembered.__wrapped__(text)


def mended(text: str) -> str:
    """`text` with UTF-8 that was read as another encoding put right, and without invisible characters."""
    if not text.isascii() and _TWICE.search(text):
        text = ftfy.fix_encoding(text)
    return INVISIBLE.sub("", text)


@lru_cache(maxsize=16_384)
def _remembered(text: str) -> str:
    for _ in range(_LAYERS):
        if _is_plain(text):
            return text
        before, text = text, _peel(text)
        if text == before:
            return text
    return _tidy(text.replace("<", " ").replace("&", " "))


def _is_plain(text: str) -> bool:
    return (
        "<" not in text
        and "&" not in text
        and text.isprintable()
        and "  " not in text
        and text[:1] != " "
        and text[-1:] != " "
        and (text.isascii() or (unicodedata.is_normalized("NFC", text) and not _TWICE.search(text)))
    )


def _peel(text: str) -> str:
    text = mended(text)
    if "&" in text:
        text = _ENTITY.sub(_character, _AMPERSANDS.sub("&", text))
    text = CDATA.sub("", text)
    if "<" in text and _TAG.search(text):
        text = _TAG.sub(_gap, text)
        if _HIDING.search(text):
            escaped = _NO_TAG.sub("&lt;", text.replace("&", "&amp;"))
            text = html.unescape(_PLAIN.clean(escaped))
    return _tidy(text)


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(INVISIBLE.sub("", text).split()))


def _gap(tag: re.Match[str]) -> str:
    """What a tag leaves behind: a gap between paragraphs, nothing inside a word; what hides text is not settled here.

    Settled before the HTML parser sees them, since it takes quadratic time over tags that nest deeply.
    """
    if _HIDING.match(tag[0]):
        return tag[0]
    return " " if _PARTING.match(tag[0]) else ""


def _character(entity: re.Match[str]) -> str:
    """The character of one reference (HTML Living Standard, 13.2.5.72-80); an unknown name stays as it stands."""
    if entity["name"]:
        return html5.get(f"{entity['name']};", entity[0])
    return html.unescape(entity[0])
