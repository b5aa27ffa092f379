"""Words as they are searched: the same for what is indexed and for what is asked.

Case, accents and Arabic short vowels are folded; words of a language with a Snowball stemmer are stemmed; scripts
written without spaces (Chinese, Japanese, Thai, Khmer, Lao, Burmese) become overlapping pairs of characters, so that a
phrase of them is found wherever it stands.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import Stemmer

from vocabularies.folding import fold

_STEMMERS = {
    "AR": "arabic", "DE": "german", "EN": "english", "ES": "spanish", "FR": "french", "IT": "italian",
    "NL": "dutch", "PT": "portuguese", "RU": "russian",
}  # fmt: skip
_UNSPACED = (
    r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff"  # Han, kana
    r"\u0e00-\u0eff"  # Thai, Lao
    r"\u1000-\u109f"  # Burmese
    r"\u1780-\u17ff]"  # Khmer
)
_PIECES = re.compile(rf"({_UNSPACED}+)|((?:(?!{_UNSPACED})\w)+)")
_LONGEST = 100  # characters of a word; what is longer is no word that anybody asks for


def words(text: str, language: str) -> list[str]:
    """The words of a text in the slot of a language (`EN`, `UND`), in order."""
    return [word for piece in text.split() for word in _words(piece, language)]


def slot_of(field: str) -> str:
    """The language of an index field by its name: `EN` of `title_EN_t`, `UND` of `title_t`."""
    parts = field.split("_")
    return parts[-2] if len(parts) > 2 and parts[-2].isupper() else "UND"


def is_text(field: str) -> bool:
    """Whether an index field is searched by its words, not as a whole."""
    return field.endswith(("_t", "_txt"))


@cache
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    return Stemmer.Stemmer(_STEMMERS[language]) if language in _STEMMERS else None


@lru_cache(maxsize=200_000)
def _words(piece: str, language: str) -> tuple[str, ...]:
    """Of a piece without white space; pieces come back so often that remembering them costs least."""
    stemmer = _stemmer(language)
    found: list[str] = []
    for unspaced, word in _PIECES.findall(fold(piece)):
        if word:
            found.append(stemmer.stemWord(word[:_LONGEST]) if stemmer else word[:_LONGEST])
        elif len(unspaced) == 1:
            found.append(unspaced)
        else:
            found += [unspaced[at : at + 2] for at in range(len(unspaced) - 1)]
    return tuple(found)
