"""Words as they are searched: the same for what is indexed and for what is asked.

Case, accents and Arabic short vowels are folded; words of a language with a Snowball stemmer are stemmed; scripts
written without spaces (Chinese, Japanese, Thai, Khmer, Lao, Burmese) become overlapping pairs of characters, so that a
phrase of them is found wherever it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from typing import TypeAlias

import Stemmer

from vocabularies.folding import fold, unmarked

_STEMMERS = {
    "AR": "arabic", "DE": "german", "EN": "english", "ES": "spanish", "FR": "french", "IT": "italian",
    "NL": "dutch", "PT": "portuguese", "RU": "russian",
}  # fmt: skip
_RESTORED = {  # endings that a stemmer knows by the accents that folding took
    "FR": {"ee": "ée", "ees": "ées"},
    "PT": {"cao": "ção", "coes": "ções", "sao": "são", "soes": "sões"},
    "RU": {f"{vowel}и": f"{vowel}й" for vowel in "аеиоуыэюя"},
}
_UNSPACED = (
    r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff"  # Han, kana
    r"\u0e00-\u0eff"  # Thai, Lao
    r"\u1000-\u109f"  # Burmese
    r"\u1780-\u17ff]"  # Khmer
)
_FIRST_UNSPACED = "\u0e00"
_MARKS = "".join(chr(code) for code in range(0x300, 0x3000) if unicodedata.category(chr(code))[0] == "M")
_PIECES = re.compile(rf"({_UNSPACED}+)|((?:(?!{_UNSPACED})[\w{_MARKS}])+)")
_DROPPED = "".join(char for char in _MARKS if unicodedata.combining(char) > 9)  # by folding: tones, for one
_CHARACTER = rf"{_UNSPACED}[{_DROPPED}]*"
_TOKENS = re.compile(rf"{_CHARACTER}|(?:(?!{_UNSPACED})[\w{_MARKS}])+|(?:(?!{_UNSPACED})[^\w{_MARKS}])+")
_ONE, _PAIR = re.compile(_CHARACTER), re.compile(_UNSPACED * 2)
_LONGEST = 100  # characters of a word; what is longer is no word that anybody asks for
_MOST_KNOWN = 200_000  # pieces that are remembered of each language

Words: TypeAlias = tuple[str, ...]


def words(text: str, language: str) -> list[str]:
    """The words of a text in the slot of a language (`EN`, `UND`), in order."""
    known = _known(language if language in _STEMMERS else "")
    return [word for piece in text.split() for word in known[piece]]


def with_characters(found: Collection[str]) -> frozenset[str]:
    """Words of a text by which it is found: of those in unspaced scripts, each character too."""
    keys = frozenset(found)
    if keys and max(keys) >= _FIRST_UNSPACED:
        keys = keys.union(char for word in found if _PAIR.fullmatch(word) for char in word)
    return keys


def tokens(text: str) -> list[str]:
    """The text in pieces, nothing left out: words, characters of unspaced scripts, and what is between."""
    return _TOKENS.findall(text)


def is_unspaced(token: str) -> bool:
    """Whether a token is a character of a script that is written without spaces."""
    return token >= _FIRST_UNSPACED and _ONE.fullmatch(token) is not None


def folded(pattern: str) -> str:
    """A pattern for words: folded as they are, and not stemmed, as in Solr."""
    return unmarked(pattern.casefold())


def slot_of(field: str) -> str:
    """The language of an index field by its name: `EN` of `title_EN_t`, `UND` of `title_t`."""
    parts = field.split("_")
    return parts[-2] if len(parts) > 2 and parts[-2].isupper() else "UND"


def is_text(field: str) -> bool:
    """Whether an index field is searched by its words, not as a whole."""
    return field.endswith(("_t", "_txt"))


class _Known(dict[str, Words]):
    """The words of every piece without white space that came; pieces come back so often that it costs least."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._stem = Stemmer.Stemmer(_STEMMERS[language]).stemWord if language in _STEMMERS else str
        self._endings = _RESTORED.get(language, {})

    def __missing__(self, piece: str) -> Words:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        self[piece] = found = tuple(self._words(piece))
        return found

    def _words(self, piece: str) -> list[str]:
        found: list[str] = []
        for unspaced, word in _PIECES.findall(fold(piece)):
            if word:
                found.append(self._stem(self._restored(word[:_LONGEST])))
            elif len(unspaced) == 1:
                found.append(unspaced)
            else:
                found += [unspaced[at : at + 2] for at in range(len(unspaced) - 1)]
        return found

    def _restored(self, word: str) -> str:
        for ending, accented in self._endings.items():
            if word.endswith(ending):
                return word.removesuffix(ending) + accented
        return word


@cache
def _known(language: str) -> _Known:
    return _Known(language)
