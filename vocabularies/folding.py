"""When two spellings are the same words: case, accents, width, punctuation and white space make no difference."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Combining classes whose marks are part of the letter: none (vowel signs of Thai and Indic scripts), nukta, voicing
# of kana, virama. The others, accents and Arabic vowel points, are dropped.
_KEPT_CLASSES = frozenset((0, 7, 8, 9))
_PLAIN_SIGNS = {ord(sign): "-" for sign in "‐‑‒–—―−－"} | {ord(sign): "'" for sign in "‘’ʼ`´"}
_TATWEEL = "\u0640"  # stretches an Arabic word and says nothing
_ASCII = {code: " " for code in range(128) if not chr(code).isalnum()}  # there is no accent in it, nor a wide sign

_SHORT = 300  # characters; what is longer is no label worth remembering


def fold(text: str) -> str:
    """The form under which labels are compared; applied to its own result it changes nothing.

    Compatibility decomposition around case folding (Unicode Standard, 3.13, D146), less accents, format
    characters and tatweel; whatever is no letter, mark or number parts two words.
    """
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII).split())
    return _fold(text) if len(text) <= _SHORT else _fold.__wrapped__(text)


def unmarked(text: str) -> str:
    """The text less accents, format characters and tatweel, in its own case and with its punctuation.

    Kinds of dash become a hyphen, of apostrophe a straight one, and wide signs ordinary ones.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(_bare(char) for char in decomposed).translate(_PLAIN_SIGNS)


@lru_cache(maxsize=65_536)
def _fold(text: str) -> str:
    decomposed = _decompose(_decompose(unicodedata.normalize("NFD", text)))
    return " ".join("".join(_kept(char) for char in decomposed).split())


def _decompose(text: str) -> str:
    return unicodedata.normalize("NFKD", text.casefold())


@lru_cache(maxsize=16_384)
def _kept(char: str) -> str:
    return _bare(char) if unicodedata.category(char)[0] in "LMN" else _bare(char) and " "


@lru_cache(maxsize=16_384)
def _bare(char: str) -> str:
    """The sign, nothing where it is an accent, a format character or the tatweel; a digit of any script as ours."""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    is_mark = char == _TATWEEL or unicodedata.combining(char) not in _KEPT_CLASSES
    return "" if is_mark or unicodedata.category(char) == "Cf" else char
